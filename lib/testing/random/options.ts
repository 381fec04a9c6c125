/** What a random test is made of, and what comes out of it. */
import type { DirectoryFormat } from '../../coherence/directory-format.js';
import type { CoherenceProtocol } from '../../coherence/protocol.js';
import type { RandomMachine } from './machine.js';

/** The shapes of the interconnect that a random test can have. Each has as many routers as the nodes need. */
export const RANDOM_TOPOLOGIES = ['crossbar', 'ring', 'mesh', 'torus', 'hypercube', 'fat-tree', 'matrix'] as const;
/** See RANDOM_TOPOLOGIES. */
export type RandomTopology = (typeof RANDOM_TOPOLOGIES)[number];

/** The networks that a random test can have: one that books links, or routers flit by flit. */
export const RANDOM_NETWORKS = ['booking', 'routers'] as const;
/** See RANDOM_NETWORKS. */
export type RandomNetwork = (typeof RANDOM_NETWORKS)[number];

/** Words that a check owns; lines hold several checks. */
export const CHECK_WORDS = 4;

/** A random test. Everything about it follows from these; equal options give equal runs. */
export interface RandomTestOptions {
  readonly seed: string;
  /** Checked accesses after which it ends; a positive integer. */
  readonly accesses: number;
  readonly protocol: CoherenceProtocol;
  /** A full bit vector unless given. The protocol is completed by what it needs. */
  readonly directory?: DirectoryFormat;
  /** From 1 to 64. Hypercubes and trees take the next number that they can have. */
  readonly nodes: number;
  /** From 1 to 16. */
  readonly processorsPerNode: number;
  readonly topology: RandomTopology;
  readonly network: RandomNetwork;
  /** Places of four words that are stored to one by one and then loaded together; at least one. */
  readonly checks: number;
  /** Whether messages are held up at random: 0 to 3 ticks, and one in eight by 101 to 115 more. */
  readonly jitter: boolean;
  /** Ticks after which an access that is not done counts as stuck. */
  readonly deadlockTicks: number;
  /** Called with the wired machine before it runs, to plant a fault. */
  readonly plant?: (machine: RandomMachine) => void;
}

/** Which check found something wrong. */
export type RandomCheck =
  | 'single writer'
  | 'load returns the last store'
  | 'everybody finishes'
  | 'protocol'
  | 'at rest in the end'
  | 'resources in the end';

/** What went wrong, where and when. */
export interface RandomFailure {
  readonly check: RandomCheck;
  readonly message: string;
  /** The line it is about, -1 if it is about none in particular. */
  readonly line: number;
  /** Accesses done by then. */
  readonly access: number;
  readonly tick: number;
}

/** A random test's outcome. */
export interface RandomTestResult {
  readonly accesses: number;
  readonly loads: number;
  readonly stores: number;
  /** Accesses that had to leave their processor. */
  readonly misses: number;
  readonly events: number;
  readonly ticks: number;
  readonly fingerprint: string;
  /** Null if nothing is wrong. */
  readonly failure: RandomFailure | null;
}
