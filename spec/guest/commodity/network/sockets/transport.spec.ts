/** Message buffers, datagrams and frames over wires that do what wires do. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { randomStream } from '../../../../../lib/engine/random.js';
import type { Code, KernelThread } from '../../../../../lib/system/code.js';
import { MAX_DATAGRAM_BYTES } from '../../../../../lib/guest/commodity/network/sockets/datagram-header.js';
import { bytesOf, type Piece } from '../../../../../lib/guest/commodity/network/pieces.js';
import { writeWords } from '../../../../../lib/guest/commodity/network/rpc/xdr.js';
import { Fabric } from '../fabric.js';
import { host, run, strayMbufs, type Host, type HostOptions } from '../hosts.js';
import { PERFECT, Wire, type WireOptions } from '../wire.js';

const SEED = 1997;

function pair(seed: number, wireOptions: Partial<WireOptions> = {}, options: HostOptions = {}) {
  const fabric = new Fabric(seed);
  const wire = new Wire(fabric, { ...PERFECT, ...wireOptions });
  return { fabric, wire, a: host(fabric, wire, 1, options), b: host(fabric, wire, 2, options) };
}

/** Sends words from port 7 of a host to port 9 of another. */
function* send({ kernel, mbufs, transport }: Host, to: number, thread: KernelThread, words: readonly number[]) {
  const pieces = yield* writeWords(kernel, mbufs, thread, words);
  return pieces === null ? null : yield* transport.send(thread, 7, { address: to, port: 9 }, pieces);
}

function wordsOf({ kernel }: Host, pieces: readonly Piece[]): number[] {
  return pieces.flatMap(({ address, bytes }) =>
    Array.from({ length: bytes / 4 }, (_, k) => kernel.loadWord(address + 4 * k)),
  );
}

const message = (number: number, words: number): number[] =>
  Array.from({ length: words }, (_, k) => number * 100_000 + k);

describe('datagrams', () => {
  it.each([
    ['without a limit of the frame', Infinity],
    ['in frames of an Ethernet', 1500],
    ['in the smallest frames', 36],
  ])('arrive as they were sent, %s', (_, mtu) => {
    const { fabric, a, b } = pair(1, { mtu }, { transport: { transmitQueue: 2000, checksum: true } });
    const socket = b.transport.bind(9, 4);
    const sent = message(1, mtu === 36 ? 40 : 700);
    run(fabric, a.kernel, 'send', thread => send(a, 2, thread, sent));
    run(fabric, b.kernel, 'receive', function* (thread) {
      const datagram = (yield* socket.receive(thread))!;
      expect([datagram.from, datagram.fromPort]).toEqual([1, 7]);
      expect(wordsOf(b, datagram.pieces)).toEqual(sent);
      yield* b.mbufs.freeAll(thread, datagram.pieces);
    });
    fabric.runFor(1e6);
    expect([strayMbufs(a), strayMbufs(b)]).toEqual([0, 0]);
  });

  it('are lost, doubled and reordered, but never mixed, cut or leaked', () => {
    let delivered = 0;
    let reassembled = 0;
    let noBuffers = 0;
    const property = fc.property(
      fc.record({
        seed: fc.nat(1e6),
        mtu: fc.constantFrom(Infinity, 1500, 220),
        loss: fc.constantFrom(0, 0.05, 0.3),
        double: fc.constantFrom(0, 0.2),
        sendError: fc.constantFrom(0, 0.05),
        delayNs: fc.constantFrom(20_000, 3_000_000),
        aligned: fc.boolean(),
        links: fc.constantFrom('inside' as const, 'outside' as const),
        shortage: fc.constantFrom(0, 0.3),
        smallPages: fc.constantFrom(1, 8),
        clusters: fc.constantFrom(50, 96),
      }),
      game => {
        const { fabric, a, b } = pair(game.seed, game, { mbufs: game });
        a.kernel.shortage = b.kernel.shortage = game.shortage;
        const socket = b.transport.bind(9, 3);
        const sent = new Set<string>();
        const senders = [0, 1, 2].map(sender =>
          a.kernel.start(`sender ${sender}`, function* (thread) {
            for (let k = 0; k < 12; k++) {
              const words = message(sender * 100 + k, 1 + fabric.random.below(500));
              sent.add(words.join());
              yield* send(a, 2, thread, words);
            }
          }),
        );
        const receiver = b.kernel.start('receiver', function* (thread) {
          for (;;) {
            const datagram = yield* socket.receive(thread, 900e6);
            if (datagram === null) break;
            expect(sent.has(wordsOf(b, datagram.pieces).join())).toBe(true);
            delivered++;
            if (game.mtu < bytesOf(datagram.pieces)) reassembled++;
            yield* b.mbufs.freeAll(thread, datagram.pieces);
          }
        });
        fabric.run([...senders, receiver]);
        fabric.runFor(1e9);
        noBuffers += a.transport.stats.noBuffers;
        expect([strayMbufs(a), strayMbufs(b), b.transport.reassembly.length]).toEqual([0, 0, 0]);
        expect(b.transport.network.ring).toBe(32);
      },
    );
    fc.assert(property, { seed: SEED, numRuns: 40, endOnFailure: true });
    expect(delivered).toBeGreaterThan(300);
    expect(reassembled).toBeGreaterThan(100);
    expect(noBuffers).toBeGreaterThan(10);
  });

  it('are refused when they are too long', () => {
    const { fabric, a } = pair(1, {}, { mbufs: { smallPages: 40 } });
    const words = message(1, MAX_DATAGRAM_BYTES / 4 + 1);
    expect(() => run(fabric, a.kernel, 'send', thread => send(a, 2, thread, words))).toThrow(/at most 65504 bytes/);
  });

  it('are dropped and counted when a socket is full, or nobody is bound', () => {
    const { fabric, a, b } = pair(1);
    const socket = b.transport.bind(9, 2);
    run(fabric, a.kernel, 'send', function* (thread) {
      for (let k = 0; k < 5; k++) yield* send(a, 2, thread, [k]);
      const pieces = (yield* writeWords(a.kernel, a.mbufs, thread, [1]))!;
      yield* a.transport.send(thread, 7, { address: 2, port: 10 }, pieces);
    });
    fabric.runFor(1e7);
    expect([socket.length, socket.stats.dropped, b.transport.stats.noPort]).toEqual([2, 3, 1]);
    run(fabric, b.kernel, 'unbind', thread => b.transport.unbind(thread, socket));
    expect(strayMbufs(b)).toBe(0);
  });

  it('wait no longer than they are told', () => {
    const { fabric, b } = pair(1);
    const socket = b.transport.bind(9, 2);
    const before = b.kernel.tickNs;
    expect(run(fabric, b.kernel, 'receive', thread => socket.receive(thread, 300e6))).toBeNull();
    // Ticks come every 10 ms.
    expect(b.kernel.tickNs - before).toBe(300e6);
  });
});

