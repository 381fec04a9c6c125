/** A machine and a sequence of misses that a policy is checked on: plain data, told as a call of `scenario`. */
import type { MemoryView } from '../../placement/views.js';
import { memory } from '../views.js';

/** A machine as it matters to a policy; lists are by node. */
export interface CheckedMachine {
  readonly frames: readonly number[];
  /** Nodes without a free frame at the start. */
  readonly full: readonly number[];
  /** Nodes without processors. */
  readonly expanders: readonly number[];
  readonly tiers: readonly number[];
  /** Nanoseconds from a node to a node's memory; null for the usual two latencies. */
  readonly latencies: readonly (readonly number[])[] | null;
}

/** Misses of one node on one page, all at one time. */
export interface Burst {
  readonly node: number;
  readonly page: number;
  readonly thread: number;
  readonly store: boolean;
  readonly count: number;
  /** Nanoseconds since the burst before. */
  readonly afterNs: number;
}

/** One case. */
export interface PolicyCase {
  readonly machine: CheckedMachine;
  readonly bursts: readonly Burst[];
  /** What the random stream of the policy is derived from. */
  readonly seed: string;
}

/** Frames of a node with plenty of room, as `memory` has them. */
export const PLENTY = 1000;

/** Number of misses of a case. */
export function missesOf({ bursts }: PolicyCase): number {
  return bursts.reduce((sum, { count }) => sum + count, 0);
}

/** What a policy sees of a machine. */
export function viewOf({ frames, full, expanders, tiers, latencies }: CheckedMachine): MemoryView {
  const distances = latencies === null ? {} : { latencyNs: (from: number, to: number) => latencies[from][to] };
  return memory({ nodes: frames.length, frames, full, expanders, tiers, ...distances });
}

/** The nodes that can miss. */
export function missing({ frames, expanders }: CheckedMachine): number[] {
  return [...frames.keys()].filter(node => !expanders.includes(node));
}

/**
 * The same case on the same machine with other numbers of its nodes. `old[node]` is the number that a node had; nodes that
 * it does not name are gone, and no burst may come from them.
 */
export function renumbered({ machine, bursts, seed }: PolicyCase, old: readonly number[]): PolicyCase {
  const { frames, full, expanders, tiers, latencies } = machine;
  const named = (nodes: readonly number[]): number[] => [...old.keys()].filter(node => nodes.includes(old[node]));
  return {
    machine: {
      frames: old.map(node => frames[node]),
      full: named(full),
      expanders: named(expanders),
      tiers: old.map(node => tiers[node]),
      latencies: latencies === null ? null : old.map(from => old.map(to => latencies[from][to])),
    },
    bursts: bursts.map(burst => ({ ...burst, node: old.indexOf(burst.node) })),
    seed,
  };
}

/** A case as a call that can be put into a test, where `policy` is a fresh one. `seeded` says whether the seed matters. */
export function scenarioText({ machine, bursts, seed }: PolicyCase, seeded: boolean): string {
  let timeNs = 0;
  const misses = bursts.map(burst => {
    const later = burst.afterNs > 0;
    timeNs += burst.afterNs;
    return `  ${burstText(burst, later ? timeNs : null)},`;
  });
  const view = memoryText(machine);
  const rest = seeded ? `, ${view}, { seed: ${JSON.stringify(seed)} }` : view === 'memory()' ? '' : `, ${view}`;
  return ['scenario(policy, [', ...misses, `]${rest})`].join('\n');
}

function burstText({ node, page, thread, store, count }: Burst, timeNs: number | null): string {
  const fields = [
    `node: ${node}`,
    `page: ${page}`,
    ...(thread === node ? [] : [`thread: ${thread}`]),
    ...(store ? ['store: true'] : []),
    ...(timeNs === null ? [] : [`timeNs: ${timeNs}`]),
  ];
  const miss = `{ ${fields.join(', ')} }`;
  return count === 1 ? miss : `...repeat(${count}, ${miss})`;
}

function memoryText({ frames, full, expanders, tiers, latencies }: CheckedMachine): string {
  const even = frames.every(count => count === frames[0]);
  const fields = [
    ...(frames.length === 4 ? [] : [`nodes: ${frames.length}`]),
    ...(even && frames[0] === PLENTY ? [] : [`frames: ${even ? frames[0] : listText(frames)}`]),
    ...(full.length === 0 ? [] : [`full: ${listText(full)}`]),
    ...(expanders.length === 0 ? [] : [`expanders: ${listText(expanders)}`]),
    ...(tiers.every(tier => tier === 0) ? [] : [`tiers: ${listText(tiers)}`]),
    ...(latencies === null
      ? []
      : [`latencyNs: (from, to) => [${latencies.map(row => listText(row)).join(', ')}][from][to]`]),
  ];
  return fields.length === 0 ? 'memory()' : `memory({ ${fields.join(', ')} })`;
}

function listText(values: readonly number[]): string {
  return `[${values.join(', ')}]`;
}
