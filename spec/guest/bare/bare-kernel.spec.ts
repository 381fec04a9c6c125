import { SILENT } from '../../support/counters.js';
import { describe, expect, it } from '@jest/globals';
import { SimulationError } from '../../../lib/engine/errors.js';
import { GuestError } from '../../../lib/system/guest-error.js';
import { ThreadProcess } from '../../../lib/guest/bare/thread-process.js';
import { migrate, place, replicate, stay } from '../../../lib/placement/decision.js';
import type { Decision } from '../../../lib/placement/decision.js';
import type { PlacementPolicy } from '../../../lib/placement/policy.js';
import { roundRobin } from '../../../lib/placement/policies/static/round-robin.js';
import { compute, interrupt, load, store, type Operation } from '../../../lib/processor/operations.js';
import { LINE, PAGE, barrier, eager, kernelMachine, onNode, run, runChecked } from '../kernel-machine.js';
import type { KernelMachine, KernelMachineOptions } from '../kernel-machine.js';

const lines = (page: number, count: number): Operation[] =>
  Array.from({ length: count }, (_, i) => load(page * PAGE + i * LINE));

/** Places a page on the node that touches it, and says `answer` to everything else. */
const nearest = (answer: Decision, threshold: number): PlacementPolicy => ({
  ...onNode(0, () => answer, threshold),
  decide: ({ kind, node }) => (kind === 'first-touch' ? place(node, 'told') : answer),
});

/** Runs programs of operations by processor, with checks, to the end. */
function play(programs: readonly (readonly Operation[])[], options: KernelMachineOptions = {}): KernelMachine {
  const system = kernelMachine(
    programs.map(operations => run(operations)),
    options,
  );
  runChecked(system, 50);
  return system;
}

const placing = (decision: Decision): PlacementPolicy => ({ ...onNode(0), decide: () => decision });

describe('a first touch', () => {
  it('puts pages where the policy says', () => {
    const { kernel } = play([[...lines(16, 1), ...lines(17, 1), ...lines(20, 1)]], { policy: roundRobin() });
    expect(kernel.pages.pages.map(({ label, home }) => [label, home])).toEqual([
      ['page 0x10', 0],
      ['page 0x11', 1],
      ['page 0x14', 2],
    ]);
  });

  it('clears the page, which costs what it costs', () => {
    const { processors } = play([[load(16 * PAGE)]], { l2Bytes: 8192 });
    // 2000 instructions for the fault; 32 lines of 20 instructions and a local miss of 300 ns, 120 ticks.
    expect(processors[0].account.report()['page fault']).toBe(2000 + 32 * (20 + 120));
    // 14 instructions and a local miss on the page table.
    expect(processors[0].account.report()['tlb refill']).toBe(14 + 120);
  });

  it('leaves zeros where a page was before', () => {
    const found: number[] = [];
    const policy = onNode(0, ({ node }, { home }) => (home === 0 ? migrate(node, 'told') : stay('told')));
    const first = [store(16 * PAGE, 7), ...barrier, ...barrier, load(17 * PAGE)];
    const second = [...barrier, ...lines(16, 4), compute(20000), ...barrier];
    const system = kernelMachine([run(first, found), run(second)], { nodes: 2, framesPerNode: 3, policy });
    // Node 0 has frames for its mailbox, a page table and one page: the second page gets the frame of the first.
    runChecked(system, 20);
    expect(system.kernel.work.migrations.count).toBe(1);
    expect(system.kernel.pages.pages.map(({ home }) => home)).toEqual([1, 0]);
    expect(found.at(-1)).toBe(0);
  });

  it('of two processors at once places the page once', () => {
    const { kernel, processors, machine } = play([[load(16 * PAGE)], [load(16 * PAGE)]]);
    expect(kernel.pages.pages).toHaveLength(1);
    expect(kernel.log.counts()).toEqual([{ action: 'place', because: 'first touch', count: 1 }]);
    const [first, second] = processors.map(({ account }) => account.report()['page fault']);
    // The other one goes on a cycle after the first.
    expect(second - first).toBe(1);
    for (const { tlb } of processors.slice(0, 2)) expect([...tlb.mappings()]).toHaveLength(1);
    void machine;
  });

  const mistakes: readonly [string, Decision, string][] = [
    ['a migration', migrate(0, 'told'), 'on page 0 with migrate to 0 ("told"): it must place the page'],
    ['a full node', place(1, 'told'), 'node 1 has no free frame; ask memory.freeFrames first'],
    ['no node', place(9, 'told'), 'to is 9; give a node as a whole number from 0 to 1'],
    ['out of memory', stay('none left'), 'node0.cpu0: out of memory: none left; give the machine more memory'],
  ];
  it.each(mistakes)('answered with %s is an error', (_, decision, message) => {
    const options = { nodes: 2, framesPerNode: 1, policy: placing(decision) };
    expect(() => play([[load(0)]], options)).toThrow(message);
  });

  it('without a free frame anywhere is an error of the program', () => {
    expect(() => play([[load(0), load(PAGE), load(2 * PAGE)]], { nodes: 2, framesPerNode: 2 })).toThrow(GuestError);
  });

  it('beyond the addresses of user programs is an error of the program', () => {
    expect(() => play([[load(0x80000000 | 0)]])).toThrow(
      'node0.cpu0: the program uses page 0x80000; threads have addresses below 0x80000000',
    );
  });
});

