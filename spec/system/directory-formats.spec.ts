/**
 * Every protocol with every format of directory, under random loads and stores on machines so small that everything
 * overflows; and faults that only such a directory can have.
 */
import { describe, expect, it } from '@jest/globals';
import { protocolFor, type DirectoryFormat } from '../../lib/coherence/directory-format.js';
import { mesi } from '../../lib/coherence/protocols/mesi.js';
import type { CoherenceMessage } from '../../lib/messages/coherence-messages.js';
import type { CoherenceProtocol } from '../../lib/coherence/protocol.js';
import { PROTOCOL_NAMES, PROTOCOLS, type ProtocolName } from '../../lib/coherence/protocols/protocols.js';
import { RandomTester } from '../../lib/testing/random/tester.js';
import { runTester, runUnchecked, Violation, type Check } from './coherence-tester.js';
import { both, faulty, inCells, newCells, to, without } from './faulty-protocol.js';
import { wire, wordsOf, type Machine, type MachineOptions } from './wire.js';

const FORMATS: readonly DirectoryFormat[] = [
  { format: 'coarse', bits: 2 },
  { format: 'limited-broadcast', pointers: 1 },
  { format: 'limited-evict', pointers: 2 },
  { format: 'sparse', sets: 1, ways: 1 },
  { format: 'sparse', sets: 1, ways: 2 },
  { format: 'dynamic-pointers', cells: 1 },
  { format: 'dynamic-pointers', cells: 4 },
];

const EACH = PROTOCOL_NAMES.flatMap(name => FORMATS.map(format => [name, format] as const));

function machine(name: ProtocolName, format: DirectoryFormat): Partial<MachineOptions> {
  return { protocol: protocolFor(PROTOCOLS[name], format), directory: { format, ticksPerCell: 3 } };
}

/** Statistics summed over all components, by name. */
function sums({ sim }: Pick<Machine, 'sim'>, into: Map<string, number>): void {
  for (const { name, value } of sim.statistics()) into.set(name, (into.get(name) ?? 0) + value);
}

/** What a format must have done for a run to mean anything. */
const DOES: Readonly<Record<DirectoryFormat['format'], readonly string[]>> = {
  full: [],
  coarse: ['overflows', 'strayInvalidations'],
  'limited-broadcast': ['overflows', 'strayInvalidations'],
  'limited-evict': ['evictedSharers'],
  sparse: ['recalls', 'waits'],
  'dynamic-pointers': ['recalls', 'largestPool'],
};

describe.each(EACH)('%s with a directory of %j', (name, format) => {
  it('keeps every promise, does what it is there for, and leaves nothing behind', () => {
    const options = machine(name, format);
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= 3; seed++) sums(runTester({ seed, machine: options }), seen);
    // Twelve processors, jitter, conflicts: what the small machines hardly do.
    const tester = new RandomTester({
      ...{ seed: `formats ${name}`, accesses: 2000, protocol: PROTOCOLS[name], directory: format, network: 'booking' },
      ...{ nodes: 4, processorsPerNode: 3, topology: 'mesh', checks: 80, jitter: true, deadlockTicks: 50_000 },
    });
    tester.advance(Infinity);
    expect(tester.result().failure).toBeNull();
    expect(tester.machine.controllers.flatMap(controller => controller.imbalance())).toEqual([]);
    sums({ sim: tester.machine.simulation }, seen);
    expect(DOES[format.format].filter(what => !(seen.get(what)! > 0))).toEqual([]);
  });
});

