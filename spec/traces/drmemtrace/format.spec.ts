/** Every record type, marker and bit of the file type of drmemtrace, each with what it does to a trace. */
import { describe, expect, it } from '@jest/globals';
import { readDrmemtrace } from '../../../lib/traces/drmemtrace/drmemtrace.js';
import { listing, problem } from '../reading.js';
import { at, bytesOf, exit, file, fileType, footer, header, instruction, load, marker, part, process, store, thread, type Entry } from './records.js'; // prettier-ignore

const options = { name: 'app', fetchLineBytes: 64 };
const X86_64 = 0xe40n;

/** What a record between an instruction and a load adds to them; sizes and values are of that record. */
function withRecord(...entries: readonly Entry[]): { listing: string[]; instructions: number; remarks: string } {
  const trace = readDrmemtrace(
    [file('t', 11n, X86_64, at(1n), instruction(0x400000n), ...entries, load(0x601000n))],
    options,
  );
  const [stream] = trace.streams;
  return { listing: listing(stream), instructions: stream.counts.instructions, remarks: trace.remarks.join('\n') };
}

const PLAIN = { listing: ['fetch 0 +0', 'load 3000 +0'], instructions: 1 };
/** One instruction more, in the line at 0x400040. */
const FETCHED = { listing: ['fetch 0 +0', 'fetch 40 +1', 'load 3000 +0'], instructions: 2 };
const passed = (what: string): RegExp => new RegExp(`Passed over: .*\\b1 ${what}[,.]`);
const prefetch = (type: number) => [type, [type, 8, 0x700000n], PLAIN, passed('prefetches')] as const;
const executed = (type: number) => [type, [type, 4, 0x400040n], FETCHED, /^/] as const;

const TYPES: readonly (readonly [type: number, record: Entry, result: object, remark: RegExp])[] = [
  [0, [0, 8, 0x603000n], { listing: ['fetch 0 +0', 'load 3000 +0', 'load 5000 +0'], instructions: 1 }, /^/],
  [1, [1, 8, 0x603000n], { listing: ['fetch 0 +0', 'store 3000 +0', 'load 5000 +0'], instructions: 1 }, /^/],
  ...[2, 3, 4, 5, 6, 7, 8, 9].map(prefetch),
  ...[10, 11, 12, 13, 14, 15, 16].map(executed),
  [17, [17, 2, 0x3c3cn], { listing: ['fetch 0 +0', 'fetch 40 +2', 'load 3000 +0'], instructions: 3 }, /^/],
  [18, [18, 64, 0x400000n], PLAIN, passed('flushes')],
  [19, [19, 0, 0x400040n], PLAIN, passed('flushes')],
  [20, [20, 64, 0x601000n], PLAIN, passed('flushes')],
  [21, [21, 0, 0x601040n], PLAIN, passed('flushes')],
  [22, [22, 4, 11n], PLAIN, /thread 11 of process 10/],
  [23, [23, 4, 11n], PLAIN, /^/],
  [24, [24, 4, 10n], PLAIN, /thread 11 of process 10/],
  [26, [26, 0, 0n], PLAIN, /^/],
  [27, [27, 8, 0x700000n], PLAIN, passed('prefetches')],
  [28, [28, 3, 5n], PLAIN, passed('processor numbers')],
  [29, [29, 4, 0x400000n], PLAIN, passed('repetitions')],
  [30, [30, 4, 0x400000n], PLAIN, passed('repetitions')],
  [30, [30, 4, 0x400040n], FETCHED, /^/],
  executed(31),
  ...[32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46].map(prefetch),
  [47, [47, 4, 0x90909090n], PLAIN, /^/],
  executed(48),
  executed(49),
];

