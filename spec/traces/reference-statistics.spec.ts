import { describe, expect, it } from '@jest/globals';
import { referenceStatistics, type StatisticsOptions } from '../../lib/traces/reference-statistics.js';
import { stream, type Line } from '../experiments/handmade.js';

const cache = (sizeBytes: number, lineBytes: number) => ({ sizeBytes, ways: 2, lineBytes });
const options: StatisticsOptions = {
  tlbEntries: 4,
  l1i: cache(256, 64),
  l1d: cache(128, 32),
  l2: cache(1024, 128),
  warmRounds: 0,
};

/** Loads of these addresses, an instruction each. */
const loads = (addresses: readonly number[]): Line[] => addresses.map((address): Line => ['load', address, 1]);

describe('statistics of references', () => {
  it('count instructions, references, and pages and pairs of them', () => {
    const lines: Line[] = [['fetch', 0x1000, 0], ['store', 0x2000, 3], ['load', 0x3000, 4], ...loads([0x3004])];
    expect(referenceStatistics(stream(lines), options)).toMatchObject({
      instructions: 8,
      loads: 2,
      stores: 1,
      fetches: 1,
      pages: 3,
      pairs: 2,
    });
  });

  it('miss the TLB once for a pair of pages that stays', () => {
    const lines = loads([0x2000, 0x3000, 0x2000, 0x3000]);
    expect(referenceStatistics(stream(lines), options).tlbMisses).toBe(1);
    expect(referenceStatistics(stream(lines), { ...options, warmRounds: 1 }).tlbMisses).toBe(0);
  });

  it('miss a TLB that is too small again and again', () => {
    const lines = loads(Array.from({ length: 800 }, (_, i) => 0x2000 * (i % 8)));
    const { tlbMisses } = referenceStatistics(stream(lines), options);
    expect(tlbMisses).toBeGreaterThan(400);
    expect(referenceStatistics(stream(lines), { ...options, tlbEntries: 64 }).tlbMisses).toBe(8);
  });

  it('miss caches by line, fetches and data in a first level of their own', () => {
    const lines: Line[] = [
      ['fetch', 0x1000, 0],
      ...loads([0x2000, 0x201c, 0x2020, 0x2040, 0x2060]),
      ['fetch', 0x103c, 1],
    ];
    expect(referenceStatistics(stream(lines), options)).toMatchObject({ l1iMisses: 1, l1dMisses: 4, l2Misses: 2 });
  });

  it('lose the line that was used longest ago', () => {
    // Three lines of one set of the first level, 64 bytes apart: two sets of two ways. The second level holds them.
    const lines = loads([0x2000, 0x2040, 0x2000, 0x2080, 0x2000, 0x2040]);
    expect(referenceStatistics(stream(lines), options)).toMatchObject({ l1dMisses: 4, l2Misses: 2 });
  });

  it('give pairs of pages frames in order of first touch', () => {
    // By address the pages are a multiple of the second level apart; by frame they are neighbours.
    const lines = loads([0x100000, 0x500000, 0x900000, 0x100000, 0x500000, 0x900000]);
    const large = { ...options, l1d: cache(128, 32), l2: cache(2 ** 15, 128) };
    expect(referenceStatistics(stream(lines), large).l2Misses).toBe(3);
  });
});
