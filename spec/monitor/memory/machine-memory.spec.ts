import { SILENT } from '../../support/counters.js';
import { describe, expect, it } from '@jest/globals';
import { machineFrame, physicalPage } from '../../../lib/messages/addresses.js';
import { DiscoError } from '../../../lib/monitor/errors.js';
import type { MachinePage } from '../../../lib/monitor/memory/machine-page.js';
import type { MonitorCpu } from '../../../lib/monitor/monitor-cpu.js';
import { migrate, replicate } from '../../../lib/placement/decision.js';
import type { PlacementPolicy } from '../../../lib/placement/policy.js';
import { placeNear } from '../../../lib/placement/policies/static/first-touch.js';
import { machineStore } from '../../../lib/processor/operations.js';
import { MemoryBench, type MemoryBenchOptions } from '../support/memory-bench.js';
import type { Code } from '../../../lib/system/code.js';

/** Moves pages as it is told. */
const told = (action: 'migrate' | 'replicate'): PlacementPolicy => ({
  ...{ name: 'told', wants: ['hot-page', 'replica-write'], needs: [], counters: SILENT },
  decide: ({ kind, node }, _page, memory) =>
    kind === 'first-touch'
      ? placeNear(0, memory)
      : action === 'migrate'
        ? migrate(node, 'told')
        : replicate(node, 'told'),
});

/** Page 0 of machine 0, with 7 in its words 0 and 1000, is also page 1 of machine 1; then each processor does its own. */
function sharing(
  then: (bench: MemoryBench) => readonly (readonly ((cpu: MonitorCpu) => Code<unknown>)[])[],
  options: MemoryBenchOptions = {},
): MemoryBench {
  const bench = new MemoryBench(2, 4, options);
  bench.phases(
    [
      [
        function* (cpu): Code {
          yield* bench.write(cpu, 0, 0, 0, 7);
          yield* bench.write(cpu, 0, 0, 1000, 7);
          yield* bench.memory.share(cpu, bench.page(0, 0), bench.pmaps[1], physicalPage(1));
        },
      ],
    ],
    then(bench),
  );
  return bench;
}

/** Takes frames until there are as many free as said, and returns their pages, each kept. */
function* hoard({ memory, frames }: MemoryBench, cpu: MonitorCpu, free: number): Code<MachinePage[]> {
  const pages: MachinePage[] = [];
  while (frames.allFree > free) {
    const page = (yield* memory.take(cpu, 0, pages.length, false))!;
    memory.keep(page);
    pages.push(page);
  }
  return pages;
}

