import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { readZipEntry, zipEntries } from '../../../lib/traces/formats/zip.js';
import { problem, text } from '../reading.js';

const inflate = (bytes: Uint8Array): Uint8Array => new Uint8Array(inflateRawSync(bytes));
const contents: readonly (readonly [string, Uint8Array])[] = [
  ['chunk.0000', text('first')],
  ['chunk.0001', text('second '.repeat(100))],
];

function header(
  signature: number,
  length: number,
  fields: readonly (readonly [at: number, bytes: 2 | 4, value: number])[],
): number[] {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  for (const [at, width, value] of [[0, 4, signature] as const, ...fields]) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
  }
  return [...bytes];
}

/** The first entry stored, the others deflated, with a comment at the end. */
function archive(flags = 0, method?: number): Uint8Array {
  const files: number[] = [];
  const directory: number[] = [];
  contents.forEach(([name, content], i) => {
    const packed = i === 0 ? content : new Uint8Array(deflateRawSync(content));
    const kind = method ?? (i === 0 ? 0 : 8);
    const at = files.length;
    files.push(...header(0x04034b50, 30, [[26, 2, name.length], [28, 2, 3]]), ...text(name).subarray(0, name.length), 1, 2, 3, ...packed); // prettier-ignore
    directory.push(
      ...header(0x02014b50, 46, [[8, 2, flags], [10, 2, kind], [20, 4, packed.length], [24, 4, content.length], [28, 2, name.length], [42, 4, at]]),
      ...text(name).subarray(0, name.length),
    ); // prettier-ignore
  });
  const end = header(0x06054b50, 22, [[8, 2, 2], [10, 2, 2], [12, 4, directory.length], [16, 4, files.length], [20, 2, 4]]); // prettier-ignore
  return Uint8Array.from([...files, ...directory, ...end, 80, 75, 5, 6]);
}

function readAll(bytes: Uint8Array): (readonly [string, Uint8Array])[] {
  return zipEntries(bytes, 'a.zip').map(entry => [entry.name, readZipEntry(bytes, 'a.zip', entry, inflate)]);
}

describe('a zip archive', () => {
  it('gives its entries, stored or deflated, in order', () => {
    expect(readAll(archive())).toEqual(contents);
  });

  it('is refused when it is none, encrypted, of another method, or zip64', () => {
    expect(problem(() => readAll(text('no archive, but longer than the end record')))).toMatch(
      /not a zip archive, or cut short/,
    );
    expect(problem(() => readAll(new Uint8Array(0)))).toMatch(/not a zip archive/);
    expect(problem(() => readAll(archive(1)))).toMatch(/chunk.0000 is encrypted/);
    expect(problem(() => readAll(archive(0, 93)))).toMatch(/compression method 93/);
    const big = archive();
    big.fill(255, big.length - 26 + 10, big.length - 26 + 12);
    expect(problem(() => readAll(big))).toMatch(/zip64/);
  });

  it('is refused when an entry has another size than stated', () => {
    expect(
      problem(() => readZipEntry(archive(), 'a.zip', { ...zipEntries(archive(), 'a.zip')[0], sizeBytes: 9 }, inflate)),
    ).toMatch(/chunk.0000 has 6 bytes, but the directory states 9/);
  });

  it('gives entries or a TraceError when cut or changed, apart from what the decompressor throws', () => {
    const valid = archive();
    for (let length = 0; length < valid.length; length++)
      expect(problem(() => readAll(valid.subarray(0, length)))).not.toBe('no error');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 4 }), changes => {
        const bytes = Uint8Array.from(valid);
        for (const [at, value] of changes) bytes[at] = value;
        problem(() => zipEntries(bytes, 'a').map(entry => readZipEntry(bytes, 'a', entry, packed => packed)));
      }),
      { numRuns: 500 },
    );
  });
});
