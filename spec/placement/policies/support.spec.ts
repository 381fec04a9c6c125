import { describe, expect, it } from '@jest/globals';
import {
  checkOptions,
  fasterNode,
  nearestProcessor,
  nearestWithRoom,
  PlannedFrames,
  slowerNode,
} from '../../../lib/placement/policies/support.js';
import { memory } from '../../../lib/testing/index.js';

/** Two sockets, and two expanders of different tiers. */
const latencyNs = (from: number, to: number): number => 100 + 50 * Math.abs(from - to);
const tiers = [0, 0, 1, 2];
const machine = (full: readonly number[] = []) => memory({ tiers, expanders: [2, 3], full, latencyNs });

describe('nodes between tiers', () => {
  const rows = [
    ['the faster node that is nearest to the user', () => fasterNode(2, 0, machine()), 0],
    ['the other one if that is full', () => fasterNode(2, 0, machine([0])), 1],
    ['a middle tier if the fastest is full', () => fasterNode(3, 0, machine([0, 1])), 2],
    ['none faster than the fastest', () => fasterNode(0, 1, machine()), -1],
    ['the next slower tier', () => slowerNode(0, machine()), 2],
    ['the one after it if that is full', () => slowerNode(0, machine([2])), 3],
    ['none slower than the slowest', () => slowerNode(3, machine()), -1],
    ['the processors nearest to an expander', () => nearestProcessor(3, machine()), 1],
    ['the first of two equally near', () => nearestWithRoom(1, [2, 0], machine()), 2],
  ] as const;
  for (const [what, found, node] of rows) it(`are found: ${what}`, () => expect(found()).toBe(node));
});

describe('frames of a plan', () => {
  it('are fewer where pages go and more where they come from, and the memory itself is unchanged', () => {
    const real = memory({ frames: [2, 2, 2, 2] });
    const planned = new PlannedFrames(real);
    planned.move(0, 1);
    planned.copy(1);
    expect([0, 1, 2].map(node => planned.memory.freeFrames(node))).toEqual([3, 0, 2]);
    expect([0, 1, 2].map(node => real.freeFrames(node))).toEqual([2, 2, 2]);
  });
});

describe('checks of options', () => {
  const rows = [
    [{ a: 0.5 }, { a: { whole: 1 } }, 'p: a is 0.5; give a whole number of at least 1'],
    [{ a: 3 }, { a: { whole: 1, to: 2 } }, 'p: a is 3; give a whole number from 1 to 2'],
    [{}, { a: { from: 0 } }, 'p: a is undefined; give a number of at least 0'],
    [{ a: 1.5 }, { a: { from: 0, to: 1 } }, 'p: a is 1.5; give a number from 0 to 1'],
    [null, {}, 'p is null; give an object'],
  ] as const;
  for (const [options, ranges, message] of rows)
    it(`say: ${message}`, () => expect(() => checkOptions('p', options as object, ranges)).toThrow(message));
});
