import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { missCounting } from '../../../../lib/placement/policies/counters/miss-counting.js';
import { collapse, migrate, place, replicate, stay } from '../../../../lib/placement/decision.js';
import { verghese1996 } from '../../../../lib/placement/policies/counters/presets.js';
import {
  firstTouchBy,
  hotPage,
  hintFault,
  memory,
  page,
  replicaWrite,
  scenario,
} from '../../../../lib/testing/index.js';
import type { MissCountingOptions } from '../../../../lib/placement/policies/counters/miss-counting.js';

const SEED = 1996;
const counting = (changes: Partial<MissCountingOptions> = {}) => missCounting({ ...verghese1996.options, ...changes });

describe('missCounting, given a page hot on node 2', () => {
  const rows = [
    ['migrates a page with one user', page({ misses: [0, 0, 128, 31] }), migrate(2, 'one user')],
    ['replicates a page read by several', page({ misses: [0, 32, 128, 0] }), replicate(2, 'read-shared')],
    ['counts the home among the users', page({ misses: [32, 0, 128, 0] }), replicate(2, 'read-shared')],
    ['leaves a page written by several', page({ misses: [0, 32, 128, 0], writes: 1 }), stay('write-shared')],
    ['migrates a page that its one user writes', page({ misses: [0, 0, 128, 0], writes: 99 }), migrate(2, 'one user')],
    ['leaves a page that moved', page({ misses: [0, 0, 128, 0], moves: 1 }), stay('moved too often')],
    ['replicates a shared page that moved', page({ misses: [32, 0, 128, 0], moves: 1 }), replicate(2, 'read-shared')],
    ['leaves a page at home there', page({ home: 2, misses: [32, 0, 128, 0] }), stay('already local')],
    ['leaves a page with a copy there', page({ replicas: [2], misses: [32, 0, 128, 0] }), stay('already local')],
    [
      'takes a replicated page for shared',
      page({ replicas: [3], misses: [0, 0, 128, 0] }),
      replicate(2, 'read-shared'),
    ],
    ['leaves a frozen page', page({ misses: [0, 0, 128, 0], frozen: true }), stay('frozen')],
  ] as const;
  for (const [name, subject, decision] of rows) {
    it(name, () => expect(counting().decide(hotPage(2), subject, memory())).toEqual(decision));
  }

  const full = memory({ full: [2] });
  const fullRows = [
    ['leaves a private page if node 2 is full', page({ misses: [0, 0, 128, 0] }), 'no free frame'],
    ['leaves a shared page if node 2 is full', page({ misses: [32, 0, 128, 0] }), 'no free frame'],
    ['names the rule before the lack of room', page({ misses: [32, 0, 128, 0], writes: 1 }), 'write-shared'],
  ] as const;
  for (const [name, subject, because] of fullRows) {
    it(name, () => expect(counting().decide(hotPage(2), subject, full)).toEqual(stay(because)));
  }
});

describe('missCounting, each half alone', () => {
  const shared = page({ misses: [32, 0, 128, 0] });
  const single = page({ misses: [0, 0, 128, 0] });
  const rows = [
    ['migrate', { replication: false }, single, migrate(2, 'one user')],
    ['migrate', { replication: false }, shared, stay('shared')],
    ['replicate', { migration: false }, single, stay('one user')],
    ['replicate', { migration: false }, shared, replicate(2, 'read-shared')],
  ] as const;
  for (const [name, changes, subject, decision] of rows) {
    it(`called '${name}' decides: ${decision.action}, ${decision.because}`, () => {
      const policy = counting(changes);
      expect([policy.name, policy.decide(hotPage(2), subject, memory())]).toEqual([name, decision]);
    });
  }

  it('asks for evidence and facts only as needed', () => {
    expect(counting()).toMatchObject({ wants: ['hot-page', 'replica-write'], needs: ['thread', 'write', 'data'] });
    expect(counting({ replication: false })).toMatchObject({ wants: ['hot-page'], needs: ['thread', 'data'] });
  });
});

