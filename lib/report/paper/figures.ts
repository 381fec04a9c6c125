/** The figures of the paper redrawn: theirs and ours in the same order, in the same categories. */
import type { PaperResult, PaperRow } from '../../experiments/paper/experiment.js';
import type { BarPart } from '../charts/bars.js';
import { pairedBars, type BarPair } from '../charts/paired-bars.js';
import type { Panels } from '../charts/panel.js';

/** A figure. */
export interface PaperFigure extends Panels {
  /** The experiment's. */
  readonly name: string;
  readonly fills: readonly BarPart[];
}

const DARK = '#1c2530';
const WHITE = '#ffffff';

/** Blue is local and orange remote, dark the user, purple the kernel, green the monitor: as in all reports. */
const PAINTS: Readonly<Record<string, readonly [fill: string, ink: string]>> = {
  user: ['#46525f', WHITE],
  'user stall': ['#8391a0', DARK],
  kernel: ['#7d4f9e', WHITE],
  synchronisation: ['#f0d264', DARK],
  Disco: ['#0b8f6f', WHITE],
  idle: ['#c2ccd6', DARK],
  'IRIX data': ['#7d4f9e', WHITE],
  'IRIX text': ['#cfaee0', DARK],
  'buffer cache': ['#f08c1e', DARK],
  exec: ['#46525f', WHITE],
  'local stall': ['#1f5fa8', WHITE],
  'remote stall': ['#f08c1e', DARK],
  'TLB writes': ['#1f5fa8', WHITE],
  'other privileged': ['#8fb4de', DARK],
  'monitor calls, page faults': ['#0b8f6f', WHITE],
  'kernel TLB faults': ['#f08c1e', DARK],
};

/** Experiments that are bars, and the parts of the bars. */
const BARS: Readonly<Record<string, readonly string[]>> = {
  'figure-5': ['user', 'kernel', 'Disco', 'idle'],
  'table-2': ['kernel', 'TLB writes', 'other privileged', 'monitor calls, page faults', 'kernel TLB faults'],
  'figure-6': ['IRIX data', 'IRIX text', 'buffer cache', 'Disco'],
  'figure-7': ['user', 'user stall', 'kernel', 'synchronisation', 'Disco', 'idle'],
  'figure-8': ['exec', 'local stall', 'remote stall', 'Disco'],
};

const UNITS: Readonly<Record<string, string>> = { '%': '% of IRIX', x: 'times IRIX', MB: 'MB' };

/** The figure of an experiment, or null if it has no bars. */
export function paperFigure({ rows, experiments }: PaperResult, name: string): PaperFigure | null {
  const parts = BARS[name] as readonly string[] | undefined;
  if (parts === undefined) return null;
  const own = rows.filter(row => row.experiment === name && parts.includes(row.quantity));
  const paints = parts.map(part => ({ name: part, fill: PAINTS[part][0], ink: PAINTS[part][1] }));
  const pairs = [...new Set(own.map(({ configuration }) => configuration))].map(bar => pairOf(bar, own, parts));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const most = 1.02 * Math.max(1, ...pairs.flatMap(({ published, ours }) => [sum(published), sum(ours)]));
  const groups = [...new Set(pairs.map(({ label }) => groupOf(label)))];
  const unit = UNITS[own[0].unit] ?? own[0].unit;
  const panels = groups.map(group => {
    const of = pairs.filter(({ label }) => groupOf(label) === group);
    const named = group === '' ? of : of.map(pair => ({ ...pair, label: pair.label.slice(`${group}, `.length) }));
    return pairedBars(group === '' ? unit : `${group}, ${unit}`, named, paints, most, unit);
  });
  const { title } = experiments.find(one => one.name === name)!;
  return { name, title, panels, names: [], namesOf: null, fills: paints };
}

/** `pmake, IRIX` belongs to pmake; bars of one thing have no group. */
function groupOf(configuration: string): string {
  const [group, rest] = configuration.split(', ');
  return rest === undefined || /^\d/.test(group) ? '' : group;
}

function pairOf(label: string, rows: readonly PaperRow[], parts: readonly string[]): BarPair {
  const of = (part: string): PaperRow | undefined =>
    rows.find(row => row.configuration === label && row.quantity === part);
  return {
    label,
    published: parts.map(part => of(part)?.paper ?? 0),
    ours: parts.map(part => of(part)?.ours ?? 0),
  };
}

/** All rows of an experiment as values separated by commas. */
export function paperCsv({ rows }: PaperResult, name: string): string {
  const own = rows.filter(({ experiment }) => experiment === name);
  const heading = 'configuration,quantity,unit,paper,ours,least,most,tolerance,kind,within';
  const cell = (value: string | number | boolean | null): string => {
    const text = value === null ? '' : String(value);
    return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = own.map(({ configuration, quantity, unit, paper, ours, least, most, tolerance, kind, within }) =>
    [configuration, quantity, unit, paper, ours, least, most, tolerance, kind, within].map(cell).join(','),
  );
  return [heading, ...lines].map(line => `${line}\n`).join('');
}
