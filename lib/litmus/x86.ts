/**
 * Instructions of herd's X86 and X86_64 litmus tests: MOV and arithmetic between a location, a register and a constant,
 * indivisible with XCHG and LOCK, and fences. X86 has the destination first, whatever the brackets; X86_64 has it last.
 */
import type { Pointer, ThreadBuilder } from './builder.js';
import type { LitmusScanner } from './scanner.js';
import type { LitmusOperand, LitmusOperation } from './litmus-test.js';

const NAME = /[A-Za-z_]\w*/y;
const REGISTER = /^[er](ax|bx|cx|dx|si|di|bp|sp)$|^r(8|9|1[0-5])d?$/i;
const KNOWN = 'MOV, XCHG, ADD, SUB, AND, OR, XOR, INC, DEC, LOCK, MFENCE, LFENCE, SFENCE or NOP';

/** Instructions with operands, by name without the suffix for the width: l and q, because everything is a word here. */
const OPERATIONS: Readonly<Record<string, LitmusOperation>> = {
  mov: 'exchange',
  xchg: 'exchange',
  add: 'add',
  sub: 'subtract',
  and: 'and',
  or: 'or',
  xor: 'xor',
  inc: 'add',
  dec: 'subtract',
};

/** A register that tests do not see, for instructions that load and store. It is 0 at the end. */
const HIDDEN = '.memory';

/** An operand. `atAndT` says that only AT&T's syntax writes it so. */
type Operand =
  | { readonly kind: 'constant'; readonly value: LitmusOperand; readonly at: number; readonly atAndT: false }
  | { readonly kind: 'register'; readonly name: string; readonly at: number; readonly atAndT: boolean }
  | { readonly kind: 'memory'; readonly location: number | Pointer; readonly at: number; readonly atAndT: boolean };

/** What an instruction does and to what. */
interface Effect {
  readonly operation: LitmusOperation;
  readonly source: Operand;
  readonly target: Operand;
}

/**
 * A register by its full name, so that `%eax` and `rax` are the same; null if it is not a register. Of X86, as usual there, `EAX`.
 * `%name` with another name is a register, too.
 */
export function x86Register(text: string, architecture: string): string | null {
  const name = text.replace(/^%/, '').toLowerCase();
  if (!REGISTER.test(name)) return text.startsWith('%') ? text : null;
  const numbered = /^r(8|9|1[0-5])/.exec(name);
  const full = numbered === null ? `r${name.slice(-2)}` : numbered[0];
  return architecture === 'X86' ? full.replace(/^r(?=[a-z])/, 'e').toUpperCase() : full;
}

/** Reads one instruction into a thread. Throws a LitmusError. */
export function readX86(scanner: LitmusScanner, thread: ThreadBuilder, architecture: string): void {
  scanner.skip();
  const { at } = scanner;
  const word = scanner.take(NAME)?.toLowerCase() ?? '';
  const place = scanner.place(at);
  if (word === 'nop' || word === 'lfence' || word === 'sfence') return; // TSO keeps these orders without them
  if (word === 'mfence') {
    thread.add({ kind: 'fence' }, place);
    return;
  }
  const locked = word === 'lock';
  if (locked) scanner.skip();
  const start = locked ? scanner.at : at;
  const full = locked ? (scanner.take(NAME)?.toLowerCase() ?? '') : word;
  const name = full.replace(/(?<=^(?:mov|xchg|add|sub|and|or|xor|inc|dec))[lq]$/, '');
  if (!Object.hasOwn(OPERATIONS, name)) scanner.fail(`expected ${KNOWN}`, start);
  if (locked && name === 'mov') scanner.fail('expected XCHG, ADD, SUB, AND, OR, XOR, INC or DEC after LOCK', start);
  const operands = operandsOf(scanner, thread, architecture, { name, start, suffixed: name !== full });
  const effect = { operation: OPERATIONS[name], ...operands };
  if (name === 'xchg') exchange(scanner, thread, effect, place);
  else if (locked) update(scanner, thread, effect, place);
  else change(scanner, thread, effect, place, name === 'mov');
}

function operandsOf(
  scanner: LitmusScanner,
  thread: ThreadBuilder,
  architecture: string,
  { name, start, suffixed }: { readonly name: string; readonly start: number; readonly suffixed: boolean },
): { source: Operand; target: Operand } {
  const first = operand(scanner, thread, architecture);
  const one: Operand = { kind: 'constant', value: { value: 1 }, at: start, atAndT: false };
  if (name === 'inc' || name === 'dec') return { source: one, target: first };
  scanner.expect(',');
  const second = operand(scanner, thread, architecture);
  const sourceFirst = isSourceFirst(scanner, architecture, first, second, suffixed, name);
  const [source, target] = sourceFirst ? [first, second] : [second, first];
  if (target.kind === 'constant')
    scanner.fail(
      `expected a register or a location, because ${architecture} has the destination ${sourceFirst ? 'last' : 'first'}`,
      target.at,
    );
  if (source.kind === 'memory' && target.kind === 'memory')
    scanner.fail(`expected ${name.toUpperCase()} with at most one location`, start);
  return { source, target };
}

