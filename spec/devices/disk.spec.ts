import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Disk, type DiskOptions } from '../../lib/devices/disk.js';
import { hp97560 } from '../../lib/devices/presets.js';
import { DeviceStatus } from '../../lib/messages/device-status.js';
import { PAGE, rig, type RigOptions } from './rig.js';

const CODE = 7;

/** Ticks of 2500 ps, from the preset by hand: 4002 rotations a minute are 14.9925 ms, a 72nd of that is 208.229 us. */
const SECTOR = 83292;
const ROTATION = 72 * SECTOR;
const OVERHEAD = 880_000; // 2.2 ms
const HEAD_SWITCH = 640_000; // 1.6 ms
const BUS = 20_480; // 512 bytes at 10 MB/s are 51.2 us
/** To the disk: wire 3, controller 3, wire 3, wire 5. */
const THERE = 14;
/** To the host: wire 5, wire 3, controller 3, wire 3. */
const BACK = 14;
/** A sector into memory: wire 5, four lines of 3 + 5 + 29 + 3 and 2 at the bridge, wire 5. Lines that the bridge puts out wait behind these reads. */
const DMA = 5 + 4 * (3 + 5 + 29 + 3 + 2) + 5;

function setUp(changes: Partial<DiskOptions> = {}, options: RigOptions = {}) {
  const made = rig(
    (scope, _node, map, bridge) => [
      new Disk(scope, 'disk', {
        ...{ model: hp97560, scheduling: 'fcfs', immediateReport: false, map, bridge, flits: { control: 1 } },
        ...changes,
      }),
    ],
    options,
  );
  const { hosts, map, simulation, devices } = made;
  /** Sends a command of host 0 to the disk of node 0; into or from the frame given. */
  const command = (op: string, sector: number, sectors: number, tag: number, frame = 0, more: object = {}): void => {
    const pieces = Array.from({ length: Math.ceil(sectors / 8) }, (_, i) => ({
      ...{ frame: frame + i, offset: 0, bytes: Math.min(8, sectors - 8 * i) * 512 },
    }));
    hosts[0].command(map.bridgeOfNode[0], 0, {
      op,
      sector,
      sectors,
      pieces,
      tag,
      interruptTo: 0,
      interruptCode: CODE,
      ...more,
    });
  };
  /** Runs one command from now, and says how long it took the disk alone. */
  const time = (op: string, sector: number, sectors: number, frame = 0): number => {
    const from = simulation.now;
    command(op, sector, sectors, 1, frame);
    simulation.run();
    return hosts[0].interrupts.at(-1)!.at - from - THERE - BACK;
  };
  const pass = (ticks: number): void => {
    hosts[0].later(ticks, () => undefined);
    simulation.run();
  };
  return { ...made, disk: devices[0], command, time, pass };
}

/** From `time` until slot `slot` comes by. */
const until = (time: number, slot: number): number => (slot * SECTOR - (time % ROTATION) + ROTATION) % ROTATION;

describe('the HP 97560', () => {
  it('has 1.37 thousand million bytes in 512-byte sectors', () => {
    expect(setUp().disk.mechanism.sectors).toBe(1962 * 19 * 72);
  });

  it('turns in 14.9925 ms, of which a tick of 2.5 ns loses 4 parts in a million', () => {
    const { rotationTicks, sectorTicks, headSwitchTicks, overheadTicks, busTicks } = setUp().disk.mechanism;
    expect([sectorTicks, rotationTicks]).toEqual([SECTOR, ROTATION]);
    expect(Math.abs(ROTATION * 2.5e-9 * (4002 / 60) - 1)).toBeLessThan(4e-6);
    expect([headSwitchTicks, overheadTicks, busTicks]).toEqual([HEAD_SWITCH, OVERHEAD, BUS]);
  });

  it.each([
    [0, 0],
    [1, 3.64],
    [4, 4.04],
    [100, 7.24],
    [382, 3.24 + 0.4 * Math.sqrt(382)],
    [383, 11.064],
    [1000, 16],
    [1961, 23.688],
  ])('seeks over %i cylinders in %d ms', (cylinders, milliseconds) => {
    const { mechanism } = setUp().disk;
    const track = 19 * cylinders;
    expect(mechanism.moveTicks(0, track)).toBe(Math.round(milliseconds * 400_000));
    expect(mechanism.moveTicks(track, 0)).toBe(mechanism.moveTicks(0, track));
  });

  it('begins each track 8 sectors later, and each cylinder 18 later than the last track before it', () => {
    const { mechanism } = setUp().disk;
    expect([0, 71, 72, 143, 2 * 72].map(sector => mechanism.slotOf(sector))).toEqual([0, 71, 8, 7, 16]);
    expect([18 * 72, 19 * 72, 20 * 72].map(sector => mechanism.slotOf(sector))).toEqual([0, 18, 26]);
  });

  it('reads on over the ends of tracks and cylinders without losing a rotation', () => {
    const { mechanism } = setUp().disk;
    expect(mechanism.endOf(0, 72 * SECTOR, 72) - 72 * SECTOR).toBe(9 * SECTOR);
    const last = 19 * 72 - 1;
    const over = mechanism.endOf(18, 0, last);
    expect(mechanism.endOf(18, over, last + 1) - over).toBe(19 * SECTOR);
  });
});

