/**
 * A toy host: feeds a sequence of misses to a policy and carries out what it decides, without a machine.
 * It counts with the counters of the machine's homes, one set for each node, and keeps homes, replicas and free frames as
 * a real host does. There are no caches and no costs: every reference given is a miss, no line is ever written back, and
 * what is decided is done at once.
 */
import { PageCounters, type PageCounterOptions } from '../memory/page-counters.js';
import { list, plainObject, shown, wholeNumber } from '../engine/checks.js';
import { SimulationError } from '../engine/errors.js';
import { machineFrame } from '../messages/addresses.js';
import { checkDecision, type Asked } from '../placement/check-decision.js';
import { checkMemoryView, checkPolicy } from '../placement/check-policy.js';
import { DecisionLog } from '../placement/decision-log.js';
import type { DecisionEntry } from '../placement/decision-log.js';
import type {
  CounterSettings,
  Decision,
  EvidenceKind,
  MemoryView,
  PageView,
  PlacementPolicy,
} from '../placement/policy.js';
import { memory } from './views.js';

/** One cache miss. The first on a page is also its first touch. */
export interface Miss {
  /** The node that misses. */
  readonly node: number;
  /** Number of the page, dense from 0. */
  readonly page: number;
  /** Whether it is a store; a load unless told. */
  readonly store?: boolean;
  /** Simulated nanoseconds, never decreasing; the time of the miss before unless told, 0 at the start. */
  readonly timeNs?: number;
}

/** Where a scenario ended. */
export interface ScenarioResult {
  /** The pages by number, with the counts of their homes at the end; those never touched are missing. */
  readonly pages: readonly PageView[];
  /** Every decision with its evidence, in order. */
  readonly decisions: readonly DecisionEntry[];
  /** Free frames by node. */
  readonly freeFrames: readonly number[];
}

/** The sequence `misses`, repeated `count` times, up to 2^24. */
export function repeat(count: number, ...misses: readonly Miss[]): Miss[] {
  wholeNumber(count, 'repeat: count', 0, 2 ** 24);
  return Array.from({ length: count }, () => misses).flat();
}

/**
 * Runs misses past a policy. Frames start as `view` has them. Hot-page interrupts arrive `delayNs` after the miss that
 * raised them, before a miss of the same time, and those still under way at the end arrive then. Throws a RangeError for
 * counters that no machine has. Throws a SimulationError, whose ticks are nanoseconds, for an
 * answer that is no decision (an unknown action, a node that does not exist, nothing at all) and for one that no host could carry
 * out (to a full node, to where the page is already, migrating a page that has replicas), for a store to replicas that
 * the policy does not collapse, when memory runs out, and if the policy wants evidence that a toy does not produce.
 */
export function scenario(
  policy: PlacementPolicy,
  misses: readonly Miss[],
  view: MemoryView = memory(),
): ScenarioResult {
  list(misses, 'scenario: misses');
  const host = new ToyHost(policy, view);
  for (const miss of misses) host.miss(miss);
  return host.result();
}

/** Pages are numbered below this. */
const MOST_PAGES = 2 ** 24;
/** A toy has no randomness. */
const NO_SEED = 'none';

const PRODUCED: readonly EvidenceKind[] = ['first-touch', 'counted-miss', 'hot-page', 'replica-write'];

/** As in the hosts on a machine. */
const MOVED: Decision = { action: 'stay', because: 'moved since the interrupt was raised' };

/** What the counters of a toy calls a tick. */
const TICKS_PER_NS = 1000;

/** The longest times that the counters of a machine take. */
const MOST_DELAY_NS = 1e9;
const MOST_RESET_NS = 1e12;

interface ToyPage {
  readonly page: number;
  home: number;
  replicas: number[];
  /** Moves in the interval. */
  moves: number;
  interval: number;
  frozen: boolean;
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

class ToyHost {
  private readonly policy: PlacementPolicy;
  private readonly resetNs: number;
  private readonly delayNs: number;
  /** By home, empty if the policy uses none. A frame has the number of its page, as no node has two copies of a page. */
  private readonly counters: readonly PageCounters[];
  /** In the order in which they are due. */
  private interrupts: Interrupt[] = [];
  private readonly free: number[];
  private readonly view: MemoryView;
  private readonly pages: ToyPage[] = [];
  private readonly log = new DecisionLog({ keep: Infinity });
  private timeNs = 0;