describe('a record', () => {
  it.each(TYPES)('of type %i does what it says', (_, record, result, remark) => {
    const found = withRecord(record);
    expect(found).toMatchObject(result);
    expect(found.remarks).toMatch(remark);
  });

  it('of type 25, a header, ends the file before', () => {
    const [one, two] = [file('a', 11n, X86_64, load(0n)), file('b', 12n, X86_64, load(0n))];
    const joined = { name: 'ab', bytes: Uint8Array.from([...one.bytes, ...two.bytes]) };
    expect(readDrmemtrace([joined], options).streams).toHaveLength(2);
  });

  it('of every type up to the last is in the table, and the next is refused with its number', () => {
    expect([...new Set([...TYPES.map(([type]) => type), 25])].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, type) => type),
    );
    expect(problem(() => withRecord([50, 0, 0n]))).toMatch(/record type 50, expected 0 to 49; is the trace newer/);
    expect(problem(() => withRecord([0xffff, 0, 0n]))).toMatch(/record type 65535/);
  });

  it('of a reference of size 0 counts once, and of an instruction of size 0 does not count', () => {
    for (const type of [10, 29, 30, 31, 48]) expect(withRecord([type, 0, 0x400040n])).toMatchObject(PLAIN);
    expect(withRecord([10, 0, 0x400040n]).remarks).toMatch(/1 records that only give the instruction of a reference/);
    const found = withRecord([1, 0, 0x603ffcn]);
    expect(found.listing).toEqual(['fetch 0 +0', 'store 3ffc +0', 'load 5000 +0']);
    expect(found.remarks).toMatch(/1 accesses are recorded with size 0; each counts as one access/);
  });

  it.each<[string, Entry, RegExp]>([
    ['an instruction that no processor has', [10, 65, 0n], /an instruction of 65 bytes/],
    ['an empty bundle', [17, 0, 0n], /a bundle of 0 instructions, expected 1 to 8/],
    ['a bundle of more than fit', [17, 9, 1n], /a bundle of 9 instructions/],
    ['a bundle of nothing', [17, 2, 4n], /an instruction of no bytes in a bundle/],
    ['a header of another kind of file', [25, 0, 256n], /header of version 256, expected 1 to 7/],
    ['a header of a date', [25, 0, 1n << 60n], /header of version 1152921504606846976/],
  ])('is refused if it is %s', (_, record, message) => {
    expect(problem(() => withRecord(record))).toMatch(message);
  });
});

/** Markers by number, with what the remark calls them; an empty name for those of the file. */
const NAMES = [
  'kernel events', 'kernel transfers', 'timestamps', 'processor numbers', 'function calls', 'function return addresses',
  'function arguments', 'function return values', '', '', 'cache line sizes', 'instruction counts', '',
  'aborts of restartable sequences', 'window numbers', 'physical addresses', 'physical addresses that are not available',
  'virtual addresses of physical ones', 'page sizes', 'system call indices', '', '', '', 'ends of the filter',
  'entries of restartable sequences', 'system call numbers', 'system calls that may block',
  'starts of kernel code of system calls', 'ends of kernel code of system calls', 'branch targets', 'failed system calls',
  'direct thread switches', 'waits of a core for another', 'idle periods of a core',
  'starts of kernel code of context switches', 'ends of kernel code of context switches', 'vector lengths',
  'scheduling requests', 'scheduling requests', 'scheduling requests', 'signal numbers', 'uncompleted instructions',
  'hardware events', 'hardware context returns',
]; // prettier-ignore

