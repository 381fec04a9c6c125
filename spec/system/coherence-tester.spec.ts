import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CoherenceMessage, HOME, Kind } from '../../lib/messages/coherence-messages.js';
import { mesiRetry } from '../../lib/coherence/protocols/mesi-retry.js';
import { moesi } from '../../lib/coherence/protocols/moesi.js';
import { mosi } from '../../lib/coherence/protocols/mosi.js';
import type { CoherenceProtocol } from '../../lib/coherence/protocol.js';
import { PROTOCOL_NAMES, PROTOCOLS, type ProtocolName } from '../../lib/coherence/protocols/protocols.js';
import type { AnyTable } from '../../lib/coherence/print.js';
import { CACHE_EVENTS, HOME_EVENTS } from '../../lib/coherence/vocabulary.js';
import { runTester, runUnchecked, tamper, Violation, type Check, type Coverage } from './coherence-tester.js';
import { both, cellOf, faulty, inCells, newCells, to, without } from './faulty-protocol.js';
import { wordsOf, type Machine } from './wire.js';

const seeds = fc.integer({ min: 0, max: 2 ** 30 });

describe.each(PROTOCOL_NAMES)('%s under random loads and stores', name => {
  const protocol: CoherenceProtocol = PROTOCOLS[name];

  it('keeps every promise', () => {
    fc.assert(
      fc.property(seeds, seed => {
        runTester({ seed, machine: { protocol } });
      }),
      { numRuns: 40 },
    );
  });

  it('reaches no cell of a message but those of the tables, and nearly all of those', () => {
    const coverage: Coverage = { cells: new Map(), races: new Map() };
    for (let seed = 1; seed <= (name === 'MESI' ? 120 : 60); seed++)
      runTester({ seed, machine: { protocol } }, coverage);
    if (name === 'MESI') for (const seed of RARE) runTester({ seed }, coverage);
    const cells = messageCells(protocol);
    expect([...coverage.cells.keys()].filter(cell => !cells.includes(cell))).toEqual([]);
    expect(cells.filter(cell => !coverage.cells.has(cell))).toEqual(UNSEEN[name]);
    if (name === 'MESI') expect([...coverage.races.keys()].sort()).toEqual(RACES);
  });

  it('does not depend on run-ahead', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const [ahead, present] = [true, false].map(runAhead => {
          const machine = runUnchecked(seed, { runAhead, protocol });
          const lines = Array.from({ length: machine.map.frames << machine.map.frameShift }, (_, line) => line);
          return [machine.sim.fingerprint.toString(), machine.sim.now, lines.map(line => wordsOf(machine, line))];
        });
        expect(ahead).toEqual(present);
      }),
      { numRuns: 20 },
    );
  });
});

/** Cells that sixty runs do not meet: a Put that comes so late that the line has found its way to S or E again. */
const UNSEEN: Readonly<Record<ProtocolName, readonly string[]>> = {
  MSI: [],
  MESI: [],
  MOSI: ['home S PutM', 'home S PutO'],
  MOESI: ['home S PutE', 'home S PutM', 'home S PutO', 'home E PutS', 'home E PutO'],
  'MESI-retry': ['home S PutE', 'home BusyI PutS', 'home BusyI PutE'],
};

/** Races that are worth a name; the one on OM_AC belongs to protocols with an owned state. */
const RACES = [
  'FwdGetM meets EI_A',
  'FwdGetM meets MI_A',
  'FwdGetS meets EI_A',
  'FwdGetS meets MI_A',
  'Inv meets SI_A',
  'Inv overtakes Data in IS_D',
  'all Inv-Acks arrive before the data that says how many',
  'forward reaches the new owner before its data (IM_AD)',
  'forward reaches the new owner before its data (IS_D)',
  'forward reaches the new owner before its data (SM_AD)',
  'home in S with no sharers',
  'late PutE from a non-owner',
  'late PutM from a non-owner',
  'late PutS from a non-sharer',
  'silent E to M, then PutM while home says E',
  'upgrade loses: SM_AD takes Inv, becomes IM_AD',
  'upgrade that lost needs data after all',
];

