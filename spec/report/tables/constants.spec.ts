import { expect, it } from '@jest/globals';
import { PAPER_CONSTANTS } from '../../../lib/experiments/paper/constants/constants.js';
import { constantsLine } from '../../../lib/report/tables/constants.js';

it('says how many constants of each kind face how many numbers of the paper', () => {
  const line = constantsLine([
    { kind: 'calibrated' },
    { kind: 'predicted' },
    { kind: 'fitted' },
    { kind: 'predicted' },
  ]);
  const fitted = PAPER_CONSTANTS.filter(({ kind }) => kind === 'fitted').length;
  expect(line).toMatch(/^\d+ constants: \d+ published, \d+ measured, \d+ estimated, \d+ fitted; they face /);
  expect(line).toContain(`${PAPER_CONSTANTS.length} constants`);
  expect(line).toContain(`, ${fitted} fitted; they face 4 targets, 1 calibrated, 1 fitted, 2 predicted.`);
});