describe('a marker', () => {
  // 0 is a value that each may have: also the first chunk, no file type, no time.
  it.each(NAMES.map((name, kind) => [kind, name] as const))('%i is passed over: %s', (kind, name) => {
    const found = withRecord(marker(kind, 0n));
    expect(found).toMatchObject(PLAIN);
    // The file has a timestamp and a file type of its own.
    if (name !== '') expect(found.remarks).toMatch(new RegExp(`\\b${kind === 2 ? 2 : 1} ${name}[,.]`));
    else expect(found.remarks).not.toMatch(/unknown/);
  });

  it.each([0n, 1n, 1n << 31n, 1n << 32n, 13314000000000000n, (1n << 63n) - 1n, (1n << 64n) - 1n])(
    'of any kind may have the value %s',
    value => {
      const free = NAMES.map((_, kind) => kind).filter(kind => ![2, 8, 9, 21].includes(kind));
      expect(withRecord(...free.map(kind => marker(kind, value)))).toMatchObject(PLAIN);
    },
  );

  it('that is not known is named with its number, and one of a user too', () => {
    const trace = readDrmemtrace(
      [file('t', 11n, X86_64, load(0n), marker(44, 1n), marker(99, 1n), marker(44, 1n), marker(100, 1n), marker(300, 1n))],
      options,
    ); // prettier-ignore
    expect(trace.headlines).toEqual([
      'Markers 44, 99 are not known to this reader and were passed over.',
      "Markers 100, 300 are the recorder's user's own and were passed over.",
    ]);
    expect(trace.remarks.join()).toContain('3 unknown markers, 2 markers of the user');
  });

  it('of a split value is the upper half of the next one', () => {
    const parts = (time: readonly Entry[]) => [
      part('a', header, thread(1n), at(5n << 32n), load(0n), footer),
      part('b', ...time, load(8n)),
    ];
    expect(problem(() => readDrmemtrace(parts([thread(1n), marker(8, 4n), at(9n)]), options))).toMatch(/goes back/);
    expect(problem(() => readDrmemtrace(parts([thread(1n), marker(8, 5n), at(9n)]), options))).toBe('no error');
  });

  it('of a timestamp may have any date, and orders the parts of a thread to the microsecond', () => {
    const date = 13314000000000001n; // in 2022, above 2 ** 53
    const parts = (second: bigint) => [
      part('a', header, thread(1n), process(1n), at(date), load(0n), footer),
      part('b', header, thread(1n), process(1n), at(second), load(8n), footer),
    ];
    expect(readDrmemtrace(parts(date), options)).toMatchObject({ lacks: [], streams: [{ counts: { loads: 2 } }] });
    expect(readDrmemtrace(parts(date + 1n), options).streams).toHaveLength(1);
    expect(problem(() => readDrmemtrace(parts(date - 1n), options))).toMatch(
      /goes back in time after a; give the parts/,
    );
  });

  it('of a chunk that ends says where one is missing', () => {
    const chunks = [0n, 1n, 2n].map((number, i) =>
      part(`chunk.${i}`, ...(i === 0 ? [header, thread(1n)] : []), load(8n * number), marker(21, number)),
    );
    expect(readDrmemtrace(chunks, options).streams[0].counts.loads).toBe(3);
    expect(problem(() => readDrmemtrace([chunks[0], chunks[2]], options))).toMatch(
      /chunk.2, record 1, byte 12: chunk 2 ends where chunk 1 is expected; give all chunks in order/,
    );
  });
});

describe('a file type', () => {
  const read = (bits: bigint, ...entries: readonly Entry[]) =>
    readDrmemtrace([file('t', 11n, bits, at(1n), instruction(0x400000n), ...entries)], options);

  it.each<[string, bigint, readonly string[], RegExp | undefined]>([
    ['nothing', 0n, [], undefined],
    ['filtered, in the old way', 0x1n, ['data', 'instruction'], /data filtered.*instructions filtered/s],
    ['without optimisations', 0x2n, [], undefined],
    ['instructions only', 0x4n, ['write', 'data'], /No loads and stores are recorded/],
    ['AArch64', 0x8n, [], undefined],
    ['ARM', 0x10n, [], undefined],
    ['x86', 0x20n, [], undefined],
    ['x86-64', 0x40n, [], undefined],
    ['instructions filtered', 0x80n, ['instruction'], /instructions filtered/],
    ['data filtered', 0x100n, ['data'], /data filtered/],
    ['encodings', 0x200n, [], undefined],
    ['system call numbers', 0x400n, [], undefined],
    ['system calls that block', 0x800n, [], undefined],
    ['kernel code of system calls', 0x1000n, [], undefined],
    ['a filtered warm-up', 0x2180n, ['data', 'instruction'], /The filter is a warm-up: no stream goes on unfiltered/],
    ['kernel instructions only', 0x8000n, ['data'], /without its loads and stores/],
    ['by core', 0x10000n, [], undefined],
    ['register dependencies', 0x20000n, [], undefined],
    ['the whole system', 0x40000n, [], undefined],
    ['a bit that is not known', 0x80000n, [], /bits 0x80000, which this reader does not know/],
    ['a bit of the upper half', 1n << 40n, [], /bits 0x10000000000, which this reader does not know/],
  ])('that says %s', (_, bits, lacks, headline) => {
    const trace = read(bits);
    expect(trace.lacks).toEqual(lacks);
    if (headline === undefined) expect(trace.headlines).toBeUndefined();
    else expect(trace.headlines!.join('\n')).toMatch(headline);
  });

  it('that says templates of system calls is refused', () => {
    expect(problem(() => read(0x4000n))).toMatch(/templates of system calls \(file type 0x4000\)/);
  });

  it('of a filtered recording says how much was executed and where the filter ended', () => {
    const { headlines } = read(0x2180n, marker(23, 0n), marker(11, 1000n));
    expect(headlines!.join('\n')).toContain('Of the 1000 instructions that its threads executed, 1 are recorded.');
    expect(headlines!.join('\n')).toContain('1 stream goes on unfiltered after it');
  });

  it('of another machine than the parts before is refused, and of cores beside threads', () => {
    const [x86, arm] = [file('a', 1n, 0x40n, load(0n)), file('b', 2n, 0x8n, load(0n))];
    const core = file('c', 3n, 0x10040n, load(0n));
    expect(problem(() => readDrmemtrace([x86, arm], options))).toMatch(
      /recorded on AArch64, but the parts before on x86-64/,
    );
    expect(problem(() => readDrmemtrace([x86, core], options))).toMatch(
      /one of a and c is recorded by core, the other by thread/,
    );
  });
});

