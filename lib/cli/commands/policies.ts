/** `disco-sim policies`: placement policies compared over one recorded trace, with paired seeds. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { VERSION } from '../../engine/version.js';
import { BENCH_TIME_LIMIT_S, comparePolicies, type BenchResult } from '../../experiments/bench/bench.js';
import { policyNames } from '../../experiments/policies.js';
import { pointName } from '../../experiments/sweeps/store/collected.js';
import { resultsCsv } from '../../experiments/sweeps/store/results.js';
import { presetNames } from '../../machine/presets/presets.js';
import { benchText } from '../../report/tables/bench.js';
import { sweepReportHtml } from '../../report/sweeps/report.js';
import { UsageError } from '../errors.js';
import { checkWritable, writeWhole } from '../files.js';
import { namesOf, parseOptions, wholeNumber } from '../options.js';
import { policyOptions, policyWord } from '../policy-words.js';
import { print } from '../output.js';
import { progress } from '../process/progress.js';
import { SweepPace } from '../sweep-progress.js';

/** Recorded programs that come with the package, by a short name. */
const WORKLOADS: Readonly<Record<string, string>> = {
  radix: 'radix-16.ntr.gz',
  raytrace: 'raytrace-car-16.ntr.gz',
  pmake: 'pmake-2cpu-compile.ntr.gz',
  verilog: 'verilog-2cpu.ntr.gz',
  database: 'database-2cpu.ntr.gz',
};

const HELP = `disco-sim policies [options]

Runs placement policies over one recorded trace, each on the machine and on the trace's log of misses without a machine, and
compares them with the first one: means with 95 % intervals over paired seeds. See docs/policies.md.

--workload NAME        ${Object.keys(WORKLOADS).join(', ')} (default radix)
--trace FILE           a recording of your own instead
--machine NAME         ${presetNames.slice(0, 6).join(', ')},
                       ${presetNames.slice(6).join(', ')} (default disco-1997)
--policies A,B         names, modules such as ./mine.js, or all (default all)
--policy-option K=V    an option of all policies that are named; may be given several times
--faster N             divides the times of named policies by N, for recordings are short: 1 s of a policy's time is
                       1/N s of the program's (default 100)
--copies N             copies of the trace side by side (default 1)
--seed TEXT            master seed (default 1997)
--seeds N              seeds, SEED, SEED.2 and so on (default 1)
--threads N            runs at a time (default as many as there are cores)
--folder DIR           where finished runs are kept; the same command again runs only what is missing (default nowhere)
--time-limit S         seconds after which a run has failed (default ${BENCH_TIME_LIMIT_S})
--quick                only the first tenth of the trace
--json                 print one JSON object instead of tables
--csv FILE             also write all runs as a table of values separated by commas
--report FILE          also write a page with pictures and tables (HTML)
--help                 this text
`;

const OPTIONS = {
  workload: { type: 'string' },
  trace: { type: 'string' },
  machine: { type: 'string' },
  policies: { type: 'string' },
  'policy-option': { type: 'string', multiple: true },
  faster: { type: 'string' },
  copies: { type: 'string' },
  seed: { type: 'string' },
  seeds: { type: 'string' },
  threads: { type: 'string' },
  folder: { type: 'string' },
  'time-limit': { type: 'string' },
  quick: { type: 'boolean' },
  json: { type: 'boolean' },
  csv: { type: 'string' },
  report: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The part of a trace that --quick replays. */
const QUICK = 0.1;

/** Runs the command. */
export async function policiesCommand(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(words, OPTIONS);
  if (values.help === true) {
    process.stdout.write(HELP);
    return;
  }
  if (positionals.length > 0) throw new UsageError(`policies takes no files; give --trace ${positionals[0]}`);
  const trace = traceOf(values.workload, values.trace);
  const [machine] = namesOf('machine', values.machine ?? 'disco-1997', presetNames);
  const chosen = values.policies === undefined || values.policies === 'all' ? policyNames : values.policies.split(',');
  const given = policyOptions(values['policy-option'] ?? []);
  const policies = chosen.map(word => policyWord(word.trim()));
  for (const written of [values.csv, values.report]) if (written !== undefined) checkWritable(written, [trace]);
  progress.does(`compares ${policies.length} policies over ${trace.split(/[\\/]/).at(-1)!}`);
  const pace = new SweepPace();
  const result = await comparePolicies({
    ...{ trace, policies, folder: values.folder, seed: values.seed },
    fixed: {
      machine,
      copies: wholeNumber('--copies', values.copies ?? '1', 1, 64),
      ...(values.quick === true ? { part: QUICK } : {}),
      ...Object.fromEntries(given.map(([name, value]) => [`policy.${name}`, value])),
    },
    faster: wholeNumber('--faster', values.faster ?? '100', 1, 1e6),
    seeds: wholeNumber('--seeds', values.seeds ?? '1', 1, 1000),
    threads: wholeNumber('--threads', values.threads ?? String(availableParallelism()), 1, 1024),
    timeLimitSeconds: wholeNumber('--time-limit', values['time-limit'] ?? String(BENCH_TIME_LIMIT_S), 1, 1e6),
    onProgress: now => pace.tell(now),
  });
  await tell(result, values);
}

async function tell(
  result: BenchResult,
  values: { readonly json?: boolean; readonly csv?: string; readonly report?: string },
): Promise<void> {
  const { found, summary } = result;
  for (const point of found.points)
    if (point.error !== null) progress.remark(`${pointName(point, found.specification)}: ${point.error}`);
  if (values.csv !== undefined) writeWhole(values.csv, resultsCsv(found));
  if (values.report !== undefined)
    writeWhole(
      values.report,
      sweepReportHtml({ name: 'Placement policies', found, summary, generatedBy: `disco-sim ${VERSION}` }),
    );
  await print(values.json === true ? `${JSON.stringify({ ...found, summary }, null, 1)}\n` : benchText(result));
  if (found.counts.failed > 0) process.exitCode = 2;
}

function traceOf(workload: string | undefined, trace: string | undefined): string {
  if (trace !== undefined) {
    if (workload !== undefined) throw new UsageError('--workload and --trace are both given; give one');
    if (!existsSync(trace)) throw new UsageError(`cannot read ${trace}: there is no such file`);
    return trace;
  }
  const [name] = namesOf('workload', workload ?? 'radix', Object.keys(WORKLOADS));
  return fileURLToPath(new URL(`../../../traces/${WORKLOADS[name]}`, import.meta.url));
}
