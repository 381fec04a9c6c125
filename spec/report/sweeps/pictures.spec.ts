import { describe, expect, it } from '@jest/globals';
import { summariseSweep, type SweepSummary } from '../../../lib/experiments/sweeps/summary.js';
import { sweep } from '../../../lib/experiments/sweeps/sweep.js';
import { ticksBetween } from '../../../lib/report/charts/scale.js';
import { sweepCharts } from '../../../lib/report/sweeps/pictures.js';
import { sweepReportHtml } from '../../../lib/report/sweeps/report.js';
import { AMOUNT_STEPS } from '../../../lib/report/charts/palette.js';
import { unbalanced } from '../unbalanced.js';

type Parameters = Readonly<Record<string, unknown>>;

const seeds = ['1', '2', '3'];
/** Larger for larger nodes and smaller for larger ratios; the noise is that of the seed. */
const model = ({ nodes = 1, ratio = 1, policy = '' }: Parameters, seed: string) => {
  return { elapsedNs: 1e6 * (10 * Number(nodes) - Number(ratio) + String(policy).length + Number(seed)), share: 0.5 };
};

async function summary(grid: Record<string, (number | string)[]>, baseline?: Record<string, string>) {
  const found = await sweep(grid, model, { seeds });
  return { found, summary: summariseSweep(found, { metrics: ['elapsedNs'], baseline }) };
}

function chart(of: SweepSummary, name: string): string {
  const found = sweepCharts(of).find(one => one.name === name);
  if (found === undefined) throw new Error(`no picture ${name}`);
  return found.svg;
}

/** Every mark: what is said of it, the ends of its bar and its middle, across or down. */
function marksIn(svg: string, direction: 'x' | 'y'): { title: string; low: number; high: number; mean: number }[] {
  const bar = direction === 'y' ? /M[\d.]+ ([\d.]+)V([\d.]+)M/ : /M([\d.]+) [\d.]+H([\d.]+)M/;
  return [...svg.matchAll(/<g><title>([^<]*)<\/title>(<path[^>]*>)?<circle([^>]*)>/g)].map(
    ([, title, path, circle]) => {
      const [, low, high] = bar.exec(path)!.map(Number);
      return { title, low, high, mean: Number(new RegExp(`c${direction}="([\\d.]+)"`).exec(circle)![1]) };
    },
  );
}

