/**
 * The interface of page placement policies: evidence in, decision out.
 * A policy is a pure object that knows no machine. Whoever hosts it (a unit test, a recorded evidence log, a kernel,
 * the monitor) produces the evidence it asks for, carries out its decisions and pays for them.
 */

/** Everything a host can tell a policy about. A policy names the kinds that it wants; the others are not produced. */
export type EvidenceKind =
  | 'first-touch'
  | 'counted-miss'
  | 'hot-page'
  | 'replica-write'
  | 'hint-fault'
  | 'sampled-access'
  | 'interval'
  | 'memory-pressure';

/** One observation about one page. `node` is the node that caused it; `timeNs` is simulated nanoseconds. */
export interface Evidence {
  readonly kind: EvidenceKind;
  /** The node whose processor touched, missed on or wrote the page; for `interval` and `memory-pressure`, the page's home. */
  readonly node: number;
  /** Whether the access that led to it was a store. False with `hot-page`: the interrupt does not say. */
  readonly store: boolean;
  /** Simulated time in nanoseconds. */
  readonly timeNs: number;
}

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
  /** Times that the page was migrated since the counters were last reset. */
  readonly moves: number;
  /** Whether a freeze decision is in force. */
  readonly frozen: boolean;
}

/** What a policy may know about the machine. */
export interface MemoryView {
  /** Number of nodes, those without memory included. */
  readonly nodes: number;
  /** Free page frames of a node; 0 for a node without memory. */
  freeFrames(node: number): number;
  /** Unloaded read latency in nanoseconds from a node's processors to a node's memory. */
  latencyNs(from: number, to: number): number;
}

/** What is to be done with the page, and why. The reason goes into the decision log; it is a short constant phrase. */
export type Decision =
  | { readonly action: 'stay' | 'collapse' | 'freeze' | 'thaw'; readonly because: string }
  | {
      readonly action: 'place' | 'migrate' | 'replicate' | 'promote' | 'demote';
      readonly to: number;
      readonly because: string;
    };

/**
 * A fact about references that a trace may lack and a policy may need: the thread that made them, which are writes, when they
 * were made, every load and store (`data`), every instruction (`instruction`).
 */
export type ReferenceFact = 'thread' | 'write' | 'time' | 'data' | 'instruction';

/** Decides where pages live. Never touches the machine. */
export interface PlacementPolicy {
  /** Short name, as used on the command line and in reports. */
  readonly name: string;
  /** The kinds of evidence that the policy decides on. `first-touch` is always produced. */
  readonly wants: readonly EvidenceKind[];
  /** What the references must record for the policy's decisions to mean anything. */
  readonly needs: readonly ReferenceFact[];
  /** How the hardware counters have to be set for it, or undefined if it does not use them. */
  readonly counters?: CounterSettings;
  /** Must answer `first-touch` with `place`, or with `stay` if no node has a free frame. May keep state of its own, but no clock and no randomness of its own. */
  decide(evidence: Evidence, page: PageView, memory: MemoryView): Decision;
}

/**
 * How the page miss counters at the home nodes are programmed. A home counts misses by frame of its memory and by node,
 * its own node included. Besides the reset, the host clears the counters of the frames of a page that it has filled,
 * migrated, replicated or collapsed.
 */
export interface CounterSettings {
  /** Each multiple of it that the count of a node other than the home reaches raises a hot-page interrupt. A positive integer. */
  readonly threshold: number;
  /** A home counts the first of all its misses, on whichever page, and then one in this number. 1 counts all. Writes are all counted. */
  readonly sampling: number;
  /** Width of a counter in bits, 1 to 31. It stays at its largest value until it is cleared, and raises nothing there. */
  readonly bits: number;
  /** Nanoseconds from reaching a multiple of the threshold to the interrupt leaving the home node, with the counts of then. */
  readonly delayNs: number;
  /** Misses, writes and moves begin at 0 at each multiple of this number of nanoseconds of simulated time. */
  readonly resetNs: number;
}

/** A placement decision. */
export const place = (to: number, because: string): Decision => ({ action: 'place', to, because });
/** Leave the page as it is. */
export const stay = (because: string): Decision => ({ action: 'stay', because });
/** Move the page to another node. */
export const migrate = (to: number, because: string): Decision => ({ action: 'migrate', to, because });
/** Give a node a read-only copy. */
export const replicate = (to: number, because: string): Decision => ({ action: 'replicate', to, because });
/** Drop all replicas; one writable copy remains. */
export const collapse = (because: string): Decision => ({ action: 'collapse', because });
