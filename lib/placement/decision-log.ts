/** What a policy decided, on which evidence and why: counts of everything, and the last entries in full. */
import { plainObject, shown } from '../engine/checks.js';
import type { Decision } from './decision.js';
import type { Evidence, PlanEvidence } from './evidence.js';
import type { PageView } from './views.js';

/** One observation with the page as it was at that moment: the unit of a recorded evidence log. */
export interface EvidenceRecord {
  /** What was observed. */
  readonly evidence: Evidence | PlanEvidence;
  /** The page as the policy saw it. */
  readonly page: PageView;
}

/** One line of the log. Also a record that `replayEvidence` takes. */
export interface DecisionEntry extends EvidenceRecord {
  /** What the policy made of it. */
  readonly decision: Decision;
}

/** How often one action was decided for one reason. */
export interface DecisionCount {
  /** The action decided. */
  readonly action: Decision['action'];
  /** The policy's reason. */
  readonly because: string;
  /** Number of such decisions, at least 1. */
  readonly count: number;
}

/** Options of a decision log. */
export interface DecisionLogOptions {
  /** How many of the last decisions are kept in full: an integer from 0 up, or Infinity for all. */
  readonly keep: number;
}

/** Collects decisions. What goes in is copied; what comes out is fresh plain data that the caller owns. */
export class DecisionLog {
  /** Decisions recorded so far, those no longer kept included. */
  total = 0;
  private readonly keep: number;
  private readonly ring: DecisionEntry[] = [];
  /** In the order of first occurrence. */
  private readonly lines: TallyLine[] = [];
  /** The lines by action and reason. Two maps, as joining both to one key takes longer than all the rest (spec/bench/miss-log). */
  private readonly tally = new Map<Decision['action'], Map<string, TallyLine>>();

  /** Throws a RangeError if `keep` is neither an integer from 0 up nor Infinity. */
  constructor(options: DecisionLogOptions) {
    plainObject(options, 'DecisionLog');
    const { keep } = options;
    if (!(keep === Infinity || (Number.isSafeInteger(keep) && keep >= 0))) {
      throw new RangeError(
        `DecisionLog: keep is ${shown(keep)}; it must be an integer from 0 up, or Infinity to keep all`,
      );
    }
    this.keep = keep;
  }

  /** Takes down one decision. The host may reuse the objects afterwards. */
  record(evidence: Evidence | PlanEvidence, page: PageView, decision: Decision): void {
    if (this.keep > 0) this.ring[this.total % this.keep] = copyOf(evidence, page, decision);
    this.total++;
    this.lineOf(decision).count++;
  }

  /** How often an action was decided, for one reason or for all. */
  count(action: Decision['action'], because?: string): number {
    let sum = 0;
    for (const line of this.lines) {
      if (line.action === action && (because ?? line.because) === line.because) sum += line.count;
    }
    return sum;
  }

  /** All counts, most frequent first, then in the order of first occurrence. */
  counts(): DecisionCount[] {
    return this.lines.map(line => ({ ...line })).sort((a, b) => b.count - a.count);
  }

  /** The last decisions, oldest first. */
  entries(): DecisionEntry[] {
    const oldest = this.total > this.keep && this.keep > 0 ? this.total % this.keep : 0;
    const inOrder = [...this.ring.slice(oldest), ...this.ring.slice(0, oldest)];
    return inOrder.map(({ evidence, page, decision }) => copyOf(evidence, page, decision));
  }

  private lineOf({ action, because }: Decision): TallyLine {
    let reasons = this.tally.get(action);
    if (reasons === undefined) this.tally.set(action, (reasons = new Map()));
    let line = reasons.get(because);
    if (line === undefined) {
      line = { action, because, count: 0 };
      reasons.set(because, line);
      this.lines.push(line);
    }
    return line;
  }
}

interface TallyLine {
  readonly action: Decision['action'];
  readonly because: string;
  count: number;
}

/** Names every field: a host's view may have getters, which a spread would lose. */
function copyOf(evidence: Evidence | PlanEvidence, view: PageView, decision: Decision): DecisionEntry {
  const { page, home, replicas, misses, writes, moves, frozen } = view;
  return {
    evidence: { ...evidence },
    page: { page, home, replicas: [...replicas], misses: [...misses], writes, moves, frozen },
    decision: { ...decision },
  };
}
