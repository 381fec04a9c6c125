import { describe, expect, it } from '@jest/globals';
import { classicLitmusTests } from '../../lib/litmus/classics.js';
import { verdict } from '../../lib/litmus/condition.js';
import { allowedOutcomes } from '../../lib/litmus/outcomes.js';
import { readLitmus } from '../../lib/litmus/reader.js';
import { describeOutcome, type LitmusTest } from '../../lib/litmus/litmus-test.js';

/**
 * name: verdict under SC, under TSO; number of outcomes of each. Found by an enumeration that shares nothing with ours,
 * and in agreement with herd's sc.cat and x86tso.cat; the suite itself ships no results.
 */
const EXPECTED = `
  SB: forbidden, allowed; 3, 4
  SB+mfences: forbidden, forbidden; 3, 3
  SB+mfence+po: forbidden, allowed; 3, 4
  MP: forbidden, forbidden; 3, 3
  LB: forbidden, forbidden; 3, 3
  S: forbidden, forbidden; 3, 3
  R: forbidden, allowed; 3, 4
  R+mfence+po: forbidden, allowed; 3, 4
  R+po+mfence: forbidden, forbidden; 3, 3
  R+mfences: forbidden, forbidden; 3, 3
  2+2W: forbidden, forbidden; 3, 3
  WRC: forbidden, forbidden; 7, 7
  ISA2: forbidden, forbidden; 7, 7
  RWC: forbidden, allowed; 7, 8
  RWC+po+mfence: forbidden, forbidden; 7, 7
  RWC+mfence+po: forbidden, allowed; 7, 8
  WWC: forbidden, forbidden; 9, 9
  WRW+WR: forbidden, allowed; 7, 8
  WRR+2W: forbidden, forbidden; 9, 9
  WRW+2W: forbidden, forbidden; 9, 9
  W+RWC: forbidden, allowed; 7, 8
  Z6.0: forbidden, allowed; 7, 8
  Z6.1: forbidden, forbidden; 7, 7
  Z6.2: forbidden, forbidden; 7, 7
  Z6.3: forbidden, forbidden; 7, 7
  Z6.4: forbidden, allowed; 7, 8
  Z6.5: forbidden, allowed; 7, 8
  3.SB: forbidden, allowed; 7, 8
  3.LB: forbidden, forbidden; 7, 7
  3.2W: forbidden, forbidden; 7, 7
  IRIW: forbidden, forbidden; 15, 15
  IRIW+mfences: forbidden, forbidden; 15, 15
  CoRR: forbidden, forbidden; 3, 3
  CoRR1: always holds, always holds; 3, 3
  CoRW: always holds, always holds; 3, 3
  CoRW1: forbidden, forbidden; 1, 1
  CoRW2: forbidden, forbidden; 3, 3
  CoWR: always holds, always holds; 3, 3
  CoWR0: forbidden, forbidden; 1, 1
  CoWW: forbidden, forbidden; 1, 1
  CO-SBI: always holds, always holds; 6, 6
  SB+poss: forbidden, forbidden; 4, 4
  MP+poss: forbidden, forbidden; 6, 6
  LB+poss: forbidden, forbidden; 4, 4
`;

const outcomes = (test: LitmusTest, model: 'sc' | 'tso'): string[] =>
  allowedOutcomes(test, model).map(outcome => describeOutcome(test, outcome));

/** A test in MIPS, with x and y in %x and %y. */
const mips = (rows: string, condition: string): LitmusTest =>
  readLitmus(`MIPS T\n{ %x=x; %y=y; }\n${rows}\n${condition}`, 'T.litmus');

