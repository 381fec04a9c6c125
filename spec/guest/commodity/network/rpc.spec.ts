/** Calls of procedures: executed once, and answered or refused whatever comes. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Code, KernelThread } from '../../../../lib/system/code.js';
import { ErrorNumber } from '../../../../lib/system/code.js';
import { RpcClient, type RpcClientOptions } from '../../../../lib/guest/commodity/network/rpc/rpc-client.js';
import { Accept, callWords } from '../../../../lib/guest/commodity/network/rpc/rpc-message.js';
import { RpcServer, type RpcProgram } from '../../../../lib/guest/commodity/network/rpc/rpc-server.js';
import { textWords, writeWords, XdrReader } from '../../../../lib/guest/commodity/network/rpc/xdr.js';
import { compute } from '../../../../lib/processor/operations.js';
import { Fabric } from './fabric.js';
import { host, RPC, run, SERVER, strayMbufs } from './hosts.js';
import { PERFECT, Wire, type WireOptions } from './wire.js';

const PROGRAM = 300_000;
const COUNT = 1;
const TO = { server: { address: 1, port: 2049 }, program: PROGRAM, version: 1, procedure: COUNT };

/** A server that counts, and answers how often it was asked with a number. */
function counting(seed: number, wireOptions: Partial<WireOptions> = {}, rpc: Partial<RpcClientOptions> = {}) {
  const fabric = new Fabric(seed);
  const wire = new Wire(fabric, { ...PERFECT, ...wireOptions });
  const a = host(fabric, wire, 1);
  const b = host(fabric, wire, 2);
  const executed = new Map<number, number>();
  const program: RpcProgram = {
    program: PROGRAM,
    version: 1,
    once: () => true,
    *serve(_thread, procedure, reader) {
      const number = yield* reader.word();
      if (procedure !== COUNT) return { accept: Accept.PROC_UNAVAIL, words: [], data: [], done: null };
      if (reader.truncated) return { accept: Accept.GARBAGE_ARGS, words: [], data: [], done: null };
      for (let k = fabric.random.below(2000); k > 0; k--) yield compute(1);
      executed.set(number, (executed.get(number) ?? 0) + 1);
      return { accept: Accept.SUCCESS, words: [number, executed.get(number)!], data: [], done: null };
    },
  };
  const server = new RpcServer(a.kernel, a.transport, program, SERVER);
  for (let k = 0; k < 3; k++) a.kernel.start(`server ${k}`, thread => server.serve(thread));
  const client = new RpcClient(b.kernel, b.transport, { ...RPC, ...rpc });
  b.kernel.onTick.push(thread => client.tick(thread));
  const call = function* (thread: KernelThread, words: readonly number[], to = TO): Code<number[] | number> {
    const reply = yield* client.call(thread, to, words);
    if (typeof reply === 'number') return reply;
    const result = yield* reply.reader.words(2);
    yield* client.free(thread, reply);
    return result;
  };
  return { fabric, wire, a, b, server, client, executed, call };
}

