import { SILENT } from '../../support/counters.js';
import { describe, expect, it } from '@jest/globals';
import { machineFrame, physicalPage } from '../../../lib/messages/addresses.js';
import { place, replicate } from '../../../lib/placement/decision.js';
import type { PlacementPolicy } from '../../../lib/placement/policy.js';
import { machineStore } from '../../../lib/processor/operations.js';
import { MemoryBench } from '../support/memory-bench.js';
import type { Code } from '../../../lib/system/code.js';

const policy: PlacementPolicy = {
  ...{ name: 'to whoever asks', wants: ['hot-page'], needs: [], counters: SILENT },
  decide: ({ kind, node }) => (kind === 'first-touch' ? place(0, 'told') : replicate(node, 'told')),
};

/** Page 0 is one machine's alone, on node 0; page 1 has a replica on node 1. Processor 1 maps both. Then something is broken. */
function broken(harm: (bench: MemoryBench) => void): string[] {
  const bench = new MemoryBench(1, 4, { policy });
  const found: string[] = [];
  bench.phases(
    [[cpu => bench.write(cpu, 0, 0, 0, 1), cpu => bench.write(cpu, 0, 1, 5, 2)]],
    [[], [cpu => bench.hotPage(cpu, bench.page(0, 1).frame, [0, 9])]],
    [[], [cpu => bench.read(cpu, 0, 0, 0), cpu => bench.read(cpu, 0, 1, 5)]],
  );
  expect(bench.check(() => 0)).toEqual([]);
  harm(bench);
  found.push(...bench.check(() => 0));
  return found;
}

const page = (bench: MemoryBench, physical: number) => bench.page(0, physical);

describe('a check of memory', () => {
  it.each<[string, (bench: MemoryBench) => void, string]>([
    ['a frame that is lost', b => b.frames.take(1, 0), 'frame 280 is lost'],
    ['a frame that is free and used', b => b.frames.give(page(b, 0).frame), 'frame 24 is 2 things at once'],
    [
      'a frame that holds what is elsewhere',
      b => b.memory.memmap.set(machineFrame(100), page(b, 0)),
      'frame 100 holds page 0, which does not know',
    ],
    [
      'a page that has no frame',
      b => b.memory.memmap.set(page(b, 0).frame, null),
      'physical page 0 of vm0 is page 0, which has no frame',
    ],
    [
      'a pmap of which the page does not know',
      b => b.pmaps[0].set(physicalPage(3), page(b, 0)),
      'physical page 3 of vm0 is 0 times a user of page 0',
    ],
    [
      'a user twice',
      b => page(b, 0).users.push(page(b, 0).users[0]),
      'physical page 0 of vm0 is 2 times a user of page 0',
    ],
    [
      'a user that does not know',
      b => page(b, 0).users.push({ pmap: b.pmaps[0], physical: physicalPage(2) }),
      'page 0 has a user, physical page 2 of vm0, that does not know',
    ],
    [
      'a pmap that is gone',
      b => b.memory.pmaps.all.clear(),
      'page 0 has a user, physical page 0 of vm0, that does not know',
    ],
    ['a busy page', b => (page(b, 0).busy = true), 'page 0 is busy at rest'],
    ['somebody who waits', b => page(b, 0).waiters.push(1), 'page 0 is busy at rest'],
    ['a pinned page', b => page(b, 0).pins++, 'page 0 is pinned at rest'],
    ["a page that is nobody's", b => b.memory.memmap.make(b.frames.take(0, 0)), "page 2 is nobody's"],
    ['a keeper too many', b => page(b, 0).keepers++, 'page 0 counts 1 keepers and has 0'],
    ['a page that is elsewhere', b => (page(b, 0).home = 1), 'page 0 is not on node 1'],
    ['replicas that are forgotten', b => b.memory.states.replicated.clear(), 'replicas of page 1 are not known'],
    [
      'a replica that is none',
      b => page(b, 1).replicas!.set(0, machineFrame(25)),
      'page 1 has a replica on node 0 that is no replica',
    ],
    [
      'a translation that the monitor does not know',
      b =>
        b.cpus[1].processor.tlb.write(60, {
          pair: 999,
          space: 0,
          even: 1,
          odd: -1,
          evenWritable: true,
          oddWritable: true,
        }),
      'processor 1 translates 3 pages, the monitor knows 2',
    ],
    [
      'a translation that is gone',
      b => b.cpus[1].processor.tlb.drop(0),
      'processor 1 translates 1 pages, the monitor knows 2',
    ],
    [
      'a translation of a page that was moved',
      b => (page(b, 0).frame = machineFrame(99)),
      'page 0 as processor 1 maps it does not exist',
    ],
    [
      "a translation of another node's copy",
      b => page(b, 1).replicas!.set(1, machineFrame(300)),
      'page 1 as processor 1 maps it is frame 281, not 300',
    ],
    [
      'a translation that may write what another holds',
      b => page(b, 0).keepers++,
      "page 0 as processor 1 maps it is writable, but is not one user's alone",
    ],
    ['a lost backmap', b => page(b, 0).mappings.clear(), 'page 0 as processor 1 maps it lacks its backmap'],
    [
      'a wrong backmap',
      b => page(b, 0).mappings.add(200),
      'page 0 has a backmap of processor 1 that maps something else',
    ],
    [
      'translations of another virtual machine',
      b => (b.cpus[1].hardware.owner = b.memory.pmaps.add(1, 'other', 1, 0)),
      "page 0 as processor 1 maps it is not other's",
    ],
  ])('finds %s', (_what, harm, message) => {
    expect(broken(harm)).toContain(message);
  });

  it('finds counts of free frames that are wrong', () => {
    const found = broken(bench => (bench.frames.free = node => 7 + node));
    expect(found[1]).toMatch(/^node 1 has \d+ free frames and counts 8$/);
  });

  it('finds a word of a replica that differs', () => {
    const bench = new MemoryBench(1, 4, { policy });
    bench.phases(
      [[cpu => bench.write(cpu, 0, 1, 5, 2)]],
      [[], [cpu => bench.hotPage(cpu, bench.page(0, 1).frame, [0, 9])]],
      [
        [
          function* (): Code {
            yield machineStore(bench.page(0, 1).frameFor(1), 404, 3);
          },
        ],
      ],
    );
    expect(bench.check()).toEqual(['word 101 of page 0 differs on node 1']);
  });
});
