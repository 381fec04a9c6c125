import { describe, expect, it } from '@jest/globals';
import { machineFrame, physicalPage } from '../../../lib/messages/addresses.js';
import { DeviceStatus } from '../../../lib/messages/device-status.js';
import { compute } from '../../../lib/processor/operations.js';
import { DiskRig } from './disk-rig.js';

const page = (frame: number, offset = 0, bytes = 4096) => ({ frame, offset, bytes });

/** A disk whose word w of sector s is 1000 s + w, for some blocks from the first on. */
function numbered(rig: DiskRig, disk = 0, sectors = 64): void {
  const words = Int32Array.from({ length: 128 * sectors }, (_, i) => 1000 * (i >> 7) + (i & 127));
  rig.real[disk].poke(0, words);
}

describe('a copy-on-write disk', () => {
  it('maps whole pages of which it reads each from the disk once, into all machines', () => {
    const rig = new DiskRig();
    numbered(rig);
    const one = rig.guest(0, 0);
    const two = rig.guest(1, 0);
    const seen: number[] = [];
    const request = { op: 'read', sector: 8, sectors: 16, pieces: [page(2), page(0)] };
    rig.run(
      [
        function* (cpu) {
          seen.push(yield* one.transfer(cpu, request));
          seen.push(yield* one.load(cpu, 2, 130), yield* one.load(cpu, 0, 0));
        },
      ],
      [
        function* (cpu) {
          seen.push(yield* two.transfer(cpu, request));
          seen.push(yield* two.load(cpu, 2, 130), yield* two.load(cpu, 0, 0));
          seen.push(yield* two.transfer(cpu, { ...request, pieces: [page(1), page(3)] }));
          seen.push(yield* two.load(cpu, 3, 1));
        },
      ],
    );
    expect(seen.sort((a, b) => a - b)).toEqual([0, 0, 0, 9002, 9002, 16000, 16000, 16001]);
    expect(one.pmap.get(physicalPage(2))).toBe(two.pmap.get(physicalPage(2)));
    expect(two.pmap.get(physicalPage(1))).toBe(two.pmap.get(physicalPage(2)));
    expect(rig.real[0].stats).toMatchObject({ reads: 1, sectorsRead: 16 });
    expect(one.disk.counts).toMatchObject({ pagesMapped: 2, sectorsCopied: 0, cacheMisses: 2 });
    expect(two.disk.counts).toMatchObject({ pagesMapped: 4, sectorsCopied: 0, cacheHits: 2 });
  });

  it('gives a machine the pages that another one has just read, however early it asks', () => {
    const rig = new DiskRig();
    numbered(rig, 0, 256);
    const one = rig.guest(0, 0);
    const two = rig.guest(1, 0);
    const { pages } = rig.disks[0].cache;
    const seen: number[] = [];
    rig.run(
      [
        function* (cpu) {
          const pieces = Array.from({ length: 32 }, (_, k) => page(k & 3));
          yield* one.transfer(cpu, { op: 'read', sector: 0, sectors: 256, pieces });
        },
      ],
      [
        function* (cpu) {
          // The other one's processor is still entering blocks into the cache.
          while (!pages.has(0)) yield compute(100);
          seen.push(yield* two.transfer(cpu, { op: 'read', sector: 248, sectors: 8, pieces: [page(2)] }));
          seen.push(yield* two.load(cpu, 2, 3));
        },
      ],
    );
    expect(seen).toEqual([0, 248003]);
    expect(two.disk.counts).toMatchObject({ cacheHits: 1, pagesMapped: 1, sectorsCopied: 0 });
  });

  it('is not changed by a machine that writes to a page it has read', () => {
    const rig = new DiskRig();
    numbered(rig);
    const guest = rig.guest(0, 0);
    const seen: number[] = [];
    rig.run([
      function* (cpu) {
        yield* guest.transfer(cpu, { op: 'read', sector: 0, sectors: 8, pieces: [page(0)] });
        yield* guest.store(cpu, 0, 5, -1);
        yield* guest.transfer(cpu, { op: 'read', sector: 0, sectors: 8, pieces: [page(1)] });
        seen.push(yield* guest.load(cpu, 0, 5), yield* guest.load(cpu, 0, 6), yield* guest.load(cpu, 1, 5));
      },
    ]);
    expect(seen).toEqual([-1, 6, 5]);
  });

  it('keeps whole pages that are written, and the guest copies when it writes to them again', () => {
    const rig = new DiskRig();
    numbered(rig);
    const guest = rig.guest(0, 0);
    const seen: number[] = [];
    rig.run([
      function* (cpu) {
        yield* guest.store(cpu, 0, 5, 77);
        yield* guest.transfer(cpu, { op: 'write', sector: 16, sectors: 8, pieces: [page(0)] });
        yield* guest.store(cpu, 0, 5, 78);
        yield* guest.transfer(cpu, { op: 'read', sector: 16, sectors: 8, pieces: [page(1)] });
        seen.push(yield* guest.load(cpu, 0, 5), yield* guest.load(cpu, 1, 5));
      },
    ]);
    expect(seen).toEqual([78, 77]);
    expect(guest.disk.counts).toMatchObject({ pagesKept: 1, pagesMapped: 1, sectorsCopied: 0 });
    expect(rig.real[0].stats).toMatchObject({ reads: 0, writes: 0 });
  });

  it('forgets what a machine has modified when that closes it, and gives all back', () => {
    const rig = new DiskRig();
    numbered(rig);
    const guest = rig.guest(0, 0);
    const next = rig.guest(0, 0);
    const seen: number[] = [];
    rig.run([
      function* (cpu) {
        yield* guest.store(cpu, 0, 5, 77);
        yield* guest.transfer(cpu, { op: 'write', sector: 16, sectors: 8, pieces: [page(0)] });
        yield* guest.transfer(cpu, { op: 'write', sector: 27, sectors: 1, pieces: [page(0, 512, 512)] });
        yield* guest.transfer(cpu, { op: 'read', sector: 0, sectors: 8, pieces: [page(1)] });
        yield* guest.end(cpu);
        // The cached page.
        seen.push(rig.framesInUse);
        yield* next.transfer(cpu, { op: 'read', sector: 16, sectors: 16, pieces: [page(0), page(1)] });
        seen.push(yield* next.load(cpu, 0, 5), yield* next.load(cpu, 1, 3 * 128));
        yield* next.end(cpu);
        yield* rig.atWork(cpu, function* () {
          seen.push(yield* rig.disks[0].cache.reclaim(cpu, 100));
        });
      },
    ]);
    expect(seen).toEqual([1, 16005, 27000, 3]);
    expect(rig.framesInUse).toBe(0);
  });

  it('has the modified sectors of a block in one page, in whatever order they were written', () => {
    const rig = new DiskRig();
    numbered(rig);
    const guest = rig.guest(0, 0);
    const seen: number[] = [];
    rig.run([
      function* (cpu) {
        for (const sector of [5, 2, 7, 3, 0]) {
          yield* guest.store(cpu, 0, 0, sector + 100);
          yield* guest.transfer(cpu, { op: 'write', sector, sectors: 1, pieces: [page(0, 0, 512)] });
          seen.push([...guest.disk.modified!.pages].length);
        }
        yield* guest.transfer(cpu, { op: 'read', sector: 0, sectors: 8, pieces: [page(1)] });
        for (let sector = 0; sector < 8; sector++) seen.push(yield* guest.load(cpu, 1, 128 * sector));
      },
    ]);
    expect(seen).toEqual([1, 1, 1, 1, 1, 100, 1000, 102, 103, 4000, 105, 6000, 107]);
    // The two pages of the guest, the one with the modified sectors, and the cached one.
    expect(rig.framesInUse).toBe(4);
    expect(rig.faults).toEqual([]);
  });

  it('shows visible writes to the others, under what they have written themselves', () => {
    const rig = new DiskRig();
    numbered(rig);
    const writer = rig.guest(0, 0, { mode: 'copy-on-write', visible: true });
    const own = rig.guest(0, 0);
    const other = rig.guest(0, 0, { mode: 'copy-on-write', visible: true });
    const seen: number[] = [];
    rig.run([
      function* (cpu) {
        yield* own.store(cpu, 0, 128, 11);
        yield* own.transfer(cpu, { op: 'write', sector: 1, sectors: 1, pieces: [page(0, 512, 512)] });
        yield* writer.store(cpu, 0, 0, 20);
        yield* writer.store(cpu, 0, 128, 21);
        yield* writer.transfer(cpu, { op: 'write', sector: 0, sectors: 2, pieces: [page(0, 0, 1024)] });
        for (const guest of [own, other]) {
          yield* guest.transfer(cpu, { op: 'read', sector: 0, sectors: 8, pieces: [page(1)] });
          for (const word of [0, 128, 256]) seen.push(yield* guest.load(cpu, 1, word));
        }
        for (const guest of [own, other, writer]) yield* guest.end(cpu);
      },
    ]);
    expect(seen).toEqual([20, 11, 2000, 20, 21, 2000]);
    expect(rig.framesInUse).toBe(1);
    expect(rig.real[0].stats.writes).toBe(0);
  });
});

