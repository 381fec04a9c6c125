/**
 * Random tests of every protocol on every topology over both networks. The million accesses are in
 * spec/cli/random-test.spec.ts: within Jest they would take several times as long.
 */
import { describe, expect, it } from '@jest/globals';
import { DIRECTORY_FORMATS } from '../../../lib/coherence/directory-format.js';
import { PROTOCOL_NAMES } from '../../../lib/coherence/protocols/protocols.js';
import { RANDOM_NETWORKS, RANDOM_TOPOLOGIES } from '../../../lib/testing/random/options.js';
import { randomSweep } from '../../../lib/testing/random/sweep.js';
import { randomTest } from '../../../lib/testing/random/tester.js';

const ACCESSES = 60_000;
/** A matrix is the only topology without routers. */
const SHAPES = 2 * RANDOM_TOPOLOGIES.length - 1;
const SWEEP = randomSweep({ seed: 'sweep', accesses: ACCESSES });

describe('a sweep of random tests', () => {
  it('has every combination', () => {
    const names = SWEEP.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const part of [...PROTOCOL_NAMES, ...DIRECTORY_FORMATS, ...RANDOM_TOPOLOGIES, ...RANDOM_NETWORKS, 'jitter'])
      expect(names.some(name => name.split(', ').includes(part))).toBe(true);
    expect(SWEEP.reduce((sum, { options }) => sum + options.accesses, 0)).toBeGreaterThanOrEqual(ACCESSES);
    expect(names.length).toBe(PROTOCOL_NAMES.length * DIRECTORY_FORMATS.length * SHAPES);
  });

  // Each protocol and directory once, on another machine each time.
  it.each(SWEEP.filter((_, i) => i % SHAPES === Math.floor(i / SHAPES) % SHAPES))(
    'finds nothing wrong with $name',
    ({ options }) => {
      const { failure, accesses, stores, loads } = randomTest({ ...options, accesses: 2000 });
      expect(failure).toBeNull();
      expect([accesses, stores + loads]).toEqual([2000, 2000]);
      expect(loads).toBeGreaterThan(200);
    },
  );

  it('cannot be had of a topology that has no routers', () => {
    expect(() => randomSweep({ seed: '', accesses: 1, topologies: ['matrix'], networks: ['routers'] })).toThrow(
      'a matrix cannot be built from routers',
    );
  });
});
