import { describe, expect, it } from '@jest/globals';
import { DecisionLog } from '../../lib/placement/decision-log.js';
import { migrate, stay } from '../../lib/placement/decision.js';
import { hotPage, page } from '../../lib/testing/index.js';

/** A log of five decisions on pages 0 to 4. */
function filled(keep: number): DecisionLog {
  const log = new DecisionLog({ keep });
  const decisions = [stay('full'), migrate(1, 'hot'), stay('local'), migrate(2, 'hot'), migrate(1, 'cold elsewhere')];
  decisions.forEach((decision, number) => log.record(hotPage(1, { timeNs: number }), page({ page: number }), decision));
  return log;
}

describe('DecisionLog', () => {
  it('counts by action and reason, most frequent first', () => {
    expect(filled(0).counts()).toEqual([
      { action: 'migrate', because: 'hot', count: 2 },
      { action: 'stay', because: 'full', count: 1 },
      { action: 'stay', because: 'local', count: 1 },
      { action: 'migrate', because: 'cold elsewhere', count: 1 },
    ]);
  });

  const counts = [
    ['migrate', undefined, 3],
    ['migrate', 'hot', 2],
    ['stay', 'hot', 0],
    ['freeze', undefined, 0],
  ] as const;
  for (const [action, because, count] of counts) {
    it(`counts ${count} of ${action} for ${because ?? 'any reason'}`, () => {
      expect(filled(1).count(action, because)).toBe(count);
    });
  }

  const kept = [
    [0, []],
    [1, [4]],
    [3, [2, 3, 4]],
    [5, [0, 1, 2, 3, 4]],
    [9, [0, 1, 2, 3, 4]],
    [Infinity, [0, 1, 2, 3, 4]],
  ] as const;
  for (const [keep, pages] of kept) {
    it(`keeps the last ${keep}, oldest first, and counts all`, () => {
      const log = filled(keep);
      expect([log.entries().map(entry => entry.page.page), log.total]).toEqual([pages, 5]);
    });
  }

  it('copies what it is given, getters included', () => {
    const misses = [0, 128];
    class View {
      readonly page = 7;
      readonly replicas = [];
      readonly misses = misses;
      readonly writes = 0;
      readonly moves = 0;
      readonly frozen = false;
      get home() {
        return 0;
      }
    }
    const log = new DecisionLog({ keep: 1 });
    log.record(hotPage(1, { timeNs: 5 }), new View(), migrate(1, 'hot'));
    misses[1] = 0;
    expect(log.entries()).toEqual([
      { evidence: hotPage(1, { timeNs: 5 }), page: page({ page: 7, misses: [0, 128] }), decision: migrate(1, 'hot') },
    ]);
  });

  it('gives data away: changing it does not change the log', () => {
    const log = filled(5);
    (log.entries()[0].page.misses as number[])[0] = 99;
    (log.counts()[0] as { count: number }).count = 99;
    expect([log.entries()[0].page.misses[0], log.counts()[0].count]).toEqual([0, 2]);
  });

  for (const keep of [-1, 1.5, NaN]) {
    it(`refuses to keep ${keep}`, () => {
      expect(() => new DecisionLog({ keep })).toThrow(`DecisionLog: keep is ${keep}; it must be an integer from 0 up`);
    });
  }
});
