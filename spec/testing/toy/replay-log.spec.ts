import { describe, expect, it } from '@jest/globals';
import { collapse, exchange, migrate, place, replicate, stay } from '../../../lib/placement/decision.js';
import type { Decision } from '../../../lib/placement/decision.js';
import type { CounterSettings, Evidence } from '../../../lib/placement/evidence.js';
import { discoEngineeringCosts, freeMoves, type MoveCosts } from '../../../lib/placement/log/costs.js';
import { missCounting } from '../../../lib/placement/policies/counters/miss-counting.js';
import { verghese1996 } from '../../../lib/placement/policies/counters/presets.js';
import { firstTouch } from '../../../lib/placement/policies/static/first-touch.js';
import { roundRobin } from '../../../lib/placement/policies/static/round-robin.js';
import type { PlacementPolicy } from '../../../lib/placement/policy.js';
import type { PageView } from '../../../lib/placement/views.js';
import { repeat, replayLog, scenario } from '../../../lib/testing/index.js';
import { FIGURE_8 } from '../../../lib/experiments/paper/published.js';
import { header, logOf } from '../../placement/log/logs.js';

const costs: MoveCosts = {
  migrateNs: 1000,
  replicateNs: 100,
  collapseNs: 10,
  exchangeNs: 5000,
  hintFaultNs: 7,
  sampleInterruptNs: 20,
  hotPageNs: 3,
};
const counters: CounterSettings = { threshold: 1, sampling: 1, bits: 16, delayNs: 0, resetNs: 1e9 };

/** A policy that places on node 0, asks `answer` about each miss and collapses what is written. */
function asking(answer: (evidence: Evidence, page: PageView) => Decision, home = 0): PlacementPolicy {
  return {
    name: 'asking',
    wants: ['counted-miss', 'replica-write'],
    needs: [],
    counters,
    decide: (evidence, page) => {
      if (evidence.kind === 'first-touch') return place(home, 'told');
      return evidence.kind === 'replica-write' ? collapse('written') : answer(evidence, page);
    },
  };
}

const follow = asking(({ node }, page) => (node === page.home ? stay('there') : migrate(node, 'follows')));

