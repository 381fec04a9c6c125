/**
 * Hosts a placement policy in the monitor: tells it what happened, logs what it decides, has that done and keeps the time.
 * Disco, section 4.2.3.
 */
import type { InterruptMessage } from '../../messages/coherence-messages.js';
import { checkDecision, decisionError, type Asked, type Question } from '../../placement/check-decision.js';
import { checkPolicy } from '../../placement/check-policy.js';
import { DecisionLog } from '../../placement/decision-log.js';
import type {
  Decision,
  Evidence,
  EvidenceKind,
  MemoryView,
  PageView,
  PlacementPolicy,
} from '../../placement/policy.js';
import type { WriteCounts } from '../../placement/write-counts.js';
import type { MonitorCode } from '../monitor-code.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { Steps } from '../steps.js';
import type { FrameLists } from './frame-lists.js';
import type { MachinePage } from './machine-page.js';
import type { Memmap } from './memmap.js';
import type { PageMover } from './page-mover.js';
import type { PageStates } from './page-states.js';

/** What placement is made with. */
export interface PlacementOptions {
  readonly policy: PlacementPolicy;
  readonly frames: FrameLists;
  readonly memmap: Memmap;
  readonly states: PageStates;
  readonly mover: PageMover;
  readonly writes: WriteCounts;
  readonly code: MonitorCode;
  /** The present in nanoseconds. */
  readonly nowNs: () => number;
  /** Unloaded read latency between nodes. */
  readonly latencyNs: (from: number, to: number) => number;
  /** Decisions kept one by one besides the counts; 0 for none. */
  readonly keepDecisions: number;
}

/** An action on pages: how often, and how long in all, from the interrupt to its end, on the processor that did it. */
export interface ActionWork {
  count: number;
  ns: number;
}

/** What was done to pages: Table 3 is `count` over the time measured and `ns / count`. */
export interface PlacementWork {
  hotPages: number;
  readonly migrations: ActionWork;
  readonly replications: ActionWork;
  readonly collapses: ActionWork;
}

/** The evidence that the monitor produces. */
const PRODUCED: readonly EvidenceKind[] = ['first-touch', 'hot-page', 'replica-write'];

const REFUSED_BUSY: Decision = { action: 'stay', because: 'already being moved' };
const REFUSED_GONE: Decision = { action: 'stay', because: 'moved since the interrupt was raised' };
const REFUSED_FRESH: Decision = { action: 'stay', because: 'not in use yet' };
const REFUSED_PINNED: Decision = { action: 'stay', because: 'a device is at work on it' };
const REFUSED_REPLICAS: Decision = { action: 'stay', because: 'has replicas, which migration does not move' };
const REFUSED_FULL: Decision = { action: 'stay', because: 'no free frame at the target' };
const CARRIES_OUT = 'has no tiers: it places, migrates, replicates, collapses, freezes and thaws';

/** Asks the policy and carries out what it says, as far as possible. */
export class Placement {
  readonly log: DecisionLog;
  work: PlacementWork = nothingDone();
  private readonly options: PlacementOptions;
  private readonly memory: MemoryView;
  private readonly wanted: ReadonlySet<EvidenceKind>;
  private readonly resetNs: number;

  /** Throws a RangeError for a policy that wants evidence which the monitor does not produce. */
  constructor(options: PlacementOptions) {
    const { policy, frames, latencyNs } = options;
    checkPolicy(policy);
    const missing = policy.wants.filter(kind => !PRODUCED.includes(kind));
    if (missing.length > 0)
      throw new RangeError(
        `the policy ${policy.name} wants ${missing.join(', ')}, which the monitor does not produce; it produces ${PRODUCED.join(', ')}`,
      );
    this.options = options;
    this.log = new DecisionLog({ keep: options.keepDecisions });
    this.memory = { nodes: frames.map.nodes, freeFrames: node => frames.free(node), latencyNs };
    this.wanted = new Set(policy.wants);
    this.resetNs = policy.counters?.resetNs ?? Infinity;
  }

  /** Takes a frame for a new page, of the colour of that physical page, where the policy wants it; -1 if there is none anywhere. */
  firstTouch(cpu: MonitorCpu, physical: number, store: boolean): number {
    const { frames, memmap } = this.options;
    const { nodes } = this.memory;
    const view: PageView = {
      ...{ page: memmap.made, home: -1, replicas: [], misses: new Array<number>(nodes).fill(0) },
      ...{ writes: 0, moves: 0, frozen: false },
    };
    const [evidence, decision] = this.ask('first-touch', cpu, view, store);
    const refuse = (way: string): Error => decisionError(decision, this.question(evidence, view), askedOf(cpu), way);
    if (decision.action === 'stay') {
      if (frames.allFree === 0) return -1;
      throw refuse('there are free frames; it must place the page');
    }
    if (decision.action !== 'place') throw refuse('it must place the page');
    const frame = frames.take(decision.to, physical);
    if (frame < 0) throw refuse(`node ${decision.to} has no free frame; ask memory.freeFrames first`);
    this.log.record(evidence, view, decision);
    return frame;
  }

  /** The handler of a hot-page interrupt, at a processor of the node that missed. */
  *hotPage(cpu: MonitorCpu, message: InterruptMessage): Steps {
    const { a: frame } = message;
    const { code, memmap, nowNs } = this.options;
    this.work.hotPages++;
    const started = nowNs();
    yield code.step('decision');
    const found = memmap.pageOf(frame);
    if (found === null || !this.wanted.has('hot-page')) return; // the monitor's own data stay
    yield* memmap.touch(frame);
    const page = memmap.pageOf(frame);
    if (page === null) return; // given back meanwhile
    const view = this.view(page, message);
    const [evidence, wish] = this.ask('hot-page', cpu, view, false);
    const decision = this.possible(cpu, page, frame, wish, this.question(evidence, view));
    this.log.record(evidence, view, decision);
    yield* this.carryOut(cpu, page, decision, started);
  }

