/** Migration, replication and collapse: what moves, who is interrupted, and that nothing is lost. */
import { describe, expect, it } from '@jest/globals';
import { InterruptMessage } from '../../lib/messages/coherence-messages.js';
import { SHOOTDOWN } from '../../lib/guest/bare/page-mover.js';
import { collapse, migrate, replicate, stay } from '../../lib/placement/decision.js';
import type { PlacementPolicy } from '../../lib/placement/policy.js';
import { compute, load, store, type Operation } from '../../lib/processor/operations.js';
import type { KernelMachine } from './kernel-machine.js';
import { LINE, PAGE, barrier, eager, kernelMachine, onNode, run, runChecked, wordAt } from './kernel-machine.js';

const at = (page: number, line: number): number => page * PAGE + line * LINE;
const all = Array.from({ length: PAGE / LINE }, (_, line) => line);
const values = all.map(line => 100 + line);
const writes = (page: number): Operation[] => all.map(line => store(at(page, line), values[line]));
const reads = (page: number, count = all.length): Operation[] => all.slice(0, count).map(line => load(at(page, line)));

/** Moves a hot page from node 0 to who wants it, once. */
const takeAway = onNode(0, ({ node }, { home }) => (home === 0 ? migrate(node, 'told') : stay('told')), 4);

/** Gives every node a copy, and collapses them when one is written. */
const copyAround: PlacementPolicy = onNode(
  0,
  ({ kind, node }, { home, replicas }) => {
    if (kind === 'replica-write') return collapse('written');
    return node === home || replicas.includes(node) ? stay('told') : replicate(node, 'told');
  },
  4,
);

/** Runs to the end with checks in between; returns what every program got from its operations. */
function play(
  programs: readonly (readonly Operation[])[],
  policy: PlacementPolicy,
  perNode = 1,
): { system: KernelMachine; results: number[][] } {
  const results = programs.map(() => [] as number[]);
  const system = kernelMachine(
    programs.map((operations, i) => run(operations, results[i])),
    { policy, processorsPerNode: perNode },
  );
  runChecked(system, 20);
  return { system, results };
}

const pageOf = ({ kernel }: KernelMachine): (typeof kernel.pages.pages)[number] => kernel.pages.pages[0];
const interruptsOf = ({ processors }: KernelMachine): number[] => processors.map(({ stats }) => stats.interrupts);

