/** Reads the condition of a litmus test, and what it shares with the initial state: how registers are written. */
import type { LocationNames, ThreadBuilder } from './builder.js';
import type { LitmusCondition, LitmusQuantifier } from './condition.js';
import type { LitmusScanner } from './scanner.js';
import { addressValue } from './values.js';

/** A register or a location. */
export const REGISTER = /[$%]?\w+/y;
const LOCATION = /[A-Za-z_]\w*/y;
/** `0:` or `P0:`, before a register. */
const THREAD = /P?\d+(?=\s*:)/y;

/** Reads `exists`, `~exists` or `forall`. */
export function readQuantifier(scanner: LitmusScanner): LitmusQuantifier {
  if (scanner.accept('exists')) return 'exists';
  if (scanner.accept('forall')) return 'forall';
  if (scanner.accept('~') || scanner.accept('not')) {
    scanner.expect('exists');
    return '~exists';
  }
  return scanner.fail('expected exists, ~exists or forall');
}

/** The number of a thread before a colon, which is taken, too; null if there is no number. */
export function threadNumber(scanner: LitmusScanner): number | null {
  const text = scanner.take(THREAD);
  if (text === null) return null;
  scanner.expect(':');
  return Number(text.replace('P', ''));
}

/** Where registers and locations stand in the outcomes of a test, once its program has been read. */
export class OutcomePlaces {
  private readonly registerName: (text: string) => string | null;
  private readonly locations: LocationNames;
  private readonly threads: readonly ThreadBuilder[];
  private readonly offsets = [0];

  constructor(
    registerName: (text: string) => string | null,
    locations: LocationNames,
    threads: readonly ThreadBuilder[],
  ) {
    this.registerName = registerName;
    this.locations = locations;
    this.threads = threads;
    for (const thread of threads) this.offsets.push(this.offsets.at(-1)! + thread.finish().registers.length);
  }

  /** Place of a register. Throws a LitmusError. */
  register(thread: number, name: string, scanner: LitmusScanner, at: number): number {
    const { threads } = this;
    if (thread >= threads.length) scanner.fail(`expected a thread from 0 to ${threads.length - 1}`, at);
    const register = this.registerName(name);
    const index = register === null ? -1 : threads[thread].known(register);
    if (index < 0) scanner.fail(`expected a register that thread ${thread} uses`, at);
    return this.offsets[thread] + index;
  }

  /** Place of a location. Throws a LitmusError. */
  location(name: string, scanner: LitmusScanner, at: number): number {
    return this.offsets.at(-1)! + this.locationIndex(name, scanner, at);
  }

  /** Index of a location. Throws a LitmusError. */
  locationIndex(name: string, scanner: LitmusScanner, at: number): number {
    const index = this.locations.names.indexOf(name);
    if (index < 0) scanner.fail(`expected a location of the test (${this.locations.names.join(', ')})`, at);
    return index;
  }
}

/** Reads a proposition: `\/` of `/\` of `not`, atoms and parentheses. */
export function readCondition(scanner: LitmusScanner, places: OutcomePlaces): LitmusCondition {
  const parts = [conjunction(scanner, places)];
  while (scanner.accept('\\/')) parts.push(conjunction(scanner, places));
  return parts.length === 1 ? parts[0] : { kind: 'or', of: parts };
}

function conjunction(scanner: LitmusScanner, places: OutcomePlaces): LitmusCondition {
  const parts = [factor(scanner, places)];
  while (scanner.accept('/\\')) parts.push(factor(scanner, places));
  return parts.length === 1 ? parts[0] : { kind: 'and', of: parts };
}

function factor(scanner: LitmusScanner, places: OutcomePlaces): LitmusCondition {
  if (scanner.accept('not') || scanner.accept('~')) return { kind: 'not', of: factor(scanner, places) };
  if (scanner.accept('true')) return { kind: 'true' };
  if (scanner.accept('false')) return { kind: 'not', of: { kind: 'true' } };
  if (scanner.accept('(')) {
    const inner = readCondition(scanner, places);
    scanner.expect(')');
    return inner;
  }
  const thread = threadNumber(scanner);
  const bracket = thread === null && scanner.accept('[');
  scanner.skip();
  const { at } = scanner;
  const name = scanner.take(REGISTER) ?? scanner.fail('expected a register, a location, not or (');
  const index = thread === null ? places.location(name, scanner, at) : places.register(thread, name, scanner, at);
  if (bracket) scanner.expect(']');
  scanner.expect('=');
  return { kind: 'equals', index, value: scanner.integer() ?? conditionAddress(scanner, places) };
}

/** The address of a location, which may stand where a number may. */
function conditionAddress(scanner: LitmusScanner, places: OutcomePlaces): number {
  scanner.accept('&');
  scanner.skip();
  const { at } = scanner;
  const name = scanner.take(LOCATION) ?? scanner.fail('expected a number or a location');
  return addressValue(places.locationIndex(name, scanner, at));
}
