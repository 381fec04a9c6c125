/**
 * Instructions of herd's MIPS litmus tests: LW, SW, LL, SC and SYNC, arithmetic, labels and branches. There are no delay
 * slots, as in herd.
 */
import type { Pointer, ThreadBuilder } from './builder.js';
import type { LitmusScanner } from './scanner.js';
import type { LitmusComparison, LitmusOperand, LitmusOperation } from './litmus-test.js';

const NAME = /[A-Za-z][\w.]*/y;
const REGISTER = /[$%]?\w+/y;
const LABEL = /[A-Za-z_][\w./-]*/y;
const KNOWN =
  'LW, SW, LL, SC, SYNC, LI, LUI, LA, MOVE, ADD(U), ADDI(U), SUB(U), SUBI(U), AND(I), OR(I), XOR(I), NOR, SLT(U), SLTI(U), ' +
  'B, BEQ, BNE, BEQZ, BNEZ, BLEZ, BGTZ, BLTZ, BGEZ or NOP';

/** Names by number, as the o32 convention has them. */
const NAMES = (
  'zero at v0 v1 a0 a1 a2 a3 t0 t1 t2 t3 t4 t5 t6 t7 ' + 's0 s1 s2 s3 s4 s5 s6 s7 t8 t9 k0 k1 gp sp fp ra'
).split(' ');

const ZERO: LitmusOperand = { value: 0 };

/** By name without the letter that says that the last operand is immediate. */
const ARITHMETIC: Readonly<Record<string, LitmusOperation>> = {
  add: 'add',
  addu: 'add',
  sub: 'subtract',
  subu: 'subtract',
  and: 'and',
  or: 'or',
  xor: 'xor',
  nor: 'nor',
  slt: 'less',
  sltu: 'less-unsigned',
};
const IMMEDIATE: Readonly<Record<string, string>> = {
  addi: 'add',
  addiu: 'addu',
  subi: 'sub',
  subiu: 'subu',
  andi: 'and',
  ori: 'or',
  xori: 'xor',
  slti: 'slt',
  sltiu: 'sltu',
};

/** With two registers, with one that is compared with 0, and the other way round. */
const BRANCHES: Readonly<Record<string, readonly [LitmusComparison, 'two' | 'one' | 'turned' | 'none']>> = {
  b: ['equal', 'none'],
  beq: ['equal', 'two'],
  bne: ['unequal', 'two'],
  beqz: ['equal', 'one'],
  bnez: ['unequal', 'one'],
  bltz: ['less', 'one'],
  blez: ['less-or-equal', 'one'],
  bgtz: ['less', 'turned'],
  bgez: ['less-or-equal', 'turned'],
};

const ACCESSES = { lw: 'load', ll: 'load-linked', sc: 'store-conditional', sw: 'store' } as const;

/**
 * A register as `$2`, whether it is written `$2`, `r2`, `$v0` or `v0`; null if it is not a register. `%x` and words that begin with
 * r, like `rx`, are registers of their own.
 */
export function mipsRegister(text: string): string | null {
  if (text.startsWith('%')) return text;
  const name = text.replace(/^\$/, '').replace(/^s8$/, 'fp');
  const numbered = (text.startsWith('$') ? /^(\d+)$/ : /^r(\d+)$/).exec(name);
  const number = numbered === null ? NAMES.indexOf(name) : Number(numbered[1]);
  if (number >= 0 && number <= 31) return `$${number}`;
  return /^r[A-Za-z_]\w*$/.test(text) ? text : null;
}

/** Reads labels and an instruction into a thread. Throws a LitmusError. */
export function readMips(scanner: LitmusScanner, thread: ThreadBuilder): void {
  scanner.skip();
  const { at } = scanner;
  const label = scanner.take(/[A-Za-z_][\w./-]*(?=\s*:)/y);
  if (label !== null) {
    thread.label(label, scanner, at);
    scanner.expect(':');
    scanner.skip();
    if (scanner.at < scanner.text.length) readMips(scanner, thread);
    return;
  }
  const name = scanner.take(NAME)?.toLowerCase() ?? '';
  const place = scanner.place(at);
  if (name === 'sync') thread.add({ kind: 'fence' }, place);
  else if (Object.hasOwn(ACCESSES, name)) memory(ACCESSES[name as keyof typeof ACCESSES], scanner, thread, place);
  else if (Object.hasOwn(BRANCHES, name)) branch(name, scanner, thread, place);
  else if (!arithmetic(name, scanner, thread, place) && name !== 'nop') scanner.fail(`expected ${KNOWN}`, at);
}

