/**
 * A toy host: feeds misses to a policy and carries out what it decides, without a machine. It counts with the counters of
 * the machine's homes, one set for each node, and keeps homes, replicas and free frames as a real host does. There are no
 * caches: every reference given is a miss, no line is ever written back, and what is decided is done at once.
 * More than 250 lines: what happens at a miss is one path that reads from top to bottom.
 */
import { SimulationError } from '../../engine/errors.js';
import { randomStream } from '../../engine/random.js';
import { PageCounters, type PageCounterOptions } from '../../memory/page-counters.js';
import { machineFrame } from '../../messages/addresses.js';
import { checkDecision, checkPlan, decisionError, obstacleTo, type Asked } from '../../placement/check-decision.js';
import type { Decision } from '../../placement/decision.js';
import type { DecisionLog } from '../../placement/decision-log.js';
import type { CounterSettings, Evidence, PageEvidenceKind, PlanEvidence } from '../../placement/evidence.js';
import type { PlacementPolicy } from '../../placement/policy.js';
import { SampleCounter } from '../../placement/sample-counter.js';
import { validateMemoryView, validatePolicy } from '../../placement/validate-policy.js';
import type { MemoryView, PageView } from '../../placement/views.js';
import { ToyCounts, type ToyMoves } from './counts.js';
import { ToyFrames } from './frames.js';
import { homeFor, ToyPages, type ToyPage } from './pages.js';

/** What a toy host is made with. */
export interface ToyHostOptions {
  readonly policy: PlacementPolicy;
  readonly view: MemoryView;
  readonly log: DecisionLog;
  /** What the random stream of the policy is derived from. */
  readonly seed: string;
  /** Whether a decision that cannot be carried out ends the run, or is logged as `stay`, as on a machine. */
  readonly strict: boolean;
  /** Whose host it is, for messages. */
  readonly path: string;
}

/** A hot-page interrupt that is under way. */
interface Interrupt {
  readonly dueNs: number;
  readonly node: number;
  readonly page: ToyPage;
  /** The home that raised it. */
  readonly home: number;
  readonly counts: Readonly<Int32Array>;
}

/** A sample in the buffer of a node. */
interface Sample {
  readonly page: ToyPage;
  readonly thread: number;
  readonly store: boolean;
}

/** As in the hosts on a machine. */
const WRITTEN: Decision = { action: 'collapse', because: 'written' };
const MOVED: Decision = { action: 'stay', because: 'moved since the interrupt was raised' };

/** In which the intervals of the counters are measured, as on a machine. */
const TICKS_PER_NS = 1000;
/** The longest times that the counters of a machine take. */
const MOST_DELAY_NS = 1e9;
const MOST_RESET_NS = 1e12;

/** Hosts a policy without a machine. */
export class ToyHost {
  readonly pages: ToyPages;
  readonly counts: ToyCounts;
  readonly frames: ToyFrames;
  private readonly options: ToyHostOptions;
  private readonly view: MemoryView;
  private readonly wants: ReadonlySet<string>;
  /** Of `wants`, what is looked at with every miss. */
  private readonly wantsHotPage: boolean;
  private readonly wantsCountedMiss: boolean;
  /** By home, empty if the policy uses none. A frame has the number of its page, as no node has two copies of a page. */
  private readonly counters: readonly PageCounters[];
  /** By node, empty if the policy samples nothing. */
  private readonly samplers: readonly SampleCounter[];
  private readonly samples: Sample[][];
  /** In the order in which they are due. */
  private readonly interrupts: Interrupt[] = [];
  private nextIntervalNs: number;
  private nextScanNs: number;
  /** The earliest of interrupts, passes and intervals. */
  private nextDueNs = 0;
  private timeNs = 0;
  /** Length of an interval of the counters in ticks. */
  private readonly resetTicks: number;
  /** The number of the present interval of the counters, which is their time, and from when times round to the tick at which the next begins. */
  private resets = 0;
  private nextResetTicks = 0;

