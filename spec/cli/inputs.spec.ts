/** Inputs of the command line that are no plain files, or that promise more than they hold. */
import { createWriteStream, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { byteCount } from '../../lib/cli/options.js';
import { MAIN, build, disco, inFolder, put, shell, smallTrace, watch, type Outcome } from './running.js';

const MB = 2 ** 20;
const SETTLED = ['--preset', 'uma', '--policies', 'first-touch'];
const lackey = 'I  00401000,4\n L 00402000,8\n S 00402008,8\n';

beforeAll(build);

/** Runs and says what was resident at most, in bytes. A shell stands between: a process begins with the maximum of its parent. */
function measured(folder: string, ...words: readonly string[]): Outcome & { readonly residentBytes: number } {
  const hook = 'process.on("exit", () => process.stderr.write(`\\nresident ${process.resourceUsage().maxRSS}`));';
  const url = `data:text/javascript,${encodeURIComponent(hook).replaceAll("'", '%27')}`;
  const outcome = shell(folder, `"$NODE" --import '${url}' "$MAIN" ${words.join(' ')}; exit $?`);
  const [, kilobytes = 'NaN'] = /resident (\d+)/.exec(outcome.stderr) ?? [];
  return { ...outcome, residentBytes: 1024 * Number(kilobytes) };
}

/** NTR1 whose block table claims and holds 150 million operations of one block, all zero. */
function statesOperations(): Uint8Array {
  const counts =
    '"streams":1,"blocks":1,"blockExecutions":1,"instructions":1,"loads":1,"stores":0,"marks":0,"maps":0,"taskSwitches":0';
  const header = Buffer.from(`{"format":"NTR1","system":false,"info":{},"counts":{${counts},"perStream":[[1,1,0]]}}`);
  const length = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
  const table = Buffer.alloc(150_000_009);
  table.set([0x80, 0x80, 0x80, 0x01, 0x01, 0x80, 0xa3, 0xc3, 0x47]);
  return gzipSync(
    Buffer.concat([
      Buffer.from('NTR1'),
      length(header.length),
      header,
      length(table.length),
      table,
      length(1),
      length(0).subarray(0, 1),
      length(0),
    ]),
  );
}

/** A zip of one entry that states a size. */
function zip(content: Uint8Array, statedBytes: number): Uint8Array {
  const packed = deflateRawSync(content);
  const local = Buffer.alloc(31);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(1, 26);
  local.write('a', 30);
  const central = Buffer.alloc(47);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(packed.length, 20);
  central.writeUInt32LE(statedBytes, 24);
  central.writeUInt16LE(1, 28);
  central.write('a', 46);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length + packed.length, 16);
  return Buffer.concat([local, packed, central, end]);
}

