import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { build, disco, inFolder } from './running.js';

beforeAll(build);

const SMALL = ['--k', '4', '--rates', '0.3,0.05', '--cycles', '500'];

describe('disco-sim network', () => {
  it('prints a table, and with --report draws it', () =>
    inFolder(folder => {
      const { stdout, stderr, exit } = disco(folder, 'network', ...SMALL, '--report', 'load.svg');
      expect([stderr, exit]).toEqual(['', 0]);
      expect(stdout).toMatch(/^mesh 4x4, uniform, packets of 1 flit;/);
      expect(stdout).toMatch(/\n +0\.05 [^]*\n +0\.3 [^]*\nThe chart is in load\.svg\.\n$/);
      expect(readFileSync(join(folder, 'load.svg'), 'utf8')).toMatch(/^<svg /);
    }));

  it('prints the same as JSON, with all that went in', () =>
    inFolder(folder => {
      const sweep = JSON.parse(disco(folder, 'network', ...SMALL, '--json', '--flits', '5').stdout);
      expect(sweep.options).toMatchObject({ topology: 'mesh', k: 4, flits: 5, rates: [0.05, 0.3], seed: '1997' });
      expect(sweep.rows).toHaveLength(2);
      expect(sweep.rows[0].routers.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    }));

  it.each([
    [['--pattern', 'shuffel'], 'there is no pattern shuffel; did you mean shuffle?'],
    [['--topology', 'cube'], 'there is no topology cube; there are mesh, torus, ring, hypercube'],
    [['--topology', 'mesh,torus'], 'network measures one topology under one pattern'],
    [['--k', '3', '--pattern', 'bit-reverse'], 'it takes a power of two of nodes, not 9'],
    [['--topology', 'torus', '--virtual-channels', '1'], 'give at least 2'],
    [['--virtual-channels', '17'], '--virtual-channels takes a whole number from 1 to 16, not "17"'],
    [
      ['--topology', 'torus', '--k', '2', '--pattern', 'tornado'],
      'every node of torus 2x2 sends to itself under this pattern',
    ],
    [
      ['--topology', 'ring', '--k', '8', '--pattern', 'transpose'],
      'every node of ring 8 sends to itself under this pattern',
    ],
    [['--rates', '0.1,x'], '--rates takes numbers above 0 and at most 1, not "x"'],
    [['--rates', '1.01'], '--rates takes numbers above 0 and at most 1, not "1.01"'],
    [['--rates', ''], '--rates takes numbers above 0 and at most 1, not ""'],
    [['--k', '33'], '--k takes a whole number from 1 to 32, not "33"'],
    [['--cycles', '5'], '--cycles takes a whole number from 100'],
    [['--patern', 'uniform'], 'there is no option --patern; did you mean --pattern?'],
    [['file'], 'network takes no files, but was given file'],
    [['--report', 'no/where.svg'], 'cannot write no/where.svg'],
  ])('%j is refused with exit code 2', (words, says) =>
    inFolder(folder => {
      const { stdout, stderr, exit } = disco(folder, 'network', ...words);
      expect([stdout, exit]).toEqual(['', 2]);
      expect(stderr).toContain(says);
      expect(stderr).not.toContain('    at ');
    }),
  );
});
