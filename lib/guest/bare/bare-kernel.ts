/**
 * A minimal kernel for the bare machine, until there is a commodity one: page tables, first touch, and the decisions of
 * a placement policy carried out and paid for. It runs recorded user programs (threads in one address space) and
 * recorded systems, whose own kernel is part of the recording: then TLB refills and page faults cost nothing here,
 * because their instructions are in the trace.
 */
import { callable, plainObject, wholeNumber } from '../../engine/checks.js';
import type { AddressMap } from '../../messages/address-map.js';
import { HOT_PAGE, type InterruptMessage } from '../../messages/coherence-messages.js';
import { checkDecision, decisionError, type Asked, type Question } from '../../placement/check-decision.js';
import { checkPolicy } from '../../placement/check-policy.js';
import { DecisionLog } from '../../placement/decision-log.js';
import type {
  CounterSettings,
  Decision,
  Evidence,
  EvidenceKind,
  MemoryView,
  PageView,
  PlacementPolicy,
} from '../../placement/policy.js';
import { WriteCounts } from '../../placement/write-counts.js';
import {
  clearFrame,
  compute,
  machineLoad,
  machineStore,
  wait,
  type Operation,
  type Program,
} from '../../processor/operations.js';
import { Context } from '../../processor/context.js';
import type { Processor } from '../../processor/processor.js';
import { EXCEPTION_NAMES, ExceptionCode } from '../../processor/registers.js';
import { Activity, type Exception, type Refill, type SystemSoftware } from '../../processor/software.js';
import { GLOBAL } from '../../processor/tlb.js';
import type { KernelCosts } from './costs.js';
import { GuestError } from '../../system/guest-error.js';
import { FramePool } from '../../system/frame-pool.js';
import { PageMover, SHOOTDOWN } from './page-mover.js';
import { PageStore, frameFor, type Page } from './pages.js';
import type { Process } from './process.js';

/** What a kernel is made with. */
export interface BareKernelOptions {
  readonly map: AddressMap;
  readonly policy: PlacementPolicy;
  readonly costs: KernelCosts;
  /** Unloaded read latency between nodes, for policies. */
  readonly latencyNs: (from: number, to: number) => number;
  /** The present in nanoseconds. */
  readonly nowNs: () => number;
  /** Colours of frames: pages in a way of the second-level cache. */
  readonly colours: number;
  /** Clears the hardware's miss counters of a frame that is put to a new use. */
  readonly clearCounters: (frame: number) => void;
  /** Decisions kept one by one besides the counts; 0 for none. */
  readonly keepDecisions: number;
}

/** What the kernel did to pages. Times are those of the processor that did it, waiting included. */
export interface PageWork {
  hotPages: number;
  migrations: number;
  replications: number;
  collapses: number;
  migrationNs: number;
  replicationNs: number;
}

/** The evidence that this kernel produces. */
const PRODUCED: readonly EvidenceKind[] = ['first-touch', 'hot-page', 'replica-write'];

const REFUSED_BUSY: Decision = { action: 'stay', because: 'already being moved' };
const REFUSED_GONE: Decision = { action: 'stay', because: 'moved since the interrupt was raised' };
const REFUSED_REPLICAS: Decision = { action: 'stay', because: 'has replicas, which migration does not move' };
const REFUSED_FULL: Decision = { action: 'stay', because: 'no free frame at the target' };

const CARRIES_OUT = 'has no tiers: it places, migrates, replicates, collapses, freezes and thaws';

/** Entries of a page table that one frame holds: four bytes each. */
const ENTRY_BYTES = 4;

/** The kernel. One object serves all processors of a machine. */
export class BareKernel implements SystemSoftware {
  readonly log: DecisionLog;
  readonly pages: PageStore;
  readonly frames: FramePool;
  readonly work: PageWork = {
    hotPages: 0,
    migrations: 0,
    replications: 0,
    collapses: 0,
    migrationNs: 0,
    replicationNs: 0,
  };
  private readonly options: BareKernelOptions;
  private readonly mover: PageMover;
  private readonly processes = new Map<Processor, Process>();
  private readonly memory: MemoryView;
  private readonly wanted: ReadonlySet<EvidenceKind>;
  private readonly resetNs: number;
  private readonly writes: WriteCounts;
  /** Frames of page tables, by space and part of the table. */
  private readonly tables = new Map<number, number>();
  /** Frames of page records, one line each, by page number over lines to a frame. */
  private readonly records: number[] = [];

