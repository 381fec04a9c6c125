import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { physicalPage } from '../../../lib/messages/addresses.js';
import { MORE_FOLLOWS } from '../../../lib/monitor/subnet/virtual-card.js';
import { BROADCAST } from '../../../lib/devices/network-segment.js';
import type { MonitorCpu } from '../../../lib/monitor/monitor-cpu.js';
import { compute } from '../../../lib/processor/operations.js';
import { PAGES, RECEIVED, SubnetBench, type TestHost } from '../support/subnet-bench.js';
import type { Piece } from '../support/steps-bench.js';
import type { Code } from '../../../lib/system/code.js';

const MACHINES = 3;
/** Pages of a machine that frames come from; buffers are in those behind them. */
const OWN = 4;

const place = (first: number, pages: number) =>
  fc.oneof(
    fc.record({
      page: fc.integer({ min: first, max: first + pages - 1 }),
      offset: fc.constant(0),
      bytes: fc.constant(4096),
    }),
    fc
      .record({
        page: fc.integer({ min: first, max: first + pages - 1 }),
        offset: fc.integer({ min: 0, max: 1020 }),
        bytes: fc.integer({ min: 1, max: 40 }),
      })
      .map(({ page, offset, bytes }) => ({ page, offset: 4 * offset, bytes: 4 * Math.min(bytes, 1024 - offset) })),
  );
const machine = fc.integer({ min: 0, max: MACHINES - 1 });
const action = fc.oneof(
  fc.record({
    kind: fc.constant('store' as const),
    machine,
    page: fc.integer({ min: 0, max: PAGES - 1 }),
    word: fc.integer({ min: 0, max: 1023 }),
  }),
  fc.record({ kind: fc.constant('post' as const), machine, buffer: place(OWN, PAGES - OWN) }),
  fc.record({
    kind: fc.constant('send' as const),
    ...{
      machine,
      to: fc.oneof(
        machine.map(k => 100 + k),
        fc.constant(BROADCAST),
      ),
    },
    // Pages that were received are sent on as well.
    pieces: fc.array(place(0, PAGES), { minLength: 1, maxLength: 3 }),
  }),
);
type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never;

/** What machines have in memory, and a word that says so: contents of the buffers that are posted do not count. */
class Reference {
  readonly memory = Array.from({ length: MACHINES }, () => new Int32Array(PAGES * 1024));
  /** Words that the card may have changed beyond what it received. */
  readonly loose = Array.from({ length: MACHINES }, () => new Uint8Array(PAGES * 1024));
}

function* act(bench: SubnetBench, cpu: MonitorCpu, step: Action, k: number, reference: Reference): Code {
  const host = bench.hosts[step.machine];
  if (step.kind === 'store') {
    reference.memory[step.machine][step.page * 1024 + step.word] = k + 1;
    reference.loose[step.machine][step.page * 1024 + step.word] = 0;
    return yield* host.store(cpu, step.page, 4 * step.word, k + 1);
  }
  if (step.kind === 'post') {
    const { page, offset, bytes } = step.buffer;
    return yield* host.post(cpu, page * 2 ** 20 + offset * 2 ** 8 + (bytes === 4096 ? 1 : 0), [page, offset, bytes]);
  }
  const own = reference.memory[step.machine];
  const sent = step.pieces.flatMap(({ page, offset, bytes }) => [
    ...own.subarray(page * 1024 + offset / 4, page * 1024 + (offset + bytes) / 4),
  ]);
  const looseWords = step.pieces.flatMap(({ page, offset, bytes }) => [
    ...reference.loose[step.machine].subarray(page * 1024 + offset / 4, page * 1024 + (offset + bytes) / 4),
  ]);
  const before = bench.hosts.map(({ interrupts }) => interrupts.length);
  const pieces = step.pieces.map(({ page, offset, bytes }) => [page, offset, bytes] as const);
  yield* host.send(cpu, step.to, k, ...pieces);
  for (const [number, other] of bench.hosts.entries()) {
    const reports = other.interrupts.slice(before[number]).filter(([code]) => code === RECEIVED);
    let at = 0;
    for (const [i, [, tag, b]] of reports.entries()) {
      if (((b & MORE_FOLLOWS) !== 0) !== i < reports.length - 1)
        throw new Error('the end of a frame is not where it should be');
      const bytes = b & ~MORE_FOLLOWS;
      const start = Math.floor(tag / 2 ** 20) * 1024 + ((tag >> 8) & 4095) / 4;
      // Behind the data in a page buffer is what was there, or zeros.
      if (tag % 2 === 1) reference.loose[number].fill(1, start, start + 1024);
      for (let word = 0; word < bytes / 4; word++, at++) {
        reference.memory[number][start + word] = sent[at]!;
        reference.loose[number][start + word] = looseWords[at]!;
      }
    }
    if (at !== 0 && at !== sent.length) throw new Error(`${at} words of ${sent.length} have come`);
  }
}

