import { SILENT } from '../../support/counters.js';
import { describe, expect, it } from '@jest/globals';
import { physicalPage } from '../../../lib/messages/addresses.js';
import { compute } from '../../../lib/processor/operations.js';
import { migrate, place, stay } from '../../../lib/placement/decision.js';
import type { PlacementPolicy } from '../../../lib/placement/policy.js';
import { SHOOTDOWN, type Reach } from '../../../lib/monitor/memory/shootdown.js';
import { MemoryBench } from '../support/memory-bench.js';
import type { Piece } from '../support/steps-bench.js';
import type { Code } from '../../../lib/system/code.js';

/** Page 0 of a machine in the TLBs of processors 0, 1 and 3 of four: there read-only, unless one of them is `writer`. */
function mapped(writer: number, then: (bench: MemoryBench) => Piece): MemoryBench {
  const bench = new MemoryBench(2, 4, { nodes: 4 });
  const { memory, pmaps } = bench;
  const read: Piece = cpu => bench.read(cpu, 0, 0, 0);
  bench.phases(
    [
      [
        function* (cpu): Code {
          const page = yield* memory.pageAt(cpu, pmaps[0], physicalPage(0), false);
          if (writer < 0) yield* memory.share(cpu, page!, pmaps[1], physicalPage(0));
        },
      ],
    ],
    [writer === 0 ? [cpu => bench.write(cpu, 0, 0, 0, 1)] : [read], [read], [], [read]],
    [[then(bench)]],
  );
  return bench;
}

const drop =
  (reach: Reach) =>
  (bench: MemoryBench): Piece =>
  cpu =>
    bench.memory.shootdown.drop(cpu, bench.page(0, 0), reach);

const interrupts = (bench: MemoryBench): number[] =>
  bench.machine.processors.map(processor => processor.stats.interrupts);
const entries = (bench: MemoryBench): number[] => bench.machine.processors.map(({ tlb }) => [...tlb.mappings()].length);

describe('a shootdown', () => {
  it('interrupts exactly the other processors that have a translation', () => {
    const bench = mapped(-1, drop({}));
    expect(interrupts(bench)).toEqual([0, 1, 0, 1]);
    expect(entries(bench)).toEqual([0, 0, 0, 0]);
    expect(bench.memory.shootdown.work).toEqual({ requests: 1, interrupts: 2, entries: 3 });
  });

  it('reaches only processors of given nodes', () => {
    const bench = mapped(-1, drop({ nodes: [0, 3] }));
    expect(interrupts(bench)).toEqual([0, 0, 0, 1]);
    expect(entries(bench)).toEqual([0, 1, 0, 0]);
  });

  it('takes out only what may write', () => {
    const bench = mapped(0, bench => drop({ writable: true })(bench));
    // All who load a translation of a page of one user may write it.
    expect(entries(bench)).toEqual([0, 0, 0, 0]);
    const shared = mapped(-1, drop({ writable: true }));
    expect(entries(shared)).toEqual([1, 1, 0, 1]);
    expect(shared.memory.shootdown.work.requests).toBe(0);
  });

  it('leaves processors alone that hold translations of another virtual machine', () => {
    const bench = new MemoryBench(2, 4, { nodes: 3, owners: true });
    const { memory, pmaps } = bench;
    bench.phases(
      [
        [
          function* (cpu): Code {
            const page = yield* memory.pageAt(cpu, pmaps[0], physicalPage(0), false);
            yield* memory.share(cpu, page!, pmaps[1], physicalPage(0));
          },
        ],
      ],
      [[], [cpu => bench.read(cpu, 0, 0, 0)], [cpu => bench.read(cpu, 1, 0, 0)]],
      [[cpu => memory.discard(cpu, pmaps[1], physicalPage(0))]],
    );
    expect(interrupts(bench)).toEqual([0, 0, 1]);
    expect(entries(bench)).toEqual([0, 1, 0]);
    expect(bench.check()).toEqual([]);
  });

  it('costs nothing if nobody has a translation', () => {
    const bench = mapped(-1, bench => cpu => bench.memory.shootdown.drop(cpu, bench.page(0, 0), { nodes: [2] }));
    expect(bench.memory.shootdown.work).toEqual({ requests: 0, interrupts: 0, entries: 0 });
  });

  it('takes the other half of an entry along, and its backmap', () => {
    const bench = new MemoryBench(1, 4);
    const { memory, pmaps } = bench;
    bench.run([
      function* (cpu): Code {
        const one = (yield* memory.pageAt(cpu, pmaps[0], physicalPage(0), false))!;
        const two = (yield* memory.pageAt(cpu, pmaps[0], physicalPage(1), false))!;
        const [even, odd] = [one, two].map(page => ({ page, frame: page.frame, writable: true }));
        cpu.hardware.write(5, 0, 0, even, odd);
        expect([one.mappings.size, two.mappings.size]).toEqual([1, 1]);
        yield* memory.shootdown.drop(cpu, one);
      },
    ]);
    expect(bench.page(0, 1).mappings.size).toBe(0);
    expect(bench.check()).toEqual([]);
  });

  it('is answered by a processor that waits for its own', () => {
    // Each of two processors moves a page to itself that the other maps, at once.
    const policy: PlacementPolicy = {
      ...{ name: 'to whoever asks', wants: ['hot-page'], needs: [], counters: SILENT },
      decide: ({ kind, node }, { home }) =>
        kind === 'first-touch' ? place(1 - node, 'elsewhere') : node === home ? stay('local') : migrate(node, 'asked'),
    };
    const bench = new MemoryBench(1, 4, { policy });
    const both: Piece[] = [0, 1].map(physical => cpu => bench.read(cpu, 0, physical, 0));
    bench.phases(
      [[both[0]], [both[1]]],
      [both, both],
      [
        [cpu => bench.hotPage(cpu, bench.page(0, 0).frame, [9, 0])],
        [cpu => bench.hotPage(cpu, bench.page(0, 1).frame, [0, 9])],
      ],
    );
    expect([bench.page(0, 0).home, bench.page(0, 1).home]).toEqual([0, 1]);
    expect(interrupts(bench)).toEqual([1, 1]);
    expect(bench.memory.placement.work.migrations.count).toBe(2);
    expect(bench.check()).toEqual([]);
  });

  it('is over only when the translations are gone, however slow the others are', () => {
    const bench = new MemoryBench(1, 4, { nodes: 3 });
    const { memory } = bench;
    bench.handlers.set(SHOOTDOWN, function* (cpu, a) {
      const steps = memory.shootdown.acknowledge(cpu, a);
      for (let next = steps.next(0); next.done !== true; next = steps.next(0)) {
        yield compute(10_000 * cpu.number);
        yield next.value;
      }
    });
    const left: number[] = [];
    const read: Piece = cpu => bench.read(cpu, 0, 0, 0);
    bench.phases(
      [[read], [read], [read]],
      [
        [
          function* (cpu): Code {
            yield* memory.shootdown.drop(cpu, bench.page(0, 0));
            left.push(bench.page(0, 0).mappings.size);
          },
        ],
      ],
    );
    expect(left).toEqual([0]);
  });

  it('is not acknowledged without a request', () => {
    const bench = new MemoryBench(1, 1);
    const steps = bench.memory.shootdown.acknowledge(bench.cpus[0], 3);
    expect(() => steps.next()).toThrow('node0.cpu0: there is no shootdown 3 to acknowledge');
  });
});