/** Whether it was one, and was taken. */
function arithmetic(name: string, scanner: LitmusScanner, thread: ThreadBuilder, place: string): boolean {
  const moves = ['li', 'lui', 'la', 'move'].includes(name);
  const immediate = Object.hasOwn(IMMEDIATE, name);
  const operation = ARITHMETIC[immediate ? IMMEDIATE[name] : Object.hasOwn(ARITHMETIC, name) ? name : ''];
  if (!moves && operation === undefined) return false;
  const target = register(scanner);
  scanner.expect(',');
  const left = moves ? moved(name, scanner, thread) : source(scanner, thread);
  if (!moves) scanner.expect(',');
  const right = moves ? ZERO : immediate ? constant(scanner) : source(scanner, thread);
  // What is written to the register zero is lost.
  if (target !== '$0')
    thread.add({ kind: 'set', register: thread.written(target), operation: operation ?? 'add', left, right }, place);
  return true;
}

function moved(name: string, scanner: LitmusScanner, thread: ThreadBuilder): LitmusOperand {
  if (name === 'move') return source(scanner, thread);
  if (name === 'la') return thread.addressOf(scanner.take(NAME) ?? scanner.fail('expected a location'));
  const value = scanner.integer() ?? scanner.fail('expected a number');
  return { value: name === 'lui' ? value << 16 : value };
}

function branch(name: string, scanner: LitmusScanner, thread: ThreadBuilder, place: string): void {
  const [comparison, kind] = BRANCHES[name];
  const first = kind === 'none' ? ZERO : source(scanner, thread);
  if (kind !== 'none') scanner.expect(',');
  const second = kind === 'two' ? source(scanner, thread) : ZERO;
  if (kind === 'two') scanner.expect(',');
  const [left, right] = kind === 'turned' ? [second, first] : [first, second];
  scanner.skip();
  const { at } = scanner;
  const label = scanner.take(LABEL) ?? scanner.fail('expected a label');
  thread.add({ kind: 'branch', comparison, left, right, target: { label, scanner, at } }, place);
}

function memory(
  kind: (typeof ACCESSES)[keyof typeof ACCESSES],
  scanner: LitmusScanner,
  thread: ThreadBuilder,
  place: string,
): void {
  if (kind === 'store') {
    const value = source(scanner, thread);
    scanner.expect(',');
    thread.add({ kind, location: address(scanner), value }, place);
    return;
  }
  scanner.skip();
  const { at } = scanner;
  const name = register(scanner);
  if (name === '$0') scanner.fail('expected a register that can be written', at);
  scanner.expect(',');
  thread.add({ kind, register: thread.written(name), location: address(scanner) }, place);
}

/** `0($4)` or `($4)`: there are no other offsets, because every location is a word by itself. */
function address(scanner: LitmusScanner): Pointer {
  scanner.skip();
  const { at } = scanner;
  const offset = scanner.integer();
  if (offset !== null && offset !== 0) scanner.fail('expected the offset 0', at);
  scanner.expect('(');
  scanner.skip();
  const pointer = { at: scanner.at, pointer: register(scanner), scanner };
  scanner.expect(')');
  return pointer;
}

function register(scanner: LitmusScanner): string {
  scanner.skip();
  const { at } = scanner;
  return mipsRegister(scanner.take(REGISTER) ?? '$') ?? scanner.fail('expected a register', at);
}

function source(scanner: LitmusScanner, thread: ThreadBuilder): LitmusOperand {
  const name = register(scanner);
  return name === '$0' ? ZERO : thread.reading(name);
}

function constant(scanner: LitmusScanner): LitmusOperand {
  return { value: scanner.integer() ?? scanner.fail('expected a number') };
}
