import { describe, expect, it } from '@jest/globals';
import { readLitmus } from '../../lib/litmus/reader.js';
import { describeOutcome, LitmusError } from '../../lib/litmus/litmus-test.js';

/** As the diy tools write them, in AT&T's order. */
const ATT = String.raw`X86_64 SB+mfence+po
"MFencedWR Fre PodWR Fre"
Generator=diy7 (version 7.55+01(dev))
Prefetch=0:x=F,0:y=T,1:y=F,1:x=T
{
uint64_t y; uint64_t x; uint64_t 1:rax; uint64_t 0:rax;

}
 P0            | P1            ;
 movq $1,(x)   | movq $1,(y)   ;
 mfence        | movq (x),%rax ;
 movq (y),%rax |               ;
exists (0:rax=0 /\ 1:rax=0)
`;

const INTEL = String.raw`X86 SB (* store buffering *)
{ x=0; y=7; 0:EBX=0x10; }
 P0          | P1          ;
 MOV [x],EBX | MOV [y],$1  ;
 MOV EAX,[y] | MOV EAX,[x] ;
locations [x;y;]
~exists (0:EAX=7 /\ not (1:EAX=16 \/ [x]=3))
`;

const MIPS = String.raw`MIPS INC
{
%x=x; 1:$4=x;
}
 P0            | P1           ;
 ll $2,0(%x)   | li $3,2      ;
 addiu $5,$2,1 | sync         ;
 sc $5,0(%x)   | sw $3,0($a0) ;
forall (0:v0=0 \/ [x]=2)
`;

