/** The paper, rerun, as text: ours beside theirs, the orders, and what it comes to. */
import type { PaperOrder, PaperResult, PaperRow } from '../../experiments/paper/experiment.js';
import { counted } from '../format.js';
import { constantsLine } from './constants.js';
import { linesOf, wrapped, type Column } from './layout.js';

const right = { align: 'right', gap: 2, expendable: 0 } as const;
const left = { ...right, align: 'left' } as const;
const WIDTH = 118;

/** All of it. Ends with a line end. */
export function paperText(result: PaperResult): string {
  const sections = result.experiments.map(({ name, title, about }) => {
    const rows = result.rows.filter(({ experiment }) => experiment === name);
    const orders = result.orders.filter(({ experiment }) => experiment === name);
    return [title, ...wrapped('', about, WIDTH), '', ...linesOf(columnsOf(rows)), ...orders.map(orderLine), ''];
  });
  return [...sections.flat(), ...summaryLines(result)].map(line => `${line}\n`).join('');
}

/** What it comes to in a few lines: the last of the text, and what a reader of the README sees. */
export function summaryLines({ rows, orders, length, seeds }: PaperResult): string[] {
  const held = orders.filter(order => order.holds === order.seeds).length;
  const about = `${counted(orders.length, 'order')} of the paper, ${held} hold`;
  const predicted = rows.filter(({ kind }) => kind === 'predicted');
  const drawn = seeds.length === 1 ? `one draw, of seed ${seeds[0]}` : `medians of ${seeds.length} seeds`;
  if (length !== 'full')
    return [
      `Runs are shorter than the paper's: numbers show the shape and are not judged (--full does that). ${about}; ${drawn}.`,
    ];
  const within = (all: readonly PaperRow[]): string => `${all.filter(row => row.within).length} of ${all.length}`;
  const inputs = rows.filter(({ kind }) => kind !== 'predicted');
  return [
    `Predicted: ${within(predicted)} within their tolerance. Calibrated or fitted, which says nothing: ${within(inputs)}. ${about}; ${drawn}.`,
    constantsLine(rows),
  ];
}

function columnsOf(rows: readonly PaperRow[]): Column[] {
  const several = rows.some(({ least, most }) => least !== most);
  const judged = rows.some(({ within }) => within !== null);
  return [
    { ...left, gap: 0, heading: 'configuration', cells: rows.map(({ configuration }) => configuration) },
    { ...left, heading: 'quantity', cells: rows.map(({ quantity, unit }) => `${quantity}, ${unit}`) },
    { ...right, heading: 'paper', cells: rows.map(({ paper }) => short(paper)) },
    { ...right, heading: 'ours', cells: rows.map(({ ours }) => short(ours)) },
    ...(several
      ? [{ ...left, heading: 'range', cells: rows.map(({ least, most }) => `${short(least)} to ${short(most)}`) }]
      : []),
    ...(judged ? [{ ...right, heading: '+-', cells: rows.map(({ tolerance }) => short(tolerance)) }] : []),
    { ...left, heading: 'kind', cells: rows.map(({ kind }) => kind) },
    ...(judged ? [{ ...left, heading: '', cells: rows.map(({ within }) => (within === false ? 'OUTSIDE' : '')) }] : []),
  ];
}

function orderLine({ statement, holds, seeds }: PaperOrder): string {
  const how = holds === seeds ? 'holds' : holds === 0 ? 'DOES NOT HOLD' : `holds with ${holds} of ${seeds} seeds`;
  return `- ${statement}: ${how}`;
}

/** Two decimals, more for what is small, none for what is large. */
export function short(value: number): string {
  if (value !== 0 && Math.abs(value) < 1) return value.toPrecision(2);
  return value.toFixed(Math.abs(value) < 100 ? 2 : 0);
}
