/**
 * A random tester of coherence with data values, after gem5's and Sorin, Hill and Wood's invariants. Processors load and
 * store words of a few lines that they share, truly and falsely, with caches so small that lines conflict. Checked
 * after every event: one writer or many readers, of which one may own the line (O), every copy equals the last store,
 * memory does when home says so;
 * at each load: it returns the last store; at the end: everybody has finished and everything is at rest.
 *
 * Processors block and do not run ahead here, and hits take no time, so programs go on in the tick of each access: the
 * order in which they do is the order of the accesses in simulated time. Between an access and that moment (the same
 * tick) a store is *pending*: the copy of its own processor may have it already. 350 lines: machine, programs, checks and
 * coverage are one instrument.
 */
import { lineNumber } from '../../lib/messages/addresses.js';
import { Kind, KIND_NAMES, type CoherenceMessage, type NodeMessage } from '../../lib/messages/coherence-messages.js';
import type { Port } from '../../lib/engine/port.js';
import { randomStream, type RandomStream } from '../../lib/engine/random.js';
import { compute, load, store, type Program } from '../../lib/processor/operations.js';
import { fromMatrix } from '../../lib/topology/shapes/from-matrix.js';
import type { Topology } from '../../lib/topology/topology.js';
import { PlainSoftware } from './plain-software.js';
import { wire, type Machine, type MachineOptions } from './wire.js';

/** What a tester runs. */
export interface TesterOptions {
  readonly seed: number;
  /** Accesses of each processor. */
  readonly accesses: number;
  /** Changes to the machine: the protocol, mostly. */
  readonly machine: Partial<MachineOptions>;
  /** Called with the wired machine before it runs, to plant what a table cannot say. */
  readonly plant: (machine: Machine) => void;
}

/** Which check found something wrong. */
export type Check =
  | 'single writer'
  | 'single owner'
  | 'copy is the last store'
  | 'memory is the last store'
  | 'load returns the last store'
  | 'empty cell'
  | 'everybody finishes'
  | 'at rest in the end'
  | 'resources in the end';

/** What is wrong, and who says so. */
export class Violation extends Error {
  readonly check: Check;

  constructor(check: Check, message: string) {
    super(`${check}: ${message}`);
    this.check = check;
  }
}

/** How a run went: how often each thing happened, by name. */
export interface Coverage {
  /** `IS_D Inv`, at caches as messages arrive, and `home E PutM`. */
  readonly cells: Map<string, number>;
  /** Races, by name. */
  readonly races: Map<string, number>;
}

const WORDS = 3;
/** Three times as many as the longest run takes. */
const MOST_EVENTS = 100_000;

/** A run of the tester. Throws a Violation. */
export function runTester(changes: Partial<TesterOptions> & { readonly seed: number }, coverage?: Coverage): Machine {
  const options: TesterOptions = { accesses: 120, machine: {}, plant: () => undefined, ...changes };
  const random = randomStream('tester', String(options.seed));
  const machine = build(options, random);
  const { sim, cpus } = machine;
  const truth = new Truth(machine, lines(machine, random));
  if (coverage) watch(machine, coverage);
  options.plant(machine);
  const software = new PlainSoftware();
  cpus.forEach((cpu, i) => cpu.load(software, perform(i, truth.lines, truth, options, sim.random(`tester${i}`))));
  named('empty cell', () => {
    while (sim.step()) {
      truth.check();
      // Requests that are refused for ever would go on for ever.
      if (sim.events > MOST_EVENTS) throw new Violation('everybody finishes', `not done after ${MOST_EVENTS} events`);
    }
  });
  named('everybody finishes', () => sim.run());
  if (!cpus.every(cpu => cpu.ended)) throw new Violation('everybody finishes', 'a program has not ended');
  truth.checkRest();
  return machine;
}

/** The same programs without a check, as they may run ahead: the machine when all is done. */
export function runUnchecked(seed: number, changes: Partial<MachineOptions>): Machine {
  const options: TesterOptions = { seed, accesses: 120, machine: { l2Ticks: 2, ...changes }, plant: () => undefined };
  const random = randomStream('tester', String(seed));
  const machine = build(options, random);
  const shared = lines(machine, random);
  const software = new PlainSoftware();
  const load = (i: number): Program => perform(i, shared, null, options, machine.sim.random(`tester${i}`));
  machine.cpus.forEach((cpu, i) => cpu.load(software, load(i)));
  machine.sim.run();
  return machine;
}

