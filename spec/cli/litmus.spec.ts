/** `disco-sim litmus`, run on the built package. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { build, disco, inFolder, put } from './running.js';

beforeAll(build);

const SB = String.raw`X86 SB
{ x=0; y=0; }
 P0          | P1          ;
 MOV [x],$1  | MOV [y],$1  ;
 MOV EAX,[y] | MOV EAX,[x] ;
exists (0:EAX=0 /\ 1:EAX=0)
`;

/** Eight cells of a row. */
const threads = (cell: (thread: number) => string): string => [0, 1, 2, 3, 4, 5, 6, 7].map(cell).join(' | ');

describe('disco-sim litmus', () => {
  it('runs the classic tests and says what was observed', () =>
    inFolder(folder => {
      const { stdout, stderr, exit } = disco(folder, 'litmus', '--classic', '--model', 'tso', '--runs', '20');
      expect([stderr, exit]).toEqual(['', 0]);
      expect(stdout).toMatch(/^Memory model tso, seed 1997\n\ntest +condition/);
      expect(stdout.match(/ ok$/gm)).toHaveLength(44);
    }));

  it('reads folders in order, names what it cannot read and runs the others', () =>
    inFolder(folder => {
      mkdirSync(join(folder, 'sub'));
      put(folder, 'b.litmus', SB.replace('SB', 'second'));
      put(folder, 'a.litmus', SB.replace('MOV [x],$1 ', 'CMPXCHG'));
      put(join(folder, 'sub'), 'c.litmus', SB.replace('SB', 'third'));
      put(folder, 'notes.txt', 'not a test');
      const { stdout, stderr, exit } = disco(folder, 'litmus', '.', '--runs', '50', '--json');
      expect(exit).toBe(2);
      expect(stderr).toMatch(/^disco-sim: a\.litmus:4:2: expected MOV, .* found "CMPXCHG"\n$/);
      const { reports, refused, model } = JSON.parse(stdout) as {
        reports: { test: string; verdict: string; forbidden: unknown[] }[];
        refused: string[];
        model: string;
      };
      expect([model, reports.map(({ test, verdict }) => [test, verdict]), refused.length]).toEqual([
        'sc',
        [
          ['second', 'forbidden'],
          ['third', 'forbidden'],
        ],
        1,
      ]);
    }));

  it('runs tests from cycles, and says what share was observed', () =>
    inFolder(folder => {
      const { stdout, stderr, exit } = disco(folder, 'litmus', '--cycles', '2', '--model', 'tso', '--runs', '50');
      expect([stderr, exit]).toEqual(['', 0]);
      expect(stdout.match(/ ok$/gm)).toHaveLength(24);
      expect(stdout).toMatch(/^Conditions that tso allows: \d+ of 14 observed/m);
    }));

  // Eight threads that store to one location: far more states than fit.
  const LARGE = `X86 wide\n{}\n ${threads(i => `P${i}`)} ;\n${` ${threads(i => `MOV [x],$${i}`)} ;\n`.repeat(6)}exists (x=1)\n`;

  it('names the bound that a test meets, and runs the others', () =>
    inFolder(folder => {
      put(folder, 'large.litmus', LARGE);
      put(folder, 'sb.litmus', SB);
      const words = ['large.litmus', 'sb.litmus', '--max-states', '20000', '--runs', '50'];
      const { stdout, stderr, exit } = disco(folder, 'litmus', ...words);
      expect([exit, stderr]).toEqual([
        2,
        'disco-sim: wide: more than 20000 states under sc; use fewer instructions, or allow more states\n',
      ]);
      expect(stdout).toContain('SB');
    }));

  it.each([
    [[], 'litmus needs FILEs, a FOLDER, --classic or --cycles'],
    [['nowhere.litmus'], 'cannot read nowhere.litmus: there is no such file or folder'],
    [['.'], 'there are no .litmus files in .'],
    [['--classic', '--model', 'pso'], 'there is no memory model pso; did you mean tso? there are sc, tso'],
    [['--classic', '--protocol', 'mesif'], 'there is no protocol MESIF; did you mean MESI?'],
    [['--classic', '--runs', '0'], '--runs takes a whole number from 1 to 10000000, not "0"'],
    [['--cycles', '5'], '--cycles takes a whole number from 2 to 4, not "5"'],
    [['--classic', '--max-states', '0'], '--max-states takes a whole number from 1 to 16000000, not "0"'],
    [['--clasic'], 'there is no option --clasic; did you mean --classic?'],
  ])('refuses %j', (words, says) =>
    inFolder(folder => {
      const { stdout, stderr, exit } = disco(folder, 'litmus', ...words);
      expect([stdout, exit]).toEqual(['', 2]);
      expect(stderr).toContain(says);
      expect(stderr).not.toContain('    at ');
    }),
  );
});