describe('a copy-on-write disk when memory runs out', () => {
  it('reads on, with pages of the cache that nobody uses', () => {
    const rig = new DiskRig({ nodes: 1, framesPerNode: 64 });
    numbered(rig, 0, 1024);
    const guest = rig.guest(0, 0);
    const seen: number[] = [];
    rig.run([
      function* (cpu) {
        const pieces = Array.from({ length: 128 }, (_, i) => page(i & 1));
        for (let round = 0; round < 2; round++) {
          seen.push(yield* guest.transfer(cpu, { op: 'read', sector: 0, sectors: 1024, pieces }));
          seen.push(yield* guest.load(cpu, 0, 0), yield* guest.load(cpu, 1, 1023));
        }
        yield* guest.end(cpu);
        yield* rig.atWork(cpu, function* () {
          yield* rig.disks[0].cache.reclaim(cpu, 100);
        });
      },
    ]);
    // Blocks 126 and 127.
    expect(seen).toEqual([0, 1008000, 1023127, 0, 1008000, 1023127]);
    expect(rig.disks[0].cache.stats.reclaimed).toBeGreaterThan(200);
    expect(rig.framesInUse).toBe(0);
  });

  it('refuses writes that it cannot keep, and keeps what it has acknowledged', () => {
    const rig = new DiskRig({ nodes: 1, framesPerNode: 64 });
    numbered(rig);
    const guest = rig.guest(0, 0);
    const statuses: number[] = [];
    const seen: number[] = [];
    rig.run([
      function* (cpu) {
        yield* guest.store(cpu, 1, 0, 0);
        for (let block = 0; statuses.at(-1) !== DeviceStatus.NoMemory; block++) {
          yield* guest.store(cpu, 0, 0, block);
          const request = { op: 'write', sector: 8 * block, sectors: 1, pieces: [page(0, 0, 512)] };
          statuses.push(yield* guest.transfer(cpu, request));
        }
        for (let block = 0; block < statuses.length; block++) {
          const request = { op: 'read', sector: 8 * block, sectors: 1, pieces: [page(1, 0, 512)] };
          seen.push(yield* guest.transfer(cpu, request), yield* guest.load(cpu, 1, 0));
        }
        yield* guest.end(cpu);
      },
    ]);
    const acknowledged = statuses.length - 1;
    expect(acknowledged).toBeGreaterThan(20);
    expect(statuses.slice(0, -1).every(status => status === DeviceStatus.Ok)).toBe(true);
    // The one that was refused is not there, and there is no memory to read the block either; page 1 is as it was.
    const kept = Array.from({ length: acknowledged }, (_, block) => [DeviceStatus.Ok, block]).flat();
    expect(seen).toEqual([...kept, DeviceStatus.NoMemory, acknowledged - 1]);
    expect(rig.framesInUse).toBe(0);
  });

  // A whole page is kept and needs a node; sectors need a page and a node, each 16 of which are a page.
  it.each([
    [8, 0],
    [1, 0],
    [1, 1],
  ])('refuses a write of %d sectors with %d frames free, and keeps nothing of it', (sectors, spare) => {
    const rig = new DiskRig({ nodes: 1, framesPerNode: 64 });
    const { frames } = rig.bench;
    const guest = rig.guest(0, 0);
    const seen: number[] = [];
    rig.run([
      function* (cpu) {
        yield* guest.store(cpu, 0, 0, 5);
        const taken: number[] = [];
        while (frames.allFree > spare) taken.push(frames.take(0, 0));
        seen.push(
          yield* guest.transfer(cpu, { op: 'write', sector: 0, sectors, pieces: [page(0, 0, 512 * sectors)] }),
          frames.allFree,
        );
        for (const frame of taken) frames.give(machineFrame(frame));
        yield* guest.store(cpu, 0, 0, 6);
      },
    ]);
    expect(seen).toEqual([DeviceStatus.NoMemory, spare]);
    expect(rig.faults).toEqual([]);
    expect(rig.framesInUse).toBe(1);
  });
});