describe('a read', () => {
  it('takes overhead, rotation, sectors and bus, if the arm is there', () => {
    const { time, disk } = setUp();
    // The bus carries a sector while the next one passes; the last one has to be carried when all have passed.
    const there = THERE + OVERHEAD;
    const wait = until(there, 5);
    expect(time('read', 5, 8)).toBe(OVERHEAD + wait + 8 * SECTOR + BUS + DMA);
    expect(disk.stats).toMatchObject({ reads: 1, sectorsRead: 8, seekTicks: 0, rotationTicks: wait, cacheHits: 0 });
  });

  it('takes a seek, too, if the arm is not there', () => {
    const { time, disk } = setUp();
    const seek = 16 * 400_000; // 1000 cylinders
    // Cylinder 1000 begins 1000 * (18 * 8 + 18) = 162000 slots later: a whole number of rotations.
    const there = THERE + OVERHEAD + seek;
    expect(time('read', 1000 * 19 * 72, 1)).toBe(OVERHEAD + seek + until(there, 0) + SECTOR + BUS + DMA);
    expect(disk.stats.seekTicks).toBe(seek);
  });

  it('takes a head switch, too, if it is on another track of the cylinder', () => {
    const { time } = setUp();
    const there = THERE + OVERHEAD + HEAD_SWITCH;
    expect(time('read', 3 * 72, 1)).toBe(OVERHEAD + HEAD_SWITCH + until(there, 24) + SECTOR + BUS + DMA);
  });

  it('of what has been read ahead goes at the speed of the bus', () => {
    const { time, pass, disk } = setUp();
    time('read', 0, 1);
    pass(40 * SECTOR);
    expect(time('read', 20, 8)).toBe(OVERHEAD + 8 * BUS + DMA);
    expect(disk.stats).toMatchObject({ reads: 2, cacheHits: 1 });
  });

  it('of what is being read ahead waits for it, and loses no rotation', () => {
    const { time, simulation } = setUp();
    const first = time('read', 0, 8);
    const over = first + THERE - BUS - DMA; // when sector 7 was over
    // Overhead is 10.6 sectors. The last sector asked for is the 32nd from the eighth.
    const asked = simulation.now;
    const second = time('read', 8, 32);
    expect(asked + THERE + second).toBe(over + 32 * SECTOR + BUS + DMA);
  });

  it('of what is just being read ahead waits for its end', () => {
    const { time, simulation, disk } = setUp();
    time('read', 0, 1);
    const over = simulation.now - BACK - DMA - BUS; // when sector 0 was over
    const next = Math.floor((simulation.now + THERE + OVERHEAD - over) / SECTOR) + 1;
    const from = simulation.now + THERE;
    expect(from + time('read', next, 1, 1)).toBe(over + next * SECTOR + BUS + DMA);
    expect(disk.stats.cacheHits).toBe(1);
  });

  it('ahead of what has been read ahead turns the arm to it', () => {
    const { time, simulation, disk } = setUp();
    time('read', 0, 1);
    const there = simulation.now + THERE + OVERHEAD;
    const ahead = Math.floor((there - (simulation.now - DMA - BUS - BACK)) / SECTOR) + 1;
    expect(time('read', ahead + 2, 1, 1)).toBe(OVERHEAD + until(there, ahead + 2) + SECTOR + BUS + DMA);
    expect(disk.stats.cacheHits).toBe(0);
  });

  it('goes on where reading ahead stopped for want of room', () => {
    const { time, simulation, disk, pass } = setUp();
    time('read', 0, 8);
    pass(6 * ROTATION); // 256 sectors are 3.6 rotations and three track skews
    const from = simulation.now;
    const there = from + THERE + OVERHEAD;
    // Sectors 248 to 255 are there, 256 is 40 on its track and that track the fourth: slot 40 + 24.
    expect(time('read', 248, 9)).toBe(OVERHEAD + Math.max(8 * BUS, until(there, 64) + SECTOR) + BUS + DMA);
    expect(disk.stats.cacheHits).toBe(1);
    // What was before it has made room.
    time('read', 247, 1);
    expect(disk.stats.cacheHits).toBe(1);
  });

  it('ahead ends with the disk', () => {
    const { time, pass, disk } = setUp();
    const last = disk.mechanism.sectors - 1;
    time('read', last - 3, 2);
    pass(ROTATION);
    expect(time('read', last - 1, 2)).toBe(OVERHEAD + 2 * BUS + DMA);
  });
});

