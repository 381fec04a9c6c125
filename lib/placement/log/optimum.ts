/**
 * The off-line optimum of a miss log: what a policy could save that knew the future. After Bolosky, Scott, Fitzgerald, Fowler
 * and Cox, NUMA policies and their relation to memory architecture (ASPLOS 1991): dynamic programming over the misses on each
 * page by itself, with a state for each place where the page may be.
 */
import { shown } from '../../engine/checks.js';
import { checkCosts, type MoveCosts } from './costs.js';
import { MissLog } from './miss-log.js';

/** Bounds from below of what a policy costs on a log, in nanoseconds of stalls and moves over all processors. */
export interface OfflineOptimum {
  /** If pages never move: each is where its misses cost least. */
  readonly staticNs: number;
  /** If pages may migrate, be promoted, demoted and exchanged, and are never replicated. */
  readonly migratingNs: number;
  /** If pages may be replicated and collapsed, too. No policy costs less. */
  readonly replicatingNs: number;
}

/**
 * Bounds that no policy beats on the same log and costs (`replayLog`). The first two are exact as long as no node runs out of
 * frames and an exchange costs at least two migrations; where frames are short they are bounds all the same. With replication
 * a price is relaxed: a node that has a replica pays for it in equal parts at each of its loads between two stores to the
 * page, so one that the page left meanwhile pays for a part only. That is exact, too, on pages that are only read if all
 * remote latencies are equal and no replica costs more than a migration. Being told something (hint faults, samples, hot
 * pages) is free.
 */
export function offlineOptimum(log: MissLog, costs: MoveCosts): OfflineOptimum {
  if (!(log instanceof MissLog)) throw new RangeError(`offlineOptimum: log is ${shown(log)}; give a MissLog`);
  checkCosts(costs, 'offlineOptimum: costs');
  const optimum = new PageOptimum(log, costs);
  const sum = { staticNs: 0, migratingNs: 0, replicatingNs: 0 };
  for (const misses of byPage(log)) {
    sum.staticNs += optimum.resting(misses);
    sum.migratingNs += optimum.moving(misses, false);
    sum.replicatingNs += optimum.moving(misses, true);
  }
  return sum;
}

/** The numbers of the misses of each page, in order. */
function byPage({ page, length }: MissLog): Int32Array[] {
  const counts = new Map<number, number>();
  for (let at = 0; at < length; at++) counts.set(page[at], (counts.get(page[at]) ?? 0) + 1);
  const lists = new Map<number, Int32Array>();
  for (const [number, count] of counts) lists.set(number, new Int32Array(count));
  for (let at = length - 1; at >= 0; at--) {
    const left = counts.get(page[at])! - 1;
    lists.get(page[at])![left] = at;
    counts.set(page[at], left);
  }
  return [...lists.values()];
}

/** Finds what the misses on one page cost at the least. */
class PageOptimum {
  private readonly log: MissLog;
  /** Nodes that a page may be on. */
  private readonly homes: readonly number[];
  private readonly moveNs: number;
  private readonly replicateNs: number;
  private readonly collapseNs: number;
  /** The least so far if the page is now on a node alone, by place in `homes`. */
  private readonly alone: Float64Array;
  /** The same if it has replicas besides. */
  private readonly copied: Float64Array;
  /** Loads by node between two stores. */
  private readonly loads: Float64Array;

  constructor(log: MissLog, { migrateNs, replicateNs, collapseNs, exchangeNs }: MoveCosts) {
    this.log = log;
    this.homes = log.header.frames.flatMap((frames, node) => (frames > 0 ? [node] : []));
    if (this.homes.length === 0) throw new RangeError('offlineOptimum: no node of the log has frames');
    // Each of two pages that change places pays half.
    this.moveNs = Math.min(migrateNs, exchangeNs / 2);
    this.replicateNs = replicateNs;
    this.collapseNs = collapseNs;
    this.alone = new Float64Array(this.homes.length);
    this.copied = new Float64Array(this.homes.length);
    this.loads = new Float64Array(log.nodes);
  }

  /** On one node for good. */
  resting(misses: Int32Array): number {
    const { latencyNs } = this.log.header;
    const { alone, homes } = this;
    alone.fill(0);
    for (const at of misses) {
      const row = latencyNs[this.log.node[at]];
      for (let i = 0; i < homes.length; i++) alone[i] += row[homes[i]];
    }
    return least(alone);
  }

  /** With moves, and with replicas if `replication`. */
  moving(misses: Int32Array, replication: boolean): number {
    const { log, alone, copied } = this;
    alone.fill(0);
    copied.fill(Infinity);
    let stretchEnd = 0;
    for (let i = 0; i < misses.length; i++) {
      const at = misses[i];
      this.move(replication);
      if (log.store[at] === 1) copied.fill(Infinity);
      else if (i >= stretchEnd && replication) stretchEnd = this.countLoads(misses, i);
      this.serve(log.node[at]);
    }
    return Math.min(least(alone), least(copied));
  }

  /** What may be done between two misses. */
  private move(replication: boolean): void {
    const { alone, copied } = this;
    for (let i = 0; i < alone.length; i++) alone[i] = Math.min(alone[i], copied[i] + this.collapseNs);
    const moved = least(alone) + this.moveNs;
    for (let i = 0; i < alone.length; i++) {
      alone[i] = Math.min(alone[i], moved);
      if (replication) copied[i] = Math.min(copied[i], alone[i]);
    }
  }

  /** A miss of a node, from where the page is or from its own replica. */
  private serve(node: number): void {
    const { alone, copied, homes } = this;
    const { latencyNs, frames } = this.log.header;
    const row = latencyNs[node];
    const loads = this.loads[node];
    const own = frames[node] > 0 && loads > 0 ? row[node] + this.replicateNs / loads : Infinity;
    for (let i = 0; i < homes.length; i++) {
      alone[i] += row[homes[i]];
      copied[i] += Math.min(row[homes[i]], own);
    }
  }

  /** Counts loads by node up to the next store; returns its place among the misses of the page. */
  private countLoads(misses: Int32Array, from: number): number {
    const { log, loads } = this;
    loads.fill(0);
    let i = from;
    for (; i < misses.length && log.store[misses[i]] === 0; i++) loads[log.node[misses[i]]]++;
    return i;
  }
}

function least(values: Float64Array): number {
  let found = Infinity;
  for (let i = 0; i < values.length; i++) if (values[i] < found) found = values[i];
  return found;
}
