/** Any interleaving of what several machines do with their disks and pages equals a model of contents. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { physicalPage } from '../../../lib/messages/addresses.js';
import type { MonitorCpu } from '../../../lib/monitor/monitor-cpu.js';
import type { Piece } from '../support/steps-bench.js';
import { compute, wait } from '../../../lib/processor/operations.js';
import { DiskRig, type DiskRigOptions, type Guest } from './disk-rig.js';
import type { Code } from '../../../lib/system/code.js';

const PAGES = 5;
const PAGE_WORDS = 1024;
const SECTOR_WORDS = 128;
const SECTORS = 40;

type Place = readonly [page: number, sectorInPage: number, sectors: number];
type Act =
  | {
      readonly act: 'transfer';
      readonly op: 'read' | 'write';
      /** Of a guest that has two. */
      readonly disk: number;
      readonly sector: number;
      readonly places: readonly Place[];
    }
  | { readonly act: 'store'; readonly page: number; readonly word: number }
  | { readonly act: 'check'; readonly page: number; readonly word: number }
  | { readonly act: 'discard'; readonly page: number }
  | { readonly act: 'move'; readonly page: number; readonly away: boolean }
  | { readonly act: 'reclaim'; readonly frames: number };

const pageNumber = fc.nat({ max: PAGES - 1 });
// Words next to the ends of sectors tell most.
const word = fc
  .tuple(fc.nat({ max: 7 }), fc.constantFrom(0, 1, 63, 127))
  .map(([sector, at]) => sector * SECTOR_WORDS + at);
const whole = pageNumber.map((page): Place => [page, 0, 8]);
const part = fc
  .tuple(pageNumber, fc.nat({ max: 7 }), fc.integer({ min: 1, max: 8 }))
  .map(([page, first, sectors]): Place => [page, first, Math.min(sectors, 8 - first)]);
const places = fc.oneof(
  fc.array(whole, { minLength: 1, maxLength: 3 }),
  fc.array(fc.oneof(whole, part), { minLength: 1, maxLength: 3 }),
);
const firstSector = fc.oneof(
  fc.nat({ max: SECTORS / 8 - 1 }).map(block => 8 * block),
  fc.nat({ max: SECTORS - 1 }),
);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constant('move' as const), page: fc.nat({ max: 100 }), away: fc.boolean() }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('transfer' as const),
      op: fc.constantFrom('read', 'write'),
      disk: fc.nat({ max: 1 }),
      sector: firstSector,
      places,
    }),
  },
  { weight: 4, arbitrary: fc.record({ act: fc.constant('store' as const), page: pageNumber, word }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('check' as const), page: pageNumber, word }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('discard' as const), page: pageNumber }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('reclaim' as const), frames: fc.integer({ min: 1, max: 8 }) }) },
);

/** Word `i` of the disk before anybody wrote to it. */
const original = (i: number): number => -i - 1;

/** What a machine ought to see: its memory and its disk. */
class Contents {
  readonly memory = Array.from({ length: PAGES }, () => new Int32Array(PAGE_WORDS));
  /** Those of its disks. */
  readonly disks: readonly Int32Array<ArrayBuffer>[];

  constructor(disks: readonly Int32Array<ArrayBuffer>[] = [untouched()]) {
    this.disks = disks;
  }

  transfer(op: 'read' | 'write', number: number, sector: number, list: readonly Place[]): void {
    const disk = this.disks[number];
    let at = sector * SECTOR_WORDS;
    for (const [page, first, sectors] of list) {
      const from = first * SECTOR_WORDS;
      const words = sectors * SECTOR_WORDS;
      if (op === 'read') this.memory[page].set(disk.subarray(at, at + words), from);
      else disk.set(this.memory[page].subarray(from, from + words), at);
      at += words;
    }
  }
}

const untouched = (): Int32Array<ArrayBuffer> =>
  Int32Array.from({ length: (SECTORS + 24) * SECTOR_WORDS }, (_, i) => original(i));

