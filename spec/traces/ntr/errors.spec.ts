import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readNtr } from '../../../lib/traces/ntr/ntr.js';
import { TraceError } from '../../../lib/traces/trace.js';
import { headerOf, ntrFile, ntrSections, writeNtr, zigzag, type Program } from './writer.js';

const options = { name: 'bad', fetchLineBytes: 64 };
const program: Program = {
  system: false,
  streams: 2,
  blocks: [
    {
      pc: 0x400000,
      length: 20,
      operations: [
        { position: 3, store: false },
        { position: 9, store: true },
      ],
      linked: [3],
    },
    { pc: 0x400100, length: 2, operations: [], linked: [] },
  ],
  events: [
    { stream: 0 },
    { mark: 18 },
    { run: 0, addresses: [0x1000, 0x2000] },
    { mark: 19 },
    { run: 1, addresses: [] },
    { run: 0, addresses: [0x1004, 0x2004] },
    { run: 1, addresses: [] },
    { stream: 1 },
    { mark: 24 },
    { run: 0, addresses: [0x1008, 0x3000] },
    { mark: 25 },
  ],
};
const valid = writeNtr(program);
const systemProgram: Program = {
  ...program,
  system: true,
  events: [
    ...program.events,
    { task: 3 },
    { map: [0x10, 7] },
    { run: 1, addresses: [] },
    { stream: 0 },
    { task: 3 },
    { run: 1, addresses: [] },
  ],
};

/** The message of the TraceError; any other error is thrown on. */
function problem(bytes: Uint8Array): string {
  try {
    readNtr(bytes, options);
  } catch (error) {
    if (error instanceof TraceError) return error.message;
    throw error;
  }
  return 'no error';
}

function withHeader(change: (header: ReturnType<typeof headerOf>) => unknown): Uint8Array {
  const [, ...rest] = ntrSections(program);
  const header = headerOf(program);
  return ntrFile(JSON.stringify(change(header) ?? header), ...rest);
}

function withCounts(counts: Record<string, unknown>): Uint8Array {
  return withHeader(header => ({ ...header, counts: { ...header.counts, ...counts } }));
}

/** The sections with one of them replaced. */
function withSection(index: 0 | 1 | 2 | 3, section: string | number[]): Uint8Array {
  const sections = ntrSections(program);
  sections[index] = section as never;
  return ntrFile(...sections);
}