/** A run, of 1800, in which a late PutS finds home in E. */
const RARE = [1086];

/** Every state and kind of message for which the tables have a cell, as the tester counts them. */
function messageCells(protocol: CoherenceProtocol): string[] {
  const kinds: Readonly<Record<string, readonly string[]>> = {
    FwdGetS: ['Fwd-GetS'],
    FwdGetM: ['Fwd-GetM'],
    Inv: ['Inv'],
    PutAck: ['Put-Ack'],
    DataExcl: ['DataExcl'],
    DataDir: CACHE_EVENTS.filter(event => event.startsWith('DataDir')),
    DataOwner: CACHE_EVENTS.filter(event => event.startsWith('DataOwner')),
    InvAck: ['Inv-Ack', 'Last-Inv-Ack'],
    AckCount: ['AckCount=0', 'AckCount>0'],
    Nak: ['Nak'],
  };
  const homeKinds: Readonly<Record<string, readonly string[]>> = {
    GetS: ['GetS'],
    ...Object.fromEntries(
      ['GetM', 'PutS', 'PutE', 'PutM', 'PutO'].map(kind => [
        kind,
        HOME_EVENTS.filter(event => event.startsWith(`${kind}(`)),
      ]),
    ),
    DataOwner: ['Data'],
    Transfer: ['Transfer'],
  };
  const cells = (table: AnyTable, by: typeof kinds, prefix: string): string[] =>
    table.states.flatMap(state =>
      Object.keys(by)
        .filter(kind => by[kind].some(event => cellOf(table, state, event) !== null))
        .map(kind => `${prefix}${state} ${kind}`),
    );
  return [...cells(protocol.cache, kinds, ''), ...cells(protocol.home, homeKinds, 'home ')];
}

interface Fault {
  readonly what: string;
  readonly protocol?: CoherenceProtocol;
  readonly plant?: (machine: Machine) => void;
  /** Checks that have caught it in forty runs, most often first; the first must. */
  readonly by: readonly Check[];
}

const STABLE = ['I', 'S', 'E', 'M'];
const OTHERS_PUT = ['PutM(non-owner)', 'PutM(non-owner, sharer)'];

