/**
 * Reads herd's `.litmus` format (Alglave and Maranget's diy suite): a heading, the initial state in braces, threads in
 * columns, a condition. For X86, X86_64 and MIPS. Symbols that are unknown are refused, with line and column.
 */
import { LocationNames, ThreadBuilder } from './litmus-builder.js';
import type { LitmusCondition, LitmusQuantifier } from './litmus-condition.js';
import { mipsRegister, readMips } from './litmus-mips.js';
import { LitmusScanner } from './litmus-scanner.js';
import type { LitmusTest } from './litmus-test.js';
import { readX86, x86Register } from './litmus-x86.js';

/** What differs between architectures. */
interface Dialect {
  /** A register by its usual name, null if the text names none. */
  readonly register: (text: string) => string | null;
  readonly instruction: (scanner: LitmusScanner, thread: ThreadBuilder) => void;
}

const x86 = (architecture: string): Dialect => ({
  register: text => x86Register(text, architecture),
  instruction: (scanner, thread) => readX86(scanner, thread, architecture),
});

const DIALECTS: Readonly<Record<string, Dialect>> = {
  X86: x86('X86'),
  X86_64: x86('X86_64'),
  MIPS: { register: mipsRegister, instruction: readMips },
};

const WORD = /[A-Za-z_]\w*/y;
const REGISTER = /[$%]?\w+/y;
const TYPE = /(?:u?int(?:8|16|32|64)?(?:_t)?|long|volatile)\b(?!\s*[;=])/y;
/** What may follow the program. */
const AFTER = /locations\b|filter\b|exists\b|forall\b|~|not\b/y;

/** Entries of the initial state that are about registers; thread -1 is every thread. */
interface RegisterStart {
  readonly thread: number;
  readonly name: string;
  readonly value: number | string;
}

/** Reads a test. Throws a LitmusError whose message begins with `file:line:column`. */
export function readLitmus(text: string, file: string): LitmusTest {
  const scanner = new LitmusScanner(file, text);
  const [name, dialect] = heading(scanner);
  const locations = new LocationNames();
  const starts = initialState(scanner, dialect, locations);
  const threads = program(scanner, dialect, locations, starts);
  const finished = threads.map(thread => thread.finish());
  if (scanner.accept('locations')) skipLocations(scanner);
  if (scanner.accept('filter')) scanner.fail('expected no filter, which is not supported');
  const quantifier = readQuantifier(scanner);
  const condition = readCondition(scanner, placeOf(dialect.register, locations, threads));
  scanner.skip();
  if (scanner.at < scanner.text.length) scanner.fail('expected the end of the file');
  return { name, locations: locations.names, initial: locations.initial, threads: finished, quantifier, condition };
}

/** Architecture and name; the lines after them, up to the brace, say where the test comes from. */
function heading(scanner: LitmusScanner): [name: string, dialect: Dialect] {
  scanner.skip();
  const { at } = scanner;
  const architecture = scanner.take(WORD) ?? '';
  if (!Object.hasOwn(DIALECTS, architecture)) scanner.fail('expected X86, X86_64 or MIPS', at);
  const name = scanner.take(/\S[^\n]*/y)?.trim() ?? scanner.fail('expected the name of the test');
  const brace = scanner.text.indexOf('{', scanner.at);
  if (brace < 0) scanner.fail('expected { and the initial state', scanner.text.length);
  scanner.at = brace + 1;
  return [name, DIALECTS[architecture]!];
}

function initialState(scanner: LitmusScanner, dialect: Dialect, locations: LocationNames): RegisterStart[] {
  const starts: RegisterStart[] = [];
  while (!scanner.accept('}')) {
    if (scanner.accept(';')) continue;
    while (scanner.take(TYPE) !== null);
    const thread = scanner.take(/\d+(?=\s*:)/y);
    if (thread !== null) scanner.expect(':');
    scanner.skip();
    const { at } = scanner;
    const bracket = thread === null && scanner.accept('[');
    const name = scanner.take(REGISTER) ?? scanner.fail('expected a location or a register');
    if (bracket) scanner.expect(']');
    const value = scanner.accept('=') ? startingValue(scanner, locations) : 0;
    if (thread !== null || /^[$%]/.test(name)) {
      const register = dialect.register(name) ?? scanner.fail('expected a register', at);
      starts.push({ thread: thread === null ? -1 : Number(thread), name: register, value });
    } else if (!/^[A-Za-z_]/.test(name)) scanner.fail('expected a location', at);
    else if (typeof value === 'string') scanner.fail('expected locations to hold numbers at first', at);
    else locations.initial[locations.index(name)] = value;
    if (!scanner.accept(';') && !/^\s*\}/.test(scanner.text.slice(scanner.at))) scanner.fail('expected ; or }');
  }
  return starts;
}

function startingValue(scanner: LitmusScanner, locations: LocationNames): number | string {
  const number = scanner.integer();
  if (number !== null) return number;
  scanner.accept('&');
  const name = scanner.take(WORD) ?? scanner.fail('expected a number or a location');
  locations.index(name);
  return name;
}

