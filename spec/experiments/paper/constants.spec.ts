/** The list of constants against the code: nothing is missing, and nothing is too much. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CONSTANT_KINDS } from '../../../lib/experiments/paper/constants/constant.js';
import {
  countConstants,
  OTHER_CONSTANTS,
  PAPER_CONSTANTS,
} from '../../../lib/experiments/paper/constants/constants.js';
import { EXEMPT, SCOPE, UNITS } from './exempt-numbers.js';
import { numbersIn } from './numbers-in-code.js';

const ROOT = join(__dirname, '..', '..', '..');
const all = [...PAPER_CONSTANTS, ...OTHER_CONSTANTS];
const listed = new Set(all.map(({ file, constant }) => `${file}: ${constant}`));
const exempt = new Set(EXEMPT);

function filesOf(place: string): string[] {
  if (place.endsWith('.ts')) return [place];
  return readdirSync(join(ROOT, place), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

const texts = new Map(SCOPE.flatMap(filesOf).map(file => [file, readFileSync(join(ROOT, file), 'utf8')]));

/** Numbers of a file that are neither listed nor exempt. */
function unlisted(file: string, text: string): string[] {
  if (exempt.has(`${file}: *`)) return [];
  return numbersIn(text)
    .filter(number => !number.exempt && !UNITS.has(number.name))
    .map(({ name }) => `${file}: ${name}`)
    .filter(place => !listed.has(place) && !exempt.has(place));
}

describe('the list of constants', () => {
  it('has every number of the code that is not exempt', () => {
    expect([...texts].flatMap(([file, text]) => unlisted(file, text))).toEqual([]);
  });

  it('has no number that the code does not have, and none twice', () => {
    const found = new Set([...texts].flatMap(([file, text]) => numbersIn(text).map(({ name }) => `${file}: ${name}`)));
    expect([...listed].filter(place => !found.has(place))).toEqual([]);
    expect(listed.size).toBe(all.length);
  });

  it('shares none with what is exempt, of which the code has everything, too', () => {
    const found = new Set([...texts].flatMap(([file, text]) => numbersIn(text).map(({ name }) => `${file}: ${name}`)));
    const files = [...texts.keys()].map(file => `${file}: *`);
    expect([...exempt].filter(place => listed.has(place))).toEqual([]);
    expect([...exempt].filter(place => !found.has(place) && !files.includes(place))).toEqual([]);
  });

  it('is counted by kind', () => {
    const counts = countConstants();
    expect(CONSTANT_KINDS.reduce((sum, kind) => sum + counts[kind], 0)).toBe(PAPER_CONSTANTS.length);
    // The five handlers that QUICK_FAULT fitted, and the refill hit.
    const ofMonitor = all.filter(({ file, kind }) => file === 'lib/monitor/costs.ts' && kind === 'fitted');
    expect(ofMonitor).toHaveLength(6);
  });

  it('has a source for each, in words', () => {
    expect(all.filter(({ name, source }) => name.length < 5 || source.length < 4)).toEqual([]);
  });
});

describe('a constant that is added to the code is found', () => {
  const COSTS = 'lib/monitor/costs.ts';
  const PMAKE = 'lib/workloads/pmake.ts';

  /** A file with a text put in place of another, of which it has exactly one. */
  function changed(file: string, from: string, to: string): string {
    const text = texts.get(file)!;
    expect(text.split(from)).toHaveLength(2);
    return text.replace(from, to);
  }

  const planted: readonly (readonly [what: string, file: string, from: string, to: string, found: string])[] = [
    ['a constant', PMAKE, 'const MILLION', 'const LINKER = 12.5;\nconst MILLION', 'LINKER'],
    ['a property of a table', COSTS, 'leave: 28,', "leave: 28,\n 'a new step': 30,", 'MONITOR_STEPS.a new step'],
    [
      'a step',
      'lib/guest/commodity/profiles/irix.ts',
      'brk: step',
      'sbrk: step(7, 2, {}),\n  brk: step',
      'STEPS.sbrk.step[0]',
    ],
    ['a fraction in a function', PMAKE, 'think.run(now)', 'think.run(now * 1.5)', 'readAll.run[0]'],
    [
      'a default of a parameter',
      PMAKE,
      'jobs: number,\n): Map',
      'jobs: number,\n  least = 17,\n): Map',
      'programsOf.least',
    ],
    ['a whole number in a function', PMAKE, 'running === jobs)', 'running === jobs + 3)', 'programsOf.make'],
    [
      'a length of an operation',
      PMAKE,
      'yield exit(1);\n      });\n      running++',
      'yield compute(8 * jobs);\n      });\n      running++',
      'programsOf.make.fork[0].compute[0]',
    ],
  ];
  it.each(planted)('%s', (_, file, from, to, found) => {
    expect(unlisted(file, changed(file, from, to))).toEqual([`${file}: ${found}`]);
  });
});