describe('a write', () => {
  it('ends when it is on the medium', () => {
    const { time, disk, hosts, simulation } = setUp();
    hosts[0].store(0, 516, 99);
    simulation.run();
    const from = simulation.now;
    const there = from + THERE + OVERHEAD;
    expect(time('write', 10, 2)).toBe(OVERHEAD + until(there, 10) + 2 * SECTOR);
    expect([disk.peek(10)[1], disk.peek(11)[1]]).toEqual([0, 99]);
    expect(disk.stats).toMatchObject({ writes: 1, sectorsWritten: 2 });
  });

  it('whose first sector is late for its place goes round once more', () => {
    const { disk, command, simulation, hosts } = setUp();
    // Sent so that the arm is there when slot 10 has just begun to pass and the sector is still on the bus.
    const at = 10 * SECTOR - OVERHEAD - THERE - 100 + ROTATION;
    hosts[0].later(at, () => command('write', 10, 1, 1));
    simulation.run();
    expect(hosts[0].interrupts[0].at).toBe(10 * SECTOR + 2 * ROTATION + SECTOR + BACK);
    expect(disk.stats.sectorsWritten).toBe(1);
  });

  it('with immediate report ends when the disk has it, and the next command waits for the medium', () => {
    const { command, simulation, hosts } = setUp({ immediateReport: true });
    command('write', 40, 4, 1);
    command('read', 40, 1, 2, 1);
    simulation.run();
    const [write, read] = hosts[0].interrupts;
    expect(write).toMatchObject({ a: 1, b: DeviceStatus.Ok });
    // Memory gives the first sector after one transfer; the bus then carries one after the other.
    expect(write.at).toBe(THERE + OVERHEAD + DMA + 4 * BUS + BACK);
    const there = THERE + OVERHEAD;
    const written = there + until(there, 40) + 4 * SECTOR;
    expect(read.at).toBe(written + OVERHEAD + until(written + OVERHEAD, 40) + SECTOR + BUS + DMA + BACK);
  });

  it('larger than the memory of the disk is written all the same', () => {
    const model = { ...hp97560, cacheBytes: 4 * 512 };
    const { disk, command, simulation, hosts } = setUp({ model });
    for (let frame = 0; frame < 3; frame++)
      for (let i = 0; i < 8; i++) hosts[0].store(frame, 512 * i, 8 * frame + i + 1);
    simulation.run();
    command('write', 60, 24, 1);
    simulation.run();
    expect(hosts[0].interrupts).toMatchObject([{ a: 1, b: 0 }]);
    expect(Array.from({ length: 24 }, (_, i) => disk.peek(60 + i)[0])).toEqual(
      Array.from({ length: 24 }, (_, i) => i + 1),
    );
  });

  it('asks memory for no more than the memory of the disk holds', () => {
    const { command, simulation, bridges } = setUp({ model: { ...hp97560, cacheBytes: 4 * 512 } });
    command('write', 60, 24, 1);
    const there = THERE + OVERHEAD;
    simulation.runUntil(there + until(there, 60) + SECTOR - 1);
    expect(bridges[0].stats.dmaReads).toBe(4);
    // A sector that is written makes room for the next at once.
    simulation.runUntil(there + until(there, 60) + 2 * SECTOR - 1);
    expect(bridges[0].stats.dmaReads).toBe(5);
    simulation.runUntil(there + until(there, 60) + 3 * SECTOR);
    expect(bridges[0].stats.dmaReads).toBe(6);
  });

  it('takes what is read ahead out of the memory of the disk', () => {
    const { time, pass, disk } = setUp();
    time('read', 0, 1);
    pass(ROTATION);
    time('write', 20, 1);
    time('read', 21, 1);
    expect(disk.stats.cacheHits).toBe(0);
  });
});

