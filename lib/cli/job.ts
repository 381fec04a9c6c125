/** A job: replays one after the other, in slices, so that the terminal stays alive and Ctrl-C is heard at once. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { policies } from '../experiments/policies.js';
import { Replay } from '../experiments/replay.js';
import type { RunResult } from '../experiments/result.js';
import type { ResolvedSpecification } from '../machine/specification.js';
import type { RecordedTrace } from '../workloads/trace.js';
import { Interrupted } from './errors.js';
import { ProgressLine } from './progress.js';

/** One replay of a job. */
export interface Task {
  readonly trace: RecordedTrace;
  readonly machine: ResolvedSpecification;
  readonly policy: string;
  readonly copies: number;
}

/** Events between two looks at the terminal. */
const SLICE = 20_000;
/** Ticks between two looks, for replays that hardly leave their caches: a fifth of a million cycles of each processor at the most. */
const SLICE_TICKS = 200_000;
/** Cycles between the starts of copies. */
const STAGGER = 10_000;
/** Pages shown with their locality over time. */
const LOCALITY_PAGES = 40;

/** Runs all tasks; results in their order. Throws Interrupted after Ctrl-C, and whatever a task throws. */
export async function runJob(tasks: readonly Task[], seed: string): Promise<RunResult[]> {
  let interrupted = false;
  const onSignal = (): void => {
    interrupted = true;
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const progress = new ProgressLine(
    process.stderr,
    tasks.reduce((sum, task) => sum + referencesOf(task), 0),
  );
  const results: RunResult[] = [];
  let before = 0;
  try {
    for (const [index, task] of tasks.entries()) {
      const label = `run ${index + 1} of ${tasks.length}: ${task.trace.name}, ${task.policy} on ${task.machine.name}`;
      const replay = replayOf(task, seed);
      while (replay.run({ events: SLICE, until: replay.machine.simulation.now + SLICE_TICKS }) !== 'finished') {
        progress.update(label, before + replay.references);
        await nextTurn();
        if (interrupted)
          throw new Interrupted(
            `interrupted at ${progress.summary()}: ${results.length} of ${tasks.length} runs finished, ` +
              `${task.trace.name} under ${task.policy} on ${task.machine.name} at ${percent(replay)} %`,
          );
      }
      results.push(replay.result());
      before += referencesOf(task);
    }
  } finally {
    progress.clear();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
  return results;
}

function replayOf({ trace, machine, policy, copies }: Task, seed: string): Replay {
  return new Replay({
    trace,
    machine,
    policy: policies[policy]!(),
    seed,
    copies,
    staggerCycles: STAGGER,
    localityPages: LOCALITY_PAGES,
  });
}

function referencesOf({ trace, copies }: Task): number {
  return copies * trace.streams.reduce((sum, stream) => sum + stream.words.length, 0);
}

function percent(replay: Replay): number {
  return Math.floor((100 * replay.references) / replay.totalReferences);
}