describe('a machine with such a directory', () => {
  it.each(EACH.filter((_, i) => i % 3 === 0))('does not depend on run-ahead: %s, %j', (name, format) => {
    for (let seed = 1; seed <= 3; seed++) {
      const [ahead, present] = [true, false].map(runAhead => {
        const ran = runUnchecked(seed, { ...machine(name, format), runAhead });
        const lines = Array.from({ length: ran.map.frames << ran.map.frameShift }, (_, line) => line);
        return [ran.sim.fingerprint.toString(), ran.sim.now, lines.map(line => wordsOf(ran, line))];
      });
      expect(ahead).toEqual(present);
    }
  });

  it('goes through every cell that a format adds', () => {
    const reached = new Set<string>();
    for (const [name, format] of EACH)
      for (let seed = 1; seed <= 2; seed++) {
        const protocol = machine(name, format).protocol!;
        runTester({ seed: 100 + seed, machine: machine(name, format), plant: made => watch(made, protocol, reached) });
      }
    const added = PROTOCOL_NAMES.flatMap(name =>
      FORMATS.flatMap(format => newStates(PROTOCOLS[name], machine(name, format).protocol!)),
    );
    expect([...new Set(added)].filter(state => !reached.has(state))).toEqual([]);
  });

  it('is refused where the protocol does not know what the directory needs', () => {
    const directory = { format: { format: 'sparse', sets: 1, ways: 1 }, ticksPerCell: 0 } as const;
    expect(() => wire(1, { directory })).toThrow(
      'MESI has no rows for a sparse directory; give caches and homes protocolFor(protocol, format)',
    );
  });
});

/** States that a variant of a protocol has more, by name. */
function newStates(protocol: CoherenceProtocol, variant: CoherenceProtocol): string[] {
  return (['cache', 'home'] as const).flatMap(side =>
    variant[side].states
      .filter(state => !protocol[side].states.includes(state))
      .map(state => `${variant.name} ${state}`),
  );
}

/** Notes the states that caches and homes are in after each message to a home or a cache. */
function watch({ cpus, homes }: Machine, { name, home: table }: CoherenceProtocol, into: Set<string>): void {
  for (const cpu of cpus) {
    const fire = cpu.node.fire.bind(cpu.node);
    cpu.node.fire = payload => {
      fire(payload);
      into.add(`${name} ${cpu.caches.stateOf((payload as CoherenceMessage).line)}`);
    };
  }
  for (const { processors, network, directory } of homes)
    for (const port of [...processors, network]) {
      const fire = port.fire.bind(port);
      port.fire = payload => {
        fire(payload);
        directory.state.forEach(state => into.add(`${name} ${table.states[state]}`));
      };
    }
}

interface Fault {
  readonly what: string;
  readonly format: DirectoryFormat;
  /** From the protocol with what the format needs. */
  readonly protocol?: (protocol: CoherenceProtocol) => CoherenceProtocol;
  readonly plant?: (machine: Machine) => void;
  readonly by: readonly Check[];
}

const COARSE: DirectoryFormat = { format: 'limited-broadcast', pointers: 1 };
const EVICT: DirectoryFormat = { format: 'limited-evict', pointers: 2 };
const SPARSE: DirectoryFormat = { format: 'sparse', sets: 1, ways: 2 };
const LISTS: DirectoryFormat = { format: 'dynamic-pointers', cells: 2 };
const EARLY = newCells(['I', 'S', 'E', 'M', 'S_D', 'R', 'S_A'], ['Inv-Ack', 'Last-Inv-Ack'], []);

