import { describe, expect, it } from '@jest/globals';
import { BROADCAST } from '../../../lib/devices/network-segment.js';
import { physicalPage } from '../../../lib/messages/addresses.js';
import { DiscoError } from '../../../lib/monitor/errors.js';
import { MORE_FOLLOWS } from '../../../lib/monitor/subnet/virtual-card.js';
import { RECEIVED, SENT, SubnetBench, type TestHost } from '../support/subnet-bench.js';

const numbered = (word: number): number => word * 7 + 1;

describe('a frame on the subnet', () => {
  it('brings whole pages by mapping, and the rest by copying, with an interrupt for each buffer', () => {
    const bench = new SubnetBench(2);
    const [a, b] = bench.hosts as [TestHost, TestHost];
    const seen: number[][] = [];
    bench.run([
      cpu => b.post(cpu, 5, [3, 0, 4096]),
      cpu => b.post(cpu, 6, [4, 0, 4096]),
      cpu => b.post(cpu, 7, [5, 0, 4096]),
      cpu => a.fill(cpu, 0, numbered),
      cpu => a.fill(cpu, 1, word => -numbered(word)),
      cpu => a.send(cpu, 101, 9, [0, 128, 100], [1, 0, 4096], [0, 0, 8]),
      function* (cpu) {
        seen.push(yield* b.words(cpu, 3, 0, 100), yield* b.words(cpu, 4, 0, 4096), yield* b.words(cpu, 5, 0, 8));
      },
    ]);
    expect(b.interrupts).toEqual([
      [RECEIVED, 5, 100 | MORE_FOLLOWS],
      [RECEIVED, 6, 4096 | MORE_FOLLOWS],
      [RECEIVED, 7, 8],
    ]);
    expect(a.interrupts).toEqual([[SENT, 9, 0]]);
    expect(seen[0]).toEqual(Array.from({ length: 25 }, (_, k) => numbered(32 + k)));
    expect(seen[1]).toEqual(Array.from({ length: 1024 }, (_, k) => -numbered(k)));
    expect(seen[2]).toEqual([1, 8]);
    expect(b.pmap.get(physicalPage(4))).toBe(a.pmap.get(physicalPage(1)));
    expect(bench.subnet.delivery.stats).toEqual({ pagesRemapped: 1, bytesCopied: 108 });
    expect(bench.pages.every(page => page.pins === 0 && !page.busy)).toBe(true);
  });

  it('is seen by neither end to change afterwards', () => {
    const bench = new SubnetBench(2);
    const [a, b] = bench.hosts as [TestHost, TestHost];
    const seen: number[] = [];
    bench.run([
      cpu => b.post(cpu, 5, [3, 0, 4096]),
      cpu => a.fill(cpu, 1, numbered),
      cpu => a.send(cpu, 101, 9, [1, 0, 4096]),
      cpu => a.store(cpu, 1, 40, 1234),
      cpu => b.store(cpu, 3, 44, 5678),
      function* (cpu) {
        seen.push(yield* a.load(cpu, 1, 40), yield* b.load(cpu, 3, 40));
        seen.push(yield* a.load(cpu, 1, 44), yield* b.load(cpu, 3, 44));
      },
    ]);
    expect(seen).toEqual([1234, numbered(10), numbered(11), 5678]);
  });

  it('goes to everybody but its sender when it is a broadcast', () => {
    const bench = new SubnetBench(4);
    const [a, ...others] = bench.hosts;
    bench.run([
      ...bench.hosts.map(host => (cpu: (typeof bench.cpus)[0]) => host.post(cpu, 1, [2, 0, 4096])),
      cpu => a.send(cpu, BROADCAST, 2, [0, 0, 4096]),
    ]);
    expect(a.interrupts).toEqual([[SENT, 2, 0]]);
    for (const other of others) expect(other.interrupts).toEqual([[RECEIVED, 1, 4096]]);
    expect(a.pmap.get(physicalPage(0))!.users).toHaveLength(4);
    expect(a.card.waiting).toBe(1);
  });

  it.each([
    ['nobody has its address', 999, 'unclaimed'],
    ['its address is that of its sender', 100, 'unclaimed'],
    ['there are too few buffers for it', 101, 'noBuffer'],
  ] as const)('is lost, and counted, when %s', (_when, to, cause) => {
    const bench = new SubnetBench(2);
    const [a, b] = bench.hosts as [TestHost, TestHost];
    bench.run([
      cpu => b.post(cpu, 1, [2, 0, 4096]),
      cpu => a.post(cpu, 1, [2, 0, 4096]),
      cpu => a.send(cpu, to, 2, [0, 0, 4096], [1, 0, 4]),
    ]);
    expect(a.interrupts).toEqual([[SENT, 2, 0]]);
    expect(b.interrupts).toEqual([]);
    expect(bench.subnet.stats[cause]).toBe(1);
    expect(b.card.waiting).toBe(1);
    expect(a.pmap.get(physicalPage(0))!.pins).toBe(0);
  });

  it('is lost when there is no memory for it, and its buffers are used by the next', () => {
    const bench = new SubnetBench(2);
    const [a, b] = bench.hosts as [TestHost, TestHost];
    bench.run([
      cpu => a.fill(cpu, 0, numbered),
      cpu => b.post(cpu, 1, [2, 0, 4096]),
      cpu => b.post(cpu, 2, [3, 0, 4096]),
      function* (cpu) {
        bench.leave(0);
        yield* a.send(cpu, 101, 2, [0, 0, 8]);
        yield* a.send(cpu, 101, 3, [0, 0, 8], [1, 0, 8]);
        bench.leave(10);
        yield* a.send(cpu, 101, 4, [0, 4, 8]);
      },
    ]);
    expect(bench.pages.map(({ pins, inputs }) => pins + inputs)).toEqual(bench.pages.map(() => 0));
    expect(bench.subnet.stats.noMemory).toBe(2);
    expect(a.interrupts.map(([, tag]) => tag)).toEqual([2, 3, 4]);
    expect(b.interrupts).toEqual([[RECEIVED, 1, 8]]);
    expect(b.card.waiting).toBe(1);
  });
});