describe('machine memory', () => {
  it('makes a page of zeros near its first user when it is touched, and keeps what is written', () => {
    const bench = new MemoryBench(1, 8);
    const seen: number[] = [];
    bench.run(
      [],
      [
        function* (cpu): Code {
          seen.push(yield* bench.read(cpu, 0, 3, 5));
          yield* bench.write(cpu, 0, 3, 5, 42);
          seen.push(yield* bench.read(cpu, 0, 3, 5), yield* bench.read(cpu, 0, 3, 6));
        },
      ],
    );
    expect(seen).toEqual([0, 42, 0]);
    expect(bench.page(0, 3)).toMatchObject({ home: 1, keepers: 0, busy: false });
    expect(bench.cleared).toEqual([bench.page(0, 3).frame]);
    expect(bench.memory.work).toEqual({ zeroed: 1, shared: 0, copied: 0, refused: 0 });
  });

  it('makes one page for two processors that touch it at once', () => {
    const bench = new MemoryBench(1, 8);
    const pages: (MachinePage | null)[] = [];
    const touch = function* (cpu: MonitorCpu): Code {
      pages.push(yield* bench.memory.pageAt(cpu, bench.pmaps[0], physicalPage(2), true));
    };
    bench.run([touch], [touch]);
    expect(pages[0]).toBe(pages[1]);
    expect(bench.memory.work.zeroed).toBe(1);
    expect(bench.check()).toEqual([]);
  });

  it('zeroes what one virtual machine gives up before another gets it', () => {
    const bench = new MemoryBench(2, 8);
    const seen: number[] = [];
    bench.run([
      function* (cpu): Code {
        yield* bench.write(cpu, 0, 3, 5, 42);
        const { frame } = bench.page(0, 3);
        yield* bench.memory.discard(cpu, bench.pmaps[0], physicalPage(3));
        seen.push(yield* bench.read(cpu, 1, 3, 5), bench.page(1, 3).frame - frame);
      },
    ]);
    expect(seen).toEqual([0, 0]);
  });

  it('refuses a physical page that there is not, and pages that are not there any more', () => {
    const bench = new MemoryBench(1, 8);
    expect(() => bench.run([cpu => bench.read(cpu, 0, 8, 0)])).toThrow(
      'vm0 has no physical page 8; it has pages 0 to 7',
    );
    const other = new MemoryBench(1, 8);
    const stale = function* (cpu: MonitorCpu): Code {
      const page = (yield* other.memory.pageAt(cpu, other.pmaps[0], physicalPage(0), true))!;
      yield* other.memory.discardAll(cpu, other.pmaps[0]);
      other.memory.keep(page);
    };
    expect(() => other.run([stale])).toThrow('page 0 does not exist any more');
  });
});

describe('a shared page', () => {
  it('is read-only, and copied for the one that stores', () => {
    const seen: number[] = [];
    const bench = sharing(bench => [
      [
        function* (cpu): Code {
          seen.push(yield* bench.read(cpu, 1, 1, 0), Number(bench.page(0, 0) === bench.page(1, 1)));
          yield* bench.write(cpu, 0, 0, 0, 8);
          seen.push(
            yield* bench.read(cpu, 1, 1, 0),
            yield* bench.read(cpu, 0, 0, 0),
            yield* bench.read(cpu, 0, 0, 1000),
          );
        },
      ],
    ]);
    expect(seen).toEqual([7, 1, 7, 8, 7]);
    expect(bench.memory.work).toEqual({ zeroed: 1, shared: 1, copied: 1, refused: 0 });
    expect(bench.page(1, 1).single).toBe(true);
    expect(bench.check()).toEqual([]);
  });

  it('is not copied for its last user', () => {
    const bench = sharing(bench => [
      [
        (cpu): Code => bench.memory.discard(cpu, bench.pmaps[0], physicalPage(0)),
        (cpu): Code<unknown> => bench.write(cpu, 1, 1, 0, 9),
      ],
    ]);
    expect(bench.memory.work.copied).toBe(0);
    expect(bench.check()).toEqual([]);
  });

  it('is copied as it was when the other user stores to it meanwhile', () => {
    const bench = sharing(bench => [
      [(cpu): Code<unknown> => bench.write(cpu, 0, 0, 0, 8)],
      [
        function* (cpu): Code {
          while (bench.page(1, 1).users.length > 1) yield bench.code.step('refill miss');
          yield* bench.write(cpu, 1, 1, 1000, 9);
        },
      ],
    ]);
    expect(bench.word(bench.page(0, 0).frame, 1000)).toBe(7);
    expect(bench.word(bench.page(1, 1).frame, 1000)).toBe(9);
    expect(bench.check()).toEqual([]);
  });

  it('is not moved while it is copied', () => {
    const bench = sharing(
      bench => [
        [(cpu): Code<unknown> => bench.write(cpu, 0, 0, 0, 8)],
        [
          function* (cpu): Code {
            while (bench.page(1, 1).users.length > 1) yield bench.code.step('refill miss');
            yield* bench.hotPage(cpu, bench.page(1, 1).frame, [0, 9]);
          },
        ],
      ],
      { policy: told('migrate') },
    );
    expect(bench.memory.placement.log.count('stay', 'a device is at work on it')).toBe(1);
    expect(bench.word(bench.page(0, 0).frame, 1000)).toBe(7);
  });

  it('is of zeros for whoever overwrites it whole, whatever its new frame held', () => {
    const bench = sharing(bench => [
      [
        function* (cpu): Code {
          yield* bench.write(cpu, 1, 0, 1000, 666);
          yield* bench.memory.discard(cpu, bench.pmaps[1], physicalPage(0));
          yield* bench.memory.ownPage(cpu, bench.pmaps[0], physicalPage(0), true);
        },
      ],
    ]);
    expect(bench.word(bench.page(0, 0).frame, 1000)).toBe(0);
    expect(bench.word(bench.page(1, 1).frame, 1000)).toBe(7);
    expect([bench.page(0, 0).single, bench.page(1, 1).single]).toEqual([true, true]);
  });

  it('is let go by the physical page that becomes another one', () => {
    const bench = sharing(bench => [
      [
        function* (cpu): Code {
          yield* bench.write(cpu, 0, 2, 0, 1);
          yield* bench.memory.share(cpu, bench.page(0, 2), bench.pmaps[1], physicalPage(1));
          yield* bench.memory.share(cpu, bench.page(0, 2), bench.pmaps[1], physicalPage(1));
        },
      ],
    ]);
    expect(bench.page(0, 0).single).toBe(true);
    expect(bench.page(1, 1)).toBe(bench.page(0, 2));
    expect(bench.page(1, 1).users.length).toBe(2);
    expect(bench.memory.work.shared).toBe(2);
    expect(bench.check()).toEqual([]);
  });

  it('does not come to be while a device writes it', () => {
    const shared: boolean[] = [];
    const bench = new MemoryBench(2, 4);
    const { memory, pmaps } = bench;
    bench.run([
      function* (cpu): Code {
        const page = (yield* memory.ownPage(cpu, pmaps[0], physicalPage(0), true))!;
        memory.pin(page, true);
        shared.push(yield* memory.share(cpu, page, pmaps[1], physicalPage(0)));
        yield* memory.unpin(cpu, page, true);
        shared.push(yield* memory.share(cpu, page, pmaps[1], physicalPage(0)));
      },
    ]);
    expect(shared).toEqual([false, true]);
    expect(bench.check()).toEqual([]);
  });
});

