/** The answer to a what-if as text: the question, a table, and what the paper says. */
import type { WhatIfAnswer } from '../../experiments/whatif/whatif.js';
import { wrapped } from './layout.js';
import { sweepText } from './sweep.js';

const WIDTH = 118;

/** Ends with a line end. */
export function whatIfText({ whatIf, summary }: WhatIfAnswer): string {
  const { title, about, paper } = whatIf;
  const said = paper === null ? 'The paper says nothing about it.' : `The paper. ${paper}`;
  return [title, ...wrapped('', about, WIDTH), '', sweepText(summary), ...wrapped('', said, WIDTH), ''].join('\n');
}
