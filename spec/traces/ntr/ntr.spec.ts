import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ReferenceKind } from '../../../lib/processor/references.js';
import { readNtr } from '../../../lib/traces/ntr/ntr.js';
import type { RecordedStream } from '../../../lib/traces/trace.js';
import { headerOf, writeNtr, type Block, type Event, type Program } from './writer.js';

const { Load, Store, Fetch } = ReferenceKind;
const options = { name: 'handmade', fetchLineBytes: 32 };
const load = (position: number) => ({ position, store: false });
const store = (position: number) => ({ position, store: true });
const stream = (s: number): Event => ({ stream: s });
const mark = (code: number): Event => ({ mark: code });
const run = (block: number, ...addresses: number[]): Event => ({ run: block, addresses });

/** [kind, address, gap] of every reference. */
function references({ words, gaps }: RecordedStream): number[][] {
  return Array.from(words, (word, i) => [word & 3, (word & ~3) >>> 0, gaps[i]]);
}

function read(program: Partial<Program>): readonly RecordedStream[] {
  return readNtr(writeNtr({ system: false, streams: 1, blocks: [], events: [], ...program }), options).streams;
}

describe('the NTR1 reader', () => {
  it('fetches each line entered, before the data of its first instruction', () => {
    const blocks: Block[] = [
      { pc: 0x1018, length: 12, operations: [load(0), store(2), load(2), load(11)], linked: [] },
    ];
    const [one] = read({ blocks, events: [stream(0), run(0, 0x100, 0x204, 0x308, 0x40c)] });
    expect(references(one)).toEqual([
      [Fetch, 0x1018, 0],
      [Load, 0x100, 0],
      [Fetch, 0x1020, 2],
      [Store, 0x204, 0],
      [Load, 0x308, 0],
      [Fetch, 0x1040, 8],
      [Load, 0x40c, 1],
    ]);
    expect(one.tail).toBe(1);
    expect(one.counts).toEqual({ instructions: 12, loads: 3, stores: 1 });
  });

  it('does not fetch the current line again, but any other, also one fetched earlier', () => {
    const blocks: Block[] = [
      { pc: 0x1000, length: 2, operations: [], linked: [] },
      { pc: 0x1008, length: 3, operations: [], linked: [] },
      { pc: 0x2000, length: 1, operations: [], linked: [] },
    ];
    const [one] = read({ blocks, events: [stream(0), run(0), run(1), run(2), run(1)] });
    expect(references(one)).toEqual([
      [Fetch, 0x1000, 0],
      [Fetch, 0x2000, 5],
      [Fetch, 0x1008, 1],
    ]);
    expect(one.tail).toBe(3);
  });

  it('keeps kernel addresses, with the sign bit set', () => {
    const blocks: Block[] = [{ pc: 0x80001000, length: 1, operations: [store(0)], linked: [] }];
    const [one] = read({ blocks, events: [stream(0), run(0, 0xffffffff)] });
    expect([...one.words]).toEqual([0x80001000 - 2 ** 32 + Fetch, -4 + Store]);
  });

  it('fetches a line again when a loop in it runs longer than a gap can say', () => {
    const blocks: Block[] = [
      { pc: 0x1000, length: 4, operations: [], linked: [] },
      { pc: 0x1010, length: 1, operations: [load(0)], linked: [] },
    ];
    const spins = Array.from({ length: 40000 }, () => run(0));
    const trace = readNtr(
      writeNtr({ system: false, streams: 1, blocks, events: [stream(0), ...spins, run(1, 64)] }),
      options,
    );
    expect(references(trace.streams[0])).toEqual([
      [Fetch, 0x1000, 0],
      [Fetch, 0x1000, 65535],
      [Fetch, 0x1000, 65535],
      [Load, 64, 160000 - 2 * 65535],
    ]);
    expect(trace.remarks.join()).toContain('2 fetches are repeated');
  });

  it('takes streams apart, and keeps one that never runs', () => {
    const blocks: Block[] = [{ pc: 0x1000, length: 2, operations: [load(1)], linked: [] }];
    const streams = read({
      streams: 3,
      blocks,
      events: [stream(2), run(0, 8), stream(0), run(0, 16), stream(2), run(0, 24)],
    });
    expect(streams.map(one => references(one).filter(([kind]) => kind === Load))).toEqual([
      [[Load, 16, 1]],
      [],
      [
        [Load, 8, 1],
        [Load, 24, 2],
      ],
    ]);
    expect(streams[1]).toMatchObject({ tail: 0, marks: [], counts: { instructions: 0 } });
  });

  it('names a lock by the first load-linked address of its region', () => {
    const blocks: Block[] = [
      { pc: 0x1000, length: 3, operations: [load(0), load(1), store(2)], linked: [1] },
      { pc: 0x1100, length: 1, operations: [], linked: [] },
    ];
    const lock = [mark(18), run(0, 4, 0x500, 0x500), run(0, 4, 0x600, 0x600), mark(19)];
    const release = [mark(20), run(1), mark(21)];
    const [one] = read({ blocks, events: [stream(0), ...lock, run(1), ...release] });
    expect(one.marks).toEqual([
      { kind: 'lock-request', at: 0, lock: 0x500 },
      { kind: 'lock-acquired', at: 7, lock: 0x500 },
      { kind: 'lock-release', at: 8, lock: 0x500 },
      { kind: 'lock-released', at: 8, lock: 0x500 },
    ]);
  });

  it('takes a release that does not show its lock to be that of the innermost lock held', () => {
    const blocks: Block[] = [
      { pc: 0x1000, length: 1, operations: [load(0)], linked: [0] },
      { pc: 0x1004, length: 1, operations: [store(0)], linked: [] },
    ];
    const acquire = (lock: number): Event[] => [mark(18), run(0, lock), mark(19)];
    const release = [mark(20), run(1, 0x900), mark(21)];
    const [one] = read({ blocks, events: [stream(0), ...acquire(0x100), ...acquire(0x200), ...release, ...release] });
    const released = one.marks.filter(each => each.kind === 'lock-release' || each.kind === 'lock-released');
    expect(released.map(each => 'lock' in each && each.lock)).toEqual([0x200, 0x200, 0x100, 0x100]);
  });

  it('waits for the semaphore that somebody posts, wherever in the trace', () => {
    const blocks: Block[] = [{ pc: 0x1000, length: 1, operations: [load(0)], linked: [0] }];
    const wait = [mark(24), run(0, 0x700), run(0, 0x800), run(0, 0x900), mark(25)];
    const alone = [mark(24), run(0, 0xa00), mark(25)];
    const post = [mark(22), run(0, 0x800), mark(23)];
    const streams = read({ streams: 2, blocks, events: [stream(0), ...wait, ...alone, stream(1), ...post] });
    expect(streams[0].marks.map(one => [one.kind, 'semaphore' in one && one.semaphore])).toEqual([
      ['wait', 0x800],
      ['waited', 0x800],
      ['wait', 0xa00],
      ['waited', 0xa00],
    ]);
    expect(streams[1].marks[0]).toEqual({ kind: 'post-begin', at: 0, semaphore: 0x800 });
  });

  it('falls back to the first data address, says so, and bears regions without an end or a beginning', () => {
    const blocks: Block[] = [{ pc: 0x1000, length: 1, operations: [load(0)], linked: [] }];
    const events = [stream(0), mark(19), mark(18), run(0, 0x300), mark(16), mark(17), mark(7)];
    const trace = readNtr(writeNtr({ system: false, streams: 1, blocks, events }), options);
    expect(trace.streams[0].marks).toEqual([
      { kind: 'lock-acquired', at: 0, lock: 0 },
      { kind: 'lock-request', at: 0, lock: 0x300 },
      { kind: 'barrier-enter', at: 2 },
      { kind: 'barrier-leave', at: 2 },
      { kind: 'note', at: 2, note: 7 },
    ]);
    expect(trace.remarks.join()).toContain('2 lock or semaphore marks');
  });

  it('notes all marks of a whole-system trace, and repeats mappings where a task goes on elsewhere', () => {
    const blocks: Block[] = [{ pc: 0x1000, length: 1, operations: [], linked: [] }];
    const first: Event[] = [stream(0), { task: 7 }, { map: [1, 50] }, { map: [0xc0000, 60] }, mark(18), run(0)];
    const second: Event[] = [stream(1), { task: 7 }, run(0), { map: [1, 51] }, run(0)];
    const streams = read({ system: true, streams: 2, blocks, events: [...first, ...second] });
    expect(streams[0].marks).toEqual([
      { kind: 'task', at: 0, task: 7 },
      { kind: 'map', at: 0, page: 1, physical: 50 },
      { kind: 'map', at: 0, page: 0xc0000, physical: 60 },
      { kind: 'note', at: 0, note: 18 },
    ]);
    expect(streams[1].marks).toEqual([
      { kind: 'map', at: 0, page: 0xc0000, physical: 60 },
      { kind: 'task', at: 0, task: 7 },
      { kind: 'map', at: 0, page: 1, physical: 50 },
      { kind: 'map', at: 1, page: 1, physical: 51 },
    ]);
  });

  it('reads back what was written, for any program', () => {
    fc.assert(
      fc.property(programs(), program => {
        const trace = readNtr(writeNtr(program), options);
        expect(trace.streams.map(references)).toEqual(expected(program));
        const counted = trace.streams.map(({ gaps, tail }) => gaps.reduce((sum, gap) => sum + gap, tail));
        const { perStream } = headerOf(program).counts as { perStream: number[][] };
        expect(counted).toEqual(perStream.map(([instructions]) => instructions));
      }),
    );
  });
});

