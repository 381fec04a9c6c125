import { describe, expect, it } from '@jest/globals';
import { randomStream } from '../../../lib/engine/random.js';
import { packReference, ReferenceKind } from '../../../lib/processor/references.js';
import { multiplyPages, type MultiplyOptions } from '../../../lib/workloads/images/multiply-pages.js';

/** Page 5 is used nine times in ten, page 6 once; page 9 is none of those multiplied. */
const words = Int32Array.from({ length: 10_000 }, (_, i) => {
  const page = i % 11 === 10 ? 9 : i % 10 === 9 ? 6 : 5;
  return packReference(4096 * page + 4 * (i % 1024), i % 3 === 0 ? ReferenceKind.Store : ReferenceKind.Load);
});
const references = { words, gaps: new Uint16Array(words.length).fill(1) };

const multiply = (changes: Partial<MultiplyOptions> = {}): Int32Array => {
  const random = randomStream('1', 'spec');
  return multiplyPages(references, { from: [5, 6], firstPage: 100, copies: 4, references: 10, random, ...changes })
    .words;
};

const uses = (all: Int32Array, page: number): number => all.filter(word => word >>> 12 === page).length;

describe('pages that are multiplied', () => {
  it('leave kinds, offsets and other pages as they are', () => {
    const moved = multiply();
    expect(moved.map(word => word & 0xfff)).toEqual(words.map(word => word & 0xfff));
    expect(uses(moved, 9)).toBe(uses(words, 9));
    expect(uses(moved, 5) + uses(moved, 6)).toBe(0);
  });

  it('have copies of their own, used as much together as the page was', () => {
    const moved = multiply();
    const total = (first: number): number => [0, 1, 2, 3].reduce((sum, copy) => sum + uses(moved, first + copy), 0);
    expect([total(100), total(104)]).toEqual([uses(words, 5), uses(words, 6)]);
    for (const page of [100, 101, 102, 103]) expect(uses(moved, page)).toBeGreaterThan(uses(words, 5) / 8);
  });

  it('are one copy for so many references', () => {
    const places = [...multiply({ references: 50 })].map(word => word >>> 12).filter(page => page >= 100 && page < 104);
    for (let i = 0; i + 50 <= places.length; i += 50) expect(new Set(places.slice(i, i + 50)).size).toBe(1);
  });

  it('refuse copies beyond the address space', () => {
    expect(() => multiply({ firstPage: 2 ** 19 - 4 })).toThrow('multiplyPages: firstPage');
    expect(() => multiply({ copies: 0 })).toThrow('multiplyPages: copies is 0');
  });
});