describe('a private disk', () => {
  it('moves sectors between the real disk and the pages of the guest', () => {
    const rig = new DiskRig();
    numbered(rig);
    const guest = rig.guest(1, 0, { mode: 'private' });
    const seen: number[] = [];
    rig.run(
      [],
      [
        function* (cpu) {
          const pieces = [page(3, 1024, 1024), page(0)];
          seen.push(yield* guest.transfer(cpu, { op: 'read', sector: 3, sectors: 10, pieces }));
          seen.push(yield* guest.load(cpu, 3, 256), yield* guest.load(cpu, 0, 1023));
          yield* guest.store(cpu, 0, 0, -5);
          seen.push(yield* guest.transfer(cpu, { op: 'write', sector: 40, sectors: 8, pieces: [page(0)] }));
          yield* guest.end(cpu);
        },
      ],
    );
    expect(seen).toEqual([0, 3000, 12127, 0]);
    expect([...rig.real[0].peek(40).slice(0, 2)]).toEqual([-5, 5001]);
    expect(rig.framesInUse).toBe(0);
  });

  it('is refused to a second machine, and excludes sharing', () => {
    const rig = new DiskRig();
    const guest = rig.guest(0, 0, { mode: 'private' });
    const refusal = 'vm1 cannot have disk0 as a private disk while vm0 has it as a private disk';
    expect(() => rig.guest(1, 0, { mode: 'private' })).toThrow(refusal);
    expect(() => rig.guest(1, 0)).toThrow('vm0 has it as a private disk');
    rig.run([cpu => guest.end(cpu)]);
    rig.guest(1, 0);
    expect(() => rig.guest(1, 0, { mode: 'private' })).toThrow('as a copy-on-write disk');
  });

  it('leaves nothing of a transfer to the next machine that has the disk', () => {
    const rig = new DiskRig();
    numbered(rig);
    const before = rig.guest(0, 0);
    const seen: number[] = [];
    rig.run([
      function* (cpu) {
        // The disk is at cylinder 0. Cylinder 1 begins with sector 1368.
        yield* before.send(cpu, { op: 'read', sector: 0, sectors: 8, pieces: [page(0)] });
        yield* before.end(cpu);
        const first = rig.guest(0, 0, { mode: 'private' });
        yield* first.store(cpu, 0, 0, 99);
        yield* first.send(cpu, { op: 'write', sector: 1368, sectors: 4, pieces: [page(0, 0, 2048)] });
        yield* first.send(cpu, { op: 'read', sector: 0, sectors: 4, pieces: [page(1, 0, 2048)] });
        yield* first.end(cpu);
        // The disk itself would carry this out before the write, as it begins on cylinder 0.
        const second = rig.guest(0, 0);
        const pieces = [page(0), page(1)];
        seen.push(yield* second.transfer(cpu, { op: 'read', sector: 1360, sectors: 16, pieces }));
        seen.push(yield* second.load(cpu, 1, 0), first.replies.size);
        yield* second.end(cpu);
      },
    ]);
    expect(seen).toEqual([0, 99, 0]);
    expect(rig.real[0].stats).toMatchObject({ reads: 2, writes: 1 });
    expect(rig.framesInUse).toBe(3);
  });
});

