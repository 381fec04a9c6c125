import { SILENT } from '../../support/counters.js';
import { describe, expect, it } from '@jest/globals';
import { SimulationError } from '../../../lib/engine/errors.js';
import { machineFrame, physicalPage } from '../../../lib/messages/addresses.js';
import { firstTouch } from '../../../lib/placement/policies/static/first-touch.js';
import { collapse, migrate, place, replicate, stay } from '../../../lib/placement/decision.js';
import type { Decision } from '../../../lib/placement/decision.js';
import type { PlacementPolicy } from '../../../lib/placement/policy.js';
import { MemoryBench } from '../support/memory-bench.js';
import type { Code } from '../../../lib/system/code.js';

/** Places everything on node 0 and answers a hot page as it is told. */
const answering = (answer: () => Decision): PlacementPolicy => ({
  ...{ name: 'told', wants: ['hot-page', 'replica-write'], needs: [], counters: SILENT },
  counters: { threshold: 1, sampling: 1, bits: 8, delayNs: 0, resetNs: 1e9 },
  decide: ({ kind }) =>
    kind === 'first-touch' ? place(0, 'told') : kind === 'replica-write' ? collapse('written') : answer(),
});

/** Page 0 of a machine on node 0 with 41 in its word 7; processor 1 has a translation, and a hot page is reported for it. */
function hot(decision: Decision, before?: (bench: MemoryBench) => void): MemoryBench {
  const bench = new MemoryBench(1, 4, { nodes: 3, policy: answering(() => decision) });
  bench.phases(
    [[cpu => bench.write(cpu, 0, 0, 7, 41)], [cpu => bench.read(cpu, 0, 0, 7)]],
    [
      [],
      [
        function* (cpu): Code {
          before?.(bench);
          yield* bench.hotPage(cpu, bench.page(0, 0).frame, [0, 9, 0]);
        },
      ],
    ],
  );
  return bench;
}

const reasons = (bench: MemoryBench): string[] => bench.memory.placement.log.counts().map(({ because }) => because);