describe('data on a disk', () => {
  it('goes to memory and from there to processors, and back again', () => {
    const { disk, command, simulation, hosts } = setUp();
    disk.poke(
      100,
      Array.from({ length: 256 }, (_, i) => 1000 + i),
    );
    command('read', 100, 2, 1, 3);
    simulation.run();
    hosts[1].load(3, 0);
    hosts[1].load(3, 1020);
    hosts[1].load(3, 1024);
    hosts[1].store(3, 4, -1);
    simulation.run();
    expect(hosts[1].loaded).toEqual([1000, 1255, 0]);
    command('write', 500, 2, 2, 3);
    simulation.run();
    expect([...disk.peek(500, 2)]).toEqual([1000, -1, ...Array.from({ length: 254 }, (_, i) => 1002 + i)]);
  });

  it('is scattered over memory and gathered from it, piece by piece', () => {
    const { disk, command, simulation, hosts } = setUp();
    disk.poke(
      0,
      Array.from({ length: 512 }, (_, i) => i),
    );
    const pieces = [
      { frame: 9, offset: 1024, bytes: 512 },
      { frame: 2, offset: 36, bytes: 1024 }, // no whole lines
      { frame: 9, offset: 0, bytes: 512 },
    ];
    command('read', 0, 4, 1, 0, { pieces });
    simulation.run();
    for (const [frame, offset] of [
      [9, 1024],
      [2, 36],
      [2, 32],
      [2, 1056],
      [2, 1060],
      [9, 0],
      [9, 508],
      [9, 512],
    ])
      hosts[0].load(frame, offset);
    simulation.run();
    expect(hosts[0].loaded).toEqual([0, 128, 0, 383, 0, 384, 511, 0]);
    command('write', 10, 4, 2, 0, { pieces });
    simulation.run();
    expect([...disk.peek(10, 4)]).toEqual([...disk.peek(0, 4)]);
  });

  it.each<[string, Partial<DiskOptions>]>([
    ['first come, first served', {}],
    ['by cylinder, with immediate report', { scheduling: 'c-look', immediateReport: true }],
    ['with a memory of two sectors', { model: { ...hp97560, cacheBytes: 1024 } }],
  ])('is what a model of sectors says, whatever the commands (%s)', (_, changes) => {
    const sector = fc.oneof(
      fc.nat(30),
      fc.integer({ min: 70, max: 75 }),
      fc.constantFrom(700_000, 2_684_010, 2_684_020),
    );
    const step = fc.record({
      op: fc.constantFrom('read', 'write', 'write', 'erase'),
      sector,
      sectors: fc.integer({ min: 0, max: 9 }),
      at: fc.nat(20_000_000),
      word: fc.nat(127),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), steps => {
        const { disk, command, simulation, hosts } = setUp(changes, { frames: 32 });
        // Each command has two frames of its own, at home on either node; a host of either node fills those of writes.
        const frameOf = (index: number): number => 2 * index + (index & 1) * 32;
        steps.forEach(({ op, sectors, word }, index) => {
          for (let i = 0; i < (op === 'write' ? sectors : 0); i++)
            hosts[i & 1].store(frameOf(index) + (i >> 3), (i & 7) * 512 + 4 * word, 100 * index + i + 1);
        });
        simulation.run();
        steps.forEach(({ op, sector, sectors, at }, index) => {
          hosts[0].later(1 + at, () => command(op, sector, sectors, index, frameOf(index)));
        });
        simulation.run();
        expect(hosts[0].interrupts).toHaveLength(steps.length);
        const model = new Map<string, number>();
        const expected: [number, number, number][] = [];
        for (const { a: index, b } of hosts[0].interrupts) {
          const { op, sector, sectors } = steps[index];
          if (b !== DeviceStatus.Ok) {
            expect(op === 'erase' || sectors === 0 || sector + sectors > 1962 * 19 * 72).toBe(true);
            continue;
          }
          for (let i = 0; i < sectors; i++) {
            if (op === 'write') {
              for (let w = 0; w < 128; w++) model.delete(`${sector + i} ${w}`);
              model.set(`${sector + i} ${steps[index].word}`, 100 * index + i + 1);
            } else
              for (let w = 0; w < 128; w += 1) {
                const value = model.get(`${sector + i} ${w}`) ?? 0;
                if (value !== 0 || w === 0) expected.push([frameOf(index) + (i >> 3), (i & 7) * 512 + 4 * w, value]);
              }
          }
        }
        for (const [frame, offset] of expected) hosts[1].load(frame, offset);
        simulation.run();
        expect(hosts[1].loaded).toEqual(expected.map(([, , value]) => value));
        for (const [key, value] of model) {
          const [at, word] = key.split(' ').map(Number);
          expect(disk.peek(at)[word]).toBe(value);
        }
        simulation.resetStatistics();
      }),
      { numRuns: 60 },
    );
  });

  it('is set up and looked at within the disk only', () => {
    const { disk } = setUp();
    const { sectors } = disk.mechanism;
    disk.poke(sectors - 1, [1]);
    expect([...disk.peek(sectors - 1)].slice(0, 2)).toEqual([1, 0]);
    expect(() => disk.peek(sectors)).toThrow(`1 sectors from ${sectors} do not fit a disk of ${sectors}`);
    expect(() => disk.poke(-1, [1])).toThrow('there are no 1 sectors from -1');
    expect(() => disk.peek(0.5)).toThrow('there are no 1 sectors from 0.5');
  });
});