describe('a migration', () => {
  const owner = [...writes(16), ...barrier, ...barrier, ...reads(16)];
  const thief = [...barrier, ...reads(16), compute(10_000), ...barrier, ...reads(16)];

  it('moves the page with everything in it, and its frame is free again', () => {
    const { system, results } = play([owner, thief], takeAway);
    const { kernel, machine } = system;
    expect([kernel.work.migrations.count, machine.map.homeOfFrame(pageOf(system).frame), pageOf(system).home]).toEqual([
      1, 1, 1,
    ]);
    expect(results.map(got => got.slice(-all.length))).toEqual([values, values]);
    expect(all.map(line => wordAt(system, pageOf(system).frame, line * LINE))).toEqual(values);
    // Node 0 has its mailbox, the page table and the page record left; node 1 its mailbox and the page.
    expect([0, 1, 2].map(node => kernel.frames.free(node))).toEqual([13, 14, 15]);
  });

  it('interrupts exactly the others that hold a translation', () => {
    // Processor 2 reads a line of the page once, processor 3 never does.
    const glance = [...barrier, load(at(16, 0)), compute(100_000), ...barrier];
    const late = [...barrier, compute(10_000), ...thief.slice(2)];
    const programs = [owner, late, glance, [...barrier, ...barrier]].map(operations => run(operations));
    const system = kernelMachine(programs, { policy: takeAway });
    const shotDown: number[] = [];
    system.machine.simulation.observer = {
      sent(from, _, message) {
        const shootdown = message instanceof InterruptMessage && message.code === SHOOTDOWN;
        if (shootdown && from.includes('cpu')) shotDown.push(message.to);
      },
    };
    runChecked(system);
    expect(shotDown).toEqual([0, 2]);
  });

  it('is acknowledged by processors whose programs have ended', () => {
    const { system, results } = play(
      [writes(16), [compute(100_000), ...reads(16), compute(10_000), ...reads(16)]],
      takeAway,
    );
    expect([pageOf(system).home, interruptsOf(system)[0]]).toEqual([1, 1]);
    expect(results[1].slice(-all.length)).toEqual(values);
  });

  it('of a page that several want at once is done for one of them', () => {
    const { system, results } = play([owner, thief, thief, thief], takeAway);
    const { work, log } = system.kernel;
    expect(work.migrations.count).toBe(1);
    expect(log.count('stay', 'already being moved')).toBeGreaterThan(0);
    expect(results.map(got => got.slice(-all.length))).toEqual([values, values, values, values]);
  });

  it('crosses another one without a deadlock', () => {
    // Two processors of different nodes take a page away from each other, in step.
    const policy: PlacementPolicy = {
      ...takeAway,
      decide: ({ kind, node }, { home, moves }) => {
        if (kind === 'first-touch') return { action: 'place', to: node, because: 'told' };
        return home === node || moves > 0 ? stay('told') : migrate(node, 'told');
      },
    };
    const program = (own: number, other: number): Operation[] => [
      ...writes(own),
      ...barrier,
      ...reads(other),
      ...barrier,
      ...reads(own),
    ];
    const { system, results } = play([program(16, 18), program(18, 16)], policy);
    expect(system.kernel.pages.pages.map(({ home }) => home)).toEqual([1, 0]);
    expect(
      interruptsOf(system)
        .slice(0, 2)
        .every(count => count >= 2),
    ).toBe(true);
    expect(results.map(got => got.slice(-all.length))).toEqual([values, values]);
  });

  it('does not take a wake-up from a program that waits below it', () => {
    // The reader is interrupted at the barrier; while it waits for the shootdown, the last one enters the barrier.
    const policy: PlacementPolicy = { ...takeAway, counters: { ...takeAway.counters!, delayNs: 5000 } };
    for (let delay = 3000; delay < 6000; delay += 200) {
      const last = [...writes(16), ...barrier, compute(delay), ...barrier];
      const { system } = play([last, [...barrier, ...reads(16, 4), ...barrier], [...barrier, ...barrier]], policy);
      expect(system.kernel.work.migrations.count).toBe(1);
    }
  });
});

describe('a replica', () => {
  const owner = [...writes(16), ...barrier, ...barrier, ...reads(16)];
  const reader = [...barrier, ...reads(16), compute(10_000), ...barrier, ...reads(16)];

  it('serves its node, and nobody may write any copy', () => {
    const { system, results } = play([owner, reader, reader, [...barrier, ...barrier]], copyAround);
    const page = pageOf(system);
    expect([...page.replicas!.keys()].sort((a, b) => a - b)).toEqual([1, 2]);
    expect(results.slice(0, 3).map(got => got.slice(-all.length))).toEqual([values, values, values]);
    for (const { tlb } of system.processors) expect([...tlb.mappings()].some(({ writable }) => writable)).toBe(false);
    for (const frame of page.replicas!.values())
      expect(all.map(line => wordAt(system, frame, line * LINE))).toEqual(values);
  });

  it('is used by all processors of its node', () => {
    const mate = [...barrier, load(at(16, 1)), compute(200_000), ...barrier, ...reads(16)];
    const idle = [...barrier, ...barrier];
    const { system, results } = play([owner, idle, reader, mate], copyAround, 2);
    const [frame] = pageOf(system).replicas!.values();
    for (const { tlb } of system.processors.slice(2, 4))
      expect([...tlb.mappings()].map(mapping => mapping.frame)).toContain(frame);
    expect(results[3].slice(-all.length)).toEqual(values);
  });

  it('is no obstacle to a store: the copies collapse into one, and nothing is lost', () => {
    const writer = [
      ...barrier,
      ...reads(16),
      compute(10_000),
      ...barrier,
      store(at(16, 0), 7),
      ...barrier,
      ...reads(16),
    ];
    const others = (program: readonly Operation[]): Operation[] => [
      ...program.slice(0, -all.length),
      ...barrier,
      ...reads(16),
    ];
    const { system, results } = play([others(owner), others(reader), writer], copyAround);
    const { kernel, machine } = system;
    expect([kernel.work.replications.count > 1, kernel.work.collapses.count > 0]).toEqual([true, true]);
    expect(results.map(got => got.slice(-all.length))).toEqual([1, 2, 3].map(() => [7, ...values.slice(1)]));
    const free = Array.from({ length: machine.map.nodes }, (_, node) => kernel.frames.free(node));
    const copies = pageOf(system).replicas?.size ?? 0;
    // Four mailboxes, the page table, the page record, the page and the copies made since.
    expect(machine.map.frames - free.reduce((sum, count) => sum + count, 0)).toBe(7 + copies);
  });

  it('collapses under a store also if the policy does not care', () => {
    const policy: PlacementPolicy = { ...copyAround, wants: ['hot-page'] };
    const { system } = play(
      [
        [...owner, ...barrier],
        [...reader, store(at(16, 0), 7), ...barrier],
      ],
      policy,
    );
    expect([system.kernel.work.collapses.count, system.kernel.log.count('collapse')]).toEqual([1, 0]);
    expect(wordAt(system, pageOf(system).frame, 0)).toBe(7);
  });

  it('keeps a page from migrating', () => {
    const policy = onNode(
      0,
      ({ kind, node }, { replicas }) => {
        if (kind === 'replica-write') return collapse('written');
        if (replicas.includes(node)) return stay('told');
        return replicas.length === 0 ? replicate(node, 'told') : migrate(node, 'told');
      },
      4,
    );
    const { system } = play([owner, reader, [...barrier, compute(200_000), ...reads(16), ...barrier]], policy);
    expect(system.kernel.log.count('stay', 'has replicas, which migration does not move')).toBeGreaterThan(0);
    expect(pageOf(system).home).toBe(0);
  });
});