describe('a machine with a private disk and a shared one', () => {
  it('does not change what it has written to one while the other moves sectors into the same page', () => {
    const rig = new DiskRig({ disks: 2 });
    numbered(rig, 1);
    const guest = rig.guest(0, 0);
    const own = guest.add(1, { name: 'disk1', mode: 'private' });
    const seen: number[] = [];
    rig.run([
      function* (cpu) {
        yield* guest.store(cpu, 0, 7, 55);
        const tag = yield* guest.send(cpu, { op: 'read', sector: 0, sectors: 8, pieces: [page(0)] }, own);
        yield* guest.transfer(cpu, { op: 'write', sector: 8, sectors: 8, pieces: [page(0)] });
        seen.push(Number(guest.replies.has(tag)));
        yield* guest.transfer(cpu, { op: 'read', sector: 1, sectors: 1, pieces: [page(1, 0, 512)] }, own);
        seen.push(guest.replies.get(tag)!, yield* guest.load(cpu, 0, 7));
        yield* guest.transfer(cpu, { op: 'read', sector: 8, sectors: 8, pieces: [page(1)] });
        seen.push(yield* guest.load(cpu, 1, 7));
        yield* guest.end(cpu);
      },
    ]);
    expect(seen).toEqual([0, 0, 7, 55]);
    expect(rig.framesInUse).toBe(0);
  });
});

