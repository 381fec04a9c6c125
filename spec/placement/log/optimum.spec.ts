import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { randomStream } from '../../../lib/engine/random.js';
import { collapse, exchange, migrate, place, replicate, stay } from '../../../lib/placement/decision.js';
import type { Decision, PageDecision } from '../../../lib/placement/decision.js';
import { freeMoves, type MoveCosts } from '../../../lib/placement/log/costs.js';
import type { MissLogHeader } from '../../../lib/placement/log/header.js';
import type { LoggedMiss, MissLog } from '../../../lib/placement/log/miss-log.js';
import { offlineOptimum } from '../../../lib/placement/log/optimum.js';
import { missCounting } from '../../../lib/placement/policies/counters/miss-counting.js';
import { verghese1996 } from '../../../lib/placement/policies/counters/presets.js';
import { firstTouch } from '../../../lib/placement/policies/static/first-touch.js';
import type { PlacementPolicy } from '../../../lib/placement/policy.js';
import type { PageView } from '../../../lib/placement/views.js';
import { repeat, replayLog } from '../../../lib/testing/index.js';
import '../../support/property-seed.js';
import { header, logOf, missesOf } from './logs.js';

const NODES = 3;
/** What rounding may take from a sum of parts. */
const ROUNDING = 1e-6;

const anyCosts: fc.Arbitrary<MoveCosts> = fc
  .tuple(fc.nat(3000), fc.nat(3000), fc.nat(1000), fc.nat(9000))
  .map(([migrateNs, replicateNs, collapseNs, exchangeNs]) => ({
    ...freeMoves,
    migrateNs,
    replicateNs,
    collapseNs,
    exchangeNs,
  }));

/** Latencies of any kind: own memory may be slower than another node's. */
const anyHeader: fc.Arbitrary<MissLogHeader> = fc
  .array(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: NODES, maxLength: NODES }), {
    minLength: NODES,
    maxLength: NODES,
  })
  .chain(latencyNs =>
    fc.tuple(fc.boolean(), fc.boolean()).map(([memory, uniform]) =>
      header(NODES, {
        frames: [1000, 1000, memory ? 1000 : 0],
        ...(uniform ? {} : { latencyNs }),
      }),
    ),
  );

const anyMisses = (most: number, pages: number, stores = true): fc.Arbitrary<Partial<LoggedMiss>[]> =>
  fc.array(
    fc.record({
      node: fc.nat(NODES - 1),
      page: fc.nat(pages - 1),
      store: stores ? fc.boolean() : fc.constant(false),
    }),
    { minLength: 1, maxLength: most },
  );

/** Every way to place and move one page, tried one after the other. */
function everyWay(log: MissLog, { migrateNs, exchangeNs }: MoveCosts): { resting: number; migrating: number } {
  const { latencyNs, frames } = log.header;
  const homes = frames.flatMap((count, node) => (count > 0 ? [node] : []));
  const misses = missesOf(log);
  const moveNs = Math.min(migrateNs, exchangeNs / 2);
  const from = (at: number, home: number, moving: boolean): number => {
    if (at === misses.length) return 0;
    const next = homes.map(to => {
      if (to !== home && !moving) return Infinity;
      return (to === home ? 0 : moveNs) + latencyNs[misses[at].node][to] + from(at + 1, to, moving);
    });
    return Math.min(...next);
  };
  const least = (moving: boolean): number => Math.min(...homes.map(home => from(0, home, moving)));
  return { resting: least(false), migrating: least(true) };
}

/** The least with replicas: every set of them is a state, and every action of a host a step. */
function everySet(log: MissLog, costs: MoveCosts): number {
  const { latencyNs, frames } = log.header;
  const homes = frames.flatMap((count, node) => (count > 0 ? [node] : []));
  const key = (home: number, set: number): number => home * 2 ** NODES + set;
  let best = new Map<number, number>(homes.map(home => [key(home, 0), 0]));
  /** What can be reached between two misses, step by step until nothing gets cheaper. */
  const settle = (): void => {
    for (let changed = true; changed;) {
      changed = false;
      for (const [state, ns] of [...best]) {
        const [home, set] = [state >> NODES, state & (2 ** NODES - 1)];
        const steps: [number, number][] = homes
          .filter(to => to !== home && (set & (1 << to)) === 0)
          .map(to => [key(home, set | (1 << to)), costs.replicateNs]);
        if (set !== 0) steps.push([key(home, 0), costs.collapseNs]);
        else for (const to of homes) if (to !== home) steps.push([key(to, 0), Math.min(costs.migrateNs, costs.exchangeNs / 2)]); // prettier-ignore
        for (const [to, cost] of steps)
          if (ns + cost < (best.get(to) ?? Infinity)) {
            best.set(to, ns + cost);
            changed = true;
          }
      }
    }
  };
  for (const { node, store } of missesOf(log)) {
    settle();
    const after = new Map<number, number>();
    for (const [state, ns] of best) {
      const [home, set] = [state >> NODES, state & (2 ** NODES - 1)];
      if (store && set !== 0) continue;
      after.set(state, ns + latencyNs[node][(set & (1 << node)) !== 0 ? node : home]);
    }
    best = after;
  }
  return Math.min(...best.values());
}