  constructor(options: BareKernelOptions) {
    plainObject(options, 'the options of a bare kernel');
    const { map, policy, costs } = options;
    plainObject(costs, 'a bare kernel: costs');
    for (const [name, cycles] of Object.entries(costs)) wholeNumber(cycles, `a bare kernel: costs.${name}`, 0, 2 ** 40);
    for (const key of ['latencyNs', 'nowNs', 'clearCounters'] as const) callable(options[key], `a bare kernel: ${key}`);
    checkPolicy(policy);
    this.options = options;
    this.log = new DecisionLog({ keep: options.keepDecisions });
    this.pages = new PageStore(map.frames);
    this.frames = new FramePool(map, options.colours);
    this.mover = new PageMover(map, options.costs, this.frames, this.pages);
    this.memory = {
      nodes: map.nodes,
      freeFrames: node => this.frames.free(node),
      latencyNs: options.latencyNs,
    };
    this.wanted = new Set(policy.wants);
    const missing = policy.wants.filter(kind => !PRODUCED.includes(kind));
    if (missing.length > 0)
      throw new RangeError(
        `the policy ${policy.name} wants ${missing.join(', ')}, which the bare-machine kernel does not produce; it produces ${PRODUCED.join(', ')}`,
      );
    const counters: CounterSettings | undefined = policy.counters;
    this.resetNs = counters?.resetNs ?? Infinity;
    this.writes = new WriteCounts({
      nodes: map.nodes,
      linesPerFrame: map.pageBytes / map.lineBytes,
      resetNs: this.resetNs,
      clear: options.clearCounters,
    });
  }

  /** Says what a processor runs. Before the simulation starts. */
  assign(processor: Processor, process: Process): void {
    this.processes.set(processor, process);
    processor.tlb.enter(process.spaceOf(processor));
  }

  refill(processor: Processor, number: number): Refill | null {
    const process = this.processOf(processor);
    const page = process.lookup(processor, number, this.pages);
    if (page === undefined) return null;
    if (page.frame < 0 && process.recordedKernel) this.placeAtOnce(processor, page);
    if (page.frame < 0 || page.busy) return null;
    const { nodeNumber, tlb } = processor;
    const unmapped = process.physicalOf(number);
    if (unmapped >= 0) {
      page.holders.add(processor);
      tlb.setWindow(unmapped, frameFor(page, nodeNumber), page.replicas === null);
      return { cycles: 0, frame: -1, offset: 0 };
    }
    const other = process.mapped(processor, number ^ 1);
    const twin = other !== undefined && other.frame >= 0 && !other.busy ? other : undefined;
    const [even, odd] = (number & 1) === 0 ? [page, twin] : [twin, page];
    page.holders.add(processor);
    twin?.holders.add(processor);
    const space = process.isGlobal(number) ? GLOBAL : tlb.space;
    const pair = number >>> 1;
    // A pair that is there lacks the half that was missed: it is replaced, so that no page has two entries.
    const present = tlb.probe(pair, space);
    tlb.write(present >= 0 ? present : processor.tlbRandom(), {
      pair,
      space,
      even: even === undefined ? -1 : frameFor(even, nodeNumber),
      odd: odd === undefined ? -1 : frameFor(odd, nodeNumber),
      evenWritable: even !== undefined && even.replicas === null,
      oddWritable: odd !== undefined && odd.replicas === null,
    });
    if (process.recordedKernel) return { cycles: 0, frame: -1, offset: 0 };
    const entries = this.options.map.pageBytes / ENTRY_BYTES;
    const table = this.tableOf(space, Math.floor(number / entries), nodeNumber);
    return { cycles: this.options.costs.refill, frame: table, offset: (number % entries) * ENTRY_BYTES };
  }

  exception(processor: Processor, { code, address, context, message }: Exception): Context | null {
    const page = Math.floor(address / this.options.map.pageBytes);
    switch (code) {
      case ExceptionCode.TlbLoad:
      case ExceptionCode.TlbStore:
        return this.fault(processor, page, code === ExceptionCode.TlbStore);
      case ExceptionCode.Modified:
        return this.modified(processor, page);
      case ExceptionCode.Interrupt:
        return this.interrupt(processor, message!);
      case ExceptionCode.SystemCall:
        return this.call(processor, context!);
      default:
        throw new GuestError(
          `${processor.path}: the bare-machine kernel does not serve the exception ${EXCEPTION_NAMES[code]}`,
        );
    }
  }

  ended(processor: Processor): void {
    this.processes.get(processor)?.ended(processor);
  }