describe('commands to a disk', () => {
  const cylinder = (n: number): number => n * 19 * 72;

  it('are served in the order of their coming', () => {
    const { command, simulation, hosts, disk } = setUp();
    [50, 900, 10, 300].forEach((at, tag) => {
      command('read', cylinder(at), 1, tag);
    });
    simulation.run();
    expect(hosts[0].interrupts.map(({ a }) => a)).toEqual([0, 1, 2, 3]);
    expect(disk.stats.largestQueue).toBe(3);
    expect(disk.stats.waitedTicks).toBeGreaterThan(disk.stats.busyTicks);
  });

  it('are served upwards and then from the lowest cylinder, if that is asked for', () => {
    const { command, simulation, hosts } = setUp({ scheduling: 'c-look' });
    [500, 900, 10, 600, 300, 600].forEach((at, tag) => {
      command('read', cylinder(at), 1, tag);
    });
    simulation.run();
    expect(hosts[0].interrupts.map(({ a }) => a)).toEqual([0, 3, 5, 1, 2, 4]);
  });

  const good = { frame: 0, offset: 0, bytes: 512 };
  it.each<[string, object, number]>([
    ['another operation', { op: 'format' }, DeviceStatus.BadCommand],
    ['no operation', { op: undefined }, DeviceStatus.BadCommand],
    ['a sector before the first', { sector: -1 }, DeviceStatus.OutOfRange],
    ['a sector behind the last', { sector: 1962 * 19 * 72 }, DeviceStatus.OutOfRange],
    ['a part of a sector', { sector: 0.5 }, DeviceStatus.OutOfRange],
    ['a sector that is no number', { sector: '1' }, DeviceStatus.OutOfRange],
    ['no sectors', { sectors: 0, pieces: [] }, DeviceStatus.OutOfRange],
    ['endless sectors', { sectors: Infinity }, DeviceStatus.OutOfRange],
    ['fewer pieces than sectors', { sectors: 2 }, DeviceStatus.BadPieces],
    ['more pieces than sectors', { pieces: [good, good] }, DeviceStatus.BadPieces],
    ['no pieces', { pieces: undefined }, DeviceStatus.BadPieces],
    ['pieces that are none', { pieces: [null] }, DeviceStatus.BadPieces],
    ['pieces in a string', { pieces: 'abc' }, DeviceStatus.BadPieces],
    [
      'a part of a sector as a piece',
      {
        pieces: [
          { ...good, bytes: 256 },
          { ...good, bytes: 256 },
        ],
      },
      DeviceStatus.BadPieces,
    ],
    ['a piece over the end of its frame', { pieces: [{ ...good, offset: PAGE - 256 }] }, DeviceStatus.BadPieces],
    ['a piece before its frame', { pieces: [{ ...good, offset: -512 }] }, DeviceStatus.BadPieces],
    ['a piece that begins within a word', { pieces: [{ ...good, offset: 2 }] }, DeviceStatus.BadPieces],
    ['a frame that the machine does not have', { pieces: [{ ...good, frame: 16 }] }, DeviceStatus.BadPieces],
    ['a frame before the first', { pieces: [{ ...good, frame: -1 }] }, DeviceStatus.BadPieces],
    ['no bytes', { pieces: [good, { ...good, bytes: 0 }] }, DeviceStatus.BadPieces],
    ['bytes the wrong way', { sectors: 1, pieces: [good, good, { ...good, bytes: -512 }] }, DeviceStatus.BadPieces],
  ])('with %s are answered with an error, and do nothing', (_, more, status) => {
    const { command, simulation, hosts, disk, bridges } = setUp();
    command('read', 3, 1, 42, 0, more);
    simulation.run();
    expect(hosts[0].interrupts).toMatchObject([{ code: CODE, a: 42, b: status }]);
    expect(disk.stats).toMatchObject({ refused: 1, reads: 0, busyTicks: 0 });
    expect(bridges[0].stats.dmaWrites).toBe(0);
  });

  it.each([
    ['no processor', { interruptTo: 2 }],
    ['a bridge for a processor', { interruptTo: 3 }],
    ['half a processor', { interruptTo: 0.5 }],
    ['the code of the hardware', { interruptCode: 0 }],
    ['no tag', { tag: undefined }],
    ['a tag of more than 32 bits', { tag: 2 ** 31 }],
  ])('that name %s to tell are dropped', (_, more) => {
    const { command, simulation, hosts, disk } = setUp();
    command('read', 3, 1, 42, 0, more);
    simulation.run();
    expect(hosts[0].interrupts).toEqual([]);
    expect(disk.stats.dropped).toBe(1);
  });

  it('may be changed by their sender afterwards: nobody looks', () => {
    const { command, simulation, hosts, disk } = setUp();
    disk.poke(0, [5]);
    const pieces = [{ ...good }];
    command('read', 0, 1, 1, 0, { pieces });
    hosts[0].later(THERE + 10, () => (pieces[0].frame = 1e9));
    simulation.run();
    hosts[0].load(0, 0);
    simulation.run();
    expect(hosts[0].loaded).toEqual([5]);
  });

  it('stop at a sector that cannot be read, when memory has what came before it', () => {
    const { command, simulation, hosts, disk } = setUp();
    disk.poke(
      0,
      Array.from({ length: 8 * 128 }, () => 3),
    );
    disk.spoil(5);
    command('read', 0, 8, 1);
    command('read', 6, 1, 2, 1);
    simulation.run();
    expect(hosts[0].interrupts).toMatchObject([
      { a: 1, b: DeviceStatus.MediumError },
      { a: 2, b: DeviceStatus.Ok },
    ]);
    for (const sector of [4, 5]) hosts[0].load(0, 512 * sector);
    simulation.run();
    expect(hosts[0].loaded).toEqual([3, 0]);
    expect(disk.stats).toMatchObject({ mediumErrors: 1, sectorsRead: 6, cacheHits: 0 });
  });

  it('stop at a sector that cannot be written, when what came before it is written', () => {
    const { command, simulation, hosts, disk } = setUp();
    for (let i = 0; i < 8; i++) hosts[0].store(0, 512 * i, i + 1);
    simulation.run();
    disk.spoil(22);
    command('write', 20, 8, 1);
    command('write', 40, 1, 2);
    simulation.run();
    expect(hosts[0].interrupts.map(({ a, b }) => [a, b])).toEqual([
      [1, DeviceStatus.MediumError],
      [2, DeviceStatus.Ok],
    ]);
    expect([20, 21, 22, 23, 40].map(sector => disk.peek(sector)[0])).toEqual([1, 2, 0, 0, 1]);
  });

  /** Faster than memory, so that transfers are under way when a sector turns out to be bad: 58 ticks a sector. */
  const fast = {
    ...hp97560,
    rotationsPerMinute: 100_000,
    sectorsPerTrack: 4096,
    overheadMs: 0,
    busMBytesPerSecond: 1e6,
  };

  it('that stop at a bad sector wait for memory to have what came before it', () => {
    const { command, simulation, hosts, disk } = setUp({ model: fast });
    disk.poke(
      0,
      Array.from({ length: 8 * 128 }, () => 3),
    );
    disk.spoil(5);
    command('read', 0, 8, 1);
    hosts[0].onInterrupt = () => {
      expect(disk.stats.sectorsRead).toBe(5);
    };
    simulation.run();
    expect(hosts[0].interrupts).toMatchObject([{ b: DeviceStatus.MediumError }]);
  });

  it('take no sectors of a command before them that stopped', () => {
    const { command, simulation, hosts, disk } = setUp({ model: fast });
    for (let i = 0; i < 16; i++) hosts[0].store(i >> 3, 512 * (i & 7), i + 1);
    simulation.run();
    // The sector that comes by when it has just come out of memory: the next one is on its way out then.
    const { sectorTicks, sectorsPerTrack } = disk.mechanism;
    const sector = Math.ceil((simulation.now + THERE + DMA + 10) / sectorTicks) % sectorsPerTrack;
    disk.spoil(sector);
    command('write', sector, 8, 1);
    command('write', sector + 2000, 8, 2, 1);
    simulation.run();
    expect(hosts[0].interrupts.map(({ a }) => a)).toEqual([1, 2]);
    expect(Array.from({ length: 8 }, (_, i) => disk.peek(sector + 2000 + i)[0])).toEqual([
      9, 10, 11, 12, 13, 14, 15, 16,
    ]);
  });

  it('give the same run with the same seed, and another with other contents', () => {
    const run = (value: number): string => {
      const { command, simulation, hosts } = setUp();
      hosts[0].store(0, 0, value);
      command('write', 20, 8, 1);
      command('read', 20, 8, 2, 1);
      simulation.run();
      return simulation.fingerprint.toString();
    };
    expect(run(1)).toBe(run(1));
    expect(run(1)).not.toBe(run(2));
  });

  it('find no registers', () => {
    const { simulation, hosts, map } = setUp();
    hosts[0].read(map.bridgeOfNode[0], 0, 0);
    simulation.run();
    expect(hosts[0].values).toMatchObject([{ value: -1 }]);
  });
});

