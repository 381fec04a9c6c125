import { describe, expect, it } from '@jest/globals';
import { GuestImages } from '../../lib/experiments/systems/guests/guest-images.js';
import { runJob, type SlicedRun } from '../../lib/experiments/job.js';
import { comparedReplays } from '../../lib/experiments/replay/comparison.js';
import { Replay } from '../../lib/experiments/replay/replay.js';
import { sizedMachine } from '../../lib/experiments/systems/machine-size.js';
import { systemOptions } from '../../lib/experiments/systems/named-runs.js';
import { SystemRun } from '../../lib/experiments/systems/system-run.js';
import { stream, trace } from './handmade.js';

/** Counts its slices; the last one returns false. */
class Counting implements SlicedRun<string> {
  slices = 0;
  readonly name: string;
  private readonly length: number;

  constructor(name: string, length: number) {
    this.name = name;
    this.length = length;
  }

  advance(): boolean {
    this.slices++;
    return this.slices < this.length;
  }

  result(): string {
    return `${this.name} after ${this.slices} of ${this.length}`;
  }
}

function setUp() {
  const made: string[] = [];
  const maker = (name: string, length: number) => () => {
    made.push(name);
    return new Counting(name, length);
  };
  return { made, makers: [maker('first', 3), maker('second', 1), maker('third', 2)] };
}

describe('a job', () => {
  it('runs one after the other to its end, and says how far it is after every slice but the last', () => {
    const { made, makers } = setUp();
    const seen: string[] = [];
    const results = runJob(makers, ({ name, slices }, index) => {
      seen.push(`run ${index}, ${name}: ${slices}, ${made.length} made`);
    });
    expect(seen).toEqual(['run 0, first: 1, 1 made', 'run 0, first: 2, 1 made', 'run 2, third: 1, 3 made']);
    expect(results).toEqual(['first after 3 of 3', 'second after 1 of 1', 'third after 2 of 2']);
  });

  it('stops where it is told to, with what has happened so far', () => {
    const { made, makers } = setUp();
    expect(runJob(makers, (run, index) => index < 2 && run.slices < 2)).toEqual(['first after 2 of 3']);
    expect(made).toEqual(['first']);
  });

  it.each<[string, unknown, unknown, string]>([
    ['runs that are made already', [new Counting('first', 1)], undefined, 'maker 0 of runJob is an object'],
    ['a maker of nothing', [() => undefined], undefined, 'run 0 of runJob is undefined'],
    ['a listener that is no function', [], 3, 'advanced of runJob is 3'],
  ])('refuses %s', (_what, makers, advanced, says) => {
    expect(() => runJob(makers as never, advanced as never)).toThrow(says);
  });

  it('is one loop for a replay and for a system', () => {
    const short = trace([stream([['load', 0x1000, 5]], [], 500_000)]);
    const machines = [sizedMachine('disco-1997')];
    const [options] = comparedReplays({ trace: short, machines, policies: ['first-touch'], seed: 1, copies: 1 });
    const images = new GuestImages();
    const system = systemOptions({
      ...{ workload: 'radix', system: 'splashos', scale: 0.01, seed: '1', images },
      machine: machines[0],
      monitor: null,
    });
    const makers = [() => new Replay(options), () => new SystemRun(system)];
    const seen = [0, 0];
    const results = runJob<Replay | SystemRun, { readonly partial: string | null; readonly fingerprint: string }>(
      makers,
      (_run, index) => {
        seen[index]++;
      },
    );
    expect(seen.every(slices => slices > 0)).toBe(true);
    expect(results.map(({ partial }) => partial)).toEqual([null, null]);
    const whole = new Replay(options);
    whole.run();
    expect(results.map(({ fingerprint }) => fingerprint)).toEqual([
      whole.result().fingerprint,
      new SystemRun(system).run().fingerprint,
    ]);
  });
});