describe('the outcomes that a model allows', () => {
  it('are as many as expected for each of the 44 classic tests, with the expected verdict', () => {
    const found = classicLitmusTests().map(test => {
      const [sc, tso] = [allowedOutcomes(test, 'sc'), allowedOutcomes(test, 'tso')];
      return `  ${test.name}: ${verdict(test, sc)}, ${verdict(test, tso)}; ${sc.length}, ${tso.length}`;
    });
    expect(found).toHaveLength(44);
    expect(found).toEqual(
      EXPECTED.trim()
        .split('\n')
        .map(line => `  ${line.trim()}`),
    );
  });

  it('of SC are all among those of TSO', () => {
    for (const test of classicLitmusTests())
      expect(outcomes(test, 'tso')).toEqual(expect.arrayContaining(outcomes(test, 'sc')));
  });

  it('show the store that is still in the buffer to its own thread only', () => {
    const test = readLitmus(
      'X86 T\n{}\n P0 | P1 ;\n MOV [x],$1 | MOV [y],$1 ;\n MOV EAX,[x] | MOV EAX,[y] ;\n MOV EBX,[y] | MOV EBX,[x] ;\n' +
        'exists (0:EAX=1 /\\ 0:EBX=0 /\\ 1:EAX=1 /\\ 1:EBX=0)',
      'SB+rfi-pos.litmus',
    );
    expect(verdict(test, allowedOutcomes(test, 'sc'))).toBe('forbidden');
    expect(verdict(test, allowedOutcomes(test, 'tso'))).toBe('allowed');
    expect(outcomes(test, 'tso').filter(outcome => /[01]:EAX=0/.test(outcome))).toEqual([]);
  });

  it('let a store-conditional fail for no reason, and succeed only while nobody else has stored', () => {
    const alone = mips(' P0 ;\n ll $2,0(%x) ;\n ori $3,$0,5 ;\n sc $3,0(%x) ;', 'exists (0:$3=1)');
    for (const model of ['sc', 'tso'] as const)
      expect(outcomes(alone, model)).toEqual(['0:$2=0 0:$3=0 x=0 y=0', '0:$2=0 0:$3=1 x=5 y=0']);
    const other = mips(
      ' P0 | P1 ;\n ll $2,0(%x) | li $2,7 ;\n ori $3,$2,16 | sw $2,0(%x) ;\n sc $3,0(%x) | ;',
      'exists (0:$2=0 /\\ 0:$3=1 /\\ x=16)',
    );
    // The one way to lose the 7 would be a store between the two.
    for (const model of ['sc', 'tso'] as const) {
      expect(verdict(other, allowedOutcomes(other, model))).toBe('forbidden');
      expect(outcomes(other, model).filter(outcome => / 0:\$3=1/.test(outcome))).toEqual([
        '0:$2=0 0:$3=1 1:$2=7 x=7 y=0',
        '0:$2=7 0:$3=1 1:$2=7 x=23 y=0',
      ]);
    }
  });

  it('never lose an increment that succeeded', () => {
    const rows = ['ll $2,0(%x)', 'addiu $3,$2,1', 'sc $3,0(%x)'].map(row => ` ${row} | ${row} | ${row} ;\n`).join('');
    const test = mips(` P0 | P1 | P2 ;\n${rows}`, 'forall (true)');
    for (const model of ['sc', 'tso'] as const)
      for (const outcome of allowedOutcomes(test, model)) expect(outcome[6]).toBe(outcome[1] + outcome[3] + outcome[5]);
  });

  it('do not link across locations, and not without a link', () => {
    const test = mips(' P0 ;\n ll $2,0(%x) ;\n sc $3,0(%y) ;\n sc $4,0(%x) ;', 'exists (0:$3=1)');
    expect(outcomes(test, 'sc')).toEqual(['0:$2=0 0:$3=0 0:$4=0 x=0 y=0']);
  });

  it('of a linked pair order what is before and behind it, as a fence does', () => {
    const rows = [
      ['sw $5,0(%x)', 'sw $5,0(%y)'],
      ['ll $2,0(%z)', 'll $2,0(%z)'],
      ['sc $2,0(%z)', 'sc $2,0(%z)'],
      ['lw $3,0(%y)', 'lw $3,0(%x)'],
    ].map(([a, b]) => ` ${a} | ${b} ;\n`);
    const text = `MIPS T\n{ %x=x; %y=y; %z=z; 0:$5=1; 1:$5=1; }\n P0 | P1 ;\n${rows.join('')}exists (0:$3=0 /\\ 1:$3=0)`;
    const test = readLitmus(text, 'SB+llscs.litmus');
    expect(verdict(test, allowedOutcomes(test, 'tso'))).toBe('forbidden');
  });

  it('are refused for a test with too many states', () => {
    const row = ` ${Array.from({ length: 8 }, (_, i) => `MOV [x],$${i}`).join(' | ')} ;\n`;
    const names = Array.from({ length: 8 }, (_, i) => `P${i}`).join(' | ');
    const test = readLitmus(`X86 T\n{}\n ${names} ;\n${row.repeat(6)}exists (x=1)`, 'T.litmus');
    expect(() => allowedOutcomes(test, 'sc', 10_000)).toThrow('T: more than 10000 states under sc');
  });
});
