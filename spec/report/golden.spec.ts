/** Tables and reports as they were looked at last, of results that a fixture makes up. */
import { join } from 'node:path';
import { describe, it } from '@jest/globals';
import type { RunResult } from '../../lib/experiments/replay/result.js';
import { summariseSweep } from '../../lib/experiments/sweeps/summary.js';
import { sweep } from '../../lib/experiments/sweeps/sweep.js';
import { lineIntervals, rowIntervals } from '../../lib/report/charts/intervals.js';
import { stackedAreas } from '../../lib/report/charts/areas.js';
import { reportHtml } from '../../lib/report/replay/report.js';
import { sweepCharts } from '../../lib/report/sweeps/pictures.js';
import { sweepReportHtml } from '../../lib/report/sweeps/report.js';
import { DRAWING, emptyResult, manyResults, oneResult } from '../experiments/report-fixture.js';
import { expectGolden } from '../support/golden.js';

const generatedBy = 'disco-sim';
const machines = ['disco-1997', 'uma'].map(name => ({ name, svg: DRAWING, caption: `The machine ${name}.` }));
const page = (results: readonly RunResult[]): string => reportHtml({ title: 'Golden', results, machines, generatedBy });

const mark = (mean: number) => ({ mean, low: mean - 1, high: mean + 1, title: `mark ${mean}` });
const PANEL = {
  ...{ title: 'A panel', axis: 'nodes', unit: 'ms', range: [-2, 9] as const, zero: true },
  ...{ names: ['one', 'two'], places: ['1', '2', '4', '8'] },
  lines: [
    [mark(1), null, mark(3), mark(4)],
    [mark(5), mark(6), null, { ...mark(8), low: null, high: null }],
  ],
};

describe('reports', () => {
  it('of replays look as they did', () => {
    const policies = ['first-touch', 'migrate', 'replicate-often', 'round-robin'];
    const moved = { ...oneResult().placement, migrations: 3, replications: 0 };
    expectGolden(join(__dirname, 'golden-replay.json'), {
      many: page(manyResults()),
      one: page([oneResult()]),
      empty: page([emptyResult()]),
      none: page([]),
      partial: page([oneResult({ partial: 'out of time' }), oneResult({ policy: 'other' })]),
      policies: page(policies.map((policy, i) => oneResult({ policy, elapsedNs: 1e6 + i * 1e5 }))),
      moved: page([oneResult(), oneResult({ policy: 'migrate', placement: moved })]),
      headline: page([oneResult({ trace: { ...oneResult().trace, headlines: ['Two files of one process.'] } })]),
    });
  });

  it('of sweeps look as they did', async () => {
    const run = ({ nodes, policy }: Readonly<Record<string, unknown>>, seed: string) => ({
      elapsedNs: 1e6 * (10 * Number(nodes) + String(policy).length + Number(seed)),
      share: 0.25 * Number(nodes),
    });
    const texts: Record<string, string> = {};
    for (const [name, seeds, baseline] of [
      ['compared', ['1', '2', '3'], { policy: 'a' }],
      ['plain', ['1'], undefined],
    ] as const) {
      const found = await sweep({ policy: ['a', 'bbb'], nodes: [1, 2, 4] }, run, { seeds });
      const summary = summariseSweep(found, { baseline });
      texts[name] = sweepReportHtml({ name, found, summary, generatedBy }).replaceAll(/[0-9a-f]{16,}/g, 'hash');
      for (const chart of sweepCharts(summary)) texts[`${name} ${chart.name}`] = chart.svg;
    }
    expectGolden(join(__dirname, 'golden-sweep.json'), texts);
  });

  it('have charts that look as they did', () => {
    const values = [10, 40, 5];
    const areas = [
      { name: 'user', fill: '#111111', ink: '#ffffff', values },
      { name: 'idle', fill: '#222222', ink: '#ffffff', values: values.map(value => 100 - value) },
    ];
    expectGolden(join(__dirname, 'golden-charts.json'), {
      lines: lineIntervals(PANEL, [1, 2, 4, 8]).content.text,
      'a wide scale': lineIntervals(PANEL, [1, 10, 100, 1000]).content.text,
      rows: rowIntervals(PANEL).content.text,
      areas: stackedAreas('Time', areas, 10, 25).text,
      'areas of no time': stackedAreas('Time', areas, 0, 0).text,
    });
  });
});
