/** `disco-sim trace FILE...`: any trace, on presets, under policies. */
import { policies } from '../../experiments/policies.js';
import { presets, type Preset } from '../../machine/presets/presets.js';
import { resolve, type ResolvedSpecification } from '../../machine/specification/specification.js';
import { MemoryLimit } from '../../traces/memory-limit.js';
import { shorten } from '../../traces/shorten.js';
import type { RecordedTrace } from '../../traces/trace.js';
import { parseArguments, type Arguments } from '../arguments.js';
import { UsageError } from '../errors.js';
import { checkWritable } from '../files.js';
import { runJob, type Task } from '../job.js';
import { output } from '../output.js';
import { progress } from '../progress.js';
import { printReplays } from '../seeds.js';
import { inputsOf, readTraces } from '../trace-inputs.js';

const HELP = `disco-sim trace FILE... [options]

Replays recorded references on simulated ccNUMA machines and says where the time goes.

FILE             NTR1, Valgrind Lackey, Dinero (din, extended, binary), ChampSim or drmemtrace;
                 plain, gzip, or a zip of drmemtrace chunks. Drmemtrace files of one process are
                 parts of one run; a folder is read as one drmemtrace trace
--preset A,B     machines (default disco-1997,uma)
--policies A,B   page placement policies (default first-touch,round-robin,migrate-replicate)
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
  const tasks = traces.flatMap(trace => tasksFor(trace, chosen));
  const results = chosen.seeds.flatMap(seed => runJob(tasks, seed));
  if (chosen.seeds.length > 1) return printReplays(results, chosen.json);
  await output(results, {
    title: 'Recorded programs on ccNUMA machines',
    json: chosen.json,
    report: chosen.report,
  });
}

/** All runs of a trace: every preset, every policy; on a machine of one node placement changes nothing, so one policy does. */
export function tasksFor(
  whole: RecordedTrace,
  chosen: Pick<Arguments, 'presets' | 'policies' | 'policiesUsual' | 'copies' | 'quick'>,
  l2Bytes?: number,
): Task[] {
  const trace = chosen.quick ? shorten(whole, QUICK) : whole;
  const { copies } = chosen;
  const fitting = fittingPolicies(trace, chosen);
  return chosen.presets.flatMap(preset => {
    const machine = machineFor(preset, copies * trace.streams.length, l2Bytes);
    const chosenHere = machine.nodes.length === 1 ? fitting.slice(0, 1) : fitting;
    return chosenHere.map((policy): Task => ({ trace, machine, policy, copies }));
  });
}

/** What was asked for by name is refused if the trace cannot bear it; of the usual policies those that fit are taken, and the others named. */
function fittingPolicies(
  trace: RecordedTrace,
  chosen: Pick<Arguments, 'policies' | 'policiesUsual'>,
): readonly string[] {
  if (!chosen.policiesUsual) return chosen.policies;
  const lacks = (policy: string): string[] => policies[policy]!().needs.filter(fact => trace.lacks.includes(fact));
  for (const policy of chosen.policies.filter(name => lacks(name).length > 0))
    progress.remark(
      `${policy} is left out: it needs to know ${lacks(policy).join(' and ')}, which ${trace.name} (${trace.format}) does not record`,
    );
  return chosen.policies.filter(name => lacks(name).length === 0);
}

/** A preset with enough nodes. The paper's machines are made to measure, as there; others grow only if they must. */
function machineFor(name: string, processors: number, l2Bytes: number | undefined): ResolvedSpecification {
  const preset = presets[name as keyof typeof presets] as Preset;
  const options = l2Bytes === undefined ? {} : { l2Bytes };
  if (name === 'disco-1997' || name === 'uma') return resolve(preset({ ...options, nodes: processors }));
  const usual = resolve(preset(options));
  const present = usual.nodes.reduce((sum, node) => sum + node.processors, 0);
  return present >= processors
    ? usual
    : resolve(preset({ ...options, nodes: Math.ceil((usual.nodes.length * processors) / present) }));
}
