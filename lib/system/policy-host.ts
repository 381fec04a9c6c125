/**
 * Hosts a placement policy: tells it what happened, checks and logs what it decides, has that done and counts it. One for
 * each kernel or monitor that places pages; how a page is moved, and what that costs, is the owner's.
 * Disco, section 4.2.3. More than 250 lines: asking, checking and counting are one path that reads from top to bottom.
 */
import { machineFrame, NO_FRAME, type MachineFrame } from '../messages/addresses.js';
import type { InterruptMessage } from '../messages/coherence-messages.js';
import {
  checkDecision,
  checkPlan,
  decisionError,
  obstacleTo,
  type Asked,
  type Question,
} from '../placement/check-decision.js';
import { DecisionLog } from '../placement/decision-log.js';
import type { Decision } from '../placement/decision.js';
import type { Evidence, EvidenceKind, PageEvidenceKind, PlanEvidence } from '../placement/evidence.js';
import type { PlacementPolicy } from '../placement/policy.js';
import { refuseUnproduced, validatePolicy } from '../placement/validate-policy.js';
import type { MachineFacts, MemoryView, PageView } from '../placement/views.js';
import { WriteCounts } from '../placement/write-counts.js';
import type { MissSample } from '../processor/caches/miss-sampler.js';
import type { Processor } from '../processor/processor.js';
import type { Code } from './code.js';
import type { FramePool } from './frame-pool.js';
import { PageRound, pagesView } from './hosted-pages.js';
import type { PageChange, PlacedPage, PlacementMechanism } from './placement-mechanism.js';
import { clearWork, noWork, type ActionWork, type PlacementWork } from './placement-work.js';

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
  /** The evidence that the owner has produced. */
  readonly produced: readonly EvidenceKind[];
}

/** Where a new page goes: a frame, or NO_FRAME and the policy's reason if no node has a free one. */
export interface NewPlace {
  readonly frame: MachineFrame;
  readonly because: string;
}

/** What a policy was told, and what it answered. */
interface Answer {
  readonly evidence: Evidence | PlanEvidence;
  readonly view: PageView;
  readonly decision: Decision;
}

const REFUSED_REPLICAS: Decision = { action: 'stay', because: 'has replicas, which migration does not move' };
/** What moves a page, which replicas prevent. */
const MOVES: ReadonlySet<Decision['action']> = new Set(['migrate', 'promote', 'demote', 'exchange']);
const REFUSED_FULL: Decision = { action: 'stay', because: 'no free frame at the target' };
const REFUSED_PLAN: Decision = { action: 'stay', because: 'an earlier decision of the plan stands in the way' };

/** Asks the policy and carries out what it says, as far as possible. */
export class PolicyHost<Page extends PlacedPage> {
  readonly log: DecisionLog;
  readonly work: PlacementWork = noWork();
  /** Stores of programs by frame; the owner tells it what it fills and clears. */
  readonly writes: WriteCounts<MachineFrame>;
  private readonly options: PolicyHostOptions<Page>;
  private readonly memory: MemoryView;
  private readonly wanted: ReadonlySet<EvidenceKind>;
  private readonly resetNs: number;
  private readonly round = new PageRound<Page>();
  /** The node that a page left last, by page. */
  private readonly left = new Map<number, number>();
  /** By node: pressure was raised, and the share of free frames has not been reached since. */
  private readonly short: boolean[];
  /** Nodes that ran short and about which the policy was not told yet. */
  private readonly shortages: number[] = [];

  /** Throws a RangeError for a policy that wants evidence which is not produced. */
  constructor(options: PolicyHostOptions<Page>) {
    const { owner, policy, frames, facts, clearCounters, produced } = options;
    const { map } = frames;
    validatePolicy(policy);
    refuseUnproduced(policy, owner, produced);
    this.options = options;
    this.log = new DecisionLog({ keep: options.keepDecisions });
    this.memory = {
      ...facts,
      frames: node => map.firstFrame[node + 1] - map.firstFrame[node],
      freeFrames: node => frames.free(node),
    };
    this.wanted = new Set(policy.wants);
    this.resetNs = policy.counters?.resetNs ?? Infinity;
    this.short = new Array<boolean>(map.nodes).fill(false);
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
    const evidence = this.evidence('first-touch', processor, store);
    const decision = this.ask(processor, evidence, view);
    const refuse = (way: string): Error => this.refusal(processor, { evidence, view, decision }, way);
    if (decision.action === 'stay') {
      if (frames.allFree === 0) return { frame: NO_FRAME, because: decision.because };
      throw refuse('there are free frames; it must place the page');
    }
    if (decision.action !== 'place') throw refuse('it must place the page');
    const frame = frames.take(decision.to, page.number);
    if (frame < 0) throw refuse(`node ${decision.to} has no free frame; ask memory.freeFrames first`);
    this.watch(decision.to);
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
    const evidence = { ...this.evidence('hot-page', processor, false), thread: -1 };
    const view = this.view(page, message);
    yield* this.decide(
      processor,
      page,
      hotFrame,
      { evidence, view, decision: this.ask(processor, evidence, view) },
      started,
    );
  }