  private fault(processor: Processor, number: number, store: boolean): Context {
    const process = this.processOf(processor);
    const page = process.touch(processor, number, this.pages);
    const program = page.busy ? this.untilFree(processor, page) : this.firstTouch(processor, page, store);
    return new Context(program, Activity.PageFault);
  }

  private modified(processor: Processor, number: number): Context {
    const page = this.processOf(processor).lookup(processor, number, this.pages)!;
    if (page.busy) return new Context(this.untilFree(processor, page), Activity.PageFault);
    return new Context(this.replicaWrite(processor, page), Activity.PageMoving);
  }

  private interrupt(processor: Processor, message: InterruptMessage): Context {
    if (message.code === SHOOTDOWN)
      return new Context(this.mover.acknowledge(processor, message.a), Activity.Interrupt);
    if (message.code === HOT_PAGE) return new Context(this.hotPage(processor, message), Activity.PageMoving);
    throw new Error(`${processor.path}: the kernel does not know interrupt ${message.code}`);
  }

  private call(processor: Processor, caller: Context): Context | null {
    const program = this.processOf(processor).request(processor, caller.operation!.request);
    caller.complete();
    return program === null ? null : new Context(program, Activity.Synchronisation);
  }

  private processOf(processor: Processor): Process {
    const process = this.processes.get(processor);
    if (process === undefined) throw new Error(`${processor.path} runs no process of this kernel`);
    return process;
  }

  private decide(
    kind: EvidenceKind,
    processor: Processor,
    page: Page,
    store: boolean,
    raised: InterruptMessage | null,
  ): [Evidence, PageView, Decision] {
    const evidence: Evidence = { kind, node: processor.nodeNumber, store, timeNs: this.options.nowNs() };
    const view = this.view(page, raised, evidence.timeNs);
    const { policy } = this.options;
    const answer = policy.decide(evidence, view, this.memory);
    return [evidence, view, checkDecision(answer, this.question(evidence, view), this.asked(processor))];
  }

  private question(evidence: Evidence, page: PageView): Question {
    return { policy: this.options.policy, evidence, page, memory: this.memory };
  }

  private asked({ path, simulation }: Processor): Asked {
    return { path, time: simulation.now, seed: simulation.seed };
  }

