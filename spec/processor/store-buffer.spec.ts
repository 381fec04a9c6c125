import { describe, expect, it } from '@jest/globals';
import { StoreBuffer } from '../../lib/processor/execution/store-buffer.js';

describe('a store buffer', () => {
  it('gives stores back in their order, around its end', () => {
    const buffer = new StoreBuffer('cpu', 2);
    const taken: number[] = [];
    buffer.push(1, 0, 10);
    for (let i = 1; i < 6; i++) {
      buffer.push(1, 0, 10 + i);
      taken.push(buffer.value);
      buffer.shift();
    }
    expect(taken).toEqual([10, 11, 12, 13, 14]);
    expect(buffer.size).toBe(1);
  });

  it('finds the youngest store to a word', () => {
    const buffer = new StoreBuffer('cpu', 4);
    buffer.push(1, 8, 10);
    buffer.push(1, 8, 11);
    buffer.push(1, 12, 12);
    expect(buffer.valueAt(buffer.find(1, 8))).toBe(11);
    expect(buffer.valueAt(buffer.find(1, 12))).toBe(12);
    expect(buffer.find(2, 8)).toBe(-1);
    expect(buffer.find(1, 16)).toBe(-1);
  });

  it.each([-1, 65, 1.5])('refuses %s entries', capacity => {
    expect(() => new StoreBuffer('cpu', capacity)).toThrow(
      `cpu: a store buffer has from 0 to 64 entries, not ${capacity}`,
    );
  });
});