  constructor(options: ToyHostOptions) {
    const { policy, view } = options;
    validatePolicy(policy);
    validateMemoryView(view);
    const { nodes } = view;
    const { counters, hints, sampling, plans } = policy;
    this.options = options;
    this.wants = new Set(policy.wants);
    this.wantsHotPage = this.wants.has('hot-page');
    this.wantsCountedMiss = this.wants.has('counted-miss');
    this.resetTicks = Math.round((counters?.resetNs ?? Infinity) * TICKS_PER_NS);
    this.pages = new ToyPages(nodes, counters?.resetNs ?? Infinity);
    this.frames = new ToyFrames(view, this.wants.has('memory-pressure') ? plans!.lowWatermark : 0);
    this.counts = new ToyCounts(nodes);
    const each = Array.from({ length: nodes }, (_, node) => node);
    const settings = counters && optionsOf(policy.name, counters);
    this.counters = settings ? each.map(home => new PageCounters(nodes, home, settings)) : [];
    this.samplers = this.wants.has('sampled-access') ? each.map(() => new SampleCounter(sampling!)) : [];
    this.samples = each.map(() => []);
    this.nextIntervalNs = plans?.intervalNs ?? Infinity;
    this.nextScanNs = this.wants.has('hint-fault') ? hints!.periodNs : Infinity;
    this.view = {
      nodes,
      frames: node => view.frames(node),
      freeFrames: node => this.frames.free[node],
      hasProcessors: node => view.hasProcessors(node),
      tier: node => view.tier(node),
      latencyNs: (from, to) => view.latencyNs(from, to),
      load: node => ({ ...view.load(node), requests: this.counts.lastServed(node) }),
      linkLoad: (from, to) => view.linkLoad(from, to),
      random: randomStream(options.seed, 'placement'),
    };
  }

  /** The present. */
  get now(): number {
    return this.timeNs;
  }

  /** A miss at a time that is not before the last one, after all that is due by then. */
  miss(node: number, number: number, store: boolean, thread: number, timeNs: number): void {
    this.advance(timeNs);
    this.missNow(node, number, store, thread);
    this.settle();
  }

  /** Takes all that is due by then, which becomes the present. */
  advance(timeNs: number): void {
    if (timeNs >= this.nextDueNs) this.until(timeNs);
    this.setTime(timeNs);
  }

  /** Takes what is due at the present. */
  settle(): void {
    if (this.timeNs >= this.nextDueNs) this.until(this.timeNs);
  }

  /** A miss at the present, which leaves open what is due at once. Times are no argument: they would be boxed for each call. */
  missNow(node: number, number: number, store: boolean, thread: number): void {
    let home = this.pages.servedBy(number);
    if (home < 0) home = this.find(this.pages.at(number), node, store, thread);
    this.counts.miss(node, home);
    if (this.counters.length > 0) this.count(number, node, home, store, thread);
    if (this.samplers.length > 0) this.sample(this.pages.at(number), node, home, store, thread);
    if (this.frames.short.length > 0) this.relieve();
  }

  /** Takes what is due by then, in order of time: interrupts, passes of the scanner, intervals. */
  until(untilNs: number): void {
    for (;;) {
      const interruptNs = this.interrupts.length > 0 ? this.interrupts[0].dueNs : Infinity;
      const next = Math.min(interruptNs, this.nextScanNs, this.nextIntervalNs);
      this.nextDueNs = next;
      if (!(next <= untilNs)) return;
      this.setTime(Math.max(this.timeNs, next));
      if (interruptNs === next) this.hotPage(this.interrupts.shift()!);
      else if (this.nextScanNs === next) this.scan();
      else this.interval();
    }
  }

  /** Takes the interrupts that are under way, and no more intervals. */
  end(): void {
    for (const next of this.interrupts.splice(0)) {
      this.setTime(Math.max(this.timeNs, next.dueNs));
      this.hotPage(next);
    }
  }

  /** A page at the present, with the counts of its home. */
  viewOf(page: ToyPage): PageView {
    const counts = this.counters[page.home]?.snapshot(machineFrame(page.page), this.resets) ?? null;
    return this.pages.view(page, counts, this.timeNs);
  }

  /** An error of the host at the present. */
  error(what: string): SimulationError {
    const { path, time, seed } = this.asked();
    return new SimulationError(path, time, seed, what);
  }

  /** The node that serves an access, after what must be done first. */
  private find(page: ToyPage, node: number, store: boolean, thread: number): number {
    if (page.home < 0) this.place(page, node, store, thread);
    else if (page.unmappedNs >= 0) this.hintFault(page, node, store, thread);
    if (store && page.replicas.length > 0) this.beforeStore(page, node, thread);
    return homeFor(page, node);
  }

  private place(page: ToyPage, node: number, store: boolean, thread: number): void {
    const decision = this.ask('first-touch', page, node, thread, store);
    if (decision.action !== 'place') throw this.error(`page ${page.page} was not placed: ${decision.because}`);
    if (!(this.frames.free[decision.to] > 0))
      throw this.error(`page ${page.page} cannot go to node ${decision.to}, which has no free frame`);
    this.frames.take(decision.to);
    page.home = decision.to;
    this.pages.changed(page);
  }

