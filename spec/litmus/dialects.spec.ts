/** One program in every dialect and every way to write it means one thing. */
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { allowedOutcomes } from '../../lib/litmus/outcomes.js';
import { readLitmus } from '../../lib/litmus/reader.js';
import { describeOutcome, LitmusError } from '../../lib/litmus/litmus-test.js';
import { describeValue } from '../../lib/litmus/values.js';

/** An instruction that every dialect has. Registers and locations by number. */
type Step =
  | { readonly kind: 'store'; readonly location: number; readonly value: number }
  | { readonly kind: 'load'; readonly register: number; readonly location: number }
  | { readonly kind: 'copy'; readonly register: number; readonly location: number }
  | { readonly kind: 'address'; readonly location: number; readonly of: number }
  | { readonly kind: 'fence' };

/** A way to write tests: what is written is the same program. */
interface Style {
  readonly architecture: string;
  readonly registers: readonly [string, string];
  /** Registers that hold the addresses of x and y at first. */
  readonly pointers: readonly [string, string];
  readonly prefix: string;
  readonly write: (step: Step, style: Style) => string;
}

const NAMES = ['x', 'y'];

const intel =
  (open: string, close: string, dollar: string, byPointer: boolean) =>
  (step: Step, { registers, pointers }: Style): string => {
    const memory = (location: number): string => `${open}${byPointer ? pointers[location] : NAMES[location]}${close}`;
    switch (step.kind) {
      case 'store':
        return `MOV ${memory(step.location)},${dollar}${step.value}`;
      case 'load':
        return `MOV ${registers[step.register]},${memory(step.location)}`;
      case 'copy':
        return `mov ${memory(step.location)},${registers[step.register]}`;
      case 'address':
        return `MOV ${memory(step.location)},${pointers[step.of]}`;
      case 'fence':
        return 'MFENCE';
    }
  };

const atAndT =
  (suffix: string, dollar: string, byPointer: boolean) =>
  (step: Step, { registers, pointers }: Style): string => {
    const memory = (location: number): string => (byPointer ? `(%${pointers[location]})` : `(${NAMES[location]})`);
    switch (step.kind) {
      case 'store':
        return `mov${suffix} ${dollar}${step.value},${memory(step.location)}`;
      case 'load':
        return `mov${suffix} ${memory(step.location)},%${registers[step.register]}`;
      case 'copy':
        return `mov${suffix} %${registers[step.register]},${memory(step.location)}`;
      case 'address':
        return `mov${suffix} %${pointers[step.of]},${memory(step.location)}`;
      case 'fence':
        return 'mfence';
    }
  };

const mips =
  (dependent: boolean) =>
  (step: Step, { registers, pointers }: Style): string => {
    const [first] = registers;
    // An address that depends on a register: the register xor itself is added.
    const reach = (location: number): [string, string] =>
      dependent
        ? [`xor $9,${first},${first} \n addu $10,$9,${pointers[location]} \n `, '($10)']
        : ['', `0(${pointers[location]})`];
    const [before, memory] = 'location' in step ? reach(step.location) : ['', ''];
    switch (step.kind) {
      case 'store':
        return `${before}li $8,${step.value} \n sw $8,${memory}`;
      case 'load':
        return `${before}lw ${registers[step.register]},${memory}`;
      case 'copy':
        return `${before}sw ${registers[step.register]},${memory}`;
      case 'address':
        return `${before}sw ${pointers[step.of]},${memory}`;
      case 'fence':
        return 'sync';
    }
  };

const X86 = { architecture: 'X86', registers: ['EAX', 'EBX'], pointers: ['ESI', 'EDI'], prefix: '' } as const;
const X64 = { architecture: 'X86_64', registers: ['rax', 'ebx'], pointers: ['rsi', 'rdi'], prefix: 'P' } as const;
const MIPS = { architecture: 'MIPS', registers: ['$2', 'r3'], pointers: ['$4', '$a1'], prefix: '' } as const;
const STYLES: readonly Style[] = [
  { ...X86, write: intel('[', ']', '$', false) },
  { ...X86, write: intel('[', ']', '', true) },
  { ...X86, write: intel('(', ')', '$', true) },
  { ...X86, write: intel('(', ')', '', false) },
  { ...X64, write: atAndT('l', '$', false) },
  { ...X64, write: atAndT('q', '', true) },
  { ...X64, write: atAndT('', '$', true) },
  { ...MIPS, write: mips(false) },
  { ...MIPS, registers: ['rx', '%b'], pointers: ['ry', 'rz'], write: mips(false) },
  { ...MIPS, write: mips(true) },
];