describe('a receive buffer', () => {
  it('that is a page and whose page others hold is not copied, nor does it show what others left there', () => {
    const bench = new SubnetBench(2, { nodes: 1 });
    const [a, b] = bench.hosts as [TestHost, TestHost];
    const seen: number[][] = [];
    bench.run([
      cpu => a.fill(cpu, 1, numbered),
      cpu => b.post(cpu, 1, [2, 0, 4096]),
      cpu => a.send(cpu, 101, 1, [1, 0, 4096]),
      cpu => b.post(cpu, 2, [2, 0, 4096]),
      cpu => a.fill(cpu, 2, () => 0x5ec7e7),
      cpu => a.discard(cpu, 2),
      cpu => a.send(cpu, 101, 2, [1, 0, 200]),
      function* (cpu) {
        seen.push(yield* b.words(cpu, 2, 0, 4096));
      },
    ]);
    expect(seen[0]).toEqual(Array.from({ length: 1024 }, (_, k) => (k < 50 ? numbered(k) : 0)));
  });

  it('that is a part of a page leaves the rest of the page as it is, shared or not', () => {
    const bench = new SubnetBench(2);
    const [a, b] = bench.hosts as [TestHost, TestHost];
    const seen: number[][] = [];
    bench.run([
      cpu => a.fill(cpu, 1, numbered),
      cpu => b.post(cpu, 1, [2, 0, 4096]),
      cpu => a.send(cpu, 101, 1, [1, 0, 4096]),
      cpu => b.post(cpu, 2, [2, 0, 8], [3, 4092, 4], [2, 32, 100]),
      cpu => a.send(cpu, 101, 2, [1, 400, 8], [1, 800, 12]),
      function* (cpu) {
        seen.push(yield* b.words(cpu, 2, 0, 48), yield* b.words(cpu, 3, 4088, 8), yield* a.words(cpu, 1, 0, 8));
      },
    ]);
    const w = numbered;
    expect(seen).toEqual([
      [w(100), w(101), w(2), w(3), w(4), w(5), w(6), w(7), w(201), w(202), w(10), w(11)],
      [0, w(200)],
      [w(0), w(1)],
    ]);
    expect(b.interrupts[1]).toEqual([RECEIVED, 2, 20]);
  });

  it('of two parts of pages gets a page by copying, and what is beside them stays', () => {
    const bench = new SubnetBench(2);
    const [a, b] = bench.hosts as [TestHost, TestHost];
    const seen: number[][] = [];
    bench.run([
      cpu => b.fill(cpu, 3, () => 5),
      cpu => b.fill(cpu, 4, () => 6),
      cpu => b.post(cpu, 5, [3, 2048, 2048], [4, 0, 2048]),
      cpu => a.fill(cpu, 1, numbered),
      cpu => a.send(cpu, 101, 9, [1, 0, 4096]),
      function* (cpu) {
        seen.push(yield* b.words(cpu, 3, 2048, 2048), yield* b.words(cpu, 4, 0, 2048));
        seen.push(yield* b.words(cpu, 3, 0, 2048), yield* b.words(cpu, 4, 2048, 2048));
      },
    ]);
    expect(b.interrupts).toEqual([[RECEIVED, 5, 4096]]);
    expect(seen.slice(0, 2).flat()).toEqual(Array.from({ length: 1024 }, (_, k) => numbered(k)));
    expect(new Set(seen[2])).toEqual(new Set([5]));
    expect(new Set(seen[3])).toEqual(new Set([6]));
    expect(bench.subnet.delivery.stats).toEqual({ pagesRemapped: 0, bytesCopied: 4096 });
  });

  it('is refused when the card holds as many as it can', () => {
    const bench = new SubnetBench(1, { buffers: 2 });
    const [a] = bench.hosts as [TestHost];
    bench.run([1, 2, 3].map(tag => cpu => a.post(cpu, tag, [tag, 0, 64])));
    expect(a.interrupts).toEqual([[RECEIVED, 3, -7]]);
    expect(a.card.waiting).toBe(2);
  });
});