describe('a page that is hot', () => {
  it('migrates: its content is on the other node, nobody maps the old frame, which is free', () => {
    let old = -1;
    const bench = hot(migrate(1, 'hot'), bench => (old = bench.page(0, 0).frame));
    const page = bench.page(0, 0);
    expect(page).toMatchObject({ home: 1, moves: 1, replicas: null, busy: false });
    expect(page.mappings.size).toBe(0);
    expect(bench.word(page.frame, 7)).toBe(41);
    expect(bench.frames.isTaken(machineFrame(old))).toBe(false);
    expect(bench.cleared.slice(-2)).toEqual([old, page.frame]);
    expect(bench.memory.placement.work).toMatchObject({ hotPages: 1, migrations: { count: 1 } });
    expect(bench.check()).toEqual([]);
  });

  it('takes a time that Table 3 knows: 67 to 102 us for a migration, 57 to 73 us for a replication', () => {
    // Ours is unloaded and clean: no contention, two processors with translations.
    const { migrations } = hot(migrate(1, 'hot')).memory.placement.work;
    const { replications } = hot(replicate(1, 'hot')).memory.placement.work;
    expect(Math.round(migrations.ns / 1000)).toBe(65);
    expect(Math.round(replications.ns / 1000)).toBe(65);
  });

  it('replicates: read-only everywhere, and each node uses its own copy', () => {
    const bench = hot(replicate(1, 'read by many'));
    const page = bench.page(0, 0);
    expect(page.home).toBe(0);
    expect([...page.replicas!.keys()]).toEqual([1]);
    expect(page.single).toBe(false);
    expect([page.frameFor(0), page.frameFor(2)]).toEqual([page.frame, page.frame]);
    expect(bench.word(page.frameFor(1), 7)).toBe(41);
    expect(bench.check()).toEqual([]);
  });

  it('stays if the policy says so, or if it was asked for nothing', () => {
    expect(reasons(hot(stay('fine here')))).toEqual(['told', 'fine here']);
    const bench = new MemoryBench(1, 4, { policy: firstTouch() });
    bench.run([
      function* (cpu): Code {
        yield* bench.read(cpu, 0, 0, 0);
        yield* bench.hotPage(cpu, bench.page(0, 0).frame, [9, 0]);
      },
    ]);
    expect(bench.memory.placement.log.total).toBe(1);
    expect(bench.memory.placement.work.hotPages).toBe(1);
  });

  it.each<[string, (bench: MemoryBench) => void, Decision]>([
    ['already being moved', bench => (bench.page(0, 0).busy = true), migrate(1, 'hot')],
    ['a device is at work on it', bench => bench.memory.pin(bench.page(0, 0)), replicate(1, 'hot')],
    [
      'has replicas, which migration does not move',
      bench => (bench.page(0, 0).replicas = new Map()),
      migrate(1, 'hot'),
    ],
    ['not in use yet', bench => bench.page(0, 0).users.pop(), migrate(1, 'hot')],
    [
      'no free frame at the target',
      bench => {
        while (bench.frames.take(1, 0) >= 0);
      },
      migrate(1, 'hot'),
    ],
  ])('is refused its move when it is %s', (because, before, decision) => {
    const bench = hot(decision, before);
    expect(reasons(bench)).toEqual(['told', because]);
    expect(bench.page(0, 0).home).toBe(0);
    expect(bench.memory.placement.work).toMatchObject({ migrations: { count: 0 }, replications: { count: 0 } });
  });

  it('is refused its move when the node uses another frame meanwhile, or the frame holds nothing', () => {
    const bench = new MemoryBench(1, 4, { nodes: 3, policy: answering(() => migrate(1, 'hot')) });
    bench.phases(
      [[], [cpu => bench.read(cpu, 0, 0, 0)]],
      [
        [],
        [
          function* (cpu): Code {
            const { frame } = bench.page(0, 0);
            const late = bench.hotPage(cpu, frame, [0, 9, 0]);
            late.next(); // under way
            bench.page(0, 0).replicas = new Map([[1, bench.frames.take(1, 0)]]);
            bench.memory.memmap.set(bench.page(0, 0).frameFor(1), bench.page(0, 0));
            bench.memory.states.replicated.add(bench.page(0, 0));
            yield* late;
            yield* bench.hotPage(cpu, [...bench.space.owned][0], [0, 9, 0]);
          },
        ],
      ],
    );
    expect(reasons(bench)).toEqual(['told', 'moved since the interrupt was raised']);
  });

  it('is frozen and thawed for the policy to see', () => {
    expect(hot({ action: 'freeze', because: 'ping-pong' }).page(0, 0).frozen).toBe(true);
    const bench = hot({ action: 'thaw', because: 'calm' }, bench => (bench.page(0, 0).frozen = true));
    expect(bench.page(0, 0).frozen).toBe(false);
  });

  it('counts its moves in the interval of the counters only', () => {
    const seen: number[] = [];
    const policy: PlacementPolicy = {
      ...answering(() => stay('no')),
      counters: { threshold: 1, sampling: 1, bits: 8, delayNs: 0, resetNs: 1000 },
      decide({ kind, node }, { moves, home }) {
        if (kind === 'first-touch') return place(0, 'told');
        seen.push(moves);
        return node === home ? stay('here') : migrate(node, 'hot');
      },
    };
    const bench = new MemoryBench(1, 4, { nodes: 3, policy });
    const ask = (cpu: (typeof bench.cpus)[number]): Code => bench.hotPage(cpu, bench.page(0, 0).frame, [9, 9, 9]);
    bench.run([
      function* (cpu): Code {
        yield* bench.read(cpu, 0, 0, 0);
        bench.page(0, 0).moves = 5;
        bench.page(0, 0).interval = Math.floor(bench.machine.elapsedNs / 1000);
        yield* ask(cpu);
        while (bench.machine.elapsedNs < 100_000) yield bench.code.step('decision');
        yield* ask(cpu);
      },
    ]);
    expect(seen[1]).toBe(0);
  });
});

describe('a store to a page with replicas', () => {
  it('drops them all, whatever the policy says, and goes on', () => {
    const bench = new MemoryBench(1, 4, { nodes: 3, policy: answering(() => replicate(1, 'read by many')) });
    const seen: number[] = [];
    bench.phases(
      [[cpu => bench.write(cpu, 0, 0, 7, 41)]],
      [[], [cpu => bench.hotPage(cpu, bench.page(0, 0).frame, [0, 9, 0])]],
      [[cpu => bench.read(cpu, 0, 0, 7)], [cpu => bench.read(cpu, 0, 0, 7)]],
      [[cpu => bench.write(cpu, 0, 0, 7, 42)]],
      [
        [],
        [
          function* (cpu): Code {
            seen.push(yield* bench.read(cpu, 0, 0, 7));
          },
        ],
      ],
    );
    expect(seen).toEqual([42]);
    expect(bench.page(0, 0)).toMatchObject({ home: 0, replicas: null });
    expect(bench.memory.placement.work.collapses.count).toBe(1);
    expect(bench.memory.placement.work.collapses.ns).toBeGreaterThan(0);
    expect(reasons(bench)).toEqual(['told', 'read by many', 'written']);
    expect(bench.check()).toEqual([]);
  });
});

