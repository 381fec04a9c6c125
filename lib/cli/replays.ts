/** Runs replays one after the other and says how far they are. */
import { runJob } from '../experiments/job.js';
import { Replay, type ReplayOptions } from '../experiments/replay/replay.js';
import type { RunResult } from '../experiments/replay/result.js';
import { JobPace, progress } from './process/progress.js';

/** Runs all replays; results in their order. Throws what a replay throws. */
export function runReplays(replays: readonly ReplayOptions[]): RunResult[] {
  const lengths = replays.map(referencesOf);
  const pace = new JobPace(sum(lengths));
  const tasks = replays.map((options, index) => ({
    options,
    name: `${options.trace.name} under ${options.policy.name} on ${options.machine.name}`,
    before: sum(lengths.slice(0, index)),
    finished: `${index} of ${replays.length} runs finished`,
  }));
  const makers = tasks.map(({ options, name, before, finished }) => () => {
    progress.at(`${pace.far(before)}, ${finished}, preparing ${name}`);
    return new Replay(options);
  });
  const results = runJob(makers, (replay, index) => {
    const { name, before, finished } = tasks[index];
    progress.update(() => ({
      line: `${pace.line(before + replay.references)}  run ${index + 1} of ${replays.length}: ${name}`,
      far: `${pace.far(before + replay.references)}, ${finished}, ${name} at ${percent(replay)} %`,
    }));
  });
  progress.at(`${replays.length} of ${replays.length} runs finished`);
  return results;
}

function referencesOf({ trace, copies }: ReplayOptions): number {
  return copies * trace.streams.reduce((sum, stream) => sum + stream.words.length, 0);
}

function percent(replay: Replay): number {
  return Math.floor((100 * replay.references) / replay.totalReferences);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