  constructor(policy: PlacementPolicy, view: MemoryView) {
    checkPolicy(policy);
    checkMemoryView(view);
    checkWants(policy);
    const { name, counters } = policy;
    const options = counters && optionsOf(name, counters);
    this.policy = policy;
    this.resetNs = counters?.resetNs ?? Infinity;
    this.delayNs = counters?.delayNs ?? 0;
    this.free = Array.from({ length: view.nodes }, (_, node) => view.freeFrames(node));
    this.counters = options ? this.free.map((_, home) => new PageCounters(view.nodes, home, options)) : [];
    this.view = {
      nodes: view.nodes,
      freeFrames: node => this.free[node],
      latencyNs: (from, to) => view.latencyNs(from, to),
    };
  }

  miss(miss: Miss): void {
    plainObject(miss, 'scenario: a miss');
    const { node, store = false } = miss;
    const timeNs = miss.timeNs === undefined ? this.timeNs : miss.timeNs;
    if (!Number.isFinite(timeNs)) throw this.error(`${shown(timeNs)} is no time; give nanoseconds`);
    if (!(timeNs >= this.timeNs))
      throw this.error(`a miss at ${timeNs} ns comes after one at ${this.timeNs} ns; sort them`);
    this.interrupt(timeNs);
    this.timeNs = timeNs;
    if (!(Number.isInteger(node) && node >= 0 && node < this.free.length))
      throw this.error(`there is no node ${shown(node)}, only ${this.free.length} from 0`);
    if (!(Number.isInteger(miss.page) && miss.page >= 0 && miss.page < MOST_PAGES))
      throw this.error(`${shown(miss.page)} is no page number; count from 0, below 2^24`);
    const page = (this.pages[miss.page] ??= this.newPage(miss.page));
    if (page.home < 0) this.place(page, node, store);
    if (store && page.replicas.length > 0) this.beforeStore(page, node);
    if (this.counters.length > 0) this.count(page, node, store);
    this.interrupt(timeNs);
  }

  /** Takes the interrupts that are due by then, in order. */
  interrupt(untilNs: number): void {
    for (let next = this.interrupts[0]; next !== undefined && next.dueNs <= untilNs; next = this.interrupts[0]) {
      this.interrupts.shift();
      this.timeNs = Math.max(this.timeNs, next.dueNs);
      this.hotPage(next);
    }
  }

  result(): ScenarioResult {
    this.interrupt(Infinity);
    const pages: PageView[] = [];
    for (const page of this.pages.filter(Boolean)) {
      pages[page.page] = this.viewOf(
        page,
        this.counters[page.home]?.snapshot(machineFrame(page.page), this.now()) ?? null,
      );
    }
    return { pages, decisions: this.log.entries(), freeFrames: this.free };
  }

  private newPage(page: number): ToyPage {
    return { page, home: -1, replicas: [], moves: 0, interval: 0, frozen: false };
  }

  private now(): number {
    return Math.round(this.timeNs * TICKS_PER_NS);
  }

  private place(page: ToyPage, node: number, store: boolean): void {
    const decision = this.ask('first-touch', page, node, store);
    if (decision.action !== 'place') throw this.error(`page ${page.page} was not placed: ${decision.because}`);
    this.take(decision.to, page);
    page.home = decision.to;
  }

  private beforeStore(page: ToyPage, node: number): void {
    if (this.policy.wants.includes('replica-write')) this.apply(page, this.ask('replica-write', page, node, true));
    if (page.replicas.length === 0) return;
    throw this.error(`node ${node} cannot store to page ${page.page}, which has replicas; collapse on 'replica-write'`);
  }

  /** What the home of the copy that the node uses does with a request. */
  private count(page: ToyPage, node: number, store: boolean): void {
    const { wants } = this.policy;
    const home = homeFor(page, node);
    const counters = this.counters[home];
    const frame = machineFrame(page.page);
    const before = counters.counted;
    if (store) counters.ownershipRequest(frame, this.now());
    const hot = counters.miss(frame, node, this.now());
    const counts = counters.snapshot(frame, this.now());
    if (hot && wants.includes('hot-page'))
      this.interrupts.push({ dueNs: this.timeNs + this.delayNs, node, page, home, counts });
    if (counters.counted > before && wants.includes('counted-miss'))
      this.apply(page, this.ask('counted-miss', page, node, store, counts));
  }

  /** The interrupt does not say whether the miss was a store, and may find the page elsewhere. */
  private hotPage({ node, page, home, counts }: Interrupt): void {
    const moved = homeFor(page, node) !== home;
    this.apply(page, this.ask('hot-page', page, node, false, counts, moved));
  }