/** Two to twelve processors, close or far, with and without contention. */
function build({ seed, machine }: TesterOptions, random: RandomStream): Machine {
  const nodes = 1 + random.below(4);
  const ticks = (bound: number): number => random.below(2) * random.below(bound);
  const changes: Partial<MachineOptions> = {
    seed,
    runAhead: false,
    topology: network(nodes, random),
    processors: Array.from({ length: nodes }, () => (nodes === 1 ? 2 + random.below(4) : 1 + random.below(3))),
    frames: Array.from({ length: nodes }, () => 4),
    l1: { sizeBytes: 64, ways: 1, lineBytes: 32 },
    l2: { sizeBytes: 64 * (1 + random.below(2)) * 2, ways: 2, lineBytes: 64 },
    l2Ticks: 0,
    tlbEntries: 16,
    cpuWire: 1 + random.below(10),
    networkWire: 1 + random.below(4),
    timing: {
      requestOut: ticks(20),
      lookupLocal: ticks(20),
      lookupRemote: ticks(20),
      forwardOut: ticks(40),
      forwardIn: ticks(60),
      responseOut: ticks(60),
      responseIn: ticks(20),
      homeOccupancy: ticks(10),
      passOccupancy: ticks(5),
    },
    memory: { accessTicks: ticks(120), bankTicks: 1 + random.below(10), banks: 1 + random.below(2) },
    ...machine,
  };
  return wire(nodes, changes);
}

/** Nodes as far from each other as chance will have it: with short cuts, so that what was sent later comes first. */
function network(nodes: number, random: RandomStream): Topology {
  const far = random.below(2) === 0 ? 10 : 300;
  const row = (): number[] => Array.from({ length: nodes }, () => 1 + random.below(random.below(3) === 0 ? far : 10));
  return fromMatrix(Array.from({ length: nodes }, row), random.below(3));
}

/** A few lines, of different homes, several in the same set of the caches. */
function lines({ map }: Machine, random: RandomStream): number[] {
  const perFrame = 1 << map.frameShift;
  const list = new Set<number>();
  const count = 2 + random.below(4);
  while (list.size < count) list.add(random.below(map.frames) * perFrame + 2 * random.below(2));
  return [...list];
}

function* perform(
  self: number,
  shared: readonly number[],
  truth: Truth | null,
  { accesses }: TesterOptions,
  random: RandomStream,
): Program {
  for (let i = 0; i < accesses; i++) {
    if (random.below(3) === 0) yield compute(random.below(random.below(8) === 0 ? 400 : 40));
    const line = shared[random.below(shared.length)];
    const word = random.below(WORDS);
    const address = line * 64 + 4 * word;
    if (random.below(5) < 2) {
      const value = (self << 20) | (i + 1);
      truth?.announce(self, line, word, value);
      yield store(address, value);
      truth?.stored(self);
    } else {
      truth?.asks(self, line, word);
      const value = yield load(address);
      truth?.loaded(self, line, word, value);
    }
  }
}

/** States of a readable line whose cache answers for memory. */
const OWNERS: ReadonlySet<string> = new Set(['E', 'M', 'O', 'OM_AC', 'OM_A']);

/** States that the owner's copy may be in when all is at rest, by home's state; home cannot tell a writer of E. */
const OWNED: Readonly<Record<string, readonly string[]>> = { E: ['E', 'M'], M: ['M'], O: ['O'] };

function add(tally: Map<number, number>, line: number): void {
  tally.set(line, (tally.get(line) ?? 0) + 1);
}

/** What memory should hold, and the checks against it. */
class Truth {
  readonly lines: readonly number[];
  /** The store that a processor is about to complete, or null. */
  private readonly pending: ({ line: number; word: number; value: number } | null)[];
  /** The load that a processor waits for, with all that the word has held since. */
  private readonly asked: ({ line: number; word: number; seen: Set<number> } | null)[];
  private readonly values = new Map<number, Int32Array>();
  private readonly exact: boolean;
  private readonly machine: Machine;
  private readonly readable: ReadonlySet<string>;

  constructor(machine: Machine, list: readonly number[]) {
    this.machine = machine;
    this.lines = list;
    this.pending = machine.cpus.map(() => null);
    this.asked = machine.cpus.map(() => null);
    this.exact = machine.homes.every(({ directory }) => directory.sharers.exact);
    for (const line of list) this.values.set(line, new Int32Array(WORDS));
    const { cache } = machine.options.protocol;
    this.readable = new Set(cache.states.filter(state => cache.does(cache.state(state), 0, 'hit')));
  }

  /** A processor is about to store. */
  announce(self: number, line: number, word: number, value: number): void {
    this.pending[self] = { line, word, value };
  }

