import { describe, expect, it } from '@jest/globals';
import { readNtr } from '../../../lib/traces/ntr/ntr.js';
import type { RecordedTrace, TraceMark } from '../../../lib/traces/trace.js';
import { userStreams } from '../../../lib/workloads/images/user-streams.js';
import { stream, trace, type Line } from '../../experiments/handmade.js';
import { writeNtr, type Block, type Event } from '../../traces/ntr/writer.js';
import { expectConsistent, listing } from '../../traces/reading.js';

const KERNEL = 0x80001000;
const REFILL = 0x80002000;

function system(lines: readonly Line[], marks: readonly TraceMark[] = [], tail = 0): RecordedTrace {
  return trace([stream(lines, marks, tail)], { system: true });
}

/** A call from 0x1000 that returns to `back` and then writes `page`. */
function callReturning(back: number, page: number): RecordedTrace {
  return system(
    [
      ['fetch', 0x1000, 0],
      ['store', 0x7000, 2],
      ['fetch', KERNEL, 3],
      ['fetch', back, 5],
      ['store', page, 1],
    ],
    [
      { kind: 'map', at: 0, page: 7, physical: 70 },
      { kind: 'system-call', at: 2, next: 0x1014 },
      { kind: 'map', at: 3, page: 8, physical: 80 },
    ],
    4,
  );
}

describe('user streams', () => {
  it('leave out what kernel blocks fetch, load and store, and their instructions', () => {
    const [one] = userStreams(
      system(
        [
          ['fetch', 0x1000, 0],
          ['load', 0x5000, 3],
          ['fetch', KERNEL, 2],
          ['store', 0x5000, 7],
          ['load', KERNEL + 0x800, 1],
          ['fetch', 0x1010, 10],
          ['store', 0x6000, 4],
        ],
        [],
        6,
      ),
    );
    expect(listing(one)).toEqual(['fetch 1000 +0', 'load 5000 +3', 'fetch 1010 +2', 'store 6000 +4']);
    expect(one.counts).toEqual({ instructions: 15, loads: 1, stores: 1 });
    expectConsistent(one);
  });

  it('are one for each task of a processor, whatever ran in between', () => {
    const streams = userStreams(
      system(
        [
          ['fetch', 0x1000, 0],
          ['fetch', KERNEL, 5],
          ['fetch', 0x2000, 100],
          ['load', 0x5000, 1],
          ['fetch', KERNEL, 6],
          ['fetch', 0x1014, 200],
        ],
        [
          { kind: 'task', at: 0, task: 1 },
          { kind: 'task', at: 2, task: 2 },
          { kind: 'task', at: 5, task: 1 },
        ],
        3,
      ),
    );
    expect(streams.map(one => [one.processor, one.task, one.counts.instructions, listing(one)])).toEqual([
      [0, 1, 8, ['fetch 1000 +0', 'fetch 1014 +5']],
      [0, 2, 7, ['fetch 2000 +0', 'load 5000 +1']],
    ]);
    streams.forEach(expectConsistent);
  });

  it('count the TLB refills of the recorded machine: entries at the first vector of the exception base', () => {
    const [one] = userStreams(
      system([
        ['fetch', 0x1000, 0],
        ['fetch', REFILL, 1],
        ['fetch', 0x1004, 9],
        ['fetch', REFILL + 0x180, 1],
        ['fetch', REFILL, 1], // the kernel's own
        ['fetch', 0x1008, 9],
        ['fetch', REFILL, 1],
      ]),
    );
    expect(one.refills).toBe(2);
  });

  it('keep the positions of system calls', () => {
    const [one] = userStreams(callReturning(0x1014, 0x7000));
    expect(one.marks).toEqual([{ kind: 'system-call', at: 2, next: 0x1014 }]);
  });

  it.each([
    ['behind itself', 0x1014, 0x8000],
    ['to itself, as one that was interrupted', 0x1010, 0x8000],
    ['elsewhere, on the memory it had, as to a signal handler', 0x3000, 0x7000],
    ['elsewhere, where nothing is written', 0x3000, -1],
  ])('stay one program when a system call returns %s', (_, back, page) => {
    const whole = callReturning(back, Math.max(page, 0));
    const [{ words, gaps }] = whole.streams;
    const cut = page < 0 ? [{ ...whole.streams[0], words: words.slice(0, 4), gaps: gaps.slice(0, 4) }] : whole.streams;
    expect(userStreams({ ...whole, streams: cut })).toHaveLength(1);
  });

  it('are two programs when a call returns elsewhere and nothing that was written is used any more', () => {
    const streams = userStreams(callReturning(0x3000, 0x8000));
    expect(streams.map(one => [one.program, one.counts, listing(one), one.tail])).toEqual([
      [0, { instructions: 5, loads: 0, stores: 1 }, ['fetch 1000 +0', 'store 7000 +2'], 3],
      [1, { instructions: 5, loads: 0, stores: 1 }, ['fetch 3000 +0', 'store 8000 +1'], 4],
    ]);
    expect(streams.map(({ marks }) => marks.length)).toEqual([1, 0]);
  });

  it('are two programs when the same page is another frame', () => {
    const same = callReturning(0x3000, 0x7000);
    const [one] = same.streams;
    const replaced: TraceMark = { kind: 'map', at: 3, page: 7, physical: 99 };
    const streams = [{ ...one, marks: [...one.marks, replaced] }];
    expect(userStreams({ ...same, streams })).toHaveLength(2);
  });

  it('end with the first reference after as many instructions as are wanted', () => {
    const lines = Array.from({ length: 10 }, (_, i): Line => ['fetch', 0x1000 + 0x40 * i, i === 0 ? 0 : 10]);
    const [one] = userStreams(system(lines, [], 7), { maxInstructions: 25 });
    expect([one.words.length, one.tail, one.counts.instructions]).toEqual([3, 10, 30]);
    expectConsistent(one);
  });

  it('are refused for threads', () => {
    expect(() => userStreams(trace([stream([])]))).toThrow(
      new RangeError('handmade records threads, not a system: its streams have no kernel'),
    );
  });
});

describe('system calls of an NTR1 file', () => {
  const blocks: Block[] = [
    { pc: 0x1000, length: 4, operations: [{ position: 1, store: true }], linked: [], systemCall: true },
    { pc: 0x80001000, length: 2, operations: [], linked: [] },
  ];
  const events: Event[] = [{ stream: 0 }, { map: [5, 50] }, { run: 0, addresses: [0x5000] }, { run: 1, addresses: [] }];
  const bytes = writeNtr({ system: true, streams: 1, blocks, events });
  const options = { name: 'handmade', fetchLineBytes: 64 };

  it('are marks with the address behind, if they are asked for', () => {
    expect(readNtr(bytes, { ...options, systemCalls: true }).streams[0].marks).toContainEqual({
      kind: 'system-call',
      at: 2,
      next: 0x1010,
    });
  });

  it('are left out otherwise', () => {
    expect(readNtr(bytes, options).streams[0].marks).toEqual([{ kind: 'map', at: 0, page: 5, physical: 50 }]);
  });
});
