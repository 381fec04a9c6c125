import { describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { detectFormat, readTrace, type TraceFormat } from '../../../lib/traces/formats/detect.js';
import { writeNtr } from '../ntr/writer.js';
import { problem, text } from '../reading.js';

const ntr = writeNtr({
  system: false,
  streams: 1,
  blocks: [{ pc: 0, length: 1, operations: [], linked: [] }],
  events: [{ stream: 0 }, { run: 0, addresses: [] }],
});
const drmemtrace = Uint8Array.from([
  25, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 22, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 64, 0, 0, 0, 0, 0, 0, 0,
]);
const champsim = new Uint8Array(64).fill(0).fill(3, 0, 4);

describe('the format of a trace', () => {
  it.each<[TraceFormat, string, Uint8Array]>([
    ['NTR1', 'x', ntr],
    ['lackey', 'x', text('==1== Lackey', 'I  400,4')],
    ['lackey', 'x', text(' L 400,4')],
    ['lackey', 'x', text('I  400,4')],
    ['din', 'x', text('2 400', '0 100')],
    ['din', 'x', text('0 0x400 anything')],
    ['dinero-extended', 'x', text('r 400 4')],
    ['dinero-extended', 'x', text('c 400 4', 'r 400 4')],
    ['drmemtrace', 'x', drmemtrace],
    ['champsim', 'A.CHAMPSIM', champsim],
    ['champsim', 'gcc.champsimtrace', champsim],
    ['champsim-cloudsuite', 'a.cloudsuite', new Uint8Array(96).fill(3, 0, 4)],
    ['dinero-binary', 'a.d4b', Uint8Array.from([0, 1, 0, 0, 4, 0, 0, 0])],
    ['lackey', 'wrongly-named.din', text('I  400,4')],
  ])('is %s for %s by content, then by name', (format, name, bytes) => {
    expect(detectFormat(bytes, name)).toBe(format);
    expect(readTrace(bytes, { name, fetchLineBytes: 64 }).streams[0].words.length).toBeGreaterThan(0);
  });

  it('by name leaves the reader to say what is wrong', () => {
    expect(problem(() => readTrace(text('# comment', '0 400'), { name: 'a.din', fetchLineBytes: 64 }))).toMatch(
      /line 1: expected a label/,
    );
  });

  it('can be given', () => {
    expect(readTrace(champsim, { name: 'x', fetchLineBytes: 64 }, 'champsim').format).toBe('champsim');
    expect(problem(() => readTrace(champsim, { name: 'x', fetchLineBytes: 64 }, 'pin' as TraceFormat))).toMatch(
      /unknown format pin; known are NTR1/,
    );
  });

  it.each([
    ['an empty file', new Uint8Array(0), /the file is empty/],
    ['a gzip file', new Uint8Array(gzipSync('NTR1')), /compressed with gzip/],
    ['an xz file', Uint8Array.from([0xfd, 0x37, 0x7a, 0x58]), /compressed with xz/],
    ['a zip archive', Uint8Array.from([0x50, 0x4b, 3, 4]), /zipEntries/],
    ['anything else', text('once upon a time'), /known format: NTR1, lackey, .*name one explicitly.*\.champsim/],
  ])('is refused for %s', (_, bytes, message) => {
    expect(problem(() => detectFormat(bytes, 'x'))).toMatch(message);
  });
});
