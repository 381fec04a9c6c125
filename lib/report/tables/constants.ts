/** How many constants of the model face how many numbers of the paper. */
import { CONSTANT_KINDS } from '../../experiments/paper/constants/constant.js';
import { countConstants } from '../../experiments/paper/constants/constants.js';
import type { PaperRow, RowKind } from '../../experiments/paper/experiment.js';
import { counted } from '../format.js';

const ROW_KINDS: readonly RowKind[] = ['calibrated', 'fitted', 'predicted'];

/** A line: `9 constants: 2 published, 3 measured, 3 estimated, 1 fitted; they face 5 targets, 1 calibrated, 1 fitted, 3 predicted.` */
export function constantsLine(rows: readonly Pick<PaperRow, 'kind'>[]): string {
  const constants = countConstants();
  const all = CONSTANT_KINDS.reduce((sum, kind) => sum + constants[kind], 0);
  const kinds = CONSTANT_KINDS.map(kind => `${constants[kind]} ${kind}`).join(', ');
  const targets = ROW_KINDS.map(kind => `${rows.filter(row => row.kind === kind).length} ${kind}`).join(', ');
  return `${counted(all, 'constant')}: ${kinds}; they face ${counted(rows.length, 'target')}, ${targets}.`;
}
