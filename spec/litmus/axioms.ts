/**
 * The outcomes of a litmus test by axioms, which share nothing with the abstract machine: every choice of what loads read
 * (rf) and of the order of stores to a location (co) is a candidate. SC has those without a cycle in po, rf, co and fr; TSO
 * those without one in program order to the same location, rf, co and fr, and without one in rf from other threads, co, fr
 * and program order, but for a store before a load with neither fence nor update between them. After Alglave, Maranget and
 * Tautschnig, Herding Cats (2014), section 4. Straight-line code without linked accesses.
 */
import type { LitmusInstruction, LitmusTest } from '../../lib/litmus/litmus-test.js';
import { joinOperands } from '../../lib/litmus/values.js';

interface Event {
  readonly id: number;
  readonly thread: number;
  readonly kind: 'R' | 'W' | 'F';
  readonly location: number;
  /** The instruction, and for the write of an update its read. */
  readonly index: number;
  readonly partner: number;
}

/** Outcomes as texts, sorted as texts. */
export function axiomaticOutcomes(test: LitmusTest, model: 'sc' | 'tso'): string[] {
  const events = eventsOf(test);
  const loads = events.filter(({ kind }) => kind === 'R');
  const outcomes = new Set<string>();
  const stores = (location: number): Event[] =>
    events.filter(event => event.kind === 'W' && event.location === location);
  for (const co of product(test.locations.map((_, location) => permutations(stores(location)))))
    // -1 is the initial value.
    for (const sources of product(loads.map(({ location }) => [-1, ...stores(location).map(({ id }) => id)]))) {
      const rf = new Map(loads.map(({ id }, i) => [id, sources[i]]));
      if (!consistent(events, rf, co, model)) continue;
      const outcome = valuesOf(test, events, rf, co);
      if (outcome !== null) outcomes.add(outcome);
    }
  return [...outcomes].sort();
}

function eventsOf(test: LitmusTest): Event[] {
  const events: Event[] = [];
  const add = (thread: number, kind: Event['kind'], location: number, index: number, partner = -1): number =>
    events.push({ id: events.length, thread, kind, location, index, partner }) - 1;
  for (const [thread, { instructions }] of test.threads.entries())
    for (const [index, instruction] of instructions.entries()) {
      const location = 'location' in instruction ? instruction.location : -1;
      if (typeof location !== 'number') throw new Error('the axioms know fixed locations only');
      switch (instruction.kind) {
        case 'load':
          add(thread, 'R', location, index);
          break;
        case 'store':
          add(thread, 'W', location, index);
          break;
        case 'update':
          add(thread, 'W', location, index, add(thread, 'R', location, index));
          break;
        case 'fence':
          add(thread, 'F', -1, index);
          break;
        case 'set':
          break;
        default:
          throw new Error(`the axioms do not know ${instruction.kind}`);
      }
    }
  return events;
}