describe('missCounting', () => {
  it('places by first touch', () => {
    expect(counting().decide(firstTouchBy(3), page({ home: -1 }), memory())).toEqual(place(3, 'first touch'));
  });

  it('collapses replicas that are written', () => {
    const subject = page({ replicas: [1, 2] });
    expect(counting().decide(replicaWrite(2), subject, memory())).toEqual(collapse('written'));
  });

  it('programs the counters from its options', () => {
    expect(counting({ trigger: 96, sampling: 10, bits: 7, delayNs: 500 }).counters).toEqual({
      threshold: 96,
      sampling: 10,
      bits: 7,
      delayNs: 500,
      resetNs: 100e6,
    });
  });

  it('refuses evidence that it did not ask for', () => {
    expect(() => counting().decide(hintFault(0), page(), memory())).toThrow("migrate-replicate was given 'hint-fault'");
  });

  const mistakes = [
    [{ trigger: 0 }, 'trigger is 0; it must be an integer from 1 up'],
    [{ sharing: 1.5 }, 'sharing is 1.5; it must be an integer from 1 up'],
    [{ writes: -1 }, 'writes is -1; it must be an integer from 0 up'],
    [{ moves: NaN }, 'moves is NaN; it must be an integer from 0 up'],
    [{ bits: 32 }, 'bits is 32; it must be an integer from 1 to 31'],
    [{ delayNs: -1 }, 'delayNs is -1; give a number of at least 0'],
    [{ resetNs: 0 }, 'resetNs is 0; give a number above 0'],
    [{ sharing: 129 }, 'sharing 129 is above trigger 128; lower sharing or raise trigger'],
    [{ bits: 7 }, 'trigger 128 is above 127, where 7-bit counters stop; use wider counters or a lower trigger'],
    [{ migration: false, replication: false }, 'migration and replication are both false; switch one on'],
  ] as const;
  for (const [changes, message] of mistakes) {
    it(`refuses ${JSON.stringify(changes)}`, () => expect(() => counting(changes)).toThrow(`missCounting: ${message}`));
  }
});

describe(`missCounting, whatever the page and the memory (seed ${SEED})`, () => {
  const nodes = fc.nat(3);
  const anyPage = fc.record({
    page: fc.nat(9),
    home: nodes,
    replicas: fc.uniqueArray(nodes, { maxLength: 3 }),
    misses: fc.array(fc.nat(200), { minLength: 4, maxLength: 4 }),
    writes: fc.nat(3),
    moves: fc.nat(3),
    frozen: fc.boolean(),
  });
  const anyMemory = fc.uniqueArray(nodes, { maxLength: 4 }).map(full => memory({ full }));
  const limits = fc.record({ writes: fc.nat(3), moves: fc.nat(3), sharing: fc.integer({ min: 1, max: 128 }) });

  it('keeps its promises about where pages go', () => {
    const property = fc.property(limits, nodes, anyPage, anyMemory, (limit, node, subject, machine) => {
      const decision = counting(limit).decide(hotPage(node), subject, machine);
      if (!('to' in decision)) return;
      expect(decision.to).toBe(node);
      expect(node).not.toBe(subject.home);
      expect(subject.replicas).not.toContain(node);
      expect(subject.frozen).toBe(false);
      expect(machine.freeFrames(node)).toBeGreaterThan(0);
      if (decision.action === 'replicate') expect(subject.writes).toBeLessThan(limit.writes);
      if (decision.action === 'migrate') expect(subject.moves).toBeLessThan(limit.moves);
      if (decision.action === 'migrate') expect(subject.replicas).toEqual([]);
    });
    fc.assert(property, { seed: SEED, numRuns: 2000 });
  });

  it('decides about a page regardless of what it decides about others', () => {
    const changes = { trigger: 4, sharing: 2, resetNs: 100 };
    const misses = fc.array(fc.record({ node: nodes, page: fc.nat(2), store: fc.boolean() }), { maxLength: 200 });
    const property = fc.property(misses, sequence => {
      const timed = sequence.map((miss, index) => ({ ...miss, timeNs: index }));
      const together = scenario(counting(changes), timed).decisions.filter(({ page: { page } }) => page === 0);
      const alone = scenario(
        counting(changes),
        timed.filter(({ page }) => page === 0),
      ).decisions;
      expect(together).toEqual(alone);
    });
    fc.assert(property, { seed: SEED });
  });
});
