/** Evidence that the bare-machine kernel produces besides hot pages: hint faults, samples, intervals, pressure; and moves between tiers. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { demote, exchange, migrate, place, stay, type PageDecision } from '../../../lib/placement/decision.js';
import type { Evidence, PlanEvidence } from '../../../lib/placement/evidence.js';
import type { PlacementPolicy } from '../../../lib/placement/policy.js';
import type { NodeLoad } from '../../../lib/placement/views.js';
import { compute, load, store, type Operation } from '../../../lib/processor/operations.js';
import { LINE, PAGE, barrier, kernelMachine, run, runChecked, type KernelMachine } from '../kernel-machine.js';
import { restless } from '../../support/restless.js';
import '../../support/property-seed.js';

const at = (page: number, line: number): number => page * PAGE + line * LINE;
const lines = Array.from({ length: PAGE / LINE }, (_, line) => line);
const reads = (page: number): Operation[] => lines.map(line => load(at(page, line)));
const writes = (page: number): Operation[] => lines.map(line => store(at(page, line), 1));

/** Places pages on node 0, lets them stay, and keeps what it is told. */
function listener(changes: Partial<PlacementPolicy>): { policy: PlacementPolicy; told: (Evidence | PlanEvidence)[] } {
  const told: (Evidence | PlanEvidence)[] = [];
  const policy: PlacementPolicy = {
    ...{ name: 'listener', wants: [], needs: [] },
    decide: evidence => {
      if (evidence.kind === 'first-touch') return place(0, 'told');
      told.push(evidence);
      return stay('told');
    },
    plan: evidence => {
      told.push(evidence);
      return [];
    },
    ...changes,
  };
  return { policy, told };
}

function play(programs: readonly (readonly Operation[])[], policy: PlacementPolicy, more: object = {}): KernelMachine {
  const system = kernelMachine(
    programs.map(operations => run(operations)),
    { policy, ...more },
  );
  runChecked(system, 50);
  return system;
}

describe('a hint fault', () => {
  const hints = { periodNs: 100_000, pages: 1, slowOnly: false };
  /** Both touch their page, wait for a pass of the scanner over both pages, and touch them again. */
  const owner = (page: number): Operation[] => [
    ...writes(page),
    ...barrier,
    compute(120_000),
    load(at(page, 0)),
    load(at(page, 1)),
  ];

  it('tells who touches a page of which the mapping was taken away, once, and for how long it was away', () => {
    const { policy, told } = listener({ wants: ['hint-fault'], hints });
    const { kernel } = play([owner(16), owner(18)], policy);
    expect(told.map(({ kind, node }) => `${kind} ${node}`).sort()).toEqual(['hint-fault 0', 'hint-fault 1']);
    for (const { unmappedForNs, thread, node, timeNs } of told as Evidence[]) {
      expect(thread).toBe(node);
      // The passes were at 100 and 200 us, less the time of the handler.
      const since = timeNs - unmappedForNs;
      expect(since % 100_000).toBeLessThan(20_000);
    }
    expect(kernel.work.hintFaults.count).toBe(2);
    expect(kernel.work.hintFaults.ns).toBeGreaterThan(0);
    expect(kernel.work.unmappings.count).toBeGreaterThanOrEqual(2);
  });

  it('goes round all pages, those of slower tiers alone if the policy wants that', () => {
    const { policy, told } = listener({ wants: ['hint-fault'], hints: { ...hints, slowOnly: true } });
    const { kernel } = play([owner(16), owner(18)], policy);
    expect([told, kernel.work.unmappings.count]).toEqual([[], 0]);
  });

  it('can move the page to who touches it', () => {
    const { policy } = listener({
      wants: ['hint-fault'],
      hints,
      decide: ({ kind, node }, { home }) => {
        if (kind === 'first-touch') return place(0, 'told');
        return node === home ? stay('here') : migrate(node, 'there');
      },
    });
    const { kernel } = play([owner(16), owner(18)], policy);
    expect(kernel.pages.pages.map(({ home }) => home)).toEqual([0, 1]);
    expect(kernel.work.migrations.count).toBe(1);
  });
});