describe('a page for a device', () => {
  it('is near a node, of a colour, and given back by the last of those that count on it', () => {
    const bench = new MemoryBench(1, 4);
    const { memory, frames } = bench;
    const free: number[] = [];
    bench.run([
      function* (cpu): Code {
        const before = frames.allFree;
        const page = (yield* memory.take(cpu, 1, 3, false))!;
        expect([page.home, (page.frame - 256) % 4]).toEqual([1, 3]);
        memory.pin(page, true);
        yield machineStore(page.frame, 0, 5);
        memory.keep(page);
        yield* memory.unpin(cpu, page, true);
        free.push(frames.allFree - before);
        yield* memory.release(cpu, page);
        free.push(frames.allFree - before);
        const pinned = (yield* memory.take(cpu, 1, 3, true))!;
        memory.pin(pinned);
        yield* memory.unpin(cpu, pinned);
        free.push(frames.allFree - before);
      },
    ]);
    expect(free).toEqual([-1, 0, 0]);
  });

  it.each<[string, (bench: MemoryBench, cpu: MonitorCpu, page: MachinePage) => Code, string]>([
    [
      'kept while it may be written',
      steps((bench, page) => bench.memory.keep(page)),
      'page 0 may be written by its user; hold it',
    ],
    [
      'released by nobody',
      (bench, cpu, page) => bench.memory.release(cpu, page),
      'processor 0 releases page 0, which nobody keeps',
    ],
    [
      'unpinned by nobody',
      (bench, cpu, page) => bench.memory.unpin(cpu, page),
      'processor 0 unpins page 0, which is not pinned',
    ],
    [
      'pinned while it is busy',
      steps((bench, page) => {
        page.busy = true;
        bench.memory.pin(page);
      }),
      'page 0 is busy; wait until it is free before pinning it',
    ],
  ])('is not %s', (_what, deed, message) => {
    const bench = new MemoryBench(1, 4);
    const wrong = function* (cpu: MonitorCpu): Code {
      yield* bench.write(cpu, 0, 0, 0, 1);
      yield* deed(bench, cpu, bench.page(0, 0));
    };
    expect(() => bench.run([wrong])).toThrow(message);
  });

  it('is held with what it has: its user gets a copy to write', () => {
    const bench = new MemoryBench(1, 4);
    const kept: MachinePage[] = [];
    bench.run([
      function* (cpu): Code {
        yield* bench.write(cpu, 0, 0, 0, 1);
        const page = bench.page(0, 0);
        yield* bench.memory.hold(cpu, page);
        kept.push(page);
        yield* bench.write(cpu, 0, 0, 0, 2);
      },
    ]);
    expect(bench.page(0, 0)).not.toBe(kept[0]);
    expect([bench.word(kept[0].frame, 0), bench.word(bench.page(0, 0).frame, 0)]).toEqual([1, 2]);
    expect(bench.check(page => Number(page === kept[0]))).toEqual([]);
  });
});