describe('a call', () => {
  it('is executed once, whatever the wire loses, doubles and delays', () => {
    let duplicates = 0;
    let replayed = 0;
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.constantFrom(0, 0.1, 0.4),
        fc.constantFrom(0, 0.3),
        fc.constantFrom(20_000, 2e6, 3e8),
        (seed, loss, double, delayNs) => {
          const { fabric, a, b, server, executed, call } = counting(seed, { loss, double, delayNs });
          const callers = Array.from({ length: 8 }, (_, caller) =>
            b.kernel.start(`caller ${caller}`, function* (thread) {
              for (let k = 0; k < 5; k++) expect(yield* call(thread, [caller * 10 + k])).toEqual([caller * 10 + k, 1]);
            }),
          );
          fabric.run(callers);
          fabric.runFor(2e9);
          expect(executed.size).toBe(40);
          expect([strayMbufs(a), strayMbufs(b)]).toEqual([0, 0]);
          duplicates += server.stats.duplicates;
          replayed += server.stats.replayed;
        },
      ),
      { seed: 1997, numRuns: 30, endOnFailure: true },
    );
    expect(duplicates).toBeGreaterThan(5);
    expect(replayed).toBeGreaterThan(100);
  });

  it('fails after so many tries, each waiting twice as long, up to a limit', () => {
    const { fabric, b, wire, client, call } = counting(1, { loss: 1 }, { tries: 6 });
    const before = b.kernel.tickNs;
    const frames = wire.stats.frames;
    expect(run(fabric, b.kernel, 'call', thread => call(thread, [1]))).toBe(ErrorNumber.ETIMEDOUT);
    // 100 + 200 + 400 + 800 + 800 + 800 ms.
    expect(b.kernel.tickNs - before).toBe(3100e6);
    expect([wire.stats.frames - frames, client.stats.retransmissions, client.stats.timeouts]).toEqual([6, 5, 1]);
  });

  it.each([
    ['of an unknown program', { ...TO, program: PROGRAM + 1 }, [1]],
    ['of another version', { ...TO, version: 2 }, [1]],
    ['of an unknown procedure', { ...TO, procedure: 9 }, [1]],
    ['without its arguments', TO, []],
  ])('%s is refused', (_, to, words) => {
    const { fabric, b, server, client, call } = counting(1);
    expect(run(fabric, b.kernel, 'call', thread => call(thread, words, to))).toBe(ErrorNumber.EIO);
    expect([server.stats.refused, client.stats.badReplies, strayMbufs(b)]).toEqual([1, 1, 0]);
  });

  it.each([
    ['empty', []],
    ['cut', callWords({ xid: 1, program: PROGRAM, version: 1, procedure: 1 }).slice(0, 5)],
    ['a reply', [1, 1, 0, 0, 0, 0]],
    ['of another version of RPC', [1, 0, 3, PROGRAM, 1, 1, 0, 0, 0, 0]],
    ['with endless credentials', [1, 0, 2, PROGRAM, 1, 1, 0, 2 ** 31, 0, 0]],
    ['with credentials cut', [1, 0, 2, PROGRAM, 1, 1, 0, 400, 0, 0]],
  ])('that is %s is dropped and counted', (_, words) => {
    const { fabric, a, b, server } = counting(1);
    run(fabric, b.kernel, 'send', function* (thread) {
      const pieces = words.length === 0 ? [] : (yield* writeWords(b.kernel, b.mbufs, thread, words))!;
      yield* b.transport.send(thread, 5, { address: 1, port: 2049 }, pieces);
    });
    fabric.runFor(1e8);
    expect([server.stats.malformed, server.stats.served]).toEqual([1, 0]);
    expect([strayMbufs(a), strayMbufs(b)]).toEqual([0, 0]);
  });
});

describe('replies that nobody waits for', () => {
  it('are freed and counted', () => {
    const { fabric, a, b, client } = counting(1);
    run(fabric, a.kernel, 'send', function* (thread) {
      for (const words of [[1], [0xfffffff0, 1, 0, 0, 0, 0], []]) {
        const pieces = words.length === 0 ? [] : (yield* writeWords(a.kernel, a.mbufs, thread, words))!;
        yield* a.transport.send(thread, 2049, { address: 2, port: RPC.clientPort }, pieces);
      }
    });
    fabric.runFor(1e8);
    expect([client.stats.strayReplies, strayMbufs(b)]).toEqual([3, 0]);
  });
});

describe('words of messages', () => {
  it.each(['', 'a', 'abcd', 'Makefile', 'é'.repeat(9)])('carry the text %p', text => {
    const { fabric, b } = counting(1);
    const read = run(fabric, b.kernel, 'text', function* (thread) {
      const pieces = (yield* writeWords(b.kernel, b.mbufs, thread, [...textWords(text), 5]))!;
      const reader = new XdrReader(pieces);
      const found = [yield* reader.text(255), yield* reader.word(), reader.truncated, yield* reader.word()];
      yield* b.mbufs.freeAll(thread, pieces);
      return [...found, reader.truncated];
    });
    expect(read).toEqual([text, 5, false, 0, true]);
  });
});