describe('a disk model', () => {
  it.each([
    [{ cylinders: 0 }, 'cylinders is 0; give a whole number'],
    [{ sectorsPerTrack: 1.5 }, 'sectorsPerTrack is 1.5; give a whole number'],
    [{ trackSkew: -1 }, 'trackSkew is -1; give a whole number'],
    [{ trackSkew: 2 ** 20 + 1 }, 'trackSkew is 1048577; give a whole number from 0 to 1048576'],
    [{ cylinderSkew: 2 ** 20 + 1 }, 'cylinderSkew is 1048577; give a whole number from 0 to 1048576'],
    [{ cylinders: 2 ** 20 + 1 }, 'cylinders is 1048577; give a whole number from 1 to 1048576'],
    [
      { seek: { ...hp97560.seek, longFrom: 2 ** 20 + 1 } },
      'longFrom is 1048577; give a whole number from 0 to 1048576',
    ],
    [{ cacheBytes: 100 }, 'cacheBytes is 100; give a whole number from 512'],
    [{ overheadMs: -1 }, 'overheadMs is -1; give a number from 0 to 60000'],
  ])('with %j is refused', (changes, message) => {
    expect(() => setUp({ model: { ...hp97560, ...changes } })).toThrow(message);
  });

  it.each([
    [{ trackSkew: 0, cylinderSkew: 0 }],
    [{ trackSkew: 2 ** 20, cylinderSkew: 2 ** 20 }],
    [{ cacheBytes: 512 }],
    [{ cylinders: 1, tracksPerCylinder: 1, seek: { ...hp97560.seek, longFrom: 0 } }],
    [{ overheadMs: 0, headSwitchMs: 0 }],
  ])('with %j, at its limits, is a disk', changes => {
    expect(() => setUp({ model: { ...hp97560, ...changes } })).not.toThrow();
  });
});
