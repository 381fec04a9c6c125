import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDrmemtrace } from '../../../lib/traces/drmemtrace/drmemtrace.js';
import { at, bytesOf, exit, file, fileType, footer, header, instruction, load, part, process, store, thread, type Entry } from './records.js'; // prettier-ignore
import { expectConsistent, listing, problem } from '../reading.js';

const options = { name: 'app', fetchLineBytes: 64 };

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
    [
      'a bundle at first',
      [part('t', thread(1n), [17, 2, 0n])],
      /a bundle of instructions before the first instruction/,
    ],
    ['a version that does not exist', [part('t', [25, 0, 1000n])], /header of version 1000/],
    [
      'a process that comes late',
      [part('t', thread(1n), load(0n), process(2n))],
      /the process of thread 1 is recorded only after references/,
    ],
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
      fc.property(fc.array(entry, { maxLength: 30 }), fc.nat(11), fc.boolean(), (entries, cut, narrow) => {
        const bytes = bytesOf([...(narrow ? [header] : []), thread(1n), ...entries], narrow);
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

describe('identities in a drmemtrace trace', () => {
  /** What streams touch, as `kind page`, with pages as they were first touched. */
  const touched = (...entries: readonly Entry[]) => {
    const trace = readDrmemtrace([part('t', header, fileType(0x40n), ...entries, footer)], options);
    return { trace, streams: trace.streams.map(stream => listing(stream).map(line => line.split(' ')[1])) };
  };

  it('give each process pages of its own, in page tables of their own', () => {
    const { trace, streams } = touched(
      thread(11n), process(10n), load(0x601000n), thread(21n), process(20n), load(0x601000n),
      thread(11n), process(10n), load(0x601008n), thread(21n), process(20n), load(0x700000n)); // prettier-ignore
    expect(streams).toEqual([['1000', '1008'], ['401000', '402000']]); // prettier-ignore
    expect(trace.description).toBe('2 threads of 2 processes under DynamoRIO drmemtrace.');
    expect(trace.remarks).toContain('Recorded are thread 11 of process 10; thread 21 of process 20.');
    expect(trace.remarks.join()).toContain('Each process has an address space of its own');
  });

  it('tell threads of the same number in two processes apart, in one file and in two', () => {
    expect(
      touched(thread(5n), process(1n), load(0n), thread(5n), process(2n), load(0n), thread(5n), process(1n), load(4n)).streams,
    ).toEqual([['0', '4'], ['400000']]); // prettier-ignore
    const parts = [1n, 2n].map(id => part(`${id}`, header, thread(5n), process(id), load(0n), footer));
    expect(readDrmemtrace(parts, options).streams).toHaveLength(2);
  });

  it('take a process that is recorded once for all threads of a file', () => {
    const { trace } = touched(process(10n), thread(11n), load(0n), thread(12n), load(0n));
    expect(trace.remarks).toContain('Recorded are threads 11, 12 of process 10.');
    const { trace: later } = touched(thread(11n), process(10n), load(0n), thread(12n), load(0n));
    expect(later.remarks).toContain('Recorded are threads 11, 12 of process 10.');
  });

  it('share the pages of the kernel', () => {
    const kernel = 0xffff888000001000n;
    const { streams } = touched(thread(1n), process(1n), load(kernel), thread(2n), process(2n), load(kernel));
    expect(streams).toEqual([['1000'], ['1000']]);
  });

  it('may have any 64 bits', () => {
    const ids = [0n, 1n << 53n, (1n << 53n) + 1n, (3n << 48n) + 5n, -2n];
    const { streams, trace } = touched(...ids.flatMap(id => [thread(id), process(id), load(0n)]));
    expect(streams).toHaveLength(ids.length);
    expect(trace.remarks.join()).toContain(`thread ${(3n << 48n) + 5n} of process ${(3n << 48n) + 5n}`);
  });

  it('of an idle core are no thread, unless it makes a reference', () => {
    const quiet = touched(thread(-1n), process(-1n), at(9n), exit(-1n), thread(1n), process(1n), load(0n));
    expect(quiet.trace.remarks.join()).not.toMatch(/-1|without a reference/);
    expect(touched(thread(-1n), process(-1n), load(0n)).trace.remarks).toContain(
      'Recorded are thread -1 of process -1.',
    );
  });

  it('make a stream of each core where the file type says so, with the pages of whatever runs there', () => {
    const core = (name: string, ...entries: readonly Entry[]) =>
      part(name, header, fileType(0x10040n), ...entries, footer);
    const trace = readDrmemtrace(
      [
        core('core.0', thread(1n), process(1n), at(9n), load(0n), thread(2n), process(2n), at(7n), load(0n)),
        core('core.1', thread(-1n), process(-1n), at(1n), thread(1n), process(1n), load(0x4n)),
        part('core.2', [25, 0, 0n], fileType(0x10000n), thread(-1n), footer),
      ],
      options,
    );
    expect(trace.streams.map(listing)).toEqual([['load 0 +0', 'load 400000 +1'], ['load 4 +0']]); // prettier-ignore
    expect(trace.description).toBe('2 cores of 2 processes under DynamoRIO drmemtrace.');
    expect(trace.headlines).toEqual([
      'Put together from 3 files: core.0, core.1, core.2.',
      '1 part without a version, as of a core that idled from the start.',
    ]);
  });

  it('name the files of a trace of several, and those that are cut short', () => {
    const whole = file('app.1', 1n, 0x40n, load(0n));
    const cut = part('app.2', header, thread(2n), process(10n), load(0n));
    expect(readDrmemtrace([whole, cut], options).headlines).toEqual([
      'Put together from 2 files: app.1, app.2.',
      'app.2 is cut short: it has no footer.',
    ]);
    expect(readDrmemtrace([whole], options).headlines).toBeUndefined();
  });
});

/** An access, as it goes in. Addresses are of a few pages, so that they meet. */
interface Access {
  readonly thread: number;
  readonly store: boolean;
  readonly page: number;
  readonly offset: number;
}

const access: fc.Arbitrary<Access> = fc.record({
  thread: fc.nat(5),
  store: fc.boolean(),
  page: fc.nat(6),
  offset: fc.nat(1023).map(word => 4 * word),
});
/** Records that add nothing. */
const noise: fc.Arbitrary<Entry> = fc.oneof(
  fc.constantFrom<Entry>([2, 8, 64n], [27, 8, 64n], [40, 8, 64n], [18, 64, 0n], [20, 0, 0n], [47, 4, 1n]),
  fc.tuple(fc.constantFrom(0, 1, 3, 4, 5, 6, 7, 10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 24, 25, 26, 29, 33, 36, 41, 43, 60, 200), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })).map(([kind, value]): Entry => [28, kind, value]), // prettier-ignore
);
/** Threads 0, 2 and 4 are of process 0, the others of process 1; numbers of threads repeat. */
const processOf = (number: number): number => number % 2;
const threadOf = (number: number): number => number >> 1;

