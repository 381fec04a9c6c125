/** All results as one table of plain text, and below it why pages were moved or stayed. */
import { clipped, count, counted, decimal, duration, milliseconds, NONE, percent, printable } from '../format.js';
import { complete, localShare, mainStay, programsOf, TIME_GROUPS, timeShares } from '../replay/figures.js';
import type { LabelledRun, ProgramRuns } from '../replay/figures.js';
import type { RunResult } from '../../experiments/replay/result.js';
import { fitting, linesOf, wrapped } from './layout.js';
import type { Column } from './layout.js';

/** Lines are at most so long, unless a single name is longer. */
const WIDTH = 140;

/**
 * The results grouped by program, then the decisions of each run with their reasons. At most 140 characters wide: columns
 * that are zero everywhere are left out, then those whose content the second block repeats. Ends with a line end.
 */
export function textTable(results: readonly RunResult[]): string {
  if (results.length === 0) return 'no results\n';
  const programs = programsOf(results);
  const runs = programs.flatMap(program => program.runs);
  const columns = fitting(columnsOf(runs), WIDTH);
  const [heading, ...rows] = linesOf(columns);
  const lines = [heading];
  for (const program of programs) {
    lines.push('', titleOf(program), ...headlinesOf(program));
    for (const entry of program.runs) lines.push(rows[runs.indexOf(entry)]);
  }
  lines.push('', ...notesOn(columns), '', 'Decisions, and the reasons given');
  for (const program of programs) lines.push('', printable(program.name), ...program.runs.flatMap(decisionsOf));
  return `${lines.join('\n')}\n`;
}

/** Each with the column that it is about. */
const NOTES = [
  ['ms', 'ms: simulated time. rel: the same, the run named behind the program being 100.'],
  [
    'ms',
    'user to idle: the processors’ time in percent; L2: second-level cache; loc., rem.: stalls on local and remote memory; flt.: page faults.',
  ],
  [
    'loc %',
    'loc %: second-level misses that memory of the own node served. migr, repl, coll: pages migrated, replicated, collapsed.',
  ],
  ['queue', 'queue: the most requests that waited at one controller / memory bank / link.'],
  ['stays for', 'stays for: the most frequent reason to leave a hot page where it is.'],
] as const;

function notesOn(columns: readonly Column[]): string[] {
  const notes: string[] = NOTES.filter(([about]) => columns.some(({ heading }) => heading === about)).map(
    ([, note]) => note,
  );
  const partial = columns[0].cells.some(cell => cell.startsWith('!'));
  if (columns.some(({ heading, cells }) => heading === 'ms' && cells.includes(NONE)))
    notes.push(
      `${NONE}: times and shares of misses of a recording without every access and instruction mean nothing; --json has them.`,
    );
  return partial ? [...notes, '!: PARTIAL: the run was cut short; its figures cannot be compared with others.'] : notes;
}

/** The headlines: what was put together, and what is missing from the recording. */
function headlinesOf({ runs }: ProgramRuns): string[] {
  const sentences = new Set(runs.flatMap(({ run }) => run.trace.headlines ?? []));
  return [...sentences].flatMap(sentence => wrapped('  ', sentence, WIDTH)).map(printable);
}

function titleOf({ name, baseline, runs }: ProgramRuns): string {
  if (!runs.every(({ run }) => complete(run))) return printable(`${name}  (an incomplete recording)`);
  return printable(`${name}  (100 = ${baseline?.label ?? 'nothing: no run is whole'})`);
}

function columnsOf(entries: readonly LabelledRun[]): readonly Column[] {
  const shares = entries.map(({ run }) => timeShares(run));
  const column = (
    heading: string,
    gap: number,
    cell: (run: RunResult, entry: LabelledRun) => string,
    expendable = 0,
  ): Column => ({
    heading,
    align: 'right',
    gap,
    expendable,
    cells: entries.map(entry => cell(entry.run, entry)),
  });
  const times = TIME_GROUPS.map(({ short }, group) => ({
    ...column(short, group === 0 ? 2 : 1, () => ''),
    cells: shares.map((parts, i) => (complete(entries[i].run) ? percent(parts[group]) : NONE)),
  }));
  const moves = [
    column('migr', 2, run => count(run.placement.migrations)),
    column('repl', 1, run => count(run.placement.replications)),
    column('coll', 1, run => count(run.placement.collapses)),
  ];
  return [
    { ...column('configuration', 0, nameOf), align: 'left' },
    column('ms', 2, run => (complete(run) ? milliseconds(run.elapsedNs) : NONE)),
    column('rel', 2, (run, { relative }) => (run.partial === null ? decimal(relative, 1) : 'partial')),
    ...times.filter(notAllZero),
    column('loc %', 2, run => (complete(run) ? percent(localShare(run.misses)) : NONE)),
    ...moves.filter(notAllZero),
    column('queue', 2, queuesOf, 1),
    { ...column('stays for', 2, run => clipped(printable(mainStay(run)?.because ?? NONE), 16), 2), align: 'left' },
  ];
}

function nameOf({ partial }: RunResult, { label }: LabelledRun): string {
  return `${partial === null ? ' ' : '!'}${clipped(printable(label), 36)}`;
}

function notAllZero({ cells }: Column): boolean {
  return cells.some(cell => cell !== NONE && Number(cell.replaceAll(',', '')) !== 0);
}

/** Largest queues of controllers, banks and links. */
function queuesOf({ queues }: RunResult): string {
  const largest = (kind: string) =>
    queues.reduce((most, queue) => (queue.kind === kind ? Math.max(most, queue.largestQueue) : most), 0);
  return `${largest('controller')}/${largest('bank')}/${largest('link')}`;
}

function decisionsOf({ run, label }: LabelledRun): string[] {
  const { placement, partial } = run;
  const actions = [...new Set(placement.decisions.map(({ action }) => action))].map(action => {
    const reasons = placement.decisions.filter(decision => decision.action === action);
    if (reasons.length === 1) return `${action} ${count(reasons[0].count)} (${reasons[0].because})`;
    const total = reasons.reduce((sum, reason) => sum + reason.count, 0);
    return `${action} ${count(total)} (${reasons.map(({ because, count: n }) => `${because} ${count(n)}`).join(', ')})`;
  });
  const costs = [
    ['migration', placement.meanMigrationNs],
    ['replication', placement.meanReplicationNs],
  ] as const;
  const means = costs.filter(([, ns]) => ns > 0).map(([what, ns]) => `${duration(ns)} per ${what}`);
  const facts = [counted(placement.pages, 'page'), ...actions, ...means].join('; ');
  const warning = partial === null ? [] : wrapped('! ', `${label}: PARTIAL: ${partial}`, WIDTH);
  return [...warning, ...wrapped('  ', `${label}: ${facts}`, WIDTH)].map(printable);
}