/** The outcomes of a program in a style, told by what every style has: two registers of each thread, and memory. */
function outcomesOf(program: readonly (readonly Step[])[], style: Style): string[] {
  const { architecture, registers, pointers, prefix, write } = style;
  const columns = program.map(steps => steps.flatMap(step => write(step, style).split('\n')));
  const rows = Array.from({ length: Math.max(...columns.map(column => column.length)) }, (_, i) =>
    columns.map(column => column[i] ?? '').join(' | '),
  );
  const each = (text: (thread: number) => string): string => program.map((_, thread) => text(thread)).join('');
  const state = each(
    i => `${prefix}${i}:${pointers[0]}=x; ${prefix}${i}:${pointers[1]}=y; ${prefix}${i}:${registers[0]}=0; `,
  );
  const named = each(i => `/\\ ${prefix}${i}:${registers[0]}=0 /\\ ${prefix}${i}:${registers[1]}=0 `);
  const head = program.map((_, i) => `P${i}`).join(' | ');
  // Every register is mentioned, so that every style has it.
  const text = `${architecture} T\n{ x=0; y=0; ${state}${each(i => `${prefix}${i}:${registers[1]}=0; `)} }\n ${head} ;\n${rows.map(row => `${row} ;\n`).join('')}exists (x=0 ${named})`;
  const test = readLitmus(text, 'T.litmus');
  const { condition } = test;
  const atoms = condition.kind === 'and' ? condition.of : [];
  const mentioned = atoms.flatMap(atom => (atom.kind === 'equals' ? [atom.index] : [])).slice(1);
  return allowedOutcomes(test, 'tso')
    .map(outcome =>
      [...mentioned, ...NAMES.map(name => outcome.length - test.locations.length + test.locations.indexOf(name))]
        .map(index => describeValue(outcome[index], test.locations))
        .join(' '),
    )
    .filter((text, i, all) => all.indexOf(text) === i)
    .sort();
}