describe('a replay of a miss log', () => {
  it('charges misses by where they are served, and each kind of move', () => {
    const log = logOf(header(3), [{ node: 0 }, { node: 1 }, { node: 1 }, { node: 2 }, { node: 1 }]);
    const { stallNs, movingNs, moves, localShare, requests, totalNs, bytesMoved } = replayLog(follow, log, costs);
    expect(stallNs).toEqual({ local: 600, remote: 2700 });
    expect(movingNs).toMatchObject({ migrate: 3000, replicate: 0, hotPages: 0 });
    // The last migration takes the page back to node 1, which it had left last.
    expect(moves).toMatchObject({ migrate: 3, pingPong: 1 });
    expect([localShare, requests, totalNs, bytesMoved]).toEqual([2 / 5, [2, 2, 1], 6300, 3 * 4096]);
  });

  it('counts replicas, and collapses them before a store', () => {
    const log = logOf(header(3), [{}, { node: 1 }, { node: 2 }, { node: 1 }, { node: 2, store: true }, { node: 1 }]);
    const copying = asking(({ node, store }, { home, replicas }) =>
      store || node === home || replicas.includes(node) ? stay('there') : replicate(node, 'read'),
    );
    const { stallNs, movingNs, moves, replicasAtMost, totalNs } = replayLog(copying, log, costs);
    expect(moves).toMatchObject({ replicate: 3, collapse: 1 });
    expect(stallNs).toEqual({ local: 600, remote: 3600 });
    expect([movingNs.replicate, movingNs.collapse, replicasAtMost, totalNs]).toEqual([300, 10, 2, 4510]);
  });

  it('collapses replicas that are written even if the policy does not want to know, as a machine does', () => {
    const log = logOf(header(2), [{}, { node: 1 }, { node: 1, store: true }]);
    const deaf: PlacementPolicy = {
      ...asking(({ node, store }) => (node === 0 || store ? stay('told') : replicate(1, 'told'))),
      wants: ['counted-miss'],
    };
    expect(replayLog(deaf, log, costs).moves).toMatchObject({ replicate: 1, collapse: 1 });
    expect(() => scenario(deaf, [{ node: 0, page: 0 }, { node: 1, page: 0 }, { node: 1, page: 0, store: true }])).toThrow('cannot store'); // prettier-ignore
  });

  it('charges exchanges, hint faults, samples and hot pages', () => {
    const log = logOf(header(2), [{ page: 0 }, { page: 1 }, { page: 1, node: 1 }, { page: 1, node: 1, timeNs: 100 }, { page: 1, node: 1, timeNs: 100 }]); // prettier-ignore
    const told: string[] = [];
    const policy: PlacementPolicy = {
      ...asking(() => stay('told')),
      wants: ['hot-page', 'hint-fault', 'sampled-access'],
      counters: { ...counters, threshold: 2 },
      hints: { periodNs: 50, pages: 1, slowOnly: false },
      sampling: { period: 1, skid: 0, level: 'remote-miss', stores: true, buffer: 1 },
      decide: ({ kind }, page) => {
        told.push(kind);
        if (kind === 'first-touch') return place(page.page, 'told');
        return kind === 'hint-fault' && page.page === 1 ? exchange(0, 'told') : stay('told');
      },
    };
    const { movingNs, moves } = replayLog(policy, log, costs);
    const times = (kind: string): number => told.filter(one => one === kind).length;
    expect([times('hint-fault'), times('sampled-access'), moves.exchange]).toEqual([1, 3, 1]);
    expect(movingNs).toMatchObject({ exchange: 5000, hintFaults: 7, sampleInterrupts: 60, hotPages: 3 * times('hot-page') }); // prettier-ignore
    expect(times('hot-page')).toBe(1);
  });

  it('lets a decision that cannot be carried out be a stay with the reason', () => {
    const log = logOf(header(2), [{}, { node: 1 }, { node: 1 }]);
    const { decisions, moves } = replayLog(follow, log, costs, { frames: [5, 0] });
    expect(decisions).toEqual([
      { action: 'stay', because: 'cannot migrate', count: 2 },
      { action: 'place', because: 'told', count: 1 },
      { action: 'stay', because: 'there', count: 1 },
    ]);
    expect(moves.migrate).toBe(0);
    expect(() => replayLog(follow, log, costs, { frames: [0, 5] })).toThrow('page 0 cannot go to node 0, which has no free frame'); // prettier-ignore
  });

  it('decides as a scenario of the same misses', () => {
    const misses = [
      ...repeat(40, { node: 0, page: 0 }, { node: 1, page: 1 }, { node: 2, page: 0 }),
      ...repeat(20, { node: 0, page: 1, store: true, timeNs: 5e6 }, { node: 1, page: 0, timeNs: 5e6 }),
    ];
    const policy = missCounting({ ...verghese1996.options, trigger: 16, sharing: 4, resetNs: 1e6 });
    const tally = new Map<string, number>();
    for (const { decision } of scenario(policy, misses).decisions) {
      const key = `${decision.action} ${decision.because}`;
      tally.set(key, (tally.get(key) ?? 0) + 1);
    }
    const { decisions } = replayLog(policy, logOf(header(4), misses), costs);
    expect(new Map(decisions.map(({ action, because, count }) => [`${action} ${because}`, count]))).toEqual(tally);
    expect(tally.size).toBeGreaterThan(2);
  });

  it('refuses a policy that needs what the log does not record', () => {
    const log = logOf(header(2, { records: ['data'], source: 'a trace' }), [{}]);
    expect(() => replayLog(missCounting(verghese1996.options), log, costs)).toThrow(
      'the policy migrate-replicate needs to know thread and write, which the log of a trace does not record',
    );
  });

  it('has costs from Table 3 of Disco', () => {
    expect(discoEngineeringCosts.costs).toMatchObject({ migrateNs: 67_000, replicateNs: 57_000 });
  });
});