describe('sampled accesses', () => {
  const sampling = { period: 4, skid: 1, level: 'miss', stores: true, buffer: 2 } as const;

  it('come in buffers, one in so many misses of each processor', () => {
    const { policy, told } = listener({ wants: ['sampled-access'], sampling });
    const { kernel, processors } = play([[], [...reads(16), ...reads(17)]], policy);
    const { localMisses, remoteMisses } = processors[1].stats;
    const most = Math.floor((localMisses + remoteMisses) / 4);
    expect(told.length).toBeGreaterThan(most / 2);
    expect(told.length).toBeLessThanOrEqual(most);
    expect(new Set(told.map(({ kind, node }) => `${kind} ${node}`))).toEqual(new Set(['sampled-access 1']));
    expect(kernel.work.samples.count).toBe(told.length);
  });

  it('leave out stores, and misses that stay on the node, if the policy wants that', () => {
    const loads = listener({ wants: ['sampled-access'], sampling: { ...sampling, stores: false } });
    play([[], [...writes(16), ...reads(17)]], loads.policy);
    expect((loads.told as Evidence[]).filter(evidence => evidence.store)).toEqual([]);
    const remote = listener({ wants: ['sampled-access'], sampling: { ...sampling, level: 'remote-miss' } });
    play([[...reads(16), ...reads(17)], []], remote.policy);
    expect(remote.told).toEqual([]);
  });
});

describe('an interval', () => {
  const plans = { intervalNs: 50_000, most: 4, lowWatermark: 0 };

  it('is over at each multiple, and the run ends with the last program all the same', () => {
    const { policy, told } = listener({ wants: ['interval'], plans });
    const { kernel, machine } = play([[compute(90_000)], [compute(50_000)]], policy);
    // 90,000 cycles at 200 MHz are 450 us.
    const count = Math.floor(machine.elapsedNs / 50_000);
    expect(told).toHaveLength(count);
    for (const [index, { timeNs }] of told.entries()) expect(Math.floor(timeNs / 50_000)).toBe(index + 1);
    expect(machine.elapsedNs).toBeLessThan((count + 1) * 50_000);
    expect(kernel.work.plans.count).toBe(count);
  });

  it('shows all pages and how busy nodes and links were, and can move several', () => {
    const loads: NodeLoad[] = [];
    const links: number[] = [];
    const { policy } = listener({
      wants: ['interval'],
      plans,
      plan: (_evidence, pages, memory) => {
        loads.push(memory.load(0));
        links.push(memory.linkLoad(0, 1));
        if (pages.size < 2) return [];
        expect([...pages].map(({ page, home }) => [page, home])).toEqual([...pages.onNode(0), ...pages.onNode(1)].map(({ page, home }) => [page, home])); // prettier-ignore
        return [...pages.onNode(0)]
          .slice(0, 2)
          .map(({ page }): PageDecision => ({ page, decision: migrate(1, 'all') }));
      },
    });
    const { kernel } = play(
      [
        [...reads(16), ...reads(17), compute(60_000)],
        [...reads(16), compute(60_000)],
      ],
      policy,
    );
    expect(kernel.pages.pages.map(({ home }) => home)).toEqual([1, 1]);
    expect(loads.some(({ busy, requests, latencyNs }) => busy > 0 && busy <= 1 && requests > 0 && latencyNs > 0)).toBe(
      true,
    );
    expect(loads.at(-1)).toEqual({ busy: 0, requests: 0, latencyNs: 0 });
    expect(links.some(busy => busy > 0 && busy <= 1)).toBe(true);
  });

  it('can let two pages change places without a free frame, and nothing is lost', () => {
    const { policy } = listener({
      wants: ['interval'],
      plans: { ...plans, intervalNs: 150_000 },
      decide: ({ node }) => place(node, 'own'),
      plan: (_evidence, pages) =>
        pages.size === 2 && [...pages][0].home === 0 ? [{ page: 0, decision: exchange(1, 'swap') }] : [],
    });
    const results: number[][] = [[], []];
    const programs = [16, 18].map((page, i) =>
      run(
        [...lines.map(line => store(at(page, line), 100 * page + line)), compute(100_000), ...reads(page)],
        results[i],
      ),
    );
    const system = kernelMachine(programs, { policy });
    runChecked(system, 50);
    const { kernel } = system;
    expect([kernel.pages.pages.map(({ home }) => home), kernel.work.exchanges.count]).toEqual([[1, 0], 1]);
    expect(results.map(got => got.slice(-lines.length))).toEqual([16, 18].map(page => lines.map(line => 100 * page + line))); // prettier-ignore
  });
});

