/** The conformance scenarios of docs/placement.md that need no machine. */
import { describe, expect, it } from '@jest/globals';
import { firstTouch } from '../../lib/placement/policies/static/first-touch.js';
import { missCounting } from '../../lib/placement/policies/counters/miss-counting.js';
import { verghese1996 } from '../../lib/placement/policies/counters/presets.js';
import { roundRobin } from '../../lib/placement/policies/static/round-robin.js';
import { memory, repeat, scenario } from '../../lib/testing/index.js';
import type { MissCountingOptions } from '../../lib/placement/policies/counters/miss-counting.js';
import type { ScenarioResult } from '../../lib/testing/index.js';

const { trigger, resetNs } = verghese1996.options;
const counting = (changes: Partial<MissCountingOptions> = {}) => missCounting({ ...verghese1996.options, ...changes });

/** `place migrate stay:full` and so on. */
function actions({ decisions }: ScenarioResult): string[] {
  return decisions.map(({ decision: { action, because } }) => (action === 'stay' ? `stay: ${because}` : action));
}

const touched = { node: 0, page: 0 };
const load = (node: number) => ({ node, page: 0 });
const store = (node: number) => ({ node, page: 0, store: true });

describe('C1, one remote user', () => {
  const rows = [
    [counting(), trigger - 1, ['place'], 0],
    [counting(), trigger, ['place', 'migrate'], 1],
    [counting(), 10 * trigger, ['place', 'migrate'], 1],
    [counting({ migration: false }), trigger, ['place', 'stay: one user'], 0],
    [firstTouch(), 10 * trigger, ['place'], 0],
    [roundRobin(), 10 * trigger, ['place'], 0],
  ] as const;
  for (const [policy, misses, expected, home] of rows) {
    it(`makes ${policy.name} decide ${expected.join(', ')} in ${misses} misses`, () => {
      const result = scenario(policy, [touched, ...repeat(misses, load(1))]);
      expect([actions(result), result.pages[0].home]).toEqual([expected, home]);
    });
  }
});

describe('C2, readers', () => {
  const readers = [load(0), load(1), load(2), load(3)];

  it('gives every reader but the home a replica, each after its own trigger', () => {
    const before = scenario(counting(), repeat(trigger - 1, ...readers));
    const after = scenario(counting(), repeat(10 * trigger, ...readers));
    expect(actions(before)).toEqual(['place']);
    expect(actions(after)).toEqual(['place', 'replicate', 'replicate', 'replicate']);
    expect(after.pages[0]).toMatchObject({ home: 0, replicas: [1, 2, 3] });
  });

  it('gives none with replication switched off', () => {
    const result = scenario(counting({ replication: false }), repeat(10 * trigger, ...readers));
    expect(result.pages[0]).toMatchObject({ home: 0, replicas: [], moves: 0 });
  });
});

describe('C3, two writers in turn', () => {
  it('makes nobody act', () => {
    const result = scenario(counting(), [touched, ...repeat(10 * trigger, store(1), store(2))]);
    // Each writer reaches ten multiples of the trigger.
    expect(actions(result)).toEqual(['place', ...new Array<string>(20).fill('stay: write-shared')]);
  });
});

describe('C4, readers and a write in every tenth interval', () => {
  it('collapses at the write and replicates again in the next interval', () => {
    const sequence = Array.from({ length: 31 }, (_, interval) => [
      { ...(interval % 10 === 5 ? store(0) : load(0)), timeNs: interval * resetNs },
      ...repeat(trigger, load(0), load(1)),
    ]).flat();
    const result = scenario(counting(), sequence);
    const times = result.decisions
      .filter(({ decision }) => decision.action === 'replicate' || decision.action === 'collapse')
      .map(({ decision, evidence }) => [decision.action, evidence.timeNs / resetNs]);
    expect(times).toEqual([
      ['replicate', 0],
      ['collapse', 5],
      ['replicate', 6],
      ['collapse', 15],
      ['replicate', 16],
      ['collapse', 25],
      ['replicate', 26],
    ]);
  });
});

describe('C5, the hot user switches', () => {
  const switching = [touched, ...repeat(trigger, load(1)), ...repeat(trigger, store(2))];

  it('leaves the page for the rest of the interval', () => {
    expect(actions(scenario(counting(), switching))).toEqual(['place', 'migrate', 'stay: moved too often']);
  });

  it('follows a trigger later in the next', () => {
    const later = [...switching, { ...load(2), timeNs: resetNs }, ...repeat(trigger - 1, load(2))];
    const result = scenario(counting(), later);
    expect(actions(result).slice(3)).toEqual(['migrate']);
    expect(result.pages[0]).toMatchObject({ home: 2, moves: 1 });
  });

  it('stops at the move limit of the interval', () => {
    const quiet = [touched, ...repeat(trigger, load(1))];
    const result = scenario(counting({ moves: 0 }), quiet);
    expect(actions(result)).toEqual(['place', 'stay: moved too often']);
  });
});

describe('C7, streaming', () => {
  it('moves nothing', () => {
    const pages = Array.from({ length: 500 }, (_, number) => ({ node: number % 4, page: number }));
    expect(new Set(actions(scenario(counting(), pages)))).toEqual(new Set(['place']));
  });
});

describe('C9, all pages first touched by one node', () => {
  const pages = Array.from({ length: 8 }, (_, number) => ({ node: 0, page: number }));
  const rows = [
    [firstTouch(), [0, 0, 0, 0, 0, 0, 0, 0]],
    [roundRobin(), [0, 1, 2, 3, 0, 1, 2, 3]],
  ] as const;
  for (const [policy, homes] of rows) {
    it(`puts them on ${homes.join(' ')} with ${policy.name}`, () => {
      expect(scenario(policy, pages).pages.map(({ home }) => home)).toEqual(homes);
    });
  }
});

describe('C10, false sharing', () => {
  it('gains nothing while two private objects share a page, and all once they are apart', () => {
    const together = scenario(counting(), [touched, ...repeat(trigger, store(1), store(2))]);
    const apart = scenario(counting(), [
      touched,
      { node: 0, page: 1 },
      ...repeat(trigger, store(1), { node: 2, page: 1, store: true }),
    ]);
    expect(together.pages.map(({ home }) => home)).toEqual([0]);
    expect(apart.pages.map(({ home }) => home)).toEqual([1, 2]);
  });
});

describe('C11, replication under pressure', () => {
  it('refuses where there is no room', () => {
    const result = scenario(counting(), repeat(trigger, load(0), load(1), load(2)), memory({ full: [1] }));
    expect(actions(result)).toEqual(['place', 'stay: no free frame', 'replicate']);
  });
});

describe('C12, sampling', () => {
  it('decides the same after so many times the misses', () => {
    const policy = counting({ sampling: 10 });
    expect(actions(scenario(policy, [touched, ...repeat(10 * trigger - 1, load(1))]))).toEqual(['place']);
    expect(actions(scenario(policy, [touched, ...repeat(10 * trigger, load(1))]))).toEqual(['place', 'migrate']);
  });
});