describe('dialects of litmus files', () => {
  const location = fc.nat(1);
  const register = fc.nat(1);
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ kind: fc.constant('store' as const), location, value: fc.constantFrom(1, 2) }),
    fc.record({ kind: fc.constant('load' as const), register, location }),
    fc.record({ kind: fc.constant('copy' as const), register, location }),
    fc.record({ kind: fc.constant('address' as const), location, of: location }),
    fc.record({ kind: fc.constant('fence' as const) }),
  );

  it('agree on every program, however it is written', () => {
    const program = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(program, steps => {
        const [first, ...others] = STYLES.map(style => outcomesOf(steps, style));
        for (const other of others) expect(other).toEqual(first);
      }),
      { numRuns: 60 },
    );
  });

  const outcomes = (text: string, model: 'sc' | 'tso' = 'tso'): string[] => {
    const test = readLitmus(text, 'T.litmus');
    return allowedOutcomes(test, model).map(outcome => describeOutcome(test, outcome));
  };

  it('have the destination first in X86, whatever the brackets', () => {
    const text = (open: string, close: string): string =>
      `X86 MP\n{ 0:EAX=x; 0:ECX=y; 1:EAX=x; 1:ECX=y; 0:EDX=1; }\n P0 | P1 ;\n MOV ${open}EAX${close},EDX | MOV EBX,${open}ECX${close} ;\n MOV ${open}ECX${close},EDX | MOV ESI,${open}EAX${close} ;\nexists (x=1)`;
    expect(outcomes(text('(', ')'))).toEqual([
      '0:EDX=1 1:EBX=0 1:ESI=0 x=1 y=1',
      '0:EDX=1 1:EBX=0 1:ESI=1 x=1 y=1',
      '0:EDX=1 1:EBX=1 1:ESI=1 x=1 y=1',
    ]);
    expect(outcomes(text('[', ']'))).toEqual(outcomes(text('(', ')')));
  });

  const one = (architecture: string, state: string, rows: readonly string[]): string =>
    `${architecture} T\n{ ${state} }\n P0 ;\n${rows.map(row => ` ${row} ;\n`).join('')}forall (true)`;

  it.each<[what: string, text: string, outcome: string]>([
    ['a stored address', one('X86', 'x=7; y=0; 0:EAX=y;', ['MOV [x],EAX']), '0:EAX=y x=y y=0'],
    [
      'an address in MIPS',
      one('MIPS', 'x=7; y=0; 0:$4=y; 0:$5=x;', ['sw $4,0($5)', 'move $2,$4']),
      '0:$4=y 0:$2=y x=y y=0',
    ],
    [
      'a pointer in memory',
      one('X86', 'int y=5; int *p=&y; int* q;', ['MOV EAX,[p]', 'MOV EBX,[EAX]', 'MOV (q),EAX']),
      '0:EAX=y 0:EBX=5 y=5 p=y q=y',
    ],
    ['an address as a constant', one('X86_64', 'y=3;', ['movq $y,%rax', 'movq (%rax),%rbx']), '0:rax=y 0:rbx=3 y=3'],
    ['P before a thread', one('X86', 'P0:EAX=4;', ['MOV [x],EAX']), '0:EAX=4 x=4'],
    ['an exchange', one('X86', 'x=3; 0:EAX=4;', ['XCHG [x],EAX']), '0:EAX=3 x=4'],
    ['an exchange the other way', one('X86_64', 'x=3; 0:rax=4;', ['xchgq %rax,(x)']), '0:rax=3 x=4'],
    ['registers exchanged', one('X86', '0:EAX=1; 0:EBX=2;', ['XCHG EAX,EBX']), '0:EAX=2 0:EBX=1'],
    ['LOCK', one('X86', 'x=3; 0:EAX=4;', ['LOCK ADD [x],EAX', 'LOCK INC [x]', 'LOCK XCHG [x],EAX']), '0:EAX=8 x=4'],
    [
      'arithmetic on memory',
      one('X86_64', 'x=3; 0:rax=4;', ['addl $2,(x)', 'subl (x),%eax', 'decq (x)']),
      '0:rax=-1 x=4',
    ],
    ['fences that TSO has anyway', one('X86', 'x=1;', ['LFENCE', 'SFENCE', 'NOP']), 'x=1'],
    [
      'MIPS arithmetic',
      one('MIPS', '', [
        'li $2,-3',
        'slt $3,$2,$0',
        'sltu $4,$2,$0',
        'lui $5,1',
        'nor $6,$0,$0',
        'subu $7,$2,$5',
        'andi $8,$2,12',
      ]),
      '0:$2=-3 0:$3=1 0:$4=0 0:$5=65536 0:$6=-1 0:$7=-65539 0:$8=12',
    ],
    [
      'branches',
      one('MIPS', '0:r2=3;', [
        'Loop: addi r3,r3,2',
        'addi r2,r2,-1',
        'bgtz r2,Loop',
        'beq r3,r3,LC00',
        'li r3,99',
        'LC00:',
        'blez r2,End',
        'li r3,98',
        'End: nop',
      ]),
      '0:$2=0 0:$3=6',
    ],
    ['a branch that skips', one('MIPS', '', ['b L.1', 'li $2,1', 'L.1: li $3,1']), '0:$2=0 0:$3=1'],
    ['zero written', one('MIPS', '0:$2=1;', ['addu $0,$2,$2', 'addu $2,$2,$0']), '0:$2=1'],
    [
      'types of all kinds',
      one('X86_64', 'uint64_t x=1; int64_t *y=x; volatile int z; uint64_t 0:rax=5; unsigned int v=2', [
        'movq %rax,(x)',
      ]),
      '0:rax=5 x=5 y=x z=0 v=2',
    ],
  ])('read %s', (_, text, outcome) => {
    expect(outcomes(text)).toEqual([outcome]);
    expect(outcomes(text, 'sc')).toEqual([outcome]);
  });

  it('read conditions on addresses', () => {
    const test = readLitmus(
      'X86 T\n{ 0:EAX=y; }\n P0 ;\n MOV [x],EAX ;\nexists (x=y /\\ P0:EAX=&y /\\ not (x=x))',
      'T.litmus',
    );
    expect(test.condition).toMatchObject({
      kind: 'and',
      of: [{ kind: 'equals' }, { kind: 'equals' }, { kind: 'not' }],
    });
    const [outcome] = allowedOutcomes(test, 'sc');
    expect(describeOutcome(test, outcome)).toBe('0:EAX=y y=0 x=y');
  });

  it('wait for a lock taken with XCHG, and for one with LL and SC in a loop', () => {
    const loop = ['Try: ll $2,0(rl)', 'bnez $2,Try', 'li $3,1', 'sc $3,0(rl)', 'beqz $3,Try'];
    const critical = ['lw $5,0(rc)', 'addiu $5,$5,1', 'sw $5,0(rc)', 'sync', 'sw $0,0(rl)'];
    const rows = [...loop, ...critical].map(row => ` ${row} | ${row} ;\n`).join('');
    const text = `MIPS LOCK\n{ 0:rl=l; 0:rc=c; 1:rl=l; 1:rc=c; }\n P0 | P1 ;\n${rows}forall (c=2)`;
    for (const model of ['sc', 'tso'] as const)
      expect(outcomes(text, model).map(outcome => outcome.slice(-7))).toEqual(['l=0 c=2', 'l=0 c=2']);
  });

  it.each([
    ['a sum of addresses', ['addu $4,$4,$5'], 'T.litmus:4:2: addresses are not calculated with'],
    ['the order of addresses', ['nop', 'L: bgtz $4,L'], 'T.litmus:5:5: an address has no order'],
    [
      'an access to a number',
      ['li $6,4', 'sw $6,0($6)'],
      'T.litmus:5:2: register $6 holds 4, which is the address of no',
    ],
  ])('refuse %s with its place', (_, rows, says) => {
    const text = one('MIPS', '0:$4=x; 0:$5=y;', rows);
    expect(() => outcomes(text)).toThrow(LitmusError);
    expect(() => outcomes(text)).toThrow(says);
  });
});
