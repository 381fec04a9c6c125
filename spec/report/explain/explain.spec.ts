/** Reports of an event, from steps that are made up. */
import { describe, expect, it } from '@jest/globals';
import type { ExplainedSide, Explanation } from '../../../lib/experiments/explain/explain.js';
import type { Step } from '../../../lib/experiments/explain/recording.js';
import { aligned } from '../../../lib/report/explain/aligned.js';
import { explanationCsv } from '../../../lib/report/explain/csv.js';
import { explanationSvg } from '../../../lib/report/explain/figure.js';
import { foldedRowsOf, rowsOf } from '../../../lib/report/explain/rows.js';
import { explanationText } from '../../../lib/report/tables/explain.js';

/** Steps of one processor that follow each other, two ticks each. */
function steps(...made: readonly Partial<Step>[]): Step[] {
  const plain = { processor: 0, touches: null, address: null, instructions: null, again: false, misses: [] };
  return made.map((step, i) => ({ ...plain, actor: 'kernel', what: 'load', at: 2 * i, ticks: 2, ...step }));
}

const MISS = { line: 7, home: 1, remote: true, store: false, at: 0, ticks: 1, hops: [] };
const LOADS = steps(
  { touches: 'user', address: 16 },
  { touches: 'page table', address: 32, misses: [MISS] },
  { what: 'compute', instructions: 6 },
  { touches: 'user', address: 16, again: true },
);
const TRAP: readonly Partial<Step>[] = [
  { actor: 'hardware', what: 'trap: privileged', ticks: 0 },
  { actor: 'monitor', what: 'enter', instructions: 36 },
  { actor: 'monitor', what: 'tlb write', instructions: 410 },
  { actor: 'monitor', what: 'leave', instructions: 28 },
];

function side(name: string, of: readonly Step[]): ExplainedSide {
  const ticks = of.reduce((sum, step) => sum + step.ticks, 0);
  return { name, note: null, tickNs: 2.5, fingerprint: '', processor: 0, ticks, activities: {}, steps: of };
}

function explanation(...others: readonly Step[]): Explanation {
  const sides = [side('bare', LOADS), side('Disco, "1997"', others)] as const;
  return { version: '', event: 'ipi', title: 'An event', about: 'Made up.', sides };
}

describe('rows of an event', () => {
  it('have steps of one kind that follow each other together, with their misses', () => {
    expect(rowsOf(LOADS).map(({ text, times, ticks, misses, remote }) => [text, times, ticks, misses, remote])).toEqual(
      [
        ['load user, page table', 2, 4, 1, 1],
        ['compute, 6 instructions', 1, 2, 0, 0],
        ['load user 0x10, again', 1, 2, 0, 0],
      ],
    );
  });

  it('do not put an access that is made anew into the row of the first', () => {
    const twice = steps({ touches: 'user' }, { touches: 'user', again: true });
    expect(rowsOf(twice).map(({ text }) => text)).toEqual(['load user', 'load user, again']);
  });

  it('have a trap and what the monitor does about it in one row, once for all that follow shortly', () => {
    const folded = foldedRowsOf(steps({ what: 'tlb write' }, ...TRAP, { what: 'tlb write' }, ...TRAP));
    expect(folded.map(({ actor, text, times, ticks }) => [actor, text, times, ticks])).toEqual([
      ['kernel', 'tlb write', 2, 4],
      ['monitor', 'privileged, tlb write', 2, 12],
    ]);
  });

  it('keep the monitor of one processor from that of another', () => {
    const others = TRAP.map(step => ({ ...step, processor: 1 }));
    const mixed = steps(...TRAP.flatMap((step, i) => [step, others[i]]));
    expect(foldedRowsOf(mixed).map(({ processor, ticks }) => [processor, ticks])).toEqual([
      [0, 6],
      [1, 6],
    ]);
  });
});

describe('two systems side by side', () => {
  const named = (...names: readonly string[]) => rowsOf(steps(...names.map(what => ({ what }))));

  it.each([
    ['ab', 'ab', 'aa bb'],
    ['ab', 'axxb', 'aa .x .x bb'],
    ['axb', 'ayzb', 'aa xy .z bb'],
    ['', 'ab', '.a .b'],
    ['abc', 'cab', '.c aa bb c.'],
  ])('%j and %j have what both do in one line', (left, right, lines) => {
    const found = aligned(named(...left), named(...right));
    expect(found.map(pair => pair.map(row => row?.text ?? '.').join('')).join(' ')).toBe(lines);
  });
});

describe('an explanation', () => {
  it('is a table with sums, and the account beside them', () => {
    const text = explanationText(explanation(...steps(...TRAP)));
    expect(text).toMatch(/^An event\nMade up\.\n\nbare 20\.0 ns, Disco, "1997" 15\.0 ns\n/);
    expect(text).toMatch(/\nkernel +20\.0 +0\.0\nmonitor +0\.0 +15\.0\nsum of the steps +20\.0 +15\.0\n/);
    expect(text).toContain('lines that were missed, bare');
  });

  it('is a line of values for each step, quoted where it must be', () => {
    const lines = explanationCsv(explanation(...steps({ actor: 'monitor', what: 'tlb miss', instructions: 40 }))).split(
      '\n',
    );
    expect(lines).toHaveLength(1 + LOADS.length + 1 + 1);
    expect(lines[2]).toBe('bare,0,kernel,load,page table,0x20,,false,5,5,1,1');
    expect(lines[5]).toBe('"Disco, ""1997""",0,monitor,tlb miss,,,40,false,0,5,0,0');
  });

  it('is a picture with a lane for each actor of each processor', () => {
    const svg = explanationSvg(explanation(...steps({ actor: 'monitor' }, { actor: 'user', processor: 1 })));
    const lanes = [...svg.matchAll(/text-anchor="end">([^<]+)</g)].map(([, name]) => name);
    expect(lanes).toEqual(['kernel', 'monitor', 'cpu1 user']);
    expect(svg).toContain('<title>load user, page table x2: 10.0 ns</title>');
  });
});
