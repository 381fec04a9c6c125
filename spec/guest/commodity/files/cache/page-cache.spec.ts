import { describe, expect, it } from '@jest/globals';
import { ErrorNumber } from '../../../../../lib/system/code.js';
import { PageCache } from '../../../../../lib/guest/commodity/files/cache/page-cache.js';
import { Rig } from '../rig.js';
import { StubDisk } from '../stub-disk.js';

const BLOCKS = 40;

/** A cache over a disk whose blocks hold their own numbers. */
function setUp(pages: number, dirtyLimit = 100, seed = '1') {
  const rig = new Rig(seed, pages);
  const image = new Map(Array.from({ length: BLOCKS }, (_, block) => [block, new Int32Array(1024).fill(block)]));
  const disk = new StubDisk(rig, image);
  const cache = new PageCache(rig, { locks: 1, buckets: 8, dirtyLimit, clusterPages: 4 });
  const hold = (block: number) => {
    const entry = rig.call(thread => cache.read(thread, 1, block, disk.driver, block));
    if (typeof entry === 'number') throw new Error(`block ${block}: ${entry}`);
    return entry;
  };
  /** Reads a block, or changes its first word. */
  const touch = (block: number, word?: number): void => {
    const entry = hold(block);
    if (word !== undefined) rig.write(entry.address, word);
    rig.call(thread => cache.release(thread, entry, word !== undefined));
  };
  const inMemory = (): number[] => Array.from({ length: BLOCKS }, (_, k) => k).filter(block => cache.has(1, block));
  return { rig, disk, cache, hold, touch, inMemory };
}

describe('the page cache', () => {
  it('reads a page once, and finds it then', () => {
    const { rig, disk, cache, hold, touch } = setUp(4);
    touch(7);
    expect(rig.read(hold(7).address + 40)).toBe(7);
    expect(disk.commands.length).toBe(1);
    expect(cache.stats).toEqual({ hits: 1, misses: 1, reclaimed: 0 });
  });

  it('gives up what was used longest ago when memory is short, and never what is held', () => {
    const { hold, touch, inMemory, rig, cache } = setUp(4);
    rig.reclaimMost = 1;
    const held = hold(0);
    for (const block of [1, 2, 3]) touch(block);
    touch(1);
    touch(4);
    expect(inMemory()).toEqual([0, 1, 3, 4]);
    rig.call(thread => cache.release(thread, held, false));
  });

  it('counts nothing behind its table, where the lock of its write-backs is', () => {
    const rig = new Rig('1', 4);
    const cache = new PageCache(rig, { locks: 1, buckets: 32, dirtyLimit: 100, clusterPages: 4 });
    const next = rig.allocate('what comes next', 4);
    // 32 buckets fill a line, and the last line before `next` is the lock's. Every bucket is looked into once.
    for (let index = 0; index < 32; index++) rig.call(thread => cache.find(thread, 1, index));
    expect(rig.worked.get('page hash')).toBe(32);
    expect(rig.read(next - 128)).toBe(0);
  });

  it('writes back what is dirty before its page goes', () => {
    const { touch, disk, rig, hold } = setUp(2);
    touch(0, 77);
    for (const block of [1, 2, 3]) touch(block);
    expect(disk.image.get(0)![0]).toBe(77);
    expect(rig.read(hold(0).address)).toBe(77);
  });

  it('says ENOMEM when everything is held', () => {
    const { hold, rig, cache, disk } = setUp(2);
    hold(0);
    hold(1);
    expect(rig.call(thread => cache.read(thread, 1, 2, disk.driver, 2))).toBe(ErrorNumber.ENOMEM);
  });

  it('writes neighbours with one command, up to the longest', () => {
    const { touch, rig, cache, disk } = setUp(20);
    for (const block of [9, 3, 4, 5, 6, 7]) touch(block, 1);
    const before = disk.commands.length;
    expect(rig.call(thread => cache.writeBack.sync(thread, disk.driver))).toBe(0);
    const writes = disk.commands.slice(before).map(command => [command.sector / 8, command.pages.length]);
    expect(writes).toEqual([
      [3, 4],
      [7, 1],
      [9, 1],
    ]);
  });

  it('writes back what has been dirty for long, and leaves the rest', () => {
    const { touch, rig, cache } = setUp(20);
    touch(1, 1);
    rig.tickNs += 10e9;
    touch(2, 1);
    rig.call(thread => cache.writeBack.flushOld(thread, 10e9));
    expect(cache.writeBack.dirtyPages).toBe(1);
  });

  it('makes whoever writes wait when too much is dirty', () => {
    const { touch, rig, cache } = setUp(30, 8);
    for (let block = 0; block < 20; block++) {
      touch(block, 1);
      rig.call(thread => cache.writeBack.throttle(thread));
      expect(cache.writeBack.dirtyPages).toBeLessThanOrEqual(8);
    }
  });

  it('keeps a page that was dropped for those who hold it, and gives it back after them', () => {
    const { hold, rig, cache } = setUp(4);
    const entry = hold(3);
    rig.call(thread => cache.drop(thread, 1, 3));
    expect(cache.size).toBe(0);
    expect(rig.pagesInUse).toBe(1);
    rig.call(thread => cache.release(thread, entry, true));
    expect(rig.pagesInUse).toBe(0);
    expect(cache.writeBack.dirtyPages).toBe(0);
  });

  it('keeps what could not be written, and says so', () => {
    const { touch, rig, cache, disk } = setUp(4);
    touch(3, 33);
    disk.fails = command => command.op === 'write';
    expect(rig.call(thread => cache.writeBack.sync(thread, disk.driver))).toBe(ErrorNumber.EIO);
    expect(cache.writeBack.dirtyPages).toBe(1);
    disk.fails = () => false;
    expect(rig.call(thread => cache.writeBack.sync(thread, disk.driver))).toBe(0);
    expect(disk.image.get(3)![0]).toBe(33);
  });

  it('reads again what could not be read', () => {
    const { rig, cache, disk, hold } = setUp(4);
    disk.fails = () => true;
    expect(rig.call(thread => cache.read(thread, 1, 3, disk.driver, 3))).toBe(ErrorNumber.EIO);
    disk.fails = () => false;
    expect(rig.read(hold(3).address)).toBe(3);
  });

  it('reads a page once that many want at once', () => {
    const { rig, cache, disk } = setUp(4);
    for (const name of ['one', 'two', 'three'])
      rig.start(name, function* (thread) {
        const entry = yield* cache.read(thread, 1, 5, disk.driver, 5);
        if (typeof entry === 'number') throw new Error(`no page: ${entry}`);
        yield* cache.release(thread, entry, false);
      });
    rig.run();
    expect(disk.commands.length).toBe(1);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('gives a page up only when its store has done with it (schedule %i)', seed => {
    const { rig, cache, disk, touch } = setUp(4, 100, String(seed));
    touch(3, 33);
    let under = 1;
    disk.fails = () => under-- < 0;
    rig.call(function* (thread) {
      yield* cache.writeBack.startOldest(thread);
      yield* cache.drop(thread, 1, 3);
      if (under !== 0) throw new Error('the page went while it was written');
    });
    expect(disk.image.get(3)![0]).toBe(33);
  });

  it('refuses to release what nobody holds', () => {
    const { rig, cache, hold } = setUp(4);
    const entry = hold(3);
    rig.call(thread => cache.release(thread, entry, false));
    expect(() => rig.call(thread => cache.release(thread, entry, false))).toThrow('but nobody holds it');
  });
});