describe('a version', () => {
  it.each([1n, 2n, 3n, 4n, 5n, 6n, 7n])('of %s is known', version => {
    const trace = readDrmemtrace([part('t', [25, 0, version], thread(1n), load(0n), footer)], options);
    expect(trace.headlines).toBeUndefined();
  });

  it.each<[bigint, string]>([
    [0n, '1 part without a version, as of a core that idled from the start.'],
    [8n, 'The trace has version 8; this reader knows up to 7 and took it for that.'],
  ])('of %s is named', (version, headline) => {
    const trace = readDrmemtrace([part('t', [25, 0, version], thread(1n), load(0n), footer)], options);
    expect(trace.headlines).toEqual([headline]);
  });
});

describe('an address', () => {
  // Pages of the kernel are not those of the process: they take numbers of another block of 4 MB.
  const pages = (type: bigint, ...addresses: readonly bigint[]) => {
    const trace = readDrmemtrace([file('t', 1n, type, ...addresses.map(address => load(address, 4)))], options);
    const remark = trace.remarks.find(text => text.includes('a tag above bit'));
    return [listing(trace.streams[0]).map(line => line.split(' ')[1]), remark] as const;
  };

  it.each<[string, bigint, readonly bigint[], readonly string[], string | undefined]>([
    [
      'without its top byte on AArch64',
      0x8n,
      [0x0b00ffff00001000n, 0x0000ffff00001004n],
      ['1000', '1004'],
      '1 references have a tag above bit 55',
    ],
    [
      'of a kernel without its top byte on AArch64',
      0x8n,
      [0xf0ff800000001000n, 0xffff800000001004n],
      ['1000', '1004'],
      '1 references',
    ],
    [
      'without bits 57 to 63 on x86-64',
      0x40n,
      [0x7e007fff00001000n, 0x00007fff00001004n],
      ['1000', '1004'],
      '1 references have a tag above bit 56',
    ],
    ['with bits 48 to 56 on x86-64', 0x40n, [0x00ff7fff00001000n, 0x00007fff00001004n], ['1000', '3004'], undefined],
    [
      'without its top byte where no machine is named',
      0n,
      [0x0b007fff00001000n, 0x00007fff00001004n],
      ['1000', '1004'],
      '1 references',
    ],
    [
      'of 32 bits on ARM',
      0x10n,
      [0xffffffff80001000n, 0x80001004n],
      ['1000', '1004'],
      '1 references have a tag above bit 31',
    ],
    ['of a kernel on x86-64 as it is', 0x40n, [0xffff888000001000n, 0x888000001004n], ['1000', '401004'], undefined],
  ])('is read %s', (_, type, addresses, dense, remark) => {
    const [found, said] = pages(type, ...addresses);
    expect(found).toEqual(dense);
    if (remark === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(remark);
  });

  it('goes round at the end of 32 bits and of 64', () => {
    for (const [type, last] of [
      [0x20n, 0xfffffffcn],
      [0x40n, 0xfffffffffffffffcn],
    ] as const) {
      const trace = readDrmemtrace([file('t', 1n, type, store(last, 8), load(0n, 4))], options);
      const found = listing(trace.streams[0]).map(line => line.split(' ')[1]);
      expect(found[0]).toMatch(/ffc$/);
      expect(found[1]).toBe(found[2]);
    }
  });

  it('of 32 bits makes records of 8 bytes', () => {
    const entries = [header, marker(12, 7n), fileType(0x10n), thread(-1n), thread(11n), process(10n), at(0xffffffffn),
      instruction(0x8000n), load(0x10004n), at(5n), [17, 2, 0x0404n] as Entry, store(0x10008n), exit(11n), footer]; // prettier-ignore
    const trace = readDrmemtrace([{ name: 't', bytes: bytesOf(entries, true) }], options);
    expect(listing(trace.streams[0])).toEqual(['fetch 0 +0', 'load 2004 +0', 'store 2008 +2']);
    expect(trace.headlines).toBeUndefined();
  });
});