function program(
  scanner: LitmusScanner,
  dialect: Dialect,
  locations: LocationNames,
  starts: readonly RegisterStart[],
): ThreadBuilder[] {
  const threads: ThreadBuilder[] = [];
  do {
    scanner.expect(`P${threads.length}`);
    threads.push(newThread(threads.length, locations, starts));
  } while (scanner.accept('|'));
  scanner.expect(';');
  const stray = starts.find(({ thread }) => thread >= threads.length);
  if (stray !== undefined) scanner.fail(`expected a thread P${stray.thread}, which the initial state names`);
  for (;;) {
    scanner.skip();
    AFTER.lastIndex = scanner.at;
    if (AFTER.test(scanner.text) || scanner.at === scanner.text.length) return threads;
    row(scanner, dialect, threads);
  }
}

function newThread(self: number, locations: LocationNames, starts: readonly RegisterStart[]): ThreadBuilder {
  const own = starts.filter(({ thread }) => thread === self || thread === -1);
  const addresses = own.flatMap(({ name, value }) => (typeof value === 'string' ? [[name, value] as const] : []));
  const thread = new ThreadBuilder(locations, new Map(addresses));
  for (const { name, value } of own) if (typeof value === 'number') thread.start(name, value);
  return thread;
}

/** One instruction of each thread, or nothing. */
function row(scanner: LitmusScanner, dialect: Dialect, threads: readonly ThreadBuilder[]): void {
  for (const [i, thread] of threads.entries()) {
    const start = scanner.at;
    const end = /[|;]/.exec(scanner.text.slice(start));
    if (end === null) scanner.fail('expected ; at the end of the row', scanner.text.length);
    const cell = scanner.part(start, start + end.index);
    cell.skip();
    if (cell.at < cell.text.length) {
      const label = /[A-Za-z_]\w*\s*:/y;
      label.lastIndex = cell.at;
      if (label.test(cell.text)) cell.fail('expected an instruction: labels and branches are not supported');
      dialect.instruction(cell, thread);
      cell.skip();
      if (cell.at < cell.text.length) cell.fail('expected | or ;');
    }
    scanner.at = start + end.index;
    const last = i + 1 === threads.length;
    if (!last && end[0] === ';') scanner.fail(`expected | and ${threads.length} columns`);
    scanner.expect(last ? ';' : '|');
  }
}

/** `locations [x; 0:EAX;]` asks for more to be shown: everything is. */
function skipLocations(scanner: LitmusScanner): void {
  scanner.expect('[');
  if (scanner.take(/[^\]]*/y) === null) scanner.fail('expected ]');
  scanner.expect(']');
}

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

/** Where a register or location stands in outcomes: given a thread (-1 for a location) and a name, or throws. */
export type PlaceOf = (thread: number, name: string, scanner: LitmusScanner, at: number) => number;

/** Where things stand in the outcomes of a test, once its program has been read. */
export function placeOf(
  registerName: (text: string) => string | null,
  locations: LocationNames,
  threads: readonly ThreadBuilder[],
): PlaceOf {
  const offsets = [0];
  for (const thread of threads) offsets.push(offsets.at(-1)! + thread.finish().registers.length);
  return (thread, name, scanner, at) => {
    if (thread < 0) {
      const index = locations.names.indexOf(name);
      if (index < 0) scanner.fail(`expected a location of the test (${locations.names.join(', ')})`, at);
      return offsets.at(-1)! + index;
    }
    if (thread >= threads.length) scanner.fail(`expected a thread from 0 to ${threads.length - 1}`, at);
    const register = registerName(name);
    const index = register === null ? -1 : threads[thread]!.known(register);
    if (index < 0) scanner.fail(`expected a register that thread ${thread} uses`, at);
    return offsets[thread]! + index;
  };
}

/** Reads a proposition: `\/` of `/\` of `not`, atoms and parentheses. */
export function readCondition(scanner: LitmusScanner, place: PlaceOf): LitmusCondition {
  const parts = [conjunction(scanner, place)];
  while (scanner.accept('\\/')) parts.push(conjunction(scanner, place));
  return parts.length === 1 ? parts[0]! : { kind: 'or', of: parts };
}

function conjunction(scanner: LitmusScanner, place: PlaceOf): LitmusCondition {
  const parts = [factor(scanner, place)];
  while (scanner.accept('/\\')) parts.push(factor(scanner, place));
  return parts.length === 1 ? parts[0]! : { kind: 'and', of: parts };
}

function factor(scanner: LitmusScanner, place: PlaceOf): LitmusCondition {
  if (scanner.accept('not') || scanner.accept('~')) return { kind: 'not', of: factor(scanner, place) };
  if (scanner.accept('true')) return { kind: 'true' };
  if (scanner.accept('false')) return { kind: 'not', of: { kind: 'true' } };
  if (scanner.accept('(')) {
    const inner = readCondition(scanner, place);
    scanner.expect(')');
    return inner;
  }
  const thread = scanner.take(/\d+(?=\s*:)/y);
  if (thread !== null) scanner.expect(':');
  const bracket = thread === null && scanner.accept('[');
  scanner.skip();
  const { at } = scanner;
  const name = scanner.take(REGISTER) ?? scanner.fail('expected a register, a location, not or (');
  const index = place(thread === null ? -1 : Number(thread), name, scanner, at);
  if (bracket) scanner.expect(']');
  scanner.expect('=');
  const value = scanner.integer() ?? scanner.fail('expected a number');
  return { kind: 'equals', index, value };
}