function recorded(accesses: readonly (readonly [Access, readonly Entry[]])[]): Entry[] {
  const records = accesses.flatMap(([{ thread: number, store: stores, page, offset }, other]): Entry[] => [
    thread(BigInt(threadOf(number))),
    process(BigInt(processOf(number))),
    ...other,
    (stores ? store : load)(0x7f0000000000n + BigInt(8192 * page + offset), 4),
  ]);
  return [header, fileType(0x40n), ...records, footer];
}

describe('a random drmemtrace trace', () => {
  const trace = fc.array(fc.tuple(access, fc.array(noise, { maxLength: 3 })), { minLength: 1, maxLength: 60 });

  it('gives back exactly the accesses put in, each thread in its order, each process in its pages', () => {
    fc.assert(
      fc.property(trace, fc.integer({ min: 1, max: 5 }), (accesses, parts) => {
        const bytes = bytesOf(recorded(accesses));
        const cut = 12 * Math.ceil(bytes.length / 12 / parts);
        const chunks = Array.from({ length: parts }, (_, i) => bytes.subarray(cut * i, cut * (i + 1)));
        const read = readDrmemtrace(chunks.map((chunk, i) => ({ name: `chunk.${i}`, bytes: chunk })), options); // prettier-ignore
        const numbers = [...new Set(accesses.map(([{ thread: number }]) => number))];
        expect(read.streams).toHaveLength(numbers.length);
        const places = new Map<number, string>();
        read.streams.forEach((stream, s) => {
          expectConsistent(stream);
          const own = accesses.map(([one]) => one).filter(one => one.thread === numbers[s]);
          expect(Array.from(stream.words, word => [word & 1, word & 0xffc])).toEqual(
            own.map(one => [one.store ? 1 : 0, one.offset]),
          );
          own.forEach(({ page }, i) => {
            const place = stream.words[i] >>> 12;
            const what = `${processOf(numbers[s])} ${page}`;
            expect(places.get(place) ?? what).toBe(what);
            places.set(place, what);
          });
        });
        expect(places.size).toBe(new Set([...places.values()]).size);
      }),
      { numRuns: 200 },
    );
  });

  it('that ends at any byte is refused, or read with a headline and without an access that is not there', () => {
    const accesses = fc.sample(trace, { seed: 11, numRuns: 1 })[0];
    const bytes = bytesOf(recorded(accesses));
    for (let length = 0; length < bytes.length; length++) {
      let said = '';
      const problems = problem(() => {
        const read = readDrmemtrace([{ name: 't', bytes: bytes.subarray(0, length) }], options);
        said = read.headlines?.join() ?? '';
      });
      if (problems === 'no error') expect([length % 12, said]).toEqual([0, expect.stringContaining('t is cut short')]);
      else expect(problems).toMatch(/no reference in any part|the part ends inside a record/);
    }
  });
});
