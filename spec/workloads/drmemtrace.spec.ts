import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDrmemtrace } from '../../lib/workloads/drmemtrace.js';
import { expectConsistent, listing, problem } from './reading.js';

const options = { name: 'app', fetchLineBytes: 64 };
type Entry = readonly [type: number, size: number, value: bigint];

const header: Entry = [25, 0, 7n];
const thread = (id: bigint): Entry => [22, 0, id];
const at = (microseconds: bigint): Entry => [28, 2, microseconds];
const instruction = (pc: bigint, size = 4, type = 10): Entry => [type, size, pc];
const load = (address: bigint, size = 8): Entry => [0, size, address];
const store = (address: bigint, size = 8): Entry => [1, size, address];

function part(name: string, ...entries: readonly Entry[]): { name: string; bytes: Uint8Array } {
  const bytes = new Uint8Array(12 * entries.length);
  const view = new DataView(bytes.buffer);
  entries.forEach(([type, size, value], i) => {
    view.setUint16(12 * i, type, true);
    view.setUint16(12 * i + 2, size, true);
    view.setBigUint64(12 * i + 4, value, true);
  });
  return { name, bytes };
}

describe('the drmemtrace reader', () => {
  it('makes a stream of each thread, from parts of their own or interleaved in one', () => {
    const one = [thread(11n), instruction(0x7f0000001000n), load(0x7f0000005008n)];
    const two = [
      thread(22n),
      instruction(0x7f0000001000n),
      store(0x7f0000005ffcn, 8),
      instruction(0x7f0000001004n, 2, 48),
    ];
    const more = [thread(11n), instruction(0x7f0000001040n), load(0x7f0000005010n)];
    const expected = [
      ['fetch 1000 +0', 'load 3008 +0', 'fetch 1040 +1', 'load 3010 +0'],
      ['fetch 1000 +0', 'store 3ffc +0', 'store 4000 +0'],
    ];
    const separate = readDrmemtrace(
      [part('a.0', header, ...one), part('a.1', ...more), part('b', header, ...two)],
      options,
    );
    const together = readDrmemtrace([part('all', header, ...one, ...two, ...more)], options);
    expect(together.streams.map(listing)).toEqual(expected);
    expect(separate.streams.map(stream => stream.counts)).toEqual(together.streams.map(stream => stream.counts));
    expect(separate.streams[0].words).toEqual(together.streams[0].words);
    expect(together.streams[1].counts).toEqual({ instructions: 2, loads: 0, stores: 2 });
    together.streams.forEach(expectConsistent);
  });

  it('goes on with the thread of the chunk before', () => {
    const trace = readDrmemtrace(
      [part('chunk.0000', header, thread(5n), instruction(0x1000n)), part('chunk.0001', load(0x1008n))],
      options,
    );
    expect(trace.streams.map(listing)).toEqual([['fetch 1000 +0', 'load 1008 +0']]);
  });

  it('drops prefetches, flushes, markers and repetitions of string instructions, and says so', () => {
    const trace = readDrmemtrace(
      [
        part('t', header, thread(5n), at(77n), [28, 3, 1n], [47, 4, 0x90909090n], instruction(0x1000n), [3, 8, 64n], [40, 8, 64n], [20, 64, 0n],
          instruction(0x1004n, 2, 30), load(0x2000n), instruction(0x1004n, 2, 30), load(0x2008n), [29, 2, 0x1004n], load(0x2010n), [28, 15, 9n], [23, 0, 5n], [26, 0, 0n]),
      ], // prettier-ignore
      options,
    );
    expect(listing(trace.streams[0])).toEqual(['fetch 1000 +0', 'load 2000 +1', 'load 2008 +0', 'load 2010 +0']);
    expect(trace.streams[0].counts.instructions).toBe(2);
    const remarks = trace.remarks.join(' ');
    for (const said of ['2 prefetches', '1 flushes', '2 repetitions', '1 physical addresses', '1 timestamps'])
      expect(remarks).toContain(said);
    expect(trace.lacks).toEqual([]);
  });

  it('lacks time without timestamps, and drops threads without a reference', () => {
    const trace = readDrmemtrace([part('t', header, thread(5n), thread(6n), load(0n))], options);
    expect(trace.lacks).toEqual(['time']);
    expect(trace.streams).toHaveLength(1);
    expect(trace.remarks.join(' ')).toMatch(/1 threads without a reference.*|each reference counts as one instruction/);
  });

  it.each<[string, readonly { name: string; bytes: Uint8Array }[], RegExp]>([
    ['no parts', [], /no reference in any part/],
    ['parts without a reference', [part('t', header, thread(1n))], /no reference in any part/],
    [
      'a reference before any thread',
      [part('t', header, load(0n))],
      /app: t, record 1, byte 12: a reference before the first thread/,
    ],
    [
      'a reference after a new header',
      [part('s', thread(1n)), part('t', header, load(0n))],
      /t, record 1, byte 12: a reference before/,
    ],
    ['an unknown type', [part('t', thread(1n), [50, 0, 0n])], /t, record 1, byte 12: record type 50/],
    ['a bundle', [part('t', thread(1n), [17, 2, 0n])], /an instruction bundle/],
    ['a version that is none', [part('t', [25, 0, 1000n])], /header of version 1000/],
    ['an access of no bytes', [part('t', thread(1n), [0, 0, 64n])], /an access of no bytes/],
    ['an enormous thread number', [part('t', thread(1n << 60n))], /more than 53 bits/],
    [
      'half a record',
      [{ name: 't', bytes: part('t', thread(1n), load(0n)).bytes.subarray(0, 20) }],
      /t, record 1, byte 12: the part ends inside/,
    ],
    [
      'a thread that goes back in time',
      [part('s', thread(1n), at(9n), load(0n)), part('t', thread(1n), at(8n))],
      /goes back in time after s/,
    ],
  ])('refuses %s', (_, parts, message) => {
    expect(problem(() => readDrmemtrace(parts, options))).toMatch(message);
  });

  it('gives consistent streams or a TraceError for any bytes', () => {
    const entry = fc.tuple(fc.nat(52), fc.nat(70), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 30 }), fc.nat(11), (entries, cut) => {
        const { bytes } = part('t', thread(1n), ...entries);
        problem(() =>
          readDrmemtrace([{ name: 't', bytes: bytes.subarray(0, bytes.length - cut) }], options).streams.forEach(
            expectConsistent,
          ),
        );
      }),
      { numRuns: 500 },
    );
  });
});