  private ask(
    kind: EvidenceKind,
    page: ToyPage,
    node: number,
    store: boolean,
    counts: Readonly<Int32Array> | null = null,
    moved = false,
  ): Decision {
    const evidence = { kind, node, store, timeNs: this.timeNs };
    const view = this.viewOf(page, counts);
    const { policy, asked, view: memory } = this;
    const answer = policy.decide(evidence, view, memory);
    const wish = checkDecision(answer, { policy, evidence, page: view, memory }, asked);
    const decision = moved ? MOVED : wish;
    this.log.record(evidence, view, decision);
    return decision;
  }

  private viewOf(page: ToyPage, counts: Readonly<Int32Array> | null): PageView {
    const interval = Math.floor(this.timeNs / this.resetNs);
    if (page.interval !== interval) {
      page.interval = interval;
      page.moves = 0;
    }
    const { nodes } = this.view;
    const { home, replicas, moves, frozen } = page;
    return {
      page: page.page,
      home,
      replicas,
      moves,
      frozen,
      misses: counts === null ? new Array<number>(nodes).fill(0) : Array.from(counts.subarray(0, nodes)),
      writes: counts === null ? 0 : counts[nodes],
    };
  }

  private apply(page: ToyPage, decision: Decision): void {
    switch (decision.action) {
      case 'stay':
        return;
      case 'migrate':
        return this.migrate(page, decision.to);
      case 'replicate':
        return this.replicate(page, decision.to);
      case 'collapse':
        for (const node of page.replicas) this.free[node]++;
        page.replicas = [];
        return this.clearCounters(page);
      case 'freeze':
      case 'thaw':
        page.frozen = decision.action === 'freeze';
        return;
      default:
        throw this.error(`cannot ${decision.action} page ${page.page}; a toy host has no tiers and places once`);
    }
  }

  private migrate(page: ToyPage, to: number): void {
    if (page.replicas.length > 0) throw this.error(`page ${page.page} has replicas; collapse it before it migrates`);
    this.take(to, page);
    this.free[page.home]++;
    page.home = to;
    page.moves++;
    this.clearCounters(page);
  }

  private replicate(page: ToyPage, to: number): void {
    this.take(to, page);
    page.replicas = [...page.replicas, to].sort((a, b) => a - b);
    this.clearCounters(page);
  }

  /** The misses that led to a change are no evidence about the page as it is then. */
  private clearCounters({ page }: ToyPage): void {
    for (const counters of this.counters) counters.clear(machineFrame(page));
  }

  private take(node: number, { page, home, replicas }: ToyPage): void {
    if (node === home || replicas.includes(node)) throw this.error(`page ${page} is on node ${node} already; stay`);
    if (!(this.free[node] > 0)) throw this.error(`page ${page} cannot go to node ${node}, which has no free frame`);
    this.free[node]--;
  }

  private get asked(): Asked {
    return { path: `scenario of ${this.policy.name}`, time: this.timeNs, seed: NO_SEED };
  }

  private error(what: string): SimulationError {
    const { path, time, seed } = this.asked;
    return new SimulationError(path, time, seed, what);
  }
}

/** The node whose copy a node uses. */
function homeFor({ home, replicas }: ToyPage, node: number): number {
  return replicas.includes(node) ? node : home;
}

/** Settings in the ticks of a toy. */
function optionsOf(name: string, { threshold, sampling, bits, delayNs, resetNs }: CounterSettings): PageCounterOptions {
  if (!(delayNs >= 0 && delayNs <= MOST_DELAY_NS)) throw outside(name, 'delayNs', delayNs, [0, MOST_DELAY_NS]);
  if (!(resetNs >= 0.001 && resetNs <= MOST_RESET_NS)) throw outside(name, 'resetNs', resetNs, [0.001, MOST_RESET_NS]);
  const delayTicks = Math.round(delayNs * TICKS_PER_NS);
  return { threshold, sampling, bits, delayTicks, resetTicks: Math.round(resetNs * TICKS_PER_NS) };
}

function outside(policy: string, setting: string, value: number, [least, most]: readonly number[]): RangeError {
  return new RangeError(
    `scenario: the counters of ${policy} have ${setting} ${value}; it must be from ${least} to ${most} nanoseconds, as on a machine`,
  );
}

function checkWants({ name, wants, counters }: PlacementPolicy): void {
  const strange = wants.find(kind => !PRODUCED.includes(kind));
  if (strange) {
    throw new Error(
      `scenario: ${name} wants '${strange}', which a toy host does not produce; use replayEvidence or a machine`,
    );
  }
  const counted = wants.find(kind => kind === 'hot-page' || kind === 'counted-miss');
  if (counted && !counters)
    throw new Error(`scenario: ${name} wants '${counted}' but has no counters; set its counters field`);
}
