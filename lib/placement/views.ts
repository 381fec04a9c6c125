/** What a policy may know about pages and about memory. */
import type { RandomStream } from '../engine/random.js';

/**
 * What a policy may know about one page. Misses and writes are those that the counters of the home had when a
 * `hot-page` interrupt was raised or a `counted-miss` counted; both are 0 with other evidence.
 */
export interface PageView {
  /** Dense number of the page in its host. Stable over moves. */
  readonly page: number;
  /** The node that holds the master copy, or -1 before the page is placed. */
  readonly home: number;
  /** Nodes that hold a read-only replica besides the home, ascending. */
  readonly replicas: readonly number[];
  /** Counted misses by node, since the counters of the page were last cleared. */
  readonly misses: readonly number[];
  /**
   * Stores of programs over all nodes, as far as the counters show them since they were last cleared: requests for
   * ownership, and dirty write-backs but for those that the host takes for its own.
   */
  readonly writes: number;
  /** Times that the page was migrated, promoted, demoted or exchanged since the counters were last reset. */
  readonly moves: number;
  /** Whether a freeze decision is in force. */
  readonly frozen: boolean;
}

/** The pages that a host keeps track of: those that are placed. Valid during one call of `plan` only. */
export interface PagesView extends Iterable<PageView> {
  /** Number of pages. */
  readonly size: number;
  /** The page with a number; undefined if it is not placed. */
  page(page: number): PageView | undefined;
  /** The pages whose home is `node`, by ascending number. Iterating over all pages goes by ascending number, too. */
  onNode(node: number): Iterable<PageView>;
}

/** How busy a memory controller was over the last interval of its host. */
export interface NodeLoad {
  /** Share of the time that the busiest part of it, controller or banks, was occupied: 0 to 1. */
  readonly busy: number;
  /** Requests that it served. */
  readonly requests: number;
  /** Mean nanoseconds from the arrival of a request at the controller until memory had served it, queues included; 0 without requests. */
  readonly latencyNs: number;
}

/** What a policy may know about the machine. */
export interface MemoryView {
  /** Number of nodes, those without memory or without processors included. */
  readonly nodes: number;
  /** Page frames of a node; 0 for a node without memory. */
  frames(node: number): number;
  /** Free page frames of a node; 0 for a node without memory. */
  freeFrames(node: number): number;
  /** Whether a node has processors. A memory expander has none. */
  hasProcessors(node: number): boolean;
  /** The tier of a node's memory: 0 is the fastest, and pages are promoted to lower numbers. */
  tier(node: number): number;
  /** Unloaded read latency in nanoseconds from a node's processors to a node's memory. */
  latencyNs(from: number, to: number): number;
  /** The load of a node's controller and memory over the last interval. */
  load(node: number): NodeLoad;
  /** The share of the last interval that the busiest link on the route between two nodes was occupied: 0 to 1. */
  linkLoad(from: number, to: number): number;
  /** The only randomness that a policy may use: a stream of the host's own, which the seed of the run decides. */
  readonly random: RandomStream;
}

/** What a machine contributes to the view; its host knows the frames. */
export interface MachineFacts extends Omit<MemoryView, 'frames' | 'freeFrames'> {
  /** Ends the interval over which load is measured, and begins the next. */
  endInterval(): void;
}
