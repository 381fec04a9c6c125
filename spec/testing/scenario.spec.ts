import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { missCounting } from '../../lib/placement/policies/counters/miss-counting.js';
import { collapse, migrate, place, replicate, stay } from '../../lib/placement/decision.js';
import { memory, repeat, scenario, type Miss } from '../../lib/testing/index.js';
import type { Decision } from '../../lib/placement/decision.js';
import type { CounterSettings, Evidence, EvidenceKind } from '../../lib/placement/evidence.js';
import type { PlacementPolicy } from '../../lib/placement/policy.js';

const SEED = 1997;
const counters: CounterSettings = { threshold: 3, sampling: 1, bits: 2, delayNs: 0, resetNs: 100 };

/** A policy that places by `home` and answers everything else that it wants with `answer`. */
function answering(answer: Decision, wants: readonly EvidenceKind[] = ['hot-page'], home = 0): PlacementPolicy {
  return {
    name: 'answering',
    wants,
    needs: [],
    counters,
    decide: ({ kind }) => (kind === 'first-touch' ? place(home, 'told') : answer),
  };
}

const hot = repeat(3, { node: 1, page: 0 });

describe('scenario', () => {
  it('counts misses and stores by node, and stops where the counter does', () => {
    const misses = [...repeat(2, { node: 1, page: 0 }), ...repeat(5, { node: 2, page: 0, store: true })];
    expect(scenario(answering(stay('told')), misses).pages[0]).toMatchObject({ misses: [0, 2, 3, 0], writes: 3 });
  });

  /** Time, node, misses of the node and writes of each hot page of a policy that lets it stay, with counters of four bits. */
  function hotPages(changes: Partial<CounterSettings>, misses: readonly Miss[]): number[][] {
    const policy = { ...answering(stay('told')), counters: { ...counters, bits: 4, ...changes } };
    return scenario(policy, misses)
      .decisions.filter(({ evidence }) => evidence.kind === 'hot-page')
      .map(({ evidence: { node, timeNs }, page }) => [timeNs, node, page.misses[node], page.writes]);
  }

  it('raises a hot page at each multiple of the threshold, until the counter stays at its largest value', () => {
    const misses = [...repeat(9, ...hot), { node: 1, page: 0, timeNs: 100 }, ...hot];
    expect(hotPages({}, misses)).toEqual([3, 6, 9, 12, 15].map(count => [0, 1, count, 0]).concat([[100, 1, 3, 0]]));
    expect(hotPages({ bits: 2 }, misses)).toEqual([
      [0, 1, 3, 0],
      [100, 1, 3, 0],
    ]);
  });

  it('raises none for the home, whose misses it counts', () => {
    const misses = [...repeat(9, { node: 0, page: 0 }), ...hot];
    const [{ page }] = scenario(answering(stay('told')), misses).decisions.slice(1);
    expect([hotPages({}, misses), page.misses]).toEqual([[[0, 1, 3, 0]], [3, 3, 0, 0]]);
  });

  it('samples the misses of a home on all of its pages by one count, but no stores', () => {
    const misses = repeat(3, { node: 1, page: 0 }, { node: 1, page: 1, store: true });
    // The odd ones are counted: those on page 0.
    const { pages } = scenario({ ...answering(stay('told')), counters: { ...counters, sampling: 2 } }, misses);
    expect(pages.map(({ misses: [, counted], writes }) => [counted, writes])).toEqual([
      [3, 0],
      [0, 3],
    ]);
  });

  it('lets an interrupt arrive after the delay, with the counts of before, or else at the end', () => {
    const late = [...hot, { node: 2, page: 0, timeNs: 10 }, { node: 1, page: 0, timeNs: 40, store: true }];
    expect(hotPages({ delayNs: 30 }, late)).toEqual([[30, 1, 3, 0]]);
    const { decisions } = scenario({ ...answering(migrate(1, 'told')), counters: { ...counters, delayNs: 30 } }, [
      ...late,
      { node: 3, page: 1, timeNs: 40 },
    ]);
    expect(decisions.map(({ evidence: { kind, timeNs } }) => [kind, timeNs])).toEqual([
      ['first-touch', 0],
      ['hot-page', 30],
      ['first-touch', 40],
    ]);
    expect(hotPages({ delayNs: 30 }, hot)).toEqual([[30, 1, 3, 0]]);
  });

  it('asks about an interrupt that finds its page moved, and does nothing', () => {
    const policy: PlacementPolicy = {
      ...answering(stay('told')),
      counters: { ...counters, delayNs: 30 },
      decide: ({ kind, node }) => (kind === 'first-touch' ? place(0, 'told') : migrate(node, 'told')),
    };
    const { decisions, pages } = scenario(policy, [...hot, ...repeat(3, { node: 2, page: 0, timeNs: 10 })]);
    expect(decisions.map(({ decision: { action, because } }) => `${action}: ${because}`)).toEqual([
      'place: told',
      'migrate: told',
      'stay: moved since the interrupt was raised',
    ]);
    expect(pages[0]).toMatchObject({ home: 1, moves: 1 });
  });

  it('clears the counters of a page that has moved, been copied or collapsed', () => {
    const more: Miss[] = [...repeat(2, { node: 2, page: 0 }), { node: 3, page: 0, store: true }];
    const moved = scenario(answering(migrate(1, 'told')), [...more, ...hot, { node: 2, page: 0 }]).pages[0];
    const copied = scenario(answering(replicate(1, 'told')), [...more, ...hot, { node: 2, page: 0 }]).pages[0];
    const collapsed = scenario(answering(collapse('told')), [...more, ...hot, { node: 2, page: 0 }]).pages[0];
    for (const { misses, writes } of [moved, copied, collapsed]) expect([misses, writes]).toEqual([[0, 0, 1, 0], 0]);
  });

  it('knows counts only from the counters that raised an interrupt, and not whether its miss was a store', () => {
    const policy: PlacementPolicy = {
      ...answering(stay('told')),
      wants: ['hot-page', 'replica-write'],
      decide: ({ kind, node }) => {
        if (kind === 'first-touch') return place(0, 'told');
        return kind === 'hot-page' ? replicate(node, 'told') : collapse('told');
      },
    };
    const misses: Miss[] = [...repeat(3, { node: 1, page: 0, store: true }), { node: 2, page: 0, store: true }];
    const seen = scenario(policy, misses).decisions.map(({ evidence, page }) => [
      ...[evidence.kind, (evidence as Evidence).store, page.misses, page.writes],
    ]);
    expect(seen).toEqual([
      ['first-touch', true, [0, 0, 0, 0], 0],
      ['hot-page', false, [0, 3, 0, 0], 3],
      ['replica-write', true, [0, 0, 0, 0], 0],
    ]);
  });

  it.each<[Partial<CounterSettings>, string]>([
    [{ delayNs: NaN }, 'the policy answering: counters.delayNs is NaN; give a number of at least 0'],
    [{ resetNs: Infinity }, 'counters.resetNs is Infinity; give a number above 0'],
    [
      { resetNs: 1e13 },
      'have resetNs 10000000000000; it must be from 0.001 to 1000000000000 nanoseconds, as on a machine',
    ],
    [{ threshold: 0.5 }, 'counters.threshold is 0.5; give a whole number from 1 to'],
    [{ bits: 2, threshold: 4 }, 'counters.threshold is 4; give a whole number from 1 to 3'],
  ])('refuses counters with %p', (changes, message) => {
    const policy = { ...answering(stay('told')), counters: { ...counters, ...changes } };
    expect(() => scenario(policy, [])).toThrow(new RegExp(message));
  });

  it('asks about each counted miss if the policy wants that', () => {
    const policy: PlacementPolicy = {
      ...answering(stay('told'), ['counted-miss']),
      counters: { ...counters, sampling: 2 },
    };
    const { decisions } = scenario(policy, repeat(5, { node: 1, page: 0, store: true }));
    expect(decisions.map(({ evidence, page }) => [evidence.kind, page.misses[1], page.writes])).toEqual([
      ['first-touch', 0, 0],
      ['counted-miss', 1, 1],
      ['counted-miss', 2, 3],
      ['counted-miss', 3, 3],
    ]);
  });

  it('clears misses, writes and moves at a reset, but nothing else', () => {
    const misses = [...hot, { node: 1, page: 0, store: true }, { node: 0, page: 1, timeNs: 100 }];
    expect(scenario(answering(migrate(1, 'told')), misses).pages[0]).toEqual({
      page: 0,
      home: 1,
      replicas: [],
      misses: [0, 0, 0, 0],
      writes: 0,
      moves: 0,
      frozen: false,
    });
  });

  it('moves a page and its frame', () => {
    const { pages, freeFrames } = scenario(answering(migrate(1, 'told')), hot, memory({ frames: 1 }));
    expect([pages[0].home, pages[0].moves, freeFrames]).toEqual([1, 1, [1, 0, 1, 1]]);
  });

  it('gives a replica a frame of its own and takes it back on collapse', () => {
    const policy: PlacementPolicy = {
      ...answering(stay('told')),
      wants: ['hot-page', 'replica-write'],
      decide: ({ kind, node }) => {
        if (kind === 'first-touch') return place(0, 'told');
        return kind === 'hot-page' ? replicate(node, 'told') : collapse('told');
      },
    };
    const copied = scenario(policy, hot, memory({ frames: 1 }));
    const written = scenario(policy, [...hot, { node: 2, page: 0, store: true }], memory({ frames: 1 }));
    expect([copied.pages[0].replicas, copied.freeFrames]).toEqual([[1], [0, 0, 1, 1]]);
    expect([written.pages[0].replicas, written.freeFrames]).toEqual([[], [0, 1, 1, 1]]);
  });

  it('freezes and thaws', () => {
    const policy: PlacementPolicy = {
      ...answering(stay('told'), ['counted-miss']),
      decide: ({ kind }, page) => {
        if (kind === 'first-touch') return place(0, 'told');
        return { action: page.frozen ? 'thaw' : 'freeze', because: 'told' };
      },
    };
    const frozen = [1, 2].map(count => scenario(policy, repeat(count, { node: 1, page: 0 })).pages[0].frozen);
    expect(frozen).toEqual([true, false]);
  });

  it('leaves holes for pages that are never touched', () => {
    const { pages } = scenario(answering(stay('told')), [{ node: 0, page: 2 }]);
    expect(Object.keys(pages)).toEqual(['2']);
  });

  const stores = [...hot, { node: 2, page: 0, store: true }];
  const noRoom = memory({ full: [1] });
  const mistakes = [
    ['a move to where it is', answering(migrate(0, 'told')), hot, memory(), 'the page is on node 0 already; stay'],
    [
      'a copy to a full node',
      answering(replicate(1, 'told')),
      hot,
      noRoom,
      'node 1 has no free frame; ask memory.freeFrames first',
    ],
    [
      'a move to nowhere',
      answering(migrate(9, 'told')),
      hot,
      memory(),
      'to is 9; give a node as a whole number from 0 to 3',
    ],
    ['a second placement', answering(place(1, 'told')), hot, memory(), 'a page is placed at its first touch only'],
    [
      'replicas written',
      answering(replicate(1, 'told')),
      stores,
      memory(),
      "has replicas; collapse on 'replica-write'",
    ],
    [
      'a miss from nowhere',
      answering(stay('told')),
      [{ node: 4, page: 0 }],
      memory(),
      'there is no node 4, only 4 from 0',
    ],
    ['a page that is no number', answering(stay('told')), [{ node: 0, page: -1 }], memory(), '-1 is no page number'],
  ] as const;
  for (const [name, policy, misses, view, message] of mistakes) {
    it(`refuses ${name}`, () => expect(() => scenario(policy, misses, view)).toThrow(message));
  }

  it('refuses to migrate a page that has replicas', () => {
    const policy: PlacementPolicy = {
      ...answering(stay('told')),
      decide: ({ kind, node }, page) => {
        if (kind === 'first-touch') return place(0, 'told');
        return page.replicas.length > 0 ? migrate(node, 'told') : replicate(node, 'told');
      },
    };
    const misses = [...hot, ...repeat(3, { node: 2, page: 0 })];
    expect(() => scenario(policy, misses)).toThrow('the page has replicas; collapse it before it moves');
  });

  it('says when memory runs out', () => {
    const policy: PlacementPolicy = { ...answering(stay('told')), decide: () => stay('no free frame anywhere') };
    expect(() => scenario(policy, [{ node: 0, page: 3 }])).toThrow('page 3 was not placed: no free frame anywhere');
  });

  it('refuses time that runs backwards', () => {
    const misses = [
      { node: 0, page: 0, timeNs: 5 },
      { node: 0, page: 0, timeNs: 4 },
    ];
    expect(() => scenario(answering(stay('told')), misses)).toThrow(
      'a miss at 4 ns comes after one at 5 ns; sort them',
    );
  });

  it('refuses a policy that wants what it cannot give', () => {
    const { name, wants, needs, decide } = answering(stay('told'));
    const uncounted: PlacementPolicy = { name, wants, needs, decide };
    const message = 'answering wants hot-page but has no counters; set its counters field';
    expect(() => scenario(uncounted, [])).toThrow(message);
    expect(() => scenario(answering(stay('told'), ['interval']), [])).toThrow(
      'answering wants interval but has no plans; set its plans field',
    );
  });

  it(`conserves frames, whatever the misses (seed ${SEED})`, () => {
    const options = { trigger: 3, sharing: 2, writes: 1, moves: 2, migration: true, replication: true, sampling: 1 };
    const policy = missCounting({ ...options, bits: 4, delayNs: 0, resetNs: 50 });
    const misses = fc.array(fc.record({ node: fc.nat(3), page: fc.nat(7), store: fc.boolean() }), { maxLength: 300 });
    const property = fc.property(misses, sequence => {
      const timed = sequence.map((miss, index) => ({ ...miss, timeNs: index }));
      const { pages, freeFrames } = scenario(policy, timed, memory({ frames: 3 }));
      const used = freeFrames.map(() => 0);
      for (const page of pages.filter(Boolean)) for (const node of [page.home, ...page.replicas]) used[node]++;
      expect(used.map((count, node) => count + freeFrames[node])).toEqual([3, 3, 3, 3]);
    });
    fc.assert(property, { seed: SEED });
  });
});