describe('a page of zeros', () => {
  /** Reads of all lines, more than a cache holds, again and again: hot on both nodes that are not the home. */
  const reader = [...barrier, ...reads(16), ...reads(16), ...reads(16)];
  const policy = eager({ trigger: 40, sharing: 20, writes: 1, migration: false });

  /** What the first and the last processor do before; how often the page is then copied, and how often it is write-shared. */
  function copies(first: readonly Operation[], last: readonly Operation[] = []): number[] {
    const { system } = play([[...first, ...barrier], reader, reader, [...last, ...barrier]], policy);
    const { log, work } = system.kernel;
    return [work.replications.count, log.count('stay', 'write-shared')];
  }

  it("that no program stored to is copied before the first reset, though the kernel's lines come back late", () => {
    const { system } = play([[...reads(16), ...barrier], reader, reader, barrier], onNode(0, undefined, 40));
    // Half of the page is in the cache after clearing, 16 lines, and makes room for the other half.
    const counts = system.machine.controllers[0].counters!.snapshot(pageOf(system).frame, 0);
    expect([...counts.subarray(4, 6)]).toEqual([0, 16]);
    expect(copies(reads(16))).toEqual([2, 0]);
  });

  it.each([
    [
      'at the first touch, to a line that was still in the cache after clearing',
      [store(at(16, 31), 1), ...reads(16)],
      [],
    ],
    ['to a line that it had to ask for', reads(16), [compute(100_000), store(at(16, 3), 1)]],
  ])('that a program stored to once, %s, is not', (_when, first, last) => {
    const [replications, shared] = copies(first, last);
    expect([replications, shared > 0]).toEqual([0, true]);
  });

  it('has been written if a store made its copies collapse, though it hit in the cache', () => {
    const seen: number[][] = [];
    const policy = onNode(
      0,
      ({ kind, node }, { replicas, writes: counted }) => {
        seen.push([node, counted]);
        if (kind === 'replica-write') return collapse('written');
        return node === 1 && replicas.length === 0 && seen.length === 1 ? replicate(1, 'told') : stay('told');
      },
      40,
    );
    // Copying leaves the last line in the cache of processor 1, of which no other has a copy.
    const copier = [...reads(16), ...reads(16, 8), compute(50_000), store(at(16, 31), 1), ...barrier];
    const { system } = play([barrier, copier, [...barrier, ...reads(16), ...reads(16, 8)]], policy);
    expect(system.kernel.work).toMatchObject({ replications: { count: 1 }, collapses: { count: 1 } });
    const counts = system.machine.controllers[0].counters!.snapshot(pageOf(system).frame, 0);
    expect([counts[4], seen]).toEqual([0, [[1, 0], [1, 0], [2, 1]]]); // prettier-ignore
  });
});
