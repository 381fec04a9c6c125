/**
 * A toy host: feeds a sequence of misses to a policy and carries out what it decides, without a machine.
 * It keeps counters, homes, replicas and free frames as a real host does. There are no caches, no costs and no delays:
 * every reference given is a miss, and an interrupt arrives at once, whatever `delayNs` says.
 */
import { list, plainObject, shown, wholeNumber } from '../engine/checks.js';
import { SimulationError } from '../engine/errors.js';
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
  /** The pages by number; those never touched are missing. */
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
 * Runs misses past a policy. Frames start as `view` has them. Throws a SimulationError, whose ticks are nanoseconds, for an
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

interface ToyPage {
  readonly page: number;
  home: number;
  replicas: number[];
  misses: number[];
  /** All misses by node, of which one in `sampling` is counted. */
  readonly seen: number[];
  writes: number;
  moves: number;
  frozen: boolean;
}

class ToyHost {
  private readonly policy: PlacementPolicy;
  private readonly counters: CounterSettings | undefined;
  private readonly free: number[];
  private readonly view: MemoryView;
  private readonly pages: ToyPage[] = [];
  private readonly log = new DecisionLog({ keep: Infinity });
  private timeNs = 0;

  constructor(policy: PlacementPolicy, view: MemoryView) {
    checkPolicy(policy);
    checkMemoryView(view);
    this.policy = policy;
    this.counters = policy.counters;
    this.free = Array.from({ length: view.nodes }, (_, node) => view.freeFrames(node));
    this.view = {
      nodes: view.nodes,
      freeFrames: node => this.free[node],
      latencyNs: (from, to) => view.latencyNs(from, to),
    };
    checkWants(policy);
  }

  miss(miss: Miss): void {
    plainObject(miss, 'scenario: a miss');
    this.advance(miss.timeNs === undefined ? this.timeNs : miss.timeNs);
    const { node, store = false } = miss;
    if (!(Number.isInteger(node) && node >= 0 && node < this.free.length))
      throw this.error(`there is no node ${shown(node)}, only ${this.free.length} from 0`);
    if (!(Number.isInteger(miss.page) && miss.page >= 0 && miss.page < MOST_PAGES))
      throw this.error(`${shown(miss.page)} is no page number; count from 0, below 2^24`);
    const page = (this.pages[miss.page] ??= this.newPage(miss.page));
    if (page.home < 0) this.place(page, node, store);
    if (store && page.replicas.length > 0) this.beforeStore(page, node);
    if (this.counters) this.count(page, node, store, this.counters);
  }

  result(): ScenarioResult {
    const pages: PageView[] = [];
    for (const { page, home, replicas, misses, writes, moves, frozen } of this.pages.filter(Boolean)) {
      pages[page] = { page, home, replicas, misses, writes, moves, frozen };
    }
    return { pages, decisions: this.log.entries(), freeFrames: this.free };
  }

  private newPage(page: number): ToyPage {
    const zeros = (): number[] => this.free.map(() => 0);
    return { page, home: -1, replicas: [], misses: zeros(), seen: zeros(), writes: 0, moves: 0, frozen: false };
  }

  /** Clears what the counters hold at each multiple of `resetNs`. */
  private advance(timeNs: number): void {
    if (!Number.isFinite(timeNs)) throw this.error(`${shown(timeNs)} is no time; give nanoseconds`);
    if (!(timeNs >= this.timeNs))
      throw this.error(`a miss at ${timeNs} ns comes after one at ${this.timeNs} ns; sort them`);
    const resetNs = this.counters?.resetNs ?? Infinity;
    const passed = Math.floor(timeNs / resetNs) > Math.floor(this.timeNs / resetNs);
    this.timeNs = timeNs;
    if (!passed) return;
    for (const page of this.pages.filter(Boolean)) {
      page.misses.fill(0);
      page.writes = page.moves = 0;
    }
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

  private count(page: ToyPage, node: number, store: boolean, counters: CounterSettings): void {
    if (++page.seen[node] % counters.sampling !== 0) return;
    const before = page.misses[node];
    page.misses[node] = Math.min(before + 1, 2 ** counters.bits - 1);
    if (store) page.writes++;
    if (this.policy.wants.includes('counted-miss')) this.apply(page, this.ask('counted-miss', page, node, store));
    const crossed = before < counters.threshold && page.misses[node] >= counters.threshold;
    if (crossed && this.policy.wants.includes('hot-page')) this.apply(page, this.ask('hot-page', page, node, store));
  }

  private ask(kind: EvidenceKind, page: ToyPage, node: number, store: boolean): Decision {
    const evidence = { kind, node, store, timeNs: this.timeNs };
    const { policy, view, asked } = this;
    const answer = policy.decide(evidence, page, view);
    const decision = checkDecision(answer, { policy, evidence, page, memory: view }, asked);
    this.log.record(evidence, page, decision);
    return decision;
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
        return;
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
  }

  private replicate(page: ToyPage, to: number): void {
    this.take(to, page);
    page.replicas = [...page.replicas, to].sort((a, b) => a - b);
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