  /** The pending store of a processor is done. */
  stored(self: number): void {
    const { line, word, value } = this.pending[self]!;
    this.values.get(line)![word] = value;
    this.pending[self] = null;
    for (const load of this.asked) if (load !== null && load.line === line && load.word === word) load.seen.add(value);
  }

  /** A processor is about to load. */
  asks(self: number, line: number, word: number): void {
    this.asked[self] = { line, word, seen: new Set([this.values.get(line)![word]]) };
  }

  /**
   * A load is done. It returns the last store; or, where homes know a superset of the sharers, what was the last store at
   * some time since it was asked for: an Inv may come and be acknowledged while the data are on their way (IS_D_I).
   */
  loaded(self: number, line: number, word: number, value: number): void {
    const expected = this.values.get(line)![word];
    const { seen } = this.asked[self]!;
    this.asked[self] = null;
    if (value !== expected && (this.exact || !seen.has(value)))
      throw new Violation(
        'load returns the last store',
        `processor ${self} read ${value} from word ${word} of line ${line}, not ${expected}`,
      );
  }

  /** After every event. */
  check(): void {
    const { cpus } = this.machine;
    const readers = new Map<number, number>();
    const writers = new Map<number, number>();
    const owners = new Map<number, number>();
    for (const [self, cpu] of cpus.entries())
      for (const { line, state, data } of cpu.caches.lines()) {
        if (!this.readable.has(state)) continue;
        add(state === 'M' || state === 'E' ? writers : readers, line);
        if (OWNERS.has(state)) add(owners, line);
        this.compare('copy is the last store', line, data, self, `the copy (${state}) of processor ${self}`);
      }
    for (const [line, count] of writers)
      if (count > 1 || readers.has(line))
        throw new Violation('single writer', `line ${line} has ${count} writers and ${readers.get(line) ?? 0} readers`);
    // Readers may stand beside an owner in O, but not a second owner.
    for (const [line, count] of owners)
      if (count > 1) throw new Violation('single owner', `line ${line} has ${count} owners`);
    this.checkMemory();
  }

  /** At the end: nothing is in transition, and directories know what caches hold. */
  checkRest(): void {
    const { cpus, homes, options } = this.machine;
    const { cache, home: table } = options.protocol;
    const holders = new Map<number, string[]>();
    for (const [self, cpu] of cpus.entries())
      for (const { line, state } of cpu.caches.lines()) {
        if (state === 'I' || !cache.stable[cache.state(state)])
          throw new Violation('at rest in the end', `line ${line} is left in ${state}`);
        holders.set(line, [...(holders.get(line) ?? []), `${self} ${state}`]);
      }
    for (const line of this.lines) {
      const state = this.homeState(line);
      const { owner, sharers } = this.known(line);
      const owned = state in OWNED;
      const held = owned && owner >= 0 ? cpus[owner].caches.stateOf(lineNumber(line)) : 'I';
      const known = sharers.filter(sharer => this.exact || holders.get(line)?.includes(`${sharer} S`));
      const list = [...known.map(sharer => `${sharer} S`), ...(owned ? [`${owner} ${held}`] : [])].sort().join();
      const here = (holders.get(line) ?? []).sort().join();
      const right = owned ? OWNED[state].includes(held) : owner < 0;
      if (!right || !table.stable[table.state(state)] || here !== list)
        throw new Violation('at rest in the end', `home has line ${line} in ${state} at ${list}, caches: ${here}`);
    }
    const faults = homes.flatMap(home => home.imbalance().map(fault => `${home.path} ${fault}`));
    if (faults.length > 0) throw new Violation('resources in the end', faults.join('; '));
  }

  /** Whom home takes for owner and sharers. */
  private known(line: number): { readonly owner: number; readonly sharers: readonly number[] } {
    const { homes, map } = this.machine;
    const { directory } = homes[map.homeOfLine(lineNumber(line))];
    const entry = directory.entry(lineNumber(line));
    const sharers: number[] = [];
    for (let p = directory.sharers.next(entry, -1); p >= 0; p = directory.sharers.next(entry, p)) sharers.push(p);
    return { owner: directory.owner[entry], sharers };
  }

  private checkMemory(): void {
    const { homes, map } = this.machine;
    for (const line of this.lines) {
      const state = this.homeState(line);
      if (state !== 'I' && state !== 'S') continue;
      const home = homes[map.homeOfLine(lineNumber(line))];
      this.compare(
        'memory is the last store',
        line,
        home.lineInMemory(lineNumber(line)),
        -1,
        `memory (home in ${state})`,
      );
    }
  }

