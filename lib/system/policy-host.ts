/**
 * Hosts a placement policy: tells it what happened, checks and logs what it decides, has that done and counts it. One for
 * each kernel or monitor that places pages; how a page is moved, and what that costs, is the owner's.
 * Disco, section 4.2.3. More than 250 lines: asking, checking and counting are one path that reads from top to bottom.
 */
import { machineFrame, NO_FRAME, type MachineFrame } from '../messages/addresses.js';
import type { InterruptMessage } from '../messages/coherence-messages.js';
import { checkDecision, decisionError, type Asked, type Question } from '../placement/check-decision.js';
import { validatePolicy } from '../placement/validate-policy.js';
import { DecisionLog } from '../placement/decision-log.js';
import type { Decision } from '../placement/decision.js';
import type { Evidence, EvidenceKind, PageEvidenceKind } from '../placement/evidence.js';
import type { PlacementPolicy } from '../placement/policy.js';
import type { MachineFacts, MemoryView, PageView } from '../placement/views.js';
import { WriteCounts } from '../placement/write-counts.js';
import type { Processor } from '../processor/processor.js';
import type { Code } from './code.js';
import type { FramePool } from './frame-pool.js';
import type { PageChange, PlacedPage, PlacementMechanism } from './placement-mechanism.js';

/** What a policy decides by, and about. */
export interface PolicySettings {
  readonly policy: PlacementPolicy;
  readonly frames: FramePool;
  /** The present in nanoseconds. */
  readonly nowNs: () => number;
  /** What the policy may know of the machine. */
  readonly facts: MachineFacts;
  /** Clears the hardware's miss counters of a frame that is put to a new use. */
  readonly clearCounters: (frame: MachineFrame) => void;
  /** Decisions kept one by one besides the counts; 0 for none. */
  readonly keepDecisions: number;
}

/** What a policy host is made with. */
export interface PolicyHostOptions<Page extends PlacedPage> extends PolicySettings {
  /** Whose host it is, for messages. */
  readonly owner: string;
  readonly mechanism: PlacementMechanism<Page>;
}

/** An action on pages: how often, and how long in all, from the interrupt to its end, on the processor that did it. */
export interface ActionWork {
  count: number;
  ns: number;
}

/** What was done to pages: Table 3 of Disco is `count` over the time measured and `ns / count`. */
export interface PlacementWork {
  hotPages: number;
  readonly migrations: ActionWork;
  readonly replications: ActionWork;
  readonly collapses: ActionWork;
}

/** Where a new page goes: a frame, or NO_FRAME and the policy's reason if no node has a free one. */
export interface NewPlace {
  readonly frame: MachineFrame;
  readonly because: string;
}

const REFUSED_REPLICAS: Decision = { action: 'stay', because: 'has replicas, which migration does not move' };
const REFUSED_FULL: Decision = { action: 'stay', because: 'no free frame at the target' };

/** The evidence that is produced. */
const PRODUCED: readonly EvidenceKind[] = ['first-touch', 'hot-page', 'replica-write'];

const CARRIES_OUT = 'has no tiers: it places, migrates, replicates, collapses, freezes and thaws';

/** Asks the policy and carries out what it says, as far as possible. */
export class PolicyHost<Page extends PlacedPage> {
  readonly log: DecisionLog;
  readonly work: PlacementWork = {
    hotPages: 0,
    migrations: { count: 0, ns: 0 },
    replications: { count: 0, ns: 0 },
    collapses: { count: 0, ns: 0 },
  };
  /** Stores of programs by frame; the owner tells it what it fills and clears. */
  readonly writes: WriteCounts<MachineFrame>;
  private readonly options: PolicyHostOptions<Page>;
  private readonly memory: MemoryView;
  private readonly wanted: ReadonlySet<EvidenceKind>;
  private readonly resetNs: number;

  /** Throws a RangeError for a policy that wants evidence which is not produced. */
  constructor(options: PolicyHostOptions<Page>) {
    const { owner, policy, frames, facts, clearCounters } = options;
    const { map } = frames;
    validatePolicy(policy);
    const missing = policy.wants.filter(kind => !PRODUCED.includes(kind));
    if (missing.length > 0)
      throw new RangeError(
        `the policy ${policy.name} wants ${missing.join(', ')}, which ${owner} does not produce; it produces ${PRODUCED.join(', ')}`,
      );
    this.options = options;
    this.log = new DecisionLog({ keep: options.keepDecisions });
    this.memory = { ...facts, frames: node => map.firstFrame[node + 1] - map.firstFrame[node], freeFrames: node => frames.free(node) };
    this.wanted = new Set(policy.wants);
    this.resetNs = policy.counters?.resetNs ?? Infinity;
    this.writes = new WriteCounts({
      nodes: map.nodes,
      linesPerFrame: map.pageBytes / map.lineBytes,
      resetNs: this.resetNs,
      clear: clearCounters,
    });
  }

  /** Whether the policy decides on evidence of a kind. */
  wants(kind: EvidenceKind): boolean {
    return this.wanted.has(kind);
  }

  /** Takes a frame for a new page, of the colour of `number`, where the policy wants it. */
  firstTouch(processor: Processor, page: { readonly id: number; readonly number: number }, store: boolean): NewPlace {
    const { frames } = this.options;
    const view: PageView = {
      page: page.id,
      home: -1,
      replicas: [],
      misses: new Array<number>(this.memory.nodes).fill(0),
      writes: 0,
      moves: 0,
      frozen: false,
    };
    const evidence = this.evidence('first-touch', processor, store, processor.processor);
    const decision = this.ask(processor, evidence, view);
    const refuse = (way: string): Error => this.refusal(processor, { evidence, view, decision }, way);
    if (decision.action === 'stay') {
      if (frames.allFree === 0) return { frame: NO_FRAME, because: decision.because };
      throw refuse('there are free frames; it must place the page');
    }
    if (decision.action !== 'place') throw refuse('it must place the page');
    const frame = frames.take(decision.to, page.number);
    if (frame < 0) throw refuse(`node ${decision.to} has no free frame; ask memory.freeFrames first`);
    this.log.record(evidence, view, decision);
    return { frame, because: decision.because };
  }