  private view(page: Page, raised: InterruptMessage | null, timeNs: number): PageView {
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
      writes: counts === null ? 0 : this.writes.of(raised!.a, counts, timeNs),
      moves: page.moves,
      frozen: page.frozen,
    };
  }

  /** Chooses and takes a frame for a page that has none. */
  private place(processor: Processor, page: Page, store: boolean): void {
    const [evidence, view, decision] = this.decide('first-touch', processor, page, store, null);
    if (decision.action === 'stay')
      throw new GuestError(`${processor.path}: out of memory: ${decision.because}; give the machine more memory`);
    const refuse = (way: string): Error =>
      decisionError(decision, this.question(evidence, view), this.asked(processor), way);
    if (decision.action !== 'place') throw refuse('it must place the page');
    const frame = this.frames.take(decision.to, page.number);
    if (frame < 0) throw refuse(`node ${decision.to} has no free frame; ask memory.freeFrames first`);
    this.log.record(evidence, view, decision);
    page.frame = frame;
    page.home = decision.to;
    this.pages.setFrame(frame, page);
  }

  /** A page of a recorded system: it has been in memory all along, so placing it takes no time. */
  private placeAtOnce(processor: Processor, page: Page): void {
    this.place(processor, page, false);
    this.writes.clear(page.frame);
  }

  private *firstTouch(processor: Processor, page: Page, store: boolean): Program {
    const { costs } = this.options;
    this.place(processor, page, store);
    page.busy = true;
    yield compute(costs.pageFault);
    yield clearFrame(page.frame, costs.clearLine);
    this.writes.fill(page.frame);
    if (store) this.writes.serveStore(page.frame, this.options.nowNs());
    this.release(page);
  }

  private *untilFree(processor: Processor, page: Page): Program {
    while (page.busy) {
      if (!page.waiters.includes(processor)) page.waiters.push(processor);
      yield wait();
    }
  }

  private release(page: Page): void {
    page.busy = false;
    for (const waiter of page.waiters.splice(0)) waiter.wake();
  }

  private *hotPage(processor: Processor, message: InterruptMessage): Program {
    this.work.hotPages++;
    const started = this.options.nowNs();
    const page = this.pages.ofFrame(message.a);
    yield compute(this.options.costs.interrupt);
    if (page === undefined) return; // kernel data: the page tables and mailboxes stay
    yield* this.touchRecord(page);
    const node = processor.nodeNumber;
    const current = this.pages.ofFrame(message.a) === page;
    if (!this.wanted.has('hot-page')) return;
    const [evidence, view, wish] = this.decide('hot-page', processor, page, false, message);
    const decision = page.busy
      ? REFUSED_BUSY
      : !current || frameFor(page, node) !== message.a
        ? REFUSED_GONE
        : this.possible(processor, page, wish, this.question(evidence, view));
    this.log.record(evidence, view, decision);
    yield* this.carryOut(processor, page, decision, started);
  }

  /** A store to a page with replicas: the hardware cannot go on, so if the policy does not collapse it, the kernel does. */
  private *replicaWrite(processor: Processor, page: Page): Program {
    const started = this.options.nowNs();
    if (page.replicas === null) {
      // The translation is from before the collapse: dropped, it is loaded anew.
      yield compute(
        this.options.costs.interrupt + this.mover.drop(processor, page) * this.options.costs.dropTranslation,
      );
      return;
    }
    page.busy = true;
    yield compute(this.options.costs.interrupt);
    yield* this.touchRecord(page);
    if (this.wanted.has('replica-write')) {
      const [evidence, view, decision] = this.decide('replica-write', processor, page, true, null);
      this.log.record(evidence, view, decision);
    }
    yield* this.carryOut(processor, page, { action: 'collapse', because: 'written' }, started);
    this.writes.serveStore(page.frame, this.options.nowNs());
  }

  /** What of a wish can be done now. */
  private possible(processor: Processor, page: Page, wish: Decision, question: Question): Decision {
    const refuse = (way: string): Error => decisionError(wish, question, this.asked(processor), way);
    if (wish.action === 'promote' || wish.action === 'demote') throw refuse(`the bare-machine kernel ${CARRIES_OUT}`);
    if (wish.action !== 'migrate' && wish.action !== 'replicate') return wish;
    if (wish.to === page.home || page.replicas?.has(wish.to) === true)
      throw refuse(`${page.label} is on node ${wish.to} already; it must stay`);
    if (wish.action === 'migrate' && page.replicas !== null) return REFUSED_REPLICAS;
    return this.frames.free(wish.to) === 0 ? REFUSED_FULL : wish;
  }

  private *carryOut(
    processor: Processor,
    page: Page,
    decision: Decision,
    started: number,
  ): Generator<Operation, void, number> {
    const { work } = this;
    const frames = [page.frame, ...(page.replicas?.values() ?? [])];
    switch (decision.action) {
      case 'stay':
        return;
      case 'freeze':
      case 'thaw':
        page.frozen = decision.action === 'freeze';
        return;
      case 'migrate':
        page.busy = true;
        page.moves++;
        yield* this.mover.migrate(processor, page, this.frames.take(decision.to, page.number));
        this.writes.fill(page.frame);
        work.migrations++;
        work.migrationNs += this.options.nowNs() - started;
        break;
      case 'replicate':
        page.busy = true;
        yield* this.mover.replicate(processor, page, this.frames.take(decision.to, page.number));
        this.writes.fill(page.replicas!.get(decision.to)!);
        work.replications++;
        work.replicationNs += this.options.nowNs() - started;
        break;
      case 'collapse':
        page.busy = true;
        yield* this.mover.collapse(processor, page);
        work.collapses++;
        break;
      default:
        throw new Error(`the bare-machine kernel ${CARRIES_OUT}; it cannot ${decision.action} a page`);
    }
    // The counts that led here, and the misses of the copy itself, are no evidence about the page where it is now.
    // Frames given back are cleared, too, so that what is put there next begins at 0.
    for (const frame of frames) this.writes.clear(frame);
    yield* this.touchRecord(page);
    this.release(page);
  }

  /** Reads and writes the page's record, a line of kernel data on the node that the page was first placed on. */
  private *touchRecord(page: Page): Generator<Operation, void, number> {
    const { map } = this.options;
    const perFrame = map.pageBytes / map.lineBytes;
    const part = Math.floor(page.id / perFrame);
    const frame = (this.records[part] ??= this.frames.takeNear(page.home, part));
    const offset = (page.id % perFrame) * map.lineBytes;
    yield machineLoad(frame, offset);
    yield machineStore(frame, offset, page.id);
    yield compute(this.options.costs.decision);
  }

  private tableOf(space: number, part: number, node: number): number {
    const key = space * 4096 + part;
    let frame = this.tables.get(key);
    if (frame === undefined) this.tables.set(key, (frame = this.frames.takeNear(node, part)));
    return frame;
  }
}
