/**
 * The interface of page placement policies: evidence in, decision out.
 * A policy is a plain object that knows no machine. Whoever hosts it (a unit test, a recorded log, a kernel, the monitor)
 * produces the evidence it asks for, carries out its decisions and pays for them.
 */
import type { Decision, PageDecision } from './decision.js';
import type {
  CounterSettings,
  Evidence,
  EvidenceKind,
  HintSettings,
  PlanEvidence,
  PlanSettings,
  SamplingSettings,
} from './evidence.js';
import type { MemoryView, PagesView, PageView } from './views.js';

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
  /** How the hardware counters have to be set: for `hot-page` and `counted-miss`. */
  readonly counters?: CounterSettings;
  /** How mappings are taken away: for `hint-fault`. */
  readonly hints?: HintSettings;
  /** How accesses are sampled: for `sampled-access`. */
  readonly sampling?: SamplingSettings;
  /** When `plan` is asked: for `interval` and `memory-pressure`. */
  readonly plans?: PlanSettings;
  /**
   * Answers evidence about one page. Must answer `first-touch` with `place`, or with `stay` if no node has a free frame.
   * May keep state of its own, but no clock, and no randomness but `memory.random`.
   */
  decide(evidence: Evidence, page: PageView, memory: MemoryView): Decision;
  /** Answers evidence about memory as a whole with what is to be done, in this order: at most `plans.most` decisions. */
  plan?(evidence: PlanEvidence, pages: PagesView, memory: MemoryView): readonly PageDecision[];
}
