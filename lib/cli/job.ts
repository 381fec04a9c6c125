/** A job: replays one after the other, in slices, so that it can say how far it is. */
import { policies } from '../experiments/policies.js';
import { Replay } from '../experiments/replay/replay.js';
import type { RunResult } from '../experiments/replay/result.js';
import type { ResolvedSpecification } from '../machine/specification/specification.js';
import type { RecordedTrace } from '../traces/trace.js';
import { JobPace, progress } from './process/progress.js';

/** One replay of a job. */
export interface Task {
  readonly trace: RecordedTrace;
  readonly machine: ResolvedSpecification;
  readonly policy: string;
  readonly copies: number;
}

/** Events between two looks at the clock. */
const SLICE = 20_000;
/** Ticks between two looks, for replays that hardly leave their caches: a fifth of a million cycles of each processor at the most. */
const SLICE_TICKS = 200_000;
/** Cycles between the starts of copies. */
const STAGGER = 10_000;
/** Pages shown with their locality over time. */
const LOCALITY_PAGES = 40;

/** Runs all tasks; results in their order. Throws what a task throws. */
export function runJob(tasks: readonly Task[], seed: string): RunResult[] {
  const pace = new JobPace(tasks.reduce((sum, task) => sum + referencesOf(task), 0));
  const results: RunResult[] = [];
  let before = 0;
  for (const [index, task] of tasks.entries()) {
    const name = `${task.trace.name} under ${task.policy} on ${task.machine.name}`;
    const finished = `${index} of ${tasks.length} runs finished`;
    progress.at(`${pace.far(before)}, ${finished}, preparing ${name}`);
    const replay = replayOf(task, seed);
    while (replay.run({ events: SLICE, until: replay.machine.simulation.now + SLICE_TICKS }) !== 'finished')
      progress.update(() => ({
        line: `${pace.line(before + replay.references)}  run ${index + 1} of ${tasks.length}: ${name}`,
        far: `${pace.far(before + replay.references)}, ${finished}, ${name} at ${percent(replay)} %`,
      }));
    results.push(replay.result());
    before += referencesOf(task);
  }
  progress.at(`${tasks.length} of ${tasks.length} runs finished`);
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