function consistent(
  events: readonly Event[],
  rf: ReadonlyMap<number, number>,
  co: readonly (readonly Event[])[],
  model: 'sc' | 'tso',
): boolean {
  const place = new Map(co.flatMap(list => list.map(({ id }, i) => [id, i] as const)));
  const placeOf = (id: number): number => (id < 0 ? -1 : place.get(id)!);
  const sameThread = (a: Event, b: Event): boolean => a.thread === b.thread;
  const before = (a: Event, b: Event): boolean => sameThread(a, b) && a.id < b.id;
  const sameLocation = (a: Event, b: Event): boolean => a.location === b.location && a.kind !== 'F' && b.kind !== 'F';
  const reads = (a: Event, b: Event): boolean => b.kind === 'R' && rf.get(b.id) === a.id;
  const order = (a: Event, b: Event): boolean =>
    sameLocation(a, b) &&
    b.kind === 'W' &&
    ((a.kind === 'W' && placeOf(a.id) < placeOf(b.id)) ||
      (a.kind === 'R' && placeOf(rf.get(a.id)!) < placeOf(b.id) && b.partner !== a.id));
  // Nothing comes between the read of an update and its write.
  for (const { id, partner } of events) if (partner >= 0 && placeOf(rf.get(partner)!) + 1 !== placeOf(id)) return false;
  if (model === 'sc') return acyclic(events, (a, b) => before(a, b) || reads(a, b) || order(a, b));
  const updates = new Set(events.flatMap(({ id, partner }) => (partner < 0 ? [] : [id, partner])));
  const fenced = (a: Event, b: Event): boolean =>
    updates.has(a.id) ||
    updates.has(b.id) ||
    events.some(c => c.kind === 'F' && before(a, c) && before(c, b)) ||
    events.some(c => updates.has(c.id) && before(a, c) && before(c, b));
  const kept = (a: Event, b: Event): boolean =>
    before(a, b) && a.kind !== 'F' && b.kind !== 'F' && (a.kind === 'R' || b.kind === 'W' || fenced(a, b));
  return (
    acyclic(events, (a, b) => (before(a, b) && sameLocation(a, b)) || reads(a, b) || order(a, b)) &&
    acyclic(events, (a, b) => kept(a, b) || (reads(a, b) && !sameThread(a, b)) || order(a, b))
  );
}

/** Registers and memory at the end; null if values depend on themselves. */
function valuesOf(
  test: LitmusTest,
  events: readonly Event[],
  rf: ReadonlyMap<number, number>,
  co: readonly (readonly Event[])[],
): string | null {
  const written = new Map<number, number>();
  let registers: number[][] = [];
  for (let round = 0; round <= events.length; round++) {
    registers = test.threads.map(({ initial }) => [...initial]);
    for (const [thread, { instructions }] of test.threads.entries())
      for (const [index, instruction] of instructions.entries())
        perform(instruction, registers[thread], {
          read: events.find(event => event.thread === thread && event.index === index && event.kind === 'R'),
          write: events.find(event => event.thread === thread && event.index === index && event.kind === 'W'),
          written,
          rf,
          initial: test.initial,
        });
  }
  const last = co.map((list, location) => (list.length === 0 ? test.initial[location] : written.get(list.at(-1)!.id)!));
  const outcome = [...registers.flat(), ...last];
  return outcome.some(Number.isNaN) ? null : outcome.join();
}

interface Dataflow {
  readonly read: Event | undefined;
  readonly write: Event | undefined;
  readonly written: Map<number, number>;
  readonly rf: ReadonlyMap<number, number>;
  readonly initial: readonly number[];
}

function perform(instruction: LitmusInstruction, registers: number[], flow: Dataflow): void {
  const { read, write, written, rf, initial } = flow;
  const value = (from: { register: number } | { value: number }): number =>
    'value' in from ? from.value : registers[from.register];
  const source = read === undefined ? NaN : rf.get(read.id)!;
  const found = read === undefined ? NaN : source < 0 ? initial[read.location] : (written.get(source) ?? NaN);
  switch (instruction.kind) {
    case 'load':
      registers[instruction.register] = found;
      break;
    case 'store':
      written.set(write!.id, value(instruction.value));
      break;
    case 'set':
      registers[instruction.register] = joinOperands(
        instruction.operation,
        value(instruction.left),
        value(instruction.right),
      );
      break;
    case 'update': {
      written.set(write!.id, joinOperands(instruction.operation, found, value(instruction.value)));
      if (instruction.register !== null) registers[instruction.register] = found;
      break;
    }
    default:
  }
}

function acyclic(events: readonly Event[], related: (a: Event, b: Event) => boolean): boolean {
  let left = [...events];
  while (left.length > 0) {
    const rest = left.filter(b => left.some(a => a !== b && related(a, b)));
    if (rest.length === left.length) return false;
    left = rest;
  }
  return true;
}

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length === 0) return [[]];
  return list.flatMap((first, i) =>
    permutations([...list.slice(0, i), ...list.slice(i + 1)]).map(rest => [first, ...rest]),
  );
}

function product<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((known, list) => known.flatMap(some => list.map(one => [...some, one])), [[]]);
}