describe('an address of the subnet', () => {
  it('is given once, and again when its card is closed', () => {
    const bench = new SubnetBench(2);
    const [a, b] = bench.hosts as [TestHost, TestHost];
    const options = { name: 'net1', address: 101, buffers: 4, node: 0 };
    expect(() => bench.subnet.attach(a, options)).toThrow(
      new DiscoError('net1 of vm0: the address 101 is that of net0 of vm1; give it another'),
    );
    expect(() => bench.subnet.attach(a, { ...options, address: BROADCAST })).toThrow(DiscoError);
    expect(() => bench.subnet.attach(a, { ...options, address: -1 })).toThrow(DiscoError);
    expect(() => bench.subnet.attach(a, { ...options, address: 7, buffers: 0 })).toThrow(DiscoError);
    bench.run([cpu => b.stop(cpu)]);
    expect(bench.subnet.attach(a, options).address).toBe(101);
  });

  it('costs no more memory of the monitor when machines come and go', () => {
    const bench = new SubnetBench(1);
    const [a] = bench.hosts as [TestHost];
    const options = { name: 'net1', address: 300, buffers: 4, node: 0 };
    let before = 0;
    bench.run(
      Array.from({ length: 3 }, (_, k) => cpu => {
        if (k === 1) before = bench.space.owned.size;
        return bench.subnet.attach(a, options).close(cpu);
      }),
    );
    expect(bench.space.owned.size).toBe(before);
  });
});
