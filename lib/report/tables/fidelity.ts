/** Fidelity as text. */
import type { FidelityRow } from '../../experiments/paper/fidelity.js';
import { linesOf, type Column } from './layout.js';

const right = { align: 'right', gap: 2, expendable: 0 } as const;
const left = { ...right, align: 'left' } as const;

/** One line for each number, then what they come to. */
export function fidelityText(rows: readonly FidelityRow[]): string {
  const columns: Column[] = [
    { ...left, gap: 0, heading: 'experiment', cells: rows.map(({ experiment }) => experiment) },
    { ...left, heading: 'configuration', cells: rows.map(({ configuration }) => configuration) },
    { ...left, heading: 'quantity', cells: rows.map(({ quantity, unit }) => `${quantity}, ${unit}`) },
    { ...right, heading: 'paper', cells: rows.map(({ paper }) => short(paper)) },
    { ...right, heading: 'ours', cells: rows.map(({ ours }) => short(ours)) },
    { ...right, heading: '+-', cells: rows.map(({ tolerance }) => short(tolerance)) },
    { ...left, heading: 'verdict', cells: rows.map(({ within }) => (within ? 'within' : 'OUTSIDE')) },
    { ...left, heading: 'kind', cells: rows.map(({ kind }) => kind) },
  ];
  const outside = rows.filter(({ within }) => !within).length;
  const verdict = `${rows.length} numbers, ${outside === 0 ? 'none outside' : `${outside} outside`}`;
  return [...linesOf(columns), '', verdict].join('\n');
}

/** Two decimals, more for what is small. */
function short(value: number): string {
  return Math.abs(value) < 1 && value !== 0 ? value.toPrecision(2) : value.toFixed(2);
}