  /** Makes a page writable again that has replicas, because its only holder stores to it. The page is not busy. */
  *replicaWrite(cpu: MonitorCpu, page: MachinePage): Steps {
    const { code, memmap, nowNs } = this.options;
    const started = nowNs();
    if (this.wanted.has('replica-write')) {
      const view = this.view(page, null);
      const [evidence, decision] = this.ask('replica-write', cpu, view, true);
      this.log.record(evidence, view, decision);
    }
    this.options.states.occupy(page);
    yield code.step('decision');
    yield* memmap.touch(page.frame);
    // The store cannot go on otherwise, whatever the policy says.
    yield* this.collapse(cpu, page, started);
    this.options.writes.serveStore(page.frame, nowNs());
  }

  /** Drops the replicas of a page because frames are needed. The page is not busy. */
  *dropReplicas(cpu: MonitorCpu, page: MachinePage): Steps {
    this.options.states.occupy(page);
    yield* this.collapse(cpu, page, this.options.nowNs());
  }

  /** Sets what is counted to 0, but the decisions in the log. */
  resetStatistics(): void {
    this.work = nothingDone();
  }

  private *collapse(cpu: MonitorCpu, page: MachinePage, started: number): Steps {
    yield* this.options.mover.collapse(cpu, page);
    yield* this.done(page, this.work.collapses, started);
  }

  private *carryOut(cpu: MonitorCpu, page: MachinePage, decision: Decision, started: number): Steps {
    const { mover, frames, states } = this.options;
    switch (decision.action) {
      case 'stay':
        return;
      case 'freeze':
      case 'thaw':
        page.frozen = decision.action === 'freeze';
        return;
      case 'migrate':
        states.occupy(page);
        page.moves++;
        yield* mover.migrate(cpu, page, frames.take(decision.to, this.colourOf(page)));
        return yield* this.done(page, this.work.migrations, started);
      case 'replicate':
        states.occupy(page);
        yield* mover.replicate(cpu, page, frames.take(decision.to, this.colourOf(page)));
        return yield* this.done(page, this.work.replications, started);
      case 'collapse':
        states.occupy(page);
        return yield* this.collapse(cpu, page, started);
      default:
        throw new Error(`the monitor ${CARRIES_OUT}; it cannot ${decision.action} a page`);
    }
  }

  private *done(page: MachinePage, work: ActionWork, started: number): Steps {
    yield* this.options.states.finish(page);
    work.count++;
    work.ns += this.options.nowNs() - started;
  }

  /** What of a wish can be done now. */
  private possible(cpu: MonitorCpu, page: MachinePage, frame: number, wish: Decision, question: Question): Decision {
    const refuse = (way: string): Error => decisionError(wish, question, askedOf(cpu), way);
    if (wish.action === 'promote' || wish.action === 'demote') throw refuse(`the monitor ${CARRIES_OUT}`);
    if (wish.action === 'stay') return wish;
    if (page.busy) return REFUSED_BUSY;
    if (page.frameFor(cpu.node) !== frame) return REFUSED_GONE;
    if (page.users.length + page.keepers === 0) return REFUSED_FRESH;
    if (wish.action !== 'migrate' && wish.action !== 'replicate') return wish;
    if (wish.to === page.home || page.replicas?.has(wish.to) === true)
      throw refuse(`it is on node ${wish.to} already; it must stay`);
    if (page.pins > 0) return REFUSED_PINNED;
    if (wish.action === 'migrate' && page.replicas !== null) return REFUSED_REPLICAS;
    return this.options.frames.free(wish.to) === 0 ? REFUSED_FULL : wish;
  }

  private ask(kind: EvidenceKind, cpu: MonitorCpu, view: PageView, store: boolean): [Evidence, Decision] {
    const evidence: Evidence = { kind, node: cpu.node, store, timeNs: this.options.nowNs() };
    const answer = this.options.policy.decide(evidence, view, this.memory);
    return [evidence, checkDecision(answer, this.question(evidence, view), askedOf(cpu))];
  }

  private question(evidence: Evidence, page: PageView): Question {
    return { policy: this.options.policy, evidence, page, memory: this.memory };
  }

  private view(page: MachinePage, raised: InterruptMessage | null): PageView {
    const timeNs = this.options.nowNs();
    const interval = Math.floor(timeNs / this.resetNs);
    if (page.interval !== interval) {
      page.interval = interval;
      page.moves = 0;
    }
    const { nodes } = this.memory;
    const counts = raised?.counts ?? null;
    return {
      page: page.id,
      home: page.home,
      replicas: page.replicas === null ? [] : [...page.replicas.keys()].sort((a, b) => a - b),
      misses: counts === null ? new Array<number>(nodes).fill(0) : Array.from(counts.subarray(0, nodes)),
      writes: counts === null ? 0 : this.options.writes.of(raised!.a, counts, timeNs),
      moves: page.moves,
      frozen: page.frozen,
    };
  }

  /** The number that decides the colour of a frame: that of the first user. */
  private colourOf(page: MachinePage): number {
    return page.users[0]?.physical ?? page.id;
  }
}

/** Where and when a policy is asked. */
function askedOf({ processor: { path, simulation } }: MonitorCpu): Asked {
  return { path, time: simulation.now, seed: simulation.seed };
}

const nothingDone = (): PlacementWork => ({
  hotPages: 0,
  migrations: { count: 0, ns: 0 },
  replications: { count: 0, ns: 0 },
  collapses: { count: 0, ns: 0 },
});