describe('a virtual disk that is closed', () => {
  it('leaves a read under way to whoever else waits for it, and keeps nothing', () => {
    const rig = new DiskRig();
    numbered(rig);
    const one = rig.guest(0, 0);
    const two = rig.guest(1, 0);
    const request = { op: 'read', sector: 0, sectors: 24, pieces: [page(0), page(1), page(2)] };
    const seen: number[] = [];
    rig.run(
      [
        function* (cpu) {
          yield* one.send(cpu, request);
          yield* one.send(cpu, request);
          yield* one.end(cpu);
        },
      ],
      [
        function* (cpu) {
          seen.push(yield* two.transfer(cpu, request), yield* two.load(cpu, 2, 0));
          yield* two.end(cpu);
          yield* rig.atWork(cpu, function* () {
            seen.push(yield* rig.disks[0].cache.reclaim(cpu, 100));
          });
        },
      ],
    );
    expect(one.replies.size).toBe(0);
    expect(seen).toEqual([0, 16000, 3]);
    expect(rig.real[0].stats.reads).toBe(1);
    expect(rig.framesInUse).toBe(0);
  });

  it('takes no commands any more', () => {
    const rig = new DiskRig();
    const guest = rig.guest(0, 0);
    rig.run([
      function* (cpu) {
        yield* guest.end(cpu);
        yield* guest.send(cpu, { op: 'read', sector: 0, sectors: 8, pieces: [page(0)] });
        yield* guest.end(cpu);
      },
    ]);
    expect(guest.replies.size).toBe(0);
    expect(rig.framesInUse).toBe(0);
  });

  it('gives the disk to the next machine with what that one finds on it, not in the cache', () => {
    const rig = new DiskRig();
    numbered(rig);
    const shared = rig.guest(0, 0);
    const seen: number[] = [];
    rig.run([
      function* (cpu) {
        yield* shared.transfer(cpu, { op: 'read', sector: 0, sectors: 16, pieces: [page(0), page(1)] });
        yield* shared.end(cpu);
        const alone = rig.guest(0, 0, { mode: 'private' });
        yield* alone.store(cpu, 3, 0, 77);
        yield* alone.transfer(cpu, { op: 'write', sector: 12, sectors: 1, pieces: [page(3, 0, 512)] });
        yield* alone.end(cpu);
        const next = rig.guest(0, 0);
        yield* next.transfer(cpu, { op: 'read', sector: 0, sectors: 16, pieces: [page(0), page(1)] });
        seen.push(yield* next.load(cpu, 0, 1), yield* next.load(cpu, 1, 1), yield* next.load(cpu, 1, 4 * 128));
        yield* next.end(cpu);
      },
    ]);
    expect(seen).toEqual([1, 8001, 77]);
    // The block that was written, once more.
    expect(rig.real[0].stats.sectorsRead).toBe(24);
  });
});

