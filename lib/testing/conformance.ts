/**
 * Conformance scenarios: twelve situations that tell placement policies apart, each a few seconds of misses on a toy host. What
 * every policy of the library does in them stands in docs/policies.md.
 */
import { callable } from '../engine/checks.js';
import { SimulationError } from '../engine/errors.js';
import type { Decision } from '../placement/decision.js';
import type { PlacementPolicy } from '../placement/policy.js';
import type { MemoryView } from '../placement/views.js';
import { scenario, type Miss } from './scenario.js';
import { memory } from './views.js';

/** A situation. */
export interface ConformanceScenario {
  /** `C1` to `C12`. */
  readonly name: string;
  readonly about: string;
  readonly misses: readonly Miss[];
  readonly view: MemoryView;
  /** Counters count one in so many misses. */
  readonly counted: number;
  /** Sampling policies take one in so many misses of a node. */
  readonly sampled: number;
}

/** What a policy did. */
export interface ConformanceRow {
  readonly scenario: string;
  /** Decisions by action, but `place` and `stay`. */
  readonly actions: Readonly<Partial<Record<Decision['action'], number>>>;
  /** How many misses had passed before the first of them; null without any. */
  readonly firstAt: number | null;
  /** What ended it early, null if nothing did. */
  readonly ended: string | null;
}

const SECOND_NS = 1e9;
/** Not a part of any period of a scanner: else its pass would always be followed by the same node. */
const SPACING_NS = 170_000;
const COUNT = Math.floor((3 * SECOND_NS) / SPACING_NS);
/** Not a part of any pattern of misses: else the samples would always be of the same pages. */
const DENSE = 11;

/** Misses at equal distances. */
function series(count: number, spacingNs: number, at: (index: number) => Omit<Miss, 'timeNs'>): Miss[] {
  return Array.from({ length: count }, (_, index) => ({ ...at(index), timeNs: (index + 1) * spacingNs }));
}

const touchedBy0: Miss = { node: 0, page: 0, timeNs: 0 };
const withHome = (misses: readonly Miss[]): Miss[] => [touchedBy0, ...misses];
const usual = (at: (index: number) => Omit<Miss, 'timeNs'>): Miss[] => series(COUNT, SPACING_NS, at);
const oneUser = usual(index => ({ node: 1, page: 0, store: index % 4 === 3 }));
const tiers = memory({
  ...{ nodes: 3, frames: [8, 8, 64], tiers: [0, 0, 1], expanders: [2] },
  latencyNs: (from, to) => (from === to ? 100 : to === 2 ? 300 : 160),
});

/** Of 37 misses three are on each of pages 20 to 27, one on each of 28 to 39 and one on one of 0 to 19. */
function hotAndCold(index: number): Omit<Miss, 'timeNs'> {
  const [round, at] = [Math.floor(index / 37), index % 37];
  const page = at < 24 ? 20 + (at % 8) : at < 36 ? at + 4 : round % 20;
  return { node: (index + round) % 2, page, store: index % 5 === 0 };
}