describe('writes that a policy sees', () => {
  const LINES = 32;
  type Work = (bench: MemoryBench) => (cpu: (typeof bench.cpus)[number]) => Code<unknown>;
  const reads: Work = bench => cpu => bench.read(cpu, 0, 0, 7);
  const stores: Work = bench => cpu => bench.write(cpu, 0, 0, 7, 41);
  const isHot =
    (writeBacks: number, machine = 0): Work =>
    bench =>
    cpu =>
      bench.hotPage(cpu, bench.page(machine, 0).frame, [0, 9, 0], writeBacks);
  const shares: Work = bench => cpu => bench.memory.share(cpu, bench.page(0, 0), bench.pmaps[1], physicalPage(0));
  const storesToShared: Work = bench => cpu => bench.write(cpu, 1, 0, 7, 41);

  it.each<[string, Work[], Decision, number[]]>([
    ['are none while lines that the monitor cleared come back', [reads, isHot(LINES)], stay('told'), [0]],
    ['are what comes back besides', [reads, isHot(LINES + 1)], stay('told'), [1]],
    ['begin with a first touch that stores', [stores, isHot(LINES)], stay('told'), [1]],
    [
      'are none while lines that the monitor copied come back',
      [stores, isHot(0), isHot(LINES)],
      migrate(1, 'hot'),
      [1, 0],
    ],
    [
      'begin with the store that makes copies collapse',
      [reads, isHot(0), stores, isHot(0)],
      replicate(1, 'hot'),
      [0, 0, 1],
    ],
    ['begin with the store that copies on write', [reads, shares, storesToShared, isHot(LINES, 1)], stay('told'), [1]],
  ])('%s', (_what, work, decision, seen) => {
    const writes: number[] = [];
    const told = answering(() => decision);
    const policy: PlacementPolicy = {
      ...told,
      decide: (evidence, page, memory) => {
        if (evidence.kind !== 'first-touch') writes.push(page.writes);
        // Only once: a page cannot be moved or copied to where it is.
        return writes.length > 1 && evidence.kind === 'hot-page' ? stay('told') : told.decide(evidence, page, memory);
      },
    };
    const bench = new MemoryBench(2, 4, { nodes: 3, policy });
    bench.phases(...work.map(piece => [[piece(bench)]]));
    expect(writes).toEqual(seen);
  });
});

describe('a policy', () => {
  it('is refused if it wants evidence that the monitor does not produce', () => {
    const policy: PlacementPolicy = { ...firstTouch(), name: 'counter', wants: ['counted-miss'], counters: SILENT };
    expect(() => new MemoryBench(1, 1, { policy })).toThrow(
      'the policy counter wants counted-miss, which the monitor does not produce; it produces first-touch, hot-page, replica-write, hint-fault',
    );
  });

  it.each<[string, Decision, string]>([
    [
      'moves a page to where it is',
      migrate(0, 'hot'),
      'with migrate to 0 ("hot"): the page is on node 0 already; stay',
    ],
    [
      'promotes to a node that is no faster',
      { action: 'promote', to: 1, because: 'hot' },
      'with promote to 1 ("hot"): node 1 is of tier 0 and the page\'s of tier 0; promote to a faster tier',
    ],
    ['answers nothing', undefined as never, 'on page 0 with undefined: that is no decision'],
    ['answers null', null as never, 'on page 0 with null: that is no decision'],
    ['answers a node in quotes', migrate('0' as never, 'x'), 'to is "0"; give a node as a whole number'],
  ])('that %s is told', (_what, decision, message) => {
    expect(() => hot(decision)).toThrow(message);
    expect(() => hot(decision)).toThrow(SimulationError);
    expect(() => hot(decision)).toThrow('the policy told answers hot-page of node');
  });

  it.each<[string, Decision, string]>([
    [
      'does not place a first touch',
      migrate(0, 'odd'),
      'with migrate to 0 ("odd"): it must place the page, or stay if no node has a free frame',
    ],
    ['has no place', stay('why'), 'with stay ("why"): there are free frames; it must place the page'],
    ['places where there is no memory', place(1, 'odd'), 'node 1 has no free frame; ask memory.freeFrames first'],
  ])('that %s is told', (_what, decision, message) => {
    const bench = new MemoryBench(1, 1, { policy: { name: 'odd', wants: [], needs: [], decide: () => decision } });
    while (bench.frames.take(1, 0) >= 0);
    expect(() => bench.run([cpu => bench.read(cpu, 0, 0, 0)])).toThrow(message);
  });
});