describe('an input that promises more than it holds', () => {
  it.each<[string, string, () => Uint8Array, readonly string[], RegExp]>([
    [
      'NTR1 of 150 million operations',
      'x.ntr.gz',
      statesOperations,
      [],
      /x\.ntr: block table, byte 204: 150000009 bytes, but the 1 blocks/,
    ],
    [
      'a gzip bomb',
      'x.champsim.gz',
      () => gzipSync(Buffer.alloc(400 * MB)),
      ['--max-memory', '50MB'],
      /needs more than the 50 MB .*read, inflated.*--max-memory/,
    ],
    [
      'a gzip bomb without a format',
      'x.gz',
      () => gzipSync(Buffer.alloc(400 * MB)),
      [],
      /neither content nor name fits/,
    ],
    [
      'a zip that states 4 GB',
      'x.zip',
      () => zip(Buffer.alloc(100), 2 ** 32 - 2),
      ['--max-memory', '2GB'],
      /needs more than the 2 GB .*entry a states 4 GB/,
    ],
    [
      'a zip with more than it states',
      'x.zip',
      () => zip(Buffer.alloc(300 * MB), 100),
      [],
      /a has more bytes than the 100 that the directory states/,
    ],
  ])('is refused within 200 MB: %s', (_, name, content, words, message) =>
    inFolder(folder => {
      put(folder, name, content());
      const { stderr, exit, residentBytes } = measured(folder, 'trace', name, ...SETTLED, ...words);
      expect(stderr).toMatch(message);
      expect(exit).toBe(2);
      expect(residentBytes).toBeLessThan(200 * MB);
    }),
  );

  it('is refused if it is a file of 3 GB, or a device, or a folder', () =>
    inFolder(folder => {
      truncateSync(put(folder, 'x.din', ''), 3 * 2 ** 30);
      const said = (path: string): Outcome => disco(folder, 'trace', path);
      expect(said('x.din')).toMatchObject({
        exit: 2,
        stderr: 'disco-sim: cannot read x.din: it has 3 GB, at most 2 GB can be read\n',
      });
      expect(said('/dev/zero')).toMatchObject({
        exit: 2,
        stderr: expect.stringContaining('cannot read /dev/zero: it is a device'),
      });
      // A folder is read as one trace: this one holds the file.
      expect(said('.')).toMatchObject({
        exit: 2,
        stderr: 'disco-sim: cannot read x.din: it has 3 GB, at most 2 GB can be read\n',
      });
      expect(disco(folder, 'litmus', '/dev/zero')).toMatchObject({
        exit: 2,
        stderr: expect.stringContaining('it is a device'),
      });
    }));

  it('is refused if it is a litmus test of more than 1 MB, from a pipe too', () =>
    inFolder(folder => {
      const { stderr, exit } = shell(folder, 'head -c 5000000 /dev/zero | "$NODE" "$MAIN" litmus /dev/stdin');
      expect([stderr, exit]).toEqual([
        'disco-sim: cannot read /dev/stdin: it has more than 1 MB, which is the most that is read\n',
        2,
      ]);
    }));
});

describe('a pipe', () => {
  it('is read like a file, plain and gzip, and waits for its writer', () =>
    inFolder(async folder => {
      put(folder, 'x.lackey', lackey);
      put(folder, 'x.gz', gzipSync(smallTrace()));
      const said = (script: string): string =>
        shell(folder, `${script} "$NODE" "$MAIN" trace /dev/stdin ${SETTLED.join(' ')} --json`).stdout;
      expect(JSON.parse(said('cat x.lackey |'))).toHaveProperty('results.0.references', 3);
      expect(said('cat x.gz |')).toContain('"results"');
      expect(shell(folder, 'mkfifo pipe').exit).toBe(0);
      const { ended } = watch(folder, MAIN, 'trace', 'pipe', ...SETTLED);
      createWriteStream(join(folder, 'pipe')).end(lackey);
      expect(await ended).toMatchObject({ exit: 0 });
    }));
});

describe('--max-memory', () => {
  it.each([
    ['4GB', 4 * 2 ** 30],
    ['1.5 mb', 1.5 * MB],
    ['512K', 512 * 1024],
    ['.5g', 2 ** 29],
    ['4096', 4096],
    ['12B', 12],
  ])('takes %j as %d bytes', (words, bytes) => {
    expect(byteCount('--max-memory', words)).toBe(bytes);
  });

  it.each(['', '0', '-1', '4 XB', 'GB', '1e3', '1.2.3', 'NaN', '9999999999TB', '0.1'])('refuses %j', words => {
    expect(() => byteCount('--max-memory', words)).toThrow(
      `--max-memory takes a size as 500MB, 4GB or a number of bytes, not ${JSON.stringify(words)}`,
    );
  });

  it('is shared by all traces of a command', () =>
    inFolder(folder => {
      put(folder, 'a.lackey', lackey.repeat(20000));
      put(folder, 'b.lackey', lackey.repeat(20000));
      const run = (...files: readonly string[]): Outcome =>
        disco(folder, 'trace', ...files, ...SETTLED, '--max-memory', '2MB');
      expect(run('a.lackey').exit).toBe(0);
      expect(run('a.lackey', 'b.lackey', 'a.lackey', 'b.lackey', 'a.lackey')).toMatchObject({
        exit: 2,
        stderr: expect.stringContaining('needs more than the 2 MB'),
      });
    }));
});