const FAULTS: readonly Fault[] = [
  {
    what: 'the superset forgets a sharer',
    format: COARSE,
    plant: ({ homes }) => {
      for (const { directory } of homes) {
        const next = directory.sharers.next.bind(directory.sharers);
        const count = directory.sharers.count.bind(directory.sharers);
        directory.sharers.next = (entry, p) => (next(entry, p) === 0 ? next(entry, 0) : next(entry, p));
        const has = directory.sharers.has.bind(directory.sharers);
        directory.sharers.has = (entry, p) => p !== 0 && has(entry, p);
        directory.sharers.count = entry => count(entry) - (has(entry, 0) ? 1 : 0);
      }
    },
    by: ['copy is the last store', 'single writer'],
  },
  {
    what: 'an Inv in IS_D waits for the data',
    format: COARSE,
    protocol: protocol => faulty({ cache: inCells(['IS_D'], ['Inv'], () => stay('IS_D', 'stall')) }, protocol),
    by: ['everybody finishes'],
  },
  {
    what: 'a line that was invalidated before its data came is kept',
    format: COARSE,
    protocol: protocol =>
      faulty(
        { cache: inCells(['IS_D_I'], ['DataDir(ack=0)', 'DataOwner(ack=0)'], () => stay('S', 'keepData')) },
        protocol,
      ),
    by: ['copy is the last store', 'single writer'],
  },
  {
    what: 'a recall does not wait for acknowledgements',
    format: SPARSE,
    protocol: protocol =>
      faulty({ home: both(inCells(['S'], ['recall'], to('I')), inCells(['R'], ['Inv-Ack'], to('I'))) }, protocol),
    by: ['empty cell', 'single writer', 'copy is the last store'],
  },
  {
    what: 'a recall does not wait, and home takes acknowledgements at any time',
    format: LISTS,
    protocol: protocol =>
      faulty(
        {
          home: both(
            inCells(['S'], ['recall'], cell => ({ ...to('I')(cell), actions: ['sendInvToOthers', 'clearSharers'] })),
            EARLY,
          ),
        },
        protocol,
      ),
    by: ['copy is the last store', 'single writer'],
  },
  {
    what: 'what a recall brings is lost',
    format: SPARSE,
    protocol: protocol => faulty({ home: inCells(['R'], ['Last-Data'], without('writeMemory')) }, protocol),
    by: ['memory is the last store'],
  },
  {
    what: 'a line is not called back from its owner',
    format: SPARSE,
    protocol: protocol => faulty({ home: inCells(['E', 'M'], ['recall'], without('forwardGetM')) }, protocol),
    by: ['everybody finishes'],
  },
  {
    what: 'an evicted sharer is not waited for',
    format: EVICT,
    protocol: protocol =>
      faulty(
        {
          home: both(
            inCells(['S'], ['GetS(no room)'], () => stay('S', 'evictSharer', 'sendData', 'addRequester')),
            EARLY,
          ),
        },
        protocol,
      ),
    by: ['single writer', 'copy is the last store'],
  },
  {
    what: 'an evicted sharer is not told',
    format: EVICT,
    plant: ({ homes }) => {
      for (const { directory } of homes) {
        const add = directory.sharers.add.bind(directory.sharers);
        directory.sharers.room = () => true;
        directory.sharers.add = (entry, p) => {
          const all = [0, 1, 2, 3, 4, 5, 6, 7, 8].filter(q => directory.sharers.has(entry, q));
          if (all.length === 2) directory.sharers.remove(entry, all[0]);
          add(entry, p);
        };
      }
    },
    by: ['copy is the last store', 'single writer'],
  },
  {
    what: 'a list cell is lost when its sharer leaves',
    format: { format: 'dynamic-pointers', cells: 400 },
    plant: ({ homes }) => {
      for (const { directory } of homes) {
        const lists = directory.sharers as unknown as { giveBack: (cell: number) => void };
        lists.giveBack = () => undefined;
      }
    },
    by: ['resources in the end'],
  },
  {
    what: 'an entry is not freed',
    format: SPARSE,
    plant: ({ homes }) => {
      for (const { directory } of homes) directory.sparse!.free = () => undefined;
    },
    by: ['everybody finishes', 'resources in the end', 'empty cell'],
  },
];

function stay(
  state: string,
  ...actions: readonly string[]
): { actions: readonly string[]; some: string; none: string } {
  return { actions, some: state, none: state };
}

describe('the tester', () => {
  it.each(FAULTS)('notices that $what', ({ format, protocol, plant, by }) => {
    const whole = protocolFor(mesi, format);
    const options = { protocol: protocol ? protocol(whole) : whole, directory: { format, ticksPerCell: 0 } };
    const found = new Set<Check>();
    for (let seed = 1; seed <= 40 && !found.has(by[0]); seed++)
      try {
        runTester({ seed, machine: options, plant: plant ?? (() => undefined) });
      } catch (error) {
        if (!(error instanceof Violation)) throw error;
        found.add(error.check);
      }
    expect([...found]).toContain(by[0]);
  });
});
