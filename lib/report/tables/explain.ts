/** An event, step by step, as text: the bare machine and the monitor side by side. */
import type { ExplainedSide, Explanation } from '../../experiments/explain/explain.js';
import { count, decimal } from '../format.js';
import { aligned, rowsOf, visitsOf, type EventRow } from './explain-rows.js';
import { linesOf, wrapped, type Column } from './layout.js';

/** How much is printed. */
export interface ExplanationTextOptions {
  /** Every step of long events, too; otherwise what the monitor does about one trap is one row there. */
  readonly all?: boolean;
}

const WIDTH = 118;
/** Characters of what is done: two sides fit into 132. */
const MOST = 38;
/** Rows of a side up to which each step has one. */
const SHORT = 60;
/** Missed lines up to which each is followed. */
const MOST_LINES = 12;

const right = { align: 'right', gap: 2, expendable: 0 } as const;
const left = { ...right, align: 'left' } as const;

/** Ends with a line end. */
export function explanationText(explanation: Explanation, options: ExplanationTextOptions = {}): string {
  const { title, about, sides, tickNs } = explanation;
  const [bare, ...others] = sides;
  const pairs = others.map(other => pairText(bare, other, tickNs, options.all === true));
  return `${[title, ...wrapped('', about, WIDTH), ...pairs.flatMap(lines => ['', ...lines])].join('\n')}\n`;
}

function pairText(bare: ExplainedSide, other: ExplainedSide, tickNs: number, all: boolean): string[] {
  const each = [bare, other].map(({ steps }) => rowsOf(steps));
  const short = all || each.every(rows => rows.length <= SHORT);
  const [ours, theirs] = short ? each : [bare, other].map(({ steps }) => visitsOf(steps));
  const rows = aligned(ours, theirs);
  const notes = [bare, other].flatMap(({ name, note }) =>
    note === null ? [] : wrapped('', `${name}: ${note}`, WIDTH),
  );
  const columns = [
    ...columnsOf(
      bare,
      rows.map(([row]) => row),
      tickNs,
    ),
    ...columnsOf(
      other,
      rows.map(([, row]) => row),
      tickNs,
    ),
  ];
  const folded =
    'what the monitor does about a trap is one row, and what is done again is added to it; --all prints each step';
  return [
    `${bare.name} ${ns(bare.ticks, tickNs)} ns, ${other.name} ${ns(other.ticks, tickNs)} ns`,
    ...notes,
    ...(short ? [] : [folded]),
    '',
    ...linesOf(columns),
    '',
    ...linesOf(totals([bare, other], tickNs)),
    ...[bare, other].flatMap(side => missedLines(side, tickNs)),
  ];
}

function columnsOf(side: ExplainedSide, rows: readonly (EventRow | null)[], tickNs: number): Column[] {
  const cells = (text: (row: EventRow) => string): string[] => rows.map(row => (row === null ? '' : text(row)));
  const own = (row: EventRow): boolean => row.processor === side.processor;
  return [
    { ...right, heading: 'at', cells: cells(({ at }) => ns(at, tickNs)) },
    { ...right, heading: 'ns', cells: cells(row => (own(row) ? ns(row.ticks, tickNs) : `(${ns(row.ticks, tickNs)})`)) },
    { ...left, heading: '', cells: cells(row => `${own(row) ? '' : `cpu${row.processor} `}${row.who}`) },
    { ...left, gap: 1, heading: side.name, cells: cells(whatOf) },
    { ...left, gap: 1, heading: 'misses', cells: cells(missesOf) },
  ];
}

function whatOf({ what, times }: EventRow): string {
  const often = times > 1 ? ` x${times}` : '';
  const most = MOST - often.length;
  return `${what.length > most ? `${what.slice(0, most - 2)}..` : what}${often}`;
}

function missesOf({ misses, remote }: EventRow): string {
  if (misses === 0) return '';
  return remote === 0 ? `${misses}` : `${misses}, ${remote} far`;
}

/** Where messages about the lines go that were missed, if those are few: at the network, and past homes and caches. */
function missedLines({ name, steps }: ExplainedSide, tickNs: number): string[] {
  const found = steps.flatMap(({ processor, misses }) => misses.map(miss => ({ processor, miss })));
  if (found.length === 0 || found.length > MOST_LINES) return [];
  const text = ({ processor, miss }: (typeof found)[number]): string[] => {
    const { line, home, store, at, ticks, hops } = miss;
    const way = hops
      .filter(({ to }) => !to.startsWith('network'))
      .map(({ to, message, arrives }) => `${message} at ${to.replace(/\.[^.]+$/, '')} ${ns(arrives, tickNs)}`);
    const mark = `${ns(at, tickNs).padStart(9)}  ${ns(ticks, tickNs).padStart(7)}  `;
    return wrapped(
      mark,
      `cpu${processor} ${store ? 'wants to write' : 'reads'} line ${line} of node ${home}: ${way.join(', ')}`,
      WIDTH,
    );
  };
  return [
    '',
    `lines that were missed, ${name}: when, ns, and where messages about them arrive`,
    ...found.flatMap(text),
  ];
}

/** Steps by who makes them, their sum, and what the processor's account of its time says. */
function totals(sides: readonly ExplainedSide[], tickNs: number): Column[] {
  const names = ['user', 'kernel', 'monitor', 'idle'];
  const sumOf = ({ steps, processor }: ExplainedSide, who: string | null): number =>
    steps.reduce(
      (sum, step) => sum + (step.processor === processor && (who ?? step.actor) === step.actor ? step.ticks : 0),
      0,
    );
  const rows = [...names, null].filter(who => who === null || sides.some(side => sumOf(side, who) > 0));
  return [
    {
      ...left,
      gap: 0,
      heading: 'ns',
      cells: [...rows.map(who => who ?? 'sum of the steps'), 'by the processor’s account', 'steps'],
    },
    ...sides.map((side): Column => ({
      ...right,
      heading: side.name,
      cells: [
        ...rows.map(who => ns(sumOf(side, who), tickNs)),
        ns(side.ticks, tickNs),
        count(side.steps.filter(({ processor }) => processor === side.processor).length),
      ],
    })),
  ];
}

function ns(ticks: number, tickNs: number): string {
  return decimal(ticks * tickNs, 1);
}