  private homeState(line: number): string {
    const { homes, map, options } = this.machine;
    const { directory } = homes[map.homeOfLine(lineNumber(line))];
    const entry = directory.entry(lineNumber(line));
    return options.protocol.home.states[directory.state[entry]];
  }

  private compare(check: Check, line: number, data: Readonly<Int32Array> | null, self: number, what: string): void {
    const values = this.values.get(line);
    if (values === undefined) return;
    const mine = self < 0 ? null : this.pending[self];
    for (let word = 0; word < WORDS; word++) {
      const value = data === null ? 0 : data[word];
      if (value === values[word]) continue;
      if (mine !== null && mine.line === line && mine.word === word && mine.value === value) continue;
      throw new Violation(check, `${what} has ${value} in word ${word} of line ${line}, not ${values[word]}`);
    }
  }
}

/** Gives what the machine throws the name of a check, unless it has one. */
function named(check: Check, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (error instanceof Violation) throw error;
    throw new Violation(check, (error as Error).message);
  }
}

/** Passes what arrives at a port through `change` first; what it turns into null is lost. */
export function tamper(
  port: Port<NodeMessage, NodeMessage>,
  change: (message: CoherenceMessage) => CoherenceMessage | null,
): void {
  const forward = port.forward.bind(port);
  port.forward = (message, departs) => {
    const other = 'line' in message ? change(message) : message;
    if (other !== null) forward(other, departs);
  };
}

/** Counts what arrives where in which state. */
function watch({ cpus, homes, options }: Machine, { cells, races }: Coverage): void {
  const count = (map: Map<string, number>, name: string): void => void map.set(name, (map.get(name) ?? 0) + 1);
  const upgradesLost = new Set<string>();
  for (const [self, cpu] of cpus.entries()) {
    const fire = cpu.node.fire.bind(cpu.node);
    cpu.node.fire = payload => {
      const { kind, line, acks } = payload as CoherenceMessage;
      const before = cpu.caches.stateOf(line);
      fire(payload);
      const after = cpu.caches.stateOf(line);
      const name = KIND_NAMES[kind];
      count(cells, `${before} ${name}`);
      if (before === 'IS_D' && kind === Kind.Inv) count(races, 'Inv overtakes Data in IS_D');
      if (kind === Kind.DataDir && acks > 0 && after !== 'IM_A' && after !== 'SM_A')
        count(races, 'all Inv-Acks arrive before the data that says how many');
      const forward = kind === Kind.FwdGetS || kind === Kind.FwdGetM;
      if (forward && before === 'MI_A') count(races, `${name} meets MI_A`);
      if (forward && before === 'EI_A') count(races, `${name} meets EI_A`);
      if (before === 'SI_A' && kind === Kind.Inv) count(races, 'Inv meets SI_A');
      if (before === 'SM_AD' && kind === Kind.Inv) {
        count(races, 'upgrade loses: SM_AD takes Inv, becomes IM_AD');
        upgradesLost.add(`${self} ${line}`);
      }
      if (
        before === 'IM_AD' &&
        (kind === Kind.DataDir || kind === Kind.DataOwner) &&
        upgradesLost.delete(`${self} ${line}`)
      )
        count(races, 'upgrade that lost needs data after all');
      if (forward && ['IM_AD', 'SM_AD', 'IS_D'].includes(before))
        count(races, `forward reaches the new owner before its data (${before})`);
    };
  }
  for (const home of homes)
    for (const port of [...home.processors, home.network]) {
      const fire = port.fire.bind(port);
      port.fire = payload => {
        const { kind, line, from } = payload as CoherenceMessage;
        const { directory } = home;
        const entry = directory.entry(line);
        const before = options.protocol.home.states[directory.state[entry]];
        const owner = directory.owner[entry];
        const shares = directory.sharers.has(entry, from);
        fire(payload);
        const after = options.protocol.home.states[directory.state[entry]];
        const name = KIND_NAMES[kind];
        count(cells, `home ${before} ${name}`);
        if (kind === Kind.PutM && owner !== from) count(races, 'late PutM from a non-owner');
        if (kind === Kind.PutE && owner !== from) count(races, 'late PutE from a non-owner');
        if (kind === Kind.PutS && !shares) count(races, 'late PutS from a non-sharer');
        if (after === 'S' && directory.sharers.count(entry) === 0) count(races, 'home in S with no sharers');
        if (kind === Kind.PutM && before === 'E' && owner === from)
          count(races, 'silent E to M, then PutM while home says E');
      };
    }
}
