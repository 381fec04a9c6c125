/** What-ifs: the table, one of them asked at its least, and what is refused. */
import { describe, expect, it } from '@jest/globals';
import { answerWhatIf, whatIfOf, type WhatIf, type WhatIfOptions } from '../../../lib/experiments/whatif/whatif.js';
import { WHAT_IFS } from '../../../lib/experiments/whatif/what-ifs.js';
import { whatIfRun } from '../../../lib/experiments/whatif/what-if-run.js';
import { whatIfText } from '../../../lib/report/tables/what-if.js';
import { summariseSweep } from '../../../lib/experiments/sweeps/summary.js';
import type { Collected } from '../../../lib/experiments/sweeps/store/collected.js';
import type { RunOutcome } from '../../../lib/experiments/sweeps/run.js';
import type { Json } from '../../../lib/experiments/sweeps/store/json.js';

const ALL = Object.entries(WHAT_IFS) as [string, WhatIf][];

describe('the what-ifs', () => {
  it.each(ALL)('%s asks a question, and its quick form is a part of it', (_, { title, grid, quick, baseline }) => {
    expect(title).toMatch(/^What if .*\?$/);
    expect(Object.keys(quick)).toEqual(Object.keys(grid));
    for (const [axis, values] of Object.entries(quick)) expect(grid[axis]).toEqual(expect.arrayContaining([...values]));
    for (const [axis, value] of Object.entries(baseline)) expect(quick[axis]).toContain(value);
  });
});

describe('a run of a what-if', () => {
  // RADIX on SPLASHOS boots no kernel: these runs are short.
  it.each([
    ['remote-latency', { system: 'splashos', ratio: 10 }, { system: 'splashos', ratio: 3 }],
    ['today', { system: 'splashos', machine: 'disco-1997' }, { system: 'splashos', machine: 'xeon-2s' }],
  ])('of %s has the metrics that are shown, and takes longer where it must', async (whatIf, slower, faster) => {
    const run = async (values: Readonly<Record<string, Json>>) => {
      const outcome = await whatIfRun({ whatIf, quick: true, ...values }, '1997', { folder: '.' });
      return (outcome as RunOutcome).metrics;
    };
    const [long, short] = [await run(slower), await run(faster)];
    expect(Object.keys(short)).toEqual(expect.arrayContaining([...whatIfOf(whatIf).metrics]));
    expect(long.elapsedNs).toBeGreaterThan(short.elapsedNs);
  });
});

describe('the text of an answer', () => {
  it('has the question, the values, and what the paper says', () => {
    const whatIf = WHAT_IFS['second-level-tlb'];
    const metrics = Object.fromEntries(whatIf.metrics.map(name => [name, 1e6]));
    const points = [0, 1024].map(entries => ({ parameters: { entries }, seed: '1', metrics, error: null }));
    const found = { specification: { grid: whatIf.quick, seeds: ['1'] }, points } as unknown as Collected;
    const summary = summariseSweep(found, { metrics: whatIf.metrics, baseline: whatIf.baseline, incomplete: true });
    const text = whatIfText({ name: 'second-level-tlb', whatIf, found, summary });
    expect(text).toMatch(/^What if the monitor had another second-level TLB\?\n/);
    expect(text).toMatch(/\n0 .*\n1024 /);
    expect(text).toMatch(/\nThe paper\. Section 4\.2\.2/);
  });
});

describe('answerWhatIf', () => {
  it.each([
    ['node', {}, 'there is no what-if node; did you mean nodes? there are second-level-tlb'],
    ['', {}, 'there is no what-if ;'],
    ['nodes', { seeds: 0 }, 'the number of seeds'],
    ['nodes', { seeds: NaN }, 'the number of seeds'],
    ['nodes', null, 'the options of a what-if'],
    ['nodes', { threads: 0.5 }, 'threads'],
  ])('refuses %j with %j', async (name, options, says) => {
    await expect(answerWhatIf(name, options as WhatIfOptions)).rejects.toThrow(says);
  });
});