/** A policy that does anything that can be done, at random. */
function anything(seed: number, replication: boolean): PlacementPolicy {
  const random = randomStream(`anything ${seed}`, 'spec');
  const draw = (count: number): number => random.below(count);
  const any = (pages: number): Decision => {
    switch (draw(replication ? 6 : 4)) {
      case 0:
        return migrate(draw(NODES), 'drawn');
      case 1:
        return exchange(draw(pages), 'drawn');
      case 4:
        return replicate(draw(NODES), 'drawn');
      case 5:
        return collapse('drawn');
      default:
        return stay('drawn');
    }
  };
  return {
    name: 'anything',
    wants: ['counted-miss', 'replica-write', 'interval'],
    needs: [],
    counters: { threshold: 1, sampling: 1, bits: 8, delayNs: 0, resetNs: 1e6 },
    plans: { intervalNs: 3, most: 2, lowWatermark: 0 },
    decide: ({ kind, node }, _page, memory) => {
      if (kind === 'replica-write') return collapse('written');
      if (kind !== 'first-touch') return any(3);
      const [first = node] = [draw(NODES), 0, 1, 2].filter(to => memory.freeFrames(to) > 0);
      return place(first, 'drawn');
    },
    plan: (_evidence, pages): PageDecision[] =>
      [...pages].slice(0, 2).map(({ page }) => ({ page, decision: any(pages.size) })),
  };
}

