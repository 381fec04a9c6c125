/**
 * Instructions of herd's X86 and X86_64 litmus tests: MOV between a location, a register and a constant, and MFENCE, in
 * Intel's order (`MOV [x],$1`) or AT&T's (`movq $1,(x)`).
 */
import type { ThreadBuilder } from './litmus-builder.js';
import type { LitmusScanner } from './litmus-scanner.js';
import type { LitmusOperand } from './litmus-test.js';

const NAME = /[A-Za-z_]\w*/y;
const REGISTER = /^[er]?(ax|bx|cx|dx|si|di|bp|sp)$|^r(8|9|1[0-5])d?$/i;

/** An operand of MOV. */
type Operand =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'register'; readonly name: string; readonly at: number; readonly atAndT: boolean }
  | { readonly kind: 'memory'; readonly location: number; readonly atAndT: boolean };

/** A register by its full name, so that `%eax` and `rax` are the same; null if it is none. Of X86, as usual there, `EAX`. */
export function x86Register(text: string, architecture: string): string | null {
  const name = text.replace(/^%/, '').toLowerCase();
  if (!REGISTER.test(name)) return null;
  const numbered = /^r(8|9|1[0-5])/.exec(name);
  const full = numbered === null ? `r${name.slice(-2)}` : numbered[0];
  return architecture === 'X86' ? full.replace(/^r(?=[a-z])/, 'e').toUpperCase() : full;
}

/** Reads one instruction into a thread. Throws a LitmusError. */
export function readX86(scanner: LitmusScanner, thread: ThreadBuilder, architecture: string): void {
  scanner.skip();
  const { at } = scanner;
  const name = scanner.take(NAME)?.toLowerCase();
  if (name === 'mfence') thread.instructions.push({ kind: 'fence' });
  else if (name === 'mov' || name === 'movl' || name === 'movq') {
    const first = operand(scanner, thread, architecture);
    scanner.expect(',');
    const second = operand(scanner, thread, architecture);
    const sourceFirst = [first, second].some(part => part.kind !== 'constant' && part.atAndT);
    move(scanner, thread, ...(sourceFirst ? ([first, second, at] as const) : ([second, first, at] as const)));
  } else if (name !== 'nop') scanner.fail('expected MOV or MFENCE', at);
}

function operand(scanner: LitmusScanner, thread: ThreadBuilder, architecture: string): Operand {
  if (scanner.accept('$')) {
    const value = scanner.integer() ?? scanner.fail('expected a number');
    return { kind: 'constant', value };
  }
  const bracket = scanner.accept('[') ? ']' : scanner.accept('(') ? ')' : null;
  scanner.skip();
  const { at } = scanner;
  const text =
    scanner.take(/%?[A-Za-z_]\w*/y) ?? scanner.fail('expected a register, [location], (location) or $number');
  const register = x86Register(text, architecture);
  if (bracket === null) {
    if (register === null) scanner.fail('expected a register, [location], (location) or $number', at);
    return { kind: 'register', name: register, at, atAndT: text.startsWith('%') };
  }
  if (register === null && text.startsWith('%')) scanner.fail('expected a register', at);
  const location = register === null ? thread.location(text) : thread.pointedTo(register, scanner, at);
  scanner.expect(bracket);
  return { kind: 'memory', location, atAndT: bracket === ')' };
}

function move(scanner: LitmusScanner, thread: ThreadBuilder, source: Operand, target: Operand, at: number): void {
  const { instructions } = thread;
  if (target.kind === 'constant') scanner.fail('expected MOV to a register or a location', at);
  if (target.kind === 'memory') {
    if (source.kind === 'memory') scanner.fail('expected MOV with at most one location', at);
    instructions.push({ kind: 'store', location: target.location, value: valueOf(source, thread) });
    return;
  }
  const register = thread.written(target.name, scanner, target.at);
  if (source.kind === 'memory') instructions.push({ kind: 'load', register, location: source.location });
  else
    instructions.push({ kind: 'set', register, operation: 'add', left: valueOf(source, thread), right: { value: 0 } });
}

function valueOf(operand: Exclude<Operand, { kind: 'memory' }>, thread: ThreadBuilder): LitmusOperand {
  return operand.kind === 'constant' ? { value: operand.value } : thread.reading(operand.name);
}
