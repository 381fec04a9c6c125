import { describe, expect, it } from '@jest/globals';
import { SplashOS } from '../../lib/guest/splash/splash-os.js';
import { buildMachine, type Machine } from '../../lib/machine/machine.js';
import { presets } from '../../lib/machine/presets/presets.js';
import { Activity } from '../../lib/processor/software.js';
import { recordedProgram } from '../../lib/workloads/splash-threads.js';
import type { RecordedStream, TraceMark } from '../../lib/traces/trace.js';
import { threadImages } from '../../lib/workloads/images/user-image.js';
import { beginningOf, handmadeTrace, recording } from './splash-recordings.js';
import { open } from '../guest/recorded/traces.js';

/** Runs a program with a thread to a processor, or with fewer processors. */
function run(
  threads: readonly RecordedStream[],
  { processors = threads.length, mapped = false, runAhead = true } = {},
): { readonly machine: Machine; readonly os: SplashOS } {
  const program = recordedProgram(threadImages(handmadeTrace(threads)));
  const machine = buildMachine(presets['disco-1997']({ nodes: processors }), {
    seed: 1,
    layout: 'interleaved',
    runAhead,
  });
  const os = new SplashOS({
    processors,
    threads: program.threads,
    programPages: program.programPages,
    dataPages: Math.ceil((program.lines + program.threads + 2) / 32),
    pages: machine.layout!.length,
    mapped,
    scheduler: { spinTurns: 20, turnCycles: 6 },
  });
  machine.load(os, os.boot(program.link(os)));
  expect(machine.run({ events: 3_000_000 })).toBe('finished');
  expect(machine.processors.every(({ ended }) => ended)).toBe(true);
  return { machine, os };
}

/** Marks of a lock held over some references. */
const locked = (lock: number, from: number, to: number): TraceMark[] => [
  { kind: 'lock-acquired', at: from, lock },
  { kind: 'lock-released', at: to, lock },
];

describe('recorded threads on SPLASHOS', () => {
  it('execute the instructions that were recorded, and have their pages together', () => {
    const { machine, os } = run([recording(0, 50), recording(1, 50)]);
    expect(machine.processors.map(({ account }) => account.ticks[Activity.User])).toEqual([
      expect.any(Number),
      expect.any(Number),
    ]);
    expect(machine.processors.map(({ stats }) => stats.references)).toEqual([50, 50]);
    expect(os.memory.programPages).toBe(4);
  });

  it('meet at barriers, though one of them ends before the others come', () => {
    const barrier: TraceMark[] = [
      { kind: 'barrier-enter', at: 10 },
      { kind: 'barrier-leave', at: 12 },
    ];
    run([recording(0, 50, barrier), recording(1, 50, barrier), recording(2, 20)]);
  });

  it('leave a barrier that their window begins in, and give back locks that it ends with', () => {
    run([
      recording(0, 50, [
        { kind: 'barrier-leave', at: 3 },
        { kind: 'lock-acquired', at: 10, lock: 4 },
      ]),
      recording(1, 50, [{ kind: 'barrier-enter', at: 3 }, { kind: 'barrier-leave', at: 5 }, ...locked(4, 20, 30)]),
    ]);
  });

  it('find posts that lie before their window', () => {
    run([recording(0, 50, [{ kind: 'waited', at: 5, semaphore: 8 }]), recording(1, 50)]);
  });

  it('share a processor', () => {
    const threads = [0, 1, 2, 3].map(thread => recording(thread, 200, locked(4, 50, 150)));
    const { os, machine } = run(threads, { processors: 2 });
    expect(os.processors.map(({ threads: left }) => left.length)).toEqual([0, 0]);
    expect(machine.processors.map(({ stats }) => stats.references)).toEqual([400, 400]);
  });

  it.each([false, true])('run alike with run-ahead and without; mapped: %s', mapped => {
    const threads = [0, 1, 2, 3].map(thread => recording(thread, 200, locked(4, 50, 150)));
    const [ahead, behind] = [true, false].map(
      runAhead => run(threads, { processors: 2, mapped, runAhead }).machine.simulation.fingerprint,
    );
    expect(ahead.toString()).toBe(behind.toString());
  });
});

describe.each(['radix-16', 'raytrace-car-16'] as const)('%s on SPLASHOS', name => {
  it('runs a hundredth of each thread to the end, with the references that were recorded', () => {
    const { trace } = open(name);
    const part = trace.streams.map(stream => beginningOf(stream, Math.floor(stream.words.length / 100)));
    const { machine } = run(part);
    expect(machine.processors.map(({ stats }) => stats.references)).toEqual(part.map(({ words }) => words.length));
  }, 60_000);
});
