/** Every protocol with what each kind of directory adds, explored on the built package: within Jest it would take minutes. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Exploration } from '../../lib/coherence/explore/explorer.js';
import { PROTOCOL_NAMES } from '../../lib/coherence/protocols/protocols.js';
import { build, disco, TRACES } from './running.js';

beforeAll(build);

const DIRECTORIES = ['coarse', 'sparse', 'limited-evict'] as const;
const EACH = PROTOCOL_NAMES.flatMap(protocol => DIRECTORIES.map(directory => [protocol, directory] as const));

function explored(protocol: string, directory: string, caches: number): Exploration {
  const words = ['explore', protocol, '--directory', directory, '--caches', String(caches), '--json'];
  const { stdout, stderr, exit } = disco(TRACES, ...words);
  expect([exit, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Exploration;
}

describe('three caches', () => {
  it.each(EACH)('of %s with a %s directory are sound, and every cell is reached or says why not', (...which) => {
    const { complete, violation, stuck, lost, cells } = explored(...which, 3);
    expect({ complete, violation, stuck, lost }).toEqual({ complete: true, violation: null, stuck: 0, lost: 0 });
    expect([cells.unexplained, cells.contradicted]).toEqual([[], []]);
    expect(cells.reached.length).toBeGreaterThan(80);
  });
});

describe('what an owner brings with it', () => {
  it('takes four caches to be evicted, and reaches O_A then', () => {
    const { cells } = explored('moesi', 'limited-evict', 4);
    expect(cells.reached).toContain('home O_A Last-Inv-Ack');
    expect([cells.unexplained, cells.contradicted]).toEqual([[], []]);
  });
});
