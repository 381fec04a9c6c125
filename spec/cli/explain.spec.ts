/** `disco-sim explain`, as a user runs it, and as its page shows it. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { build, disco, inFolder, put } from './running.js';

const PAGE = join(__dirname, '..', '..', 'docs', 'explain.md');

beforeAll(() => build(), 120_000);

describe('disco-sim explain', () => {
  it('lists the events without one, and in its help with the options', () =>
    inFolder(folder => {
      const [list, help] = [disco(folder, 'explain'), disco(folder, 'explain', '--help')];
      expect([list.exit, help.exit]).toEqual([0, 0]);
      const names = list.stdout.split('\n').map(line => line.split(' ')[0]);
      expect(names).toEqual(['tlb-miss', 'page-fault', 'cow-read', 'migration', 'ipi', '']);
      expect(help.stdout).toContain(list.stdout);
      expect(help.stdout).toContain('--charts DIR');
    }));

  it('prints what docs/explain.md shows, and writes the path as SVG and its steps as CSV', () =>
    inFolder(folder => {
      const { stdout, stderr, exit } = disco(folder, 'explain', 'tlb-miss', '--charts', 'charts');
      expect([exit, stderr]).toEqual([0, '']);
      const [, shown] = /^```text\n([\s\S]*?)^```$/m.exec(readFileSync(PAGE, 'utf8'))!;
      expect(stdout.startsWith(shown)).toBe(true);
      expect(readdirSync(join(folder, 'charts')).sort()).toEqual(['tlb-miss.csv', 'tlb-miss.svg']);
      const file = (name: string): string => readFileSync(join(folder, 'charts', name), 'utf8');
      expect(file('tlb-miss.svg')).toMatch(/^<svg xmlns[\s\S]*the bare machine: 55\.0 ns[\s\S]*<\/svg>\n$/);
      const [heading, first] = file('tlb-miss.csv').split('\n');
      expect(heading).toMatch(/^system,processor,actor,what,touches,/);
      expect(first).toBe('the bare machine,0,user,load,user,0x100000,,false,0,2.5,0,0');
    }));

  it('prints each step of a long event with --all, and the same as data with --json', () =>
    inFolder(folder => {
      const lines = (...words: string[]): number => disco(folder, 'explain', ...words).stdout.split('\n').length;
      expect(lines('page-fault', '--all')).toBeGreaterThan(2 * lines('page-fault'));
      const { stdout, exit } = disco(folder, 'explain', 'page-fault', '--json');
      const { event, sides } = JSON.parse(stdout) as { event: string; sides: { name: string; steps: object[] }[] };
      expect([exit, event, sides.map(({ name }) => name)]).toEqual([0, 'page-fault', ['the bare machine', 'Disco']]);
      expect(sides[1].steps.length).toBeGreaterThan(sides[0].steps.length);
    }));

  it.each([
    [['tlb-mis'], 'there is no event tlb-mis; did you mean tlb-miss? there are tlb-miss, page-fault, cow-read'],
    [['constructor'], 'there is no event constructor; there are tlb-miss'],
    [['ipi', 'cow-read'], 'explain takes one EVENT, but was given ipi cow-read'],
    [['ipi', '--chart', 'x'], 'there is no option --chart; did you mean --charts?'],
    [['ipi', '--charts'], '--charts takes a value, but is the last word'],
    [['ipi', '--charts', 'file/charts'], 'cannot create the folder file/charts: '],
  ])('refuses %j in one line', (words, says) =>
    inFolder(folder => {
      put(folder, 'file', 'a file');
      const { stderr, exit } = disco(folder, 'explain', ...words);
      expect(exit).toBe(2);
      expect(stderr).toMatch(/^disco-sim: .+\n$/);
      expect(stderr).toContain(says);
      expect(readdirSync(folder)).toEqual(['file']);
    }),
  );
});
