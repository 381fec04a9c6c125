import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ErrorNumber } from '../../../../lib/system/code.js';
import type { Code, KernelThread } from '../../../../lib/system/code.js';
import { PipePool } from '../../../../lib/guest/commodity/files/pipe.js';
import type { Pipe } from '../../../../lib/guest/commodity/files/pipe.js';
import { userBuffer } from './mounted.js';
import { Rig } from './rig.js';

const SEED = 5;

function setUp(seed = '1', pages = 2): { rig: Rig; pool: PipePool; pipe: Pipe } {
  const rig = new Rig(seed, pages);
  const pool = new PipePool(rig);
  const pipe = rig.call(thread => pool.make(thread, 1, 2));
  if (typeof pipe === 'number') throw new Error(`no pipe: ${pipe}`);
  return { rig, pool, pipe };
}

/** Writes pieces whose bytes are numbered from `first` on, and closes. */
function* writer(rig: Rig, pipe: Pipe, sizes: readonly number[], thread: KernelThread, user: number): Code {
  let next = 0;
  for (const size of sizes) {
    const at = userBuffer(user) + (next & 7);
    rig.putBytes(
      at,
      Array.from({ length: size }, (_, k) => (user * 100 + next + k) & 255),
    );
    const done = yield* pipe.writeEnd.write(thread, 0, at, size);
    if (done !== size) throw new Error(`${done} bytes were written, not ${size}`);
    next += size;
  }
  yield* pipe.writeEnd.closed(thread);
}

/** Reads pieces up to the end. */
function* reader(rig: Rig, pipe: Pipe, sizes: readonly number[], thread: KernelThread, into: number[]): Code {
  for (let k = 0; ; k++) {
    const at = userBuffer(9) + (k & 3);
    const size = sizes[k % sizes.length];
    const done = yield* pipe.readEnd.read(thread, 0, at, size);
    if (done < 0 || done > size) throw new Error(`${done} bytes were read`);
    if (done === 0) break;
    into.push(...rig.bytes(at, done));
  }
  yield* pipe.readEnd.closed(thread);
}

describe('a pipe', () => {
  const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 10_000 })), {
    minLength: 1,
    maxLength: 6,
  });

  it('loses nothing and keeps the order, whatever the sizes and the schedule', () => {
    fc.assert(
      fc.property(fc.nat(), sizes, sizes, (seed, out, back) => {
        const { rig, pipe } = setUp(String(seed));
        const got: number[] = [];
        rig.start('writer', thread => writer(rig, pipe, out, thread, 0));
        rig.start('reader', thread => reader(rig, pipe, back, thread, got));
        rig.run();
        expect(got).toEqual(Array.from({ length: out.reduce((a, b) => a + b) }, (_, k) => k & 255));
        expect(rig.pagesInUse).toBe(0);
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  it('does not mix the pieces of two writers, and every byte reaches one of two readers', () => {
    fc.assert(
      fc.property(fc.nat(), sizes, (seed, out) => {
        const { rig, pipe } = setUp(String(seed));
        rig.call(thread => pipe.writeEnd.opened(thread));
        rig.call(thread => pipe.readEnd.opened(thread));
        const got: number[][] = [[], []];
        for (const user of [0, 1]) rig.start(`writer ${user}`, thread => writer(rig, pipe, out, thread, user));
        for (const into of got) rig.start('reader', thread => reader(rig, pipe, [5000], thread, into));
        rig.run();
        expect(got.flat().length).toBe(2 * out.reduce((a, b) => a + b));
      }),
      { seed: SEED, numRuns: 40 },
    );
  });

  it('keeps the pieces of two writers whole', () => {
    const { rig, pipe } = setUp();
    rig.call(thread => pipe.writeEnd.opened(thread));
    const got: number[] = [];
    for (const user of [0, 1]) rig.start(`writer ${user}`, thread => writer(rig, pipe, [6000], thread, user));
    rig.start('reader', thread => reader(rig, pipe, [777], thread, got));
    rig.run();
    const piece = (user: number): number[] => Array.from({ length: 6000 }, (_, k) => (user * 100 + k) & 255);
    expect([
      [...piece(0), ...piece(1)],
      [...piece(1), ...piece(0)],
    ]).toContainEqual(got);
  });

  it('blocks a reader while it is empty, and a writer while it is full', () => {
    const one = setUp();
    one.rig.start('reader', thread => one.pipe.readEnd.read(thread, 0, userBuffer(0), 4));
    expect(() => one.rig.run()).toThrow('reader sleeps on pipe 0 readers');
    const two = setUp();
    two.rig.start('writer', thread => two.pipe.writeEnd.write(thread, 0, userBuffer(0), 4097));
    expect(() => two.rig.run()).toThrow('writer sleeps on pipe 0 writers');
    expect(two.pipe.size).toBe(4096);
  });

  it('ends when the last writer has closed it', () => {
    const { rig, pipe } = setUp();
    rig.call(thread => pipe.writeEnd.write(thread, 0, userBuffer(0), 3));
    rig.call(thread => pipe.writeEnd.closed(thread));
    expect(rig.call(thread => pipe.readEnd.read(thread, 0, userBuffer(0), 9))).toBe(3);
    expect(rig.call(thread => pipe.readEnd.read(thread, 0, userBuffer(0), 9))).toBe(0);
  });

  it('is broken when the last reader has closed it, also for a writer that waits', () => {
    const { rig, pipe } = setUp();
    let result = 0;
    rig.start('writer', function* (thread) {
      result = yield* pipe.writeEnd.write(thread, 0, userBuffer(0), 10_000);
    });
    rig.start('reader', thread => pipe.readEnd.closed(thread));
    rig.run();
    expect(result).toBe(ErrorNumber.EPIPE);
  });

  it('has ends that do one thing only, and no pages', () => {
    const { rig, pipe } = setUp();
    expect(rig.call(thread => pipe.readEnd.write(thread, 0, userBuffer(0), 4))).toBe(ErrorNumber.EBADF);
    expect(rig.call(thread => pipe.writeEnd.read(thread, 0, userBuffer(0), 4))).toBe(ErrorNumber.EBADF);
    expect(rig.call(() => pipe.readEnd.page())).toBe(ErrorNumber.EINVAL);
    expect(rig.call(() => pipe.readEnd.truncate())).toBe(ErrorNumber.EINVAL);
  });

  it('needs a page', () => {
    const { rig, pool } = setUp('1', 1);
    expect(rig.call(thread => pool.make(thread, 3, 4))).toBe(ErrorNumber.ENOMEM);
  });
});
