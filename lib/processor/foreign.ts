/**
 * What comes out of a program that may be hostile. It may be anything: an operation with missing fields, with strings for
 * numbers, with getters that throw or that answer differently each time. So an operation is read once, into one of our own,
 * and what cannot be read becomes a faulty operation, which is a reserved instruction when its turn comes.
 */
import type { Context } from './context.js';
import { Op, type Operation } from './operations.js';
import type { References } from './references.js';
import type { ProgramFault } from './software.js';

/** The kind of a faulty operation; no operation of a program has it. */
export const FAULTY = -1;

/** Longest description of what a program yields or throws. */
const MOST_CHARACTERS = 500;

/** How many of the numbers `a`, `b`, `c` and `d` each kind uses: see the table of Operation. The fields after them are not read. */
const NUMBERS: Readonly<Record<keyof typeof Op, number>> = {
  Compute: 1,
  Block: 2,
  Load: 1,
  Store: 2,
  MachineLoad: 2,
  MachineStore: 3,
  CopyFrame: 3,
  ClearFrame: 3,
  Interrupt: 3,
  Wait: 0,
  Call: 0,
  Fence: 0,
  LoadLinked: 1,
  StoreConditional: 2,
  Copy: 4,
  Zero: 4,
  SpinWhile: 3,
  Annotate: 4,
  MonitorCall: 0,
  Resume: 0,
  ReadRegister: 1,
  WriteRegister: 2,
  TlbRead: 0,
  TlbWriteIndexed: 0,
  TlbWriteRandom: 0,
  TlbProbe: 0,
  ReturnFromException: 0,
  WaitForInterrupt: 0,
  DeviceCommand: 2,
  DeviceRead: 3,
};
/** The same by kind. */
const NUMBERS_BY_KIND = Uint8Array.from(Object.keys(Op), name => NUMBERS[name as keyof typeof Op]);

/** An operation as the processor keeps it: read once, so that the program that yielded it cannot change it. */
export class OwnOperation implements Operation {
  /** What no operation of a program has. */
  readonly #own = true;
  readonly kind: Operation['kind'];
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly references: References | null;
  readonly request: unknown;
  /** What is wrong, of a faulty one. */
  fault: ProgramFault | null = null;

  constructor(given: Operation) {
    this.kind = given.kind;
    this.a = given.a;
    this.b = given.b;
    this.c = given.c;
    this.d = given.d;
    this.references = given.references;
    this.request = given.request;
  }

  /** Whether a value was made by this class. */
  static is(value: unknown): value is OwnOperation {
    return typeof value === 'object' && value !== null && #own in value;
  }
}

/** The next operation of a context's program, or null if the program has ended. Throws nothing. */
export function nextOperation(context: Context): Operation | null {
  let next: unknown;
  try {
    next = context.program.next(context.result);
  } catch (thrown) {
    return faultyOperation(crash(`its program threw ${described(thrown)}`, thrown));
  }
  try {
    const { done, value } = next as IteratorResult<unknown>;
    return done === true ? null : ownOperation(value);
  } catch {
    return faulty('its program yields what cannot be read');
  }
}

/** Stands in for what a program did in place of yielding an operation. */
export function faultyOperation(fault: ProgramFault): OwnOperation {
  const kind = FAULTY as never;
  const operation = new OwnOperation({ kind, a: 0, b: 0, c: 0, d: 0, references: null, request: null });
  operation.fault = fault;
  return operation;
}

/** A fault that the program does not survive. */
export function crash(message: string, thrown?: unknown): ProgramFault {
  return { message, fatal: true, thrown };
}

/** A fault of one operation. */
export function slip(message: string): ProgramFault {
  return { message, fatal: false, thrown: undefined };
}

/** A value for people, whatever it is. Throws nothing. */
export function described(value: unknown): string {
  try {
    const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
    return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} ...` : text;
  } catch {
    return 'something that has no description';
  }
}

/** A copy of an operation as far as its kind uses it. May throw what getters of the value throw. */
function ownOperation(value: unknown): Operation {
  if (typeof value !== 'object' || value === null) return faulty(notAnOperation(value));
  const given = value as Operation;
  const { kind } = given;
  if (!Number.isInteger(kind) || kind < 0 || kind >= NUMBERS_BY_KIND.length)
    return faulty(`there is no operation ${described(kind)}`);
  const numbers = NUMBERS_BY_KIND[kind];
  const a = numbers > 0 ? given.a : 0;
  const b = numbers > 1 ? given.b : 0;
  const c = numbers > 2 ? given.c : 0;
  const d = numbers > 3 ? given.d : 0;
  if (typeof a !== 'number' || typeof b !== 'number' || typeof c !== 'number' || typeof d !== 'number')
    return faulty(
      `operation ${nameOf(kind)} takes numbers, not ${[a, b, c, d].slice(0, numbers).map(described).join()}`,
    );
  if (kind === Op.Block) return ownBlock(a, b, given.references);
  return new OwnOperation({ kind, a, b, c, d, references: null, request: given.request });
}

function ownBlock(a: number, b: number, given: References | null): Operation {
  const { words, gaps } = given ?? { words: null, gaps: null };
  const length = lengthOf(words, 'Int32Array');
  if (length < 0 || lengthOf(gaps, 'Uint16Array') < length)
    return faulty('a block takes references: words in an Int32Array, and a gap for each in a Uint16Array');
  if (!(Number.isInteger(b) && b >= 0 && b <= length && Number.isInteger(a) && a >= 0 && a <= b))
    return faulty(`a block executes references within the ${length} that there are, not ${a} up to ${b}`);
  return new OwnOperation({
    kind: Op.Block,
    a,
    b,
    c: 0,
    d: 0,
    references: { words: words!, gaps: gaps! },
    request: null,
  });
}

const TYPED_ARRAY = Object.getPrototypeOf(Int32Array.prototype) as object;
const tagOf = Object.getOwnPropertyDescriptor(TYPED_ARRAY, Symbol.toStringTag)!.get!;
const sizeOf = Object.getOwnPropertyDescriptor(TYPED_ARRAY, 'length')!.get!;

/** Elements of a typed array with that tag, -1 for all else. Proxies and fields of the array's own do not deceive it. */
export function lengthOf(value: unknown, name: string): number {
  return tagOf.call(value) === name ? (sizeOf.call(value) as number) : -1;
}

function faulty(message: string): Operation {
  return faultyOperation(slip(message));
}

/** What is said of a value that is no operation. */
export function notAnOperation(value: unknown): string {
  return `its program yields ${described(value)}, which is no operation; yield one, such as compute(5)`;
}

function nameOf(kind: number): string {
  return Object.keys(Op)[kind];
}