  private hintFault(page: ToyPage, node: number, store: boolean, thread: number): void {
    const unmappedForNs = this.timeNs - page.unmappedNs;
    page.unmappedNs = NaN;
    this.pages.changed(page);
    this.counts.hintFaults++;
    this.apply(page, this.ask('hint-fault', page, node, thread, store, null, unmappedForNs));
  }

  private beforeStore(page: ToyPage, node: number, thread: number): void {
    if (this.wants.has('replica-write')) this.apply(page, this.ask('replica-write', page, node, thread, true));
    if (page.replicas.length === 0) return;
    if (this.options.strict)
      throw this.error(
        `node ${node} cannot store to page ${page.page}, which has replicas; collapse on 'replica-write'`,
      );
    // As on a machine: the store cannot continue before the replicas are gone, whatever the policy said.
    this.apply(page, WRITTEN);
  }

  /** What the home of the copy that the node uses does with a request. */
  private count(number: number, node: number, home: number, store: boolean, thread: number): void {
    const counters = this.counters[home];
    const frame = machineFrame(number);
    const now = this.resets;
    const before = counters.counted;
    if (store) counters.ownershipRequest(frame, now);
    const hot = counters.miss(frame, node, now);
    if (hot && this.wantsHotPage) this.raise(number, node, home);
    if (this.wantsCountedMiss && counters.counted > before) this.counted(number, node, home, store, thread);
  }

  private counted(number: number, node: number, home: number, store: boolean, thread: number): void {
    const page = this.pages.at(number);
    const counts = this.counters[home].snapshot(machineFrame(number), this.resets);
    this.apply(page, this.ask('counted-miss', page, node, thread, store, counts));
  }

  private raise(number: number, node: number, home: number): void {
    const dueNs = this.timeNs + this.options.policy.counters!.delayNs;
    const counts = this.counters[home].snapshot(machineFrame(number), this.resets);
    this.interrupts.push({ dueNs, node, page: this.pages.at(number), home, counts });
    this.nextDueNs = Math.min(this.nextDueNs, dueNs);
  }

  /** The interrupt does not say whether the miss was a store, and may find the page elsewhere. */
  private hotPage({ node, page, home, counts }: Interrupt): void {
    this.counts.hotPages++;
    const decision = this.ask('hot-page', page, node, -1, false, counts, 0, homeFor(page, node) !== home);
    this.apply(page, decision);
  }

  private sample(page: ToyPage, node: number, home: number, store: boolean, thread: number): void {
    if (!this.samplers[node].takes(home !== node, store)) return;
    this.counts.samples++;
    const buffer = this.samples[node];
    buffer.push({ page, thread, store });
    if (buffer.length < this.options.policy.sampling!.buffer) return;
    this.counts.sampleInterrupts++;
    for (const sample of buffer.splice(0))
      this.apply(sample.page, this.ask('sampled-access', sample.page, node, sample.thread, sample.store));
  }

  private scan(): void {
    const { periodNs, pages, slowOnly } = this.options.policy.hints!;
    this.nextScanNs += periodNs;
    this.counts.unmapped += pages;
    this.pages.unmap(pages, page => !slowOnly || this.view.tier(page.home) > 0, this.timeNs);
  }

  private interval(): void {
    this.nextIntervalNs += this.options.policy.plans!.intervalNs;
    this.counts.interval();
    if (this.wants.has('interval')) this.plan({ kind: 'interval', node: -1, timeNs: this.timeNs });
  }

  /** Tells the policy of the nodes that ran short; of those that its answer makes short, at the next miss. */
  private relieve(): void {
    for (const node of this.frames.short.splice(0)) this.plan({ kind: 'memory-pressure', node, timeNs: this.timeNs });
  }

  private plan(evidence: PlanEvidence): void {
    const { policy, log } = this.options;
    const pages = this.pages.views(this.timeNs);
    const answer: unknown = policy.plan!(evidence, pages, this.view);
    for (const { page: number, decision } of checkPlan(
      answer,
      { policy, evidence, pages, memory: this.view },
      this.asked(),
    )) {
      const page = this.pages.at(number);
      const view = this.pages.view(page, null, this.timeNs);
      const possible = this.possible(decision, evidence, view);
      log.record(evidence, view, possible);
      this.apply(page, possible);
    }
  }

