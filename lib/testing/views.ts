/** Ordinary pages and memories: a case names only what it is about. */
import { callable, list, plainObject, shown, string, wholeNumber } from '../engine/checks.js';
import { randomStream } from '../engine/random.js';
import type { MemoryView, NodeLoad, PageView } from '../placement/views.js';

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
  /** Frames of every node, or of each by number; 1000 unless told. All are free, but on nodes that are full. */
  readonly frames?: number | readonly number[];
  /** Nodes without a free frame; none unless told. */
  readonly full?: readonly number[];
  /** Nodes without processors; none unless told. */
  readonly expanders?: readonly number[];
  /** The tier of each node by number; all of tier 0 unless told. */
  readonly tiers?: readonly number[];
  /** Nanoseconds from a node to a node's memory; 300 locally and 900 remotely (Disco, section 5.1) unless told. */
  readonly latencyNs?: (from: number, to: number) => number;
  /** The load of a node's controller; none unless told. */
  readonly load?: (node: number) => NodeLoad;
  /** The load of the busiest link between two nodes; none unless told. */
  readonly linkLoad?: (from: number, to: number) => number;
  /** What `random` is derived from; 'memory' unless told. */
  readonly seed?: string;
}

const IDLE: NodeLoad = { busy: 0, requests: 0, latencyNs: 0 };

/** Four nodes with room and two latencies, but for `overrides`. Throws a RangeError if a node that is named does not exist. */
export function memory(overrides: MemoryOverrides = {}): MemoryView {
  plainObject(overrides, 'memory: overrides');
  const { nodes = 4, frames = 1000, full = [], expanders = [], tiers } = overrides;
  const {
    latencyNs = (from, to) => (from === to ? 300 : 900),
    load = () => IDLE,
    linkLoad = () => 0,
    seed = 'memory',
  } = overrides;
  string(seed, 'memory: seed');
  wholeNumber(nodes, 'memory: nodes', 1, MOST_NODES);
  for (const [name, value] of Object.entries({ latencyNs, load, linkLoad })) callable(value, `memory: ${name}`);
  checkNodes('full', full, nodes);
  checkNodes('expanders', expanders, nodes);
  const framesOf = perNode('frames', frames, nodes);
  const tierOf = perNode('tiers', tiers ?? 0, nodes);
  return {
    nodes,
    latencyNs,
    load,
    linkLoad,
    frames: node => framesOf[node],
    freeFrames: node => (full.includes(node) ? 0 : framesOf[node]),
    hasProcessors: node => !expanders.includes(node),
    tier: node => tierOf[node],
    random: randomStream(seed, 'placement'),
  };
}

function checkNodes(name: string, named: readonly number[], nodes: number): void {
  list(named, `memory: ${name}`);
  for (const node of named)
    if (!(Number.isInteger(node) && node >= 0 && node < nodes))
      throw new RangeError(
        `memory: ${name} names node ${shown(node)}, but there are ${nodes} nodes, from 0; set nodes as well`,
      );
}

function perNode(name: string, given: number | readonly number[], nodes: number): readonly number[] {
  const values = typeof given === 'number' ? new Array<number>(nodes).fill(given) : given;
  list(values, `memory: ${name}`);
  if (values.length !== nodes)
    throw new RangeError(`memory: ${name} has ${values.length} elements for ${nodes} nodes; give one for each`);
  for (const value of values) wholeNumber(value, `memory: ${name}`);
  return values;
}