describe('random frames between machines', () => {
  it('leave in all memories what a reference says, however pages are shared', () => {
    let mapped = 0;
    fc.assert(
      fc.property(fc.array(action, { minLength: 30, maxLength: 90 }), actions => {
        const bench = new SubnetBench(MACHINES, { framesPerNode: 128, buffers: 10 });
        const reference = new Reference();
        const wrong: string[] = [];
        const pieces: Piece[] = actions.map((step, k) => cpu => act(bench, cpu, step, k, reference));
        pieces.push(function* (cpu) {
          for (const [number, host] of bench.hosts.entries())
            for (let page = 0; page < PAGES; page++) {
              if (host.pmap.get(physicalPage(page)) === null) continue;
              const words = yield* host.words(cpu, page, 0, 4096);
              for (const [word, value] of words.entries()) {
                const at = page * 1024 + word;
                const is = reference.memory[number][at];
                if (value !== is && !(value === 0 && reference.loose[number][at] === 1))
                  wrong.push(`${number}/${page}/${word}: ${value}, not ${is}`);
              }
            }
        });
        for (const host of bench.hosts) pieces.push(cpu => host.stop(cpu));
        bench.run(pieces);
        mapped += bench.subnet.delivery.stats.pagesRemapped;
        expect(wrong.slice(0, 5)).toEqual([]);
        expect(bench.pages).toEqual([]);
      }),
      { numRuns: 60, seed: 5 },
    );
    expect(mapped).toBeGreaterThan(50);
  });

  it('that are sent to one machine from three processors at once arrive whole, one after the other', () => {
    const bench = new SubnetBench(4, { buffers: 30 });
    const to = bench.hosts[3];
    const heads: number[] = [];
    const sender = (number: number): Piece =>
      function* (cpu) {
        const host = bench.hosts[number];
        yield* host.fill(cpu, 0, () => number + 1);
        for (let k = 0; k < 3; k++) yield* host.send(cpu, 103, k, [0, 0, 12], [0, 0, 4096], [0, 0, 20]);
      };
    const ready = bench.meeting();
    const done = bench.meeting();
    const look: Piece = function* (cpu) {
      for (const [, page, b] of to.interrupts) {
        const words = new Set(yield* to.words(cpu, page >> 2, (page & 3) * 1024, b & ~MORE_FOLLOWS));
        expect(words.size).toBe(1);
        heads.push([...words][0]);
      }
    };
    bench.run(
      [cpu => postAll(bench, cpu), ready, sender(0), done, look],
      [ready, sender(1), done],
      [ready, sender(2), done],
    );
    const sizes = to.interrupts.map(([, , b]) => b);
    expect(sizes).toEqual(Array.from({ length: 9 }, () => [12 | MORE_FOLLOWS, 4096 | MORE_FOLLOWS, 20]).flat());
    for (let frame = 0; frame < 9; frame++) expect(new Set(heads.slice(3 * frame, 3 * frame + 3)).size).toBe(1);
    expect([...heads].sort((x, y) => x - y)).toEqual([1, 2, 3].flatMap(k => new Array<number>(9).fill(k)));
  });

  it('never change at a third machine, to which the receiver sends the buffer that is being filled', () => {
    for (let delay = 0; delay < 4000; delay += 250) {
      const bench = new SubnetBench(3);
      const [a, b, c] = bench.hosts as [TestHost, TestHost, TestHost];
      const ready = bench.meeting();
      const done = bench.meeting();
      const seen: number[][] = [];
      // At once: a guest that looks word by word would see what has been written meanwhile.
      const look: Piece = function* () {
        yield compute(1);
        const { frame } = c.pmap.get(physicalPage(3))!;
        seen.push(Array.from({ length: 1024 }, (_, word) => bench.word(frame, word)));
      };
      const later: Piece = function* () {
        yield compute(delay);
      };
      bench.run(
        [
          cpu => a.fill(cpu, 0, () => 1),
          cpu => b.post(cpu, 1, [2, 0, 4096]),
          ready,
          cpu => a.send(cpu, 101, 1, [0, 0, 4092]),
          done,
        ],
        [
          cpu => b.fill(cpu, 2, () => 2),
          cpu => c.post(cpu, 1, [3, 0, 4096]),
          ready,
          later,
          cpu => b.send(cpu, 102, 1, [2, 0, 4096]),
          look,
          done,
          look,
        ],
        [ready, done],
      );
      expect(seen[1]).toEqual(seen[0]);
    }
  });
});

/** 9 buffers of whole pages, and 18 small ones in other pages. Tags are pages and quarters. */
function* postAll(bench: SubnetBench, cpu: MonitorCpu): Code {
  const to = bench.hosts[3];
  for (let page = 0; page < 5; page++)
    for (let quarter = 0; quarter < 4; quarter++) yield* to.post(cpu, page * 4 + quarter, [page, quarter * 1024, 20]);
  for (let page = 5; page < 14; page++) yield* to.post(cpu, page * 4, [page, 0, 4096]);
}