/** The references of a program, worked out the long way: instruction by instruction. */
function expected({ streams, blocks, events }: Program): number[][][] {
  const all = Array.from({ length: streams }, () => ({ list: [] as number[][], line: -1, position: 0, last: 0 }));
  let current = all[0];
  for (const event of events) {
    if ('stream' in event) current = all[event.stream];
    if (!('run' in event)) continue;
    const { pc, length, operations } = blocks[event.run];
    for (let i = 0; i < length; i++, current.position++) {
      const emit = (kind: number, address: number): void => {
        current.list.push([kind, (address & ~3) >>> 0, current.position - current.last]);
        current.last = current.position;
      };
      const line = Math.floor((pc + 4 * i) / options.fetchLineBytes);
      if (line !== current.line) emit(Fetch, pc + 4 * i);
      current.line = line;
      operations.forEach((operation, o) => {
        if (operation.position === i) emit(operation.store ? Store : Load, event.addresses[o]);
      });
    }
  }
  return all.map(({ list }) => list);
}

function programs(): fc.Arbitrary<Program> {
  const address = fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 0x1000, max: 0x1fff }));
  const block = fc
    .tuple(fc.integer({ min: 0, max: 0x3fffff00 }), fc.integer({ min: 1, max: 40 }))
    .chain(([word, length]) =>
      fc.record({
        pc: fc.constant(word * 4),
        length: fc.constant(length),
        operations: fc
          .array(fc.record({ position: fc.nat(length - 1), store: fc.boolean() }), { maxLength: 6 })
          .map(list => list.sort((a, b) => a.position - b.position)),
        linked: fc.constant([]),
      }),
    );
  return fc
    .record({ streams: fc.integer({ min: 1, max: 3 }), blocks: fc.array(block, { minLength: 1, maxLength: 5 }) })
    .chain(({ streams, blocks }) => {
      const execution = fc
        .nat(blocks.length - 1)
        .chain(b =>
          fc
            .array(address, { minLength: blocks[b].operations.length, maxLength: blocks[b].operations.length })
            .map(addresses => ({ run: b, addresses })),
        );
      const event: fc.Arbitrary<Event> = fc.oneof(
        { weight: 6, arbitrary: execution },
        { weight: 1, arbitrary: fc.nat(streams - 1).map(s => ({ stream: s })) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 30 }).map(code => ({ mark: code })) },
      );
      return fc
        .array(event, { maxLength: 40 })
        .map(events => ({ system: false, streams, blocks, events: [{ stream: 0 }, ...events] }));
    });
}
