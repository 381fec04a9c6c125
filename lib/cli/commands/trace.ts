/** `disco-sim trace FILE...`: any trace, on presets, under policies. */
import { policies, type PolicyMaker } from '../../experiments/policies.js';
import { comparedReplays, fittingPolicies, lackingFacts } from '../../experiments/replay/comparison.js';
import type { ReplayOptions } from '../../experiments/replay/replay.js';
import { sizedMachine } from '../../experiments/systems/machine-size.js';
import { MemoryLimit } from '../../traces/memory-limit.js';
import { shorten } from '../../traces/shorten.js';
import type { RecordedTrace } from '../../traces/trace.js';
import { parseArguments, type Arguments } from '../arguments.js';
import { UsageError } from '../errors.js';
import { checkWritable } from '../files.js';
import { runReplays } from '../replays.js';
import { output } from '../output.js';
import { policyFrom, policyHelp } from '../policy-words.js';
import { progress } from '../process/progress.js';
import { inputsOf, readTraces } from '../input/trace-inputs.js';
import { printReplays } from '../seeds.js';

const HELP = `disco-sim trace FILE... [options]

Replays recorded references on simulated ccNUMA machines and says where the time goes.

FILE             NTR1, Valgrind Lackey, Dinero (din, extended, binary), ChampSim or drmemtrace;
                 plain, gzip, or a zip of drmemtrace chunks. Drmemtrace files of one process are
                 parts of one run; a folder is read as one drmemtrace trace
--preset A,B     machines (default disco-1997,uma)
--policies A,B   page placement policies (default first-touch,round-robin,migrate-replicate), of
                 ${policyHelp(17)}
--policy-option K=V  an option of all policies that are named; may be given several times
--copies N       copies of each trace side by side, each with processors of its own (default 1)
--format NAME    format of the files, where it cannot be told from their content
--max-memory N   what the traces may take in memory while they are read, as 500MB or 4GB (default 4GB)
--seed TEXT      master seed (default 1997); equal seeds give equal results
--seeds N        runs with N seeds, SEED, SEED.2 and so on; means with 95 % intervals (default 1)
--quick          only the first tenth of each trace
--json           print one JSON object instead of a table
--report FILE    also write a report in HTML
--help           this text
`;

/** The part of a trace that --quick replays. */
const QUICK = 0.1;
/** Size of a line of the instruction cache for which fetches are cut: that of every preset is a multiple of it. */
const FETCH_BYTES = 64;

/** Runs the command. */
export async function traceCommand(words: readonly string[]): Promise<void> {
  const chosen = parseArguments(words, { policies: 'first-touch,round-robin,migrate-replicate' });
  if (chosen.help) {
    process.stdout.write(HELP);
    return;
  }
  if (chosen.files.length === 0) throw new UsageError('trace needs at least one FILE; see disco-sim trace --help');
  const inputs = inputsOf(chosen.files);
  if (chosen.report !== undefined) checkWritable(chosen.report, inputs.map(({ path }) => path)); // prettier-ignore
  progress.does(`replays ${chosen.files.join(', ')} on simulated machines`);
  const memory = new MemoryLimit(chosen.memoryBytes);
  const traces = await readTraces(inputs, { format: chosen.format, fetchLineBytes: FETCH_BYTES, memory });
  const makers = await policyMakers(chosen);
  const results = runReplays(traces.flatMap(trace => replaysOf(trace, chosen, makers)));
  if (chosen.seeds.length > 1) return printReplays(results, chosen.json);
  await output(results, {
    title: 'Recorded programs on ccNUMA machines',
    json: chosen.json,
    report: chosen.report,
  });
}

/** What makes each of the policies, by its name or module. */
export async function policyMakers({
  policies: words,
  policyOptions: options,
}: Pick<Arguments, 'policies' | 'policyOptions'>): Promise<ReadonlyMap<string, PolicyMaker>> {
  const makers = new Map<string, PolicyMaker>();
  for (const word of words) makers.set(word, await policyFrom(word, options));
  return makers;
}

/** All replays of a trace: every seed, every preset with enough processors, every policy. */
export function replaysOf(
  whole: RecordedTrace,
  chosen: Pick<Arguments, 'presets' | 'policies' | 'policiesUsual' | 'copies' | 'quick' | 'seeds'>,
  makers: ReadonlyMap<string, PolicyMaker>,
  l2Bytes?: number,
): ReplayOptions[] {
  const trace = chosen.quick ? shorten(whole, QUICK) : whole;
  const { copies, seeds, policiesUsual } = chosen;
  // What was asked for by name is refused if the trace cannot bear it.
  const names = policiesUsual ? usualPolicies(trace, chosen.policies) : chosen.policies;
  const processorsAtLeast = copies * trace.streams.length;
  const machines = chosen.presets.map(preset => sizedMachine(preset, { processorsAtLeast, l2Bytes }));
  return seeds.flatMap(seed =>
    comparedReplays({ trace, machines, policies: names.map(name => makers.get(name)!), seed, copies }),
  );
}

/** Those of the usual policies that a trace can bear; says which it cannot. */
function usualPolicies(trace: RecordedTrace, names: readonly string[]): readonly string[] {
  const fitting = fittingPolicies(trace, names);
  for (const name of names.filter(one => !fitting.includes(one)))
    progress.remark(
      `${name} is left out: it needs to know ${lackingFacts(trace, policies[name]()).join(' and ')}, which ${trace.name} (${trace.format}) does not record`,
    );
  return fitting;
}