  private ask(
    kind: PageEvidenceKind,
    page: ToyPage,
    node: number,
    thread: number,
    store: boolean,
    counts: Readonly<Int32Array> | null = null,
    unmappedForNs = 0,
    moved = false,
  ): Decision {
    const { policy, log } = this.options;
    const evidence: Evidence = { kind, node, thread, store, timeNs: this.timeNs, unmappedForNs };
    const view = this.pages.view(page, counts, this.timeNs);
    const answer: unknown = policy.decide(evidence, view, this.view);
    const wish = checkDecision(answer, { policy, evidence, page: view, memory: this.view }, this.asked());
    const decision = moved ? MOVED : this.possible(wish, evidence, view);
    log.record(evidence, view, decision);
    return decision;
  }

  /** What of a wish can be done. */
  private possible(wish: Decision, evidence: Evidence | PlanEvidence, view: PageView): Decision {
    const other = wish.action === 'exchange' ? this.pages.all[wish.with] : undefined;
    const otherView = other !== undefined && other.home >= 0 ? this.pages.view(other, null, this.timeNs) : undefined;
    const obstacle = obstacleTo(wish, view, this.view, otherView);
    if (obstacle === null) return wish;
    const { policy, strict } = this.options;
    if (strict) throw decisionError(wish, { policy, evidence, page: view, memory: this.view }, this.asked(), obstacle);
    return { action: 'stay', because: `cannot ${wish.action}` };
  }

  private apply(page: ToyPage, decision: Decision): void {
    switch (decision.action) {
      case 'stay':
      case 'place':
        return;
      case 'migrate':
      case 'promote':
      case 'demote':
        this.frames.take(decision.to);
        this.frames.give(page.home);
        return this.moved(page, decision.to, decision.action);
      case 'exchange':
        return this.exchange(page, this.pages.at(decision.with));
      case 'replicate':
        this.frames.take(decision.to);
        this.counts.replicated(1);
        page.replicas = [...page.replicas, decision.to].sort((a, b) => a - b);
        break;
      case 'collapse':
        for (const node of page.replicas) this.frames.give(node);
        this.counts.replicated(-page.replicas.length);
        page.replicas = [];
        break;
      case 'freeze':
      case 'thaw':
        page.frozen = decision.action === 'freeze';
        return;
    }
    this.counts.moves[decision.action]++;
    this.changed(page);
  }

  private exchange(page: ToyPage, other: ToyPage): void {
    const { home } = page;
    this.moved(page, other.home, 'exchange');
    this.moved(other, home, null);
  }

  private moved(page: ToyPage, to: number, action: keyof ToyMoves | null): void {
    if (to === page.left) this.counts.moves.pingPong++;
    page.left = page.home;
    page.home = to;
    page.moves++;
    if (action !== null) this.counts.moves[action]++;
    this.changed(page);
  }

  /** The misses that led to a change are no evidence about the page as it is then. */
  private changed(page: ToyPage): void {
    this.pages.changed(page);
    for (const counters of this.counters) counters.clear(machineFrame(page.page));
  }

  private setTime(timeNs: number): void {
    this.timeNs = timeNs;
    if (timeNs * TICKS_PER_NS >= this.nextResetTicks) this.reset(Math.round(timeNs * TICKS_PER_NS));
  }

  private reset(ticks: number): void {
    this.resets = Math.floor(ticks / this.resetTicks);
    this.nextResetTicks = (this.resets + 1) * this.resetTicks - 0.5;
  }

  private asked(): Asked {
    const { path, seed } = this.options;
    return { path, time: this.timeNs, seed };
  }
}

/**
 * Settings for counters whose time is the number of the interval: a small integer, as nothing else of the time matters to
 * them, and ticks would be boxed where they are arguments (spec/bench/miss-log).
 */
function optionsOf(name: string, { threshold, sampling, bits, delayNs, resetNs }: CounterSettings): PageCounterOptions {
  if (!(delayNs >= 0 && delayNs <= MOST_DELAY_NS)) throw outside(name, 'delayNs', delayNs, [0, MOST_DELAY_NS]);
  if (!(resetNs >= 0.001 && resetNs <= MOST_RESET_NS)) throw outside(name, 'resetNs', resetNs, [0.001, MOST_RESET_NS]);
  return { threshold, sampling, bits, delayTicks: 0, resetTicks: 1 };
}

function outside(policy: string, setting: string, value: number, [least, most]: readonly number[]): RangeError {
  return new RangeError(
    `scenario: the counters of ${policy} have ${setting} ${value}; it must be from ${least} to ${most} nanoseconds, as on a machine`,
  );
}
