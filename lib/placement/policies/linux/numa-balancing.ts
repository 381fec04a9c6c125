/**
 * Linux's automatic NUMA balancing: a hint fault moves a page to who touches it, unless the touch before came from another
 * node (the two-stage filter) or the group of threads uses the page's node enough. From descriptions of the kernel's rule,
 * version 5.15. Left out: moving of threads, groups by sharing (all threads are one group), and a scan period that adapts.
 */
import { migrate, stay, type Decision } from '../../decision.js';
import type { HintSettings } from '../../evidence.js';
import type { PlacementPolicy } from '../../policy.js';
import type { MemoryView } from '../../views.js';
import { checkOptions, notWanted } from '../support.js';
import { placeNear } from '../static/first-touch.js';

/** Options of `numaBalancing`. */
export interface NumaBalancingOptions {
  /** Passes of the scanner in which a first or private touch is enough. */
  readonly bootstrapPasses: number;
  /** A node that the group uses more than this many times as much as the page's gets the page. */
  readonly activeFraction: number;
  /** Otherwise uses per page on the new node, times this, must exceed those on the page's. */
  readonly hysteresis: number;
  readonly hints: HintSettings;
}

/** A policy of that rule. Its state is who touched each page last, and aged uses of nodes and of their memory. */
export function numaBalancing(options: NumaBalancingOptions): PlacementPolicy {
  checkOptions('numa-balancing', options, {
    ...{ bootstrapPasses: { whole: 0 }, activeFraction: { from: 0 }, hysteresis: { from: 0 } },
  });
  const { bootstrapPasses, activeFraction, hysteresis, hints } = options;
  const last = new Map<number, { readonly node: number; readonly thread: number }>();
  const group = new GroupUses();
  return {
    name: 'numa-balancing',
    wants: ['hint-fault'],
    needs: ['thread', 'time', 'data'],
    hints,
    decide({ kind, node, thread, timeNs }, { page, home, replicas }, memory) {
      if (kind === 'first-touch') return placeNear(node, memory);
      if (kind !== 'hint-fault') throw notWanted('numa-balancing', kind);
      const before = last.get(page);
      last.set(page, { node, thread });
      const pass = Math.floor(timeNs / hints.periodNs);
      group.count(node, home, pass, memory);
      if (node === home) return stay('already local');
      if (memory.freeFrames(node) === 0) return stay('no free frame');
      if (replicas.length > 0) return stay('has replicas');
      if (pass <= bootstrapPasses && (before === undefined || before.thread === thread))
        return migrate(node, 'in the first passes');
      if (before !== undefined && before.node !== node) return stay('another node touched it before');
      if (before?.thread === thread) return migrate(node, 'the same thread again');
      return group.decide(node, home, activeFraction, hysteresis);
    },
  };
}

/** Uses of the group by node, halved at each pass of the scanner. */
class GroupUses {
  private byProcessors: number[] = [];
  private byMemory: number[] = [];
  private pass = 0;

  count(node: number, home: number, pass: number, { nodes }: MemoryView): void {
    if (this.byMemory.length === 0) {
      this.byMemory = new Array<number>(nodes).fill(0);
      this.byProcessors = new Array<number>(nodes).fill(0);
    }
    const passed = pass - this.pass;
    if (passed > 0)
      for (const counts of [this.byMemory, this.byProcessors])
        counts.forEach((count, at) => (counts[at] = count / 2 ** passed));
    this.pass = pass;
    this.byProcessors[node]++;
    this.byMemory[home]++;
  }

  decide(to: number, from: number, activeFraction: number, hysteresis: number): Decision {
    const { byProcessors, byMemory } = this;
    if (byProcessors[to] > activeFraction * byProcessors[from]) return migrate(to, 'the group is there');
    // Both sides times both numbers of memory uses: a node without any has infinitely many uses for each page.
    const there = byProcessors[to] * byMemory[from] * hysteresis;
    const here = byProcessors[from] * byMemory[to];
    return there > here ? migrate(to, 'the group has less memory there') : stay('the group is here, too');
  }
}
