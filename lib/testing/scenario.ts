/**
 * Runs a sequence of misses past a policy on a toy host: a unit test of a policy in a few lines.
 */
import { flag, list, plainObject, shown, string, wholeNumber } from '../engine/checks.js';
import { DecisionLog } from '../placement/decision-log.js';
import type { DecisionEntry } from '../placement/decision-log.js';
import type { PlacementPolicy } from '../placement/policy.js';
import type { MemoryView, PageView } from '../placement/views.js';
import { validatePolicy } from '../placement/validate-policy.js';
import { ToyHost } from './toy/host.js';
import { memory } from './views.js';

/** One cache miss. The first on a page is also its first touch. */
export interface Miss {
  /** The node that misses. */
  readonly node: number;
  /** Number of the page, dense from 0. */
  readonly page: number;
  /** Number of the thread that misses; that of the node unless told. */
  readonly thread?: number;
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

/** Options of a scenario. */
export interface ScenarioOptions {
  /** What the random stream that the policy is handed is derived from; 'scenario' unless told. */
  readonly seed?: string;
}

/**
 * Runs misses past a policy. Frames start as `view` has them. Hot-page interrupts arrive `delayNs` after the miss that
 * raised them, passes of the scanner and intervals at the multiples of their periods, all before a miss of the same time.
 * Interrupts still under way at the end arrive then. `load` of the view says as requests how many misses a node served in
 * the last interval, and the rest as given. Throws a RangeError for counters that no machine has. Throws a SimulationError,
 * whose ticks are nanoseconds, for an answer that is no decision (an unknown action, a node that does not exist, nothing at
 * all) and for one that no host could carry out (to a full node, to where the page is already, migrating a page that has
 * replicas), for a store to replicas that the policy does not collapse, and when memory runs out.
 */
export function scenario(
  policy: PlacementPolicy,
  misses: readonly Miss[],
  view: MemoryView = memory(),
  options: ScenarioOptions = {},
): ScenarioResult {
  list(misses, 'scenario: misses');
  plainObject(options, 'scenario: options');
  const { seed = 'scenario' } = options;
  string(seed, 'scenario: seed');
  validatePolicy(policy);
  const log = new DecisionLog({ keep: Infinity });
  const host = new ToyHost({ policy, view, log, seed, strict: true, path: `scenario of ${policy.name}` });
  for (const miss of misses) feed(host, miss, view.nodes);
  host.end();
  const pages: PageView[] = [];
  for (const page of host.pages.all.filter(Boolean)) pages[page.page] = host.viewOf(page);
  return { pages, decisions: log.entries(), freeFrames: [...host.frames.free] };
}

/** Pages are numbered below this. */
const MOST_PAGES = 2 ** 24;

function feed(host: ToyHost, miss: Miss, nodes: number): void {
  plainObject(miss, 'scenario: a miss');
  const { node, page, store = false, thread = node } = miss;
  const timeNs = miss.timeNs === undefined ? host.now : miss.timeNs;
  if (!Number.isFinite(timeNs)) throw host.error(`${shown(timeNs)} is no time; give nanoseconds`);
  if (!(timeNs >= host.now)) throw host.error(`a miss at ${timeNs} ns comes after one at ${host.now} ns; sort them`);
  if (!(Number.isInteger(node) && node >= 0 && node < nodes))
    throw host.error(`there is no node ${shown(node)}, only ${nodes} from 0`);
  if (!(Number.isInteger(page) && page >= 0 && page < MOST_PAGES))
    throw host.error(`${shown(page)} is no page number; count from 0, below 2^24`);
  wholeNumber(thread, 'scenario: thread');
  flag(store, 'scenario: store');
  host.miss(node, page, store, thread, timeNs);
}