  /** Serves an access to a page whose mappings the scanner took away, and which is mapped again from now on. */
  *hintFault(processor: Processor, page: Page, store: boolean): Code {
    const started = this.options.nowNs();
    const unmappedForNs = started - page.unmappedNs;
    page.unmappedNs = NaN;
    this.work.hintFaults.count++;
    yield* this.options.mechanism.lookAt(processor, 1);
    const evidence = { ...this.evidence('hint-fault', processor, store), unmappedForNs };
    yield* this.askAbout(processor, page, evidence, started);
    this.work.hintFaults.ns += this.options.nowNs() - started;
  }

  /** Tells the policy what a processor's buffer of samples holds. */
  *sampled(processor: Processor, samples: readonly MissSample[]): Code {
    const { mechanism, nowNs } = this.options;
    for (const { frame, store } of samples) {
      const started = nowNs();
      const page = mechanism.pageOfFrame(frame);
      if (page === null) continue;
      this.work.samples.count++;
      yield* mechanism.lookAt(processor, 1);
      yield* this.askAbout(processor, page, this.evidence('sampled-access', processor, store), started);
      this.work.samples.ns += nowNs() - started;
    }
  }

  /** Takes mappings away from the next pages, if the policy wants to see who uses them. */
  *scan(processor: Processor): Code {
    const { mechanism, nowNs, policy } = this.options;
    const { pages, slowOnly } = policy.hints!;
    const started = nowNs();
    const chosen = ({ busy, home }: Page): boolean => !busy && (!slowOnly || this.memory.tier(home) > 0);
    const next = this.round.next(mechanism.pages(), pages, chosen);
    yield* mechanism.lookAt(processor, next.length);
    for (const page of next) page.unmappedNs = nowNs();
    yield* mechanism.unmap(processor, next);
    this.work.unmappings.count += next.length;
    this.work.unmappings.ns += nowNs() - started;
  }

  /** An interval is over. */
  *interval(processor: Processor): Code {
    this.options.facts.endInterval();
    if (this.wants('interval')) yield* this.plan(processor, 'interval', -1);
  }

  /** Tells the policy of nodes that have run short of frames. */
  *relieve(processor: Processor): Code {
    for (const node of this.shortages.splice(0)) yield* this.plan(processor, 'memory-pressure', node);
  }

  /**
   * Tells the policy, if it wants to know, that a program stores to a page with replicas. Whatever it says, the store cannot
   * continue before the owner has had them collapsed.
   */
  replicaWritten(processor: Processor, page: Page): void {
    if (!this.wants('replica-write')) return;
    const view = this.view(page, null);
    const evidence = this.evidence('replica-write', processor, true);
    this.log.record(evidence, view, this.ask(processor, evidence, view));
  }

  /** Drops the replicas of a page that is busy. `started` is when the owner began, in nanoseconds. */
  *collapse(processor: Processor, page: Page, started: number): Code {
    yield* this.change(processor, page, { action: 'collapse' }, this.work.collapses, started);
  }

  /** Sets what is counted to 0, but the decisions in the log. */
  resetStatistics(): void {
    clearWork(this.work);
  }

  private *plan(processor: Processor, kind: PlanEvidence['kind'], node: number): Code {
    const { mechanism, nowNs, policy } = this.options;
    const started = nowNs();
    const evidence: PlanEvidence = { kind, node, timeNs: started };
    const pages = pagesView(mechanism, page => this.view(page, null));
    const answer: unknown = policy.plan!(evidence, pages, this.memory);
    const planned = checkPlan(answer, { policy, evidence, pages, memory: this.memory }, askedAt(processor));
    this.work.plans.count++;
    yield* mechanism.lookAt(processor, pages.size);
    this.work.plans.ns += nowNs() - started;
    for (const { page: id, decision } of planned) {
      const page = mechanism.page(id);
      if (page === null) continue;
      yield* this.decide(processor, page, NO_FRAME, { evidence, view: this.view(page, null), decision }, nowNs());
    }
  }

  private *askAbout(processor: Processor, page: Page, evidence: Evidence, started: number): Code {
    const view = this.view(page, null);
    const decision = this.ask(processor, evidence, view);
    yield* this.decide(processor, page, NO_FRAME, { evidence, view, decision }, started);
  }

