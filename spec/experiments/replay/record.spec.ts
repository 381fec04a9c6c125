import { describe, expect, it } from '@jest/globals';
import { MissRecording, recordMisses } from '../../../lib/experiments/replay/record.js';
import { Replay, ReplayError, type ReplayOptions } from '../../../lib/experiments/replay/replay.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import { resolve } from '../../../lib/machine/specification/specification.js';
import { encodeMissLog } from '../../../lib/placement/log/encode.js';
import { freeMoves } from '../../../lib/placement/log/costs.js';
import { randomStream } from '../../../lib/engine/random.js';
import { firstTouch } from '../../../lib/placement/policies/static/first-touch.js';
import { replayLog } from '../../../lib/testing/index.js';
import { uniform } from '../../../lib/traces/synthetic/walks.js';
import { syntheticTrace } from '../../../lib/traces/synthetic/synthetic.js';
import type { RecordedTrace } from '../../../lib/traces/trace.js';
import { eager } from '../../guest/kernel-machine.js';
import { missesOf } from '../../placement/log/logs.js';
import { stream, trace } from '../handmade.js';

function options(what: RecordedTrace, changes: Partial<ReplayOptions> = {}): ReplayOptions {
  return {
    trace: what,
    machine: resolve(presets['disco-1997']({ nodes: what.streams.length })),
    policy: firstTouch(),
    seed: 1,
    copies: 1,
    staggerCycles: 0,
    localityPages: 0,
    ...changes,
  };
}

/** Four threads that load and now and then store all over eight pages, with small caches. */
function shared(changes: Partial<ReplayOptions> = {}): ReplayOptions {
  const random = randomStream('spec', 'record');
  const shape = { streams: 4, references: 1500, baseAddress: 0x10000, footprintBytes: 0x8000, streamDistanceBytes: 0 };
  const streams = uniform({ ...shape, gapInstructions: 3, storePercent: 1 }, () => random.next());
  const machine = resolve(presets['disco-1997']({ nodes: 4 }));
  const small = {
    ...machine,
    processor: {
      ...machine.processor,
      l2: { sizeBytes: 8192, ways: 2, lineBytes: 128 },
      l1d: { sizeBytes: 1024, ways: 2, lineBytes: 32 },
    },
  };
  return options(syntheticTrace('shared', streams), { machine: small, ...changes });
}

describe('a recording of misses', () => {
  it('has the first touch, and then what programs miss: thread, page, load or store', () => {
    const touch = stream([['store', 0x10000, 1]]);
    // Later: a load, a hit, an upgrade, a load of another line.
    const use = stream([['load', 0x10000, 60000], ['load', 0x10004, 1], ['store', 0x10000, 1], ['load', 0x10080, 1]]); // prettier-ignore
    const misses = missesOf(recordMisses(options(trace([touch, use]))));
    expect(misses.map(({ node, thread, page, store }) => [node, thread, page, store])).toEqual([
      [0, 0, 0, false],
      [1, 1, 0, false],
      [1, 1, 0, true],
      [1, 1, 0, false],
    ]);
    const times = misses.map(({ timeNs }) => timeNs);
    // The load comes after 60,000 cycles of 2.5 ns.
    expect(times[0]).toBeLessThan(20_000);
    expect(times[1]).toBeGreaterThan(150_000);
    expect(times.every(Number.isInteger)).toBe(true);
  });

  it('does not change the run, and is the same for the same seed', () => {
    const recording = new MissRecording(shared());
    while (recording.advance());
    const plain = new Replay(shared());
    plain.run();
    expect(recording.replay.machine.simulation.fingerprint.toString()).toBe(plain.result().fingerprint);
    expect(encodeMissLog(recording.result())).toEqual(encodeMissLog(recordMisses(shared())));
  });

  it('leads a policy to the homes of the machine', () => {
    const recording = new MissRecording(shared());
    while (recording.advance());
    const log = recording.result();
    const homes = recording.replay.kernel.pages.pages.map(({ home }) => home);
    const expected = [0, 1, 2, 3].map(node => missesOf(log).filter(({ page }) => homes[page] === node).length);
    expect(new Set(homes).size).toBeGreaterThan(1);
    expect(replayLog(firstTouch(), log, freeMoves).requests).toEqual(expected);
  });

  it('calls a page that moves by one number, and leaves out the copying', () => {
    const recording = new MissRecording(shared({ policy: eager() }));
    while (recording.advance());
    const { migrations, replications } = recording.replay.result().placement;
    expect(migrations + replications).toBeGreaterThan(10);
    const log = recording.result();
    expect(new Set(missesOf(log).map(({ page }) => page))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
    // A copy of a page is a hundred misses or so on its lines; programs make no more of them than without moves.
    expect(log.length).toBeLessThan(1.1 * recordMisses(shared()).length);
  });

  it('says what the machine was and what the trace recorded', () => {
    const log = recordMisses(
      options(trace([stream([['load', 0x10000, 1]]), stream([])], { lacks: ['write', 'time'] })),
    );
    expect(log.header).toMatchObject({
      source: 'handmade (NTR1) on disco-1997 under first-touch, seed 1',
      pageBytes: 4096,
      processors: [true, true],
      tiers: [0, 0],
      latencyNs: [
        [300, 900],
        [900, 300],
      ],
      records: ['thread', 'data', 'instruction'],
    });
  });

  it('is refused where a replay is', () => {
    const blind = trace([stream([['load', 0x10000, 1]])], { lacks: ['write'] });
    expect(() => recordMisses(options(blind, { policy: eager() }))).toThrow(ReplayError);
  });
});
