/** What tables and reports say beyond the plain results: groups, baselines, shares. */
import { ratio } from '../format.js';
import type { RunResult } from '../../experiments/replay/result.js';

/** The runs of one program, to be compared with each other. */
export interface ProgramRuns {
  /** The trace's name, with the number of copies if there are several. */
  readonly name: string;
  /** In the order of the results. */
  readonly runs: readonly LabelledRun[];
  /** What the others are compared with, or null if no run is whole. */
  readonly baseline: LabelledRun | null;
}

/** A run with its name among the runs of its program. */
export interface LabelledRun {
  readonly run: RunResult;
  /** Policy and machine; the seed too if that is not enough. */
  readonly label: string;
  /** Number over all results, from 1. */
  readonly number: number;
  /** Elapsed time over that of the baseline, times 100; null if either is partial or of an incomplete recording. */
  readonly relative: number | null;
}

/** One kind of use of time. */
export interface TimeGroup {
  readonly name: string;
  /** Heading of a narrow column. */
  readonly short: string;
  /** The activities that it takes together. */
  readonly activities: readonly string[];
}

/** The uses of time, in the order of columns and of the parts of a bar. The last takes what no other one names. */
export const TIME_GROUPS: readonly TimeGroup[] = [
  { name: 'user code', short: 'user', activities: ['user'] },
  { name: 'kernel code', short: 'kern', activities: ['kernel'] },
  { name: 'second-level cache', short: 'L2', activities: ['cache'] },
  { name: 'local memory stall', short: 'loc.', activities: ['local stall'] },
  { name: 'remote memory stall', short: 'rem.', activities: ['remote stall'] },
  { name: 'TLB refill', short: 'tlb', activities: ['tlb refill'] },
  { name: 'page fault', short: 'flt.', activities: ['page fault'] },
  { name: 'page moving and interrupts', short: 'move', activities: ['page moving', 'interrupt'] },
  { name: 'synchronisation', short: 'sync', activities: ['synchronisation'] },
  { name: 'idle', short: 'idle', activities: ['idle'] },
  { name: 'other', short: 'other', activities: ['monitor'] },
];

/** Groups results by program and number of copies, in the order of first appearance. */
export function programsOf(results: readonly RunResult[]): ProgramRuns[] {
  const groups = new Map<string, { name: string; members: { run: RunResult; number: number }[] }>();
  results.forEach((run, index) => {
    const { name, copies } = run.trace;
    const key = JSON.stringify([name, copies]);
    const group = groups.get(key) ?? { name: copies > 1 ? `${name}, ${copies} copies` : name, members: [] };
    groups.set(key, group);
    group.members.push({ run, number: index + 1 });
  });
  return [...groups.values()].map(({ name, members }) => {
    const labels = labelsOf(members.map(({ run }) => run));
    const base = baselineOf(members.map(({ run }) => run));
    const runs = members.map(({ run, number }, i) => ({
      run,
      number,
      label: labels[i],
      relative: relative(run, base),
    }));
    return { name, runs, baseline: runs.find(({ run }) => run === base) ?? null };
  });
}

/** Policy and machine. */
export function configurationOf({ policy, machine }: RunResult): string {
  return `${policy} @ ${machine.name}`;
}

/** Nodes that have processors. */
export function processorNodes(run: RunResult): number {
  return new Set(run.processors.map(({ node }) => node)).size;
}

/** Fractions of the processors' time, one for each of TIME_GROUPS; they add up to 1, or are all 0. */
export function timeShares({ time }: RunResult): number[] {
  const entries = Object.entries(time);
  const whole = entries.reduce((sum, [, ns]) => sum + ns, 0);
  return TIME_GROUPS.map(({ activities, short }) => {
    const own = entries.filter(([name]) => activities.includes(name) || (short === 'other' && !NAMED.has(name)));
    return (
      ratio(
        own.reduce((sum, [, ns]) => sum + ns, 0),
        whole,
      ) ?? 0
    );
  });
}

/** Local fraction of misses, or null if there were none. */
export function localShare({ local, remote }: { readonly local: number; readonly remote: number }): number | null {
  return ratio(local, local + remote);
}

/** The most frequent reason for leaving a page where it is, or null if that was never decided. */
export function mainStay({ placement }: RunResult): { readonly because: string; readonly count: number } | null {
  const stays = placement.decisions.filter(({ action }) => action === 'stay');
  return stays.reduce<(typeof stays)[number] | null>(
    (most, stay) => (most && most.count >= stay.count ? most : stay),
    null,
  );
}

/** Whether the run is to be compared with others. */
export function whole(run: RunResult): boolean {
  return run.partial === null;
}

/** Whether the recording has every access and instruction, so that times and shares of misses mean something. */
export function complete({ trace }: RunResult): boolean {
  return !trace.lacks.includes('data') && !trace.lacks.includes('instruction');
}

const NAMED: ReadonlySet<string> = new Set(TIME_GROUPS.flatMap(({ activities }) => activities));

/** First touch on a machine of several nodes; else first touch; else the slowest. A partial run never is, nor one of an incomplete recording. */
function baselineOf(runs: readonly RunResult[]): RunResult | null {
  const candidates = runs.filter(run => whole(run) && complete(run) && run.elapsedNs > 0);
  const firstTouch = candidates.filter(({ policy }) => policy === 'first-touch');
  const slowest = candidates.reduce<RunResult | null>(
    (most, run) => (most && most.elapsedNs >= run.elapsedNs ? most : run),
    null,
  );
  return firstTouch.find(run => processorNodes(run) > 1) ?? firstTouch[0] ?? slowest;
}

function relative(run: RunResult, baseline: RunResult | null): number | null {
  if (baseline === null || !whole(run) || !complete(run)) return null;
  const quotient = ratio(run.elapsedNs, baseline.elapsedNs);
  return quotient === null ? null : 100 * quotient;
}

function labelsOf(runs: readonly RunResult[]): string[] {
  const plain = runs.map(configurationOf);
  const seeded = plain.map((label, i) => (isTwice(label, plain) ? `${label}, seed ${runs[i].seed}` : label));
  return seeded.map((label, i) =>
    isTwice(label, seeded) ? `${label} (${seeded.slice(0, i + 1).filter(l => l === label).length})` : label,
  );
}

function isTwice(label: string, labels: readonly string[]): boolean {
  return labels.indexOf(label) !== labels.lastIndexOf(label);
}