describe('the reader of litmus files', () => {
  it('reads what the diy tools write', () => {
    expect(readLitmus(ATT, 'SB.litmus')).toMatchObject({
      name: 'SB+mfence+po',
      locations: ['y', 'x'],
      initial: [0, 0],
      threads: [
        {
          registers: ['rax'],
          initial: [0],
          instructions: [
            { kind: 'store', location: 1, value: { value: 1 } },
            { kind: 'fence' },
            { kind: 'load', register: 0, location: 0 },
          ],
        },
        {
          registers: ['rax'],
          initial: [0],
          instructions: [
            { kind: 'store', location: 0, value: { value: 1 } },
            { kind: 'load', register: 0, location: 1 },
          ],
        },
      ],
      quantifier: 'exists',
      condition: {
        kind: 'and',
        of: [
          { kind: 'equals', index: 0, value: 0 },
          { kind: 'equals', index: 1, value: 0 },
        ],
      },
    });
  });

  it('reads operands in the other order, initial values, comments and all connectives', () => {
    const test = readLitmus(INTEL, 'SB.litmus');
    expect(test.initial).toEqual([0, 7]);
    expect(test.threads[0]).toEqual({
      places: ['SB.litmus:4:2', 'SB.litmus:5:2'],
      registers: ['EBX', 'EAX'],
      initial: [16, 0],
      instructions: [
        { kind: 'store', location: 0, value: { register: 0 } },
        { kind: 'load', register: 1, location: 1 },
      ],
    });
    expect(test.quantifier).toBe('~exists');
    expect(describeOutcome(test, [16, 0, 0, 16, 1])).toBe('0:EBX=16 0:EAX=0 1:EAX=0 x=16 y=1');
    expect(test.condition).toEqual({
      kind: 'and',
      of: [
        { kind: 'equals', index: 1, value: 7 },
        {
          kind: 'not',
          of: {
            kind: 'or',
            of: [
              { kind: 'equals', index: 2, value: 16 },
              { kind: 'equals', index: 3, value: 3 },
            ],
          },
        },
      ],
    });
  });

  it('reads linked accesses of MIPS through registers that hold locations, by any of their names', () => {
    const { threads, condition } = readLitmus(MIPS, 'INC.litmus');
    expect(threads[0].instructions).toEqual([
      { kind: 'load-linked', register: 0, location: 0 },
      { kind: 'set', register: 1, operation: 'add', left: { register: 0 }, right: { value: 1 } },
      { kind: 'store-conditional', register: 1, location: 0 },
    ]);
    expect(threads[1]).toEqual({
      places: ['INC.litmus:6:18', 'INC.litmus:7:18', 'INC.litmus:8:18'],
      registers: ['$3'],
      initial: [0],
      instructions: [
        { kind: 'set', register: 0, operation: 'add', left: { value: 2 }, right: { value: 0 } },
        { kind: 'fence' },
        { kind: 'store', location: 0, value: { register: 0 } },
      ],
    });
    expect(condition).toMatchObject({ kind: 'or', of: [{ index: 0 }, { index: 3 }] });
  });

  it('keeps columns after a comment that spans lines', () => {
    const text = '(* a\n(* nested *) *) X86 T\n{}\n P0 ;\n MOV [x],$1 ; (* here *) CMPXCHG [x],EAX ;\nexists (x=1)\n';
    expect(() => readLitmus(text, 'T.litmus')).toThrow('T.litmus:5:26: expected MOV, XCHG, ADD, SUB,');
  });

  const x86 = (code: string, condition = 'exists (x=1)', state = 'x=0;'): string =>
    `X86 T\n{ ${state} }\n P0 | P1 ;\n${code}\n${condition}\n`;
  const one = ' MOV [x],$1 | MOV EAX,[x] ;';
  const bad: [what: string, text: string, says: string][] = [
    ['nothing', '', ':1:1: expected X86, X86_64 or MIPS, found the end'],
    ['another architecture', 'PPC T\n{}', ':1:1: expected X86, X86_64 or MIPS, found "PPC"'],
    ['an inherited name', 'toString T\n{}', ':1:1: expected X86, X86_64 or MIPS, found "toString"'],
    ['no initial state', 'X86 T\n P0 ;\n', ':3:1: expected { and the initial state, found the end'],
    ['a state without end', 'X86 T\n{ x=0; ', 'expected a location or a register, found the end'],
    ['a comment without end', 'X86 T\n{ (* x=0; }', ':2:3: expected *) after this comment, found "("'],
    [
      'an instruction it does not know',
      x86(' CMPXCHG [x],EAX | ;'),
      'LOCK, MFENCE, LFENCE, SFENCE or NOP, found "CMPXCHG"',
    ],
    ['too few columns', x86(' MOV [x],$1 ;'), ':4:13: expected | and 2 columns, found ";"'],
    ['too many columns', x86(' | | MFENCE ;'), ':4:4: expected ;, found "|"'],
    ['a label', x86(' L0: MFENCE | ;'), ':4:2: expected an instruction: labels and branches are not supported'],
    ['a move between locations', x86(' MOV [x],[y] | ;'), ':4:2: expected MOV with at most one location'],
    ['a value that does not fit', x86(' MOV [x],$4294967296 | ;'), ':4:11: expected a number that fits 32 bits'],
    ['no threads', 'X86 T\n{}\nexists (x=1)', ':3:1: expected P0, found "exists"'],
    ['no condition', x86(one, ''), 'expected exists, ~exists or forall, found the end'],
    [
      'a condition with a hole',
      x86(one, 'exists (x=1 /\\ )'),
      ':5:16: expected a register, a location, not or (, found ")"',
    ],
    ['a condition without end', x86(one, 'exists (x=1'), 'expected ), found the end'],
    ['an unknown location', x86(one, 'exists (z=1)'), ':5:9: expected a location of the test (x), found "z"'],
    ['an unknown thread', x86(one, 'exists (2:EAX=1)'), ':5:11: expected a thread from 0 to 1, found "EAX"'],
    [
      'a register nobody uses',
      x86(one, 'exists (0:EAX=1)'),
      ':5:11: expected a register that thread 0 uses, found "EAX"',
    ],
    ['what comes after the end', x86(one, 'exists (x=1) and more'), ':5:14: expected the end of the file, found "and"'],
    ['a thread that is not there', x86(one, 'exists (x=1)', '5:EAX=1;'), 'expected a thread P5'],
    [
      'a MIPS address that is no location',
      'MIPS T\n{}\n P0 ;\n lw $2,0($4) ;\nexists (0:$2=1)',
      ':4:10: expected a register that holds the address of a location, found "$4"',
    ],
    ['an offset', 'MIPS T\n{ 0:$4=x; }\n P0 ;\n lw $2,4($4) ;\nexists (x=1)', ':4:8: expected the offset 0, found "4"'],
    [
      'a label that is not there',
      'MIPS T\n{}\n P0 ;\n beq $2,$3,L0 ;\nexists (0:$2=1)',
      ':4:12: expected a label of this',
    ],
    [
      'a label twice',
      'MIPS T\n{}\n P0 ;\n L: ;\n L: sync ;\nforall (true)',
      ':5:2: expected a label that is not in this',
    ],
    ['a jump through a register', 'MIPS T\n{}\n P0 ;\n jr $31 ;\nforall (true)', 'BGEZ or NOP, found "jr"'],
    ['a load to zero', 'MIPS T\n{ 0:$4=x; }\n P0 ;\n lw $0,0($4) ;\nexists (x=1)', 'that can be written, found "$0"'],
    [
      'AT&T’s order in X86',
      x86(' MOV $1,[x] | ;'),
      ':4:6: expected a register or a location, because X86 has the destination first',
    ],
    [
      'Intel’s order in X86_64',
      'X86_64 T\n{}\n P0 ;\n mov eax,[x] ;\nforall (true)',
      ':4:6: expected % before registers, because X86_64',
    ],
    [
      'a constant as the last operand',
      'X86_64 T\n{}\n P0 ;\n movl %eax,$1 ;\nforall (true)',
      ':4:12: expected a register or a location, because X86_64 has the destination last',
    ],
    [
      'LOCK before MOV',
      x86(' LOCK MOV [x],$1 | ;'),
      ':4:7: expected XCHG, ADD, SUB, AND, OR, XOR, INC or DEC after LOCK',
    ],
    [
      'LOCK without a location',
      x86(' LOCK ADD EAX,$1 | ;'),
      ':4:11: expected a location, because LOCK is for accesses to memory',
    ],
    ['XCHG with a constant', x86(' XCHG [x],$1 | ;'), ':4:11: expected XCHG with a register'],
    [
      'half a register',
      x86(' MOV AX,[x] | ;'),
      ':4:6: expected a register, [location], (location) or a number, found "AX"',
    ],
    ['bytes', x86(' MOVB [x],$1 | ;'), ':4:2: expected MOV, XCHG'],
    [
      'an offset in X86',
      'X86_64 T\n{ 0:rax=x; }\n P0 ;\n movl 4(%rax),%ebx ;\nforall (true)',
      ':4:7: expected the offset 0',
    ],
    [
      'the address of what is no location',
      x86(one, 'exists (1:EAX=q)'),
      ':5:15: expected a location of the test (x), found "q"',
    ],
    ['an array', 'X86 T\n{ int x[2]; }\n P0 ;\n MOV [x],$1 ;\nexists (x=1)', ':2:8: expected ; or }, found "["'],
  ];
  it.each(bad)('refuses %s and says where', (_, text, says) => {
    const read = (): unknown => readLitmus(text, 'bad.litmus');
    expect(read).toThrow(LitmusError);
    expect(read).toThrow(/^bad\.litmus:\d+:\d+: expected /);
    expect(read).toThrow(says);
  });
});