const [, table, control, addresses] = ntrSections(program);
const block = (...rest: number[]): number[] => [...zigzag(0x100), ...rest];
const cases: readonly (readonly [string, () => Uint8Array, RegExp])[] = [
  ['an empty file', () => new Uint8Array(0), /magic, byte 0/],
  ['another magic', () => Uint8Array.from([78, 84, 82, 50, ...valid.subarray(4)]), /magic, byte 0/],
  [
    'bytes after the last section',
    () => Uint8Array.from([...valid, 0]),
    /end of file, byte \d+: 1 bytes after the last section/,
  ],
  ['a header that is not JSON', () => withSection(0, '{"format":'), /header, byte \d+: not JSON/],
  ['a header that is no object', () => withSection(0, '7'), /the header is not a JSON object/],
  ['another format in the header', () => withHeader(header => ({ ...header, format: 'NTR2' })), /format is "NTR2"/],
  ['a header without system', () => withHeader(header => ({ ...header, system: 1 })), /system is not true or false/],
  ['a header without info', () => withHeader(header => ({ ...header, info: null })), /info is not a JSON object/],
  ['a negative count', () => withCounts({ loads: -1 }), /counts.loads is not a count/],
  ['no streams', () => withCounts({ streams: 0 }), /counts.streams is 0/],
  ['perStream of another length', () => withCounts({ perStream: [[1, 1, 1]] }), /counts.perStream is not a list of 2/],
  [
    'perStream of something else',
    () => withCounts({ perStream: [[1, 1], 'x'] }),
    /counts.perStream is not \[instructions/,
  ],
  [
    'wrong instructions of a stream',
    () =>
      withCounts({
        perStream: [
          [45, 2, 2],
          [20, 1, 1],
        ],
      }),
    /instructions of stream 0: decoded 44, but the header counts 45/,
  ],
  [
    'wrong loads of a stream',
    () =>
      withCounts({
        perStream: [
          [44, 2, 2],
          [20, 9, 1],
        ],
      }),
    /loads of stream 1: decoded 1, but the header counts 9/,
  ],
  [
    'wrong stores of a stream',
    () =>
      withCounts({
        perStream: [
          [44, 2, 1],
          [20, 1, 1],
        ],
      }),
    /stores of stream 0: decoded 2, but the header counts 1/,
  ],
  ...(['blocks', 'blockExecutions', 'instructions', 'loads', 'stores', 'marks', 'maps', 'taskSwitches'] as const).map(
    key =>
      [
        `a wrong total of ${key}`,
        () => withCounts({ [key]: 999 }),
        new RegExp(`${key}: decoded \\d+, but the header counts 999`),
      ] as const,
  ),
  [
    'more instructions than the header',
    () =>
      withCounts({
        perStream: [
          [10, 2, 2],
          [20, 1, 1],
        ],
      }),
    /control stream, byte \d+: a stream executes more than the 10/,
  ],
  [
    'a block without instructions',
    () => withSection(1, block(0, 0, 0)),
    /block table, byte \d+: a block without instructions/,
  ],
  [
    'an enormous block',
    () => withSection(1, block(0xff, 0xff, 0xff, 0x0f, 0, 0)),
    /block length is \d+, expected less than 4097/,
  ],
  ['a block below address 0', () => withSection(1, [...zigzag(-1), 1, 0, 0]), /leaves the 32-bit addresses/],
  [
    'a block above the addresses',
    () => withSection(1, [...zigzag(0x3fffffff), 2, 0, 0]),
    /leaves the 32-bit addresses/,
  ],
  [
    'an operation outside its block',
    () => withSection(1, block(2, 1, 2 * 8, 0)),
    /a memory operation at instruction 2 of 2/,
  ],
  [
    'a special instruction outside its block',
    () => withSection(1, block(2, 0, 1, 2 * 32)),
    /a special instruction at 2 of 2/,
  ],
  [
    'a table that ends inside an entry',
    () => withSection(1, table.slice(0, -1)),
    /block table, byte \d+: the section ends inside a number/,
  ],
  [
    'a block that is not in the table',
    () => withSection(2, [1, 0, 8, 0]),
    /control stream, byte \d+: block 2 of a table of 2/,
  ],
  ['a prediction before the first block', () => withSection(2, [1, 0, 5, 0]), /a predicted block where none is known/],
  ['a prediction without a successor', () => withSection(2, [1, 0, 7, 5, 0]), /a predicted block where none is known/],
  [
    'a stream that is not in the header',
    () => withSection(2, [1, 2, 7, 0]),
    /stream number is 2, expected less than 2/,
  ],
  ['a block before the first stream', () => withSection(2, [7, 0]), /token 7 before the first stream/],
  [
    'a mapping in a user-level trace',
    () => withSection(2, [1, 0, 3, 0, 0, 0]),
    /token 3 \(page mapping\) in a user-level trace/,
  ],
  ['a task in a user-level trace', () => withSection(2, [1, 0, 4, 1, 0]), /token 4 \(task\) in a user-level trace/],
  [
    'control without an end',
    () => withSection(2, control.slice(0, -1)),
    /control stream, byte \d+: the section ends inside a number/,
  ],
  [
    'control after the end',
    () => withSection(2, [...control, 0]),
    /control stream, byte \d+: 1 bytes after the end token/,
  ],
  [
    'a number of more than 33 bits',
    () => withSection(2, [1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0]),
    /a number of more than 33 bits/,
  ],
  [
    'a number of 34 bits',
    () => withSection(2, [1, 0, 0xff, 0xff, 0xff, 0xff, 0x3f, 0]),
    /control stream, byte \d+: a number of more than 33 bits/,
  ],
  [
    'addresses that are missing',
    () => withSection(3, addresses.slice(0, -1)),
    /address stream, byte \d+: the section ends inside a number/,
  ],
  [
    'addresses that are left over',
    () => withSection(3, [...addresses, 0]),
    /address stream, byte \d+: 1 bytes after the last address/,
  ],
  [
    'an address below 0',
    () => withSection(3, [...zigzag(-1), ...addresses.slice(2)]),
    /address -1 leaves the 32-bit addresses/,
  ],
];

describe('the NTR1 reader refuses', () => {
  it.each(cases)('%s', (_, bytes, message) => {
    expect(problem(bytes())).toMatch(message);
  });

  it('a virtual page beyond 32-bit addresses', () => {
    const [header, blocks, , deltas] = ntrSections({ ...program, system: true });
    expect(problem(ntrFile(header, blocks, [1, 0, 3, ...zigzag(2 ** 20), 1, 0], deltas))).toMatch(
      /virtual page 1048576/,
    );
  });

  it('a file cut short at any byte', () => {
    for (const file of [valid, writeNtr(systemProgram)]) {
      for (let length = 0; length < file.length; length++)
        expect(problem(file.subarray(0, length))).not.toBe('no error');
    }
  });

  it('line sizes that are no power of two from 4 to 4096', () => {
    for (const fetchLineBytes of [0, 2, 48, 8192, 64.5, NaN]) {
      expect(() => readNtr(valid, { name: 'x', fetchLineBytes })).toThrow(RangeError);
    }
  });
});

describe('the NTR1 reader', () => {
  it('gives a trace or a TraceError for any bytes changed in a file', () => {
    const files = [valid, writeNtr(systemProgram)];
    const change = fc.tuple(fc.nat(), fc.nat(255));
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.array(change, { minLength: 1, maxLength: 4 }), (file, changes) => {
        const bytes = Uint8Array.from(file);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        expect(problem(bytes).length).toBeGreaterThan(0);
      }),
      { numRuns: 3000 },
    );
  });

  it('gives a trace or a TraceError for any bytes behind the header', () => {
    const section = fc.array(fc.nat(255), { maxLength: 60 });
    fc.assert(
      fc.property(section, section, section, (blocks, tokens, deltas) => {
        const [header] = ntrSections(program);
        expect(problem(ntrFile(header, blocks, tokens, deltas)).length).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });
});
