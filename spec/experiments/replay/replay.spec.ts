import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readTraceFile } from '../../../lib/cli/input/trace-files.js';
import { MemoryLimit } from '../../../lib/traces/memory-limit.js';
import { PlainQueue } from '../../../lib/engine/queue/plain-queue.js';
import { policies } from '../../../lib/experiments/policies.js';
import { Replay, ReplayError, type ReplayOptions } from '../../../lib/experiments/replay/replay.js';
import type { RunResult } from '../../../lib/experiments/replay/result.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import { resolve } from '../../../lib/machine/specification/specification.js';
import { eager } from '../../guest/kernel-machine.js';
import { readNs } from '../../machine/running.js';
import { uniform } from '../../../lib/traces/synthetic/walks.js';
import { syntheticTrace } from '../../../lib/traces/synthetic/synthetic.js';
import { shorten } from '../../../lib/traces/shorten.js';
import { randomStream } from '../../../lib/engine/random.js';
import type { RecordedTrace } from '../../../lib/traces/trace.js';
import { stream, trace, type Line } from '../handmade.js';

const machine = (nodes: number) => resolve(presets['disco-1997']({ nodes }));

function options(what: RecordedTrace, changes: Partial<ReplayOptions> = {}): ReplayOptions {
  const copies = changes.copies ?? 1;
  return {
    trace: what,
    machine: machine(Math.max(1, Math.ceil(copies)) * what.streams.length),
    policy: policies['first-touch'](),
    seed: 1,
    copies,
    staggerCycles: 0,
    localityPages: 10,
    ...changes,
  };
}