describe('the off-line optimum', () => {
  it('without replicas is what trying every way finds', () =>
    fc.assert(
      fc.property(anyHeader, anyMisses(6, 1), anyCosts, (head, misses, costs) => {
        const log = logOf(head, misses);
        const { resting, migrating } = everyWay(log, costs);
        expect(offlineOptimum(log, costs)).toMatchObject({ staticNs: resting, migratingNs: migrating });
      }),
    ));

  it('with replicas is not above what every set of them can reach, and never above that without', () =>
    fc.assert(
      fc.property(anyHeader, anyMisses(14, 1), anyCosts, (head, misses, costs) => {
        const log = logOf(head, misses);
        const { migratingNs, replicatingNs } = offlineOptimum(log, costs);
        expect(replicatingNs).toBeLessThanOrEqual(everySet(log, costs) + ROUNDING);
        expect(replicatingNs).toBeLessThanOrEqual(migratingNs);
      }),
      { numRuns: 300 },
    ));

  it('is exact for a page that is only read, with two latencies and replicas no dearer than migrations', () =>
    fc.assert(
      fc.property(anyMisses(16, 1, false), anyCosts, (misses, drawn) => {
        const least = Math.min(drawn.migrateNs, drawn.exchangeNs / 2);
        const costs = { ...drawn, replicateNs: Math.min(drawn.replicateNs, least) };
        const log = logOf(header(NODES), misses);
        expect(offlineOptimum(log, costs).replicatingNs).toBeCloseTo(everySet(log, costs), 5);
      }),
      { numRuns: 300 },
    ));

  it('is exact for any page if replicas cost nothing but their collapse', () =>
    fc.assert(
      fc.property(anyHeader, anyMisses(14, 1), anyCosts, (head, misses, drawn) => {
        const costs = { ...drawn, replicateNs: 0 };
        const log = logOf(head, misses);
        expect(offlineOptimum(log, costs).replicatingNs).toBeCloseTo(everySet(log, costs), 5);
      }),
      { numRuns: 300 },
    ));

  it('charges a replica for each reader and a collapse between two stores', () => {
    const stores = repeat(20, { node: 0, page: 0, store: true });
    const loads = repeat(10, { node: 1, page: 0 }, { node: 2, page: 0 });
    const log = logOf(header(NODES), [...stores, ...loads, ...stores, ...loads, ...stores]);
    const costs: MoveCosts = { ...freeMoves, migrateNs: 1e6, exchangeNs: 1e7, replicateNs: 2000, collapseNs: 500 };
    // At home on node 0: sixty stores from there and forty loads from afar, or two replicas and a collapse, twice.
    const afar = 60 * 300 + 40 * 900;
    expect(offlineOptimum(log, costs)).toEqual({
      staticNs: afar,
      migratingNs: afar,
      replicatingNs: 60 * 300 + 40 * 300 + 2 * (2 * 2000 + 500),
    });
    const dear = [5749, 5751].map(replicateNs => offlineOptimum(log, { ...costs, replicateNs }).replicatingNs);
    expect(dear.map(Math.round)).toEqual([afar - 4, afar]);
  });

  it('is beaten by no policy, whatever it does', () =>
    fc.assert(
      fc.property(
        anyHeader,
        anyMisses(60, 4),
        anyCosts,
        fc.nat(),
        fc.boolean(),
        fc.integer({ min: 2, max: 4 }),
        (head, misses, costs, seed, replication, frames) => {
          const timed = misses.map((miss, at) => ({ ...miss, timeNs: at }));
          const log = logOf(head, timed);
          const { staticNs, migratingNs, replicatingNs } = offlineOptimum(log, costs);
          const counting = missCounting({ ...verghese1996.options, trigger: 3, sharing: 2, moves: 3, writes: 2 });
          // Enough for every page once, and for every replica if there are any.
          const room = replication ? 4 : frames;
          const short = { frames: head.frames.map(count => Math.min(count, room)) };
          const wild = replayLog(anything(seed, replication), log, costs, short);
          expect(wild.totalNs).toBeGreaterThanOrEqual((replication ? replicatingNs : migratingNs) - ROUNDING);
          expect(replayLog(counting, log, costs).totalNs).toBeGreaterThanOrEqual(replicatingNs - ROUNDING);
          expect(replayLog(firstTouch(), log, costs).totalNs).toBeGreaterThanOrEqual(staticNs);
        },
      ),
      { numRuns: 300 },
    ));

  it('is reached by a policy that sees everything and pays nothing', () =>
    fc.assert(
      fc.property(anyMisses(200, 4), misses => {
        const log = logOf(header(NODES), misses);
        const { totalNs, localShare } = replayLog(seeing(misses), log, freeMoves);
        const { replicatingNs } = offlineOptimum(log, freeMoves);
        expect(totalNs).toBeLessThanOrEqual(1.01 * replicatingNs);
        expect(localShare).toBe(1);
      }),
    ));

  it('is nearly reached by following every miss, if users stay for a while', () => {
    const misses = Array.from({ length: 9000 }, (_, at) => ({ node: Math.floor(at / 1500) % NODES, page: at % 3 }));
    const follow = seeing([]);
    const log = logOf(header(NODES), misses);
    const { totalNs } = replayLog(follow, log, freeMoves);
    expect(totalNs / offlineOptimum(log, freeMoves).replicatingNs).toBeLessThan(1.01);
  });

  it('is the misses alone where all latencies are equal', () => {
    const log = logOf(header(2, { latencyNs: [[500, 500], [500, 500]] }), [{}, { node: 1 }, { page: 1, store: true }]); // prettier-ignore
    const costs = { ...freeMoves, migrateNs: 1, replicateNs: 1, exchangeNs: 2 };
    expect(offlineOptimum(log, costs)).toEqual({ staticNs: 1500, migratingNs: 1500, replicatingNs: 1500 });
  });

  it('refuses a log without memory', () => {
    expect(() => offlineOptimum(logOf(header(1, { frames: [0] }), [{}]), freeMoves)).toThrow('no node of the log has frames'); // prettier-ignore
  });
});

/** Moves a page after each miss to the node that misses next, or that missed if no miss is foreseen. */
function seeing(misses: readonly Partial<LoggedMiss>[]): PlacementPolicy {
  let at = 0;
  const next = (page: PageView, node: number): Decision => {
    const following = misses.slice(at).find(miss => (miss.page ?? 0) === page.page);
    const to = following?.node ?? node;
    return to === page.home ? stay('there') : migrate(to, 'foreseen');
  };
  return {
    name: 'seeing',
    wants: ['counted-miss'],
    needs: [],
    counters: { threshold: 1, sampling: 1, bits: 16, delayNs: 0, resetNs: 1e9 },
    decide: ({ kind, node }, page) => {
      if (kind === 'first-touch') return place(node, 'touched');
      at++;
      return next(page, node);
    },
  };
}