/** Does one thing, in the machine and in the model, and compares. */
function* turn(rig: DiskRig, guest: Guest, contents: Contents, step: Act, value: number): Code {
  const cpu = rig.bench.cpus[guest.cpu];
  if (step.act === 'transfer') {
    const { op, sector, places: list } = step;
    const pieces = list.map(([frame, first, sectors]) => ({ frame, offset: 512 * first, bytes: 512 * sectors }));
    const sectors = list.reduce((sum, [, , count]) => sum + count, 0);
    const disk = step.disk % guest.disks.length;
    expect(yield* guest.transfer(cpu, { op, sector, sectors, pieces }, guest.disks[disk])).toBe(0);
    contents.transfer(op, disk, sector, list);
  } else if (step.act === 'store') {
    yield* guest.store(cpu, step.page, step.word, value);
    contents.memory[step.page][step.word] = value;
  } else if (step.act === 'check') {
    const { page, word: at } = step;
    expect([page, at, yield* guest.load(cpu, page, at)]).toEqual([page, at, contents.memory[page][at]]);
  } else if (step.act === 'discard') {
    yield* rig.atWork(cpu, () => rig.memory.discard(cpu, guest.pmap, physicalPage(step.page)));
    contents.memory[step.page].fill(0);
  } else if (step.act === 'move') yield* rig.atWork(cpu, () => rig.move(cpu, step.page, step.away));
  else {
    yield* rig.atWork(cpu, function* () {
      for (const disk of rig.disks) yield* disk.cache.reclaim(cpu, step.frames);
    });
  }
}

/** Does what a list says; in the end the guest looks at all its memory, and at all of the disk by way of one page. */
function* live(rig: DiskRig, guest: Guest, contents: Contents, acts: readonly Act[], first: number): Code {
  const cpu = rig.bench.cpus[guest.cpu];
  for (const [i, step] of acts.entries()) yield* turn(rig, guest, contents, step, first + i);
  for (let page = 0; page < PAGES; page++) yield* same(rig, guest, page, contents.memory[page]);
  for (const [i, disk] of contents.disks.entries())
    for (let sector = 0; sector < SECTORS + 24; sector += 8) {
      const request = { op: 'read', sector, sectors: 8, pieces: [{ frame: 0, offset: 0, bytes: 4096 }] };
      yield* guest.transfer(cpu, request, guest.disks[i]);
      yield* same(rig, guest, 0, disk.subarray(sector * SECTOR_WORDS, (sector + 8) * SECTOR_WORDS));
    }
}

/** Compares the words next to the ends of sectors. */
function* same(rig: DiskRig, guest: Guest, page: number, words: Int32Array): Code {
  const cpu = rig.bench.cpus[guest.cpu];
  for (let sector = 0; sector < 8; sector++)
    for (const at of [0, 1, 63, 127]) {
      const i = sector * SECTOR_WORDS + at;
      expect([page, i, yield* guest.load(cpu, page, i)]).toEqual([page, i, words[i]]);
    }
}

function rigOf(options: DiskRigOptions): DiskRig {
  const rig = new DiskRig(options);
  for (const disk of rig.real) disk.poke(0, untouched());
  return rig;
}

/** Ends all guests, and has the caches give back what they have. */
function* endAll(rig: DiskRig, cpu: MonitorCpu): Code {
  expect(rig.faults).toEqual([]);
  for (const guest of rig.guests) yield* guest.end(cpu);
  yield* rig.atWork(cpu, function* () {
    for (const disk of rig.disks) yield* disk.cache.reclaim(cpu, 1000);
  });
}

const lists = fc.array(fc.array(act, { maxLength: 20 }), { minLength: 3, maxLength: 3 });