/** The twelve situations. */
export const conformanceScenarios: readonly ConformanceScenario[] = [
  {
    name: 'C1',
    about: 'one node alone loads and stores to a page on another node',
    misses: withHome(oneUser),
    view: memory(),
    counted: 1,
    sampled: DENSE,
  },
  {
    name: 'C2',
    about: 'three nodes read a page on a fourth',
    misses: withHome(usual(index => ({ node: 1 + (index % 3), page: 0 }))),
    view: memory(),
    counted: 1,
    sampled: DENSE,
  },
  {
    name: 'C3',
    about: 'two nodes store to a page in turn',
    misses: withHome(usual(index => ({ node: 1 + (index % 2), page: 0, store: true }))),
    view: memory(),
    counted: 1,
    sampled: DENSE,
  },
  {
    name: 'C4',
    about: 'three nodes read a page, and its home stores to it once a second',
    misses: withHome(
      usual(index => (index % 5000 === 4999 ? { node: 0, page: 0, store: true } : { node: 1 + (index % 3), page: 0 })),
    ),
    view: memory(),
    counted: 1,
    sampled: DENSE,
  },
  {
    name: 'C5',
    about: 'the only user of a page changes halfway',
    misses: withHome(usual(index => ({ node: index < COUNT / 2 ? 1 : 2, page: 0, store: index % 4 === 3 }))),
    view: memory(),
    counted: 1,
    sampled: DENSE,
  },
  {
    name: 'C6',
    about: 'a thread with eight pages moves to another node halfway',
    misses: usual(index => ({ node: index < COUNT / 2 ? 0 : 2, thread: 0, page: index % 8, store: index % 4 === 3 })),
    view: memory(),
    counted: 1,
    sampled: DENSE,
  },
  {
    name: 'C7',
    about: 'streaming: every page is touched once',
    misses: series(500, (6 * SECOND_NS) / 1000, index => ({ node: index % 4, page: index })),
    view: memory(),
    counted: 1,
    sampled: DENSE,
  },
  {
    name: 'C8',
    about: '20 pages are touched first and hardly ever used again, 8 are used much and 12 less; 16 fit the fast tier',
    misses: [...Array.from({ length: 20 }, (_, page) => ({ node: page % 2, page, timeNs: 0 })), ...usual(hotAndCold)],
    view: tiers,
    counted: 1,
    sampled: DENSE,
  },
  {
    name: 'C9',
    about: 'all of 32 pages are on one node, and all nodes load and store',
    misses: [
      ...Array.from({ length: 32 }, (_, page) => ({ node: 0, page, timeNs: 0 })),
      ...usual(index => ({
        node: (index + Math.floor(index / 32)) % 4,
        page: (index * 5) % 32,
        store: index % 3 === 0,
      })),
    ],
    view: memory(),
    counted: 1,
    sampled: DENSE,
  },
  {
    name: 'C10',
    about: 'false sharing: two nodes each use an object of their own on one page',
    misses: withHome(usual(index => ({ node: 1 + (index % 2), page: 0, store: index % 8 > 5 }))),
    view: memory(),
    counted: 1,
    sampled: DENSE,
  },
  {
    name: 'C11',
    about: 'three nodes read twelve pages on a fourth and have four frames each',
    misses: [
      ...Array.from({ length: 12 }, (_, page) => ({ node: 0, page, timeNs: 0 })),
      ...usual(index => ({ node: 1 + ((index + Math.floor(index / 12)) % 3), page: (index * 5) % 12 })),
    ],
    view: memory({ frames: [16, 4, 4, 4] }),
    counted: 1,
    sampled: DENSE,
  },
  {
    name: 'C12',
    about: 'as C1, with one in ten misses counted or sampled',
    misses: withHome(oneUser),
    view: memory(),
    counted: 10,
    sampled: 10 * DENSE,
  },
];

/** Runs a policy, made anew for each, through all situations or some of them. */
export function conformance(
  make: () => PlacementPolicy,
  scenarios: readonly ConformanceScenario[] = conformanceScenarios,
): ConformanceRow[] {
  callable(make, 'conformance: make');
  return scenarios.map(one => rowOf(withSampling(make(), one), one));
}

function rowOf(policy: PlacementPolicy, { name, misses, view }: ConformanceScenario): ConformanceRow {
  const actions: Partial<Record<Decision['action'], number>> = {};
  let firstAt: number | null = null;
  let decisions: ReturnType<typeof scenario>['decisions'] = [];
  let ended: string | null = null;
  try {
    ({ decisions } = scenario(policy, misses, view, { seed: `conformance ${name}` }));
  } catch (error) {
    if (!(error instanceof SimulationError)) throw error;
    ended = error.message;
  }
  for (const { evidence, decision } of decisions) {
    if (decision.action === 'place' || decision.action === 'stay') continue;
    actions[decision.action] = (actions[decision.action] ?? 0) + 1;
    firstAt ??= misses.filter(({ timeNs }) => timeNs! < evidence.timeNs).length;
  }
  return { scenario: name, actions, firstAt, ended };
}

function withSampling(policy: PlacementPolicy, { counted, sampled }: ConformanceScenario): PlacementPolicy {
  const { counters, sampling } = policy;
  return {
    ...policy,
    ...(counters === undefined ? {} : { counters: { ...counters, sampling: counted } }),
    ...(sampling === undefined ? {} : { sampling: { ...sampling, period: sampled } }),
  };
}
