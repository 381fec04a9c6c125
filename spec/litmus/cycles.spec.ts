import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { classicLitmusTests } from '../../lib/litmus/classics.js';
import { verdict } from '../../lib/litmus/condition.js';
import { litmusOfCycle } from '../../lib/litmus/cycles.js';
import { cycleLitmusTests, litmusFamily } from '../../lib/litmus/families.js';
import { allowedOutcomes } from '../../lib/litmus/outcomes.js';
import type { LitmusInstruction, LitmusTest, LitmusThread } from '../../lib/litmus/litmus-test.js';
import { axiomaticOutcomes } from './axioms.js';

const CYCLES = cycleLitmusTests(4);
const MODELS = ['sc', 'tso'] as const;

const enumerated = (test: LitmusTest, model: 'sc' | 'tso'): string[] => allowedOutcomes(test, model).map(String).sort();
const verdictOf = (test: LitmusTest, model: 'sc' | 'tso'): string => verdict(test, allowedOutcomes(test, model));

describe('litmus tests from cycles', () => {
  it('are the classic ones, where the cycle is a classic', () => {
    const cycle = (name: string): LitmusTest => CYCLES.find(test => test.name === name)!;
    for (const test of classicLitmusTests()) {
      const ours = cycle(test.name);
      if (ours === undefined) continue;
      for (const model of MODELS) {
        expect([test.name, verdictOf(ours, model)]).toEqual([test.name, verdictOf(test, model)]);
        expect([test.name, enumerated(ours, model).length]).toEqual([test.name, enumerated(test, model).length]);
      }
    }
    expect(classicLitmusTests().filter(({ name }) => cycle(name) !== undefined)).toHaveLength(27);
  });

  it('are all forbidden by SC, and by TSO unless a store goes before a load without fence or update between', () => {
    const weak = CYCLES.filter(test => verdictOf(test, 'tso') === 'allowed');
    expect(CYCLES.filter(test => verdictOf(test, 'sc') !== 'forbidden')).toEqual([]);
    // A cycle needs one thread that is WR with nothing, or its own store read, between.
    const expected = CYCLES.filter(({ threads }) => threads.some(reorders));
    expect(weak.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
    expect([CYCLES.length, weak.length]).toEqual([232, 145]);
  });

  it('have names of their own, and families', () => {
    expect(new Set(CYCLES.map(({ name }) => name)).size).toBe(CYCLES.length);
    const families = new Set(CYCLES.map(({ name }) => litmusFamily(name)));
    expect(families.size).toBe(68);
    for (const family of ['W+RWC', 'WW+RR+WR+WR', 'W+RR+WR+WR', 'Z6.0', 'Z6.4', 'Z6.5', '3.SB', '4.SB', '2+2W'])
      expect(families).toContain(family);
    expect(litmusFamily('Z6.3+po+mfence+rfi')).toBe('Z6.3');
  });

  it('have the values that the cycle says', () => {
    const test = litmusOfCycle('mine', 'Rfe XchgdRW Wse MFencedWR Fre');
    expect(test.threads).toEqual([
      {
        registers: ['r0', 'r1'],
        initial: [0, 1],
        instructions: [
          { kind: 'load', register: 0, location: 0 },
          { kind: 'update', register: 1, location: 1, operation: 'exchange', value: { register: 1 } },
        ],
      },
      {
        registers: ['r0'],
        initial: [0],
        instructions: [
          { kind: 'store', location: 1, value: { value: 2 } },
          { kind: 'fence' },
          { kind: 'load', register: 0, location: 0 },
        ],
      },
      { registers: [], initial: [], instructions: [{ kind: 'store', location: 0, value: { value: 1 } }] },
    ]);
    expect(test.condition).toEqual({
      kind: 'and',
      of: [
        { kind: 'equals', index: 0, value: 1 },
        { kind: 'equals', index: 2, value: 0 },
        { kind: 'equals', index: 4, value: 2 },
      ],
    });
  });

  it.each([
    ['PodWR Fre PodWW Fre', 'T: Fre does not go on where PodWW ends in the cycle'],
    ['PodWR Fri PodWR Fri', 'T: there are not two edges to other threads in the cycle'],
    ['PosWR Fre PosWR Fre', 'T: there are 0 edges to other locations, not 2 to 8,'],
    ['PodWR Fre PosWR Fre', 'T: there are 1 edges to other locations'],
    ['PodWR Fro', 'Fro is not an edge of a cycle; there are Pod..'],
    ['XchgdRR Fre', 'XchgdRR is not an edge of a cycle'],
  ])('are refused for %s', (cycle, says) => {
    expect(() => litmusOfCycle('T', cycle)).toThrow(RangeError);
    expect(() => litmusOfCycle('T', cycle)).toThrow(says);
  });
});

/** Whether a thread stores and later loads from another location, and nothing keeps the order. */
function reorders({ instructions }: LitmusThread): boolean {
  const [first, last] = [instructions[0], instructions.at(-1)!];
  return (
    first.kind === 'store' &&
    last.kind === 'load' &&
    last.location !== first.location &&
    instructions.every(({ kind }) => kind !== 'fence')
  );
}

describe('the enumeration', () => {
  it('finds of every cycle just what the axioms allow', () => {
    for (const test of CYCLES)
      for (const model of MODELS)
        expect([test.name, model, enumerated(test, model)]).toEqual([test.name, model, axiomaticOutcomes(test, model)]);
  });

  const REGISTERS = ['r0', 'r1'];
  const operand = fc.oneof(fc.record({ register: fc.nat(1) }), fc.record({ value: fc.constantFrom(1, 2, 3) }));
  const location = fc.nat(1);
  const register = fc.nat(1);
  const operation = fc.constantFrom('add', 'xor', 'exchange');
  const instruction: fc.Arbitrary<LitmusInstruction> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('store'), location, value: operand }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('load'), register, location }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('fence') }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('update'),
        register: fc.option(register),
        location,
        operation,
        value: operand,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('set'), register, operation, left: operand, right: operand }),
    },
  );

  it('finds of random programs just what the axioms allow', () => {
    const threads = fc.array(fc.array(instruction, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 });
    fc.assert(
      fc.property(threads, codes => {
        const test: LitmusTest = {
          name: 'random',
          locations: ['x', 'y'],
          initial: [0, 7],
          threads: codes.map(instructions => ({ registers: REGISTERS, initial: [0, 0], instructions })),
          quantifier: 'exists',
          condition: { kind: 'true' },
        };
        for (const model of MODELS) expect(enumerated(test, model)).toEqual(axiomaticOutcomes(test, model));
      }),
      { numRuns: 100 },
    );
  });
});