function play(what: RecordedTrace, changes: Partial<ReplayOptions> = {}): RunResult {
  const replay = new Replay(options(what, changes));
  expect(replay.run()).toBe('finished');
  expect(replay.references).toBe(replay.totalReferences);
  return replay.result();
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** One tick, and one cycle, of the paper's machine. */
const NS = 2.5;
/** First touch: 2000 instructions; 32 lines of 20 instructions and a miss in local memory. */
const PAGE_FAULT = (2000 + 32 * 20) * NS + 32 * 300;
/** A refill of 14 instructions and a miss on the page table in local memory. */
const REFILL = 14 * NS + 300;
/** A miss that the cache of another node has to answer, at its home; spec/machine has checked it. */
const REMOTE = readNs(presets['disco-1997']({ nodes: 2 }), 1, 0, 0);

describe('the time of a thread', () => {
  it('is its instructions if it touches nothing', () => {
    const { elapsedNs, time } = play(trace([stream([], [], 100)]));
    expect([elapsedNs, time]).toEqual([250, { user: 250 }]);
  });

  it('is its instructions, a first touch, a refill and its hits', () => {
    const lines: Line[] = [
      ['load', 0x1000, 5],
      ['store', 0x1004, 7],
      ['load', 0x1020, 0],
      ['fetch', 0x1080, 3],
    ];
    const { time, elapsedNs, references, misses, tlbMisses } = play(trace([stream(lines, [], 10)]));
    // The first level has the beginning of each line that was cleared, except of instructions; the second has all.
    expect(time).toEqual({ user: 25 * NS, cache: 2 * 20, 'page fault': PAGE_FAULT, 'tlb refill': REFILL });
    expect(elapsedNs).toBe(sum(Object.values(time)));
    expect([references, misses, tlbMisses]).toEqual([4, { local: 33, remote: 0 }, 2]);
  });

  it('is that of its misses in the memory of others', () => {
    const first = stream([['store', 0x1000, 1]]);
    const second = stream([['load', 0x1000, 20000]]);
    const { time, processors, elapsedNs } = play(trace([first, second]));
    expect(processors.map(processor => processor.time)).toEqual([
      { user: NS, 'page fault': PAGE_FAULT, 'tlb refill': REFILL, idle: elapsedNs - NS - PAGE_FAULT - REFILL },
      { user: 20000 * NS, 'tlb refill': 14 * NS + REMOTE, 'remote stall': REMOTE },
    ]);
    expect(sum(Object.values(time))).toBe(2 * elapsedNs);
  });

  it('is that of waiting for others', () => {
    const meet = [
      { kind: 'barrier-enter', at: 0 },
      { kind: 'barrier-leave', at: 0 },
    ] as const;
    const early = stream([], meet, 10);
    const late = stream(
      [['load', 0x1000, 1]],
      [
        { kind: 'barrier-enter', at: 1 },
        { kind: 'barrier-leave', at: 1 },
      ],
    );
    const { processors } = play(trace([early, late]));
    expect(processors[0].time['synchronisation']).toBe(NS + PAGE_FAULT + REFILL + NS);
    expect(processors[0].time['user']).toBe(10 * NS);
  });
});

describe('the time of a recorded system', () => {
  it('is its instructions and its misses: its faults and refills are part of it', () => {
    const marks = [
      { kind: 'map', at: 0, page: 1, physical: 5 },
      { kind: 'task', at: 2, task: 1 },
    ] as const;
    const lines: Line[] = [
      ['load', 0x1000, 10], // user mode, local miss
      ['fetch', 0x80005080, 4], // kernel mode, local miss on another line of the page
      ['load', 0x80005000, 6], // kernel mode, in the first level
      ['load', 0xa0005020, 2], // in the second level
      ['fetch', 0x1100, 3], // user mode again: the page of task 1, a local miss
    ];
    const mapped = [...marks, { kind: 'map', at: 4, page: 1, physical: 6 }] as const;
    const { time, placement } = play(trace([stream(lines, mapped)], { system: true }));
    // Time before a fetch in another mode belongs to the mode before.
    expect(time).toEqual({ user: 14 * NS, kernel: 11 * NS, 'local stall': 3 * 300, cache: 20 });
    expect(placement.pages).toBe(2);
  });
});

describe('copies side by side', () => {
  const lines: Line[] = [
    ['store', 0x1000, 1],
    ['load', 0x3000, 1],
  ];

  it('have pages of their own', () => {
    const replay = new Replay(options(trace([stream(lines), stream(lines)]), { copies: 2 }));
    replay.run();
    const { pages } = replay.kernel.pages;
    expect(pages.map(({ label }) => label).sort()).toEqual([
      'copy 1, page 0x1',
      'copy 1, page 0x3',
      'copy 2, page 0x1',
      'copy 2, page 0x3',
    ]);
    expect(new Set(pages.map(({ frame }) => frame)).size).toBe(4);
    expect(pages.map(({ label, home }) => label.startsWith('copy 1') === home < 2)).toEqual([true, true, true, true]);
  });

  it('begin one after the other', () => {
    const { processors } = play(trace([stream([], [], 10)]), { copies: 3, staggerCycles: 100 });
    expect(processors.map(({ time }) => time['user'])).toEqual([10 * NS, 110 * NS, 210 * NS]);
  });

  it('of a system have memory of their own', () => {
    const marks = [{ kind: 'map', at: 0, page: 1, physical: 5 }] as const;
    const { placement } = play(trace([stream([['load', 0x1000, 1]], marks)], { system: true }), { copies: 2 });
    expect(placement.pages).toBe(2);
  });
});

describe('what does not fit is refused', () => {
  const one = trace([stream([['load', 0x1000, 1]])]);
  const refused: readonly [string, () => Replay, string][] = [
    [
      'a policy that needs what the trace lacks',
      () =>
        new Replay(options({ ...one, format: 'lackey', lacks: ['thread', 'time'] }, { policy: policies['migrate']() })),
      'the policy migrate needs to know thread, which handmade (lackey) does not record; use first-touch or round-robin, or a trace that records it',
    ],
    [
      'too few processors',
      () => new Replay(options(one, { copies: 3, machine: machine(2) })),
      'handmade in 3 copies needs 3 processors, disco-1997 has 2; give it more nodes or replay fewer copies',
    ],
    [
      'no copy',
      () => new Replay(options(one, { copies: 0, machine: machine(2) })),
      'a trace is replayed in 1 copy or more, not 0',
    ],
    ['half a copy', () => new Replay(options(one, { copies: 1.5, machine: machine(2) })), 'in 1 copy or more, not 1.5'],
  ];
  it.each(refused)('%s', (_, make, message) => {
    expect(make).toThrow(ReplayError);
    expect(make).toThrow(message);
  });
});

describe('a result', () => {
  const random = randomStream('spec', 'replay');
  const shape = { streams: 4, references: 1500, baseAddress: 0x10000, footprintBytes: 0x8000, streamDistanceBytes: 0 };
  const shared = syntheticTrace(
    'shared',
    uniform({ ...shape, gapInstructions: 3, storePercent: 5 }, () => random.next()),
  );
  const small = {
    ...machine(4),
    processor: {
      ...machine(4).processor,
      l2: { sizeBytes: 8192, ways: 2, lineBytes: 128 },
      l1d: { sizeBytes: 1024, ways: 2, lineBytes: 32 },
    },
  };
  const moving = (changes: Partial<ReplayOptions> = {}): ReplayOptions =>
    options(shared, { machine: small, policy: eager({ trigger: 16, sharing: 4, writes: 1000 }), ...changes });
  const finished = (replay: Replay): RunResult => {
    replay.run();
    return replay.result();
  };
  const expected = finished(new Replay(moving()));

  it('is of a run in which pages were moved', () => {
    const { migrations, replications, collapses } = expected.placement;
    expect([migrations + replications > 0, collapses > 0, expected.partial]).toEqual([true, true, null]);
  });

  it('adds up', () => {
    const { processors, elapsedNs, time, misses, locality, tlbMisses } = expected;
    for (const processor of processors) expect(sum(Object.values(processor.time))).toBe(elapsedNs);
    expect(sum(Object.values(time))).toBe(elapsedNs * processors.length);
    expect(sum(processors.map(({ localMisses }) => localMisses))).toBe(misses.local);
    expect(sum(processors.map(processor => processor.tlbMisses))).toBe(tlbMisses);
    expect(sum([...locality.local, ...locality.remote])).toBe(misses.local + misses.remote);
  });

  it('is plain data', () => {
    expect(JSON.parse(JSON.stringify(expected))).toEqual(expected);
  });

  const same: readonly [string, () => RunResult][] = [
    ['the same seed', () => finished(new Replay(moving()))],
    ['run-ahead off', () => finished(new Replay(moving({ runAhead: false })))],
    ['another queue', () => finished(new Replay(moving({ queue: new PlainQueue() })))],
    [
      'somebody watching',
      () => {
        const replay = new Replay(moving());
        let sent = 0;
        replay.machine.simulation.observer = { sent: () => sent++ };
        const result = finished(replay);
        expect(sent).toBeGreaterThan(1000);
        return result;
      },
    ],
    [
      'a run in slices of events',
      () => {
        const replay = new Replay(moving());
        while (replay.run({ events: 500 }) === 'event limit') expect(replay.result().partial).toBe('event limit');
        return replay.result();
      },
    ],
    [
      'another replay between its slices',
      () => {
        const [replay, other] = [
          new Replay(moving()),
          new Replay(moving({ seed: 2, policy: policies['round-robin']() })),
        ];
        while (replay.run({ events: 700 }) === 'event limit') other.run({ events: 900 });
        return replay.result();
      },
    ],
  ];
  it.each(same)('is the same with %s', (_, run) => {
    expect(run()).toEqual(expected);
  });

  it('depends on the seed, by which the TLB replaces, and on nothing else', () => {
    expect(finished(new Replay(moving({ seed: 2 }))).seed).toBe('2');
  });

  it('says if nothing has run yet', () => {
    expect(new Replay(moving()).result().partial).toBe('not run');
  });
});

describe('the beginning of a recorded program', () => {
  const file = join(__dirname, '../../../traces/radix-16.ntr.gz');
  const radix = readTraceFile(file, { fetchLineBytes: 64, memory: new MemoryLimit() }).then(whole =>
    shorten(whole, 0.02),
  );

  it.each(['first-touch', 'migrate-replicate-eager'])('under %s is the same with run-ahead off', async policy => {
    const trace = await radix;
    const results = [true, false].map(runAhead => play(trace, { policy: policies[policy](), runAhead }));
    expect(results[1]).toEqual(results[0]);
    expect(sum(Object.values(results[0].time))).toBe(results[0].elapsedNs * 16);
  });
});