  /** Logs what of a wish can be done, and does it. */
  private *decide(processor: Processor, page: Page, frame: MachineFrame, asked: Answer, started: number): Code {
    const decision = this.possible(processor, page, frame, asked);
    this.log.record(asked.evidence, asked.view, decision);
    yield* this.carryOut(processor, page, decision, started);
  }

  private *carryOut(processor: Processor, page: Page, decision: Decision, started: number): Code {
    const { frames, mechanism } = this.options;
    const { work } = this;
    switch (decision.action) {
      case 'stay':
      case 'place':
        return;
      case 'freeze':
      case 'thaw':
        page.frozen = decision.action === 'freeze';
        return;
      case 'migrate':
      case 'promote':
      case 'demote': {
        const done = { migrate: work.migrations, promote: work.promotions, demote: work.demotions }[decision.action];
        page.busy = true;
        page.moves++;
        const change = { action: 'migrate', frame: frames.take(decision.to, page.number) } as const;
        return yield* this.change(processor, page, change, done, started);
      }
      case 'replicate': {
        page.busy = true;
        const change = { action: 'replicate', frame: frames.take(decision.to, page.number) } as const;
        return yield* this.change(processor, page, change, work.replications, started);
      }
      case 'exchange': {
        const other = mechanism.page(decision.with)!;
        page.busy = other.busy = true;
        page.moves++;
        other.moves++;
        return yield* this.change(processor, page, { action: 'exchange', other }, work.exchanges, started);
      }
      case 'collapse':
        page.busy = true;
        return yield* this.collapse(processor, page, started);
    }
  }

  private *change(processor: Processor, page: Page, change: PageChange<Page>, work: ActionWork, started: number): Code {
    if (change.action === 'migrate' || change.action === 'replicate')
      this.watch(this.options.frames.map.homeOfFrame(change.frame));
    const pages = change.action === 'exchange' ? [page, change.other] : [page];
    const homes = pages.map(({ home }) => home);
    yield* this.options.mechanism.change(processor, page, change, () => {
      for (const [index, { id, home }] of pages.entries()) this.moved(id, homes[index], home);
      work.count++;
      work.ns += this.options.nowNs() - started;
    });
  }

  private moved(id: number, from: number, to: number): void {
    if (from === to) return;
    if (this.left.get(id) === to) this.work.pingPongs++;
    this.left.set(id, from);
  }

  /** What of a wish can be done now. */
  private possible(processor: Processor, page: Page, frame: MachineFrame, asked: Answer): Decision {
    const { mechanism } = this.options;
    const wish = asked.decision;
    const obstacle = mechanism.obstacle(processor, page, frame, wish);
    if (obstacle !== null) return obstacle;
    const other = wish.action === 'exchange' ? mechanism.page(wish.with) : null;
    if (other !== null) {
      const others = mechanism.obstacle(processor, other, NO_FRAME, wish);
      if (others !== null) return others;
    }
    if (MOVES.has(wish.action) && (page.replicas ?? other?.replicas ?? null) !== null) return REFUSED_REPLICAS;
    const fault = obstacleTo(
      wish,
      this.view(page, null),
      this.memory,
      other === null ? undefined : this.view(other, null),
    );
    if (fault === null) return wish;
    if (
      'to' in wish &&
      wish.to !== page.home &&
      page.replicas?.has(wish.to) !== true &&
      this.memory.freeFrames(wish.to) === 0
    )
      return REFUSED_FULL;
    if (asked.evidence.kind === 'interval' || asked.evidence.kind === 'memory-pressure') return REFUSED_PLAN;
    throw this.refusal(processor, asked, fault);
  }

  /** Notices when a node runs short of frames. */
  private watch(node: number): void {
    const { policy } = this.options;
    if (!this.wants('memory-pressure')) return;
    const enough = this.memory.freeFrames(node) >= policy.plans!.lowWatermark * this.memory.frames(node);
    if (!enough && !this.short[node]) this.shortages.push(node);
    this.short[node] = !enough;
  }

  private evidence(kind: PageEvidenceKind, processor: Processor, store: boolean): Evidence {
    const { nodeNumber: node, processor: thread } = processor;
    return { kind, node, thread, store, timeNs: this.options.nowNs(), unmappedForNs: 0 };
  }

  private ask(processor: Processor, evidence: Evidence, view: PageView): Decision {
    const answer: unknown = this.options.policy.decide(evidence, view, this.memory);
    return checkDecision(answer, this.question(evidence, view), askedAt(processor));
  }

  private refusal(processor: Processor, { evidence, view, decision }: Answer, way: string): Error {
    return decisionError(decision, this.question(evidence, view), askedAt(processor), way);
  }

  private question(evidence: Evidence | PlanEvidence, page: PageView): Question {
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

/** Where and when a policy is asked. */
function askedAt({ path, simulation }: Processor): Asked {
  return { path, time: simulation.now, seed: simulation.seed };
}
