/** Ordinary pages and memories: a case names only what it is about. */
import type { MemoryView, PageView } from '../placement/policy.js';

/** A page at home on node 0 of four, unreplicated, never missed on, written, moved or frozen, but for `overrides`. */
export function page(overrides: Partial<PageView> = {}): PageView {
  return { page: 0, home: 0, replicas: [], misses: [0, 0, 0, 0], writes: 0, moves: 0, frozen: false, ...overrides };
}

/** What may be unusual about a memory. */
export interface MemoryOverrides {
  /** Number of nodes; 4 unless told. */
  readonly nodes?: number;
  /** Free frames of every node that is not full; 1000 unless told. */
  readonly frames?: number;
  /** Nodes without a free frame; none unless told. */
  readonly full?: readonly number[];
  /** Nanoseconds from a node to a node's memory; 300 locally and 900 remotely (Disco, section 5.1) unless told. */
  readonly latencyNs?: (from: number, to: number) => number;
}

/** Four nodes with room and two latencies, but for `overrides`. Throws a RangeError if a full node does not exist. */
export function memory(overrides: MemoryOverrides = {}): MemoryView {
  const { nodes = 4, frames = 1000, full = [], latencyNs = (from, to) => (from === to ? 300 : 900) } = overrides;
  const missing = full.find(node => !(node >= 0 && node < nodes));
  if (missing !== undefined) {
    throw new RangeError(`memory: full names node ${missing}, but there are ${nodes} nodes, from 0; set nodes as well`);
  }
  return { nodes, latencyNs, freeFrames: node => (full.includes(node) ? 0 : frames) };
}
