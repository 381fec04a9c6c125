import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readTrace, type TraceFormat } from '../../lib/traces/formats/detect.js';
import { MemoryLimit, sizeText } from '../../lib/traces/memory-limit.js';
import { checkNtrStart } from '../../lib/traces/ntr/ntr.js';
import { headerOf, ntrFile, ntrSections, varint, writeNtr, zigzag, type Event, type Program } from './ntr/writer.js';
import { expectConsistent, problem, text } from './reading.js';

const MB = 2 ** 20;

/** Reads under a limit and says what is held afterwards. */
function under(bytes: number, format: TraceFormat, content: Uint8Array) {
  const memory = new MemoryLimit(bytes);
  const trace = readTrace(content, { name: 'x', fetchLineBytes: 64, memory }, format);
  return { trace, memory };
}

function program(events: readonly Event[], rest: Partial<Program> = {}): Program {
  const operations = Array.from({ length: 1000 }, (_, position) => ({ position, store: false }));
  const blocks = [
    { pc: 0x400000, length: 4096, operations: [], linked: [] },
    { pc: 0x800000, length: 1000, operations, linked: [] },
  ];
  return { system: false, streams: 1, blocks, events, ...rest };
}

function repeated(events: readonly Event[], rest?: Partial<Program>): Uint8Array {
  return writeNtr(program([{ stream: 0 }, { run: 0, addresses: [] }, ...events], rest));
}

function many<One>(count: number, one: (i: number) => One): One[] {
  return Array.from({ length: count }, (_, i) => one(i));
}

function drmemtraceThreads(count: number): Uint8Array {
  const bytes = new Uint8Array(12 * (2 * count + 1));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 25, true);
  view.setUint32(4, 7, true);
  for (let i = 0; i < count; i++) {
    view.setUint16(24 * i + 12, 22, true);
    view.setUint32(24 * i + 16, i + 1, true);
    // An instruction of four bytes.
    view.setUint16(24 * i + 24, 10, true);
    view.setUint16(24 * i + 26, 4, true);
    view.setUint32(24 * i + 28, 0x1000, true);
  }
  return bytes;
}

/** A block that claims more operations than there are. */
function claiming(operations: number, specials: number): Uint8Array {
  const base = program([{ stream: 0 }]);
  const [, , control, addresses] = ntrSections(base);
  const table = [...zigzag(0x1000), ...varint(4), ...varint(operations), ...(operations > 0 ? [] : varint(specials))];
  return ntrFile(JSON.stringify(headerOf(base)), table, control, addresses);
}

/** A file that ends after the length of a section. */
function lengthOf(section: 'header' | 'block table', bytes: number): Uint8Array {
  const whole = repeated([]);
  const header = new DataView(whole.buffer).getUint32(4, true);
  const at = section === 'header' ? 4 : 8 + header;
  const start = whole.slice(0, at + 4);
  new DataView(start.buffer).setUint32(at, bytes, true);
  return start;
}

describe('an input that promises more than it holds', () => {
  it.each<[string, TraceFormat, () => Uint8Array, RegExp]>([
    [
      '150 million operations',
      'NTR1',
      () => claiming(150e6, 0),
      /150000000 memory operations in one block, at most 65535/,
    ],
    [
      'more operations than bytes',
      'NTR1',
      () => claiming(60000, 0),
      /60000 memory operations in one block, but the section ends/,
    ],
    [
      '150 million special instructions',
      'NTR1',
      () => claiming(0, 150e6),
      /150000000 special instructions in one block/,
    ],
    [
      'a block table of 600 MB',
      'NTR1',
      () => lengthOf('block table', 600e6),
      /a section of 600000000 bytes; at most 536870912 \(512 MB\)/,
    ],
    [
      'a header of 600 MB',
      'NTR1',
      () => lengthOf('header', 600e6),
      /a section of 600000000 bytes; at most 16777216 \(16 MB\)/,
    ],
  ])('is refused at once: %s', (_, format, content, message) => {
    expect(problem(() => under(MB, format, content()))).toMatch(message);
  });

  it.each<[string, TraceFormat, () => Uint8Array, RegExp]>([
    // 256 lines are fetched for each byte of the control stream.
    [
      'a byte that executes 4096 instructions',
      'NTR1',
      () => repeated(many(2000, () => ({ run: 0, addresses: [] }))),
      /references of a stream are read so far/,
    ],
    [
      'marks',
      'NTR1',
      () => repeated(many(20000, () => ({ mark: 1 }))),
      /1 MB of memory.*marks of a stream are read so far|marks and mappings/,
    ],
    [
      'mappings',
      'NTR1',
      () =>
        repeated(
          many(20000, i => ({ map: [i, i] })),
          { system: true },
        ),
      /marks of a stream are read so far/,
    ],
    [
      'streams',
      'NTR1',
      () =>
        repeated(
          many(2000, i => ({ stream: i % 1000 })),
          { streams: 1000 },
        ),
      /blocks are read|streams without a reference are read/,
    ],
    ['threads', 'drmemtrace', () => drmemtraceThreads(5000), /references of a stream|streams without a reference/],
    ['long instructions', 'lackey', () => text(...many(2000, () => 'I  00000000,65536')), /references of a stream/],
    ['long accesses', 'dinero-extended', () => text(...many(20000, () => 'r 0 ffff')), /references of a stream/],
    [
      'records',
      'champsim',
      () =>
        new Uint8Array(64 * 60000).map((_, i) =>
          i % 64 === 1 ? Math.floor(i / 64) : i % 64 === 2 ? 64 : i % 64 === 33 ? 255 : 0,
        ),
      /references of a stream/,
    ],
  ])('meets the limit with %s, which says how far it got and what to do', (_, format, content, message) => {
    const found = problem(() => under(MB, format, content()));
    expect(found).toMatch(message);
    expect(found).toMatch(/^x: needs more than the 1 MB .* cut it into shorter windows.*--max-memory/);
  });

  it('costs next to nothing by streams that the header counts and that never run', () => {
    const content = repeated([], { streams: 1000 });
    expect(under(1.5 * MB, 'NTR1', content).trace.streams).toHaveLength(1000);
  });

  it('is seen from the beginning of an NTR1 file, before the rest is there', () => {
    const whole = repeated([]);
    const header = new DataView(whole.buffer).getUint32(4, true);
    for (let length = 4; length < whole.length; length++) checkNtrStart(whole.subarray(0, length), 'x');
    const bytes = new Uint8Array(4 * MB);
    bytes.set(whole.subarray(0, 8 + header));
    const view = new DataView(bytes.buffer);
    const faulty = (tableBytes: number, at: number, ...table: readonly number[]): string => {
      view.setUint32(8 + header, tableBytes, true);
      bytes.set(table, 12 + header + at);
      return problem(() => checkNtrStart(bytes, 'x'));
    };
    expect(faulty(2 * 655370 + 1, 0)).toMatch(
      /1310741 bytes, but the 2 blocks that the header counts take 655370 bytes each/,
    );
    expect(faulty(2 * 655370, 0, 0, 1, ...varint(70000))).toMatch(/70000 memory operations in one block/);
  });
});

