/** `disco-sim record FILE...`: the misses of a replay as a file, on which policies are tried without a machine. */
import { runJob } from '../../experiments/job.js';
import { comparedReplays } from '../../experiments/replay/comparison.js';
import { MissRecording } from '../../experiments/replay/record.js';
import type { ReplayOptions } from '../../experiments/replay/replay.js';
import { sizedMachine } from '../../experiments/systems/machine-size.js';
import { presetNames } from '../../machine/presets/presets.js';
import { encodeMissLog } from '../../placement/log/encode.js';
import { traceFormats } from '../../traces/formats/detect.js';
import { MemoryLimit } from '../../traces/memory-limit.js';
import { shorten } from '../../traces/shorten.js';
import type { RecordedTrace } from '../../traces/trace.js';
import { UsageError } from '../errors.js';
import { checkWritable, writeWhole } from '../files.js';
import { inputsOf, readTraces } from '../input/trace-inputs.js';
import { byteCount, namesOf, parseOptions, wholeNumber } from '../options.js';
import { policyFrom } from '../policy-words.js';
import { JobPace, progress } from '../process/progress.js';

const HELP = `disco-sim record FILE... --out LOG [options]

Replays recorded references on one simulated machine under one policy, and writes every miss on a
page of a program to LOG: time, node, processor, page, load or store. Other policies are then tried
on the log without a machine (replayLog, offlineOptimum; docs/miss-log.md has the format).

FILE             one trace, as for disco-sim trace; drmemtrace files of one process are one trace
--out LOG        the file that is written, whole or not at all
--preset NAME    the machine (default disco-1997)
--policy NAME    the page placement policy of the run (default first-touch)
--copies N       copies of the trace side by side, each with processors of its own (default 1)
--format NAME    format of the files, where it cannot be told from their content
--max-memory N   what the trace may take in memory while it is read, as 500MB or 4GB (default 4GB)
--seed TEXT      master seed (default 1997); equal seeds give equal logs
--quick          only the first tenth of the trace
--help           this text
`;

const OPTIONS = {
  out: { type: 'string' },
  preset: { type: 'string' },
  policy: { type: 'string' },
  copies: { type: 'string' },
  format: { type: 'string' },
  'max-memory': { type: 'string' },
  seed: { type: 'string' },
  quick: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The part of a trace that --quick replays, and the line for which fetches are cut: as in `disco-sim trace`. */
const QUICK = 0.1;
const FETCH_BYTES = 64;

/** Runs the command. */
export async function recordCommand(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(words, OPTIONS);
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  if (positionals.length === 0) throw new UsageError('record needs a FILE; see disco-sim record --help');
  const { out } = values;
  if (out === undefined) throw new UsageError('record needs --out LOG, the file to write; see disco-sim record --help');
  const preset = one('--preset', namesOf('preset', values.preset ?? 'disco-1997', presetNames));
  const policy = await policyFrom(values.policy ?? 'first-touch');
  const copies = wholeNumber('--copies', values.copies ?? '1', 1, 64);
  const format = values.format === undefined ? undefined : one('--format', namesOf('format', values.format, traceFormats)); // prettier-ignore
  const memory = new MemoryLimit(byteCount('--max-memory', values['max-memory'] ?? '4GB'));
  const inputs = inputsOf(positionals);
  checkWritable(out, inputs.map(({ path }) => path)); // prettier-ignore
  progress.does(`records the misses of ${positionals.join(', ')} on a simulated machine`);
  const traces = await readTraces(inputs, { format, fetchLineBytes: FETCH_BYTES, memory });
  if (traces.length !== 1)
    throw new UsageError(`record takes the files of one trace, but these are ${traces.length}; record one at a time`);
  const trace = values.quick ? shorten(traces[0], QUICK) : traces[0];
  const machine = sizedMachine(preset, { processorsAtLeast: copies * trace.streams.length });
  const seed = values.seed ?? '1997';
  const [options] = comparedReplays({ trace, machines: [machine], policies: [policy], seed, copies });
  const log = recorded(options, trace);
  writeWhole(out, encodeMissLog(log));
  process.stdout.write(`${log.length} misses of ${log.header.source} are in ${out}\n`);
}

function recorded(options: ReplayOptions, { name }: RecordedTrace): ReturnType<MissRecording['result']> {
  const total = options.copies * options.trace.streams.reduce((sum, { words }) => sum + words.length, 0);
  const pace = new JobPace(total);
  const [log] = runJob([() => new MissRecording(options)], ({ replay }) =>
    progress.update(() => ({ line: `${pace.line(replay.references)}  ${name}`, far: pace.far(replay.references) })),
  );
  return log;
}

function one<Name>(option: string, names: readonly Name[]): Name {
  if (names.length !== 1) throw new UsageError(`${option} takes one name here, not ${names.join(',')}`);
  return names[0];
}
