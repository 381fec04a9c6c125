/** What a host can tell a policy, and how each kind of evidence is set up. */

/** Evidence about one page, which `decide` answers. */
export type PageEvidenceKind =
  'first-touch' | 'counted-miss' | 'hot-page' | 'replica-write' | 'hint-fault' | 'sampled-access';

/** Evidence about memory as a whole, which `plan` answers. */
export type PlanEvidenceKind = 'interval' | 'memory-pressure';

/** Everything a host can tell a policy about. A policy names the kinds that it wants; the others are not produced. */
export type EvidenceKind = PageEvidenceKind | PlanEvidenceKind;

/** One observation about one page. */
export interface Evidence {
  readonly kind: PageEvidenceKind;
  /** The node whose processor touched, missed on or wrote the page. */
  readonly node: number;
  /** The thread, process or virtual processor that did, a dense number; -1 with `hot-page`, as the interrupt does not say. */
  readonly thread: number;
  /** Whether the access that led to it was a store. False with `hot-page`: the interrupt does not say. */
  readonly store: boolean;
  /** Simulated time in nanoseconds. */
  readonly timeNs: number;
  /** With `hint-fault`, nanoseconds since the mapping was taken away: short means often used. 0 with other kinds. */
  readonly unmappedForNs: number;
}

/** Time has passed, or a node runs short of frames. */
export interface PlanEvidence {
  readonly kind: PlanEvidenceKind;
  /** With `memory-pressure`, the node that is short of frames; -1 with `interval`. */
  readonly node: number;
  /** Simulated time in nanoseconds. */
  readonly timeNs: number;
}

/** Whether evidence is about memory as a whole, for `plan`. */
export function isPlan(evidence: Evidence | PlanEvidence): evidence is PlanEvidence {
  return evidence.kind === 'interval' || evidence.kind === 'memory-pressure';
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

/**
 * How mappings are taken away to see who uses pages. A scanner goes round all pages by number, `pages` of them every
 * `periodNs`; the next access to such a page is a `hint-fault`, and the page is mapped again. The scanner costs its host time.
 */
export interface HintSettings {
  /** Nanoseconds between two passes, the first of them after as many. */
  readonly periodNs: number;
  /** Pages whose mappings one pass takes away, a positive integer. */
  readonly pages: number;
  /** Whether only pages are scanned whose home is not of the fastest tier. */
  readonly slowOnly: boolean;
}

/** Which accesses a sampling counter counts: those that missed in the caches, or of these those that went to another node. */
export type SampledLevel = 'miss' | 'remote-miss';

/**
 * How accesses are sampled, as the PEBS of Intel's processors and the IBS of AMD's do it: each processor has a counter of
 * its own and a buffer, and an interrupt that tells the policy about all samples in the buffer.
 */
export interface SamplingSettings {
  /** One access in this number is taken, of those that count. A positive integer. */
  readonly period: number;
  /** Of the accesses that count, how many later than it should the one is that is taken: a whole number below `period`. */
  readonly skid: number;
  readonly level: SampledLevel;
  /** Whether stores count, or loads only. */
  readonly stores: boolean;
  /** Samples that raise an interrupt, a positive integer. */
  readonly buffer: number;
}

/** When `plan` is called and how much it may decide. */
export interface PlanSettings {
  /** Nanoseconds from one `interval` to the next, and over which load is measured. */
  readonly intervalNs: number;
  /** The most decisions that one call returns. The host refuses more. A positive integer. */
  readonly most: number;
  /**
   * Share of a node's frames, from 0 to below 1. When a frame is taken on a node and fewer than this share are free,
   * `memory-pressure` is raised there: once, and again when the share has been free in between.
   */
  readonly lowWatermark: number;
}