describe('pictures of a sweep', () => {
  it('draw a line for each policy over numbers, higher for more, each mean in the middle of its bar', async () => {
    const { summary: found } = await summary({ policy: ['a', 'bbb'], nodes: [4, 1, 2] });
    const svg = chart(found, 'elapsedNs');
    const marks = marksIn(svg, 'y');
    expect(marks).toHaveLength(6);
    for (const { low, high, mean } of marks) {
      expect(low).toBeGreaterThan(high);
      expect((low + high) / 2).toBeCloseTo(mean, 0);
    }
    // In the order of the numbers, not of the grid; 10 ms apart, then 20.
    expect(marks.slice(0, 3).map(({ title }) => title.split(':')[0])).toEqual([
      'policy=a, nodes=1',
      'policy=a, nodes=2',
      'policy=a, nodes=4',
    ]);
    const [one, two, four] = marks.map(({ mean }) => mean);
    expect((two - four) / (one - two)).toBeCloseTo(2, 1);
    expect(marks[0].title).toMatch(/: 12\.0 ± 2\.5$/);
    expect(svg).toContain('>policy=bbb<');
  });

  it('draw names below each other, and a panel for each value of what is left', async () => {
    const { summary: found } = await summary({ policy: ['a', 'bbb', 'cc'], kind: ['x', 'y'], size: ['s', 't'] });
    const marks = marksIn(chart(found, 'elapsedNs'), 'x');
    expect(marks).toHaveLength(12);
    for (const { low, high, mean } of marks) expect((low + high) / 2).toBeCloseTo(mean, 0);
    const meanOf = (policy: string) => marks.find(({ title }) => title.startsWith(`policy=${policy}, kind=x`))!.mean;
    expect(meanOf('bbb')).toBeGreaterThan(meanOf('cc'));
    expect(meanOf('cc')).toBeGreaterThan(meanOf('a'));
    expect(chart(found, 'elapsedNs').match(/>size=[st]</g)).toEqual(['>size=s<', '>size=s<', '>size=t<', '>size=t<']);
  });

  it('draw differences around a line at 0, without the baseline', async () => {
    const { summary: found } = await summary({ policy: ['a', 'bbb'], nodes: [1, 2] }, { policy: 'a' });
    const marks = marksIn(chart(found, 'elapsedNs-difference'), 'y');
    expect(marks.map(({ title }) => title)).toEqual([
      expect.stringMatching(/^policy=bbb, nodes=1: 2/),
      expect.stringMatching(/^policy=bbb, nodes=2: 2/),
    ]);
    expect(chart(found, 'elapsedNs-difference')).toMatch(/class="mark"/);
    expect(chart(found, 'elapsedNs')).not.toMatch(/class="mark"/);
  });

  it('have a map of two axes, darkest where the mean is greatest', async () => {
    const { summary: found } = await summary({ nodes: [1, 2, 3], ratio: [1, 5, 9] });
    const cells = [
      ...chart(found, 'elapsedNs-map').matchAll(/<title>([^:<]*):[^<]*<\/title><rect[^>]*fill="([^"]*)"/g),
    ];
    expect(cells).toHaveLength(9);
    const fill = (title: string) => cells.find(([, one]) => one === title)![2];
    expect(fill('nodes=3, ratio=1')).toBe(AMOUNT_STEPS.at(-1)!.fill);
    expect(fill('nodes=1, ratio=9')).toBe(AMOUNT_STEPS[0].fill);
    expect(
      (await summary({ nodes: [1, 2, 3], ratio: [1, 5] }).then(one => sweepCharts(one.summary))).map(one => one.name),
    ).toEqual(['elapsedNs']);
  });

  it('are none of a single combination', async () => {
    expect(sweepCharts((await summary({ nodes: [1] })).summary)).toEqual([]);
  });

  it('are well-formed and have their colours in them, whatever names are', async () => {
    const evil = `<script>"&'\u202e`;
    const { summary: found } = await summary({ [evil]: ['a', evil], nodes: [1, 2] }, { [evil]: 'a' });
    for (const { name, svg } of sweepCharts(found)) {
      expect(name).toMatch(/^[\w.-]+$/);
      expect(unbalanced(svg)).toEqual([]);
      expect(svg).not.toMatch(/var\(|NaN|Infinity|undefined|<script/);
    }
  });
});

describe('the report of a sweep', () => {
  it('has every picture and every row, and asks for nothing', async () => {
    const { found, summary: of } = await summary({ policy: ['a', 'bbb'], nodes: [1, 2] }, { policy: 'a' });
    const page = sweepReportHtml({ name: 'one', found, summary: of, generatedBy: 'this' });
    expect(unbalanced(page)).toEqual([]);
    expect(page.match(/<svg class="chart"/g)).toHaveLength(2);
    expect(page.match(/12\.0 ± 2\.5/g)!.length).toBeGreaterThan(0);
    expect(page).not.toMatch(/https?:|<script|<link|<img|NaN|undefined/);
    expect(page).toContain('Differences are to policy=a');
  });

  it('says that it is incomplete, and why', async () => {
    const failing = ({ nodes }: Parameters, seed: string) => {
      if (nodes === 2 && seed === '2') throw new Error('the node is gone');
      return { elapsedNs: 1 };
    };
    const found = await sweep({ nodes: [1, 2] }, failing, { seeds });
    const of = summariseSweep(found, { incomplete: true });
    const page = sweepReportHtml({ name: 'one', found, summary: of, generatedBy: 'this' });
    expect(page).toMatch(/INCOMPLETE: of 6 points, 0 are missing and 1 failed/);
    expect(page).toContain('nodes=2, seed 2: the node is gone');
  });
});

describe('ticks between two values', () => {
  it.each([
    [0.1, 0.9, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [-3, 7, [-4, -2, 0, 2, 4, 6, 8]],
    [98, 102, [98, 99, 100, 101, 102]],
    [5, 5, [2, 3, 4, 5, 6, 7, 8]],
    [0, 0, [-0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6]],
  ])('of %d and %d', (least, most, wanted) => expect(ticksBetween(least, most, 5)).toEqual(wanted));
});
