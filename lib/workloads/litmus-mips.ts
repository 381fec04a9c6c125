/**
 * Instructions of herd's MIPS litmus tests: LW, SW, LL, SC and SYNC, and what it takes to have numbers in registers (LI,
 * MOVE, ORI, ADDIU, ADDU, XOR). Branches are refused: threads are straight lines.
 */
import type { ThreadBuilder } from './litmus-builder.js';
import type { LitmusScanner } from './litmus-scanner.js';
import type { LitmusInstruction, LitmusOperand, LitmusOperation } from './litmus-test.js';

const NAME = /[A-Za-z][\w.]*/y;
const REGISTER = /[$%]\w+/y;
const KNOWN = 'LW, SW, LL, SC, SYNC, LI, MOVE, ORI, ADDIU, ADDU, XOR or NOP';

/** Names by number, as the o32 convention has them. */
const NAMES = (
  'zero at v0 v1 a0 a1 a2 a3 t0 t1 t2 t3 t4 t5 t6 t7 ' + 's0 s1 s2 s3 s4 s5 s6 s7 t8 t9 k0 k1 gp sp fp ra'
).split(' ');

/** With an immediate operand, and with a register. */
const ARITHMETIC: Readonly<Record<string, readonly [LitmusOperation, 'constant' | 'register']>> = {
  ori: ['or', 'constant'],
  addi: ['add', 'constant'],
  addiu: ['add', 'constant'],
  xori: ['xor', 'constant'],
  or: ['or', 'register'],
  add: ['add', 'register'],
  addu: ['add', 'register'],
  xor: ['xor', 'register'],
};

/** A register as `$2`, whether it is written `$2`, `$v0` or, in conditions, `v0`; `%x` as it is; null if it is none. */
export function mipsRegister(text: string): string | null {
  if (text.startsWith('%')) return text;
  const name = text.replace(/^\$/, '').replace(/^s8$/, 'fp');
  const number = /^\d+$/.test(name) && text.startsWith('$') ? Number(name) : NAMES.indexOf(name);
  return number < 0 || number > 31 ? null : `$${number}`;
}

/** Reads one instruction into a thread. Throws a LitmusError. */
export function readMips(scanner: LitmusScanner, thread: ThreadBuilder): void {
  scanner.skip();
  const { at } = scanner;
  const name = scanner.take(NAME)?.toLowerCase() ?? '';
  const { instructions } = thread;
  if (name === 'sync') instructions.push({ kind: 'fence' });
  else if (name === 'lw' || name === 'll' || name === 'sw' || name === 'sc')
    instructions.push(memory(name, scanner, thread));
  else if (name === 'li' || name === 'move') {
    const register = target(scanner, thread);
    scanner.expect(',');
    const left = name === 'li' ? constant(scanner) : source(scanner, thread);
    instructions.push({ kind: 'set', register, operation: 'add', left, right: { value: 0 } });
  } else if (Object.hasOwn(ARITHMETIC, name)) {
    const [operation, kind] = ARITHMETIC[name]!;
    const register = target(scanner, thread);
    scanner.expect(',');
    const left = source(scanner, thread);
    scanner.expect(',');
    const right = kind === 'constant' ? constant(scanner) : source(scanner, thread);
    instructions.push({ kind: 'set', register, operation, left, right });
  } else if (name !== 'nop') scanner.fail(`expected ${KNOWN}`, at);
}

function memory(name: 'lw' | 'll' | 'sw' | 'sc', scanner: LitmusScanner, thread: ThreadBuilder): LitmusInstruction {
  if (name === 'sw') {
    const value = source(scanner, thread);
    scanner.expect(',');
    return { kind: 'store', location: address(scanner, thread), value };
  }
  const register = target(scanner, thread);
  scanner.expect(',');
  const location = address(scanner, thread);
  const kind = name === 'lw' ? 'load' : name === 'll' ? 'load-linked' : 'store-conditional';
  return { kind, register, location };
}

/** `0($4)`: there are no other offsets, because every location is a word by itself. */
function address(scanner: LitmusScanner, thread: ThreadBuilder): number {
  scanner.skip();
  const { at } = scanner;
  if (scanner.integer() !== 0) scanner.fail('expected the offset 0', at);
  scanner.expect('(');
  const [name, place] = register(scanner);
  const location = thread.pointedTo(name, scanner, place);
  scanner.expect(')');
  return location;
}

function register(scanner: LitmusScanner): [name: string, at: number] {
  scanner.skip();
  const { at } = scanner;
  const name = mipsRegister(scanner.take(REGISTER) ?? '$');
  if (name === null) scanner.fail('expected a register', at);
  return [name, at];
}

function source(scanner: LitmusScanner, thread: ThreadBuilder): LitmusOperand {
  const [name] = register(scanner);
  return name === '$0' ? { value: 0 } : thread.reading(name);
}

function target(scanner: LitmusScanner, thread: ThreadBuilder): number {
  const [name, at] = register(scanner);
  if (name === '$0') scanner.fail('expected a register that can be written', at);
  return thread.written(name, scanner, at);
}

function constant(scanner: LitmusScanner): LitmusOperand {
  return { value: scanner.integer() ?? scanner.fail('expected a number') };
}