describe('a hot page', () => {
  const reader = (answer: Decision, options: KernelMachineOptions = {}): KernelMachine =>
    play(
      [
        [store(16 * PAGE, 1), ...barrier],
        [...barrier, ...lines(16, 4)],
      ],
      { ...options, policy: onNode(0, () => answer, 4) },
    );

  const mistakes: readonly [string, Decision, string][] = [
    [
      'a promotion to a node that is no faster',
      { action: 'promote', to: 1, because: 'told' },
      'promote to 1 ("told"): node 1 is of tier 0 and the page\'s of tier 0; promote to a faster tier',
    ],
    [
      'a node that is not there',
      migrate(9, 'told'),
      'migrate to 9 ("told"): to is 9; give a node as a whole number from 0 to 3',
    ],
    ['a move to where it is', migrate(0, 'told'), 'the page is on node 0 already; stay'],
    ['a copy to where it is', replicate(0, 'told'), 'the page is on node 0 already; stay'],
    ['nothing', undefined as never, 'on page 0 with undefined: that is no decision'],
    ['null', null as never, 'on page 0 with null: that is no decision'],
    ['a node in quotes', migrate('0' as never, 'x'), 'to is "0"; give a node as a whole number from 0 to 3'],
  ];
  it.each(mistakes)('answered with %s is an error', (_, decision, message) => {
    expect(() => reader(decision)).toThrow(message);
    expect(() => reader(decision)).toThrow(SimulationError);
    expect(() => reader(decision)).toThrow('node1.cpu0: the policy told answers hot-page of node 1');
  });

  it('stays if its new node is full', () => {
    const own = [...lines(32, 1), ...lines(34, 1)];
    const policy = nearest(migrate(1, 'told'), 4);
    // Three frames on each node: on node 1 for its mailbox and two pages.
    const { kernel } = play(
      [
        [store(16 * PAGE, 1), ...barrier],
        [...own, ...barrier, ...lines(16, 4)],
      ],
      {
        ...{ policy, framesPerNode: 3 },
      },
    );
    expect(kernel.log.count('stay', 'no free frame at the target')).toBe(1);
  });

  it('is frozen and thawed as the policy says', () => {
    const policy = onNode(0, (_, { frozen }) => ({ action: frozen ? 'thaw' : 'freeze', because: 'told' }), 4);
    const { kernel } = play(
      [
        [store(16 * PAGE, 1), ...barrier],
        [...barrier, ...lines(16, 12)],
      ],
      { policy },
    );
    expect([kernel.log.count('freeze'), kernel.log.count('thaw'), kernel.pages.pages[0].frozen]).toEqual([2, 1, true]);
  });

  it('of the kernel itself stays where it is', () => {
    // The page table is on node 0, the pages that it maps are on node 1; its lines leave the small cache all the time.
    const touches = Array.from({ length: 30 }, (_, i) => lines(16 + 64 * i, 1)).flat();
    const { kernel } = play([lines(15, 1), [compute(20000), ...touches, ...touches]], {
      ...{ policy: nearest(migrate(1, 'told'), 1), tlbEntries: 1, framesPerNode: 64 },
    });
    expect(kernel.work.hotPages).toBeGreaterThan(10);
    expect(kernel.log.counts()).toEqual([{ action: 'place', because: 'told', count: 31 }]);
  });

  it('is moved only so often in an interval', () => {
    const resetNs = 150_000;
    const policy = eager({ trigger: 4, moves: 1, replication: false, sharing: 4, resetNs });
    const rounds = Array.from({ length: 24 }, (_, i) => i);
    const turns = (self: number): Operation[] =>
      rounds.flatMap(round => [...(round % 2 === self ? lines(16, 32) : []), ...barrier]);
    const { kernel } = play([turns(0), turns(1)], { nodes: 2, policy });
    const moves = kernel.log.entries().filter(({ decision }) => decision.action === 'migrate');
    const intervals = moves.map(({ evidence }) => Math.floor(evidence.timeNs / resetNs));
    expect(new Set(intervals).size).toBe(intervals.length);
    expect(intervals.length).toBeGreaterThan(1);
    expect(kernel.log.count('stay', 'moved too often')).toBeGreaterThan(1);
  });
});

describe('a kernel', () => {
  it('refuses interrupts that nobody sends', () => {
    expect(() => play([[interrupt(1, 9, 0)], []])).toThrow('node1.cpu0: the kernel does not know interrupt 9');
  });

  it('refuses a policy that wants what it does not produce', () => {
    const policy: PlacementPolicy = { ...onNode(0), name: 'curious', wants: ['counted-miss'], counters: SILENT };
    expect(() => kernelMachine([run([])], { policy })).toThrow(
      'the policy curious wants counted-miss, which the bare-machine kernel does not produce; it produces first-touch, hot-page, replica-write, hint-fault',
    );
  });

  it('needs to be told what a processor runs', () => {
    const { kernel, processors } = kernelMachine([]);
    const other = kernelMachine([]).processors[0];
    expect(() => kernel.refill(other, 0)).toThrow('node0.cpu0 runs no process of this kernel');
    expect(() => new ThreadProcess(256, '', processors)).toThrow(
      'an address space identifier is from 0 to 255, not 256',
    );
  });
});
