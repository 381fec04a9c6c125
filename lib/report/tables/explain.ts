/** An event, step by step, as text: the bare machine and another system side by side. */
import type { ExplainedSide, Explanation } from '../../experiments/explain/explain.js';
import type { Miss } from '../../experiments/explain/recording.js';
import { aligned } from '../explain/aligned.js';
import { foldedRowsOf, rowsOf, type EventRow } from '../explain/rows.js';
import { count, decimal } from '../format.js';
import { linesOf, wrapped, type Column } from './layout.js';

/** How much is printed. */
export interface ExplanationTextOptions {
  /** Each step of long events, too; otherwise a trap with all that the monitor does about it is one row there. */
  readonly all?: boolean;
}

/** Characters of a line of prose. */
const WIDTH = 118;
/** Characters of what is done. */
const MOST = 38;
/** Rows of a side up to which each step has one. */
const SHORT = 60;
/** Missed lines up to which each is followed. */
const MOST_LINES = 12;

const FOLDED =
  'What the monitor does about a trap is one row, and what is done again is added to it; --all prints each step.';

const right = { align: 'right', gap: 2, expendable: 0 } as const;
const left = { ...right, align: 'left' } as const;

/** Ends with a line end. */
export function explanationText(explanation: Explanation, options: ExplanationTextOptions = {}): string {
  const { title, about, sides } = explanation;
  const [bare, ...others] = sides;
  const pairs = others.map(other => pairText(bare, other, options.all === true));
  return `${[title, ...wrapped('', about, WIDTH), ...pairs.flatMap(lines => ['', ...lines])].join('\n')}\n`;
}

function pairText(bare: ExplainedSide, other: ExplainedSide, all: boolean): string[] {
  const sides = [bare, other];
  const folded = !all && sides.some(({ steps }) => rowsOf(steps).length > SHORT);
  const rows = folded ? foldedRowsOf : rowsOf;
  const lines = aligned(rows(bare.steps), rows(other.steps));
  const bareRows = lines.map(([row]) => row);
  const otherRows = lines.map(([, row]) => row);
  return [
    sides.map(side => `${side.name} ${ns(side.ticks, side)} ns`).join(', '),
    ...sides.flatMap(({ name, note }) => (note === null ? [] : wrapped('', `${name}: ${note}`, WIDTH))),
    ...(folded ? [FOLDED] : []),
    '',
    ...linesOf([...columnsOf(bare, bareRows), ...columnsOf(other, otherRows)]),
    '',
    ...linesOf(totals(sides)),
    ...sides.flatMap(missedLines),
  ];
}

function columnsOf(side: ExplainedSide, rows: readonly (EventRow | null)[]): Column[] {
  const cells = (text: (row: EventRow) => string): string[] => rows.map(row => (row === null ? '' : text(row)));
  const own = (row: EventRow): boolean => row.processor === side.processor;
  return [
    { ...right, heading: 'at', cells: cells(({ at }) => ns(at, side)) },
    { ...right, heading: 'ns', cells: cells(row => (own(row) ? ns(row.ticks, side) : `(${ns(row.ticks, side)})`)) },
    { ...left, heading: '', cells: cells(row => `${own(row) ? '' : `cpu${row.processor} `}${row.actor}`) },
    { ...left, gap: 1, heading: side.name, cells: cells(whatOf) },
    { ...left, gap: 1, heading: 'misses', cells: cells(missesOf) },
  ];
}

function whatOf({ text, times }: EventRow): string {
  const often = times > 1 ? ` x${times}` : '';
  const most = MOST - often.length;
  return `${text.length > most ? `${text.slice(0, most - 2)}..` : text}${often}`;
}

function missesOf({ misses, remote }: EventRow): string {
  if (misses === 0) return '';
  return remote === 0 ? `${misses}` : `${misses}, ${remote} far`;
}

/** Steps by who makes them, their sum, and the processor's own account of its time. */
function totals(sides: readonly ExplainedSide[]): Column[] {
  const actors = ['user', 'kernel', 'monitor', 'idle'].filter(actor => sides.some(side => sumOf(side, actor) > 0));
  const names = [...actors, 'sum of the steps', 'by the processor’s account', 'steps'];
  return [
    { ...left, gap: 0, heading: 'ns', cells: names },
    ...sides.map((side): Column => {
      const sums = [...actors.map(actor => sumOf(side, actor)), sumOf(side), side.ticks];
      return {
        ...right,
        heading: side.name,
        cells: [...sums.map(ticks => ns(ticks, side)), count(ownSteps(side).length)],
      };
    }),
  ];
}

/** Ticks of an actor; of all without one. */
function sumOf(side: ExplainedSide, actor?: string): number {
  const steps = ownSteps(side).filter(step => actor === undefined || step.actor === actor);
  return steps.reduce((sum, { ticks }) => sum + ticks, 0);
}

function ownSteps({ steps, processor }: ExplainedSide): ExplainedSide['steps'] {
  return steps.filter(step => step.processor === processor);
}

/** Where messages about the missed lines go, if there are few: past homes and caches. */
function missedLines(side: ExplainedSide): string[] {
  const found = side.steps.flatMap(({ processor, misses }) => misses.map(miss => ({ processor, miss })));
  if (found.length === 0 || found.length > MOST_LINES) return [];
  return [
    '',
    `lines that were missed, ${side.name}: when, ns, and where messages about them arrive`,
    ...found.flatMap(({ processor, miss }) => missText(side, processor, miss)),
  ];
}

function missText(side: ExplainedSide, processor: number, { line, home, store, at, ticks, hops }: Miss): string[] {
  const way = hops
    .filter(({ to }) => !to.startsWith('network'))
    .map(({ to, message, arrives }) => `${message} at ${to.replace(/\.[^.]+$/, '')} ${ns(arrives, side)}`);
  const times = `${ns(at, side).padStart(9)}  ${ns(ticks, side).padStart(7)}  `;
  const asks = `cpu${processor} ${store ? 'wants to write' : 'reads'} line ${line} of node ${home}`;
  return wrapped(times, `${asks}: ${way.join(', ')}`, WIDTH);
}

function ns(ticks: number, { tickNs }: ExplainedSide): string {
  return decimal(ticks * tickNs, 1);
}