describe('frames of hostile peers', () => {
  it('are dropped and counted', () => {
    let malformed = 0;
    fc.assert(
      fc.property(fc.nat(1e6), seed => {
        const { fabric, wire, b } = pair(seed);
        const socket = b.transport.bind(9, 100);
        const random = randomStream(String(seed), 'hostile');
        for (let k = 0; k < 60; k++) {
          const bytes = [0, 4, 24, 28, 60][random.below(5)];
          const offset = [0, 32, 60, 60_000, 65_504, 2 ** 31 - 4][random.below(6)];
          const header = [
            random.below(8) === 0 ? random.below(2 ** 31) : 0x45110000 + bytes + 4 * random.below(2),
            random.below(4),
            ((offset << 1) | random.below(2)) ^ (random.below(6) === 0 ? 2 : 0),
            random.below(5) === 0 ? 3 : 1,
            random.below(5) === 0 ? 1 : 2,
            (7 << 16) | (random.below(4) === 0 ? 10 : 9),
            0,
          ];
          const frame = [...header, ...message(k, bytes / 4)].slice(
            0,
            random.below(5) === 0 ? 1 + random.below(9) : 99,
          );
          if (random.below(6) === 0) b.port.deliver(1, [frame], 4 * frame.length - 1 - random.below(3));
          else wire.carry(1, 2, [frame]);
        }
        // A buffer that was never posted, none at all, and a frame that was never sent.
        const { network } = b.transport;
        b.kernel.interrupt('strange', function* (thread): Code {
          yield* network.received(thread, { from: 1, fragments: [{ page: 399, offset: 0, bytes: 64 }] });
          yield* network.received(thread, { from: 1, fragments: [] });
          yield* network.sent(thread, 12345, 0);
        });
        fabric.runFor(2e9);
        malformed += b.transport.stats.malformed + network.stats.strange;
        run(fabric, b.kernel, 'unbind', thread => b.transport.unbind(thread, socket));
        expect([strayMbufs(b), b.transport.reassembly.length, network.ring]).toEqual([0, 0, 32]);
      }),
      { seed: SEED, numRuns: 25, endOnFailure: true },
    );
    expect(malformed).toBeGreaterThan(200);
  });
});

describe('message buffers', () => {
  it('go back to the kernel when memory is short, but for a reserve', () => {
    const { fabric, a } = pair(1, {}, { pages: 60, transport: { receiveRing: 4 }, mbufs: { reserve: 8 } });
    run(fabric, a.kernel, 'provide', thread => a.mbufs.provide(thread, 30));
    const pages = run(fabric, a.kernel, 'taker', function* (thread) {
      let taken = 0;
      while ((yield* a.kernel.takePage(thread)) >= 0) taken++;
      return taken;
    });
    // All but the ring and the reserve.
    expect([pages, a.mbufs.freeClusters, a.mbufs.stats.givenBack]).toEqual([48, 8, 22]);
  });

  it('are freed once', () => {
    const { fabric, a } = pair(1);
    const twice = function* (thread: KernelThread): Code {
      const mbuf = (yield* a.mbufs.small(thread, true))!;
      yield* a.mbufs.free(thread, mbuf);
      yield* a.mbufs.free(thread, mbuf);
    };
    expect(() => run(fabric, a.kernel, 'free', twice)).toThrow('small mbuf 0 is freed twice');
  });

  it.each([
    ['inside', true],
    ['outside', false],
  ] as const)('of pages keep their links %s', (links, touched) => {
    const { fabric, a } = pair(1, {}, { mbufs: { links, aligned: true } });
    const word = run(fabric, a.kernel, 'free', function* (thread) {
      const mbuf = (yield* a.mbufs.cluster(thread, true))!;
      a.kernel.storeWord(mbuf.address, 0x1234567);
      yield* a.mbufs.free(thread, mbuf);
      return a.kernel.loadWord(mbuf.address);
    });
    expect(word !== 0x1234567).toBe(touched);
  });
});