describe('what is known without a machine', () => {
  /** A thousand misses, of which some per mille are local. */
  const shareOf = (perMille: number) =>
    replayLog(
      asking(() => stay('told')),
      logOf(header(2), [...repeat(perMille, { node: 0, page: 0 }), ...repeat(1000 - perMille, { node: 1, page: 0 })]),
      freeMoves,
    );

  // Figure 8 of Disco with 300 and 900 ns: from the bars of IRIX and UMA and the share of misses that are local under IRIX
  // follow execution and misses; with the printed share of Disco that gives its bar but for its own time and contention.
  // Execution is the same in all three, and the bars are rounded to a percent.
  it.each([
    ['engineering', 48, 61.6],
    ['raytrace', 49, 62.0],
  ] as const)('the bars of Figure 8 follow from two latencies: %s', (workload, uma, expected) => {
    const { IRIX, Disco } = FIGURE_8.local[workload];
    const stall = ({ totalNs }: { totalNs: number }): number => totalNs / 1000;
    const misses = (100 - uma) / (stall(shareOf(10 * IRIX)) - stall(shareOf(1000)));
    const execution = uma - misses * stall(shareOf(1000));
    expect(shareOf(10 * Disco).localShare).toBe(Disco / 100);
    expect(execution + misses * stall(shareOf(10 * Disco))).toBeCloseTo(expected, 1);
  });

  // Misses of one node on another's page: a migration after the first 128 pays if what follows saves more than it costs.
  it.each([
    ['Engineering', 67_000],
    ['Raytrace', 102_000],
  ])('a migration pays from as many misses on as it costs: %s', (_, migrateNs) => {
    const TRIGGER = 128;
    const pays = (misses: number): boolean => {
      const log = logOf(header(2), [{ node: 0 }, ...repeat(misses, { node: 1, page: 0 })]);
      const moving = missCounting({ ...verghese1996.options, trigger: TRIGGER });
      const all = { ...freeMoves, migrateNs };
      const [moved, left] = [moving, firstTouch()].map(policy => replayLog(policy, log, all));
      expect([moved.moves.migrate, left.moves.migrate]).toEqual([misses < TRIGGER ? 0 : 1, 0]);
      return moved.totalNs < left.totalNs;
    };
    let [no, yes] = [TRIGGER, 4096];
    while (yes - no > 1) {
      const middle = (no + yes) >> 1;
      if (pays(middle)) yes = middle;
      else no = middle;
    }
    const remaining = migrateNs / 600;
    expect(Math.abs(yes - TRIGGER - remaining) / remaining).toBeLessThan(0.02);
  });

  it('with equal latencies every policy only costs', () => {
    const flat = header(3, { latencyNs: [0, 1, 2].map(() => [500, 500, 500]) });
    const log = logOf(flat, Array.from({ length: 300 }, (_, i) => ({ node: (i >> 5) % 3, page: i % 5, store: i % 7 === 0 }))); // prettier-ignore
    const eager = missCounting({ ...verghese1996.options, trigger: 4, sharing: 2, moves: 9, writes: 9 });
    const [still, turn, moving, following] = [firstTouch(), roundRobin(), eager, follow].map(policy => replayLog(policy, log, costs)); // prettier-ignore
    expect(still.totalNs).toBe(300 * 500);
    expect(turn.totalNs).toBe(300 * 500);
    for (const { totalNs, moves } of [moving, following]) {
      expect(moves.migrate + moves.replicate).toBeGreaterThan(0);
      expect(totalNs).toBeGreaterThan(300 * 500);
    }
  });
});
