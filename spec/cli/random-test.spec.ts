/** A million checked accesses from the command line, and what it says of what it cannot do. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { DIRECTORY_FORMATS } from '../../lib/coherence/directory-format.js';
import { PROTOCOL_NAMES } from '../../lib/coherence/protocols/protocols.js';
import { RANDOM_NETWORKS, RANDOM_TOPOLOGIES } from '../../lib/testing/random/options.js';
import { build, disco, TRACES } from './running.js';

interface Output {
  readonly results: readonly {
    readonly name: string;
    readonly accesses: number;
    readonly fingerprint: string;
    readonly failure: unknown;
  }[];
}

beforeAll(build);

describe('disco-sim random-test', () => {
  it('checks a million accesses of every protocol, topology and network, and finds nothing', () => {
    const { stdout, stderr, exit } = disco(TRACES, 'random-test', '--json');
    expect([exit, stderr]).toEqual([0, '']);
    const { results } = JSON.parse(stdout) as Output;
    expect(results.filter(({ failure }) => failure !== null)).toEqual([]);
    expect(results.reduce((sum, { accesses }) => sum + accesses, 0)).toBeGreaterThanOrEqual(1_000_000);
    for (const part of [...PROTOCOL_NAMES, ...DIRECTORY_FORMATS, ...RANDOM_TOPOLOGIES, ...RANDOM_NETWORKS])
      expect(results.some(({ name }) => name.split(', ').includes(part))).toBe(true);
  });

  it('prints the same for the same seed, and a table without --json', () => {
    const words = [
      'random-test',
      '--accesses',
      '2000',
      '--protocol',
      'MESI',
      '--topology',
      'mesh,torus',
      '--nodes',
      '6',
    ];
    const { stdout, exit } = disco(TRACES, ...words);
    expect([exit, stdout]).toEqual([0, disco(TRACES, ...words).stdout]);
    expect(stdout).toMatch(/^MESI +sparse +4 .*nothing found$/m);
    expect(stdout).toMatch(/\n20\d\d accesses checked, nothing found\.\n$/);
  });

  it.each([
    [['--protocol', 'MESSI'], 'there is no protocol MESSI; did you mean MESI?'],
    [['--directory', 'coarce'], 'there is no directory coarce; did you mean coarse?'],
    [['--topology', 'taurus'], 'there is no topology taurus; did you mean torus?'],
    [['--topology', 'matrix', '--network', 'routers'], 'a matrix cannot be built from routers'],
    [['--accesses', '0'], '--accesses takes a whole number from 1'],
    [['--nodes', '65'], '--nodes takes a whole number from 1 to 64, not "65"'],
    [['file'], 'random-test takes no files, but was given file'],
  ])('refuses %j', (words, says) => {
    const { stdout, stderr, exit } = disco(TRACES, 'random-test', ...words);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^disco-sim: .+\n$/);
    expect(stderr).toContain(says);
  });
});
