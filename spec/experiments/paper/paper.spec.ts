/** What `rerunPaper` refuses, and which runs and rows the experiments have; the runs themselves: spec/cli/paper.spec.ts. */
import { describe, expect, it } from '@jest/globals';
import { paperExperiments, rerunPaper, type PaperOptions } from '../../../lib/experiments/paper/paper.js';
import { PAPER_LENGTHS, PAPER_RUNS, paperRunNames } from '../../../lib/experiments/paper/runs.js';
import { allRuns } from './made.js';

describe('rerunPaper', () => {
  it.each([
    [undefined, null, 'the options of rerunPaper'],
    ['length', 'long', 'there is no length long; there are full, usual, quick'],
    ['seeds', 0, 'the number of seeds'],
    ['seeds', NaN, 'the number of seeds'],
    ['seeds', 1.5, 'the number of seeds'],
    ['seeds', '2', 'the number of seeds'],
    ['only', ['figure-9'], 'there is no experiment "figure-9"; there are figure-5, table-2'],
    ['only', [''], 'there is no experiment ""'],
    ['onProgress', 1, 'onProgress'],
    ['threads', 0, 'threads'],
    ['threads', NaN, 'threads'],
  ])('refuses %j: %j', async (name, value, says) => {
    const options = name === undefined ? value : { only: ['table-2'], length: 'quick', [name]: value };
    await expect(rerunPaper(options as unknown as PaperOptions)).rejects.toThrow(says);
  });
});

describe('the experiments', () => {
  it('use each run, and no other', () => {
    const used = new Set(paperExperiments.flatMap(({ runs }) => [...runs]));
    expect([...used].sort()).toEqual([...paperRunNames].sort());
  });

  it('have no row twice, and at least 90 that are predicted', () => {
    const rows = paperExperiments.flatMap(experiment =>
      experiment.readings(allRuns({})).map(row => ({ experiment: experiment.name, ...row })),
    );
    const keys = rows.map(row => [row.experiment, row.configuration, row.quantity].join('/'));
    expect(new Set(keys).size).toBe(keys.length);
    expect(rows.filter(({ kind }) => kind === 'predicted').length).toBeGreaterThanOrEqual(90);
  });

  it('run no longer at a shorter length', () => {
    for (const name of paperRunNames) {
      const { scale } = PAPER_RUNS[name];
      const scales = PAPER_LENGTHS.map(length => scale[length]);
      expect(scales).toEqual([...scales].sort((a, b) => b - a));
      expect(Math.max(...scales)).toBeLessThanOrEqual(1);
    }
  });
});
