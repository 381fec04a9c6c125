import { SILENT } from '../../support/counters.js';
import { describe, expect, it } from '@jest/globals';
import { physicalPage } from '../../../lib/messages/addresses.js';
import { memoryReport, type Classifier } from '../../../lib/monitor/memory/memory-report.js';
import { place, replicate } from '../../../lib/placement/decision.js';
import type { PlacementPolicy } from '../../../lib/placement/policy.js';
import { MemoryBench } from '../support/memory-bench.js';
import type { Code } from '../../../lib/system/code.js';

const policy: PlacementPolicy = {
  ...{ name: 'to whoever asks', wants: ['hot-page'], needs: [], counters: SILENT },
  decide: ({ kind, node }) => (kind === 'first-touch' ? place(0, 'told') : replicate(node, 'told')),
};

/** Page 0 is text, pages 1 and 2 buffer cache, the rest data. */
const classify: Classifier = (_pmap, physical) => (physical === 0 ? 'text' : physical < 3 ? 'buffer cache' : 'data');

describe('the memory report', () => {
  it('counts every virtual machine’s pages against machine pages, and the rest apart', () => {
    const bench = new MemoryBench(3, 8, { policy });
    const { memory, pmaps, frames, space } = bench;
    bench.phases(
      [
        [
          function* (cpu): Code {
            // Text, which all have, and a file, which two have; one of them has it as text as well.
            for (const physical of [0, 1]) yield* memory.pageAt(cpu, pmaps[0], physicalPage(physical), false);
            for (const pmap of [pmaps[1], pmaps[2]]) yield* memory.share(cpu, bench.page(0, 0), pmap, physicalPage(0));
            yield* memory.share(cpu, bench.page(0, 1), pmaps[1], physicalPage(2));
            yield* memory.share(cpu, bench.page(0, 0), pmaps[1], physicalPage(1));
            // Data of each.
            for (const pmap of pmaps) yield* memory.pageAt(cpu, pmap, physicalPage(5), true);
            memory.keep((yield* memory.take(cpu, 0, 0, true))!);
          },
        ],
      ],
      [[], [cpu => bench.hotPage(cpu, bench.page(0, 0).frame, [0, 9])]],
    );
    const report = memoryReport(memory, [...space.owned], classify);
    const monitor = space.owned.size;
    expect(report).toEqual({
      pageBytes: 4096,
      virtual: { guest: { text: 3, data: 3, 'buffer cache': 3 }, monitor },
      machine: { guest: { text: 1, data: 3, 'buffer cache': 1 }, monitor },
      replicas: 1,
      unmapped: 1,
      free: frames.allFree,
    });
    expect(1 + 3 + 1 + monitor + report.replicas + report.unmapped + report.free).toBe(frames.map.frames);
  });
});