describe('a virtual disk of either kind', () => {
  const good = { op: 'read', sector: 0, sectors: 1, pieces: [page(0, 0, 512)] };
  const cases: [string, object, number][] = [
    ['no operation', { op: 'format' }, DeviceStatus.BadCommand],
    ['a negative sector', { sector: -1 }, DeviceStatus.OutOfRange],
    ['the end of the disk', { sector: 2684016 - 1, sectors: 2, pieces: [page(0, 0, 1024)] }, DeviceStatus.OutOfRange],
    ['no sectors', { sectors: 0, pieces: [] }, DeviceStatus.OutOfRange],
    ['a fraction', { sector: 0.5 }, DeviceStatus.OutOfRange],
    ['text', { sector: '0' }, DeviceStatus.OutOfRange],
    ['a page that it does not have', { pieces: [page(4, 0, 512)] }, DeviceStatus.BadPieces],
    ['a negative page', { pieces: [page(-1, 0, 512)] }, DeviceStatus.BadPieces],
    ['no pieces', { pieces: null }, DeviceStatus.BadPieces],
    ['holes for pieces', { pieces: [null] }, DeviceStatus.BadPieces],
    ['half a sector', { pieces: [page(0, 0, 256), page(1, 0, 256)] }, DeviceStatus.BadPieces],
    ['an odd offset', { pieces: [page(0, 2, 512)] }, DeviceStatus.BadPieces],
    ['more than a page', { sectors: 9, pieces: [page(0, 0, 4608)] }, DeviceStatus.BadPieces],
    ['too little room', { sectors: 2 }, DeviceStatus.BadPieces],
    ['more than SCSI can say', { sectors: 65536, pieces: Array(8192).fill(page(0)) }, DeviceStatus.OutOfRange],
  ];
  const modes = [{ mode: 'private' as const }, { mode: 'copy-on-write' as const }];

  it.each(modes)('answers wrong commands with what is wrong ($mode)', options => {
    const rig = new DiskRig();
    const guest = rig.guest(0, 0, options);
    const seen: unknown[] = [];
    rig.run([
      function* (cpu) {
        for (const [name, change] of cases) seen.push([name, yield* guest.transfer(cpu, { ...good, ...change })]);
        seen.push(yield* guest.transfer(cpu, good));
        yield* guest.end(cpu);
      },
    ]);
    expect(seen).toEqual([...cases.map(([name, , status]) => [name, status]), 0]);
    expect(guest.disk.counts).toMatchObject({ requests: cases.length + 1, refused: cases.length, dropped: 0 });
  });

  it.each(modes)('drops commands that do not say whom to tell ($mode)', options => {
    const rig = new DiskRig();
    const guest = rig.guest(0, 0, options);
    const full = { ...good, tag: 1, interruptTo: 0, interruptCode: 7 };
    const changes = [
      { tag: 'x' },
      { tag: 2 ** 31 },
      { interruptTo: 1 },
      { interruptTo: -1 },
      { interruptCode: 0 },
      { tag: {} },
    ];
    rig.run([
      function* (cpu) {
        for (const change of changes) yield* rig.atWork(cpu, () => guest.disk.command(cpu, { ...full, ...change }));
        yield* guest.end(cpu);
      },
    ]);
    expect(guest.disk.counts).toMatchObject({ requests: 6, dropped: 6 });
    expect(guest.replies.size).toBe(0);
  });

  it.each(modes)('carries out commands in the order in which they come, 64 at a time ($mode)', options => {
    const rig = new DiskRig();
    numbered(rig);
    const guest = rig.guest(0, 0, options);
    const tags: number[] = [];
    rig.run([
      function* (cpu) {
        for (let i = 0; i < 66; i++) {
          const pieces = [page(i & 1, 512 * (i & 6), 512)];
          tags.push(
            yield* guest.send(cpu, { op: i % 3 === 0 ? 'write' : 'read', sector: (8 * i) % 64, sectors: 1, pieces }),
          );
        }
        while (guest.replies.size < 66) yield* guest.transfer(cpu, good);
        yield* guest.end(cpu);
      },
    ]);
    const refused = tags.filter(tag => guest.replies.get(tag) === DeviceStatus.NoMemory);
    const done = [...guest.replies.keys()].filter(tag => tags.includes(tag) && !refused.includes(tag));
    expect(done).toEqual([...done].sort((a, b) => a - b));
    if (options.mode === 'private') expect(refused).toEqual([65, 66]);
  });

  it.each(modes)('reports sectors that cannot be read, and reads those before and beside them ($mode)', options => {
    const rig = new DiskRig();
    numbered(rig);
    rig.real[0].spoil(17);
    const guest = rig.guest(0, 0, options);
    const seen: number[] = [];
    rig.run([
      function* (cpu) {
        const pieces = [page(0), page(1), page(2), page(3)];
        seen.push(yield* guest.transfer(cpu, { op: 'read', sector: 0, sectors: 32, pieces }));
        seen.push(yield* guest.load(cpu, 0, 1), yield* guest.load(cpu, 1, 1));
        seen.push(yield* guest.transfer(cpu, { op: 'read', sector: 24, sectors: 8, pieces: [page(2)] }));
        seen.push(yield* guest.load(cpu, 2, 1));
        yield* guest.end(cpu);
        yield* rig.atWork(cpu, function* () {
          yield* rig.disks[0].cache.reclaim(cpu, 100);
        });
      },
    ]);
    expect(seen).toEqual([DeviceStatus.MediumError, 1, 8001, 0, 24001]);
    expect(rig.framesInUse).toBe(0);
  });

  it.each(modes)('leaves of pages for which a read fails what was in them, shared or not ($mode)', options => {
    const rig = new DiskRig({ disks: 2 });
    numbered(rig);
    rig.real[0].spoil(18);
    const guest = rig.guest(0, 0, options);
    const other = guest.add(1, { name: 'shared', mode: 'copy-on-write', visible: false });
    const seen: number[] = [];
    const words = [0, 127, 256, 1023];
    rig.run([
      function* (cpu) {
        for (const physical of [0, 1, 2])
          for (const word of words) yield* guest.store(cpu, physical, word, 7000 + word);
        // The second and third page are kept by the other disk as well: both are read-only, and get a copy to be written.
        for (const physical of [1, 2])
          yield* guest.transfer(
            cpu,
            { op: 'write', sector: 8 * physical, sectors: 8, pieces: [page(physical)] },
            other,
          );
        // Into whole pages: of what cannot be read at all, and of what can be read up to the third sector.
        for (const physical of [0, 1])
          seen.push(yield* guest.transfer(cpu, { op: 'read', sector: 18, sectors: 8, pieces: [page(physical)] }));
        seen.push(yield* guest.transfer(cpu, { op: 'read', sector: 16, sectors: 8, pieces: [page(2)] }));
        yield* guest.transfer(cpu, { op: 'read', sector: 16, sectors: 8, pieces: [page(3)] }, other);
        for (const physical of [0, 1, 2, 3])
          for (const word of words) seen.push(yield* guest.load(cpu, physical, word));
      },
    ]);
    const kept = words.map(word => 7000 + word);
    // Bytes of the disk are in memory as far as the disk itself has read, or not at all where the monitor reads for all.
    const partly = options.mode === 'private' ? [16000, 16127, ...kept.slice(2)] : kept;
    const { MediumError } = DeviceStatus;
    expect(seen).toEqual([MediumError, MediumError, MediumError, ...kept, ...kept, ...partly, ...kept]);
    expect(rig.faults).toEqual([]);
  });
});
