/**
 * Reads herd's `.litmus` format (Alglave and Maranget's diy suite): a heading, the initial state in braces, threads in
 * columns, a condition. For X86, X86_64 and MIPS. Symbols that are unknown are refused, with line and column.
 */
import { LocationNames, ThreadBuilder } from './builder.js';
import { OutcomePlaces, readCondition, readQuantifier, REGISTER, threadNumber } from './condition-reader.js';
import { mipsRegister, readMips } from './mips.js';
import { LitmusScanner } from './scanner.js';
import type { LitmusTest } from './litmus-test.js';
import { addressValue } from './values.js';
import { readX86, x86Register } from './x86.js';

/** What differs between architectures. */
interface Dialect {
  /** A register by its usual name, null if the text names none. */
  readonly register: (text: string) => string | null;
  /** Reads labels, if there are any here, and at most one instruction. */
  readonly instruction: (scanner: LitmusScanner, thread: ThreadBuilder) => void;
  /** Whether labels may come before instructions. */
  readonly labels: boolean;
}

const x86 = (architecture: string): Dialect => ({
  register: text => x86Register(text, architecture),
  instruction: (scanner, thread) => readX86(scanner, thread, architecture),
  labels: false,
});

const DIALECTS: Readonly<Record<string, Dialect>> = {
  X86: x86('X86'),
  X86_64: x86('X86_64'),
  MIPS: { register: mipsRegister, instruction: readMips, labels: true },
};

const WORD = /[A-Za-z_]\w*/y;
const TYPE = /(?:u?int(?:8|16|32|64|ptr)?(?:_t)?|char|short|long|signed|unsigned|const|volatile)\b(?!\s*[;=])\s*\**/y;
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
  if (scanner.accept('locations')) skipLocations(scanner);
  if (scanner.accept('filter')) scanner.fail('expected no filter, which is not supported');
  const quantifier = readQuantifier(scanner);
  const condition = twice(scanner, () => {
    const places = new OutcomePlaces(dialect.register, locations, threads);
    return readCondition(scanner, places);
  });
  const finished = threads.map(thread => thread.finish());
  scanner.skip();
  if (scanner.at < scanner.text.length) scanner.fail('expected the end of the file');
  return { name, locations: locations.names, initial: locations.initial, threads: finished, quantifier, condition };
}

/** Reads the same text twice: registers that only the condition mentions have their places the second time. */
function twice<T>(scanner: LitmusScanner, read: () => T): T {
  const { at } = scanner;
  read();
  scanner.at = at;
  return read();
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
  return [name, DIALECTS[architecture]];
}

function initialState(scanner: LitmusScanner, dialect: Dialect, locations: LocationNames): RegisterStart[] {
  const starts: RegisterStart[] = [];
  while (!scanner.accept('}')) {
    if (scanner.accept(';')) continue;
    while (scanner.take(TYPE) !== null);
    const thread = threadNumber(scanner);
    scanner.skip();
    const { at } = scanner;
    const bracket = thread === null && scanner.accept('[');
    const name = scanner.take(REGISTER) ?? scanner.fail('expected a location or a register');
    if (bracket) scanner.expect(']');
    const value = scanner.accept('=') ? startingValue(scanner, locations) : 0;
    if (thread !== null || /^[$%]/.test(name)) {
      const register = dialect.register(name) ?? scanner.fail('expected a register', at);
      starts.push({ thread: thread ?? -1, name: register, value });
    } else if (!/^[A-Za-z_]/.test(name)) scanner.fail('expected a location', at);
    else {
      const index = locations.index(name);
      locations.initial[index] = typeof value === 'string' ? addressValue(locations.index(value)) : value;
    }
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
    if (AFTER.test(scanner.text) || scanner.at === scanner.text.length) {
      for (const thread of threads) thread.resolve();
      return threads;
    }
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
      if (!dialect.labels && label.test(cell.text))
        cell.fail('expected an instruction: labels and branches are not supported');
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
