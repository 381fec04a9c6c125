/** Ordinary pages and memories: a case names only what it is about. */
import { callable, list, plainObject, shown, wholeNumber } from '../engine/checks.js';
import type { MemoryView, PageView } from '../placement/policy.js';

/** A page at home on node 0 of four, unreplicated, never missed on, written, moved or frozen, but for `overrides`. */
export function page(overrides: Partial<PageView> = {}): PageView {
  plainObject(overrides, 'page: overrides');
  const view: PageView = {
    page: 0,
    home: 0,
    replicas: [],
    misses: [0, 0, 0, 0],
    writes: 0,
    moves: 0,
    frozen: false,
    ...overrides,
  };
  wholeNumber(view.page, 'page: page');
  if (view.home !== -1) wholeNumber(view.home, 'page: home, a node or -1,', 0, MOST_NODES);
  for (const [name, nodes] of Object.entries({ replicas: view.replicas, misses: view.misses })) {
    list(nodes, `page: ${name}`);
    for (const value of nodes) wholeNumber(value, `page: an element of ${name}`);
  }
  wholeNumber(view.writes, 'page: writes');
  wholeNumber(view.moves, 'page: moves');
  return view;
}

const MOST_NODES = 2 ** 20;

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
  plainObject(overrides, 'memory: overrides');
  const { nodes = 4, frames = 1000, full = [], latencyNs = (from, to) => (from === to ? 300 : 900) } = overrides;
  wholeNumber(nodes, 'memory: nodes', 1, MOST_NODES);
  wholeNumber(frames, 'memory: frames');
  list(full, 'memory: full');
  callable(latencyNs, 'memory: latencyNs');
  const missing = full.find(node => !(Number.isInteger(node) && node >= 0 && node < nodes));
  if (full.length > 0 && !full.every(node => Number.isInteger(node) && node >= 0 && node < nodes)) {
    throw new RangeError(
      `memory: full names node ${shown(missing)}, but there are ${nodes} nodes, from 0; set nodes as well`,
    );
  }
  return { nodes, latencyNs, freeFrames: node => (full.includes(node) ? 0 : frames) };
}
