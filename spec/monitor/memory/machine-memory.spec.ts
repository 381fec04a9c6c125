import { describe, expect, it } from '@jest/globals';
import type { Steps } from '../../../lib/monitor/steps.js';
import { MemoryBench } from '../support/memory-bench.js';

describe('machine memory', () => {
  it('makes a page of zeros near its first user when it is touched, and keeps what is written', () => {
    const bench = new MemoryBench(1, 8);
    const seen: number[] = [];
    bench.run(
      [],
      [
        function* (cpu): Steps {
          seen.push(yield* bench.read(cpu, 0, 3, 5));
          yield* bench.write(cpu, 0, 3, 5, 42);
          seen.push(yield* bench.read(cpu, 0, 3, 5), yield* bench.read(cpu, 0, 3, 6));
        },
      ],
    );
    expect(seen).toEqual([0, 42, 0]);
    expect(bench.page(0, 3)).toMatchObject({ home: 1, keepers: 0, busy: false });
    expect(bench.memory.work).toEqual({ zeroed: 1, shared: 0, copied: 0, refused: 0 });
  });

  it('shares a page read-only, and copies it for the one that stores', () => {
    const bench = new MemoryBench(2, 8);
    const { memory, pmaps } = bench;
    const seen: number[] = [];
    bench.run([
      function* (cpu): Steps {
        yield* bench.write(cpu, 0, 1, 9, 7);
        const page = yield* memory.pageAt(cpu, pmaps[0]!, 1, false);
        yield* memory.share(cpu, page!, pmaps[1]!, 4);
        seen.push(yield* bench.read(cpu, 1, 4, 9), bench.page(0, 1) === bench.page(1, 4) ? 1 : 0);
        yield* bench.write(cpu, 0, 1, 9, 8);
        seen.push(yield* bench.read(cpu, 1, 4, 9), yield* bench.read(cpu, 0, 1, 9));
      },
    ]);
    expect(seen).toEqual([7, 1, 7, 8]);
    expect(memory.work).toEqual({ zeroed: 1, shared: 1, copied: 1, refused: 0 });
    expect(bench.page(1, 4).single).toBe(true);
  });
});