const FAULTS: readonly Fault[] = [
  // Planted in an early prototype.
  {
    what: 'a shared copy survives an invalidation',
    protocol: faulty({ cache: inCells(['S'], ['Inv'], to('S')) }),
    by: ['single writer', 'copy is the last store'],
  },
  {
    what: 'a sharer is forgotten',
    protocol: faulty({ home: inCells(['S'], ['GetS'], without('addRequester')) }),
    by: ['single writer', 'copy is the last store'],
  },
  {
    what: 'the owner is forgotten when it becomes a sharer',
    protocol: faulty({ home: inCells(['E', 'M'], ['GetS'], without('addOwner')) }),
    by: ['single writer', 'copy is the last store'],
  },
  {
    what: 'the owner keeps M after a Fwd-GetM',
    protocol: faulty({ cache: inCells(['M'], ['Fwd-GetM'], to('M')) }),
    by: ['single writer', 'copy is the last store'],
  },
  {
    what: 'a row is missing',
    protocol: faulty({ cache: inCells(['SM_AD'], ['Inv'], () => null) }),
    by: ['empty cell'],
  },
  {
    what: 'acknowledgements are ignored',
    protocol: faulty({ cache: inCells(['IM_A', 'SM_A'], ['Last-Inv-Ack'], to('IM_A')) }),
    by: ['everybody finishes'],
  },
  {
    what: 'home forgets to invalidate',
    protocol: faulty({ home: inCells(['S'], ['GetM(sharer)', 'GetM(non-sharer)'], without('sendInvToOthers')) }),
    by: ['everybody finishes'],
  },
  {
    what: 'dirty data is lost on write-back',
    protocol: faulty({ home: inCells(['E', 'M'], ['PutM(owner)'], without('writeMemory')) }),
    by: ['memory is the last store'],
  },
  {
    what: 'dirty data is lost on downgrade',
    protocol: faulty({ home: inCells(['S_D'], ['Data'], without('writeMemory')) }),
    by: ['memory is the last store', 'copy is the last store'],
  },
  // Faults whose effect in an exhaustive exploration is known.
  {
    what: 'home counts one acknowledgement too few',
    plant: ({ homes }) =>
      homes.flatMap(home => [...home.processors, home.network]).forEach(port => tamper(port, oneTooFew)),
    by: ['empty cell', 'single writer', 'everybody finishes', 'copy is the last store'],
  },
  {
    what: 'home counts one too few, and caches take acknowledgements at any time',
    protocol: faulty({ cache: newCells([...STABLE, 'MI_A', 'SI_A', 'II_A', 'IS_D'], ['Inv-Ack'], []) }),
    plant: ({ homes }) =>
      homes.flatMap(home => [...home.processors, home.network]).forEach(port => tamper(port, oneTooFew)),
    by: ['single writer', 'empty cell', 'everybody finishes', 'copy is the last store', 'load returns the last store'],
  },
  {
    what: 'the requester does not wait for acknowledgements',
    protocol: faulty({
      cache: both(
        inCells(['IM_AD', 'SM_AD'], ['DataDir(ack>0)'], cell => ({
          actions: ['keepData'],
          some: 'M',
          none: cell.none && 'M',
        })),
        newCells([...STABLE, 'MI_A', 'SI_A', 'II_A', 'IS_D'], ['Inv-Ack'], []),
      ),
    }),
    by: ['single writer', 'load returns the last store', 'copy is the last store'],
  },
  {
    what: 'permission is kept after an Inv in SM_AD',
    protocol: faulty({ cache: inCells(['SM_AD'], ['Inv'], to('SM_AD')) }),
    by: ['copy is the last store', 'single writer'],
  },
  {
    what: 'an Inv in IS_D is answered early',
    protocol: faulty({
      cache: inCells(['IS_D'], ['Inv'], cell => ({ ...cell, actions: ['sendInvAckToRequester'] })),
    }),
    by: ['copy is the last store', 'single writer'],
  },
  {
    what: 'home answers a GetS in S_D from memory',
    protocol: faulty({
      home: inCells(['S_D'], ['GetS'], cell => ({ ...cell, actions: ['sendData', 'addRequester'] })),
    }),
    by: ['copy is the last store', 'single writer'],
  },
  {
    what: 'a write-back is accepted from a non-owner',
    protocol: faulty({
      home: inCells(['I', 'S', 'E', 'M'], OTHERS_PUT, cell => ({ ...cell, actions: ['writeMemory', ...cell.actions] })),
    }),
    by: ['memory is the last store'],
  },
  {
    what: 'an Inv in SI_A is swallowed',
    protocol: faulty({ cache: inCells(['SI_A'], ['Inv'], without('sendInvAckToRequester')) }),
    by: ['everybody finishes'],
  },
  {
    what: 'M is dropped before the Put-Ack',
    protocol: faulty({ cache: inCells(['M'], ['evict'], to('I')) }),
    by: ['empty cell'],
  },
  // The owned state.
  {
    what: 'an owner that waits for acknowledgements answers a reader (MOSI)',
    protocol: faulty(
      { cache: inCells(['OM_A'], ['Fwd-GetS'], cell => ({ ...cell, actions: ['sendDataToRequester'] })) },
      mosi,
    ),
    by: ['single writer', 'copy is the last store'],
  },
  {
    what: 'a reader of an owned line is forgotten (MOESI)',
    protocol: faulty({ home: inCells(['E', 'M', 'O'], ['GetS'], without('addRequester')) }, moesi),
    by: ['single writer', 'copy is the last store'],
  },
  {
    what: 'an owner that upgrades does not wait for acknowledgements (MOESI)',
    protocol: faulty(
      {
        cache: both(
          inCells(['OM_AC'], ['AckCount>0'], cell => ({ ...cell, actions: [], some: 'M', none: 'M' })),
          newCells([...STABLE, 'O', 'MI_A', 'SI_A', 'II_A', 'IS_D', 'OI_A'], ['Inv-Ack', 'Last-Inv-Ack'], []),
        ),
      },
      moesi,
    ),
    by: ['single writer', 'copy is the last store'],
  },
  {
    what: 'an owner keeps its copy when it loses the race to upgrade (MOSI)',
    protocol: faulty({ cache: inCells(['OM_AC'], ['Fwd-GetM'], to('OM_AC')) }, mosi),
    by: ['copy is the last store', 'single owner', 'single writer', 'empty cell'],
  },
  {
    what: 'home keeps the old owner in mind (MOSI)',
    protocol: faulty({ home: inCells(['O'], ['GetM(sharer)', 'GetM(non-sharer)'], without('setOwner')) }, mosi),
    by: ['empty cell'],
  },
  {
    what: 'dirty data that was shared is lost on write-back (MOESI)',
    protocol: faulty({ home: inCells(['O'], ['PutO(owner)'], without('writeMemory')) }, moesi),
    by: ['memory is the last store'],
  },
  {
    what: 'home does not invalidate for an owner that upgrades (MOESI)',
    protocol: faulty({ home: inCells(['O'], ['GetM(owner)'], without('sendInvToOthers')) }, moesi),
    by: ['everybody finishes'],
  },
  // A home that refuses. Who waits for one that stays busy asks again for ever.
  {
    what: 'a cache drops the Nak that answers its GetM (MESI-retry)',
    protocol: faulty({ cache: inCells(['IM_AD', 'SM_AD'], ['Nak'], without('sendGetM')) }, mesiRetry),
    by: ['everybody finishes'],
  },
  {
    what: 'a revision does not reach memory (MESI-retry)',
    protocol: faulty({ home: inCells(['BusyS'], ['Data'], without('writeMemory')) }, mesiRetry),
    by: ['memory is the last store', 'copy is the last store'],
  },
  {
    what: 'an upgrade takes a refusal for a grant (MESI-retry)',
    protocol: faulty({ cache: inCells(['SM_AD'], ['Nak'], () => ({ actions: [], some: 'M', none: 'M' })) }, mesiRetry),
    by: ['single writer', 'copy is the last store', 'empty cell'],
  },
  {
    what: 'an upgrade that is refused gives up its copy without a word (MESI-retry)',
    protocol: faulty({ cache: inCells(['SM_AD'], ['Nak'], to('IM_AD')) }, mesiRetry),
    by: ['empty cell'],
  },
  {
    what: 'home answers a GetS from memory while busy (MESI-retry)',
    protocol: faulty(
      { home: inCells(['BusyS', 'BusyE'], ['GetS'], cell => ({ ...cell, actions: ['sendData', 'addRequester'] })) },
      mesiRetry,
    ),
    by: ['copy is the last store', 'single writer', 'empty cell'],
  },
  {
    what: 'the old owner moves ownership without a revision (MESI-retry)',
    protocol: faulty({ cache: inCells(['MI_A'], ['Fwd-GetM'], without('sendTransfer')) }, mesiRetry),
    by: ['everybody finishes'],
  },
];

function oneTooFew(message: CoherenceMessage): CoherenceMessage {
  if (message.kind !== Kind.DataDir || message.from !== HOME || message.acks === 0) return message;
  return new CoherenceMessage({ ...message, acks: message.acks - 1 });
}

describe('the tester', () => {
  it.each(FAULTS)('notices that $what', ({ by, protocol, plant }) => {
    const machine = protocol ? { protocol } : {};
    const found = new Set<Check>();
    for (let seed = 1; seed <= 40 && !found.has(by[0]); seed++)
      try {
        runTester({ seed, machine, plant: plant ?? (() => undefined) });
      } catch (error) {
        if (!(error instanceof Violation)) throw error;
        found.add(error.check);
      }
    expect([...found]).toContain(by[0]);
  });
});