describe('memory pressure', () => {
  it('is raised when a node has too few frames left, once, and again after they were there', () => {
    const { policy, told } = listener({
      wants: ['memory-pressure'],
      plans: { intervalNs: 1e6, most: 1, lowWatermark: 0.5 },
    });
    play([Array.from({ length: 8 }, (_, page) => load(at(16 + page, 0)))], policy);
    expect(told.map(({ kind, node }) => [kind, node])).toEqual([['memory-pressure', 0]]);
  });

  it('lets the policy make room before the node is full', () => {
    const { policy } = listener({
      wants: ['memory-pressure'],
      plans: { intervalNs: 1e6, most: 2, lowWatermark: 0.3 },
      decide: ({ node }, _page, memory) => place(memory.freeFrames(node) > 0 ? node : 3, 'own'),
      plan: ({ node }, pages) =>
        [...pages.onNode(node)].slice(0, 2).map(({ page }) => ({ page, decision: migrate(2, 'cold') })),
    });
    const { kernel } = play([Array.from({ length: 20 }, (_, page) => load(at(16 + page, 0)))], policy);
    expect(kernel.frames.free(0)).toBeGreaterThan(0);
    expect(kernel.work.migrations.count).toBeGreaterThan(4);
    expect(kernel.pages.pages.filter(({ home }) => home === 3)).toEqual([]);
  });

  it('refuses a demotion among nodes of one tier', () => {
    const { policy } = listener({
      wants: ['interval'],
      plans: { intervalNs: 50_000, most: 1, lowWatermark: 0 },
      plan: (_evidence, pages) => [...pages].slice(0, 1).map(({ page }) => ({ page, decision: demote(1, 'cold') })),
    });
    const { kernel } = play([[...reads(16), compute(50_000)]], policy);
    expect(kernel.log.count('stay', 'an earlier decision of the plan stands in the way')).toBeGreaterThan(0);
    expect(kernel.work.demotions.count).toBe(0);
  });
});

describe('all of it together', () => {
  const settings = {
    hints: { periodNs: 50_000, pages: 2, slowOnly: false },
    plans: { intervalNs: 90_000, most: 3, lowWatermark: 0.4 },
  };

  it('loses no store, keeps the invariants, and does not depend on run-ahead', () => {
    const piece = fc.record({ page: fc.nat(4), line: fc.nat(31), write: fc.boolean(), pause: fc.nat(3000) });
    const property = fc.property(
      fc.array(fc.array(piece, { maxLength: 25 }), { minLength: 2, maxLength: 4 }),
      lists => {
        // Each processor stores to words of its own: what it loads from them is what it stored last.
        const outcomes = [true, false].map(runAhead => {
          const results = lists.map(() => [] as number[]);
          const expected = lists.map(() => [] as number[]);
          const programs = lists.map((list, me) => {
            const own = new Map<number, number>();
            const operations = list.flatMap(({ page, line, write, pause }, index): Operation[] => {
              const address = at(16 + page, line) + 8 * me;
              if (write) own.set(address, index + 1);
              expected[me].push(write ? NaN : (own.get(address) ?? 0), NaN);
              return [write ? store(address, index + 1) : load(address), compute(pause + 1)];
            });
            return run(operations, results[me]);
          });
          const system = kernelMachine(programs, { policy: restless(settings), runAhead, framesPerNode: 16 });
          runChecked(system, 200);
          for (const [me, list] of expected.entries())
            for (const [index, value] of list.entries())
              if (!Number.isNaN(value)) expect(results[me][index]).toBe(value);
          return system.machine.simulation.fingerprint.toString();
        });
        expect(outcomes[0]).toBe(outcomes[1]);
      },
    );
    fc.assert(property, { numRuns: 60 });
  });
});