describe('what readers hold', () => {
  const valid: readonly (readonly [TraceFormat, Uint8Array])[] = [
    ['NTR1', repeated([{ mark: 18 }, { run: 1, addresses: many(1000, i => 4 * i) }, { mark: 19 }, { mark: 24 }])],
    [
      'NTR1',
      repeated([{ task: 1 }, { map: [5, 6] }, { stream: 1 }, { run: 0, addresses: [] }], { system: true, streams: 2 }),
    ],
    ['lackey', text('==1== x', 'I  00400000,4', ' L 00500000,8', '**1** no endI  00400004,4', 'next', 'SB 00400000')],
    ['din', text('2 400020 x', '0 0x10000100', '1 10000104')],
    ['dinero-extended', text('i 400020 4', 'r 10000100 4', 'c 0 0', 'w 0x10000104 ffff rest')],
    ['dinero-binary', Uint8Array.from([0, 1, 0, 0, 4, 0, 0, 0, 0, 1, 0, 0, 255, 255, 2, 0])],
    ['champsim', new Uint8Array(640).map((_, i) => (i % 64 === 0 ? 4 * (i / 64) + 4 : i % 64 === 40 ? 1 : 0))],
    [
      'champsim-cloudsuite',
      new Uint8Array(960).map((_, i) => (i % 96 === 0 ? 4 * (i / 96) + 4 : i % 96 === 64 ? 1 : 0)),
    ],
    ['drmemtrace', drmemtraceThreads(20)],
  ];

  it.each(valid.map(([format, bytes], i) => [format, i, bytes] as const))(
    'is counted, within the limit, and the end a trace or a TraceError: %s (%i), mutated, cut, repeated',
    (format, _, bytes) => {
      const change = fc.tuple(
        fc.nat(bytes.length - 1),
        fc.oneof(fc.nat(255), fc.constantFrom(0, 127, 128, 255)),
        fc.integer({ min: 1, max: 8 }),
      );
      fc.assert(
        fc.property(
          fc.array(change, { maxLength: 4 }),
          fc.nat(bytes.length),
          fc.integer({ min: 1, max: 3 }),
          (changes, cut, times) => {
            const one = bytes.slice();
            for (const [at, value, length] of changes) one.fill(value, at, at + length);
            const content = Uint8Array.from(
              many(times, i => (i + 1 < times ? [...one] : [...one.subarray(0, cut)])).flat(),
            );
            const memory = new MemoryLimit(256 * 1024);
            problem(() => {
              const { streams } = readTrace(content, { name: 'x', fetchLineBytes: 64, memory }, format);
              streams.forEach(expectConsistent);
              const kept = streams.reduce((sum, { words, gaps }) => sum + words.byteLength + gaps.byteLength, 0);
              expect(memory.held).toBeGreaterThanOrEqual(kept);
            });
            expect(memory.held).toBeLessThanOrEqual(memory.bytes);
          },
        ),
        { numRuns: 300 },
      );
    },
  );

  it('is what stays, once the trace is read', () => {
    const content = repeated(many(500, () => ({ run: 0, addresses: [] })));
    const { trace, memory } = under(64 * MB, 'NTR1', content);
    const kept = trace.streams.reduce((sum, { words, gaps }) => sum + words.byteLength + gaps.byteLength, 0);
    expect(memory.held - kept).toBeLessThan(64 * 1024);
  });

  it('adds up over the traces that share a limit', () => {
    const memory = new MemoryLimit(MB);
    const read = (): unknown =>
      readTrace(text(...many(1000, () => 'r 0 ffff')), { name: 'x', fetchLineBytes: 64, memory }, 'dinero-extended');
    const found = many(20, () => problem(read));
    expect(found[0]).toBe('no error');
    expect(found.at(-1)).toMatch(/needs more than the 1 MB/);
  });

  it('has a limit in whole bytes', () => {
    for (const bytes of [0, -1, 0.5, NaN, Infinity]) expect(() => new MemoryLimit(bytes)).toThrow(RangeError);
    expect(new MemoryLimit().bytes).toBe(4 * 2 ** 30);
    expect([4 * 2 ** 30, 1.5 * MB, 1024, 7].map(sizeText)).toEqual(['4 GB', '1.5 MB', '1 KB', '7 bytes']);
  });
});