describe('when frames run out', () => {
  it('replicas go first, then what others can do without, and then there is none', () => {
    const bench = new MemoryBench(1, 8, { framesPerNode: 64, policy: told('replicate') });
    const { memory, pmaps } = bench;
    const said: unknown[] = [];
    bench.phases(
      [[(cpu): Code<unknown> => bench.read(cpu, 0, 0, 0)]],
      [[], [(cpu): Code => bench.hotPage(cpu, bench.page(0, 0).frame, [0, 9])]],
      [
        [
          function* (cpu): Code {
            const pages = yield* hoard(bench, cpu, 0);
            memory.reclaim.reclaimers.push(
              // eslint-disable-next-line require-yield
              function* (): Code<number> {
                said.push('nothing');
                return 0;
              },
              function* (_cpu, frames): Code<number> {
                said.push(frames);
                const page = pages.pop();
                if (page === undefined || pages.length < 70) return 0;
                yield* memory.release(cpu, page);
                return 1;
              },
            );
            said.push(bench.page(0, 0).replicas?.size);
            yield* memory.pageAt(cpu, pmaps[0], physicalPage(1), true);
            said.push(bench.page(0, 0).replicas);
            yield* memory.pageAt(cpu, pmaps[0], physicalPage(2), true);
            while (pages.length > 0) pages.pop();
            said.push(yield* memory.pageAt(cpu, pmaps[0], physicalPage(3), true), pmaps[0].get(physicalPage(3)));
            said.push(yield* memory.take(cpu, 0, 0, true));
          },
        ],
      ],
    );
    expect(said).toEqual([1, null, 'nothing', 16, 'nothing', 16, null, null, 'nothing', 16, null]);
    expect(memory.work.refused).toBe(2);
    expect(memory.placement.work.collapses.count).toBe(1);
  });

  it('copy-on-write is refused and nothing has changed', () => {
    const said: unknown[] = [];
    const bench = sharing(
      bench => [
        [
          function* (cpu): Code {
            yield* hoard(bench, cpu, 0);
            said.push(yield* bench.memory.ownPage(cpu, bench.pmaps[0], physicalPage(0), false));
            said.push(yield* bench.read(cpu, 0, 0, 0), yield* bench.read(cpu, 1, 1, 0));
          },
        ],
      ],
      { framesPerNode: 64 },
    );
    expect(said).toEqual([null, 7, 7]);
    expect(bench.page(0, 0)).toBe(bench.page(1, 1));
    expect(bench.page(0, 0)).toMatchObject({ keepers: 0, pins: 0, busy: false });
  });

  it('room is made for whoever needs more than a frame, as far as there is any', () => {
    const bench = new MemoryBench(1, 8, { framesPerNode: 64 });
    const { memory, frames } = bench;
    const said: unknown[] = [];
    bench.run([
      function* (cpu): Code {
        const pages = yield* hoard(bench, cpu, 2);
        const all = pages.length + 2;
        memory.reclaim.reclaimers.push(function* (cpu, count): Code<number> {
          const given = pages.splice(0, count);
          for (const page of given) yield* memory.release(cpu, page);
          return given.length;
        });
        said.push(yield* memory.makeRoom(cpu, 2), frames.allFree);
        said.push(yield* memory.makeRoom(cpu, 20), frames.allFree);
        said.push(yield* memory.makeRoom(cpu, all + 1), frames.allFree - all);
      },
    ]);
    expect(said).toEqual([true, 2, true, 20, false, 0]);
    expect(memory.work.refused).toBe(1);
    memory.resetStatistics();
    expect(memory.work).toEqual({ zeroed: 0, shared: 0, copied: 0, refused: 0 });
  });

  it('whoever is asked for memory is refused more of it', () => {
    const bench = new MemoryBench(1, 8, { framesPerNode: 64 });
    const { memory } = bench;
    const said: unknown[] = [];
    memory.reclaim.reclaimers.push(function* (cpu): Code<number> {
      said.push(yield* memory.take(cpu, 0, 0, false));
      return 0;
    });
    bench.run([
      function* (cpu): Code {
        yield* hoard(bench, cpu, 0);
        said.push(yield* memory.take(cpu, 0, 0, false));
      },
    ]);
    expect(said).toEqual([null, null]);
  });
});

