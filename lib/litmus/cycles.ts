/**
 * Litmus tests from cycles of relations between accesses, in the words of the diy tools: Alglave, Maranget, Sarkar and
 * Sewell, Fences in Weak Memory Models (2010), section 7. An edge leads from one access to the next: `PodWR` is program
 * order from a store to a load of a different location, `Rfe` leads from a store to a load of another thread that reads
 * from it, `Fre` from a load to a later store, `Wse` from a store to a later one. The condition of the test asks for just
 * this cycle, so SC forbids it.
 */
import type { LitmusCondition } from './condition.js';
import type { LitmusInstruction, LitmusTest } from './litmus-test.js';

/** An edge: to another location or not, to another thread or not. */
interface Edge {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly external: boolean;
  readonly moves: boolean;
  readonly between: 'nothing' | 'fence' | 'exchange';
}

/** An access of the cycle. */
interface CycleEvent {
  readonly store: boolean;
  readonly thread: number;
  readonly location: number;
  /** Whether its store is an exchange, and whether a fence comes after it. */
  readonly exchange: boolean;
  readonly fenced: boolean;
  value: number;
}

const COMMUNICATION: Readonly<Record<string, string>> = { Rf: 'WR', Fr: 'RW', Ws: 'WW', Co: 'WW' };
const EDGES =
  'Pod.., Pos.., MFenced.., MFences.. and Xchgd.. with W or R for each dot, and Rf, Fr and Ws (or Co) with e or i';
const LOCATIONS = ['x', 'y', 'z', 'a', 'b', 'c', 'd', 'e'];

/**
 * The test of a cycle, such as `litmusOfCycle('SB', 'PodWR Fre PodWR Fre')`. `Xchgd` is `Pod` with XCHG for its stores,
 * `MFenced` has a fence between, `Rfi`, `Fri` and `Wsi` stay in the thread. Throws a RangeError for edges that are unknown,
 * that do not fit each other, or that make no cycle of at least two threads and two locations.
 */
export function litmusOfCycle(name: string, cycle: string): LitmusTest {
  const events = eventsOf(edgesOf(name, cycle));
  const threadCount = events.at(-1)!.thread + 1;
  const locations = LOCATIONS.slice(0, Math.max(...events.map(({ location }) => location)) + 1);
  const threads = Array.from({ length: threadCount }, (_, thread) => threadOf(events, thread));
  return {
    name,
    locations,
    initial: locations.map(() => 0),
    threads,
    quantifier: 'exists',
    condition: { kind: 'and', of: conditionOf(events, threads) },
  };
}

/** The edges of a cycle, turned so that the last one leads to another thread. */
function edgesOf(name: string, cycle: string): Edge[] {
  const edges = cycle.trim().split(/\s+/).map(edgeOf);
  const complain = (problem: string): never => {
    throw new RangeError(`${name}: ${problem} in the cycle ${cycle}`);
  };
  for (const [i, edge] of edges.entries()) {
    const next = edges[(i + 1) % edges.length];
    if (edge.to !== next.from) complain(`${next.name} does not go on where ${edge.name} ends`);
  }
  if (edges.filter(({ external }) => external).length < 2) complain('there are not two edges to other threads');
  const moves = edges.filter(({ moves: moving }) => moving).length;
  if (moves < 2 || moves > LOCATIONS.length)
    complain(`there are ${moves} edges to other locations, not 2 to ${LOCATIONS.length},`);
  const last = edges.findIndex(({ external }) => external);
  return [...edges.slice(last + 1), ...edges.slice(0, last + 1)];
}

function edgeOf(name: string): Edge {
  const com = /^(Rf|Fr|Ws|Co)([ie])$/.exec(name);
  if (com !== null) {
    const [from, to] = COMMUNICATION[com[1]];
    return { name, from: from, to: to, external: com[2] === 'e', moves: false, between: 'nothing' };
  }
  const inner = /^(Po|MFence|Xchg)([ds])([RW])([RW])$/.exec(name);
  if (inner === null || (inner[1] === 'Xchg' && !name.slice(-2).includes('W')))
    throw new RangeError(`${name} is not an edge of a cycle; there are ${EDGES}`);
  const [, kind, where, from, to] = inner;
  const between = kind === 'MFence' ? 'fence' : kind === 'Xchg' ? 'exchange' : 'nothing';
  return { name, from: from, to: to, external: false, moves: where === 'd', between };
}

function eventsOf(edges: readonly Edge[]): CycleEvent[] {
  const moves = edges.filter(edge => edge.moves).length;
  let [thread, location] = [0, 0];
  const events = edges.map((edge, i): CycleEvent => {
    const before = edges.at(i - 1)!;
    const store = edge.from === 'W';
    const exchange = store && (edge.between === 'exchange' || before.between === 'exchange');
    const event = { store, thread, location: location % moves, exchange, fenced: edge.between === 'fence', value: 0 };
    if (edge.external) thread++;
    if (edge.moves) location++;
    return event;
  });
  // Accesses to a location follow each other in the cycle, which says in what order: the run begins after a move.
  const first = edges.findIndex(edge => edge.moves) + 1;
  let value = 0;
  for (let i = 0; i < events.length; i++) {
    const event = events[(first + i) % events.length];
    if (edges[(first + i + edges.length - 1) % edges.length].moves) value = 0;
    if (event.store) value++;
    event.value = value;
  }
  return events;
}

function threadOf(events: readonly CycleEvent[], thread: number): LitmusTest['threads'][number] {
  const registers: string[] = [];
  const initial: number[] = [];
  const register = (value: number): number => {
    initial.push(value);
    return registers.push(`r${registers.length}`) - 1;
  };
  const own = events.filter(event => event.thread === thread);
  const instructions = own.flatMap((event): LitmusInstruction[] => {
    const { store, exchange, fenced, location, value } = event;
    const fence: LitmusInstruction[] = fenced ? [{ kind: 'fence' }] : [];
    if (!store) return [{ kind: 'load', register: register(0), location }, ...fence];
    if (!exchange) return [{ kind: 'store', location, value: { value } }, ...fence];
    const held = register(value);
    return [{ kind: 'update', register: held, location, operation: 'exchange', value: { register: held } }, ...fence];
  });
  return { registers, initial, instructions };
}

/** What loads find, and where there are several stores to a location, which of them is the last. */
function conditionOf(events: readonly CycleEvent[], threads: LitmusTest['threads']): LitmusCondition[] {
  const offsets = threads.map((_, i) => threads.slice(0, i).reduce((sum, { registers }) => sum + registers.length, 0));
  const atoms: LitmusCondition[] = [];
  const used = threads.map(() => 0);
  for (const { store, exchange, thread, value } of events) {
    if (store && !exchange) continue;
    const index = offsets[thread] + used[thread]++;
    if (!store) atoms.push({ kind: 'equals', index, value });
  }
  const memory = threads.reduce((sum, { registers }) => sum + registers.length, 0);
  const last = new Map<number, number[]>();
  for (const { store, location, value } of events)
    if (store) last.set(location, [...(last.get(location) ?? []), value]);
  for (const [location, values] of last)
    if (values.length > 1) atoms.push({ kind: 'equals', index: memory + location, value: Math.max(...values) });
  return atoms;
}