  /** The handler of a hot-page interrupt, at a processor of the node that missed. */
  *hotPage(processor: Processor, message: InterruptMessage): Code {
    this.work.hotPages++;
    const started = this.options.nowNs();
    const hotFrame = machineFrame(message.a);
    const page = yield* this.options.mechanism.hotPageOf(processor, hotFrame);
    if (page === null || !this.wants('hot-page')) return;
    const view = this.view(page, message);
    const evidence = this.evidence('hot-page', processor, false, -1);
    const wish = this.ask(processor, evidence, view);
    const decision = this.possible(processor, page, hotFrame, { evidence, view, decision: wish });
    this.log.record(evidence, view, decision);
    yield* this.carryOut(processor, page, decision, started);
  }

  /**
   * Tells the policy, if it wants to know, that a program stores to a page with replicas. Whatever it says, the store cannot
   * continue before the owner has had them collapsed.
   */
  replicaWritten(processor: Processor, page: Page): void {
    if (!this.wants('replica-write')) return;
    const view = this.view(page, null);
    const evidence = this.evidence('replica-write', processor, true, processor.processor);
    this.log.record(evidence, view, this.ask(processor, evidence, view));
  }

  /** Drops the replicas of a page that is busy. `started` is when the owner began, in nanoseconds. */
  *collapse(processor: Processor, page: Page, started: number): Code {
    yield* this.change(processor, page, { action: 'collapse' }, started);
  }

  /** Sets what is counted to 0, but the decisions in the log. */
  resetStatistics(): void {
    const { work } = this;
    work.hotPages = 0;
    for (const action of [work.migrations, work.replications, work.collapses])
      Object.assign(action, { count: 0, ns: 0 });
  }

  private *carryOut(processor: Processor, page: Page, decision: Decision, started: number): Code {
    const { frames } = this.options;
    switch (decision.action) {
      case 'stay':
        return;
      case 'freeze':
      case 'thaw':
        page.frozen = decision.action === 'freeze';
        return;
      case 'migrate':
      case 'replicate':
        page.busy = true;
        if (decision.action === 'migrate') page.moves++;
        return yield* this.change(
          processor,
          page,
          { action: decision.action, frame: frames.take(decision.to, page.number) },
          started,
        );
      case 'collapse':
        page.busy = true;
        return yield* this.collapse(processor, page, started);
      default:
        throw new Error(`${this.options.owner} ${CARRIES_OUT}; it cannot ${decision.action} a page`);
    }
  }

  private *change(processor: Processor, page: Page, change: PageChange, started: number): Code {
    const { migrations, replications, collapses } = this.work;
    const work = { migrate: migrations, replicate: replications, collapse: collapses }[change.action];
    yield* this.options.mechanism.change(processor, page, change, () => {
      work.count++;
      work.ns += this.options.nowNs() - started;
    });
  }

  /** What of a wish can be done now. */
  private possible(processor: Processor, page: Page, frame: MachineFrame, asked: Answer): Decision {
    const { owner, mechanism, frames } = this.options;
    const wish = asked.decision;
    if (wish.action === 'promote' || wish.action === 'demote')
      throw this.refusal(processor, asked, `${owner} ${CARRIES_OUT}`);
    const obstacle = mechanism.obstacle(processor, page, frame, wish);
    if (obstacle !== null) return obstacle;
    if (wish.action !== 'migrate' && wish.action !== 'replicate') return wish;
    if (wish.to === page.home || page.replicas?.has(wish.to) === true)
      throw this.refusal(processor, asked, `${page.label} is on node ${wish.to} already; it must stay`);
    if (wish.action === 'migrate' && page.replicas !== null) return REFUSED_REPLICAS;
    return frames.free(wish.to) === 0 ? REFUSED_FULL : wish;
  }

  private evidence(kind: PageEvidenceKind, processor: Processor, store: boolean, thread: number): Evidence {
    return { kind, node: processor.nodeNumber, thread, store, timeNs: this.options.nowNs(), unmappedForNs: 0 };
  }

  private ask(processor: Processor, evidence: Evidence, view: PageView): Decision {
    const answer = this.options.policy.decide(evidence, view, this.memory);
    return checkDecision(answer, this.question(evidence, view), askedAt(processor));
  }

  private refusal(processor: Processor, { evidence, view, decision }: Answer, way: string): Error {
    return decisionError(decision, this.question(evidence, view), askedAt(processor), way);
  }

  private question(evidence: Evidence, page: PageView): Question {
    return { policy: this.options.policy, evidence, page, memory: this.memory };
  }

  private view(page: Page, raised: InterruptMessage | null): PageView {
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
      writes: counts === null ? 0 : this.writes.of(machineFrame(raised!.a), counts, timeNs),
      moves: page.moves,
      frozen: page.frozen,
    };
  }
}

/** What a policy was told, and what it answered. */
interface Answer {
  readonly evidence: Evidence;
  readonly view: PageView;
  readonly decision: Decision;
}

/** Where and when a policy is asked. */
function askedAt({ path, simulation }: Processor): Asked {
  return { path, time: simulation.now, seed: simulation.seed };
}
