import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BROADCAST } from '../../../lib/devices/network-segment.js';
import { physicalPage } from '../../../lib/messages/addresses.js';
import type { MonitorCpu } from '../../../lib/monitor/monitor-cpu.js';
import { compute, machineLoad } from '../../../lib/processor/operations.js';
import { PAGES, SENT, SubnetBench, type TestHost } from '../support/subnet-bench.js';
import type { Code } from '../../../lib/system/code.js';

const odd = fc.oneof(
  fc.integer(),
  fc.integer({ min: -2, max: PAGES + 2 }),
  fc.constantFrom(NaN, -1, 2 ** 31, 2 ** 48 - 1, 0.5, 4, 4096, null, undefined, 'x', {}, [], true),
);
const good = fc.record({
  frame: fc.integer({ min: 0, max: PAGES - 1 }),
  offset: fc.constantFrom(0, 4, 2048),
  bytes: fc.constantFrom(4, 100, 2048, 4096),
});
const pieces = fc.oneof(
  odd,
  fc.array(fc.oneof(good, odd, fc.record({ frame: odd, offset: odd, bytes: odd })), { maxLength: 5 }),
  fc.array(good, { minLength: 1, maxLength: 40 }),
);
const command = fc.record({
  op: fc.oneof({ weight: 4, arbitrary: fc.constantFrom('send', 'post') }, { weight: 1, arbitrary: odd }),
  to: fc.oneof(fc.constantFrom(100, 101, 102, BROADCAST), odd),
  pieces,
  tag: fc.oneof(fc.integer(), odd),
  interruptTo: fc.oneof(fc.constantFrom(0, 1), odd),
  interruptCode: fc.oneof(fc.constant(SENT), odd),
});

describe('a hostile guest', () => {
  it('does no harm with any command: nothing throws, nothing is lost, and third parties keep what they have', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), command), { minLength: 5, maxLength: 40 }),
        commands => {
          const bench = new SubnetBench(3, { framesPerNode: 128 });
          const [, , third] = bench.hosts as [TestHost, TestHost, TestHost];
          let secret = 0;
          bench.run(
            [
              cpu => third.fill(cpu, 1, () => 77),
              ...commands.map(
                ([who, content]) =>
                  (cpu: MonitorCpu) =>
                    bench.hosts[who].card.command(cpu, content),
              ),
              function* () {
                for (const page of bench.pages) {
                  if (page.pins + page.inputs !== 0 || page.busy) throw new Error('a page is left pinned or busy');
                  if (page.users.some(({ pmap }) => pmap === third.pmap)) continue;
                  for (let offset = 0; offset < 4096; offset += 4)
                    if ((yield machineLoad(page.frame, offset)) === 77) secret++;
                }
              },
              ...bench.hosts.map(host => (cpu: MonitorCpu) => host.stop(cpu)),
            ],
            [],
          );
          expect(secret).toBe(0);
          expect(bench.pages.length).toBe(0);
        },
      ),
      { numRuns: 100, seed: 6 },
    );
  });

  it.each<[string, object, number[]]>([
    ['an operation that there is not', { op: 'erase', pieces: [] }, [-4]],
    ['no pieces', { op: 'send', to: 101, pieces: [] }, [2]],
    ['a page beyond its memory', { op: 'send', to: 101, pieces: [{ frame: PAGES, offset: 0, bytes: 4 }] }, [2]],
    ['a piece across the end of a page', { op: 'post', pieces: [{ frame: 0, offset: 4000, bytes: 100 }] }, [-2]],
    ['half words', { op: 'post', pieces: [{ frame: 0, offset: 2, bytes: 4 }] }, [-2]],
    ['no address', { op: 'send', to: 'all', pieces: [{ frame: 0, offset: 0, bytes: 4 }] }, [6]],
    [
      'pieces without end',
      { op: 'send', to: 101, pieces: new Array(1025).fill({ frame: 0, offset: 0, bytes: 4 }) },
      [2],
    ],
    ['nobody to answer', { op: 'erase', interruptTo: 2 }, []],
  ])('is answered, if it can be, that it names %s', (_what, content, statuses) => {
    const bench = new SubnetBench(2);
    const host = bench.hosts[0];
    bench.run([cpu => host.card.command(cpu, { tag: 3, interruptTo: 0, interruptCode: SENT, ...content })]);
    expect(host.interrupts).toEqual(statuses.map(status => [SENT, 3, status]));
    expect(host.card.stats[statuses.length === 0 ? 'dropped' : 'refused']).toBe(1);
  });
});

const later = (cycles: number) =>
  function* (): Code {
    yield compute(cycles);
  };

describe('a machine that is stopped', () => {
  it.each(Array.from({ length: 60 }, (_, k) => k * 80))(
    'while the other sends (%d cycles later) loses frames and nothing else',
    delay => {
      const bench = new SubnetBench(3);
      const [a, b] = bench.hosts as [TestHost, TestHost];
      const ready = bench.meeting();
      bench.run(
        [
          cpu => a.fill(cpu, 0, () => 1),
          ...[0, 1, 2, 3].map(k => (cpu: MonitorCpu) => b.post(cpu, k, [k, 0, 4096])),
          ready,
          ...[0, 1, 2, 3].map(k => (cpu: MonitorCpu) => a.send(cpu, 101, k, [0, 0, 4096 - 4 * (k & 1)])),
        ],
        [ready, later(delay), cpu => b.stop(cpu)],
        // The machine may be stopped by two at once.
        [ready, later(delay), cpu => b.card.close(cpu)],
      );
      expect(a.interrupts).toHaveLength(4);
      const { noBuffer, stopped, unclaimed } = bench.subnet.stats;
      expect(b.card.stats.framesReceived + noBuffer + stopped + unclaimed).toBe(4);
      expect(b.pmap.get(physicalPage(0)) ?? b.pmap.get(physicalPage(1)) ?? b.pmap.get(physicalPage(2))).toBeNull();
      expect(bench.pages.map(({ users, pins, inputs, busy }) => [users.length, pins + inputs, busy])).toEqual([
        [1, 0, false],
      ]);
    },
  );

  it('does nothing any more when its own processors still ask', () => {
    const bench = new SubnetBench(2);
    const [a, b] = bench.hosts as [TestHost, TestHost];
    bench.run([
      cpu => a.stop(cpu),
      cpu => a.send(cpu, 101, 1, [0, 0, 4]),
      cpu => a.post(cpu, 1, [0, 0, 4]),
      cpu => a.card.close(cpu),
    ]);
    expect([a.interrupts, a.card.waiting, bench.subnet.stats.frames, b.interrupts]).toEqual([[], 0, 0, []]);
    expect(bench.pages.length).toBe(0);
  });
});