describe('the contents of disks and pages', () => {
  it.each([
    ['with much memory', 128],
    ['with little memory', 44],
  ])('of three machines on three processors, copy-on-write and private, %s', (_, framesPerNode) => {
    fc.assert(
      fc.property(lists, lists, (first, second) => {
        const rig = rigOf({ nodes: 3, framesPerNode, disks: 2, pages: PAGES });
        const guests = [0, 1, 2].map(cpu => rig.guest(cpu, 0));
        // The third one has a private disk, too.
        guests[2].add(1, { name: 'disk1', mode: 'private' });
        const contents = guests.map(({ disks }) => new Contents(disks.map(untouched)));
        // A second machine on a processor of each node, after the first: it finds caches full.
        const others = [rig.guest(0, 0), rig.guest(1, 0)];
        let left = 3;
        const programs = guests.map((guest, i): Piece[] => [
          () => live(rig, guest, contents[i], first[i], 1000 * i),
          function* (cpu) {
            const other = others[i];
            if (other !== undefined) yield* live(rig, other, new Contents(), second[i], 10_000 * (i + 1));
            if (--left === 0) yield* endAll(rig, cpu);
          },
        ]);
        rig.run(...programs);
        expect(rig.framesInUse).toBe(0);
        expect(rig.real[1].peek(0, SECTORS + 24)).toEqual(contents[2].disks[1]);
        expect(rig.real[0].peek(0, SECTORS + 24)).toEqual(untouched());
      }),
      { numRuns: 8 },
    );
  });

  it('of machines that see each other’s writes is that of one disk, if they take turns', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 1 }), act), { maxLength: 40 }), acts => {
        const rig = rigOf({ framesPerNode: 44, pages: PAGES });
        const options = { mode: 'copy-on-write' as const, visible: true };
        const guests = [rig.guest(0, 0, options), rig.guest(0, 0, options)];
        const first = new Contents();
        const contents = [first, new Contents(first.disks)];
        const turns = acts.map(
          ([who, step], i): Piece =>
            () =>
              turn(rig, guests[who], contents[who], step, 100 * i),
        );
        rig.run([...turns, cpu => endAll(rig, cpu)]);
        expect(rig.framesInUse).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('of machines that write sectors of the same blocks for all at the same time is what each has written', () => {
    const rig = rigOf({ nodes: 3 });
    const options = { mode: 'copy-on-write' as const, visible: true };
    const guests = [0, 1, 2].map(cpu => rig.guest(cpu, 0, options));
    // Each has a sector of each block for itself, so nobody else changes what it writes there and reads again at once.
    const write = function* (cpu: MonitorCpu, guest: Guest, block: number): Code {
      const request = { sector: 8 * block + 2 * guest.cpu, sectors: 1 };
      const value = (i: number): number => 100 * guest.cpu + 10 * block + i;
      for (let i = 0; i < 8; i++) yield* guest.store(cpu, 0, i * SECTOR_WORDS, value(i));
      let last = 0;
      for (let i = 0; i < 8; i++) {
        const place = { offset: 512 * i, bytes: 512 };
        yield* guest.send(cpu, { op: 'write', ...request, pieces: [{ frame: 0, ...place }] });
        last = yield* guest.send(cpu, { op: 'read', ...request, pieces: [{ frame: 1, ...place }] });
      }
      while (!guest.replies.has(last)) yield wait();
      for (let i = 0; i < 8; i++) expect(yield* guest.load(cpu, 1, i * SECTOR_WORDS)).toBe(value(i));
    };
    let left = 3;
    const seen: number[][] = [];
    const look = function* (cpu: MonitorCpu): Code {
      const guest = guests[cpu.number];
      for (let sector = 0; sector < 32; sector += 8) {
        yield* guest.transfer(cpu, { op: 'read', sector, sectors: 8, pieces: [{ frame: 1, offset: 0, bytes: 4096 }] });
        const words: number[] = [];
        for (let i = 0; i < 8; i++) words.push(yield* guest.load(cpu, 1, i * SECTOR_WORDS));
        seen.push(words);
      }
      yield* endAll(rig, cpu);
    };
    rig.run(
      ...guests.map((guest): Piece[] => [
        function* (cpu) {
          for (let block = 0; block < 4; block++) yield* write(cpu, guest, block);
          if (--left === 0) yield* look(cpu);
        },
      ]),
    );
    const was = (sector: number): number => original(sector * SECTOR_WORDS);
    const blockOf = (b: number): number[] => {
      const [i, at] = [10 * b + 7, 8 * b];
      return [i, was(at + 1), 100 + i, was(at + 3), 200 + i, was(at + 5), was(at + 6), was(at + 7)];
    };
    expect(seen).toEqual([0, 1, 2, 3].map(blockOf));
    expect(rig.framesInUse).toBe(0);
  });

  it('of a page that is moved to and fro while sectors are copied from it are right at any time', () => {
    const rig = rigOf({ nodes: 3 });
    const guest = rig.guest(0, 0);
    let over = false;
    const mover: Piece = function* (cpu) {
      yield* until(() => rig.disks[0].cache.pages.size > 0);
      while (!over) {
        // So that the loop goes on when there is nothing to move, and shootdowns are served.
        yield compute(100);
        for (const { frame } of rig.disks[0].cache.pages.values())
          yield* rig.atWork(cpu, () => rig.bench.hotPage(cpu, frame, [1, 1, 1]));
      }
    };
    rig.run(
      [
        function* (cpu) {
          const request = { op: 'read', sector: 0, sectors: 8, pieces: [{ frame: 0, offset: 0, bytes: 4096 }] };
          yield* guest.transfer(cpu, request);
          for (let i = 0; i < 60; i++) {
            const sector = i % 7;
            const pieces = [{ frame: 1, offset: 512, bytes: 1024 }];
            yield* guest.transfer(cpu, { op: 'read', sector, sectors: 2, pieces });
            for (const [at, word] of [
              [0, 128],
              [255, 383],
            ] as const)
              expect(yield* guest.load(cpu, 1, word)).toBe(original(sector * SECTOR_WORDS + at));
          }
          over = true;
          yield* endAll(rig, cpu);
        },
      ],
      [mover],
      [mover],
    );
    expect(rig.memory.placement.work.migrations.count).toBeGreaterThan(20);
    expect(rig.framesInUse).toBe(0);
  });
});

/** Looks again and again. */
function* until(condition: () => boolean): Code {
  while (!condition()) yield compute(1000);
}