describe('the pmap of a virtual machine', () => {
  it('leaves its memory to the next one', () => {
    const bench = new MemoryBench(1, 600);
    const { memory, pmaps, space } = bench;
    expect(memory.pmaps.all.size).toBe(1);
    const before = space.owned.size;
    memory.pmaps.remove(pmaps[0]);
    const next = memory.pmaps.add(1, 'next', 700, 0);
    expect(space.owned.size).toBe(before);
    expect([...memory.pmaps.all]).toEqual([next]);
    expect(next.address(physicalPage(699)) - next.address(physicalPage(512))).toBe(187 * 16);
  });

  it('is not forgotten while it has pages', () => {
    const bench = new MemoryBench(1, 4);
    bench.run([cpu => bench.read(cpu, 0, 2, 0)]);
    expect(() => bench.memory.pmaps.remove(bench.pmaps[0])).toThrow('vm0 still has a machine page at physical page 2');
  });

  it('is not made without memory for it', () => {
    const bench = new MemoryBench(1, 4, { framesPerNode: 64 });
    while (bench.frames.takeNear(0, 0) >= 0);
    expect(() => bench.memory.pmaps.add(1, 'large', 4096, 0)).toThrow(DiscoError);
    expect(bench.memory.pmaps.all.size).toBe(1);
  });

  it('is beside its memmap in cost: 32 bytes a frame on the node of the frame', () => {
    const bench = new MemoryBench(1, 4);
    const { memory, machine } = bench;
    expect(memory.memmapAddress(machineFrame(5)) - memory.memmapAddress(machineFrame(4))).toBe(32);
    const frame = machine.processors[0].tlb.translate(memory.memmapAddress(machineFrame(256 + 9)) >>> 12, 0);
    expect(machine.map.homeOfFrame(machineFrame(frame))).toBe(1);
  });
});

/** A deed that takes no time. */
function steps(deed: (bench: MemoryBench, page: MachinePage) => void) {
  return function* (bench: MemoryBench, _cpu: MonitorCpu, page: MachinePage): Code {
    deed(bench, page);
    yield bench.code.step('enter');
  };
}
