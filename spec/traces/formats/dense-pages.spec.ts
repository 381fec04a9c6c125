import { describe, expect, it } from '@jest/globals';
import { DensePages, mostPairs } from '../../../lib/traces/formats/dense-pages.js';
import { problem } from '../reading.js';

describe('dense pages', () => {
  it('number 8 KB pairs in order of first use and keep offsets', () => {
    const pages = new DensePages('x');
    expect(pages.dense(0xffffffff, 0xfffff123)).toBe(0x1123);
    expect(pages.dense(0, 0x1fff)).toBe(0x2000 + 0x1fff);
    expect(pages.dense(0xffffffff, 0xffffe000)).toBe(0);
    expect(pages.dense(1, 0x1fff)).toBe(0x4000 + 0x1fff);
    expect(pages.pairs).toBe(3);
  });

  it('stay below 2 GB and refuse to go on', () => {
    const pages = new DensePages('big');
    for (let pair = 0; pair < mostPairs; pair++) pages.dense(7, pair * 8192);
    expect(pages.dense(7, mostPairs * 8192 - 1)).toBe(0x7fffffff);
    expect(problem(() => pages.dense(8, 0))).toMatch(/^big: touches more than 262144 pairs/);
  });
});