/** X86_64 is AT&T's: what could be Intel's, and would mean something else there, is refused. */
function isSourceFirst(
  scanner: LitmusScanner,
  architecture: string,
  first: Operand,
  second: Operand,
  suffixed: boolean,
  name: string,
): boolean {
  if (architecture === 'X86') return false;
  if (suffixed || first.atAndT || second.atAndT || first.kind === 'constant' || name === 'xchg') return true;
  if (second.kind === 'constant') return false;
  return scanner.fail(
    'expected % before registers, because X86_64 has the source first, and Intel’s syntax the destination',
    first.at,
  );
}

/** `$1`, `1`, `$x`, a register, `[x]`, `(x)`, `[register]`, `(register)`, `0(register)`. */
function operand(scanner: LitmusScanner, thread: ThreadBuilder, architecture: string): Operand {
  const expected = 'expected a register, [location], (location) or a number';
  scanner.skip();
  const { at } = scanner;
  if (scanner.accept('$')) {
    const number = scanner.integer();
    const value =
      number === null ? thread.addressOf(scanner.take(NAME) ?? scanner.fail('expected a number')) : { value: number };
    return { kind: 'constant', value, at, atAndT: false };
  }
  const number = scanner.integer();
  const bracket = scanner.accept('[') ? ']' : scanner.accept('(') ? ')' : null;
  if (number !== null) {
    if (bracket === null) return { kind: 'constant', value: { value: number }, at, atAndT: false };
    if (number !== 0) scanner.fail('expected the offset 0, because every location is a word by itself', at);
  }
  scanner.skip();
  const inner = scanner.at;
  const text = scanner.take(/%?[A-Za-z_]\w*/y) ?? scanner.fail(expected);
  const register = x86Register(text, architecture);
  const atAndT = bracket === ')' || text.startsWith('%');
  if (bracket === null) {
    if (register === null) scanner.fail(expected, at);
    return { kind: 'register', name: register, at, atAndT };
  }
  const location = register === null ? thread.location(text) : { pointer: register, scanner, at: inner };
  scanner.expect(bracket);
  return { kind: 'memory', location, at, atAndT };
}

/** MOV and arithmetic. On a location that is a load and a store, which others may come between. */
function change(
  scanner: LitmusScanner,
  thread: ThreadBuilder,
  { operation, source, target }: Effect,
  place: string,
  moves: boolean,
): void {
  if (target.kind === 'register') {
    if (source.kind !== 'memory') set(thread, target.name, operation, valueOf(source, thread, scanner), place);
    else if (moves)
      thread.add({ kind: 'load', register: thread.written(target.name), location: source.location }, place);
    else
      withHidden(thread, place, register => {
        thread.add({ kind: 'load', register, location: source.location }, place);
        set(thread, target.name, operation, { register }, place);
      });
    return;
  }
  if (target.kind === 'constant') scanner.fail('expected a register or a location', target.at);
  const { location } = target;
  const value = valueOf(source, thread, scanner);
  if (moves) thread.add({ kind: 'store', location, value }, place);
  else
    withHidden(thread, place, register => {
      thread.add({ kind: 'load', register, location }, place);
      set(thread, HIDDEN, operation, value, place);
      thread.add({ kind: 'store', location, value: { register } }, place);
    });
}

/** Arithmetic with LOCK. */
function update(
  scanner: LitmusScanner,
  thread: ThreadBuilder,
  { operation, source, target }: Effect,
  place: string,
): void {
  if (target.kind !== 'memory') scanner.fail('expected a location, because LOCK is for accesses to memory', target.at);
  const value = valueOf(source, thread, scanner);
  thread.add({ kind: 'update', register: null, location: target.location, operation, value }, place);
}

/** XCHG: with a location it is indivisible, with or without LOCK. */
function exchange(scanner: LitmusScanner, thread: ThreadBuilder, { source, target }: Effect, place: string): void {
  const [memory, other] = source.kind === 'memory' ? [source, target] : [target, source];
  if (other.kind !== 'register') scanner.fail('expected XCHG with a register', other.at);
  if (memory.kind === 'memory') {
    const register = thread.written(other.name);
    const { location } = memory;
    thread.add({ kind: 'update', register, location, operation: 'exchange', value: { register } }, place);
  } else if (memory.kind === 'register')
    withHidden(thread, place, register => {
      set(thread, HIDDEN, 'exchange', thread.reading(memory.name), place);
      set(thread, memory.name, 'exchange', thread.reading(other.name), place);
      set(thread, other.name, 'exchange', { register }, place);
    });
}

/** Lets instructions use the register that tests do not see, and clears it. */
function withHidden(thread: ThreadBuilder, place: string, use: (register: number) => void): void {
  use(thread.written(HIDDEN));
  set(thread, HIDDEN, 'exchange', { value: 0 }, place);
}

function set(
  thread: ThreadBuilder,
  name: string,
  operation: LitmusOperation,
  right: LitmusOperand,
  place: string,
): void {
  const register = thread.written(name);
  const moves = operation === 'exchange';
  // A move is written as it always was, as the sum with 0.
  if (moves) thread.add({ kind: 'set', register, operation: 'add', left: right, right: { value: 0 } }, place);
  else thread.add({ kind: 'set', register, operation, left: { register }, right }, place);
}

function valueOf(from: Operand, thread: ThreadBuilder, scanner: LitmusScanner): LitmusOperand {
  if (from.kind === 'memory') return scanner.fail('expected a register or a number', from.at);
  return from.kind === 'constant' ? from.value : thread.reading(from.name);
}
