/** The main job: the recorded programs in `traces/` on Disco's machine and on a UMA one, under three policies. */
import { fileURLToPath } from 'node:url';
import type { ReplayOptions } from '../../experiments/replay/replay.js';
import { MemoryLimit } from '../../traces/memory-limit.js';
import { parseArguments } from '../arguments.js';
import { UsageError } from '../errors.js';
import { checkWritable } from '../files.js';
import { runReplays } from '../replays.js';
import { output } from '../output.js';
import { progress } from '../process/progress.js';
import { policyMakers, replaysOf } from './trace.js';
import { readTraceFile } from '../input/trace-files.js';
import { printReplays } from '../seeds.js';

const HELP = `disco-sim main [options]

Replays five recorded programs (radix and raytrace with 16 threads; pmake, database and verilog, four copies
of a two-processor system side by side) on Disco's ccNUMA machine under three page placement policies (the one that
moves pages with two settings), and on a UMA machine, and writes report.html.

--preset A,B     machines (default disco-1997,uma)
--seed TEXT      master seed (default 1997)
--seeds N        runs with N seeds, SEED, SEED.2 and so on; means with 95 % intervals (default 1);
                 without a report
--policies A,B   page placement policies
--quick          only the first tenth of each trace
--json           print one JSON object instead of a table
--report FILE    where to write the report (default report.html)
--help           this text
`;

/** A recorded program of the main job. */
interface Recorded {
  readonly file: string;
  readonly copies: number;
  /** The paper simulates Raytrace's locality with a small second-level cache, because its scene fits the large one. */
  readonly l2Bytes?: number;
}

const PROGRAMS: readonly Recorded[] = [
  { file: 'radix-16.ntr.gz', copies: 1 },
  { file: 'raytrace-car-16.ntr.gz', copies: 1, l2Bytes: 256 * 1024 },
  { file: 'pmake-2cpu-compile.ntr.gz', copies: 4 },
  { file: 'database-2cpu.ntr.gz', copies: 4 },
  { file: 'verilog-2cpu.ntr.gz', copies: 4 },
];

const FETCH_BYTES = 64;

/** Runs the command. */
export async function mainJob(words: readonly string[]): Promise<void> {
  const chosen = parseArguments(words, {
    policies: 'first-touch,round-robin,migrate-replicate,migrate-replicate-eager',
    without: ['copies', 'format', 'max-memory'],
  });
  if (chosen.help) {
    process.stdout.write(HELP);
    return;
  }
  if (chosen.files.length > 0)
    throw new UsageError(`main takes no files; use: disco-sim trace ${chosen.files.join(' ')}`);
  const report = chosen.report ?? 'report.html';
  if (chosen.seeds.length === 1) checkWritable(report);
  progress.does('replays five recorded programs on Disco’s machine');
  const folder = fileURLToPath(new URL('../../../traces/', import.meta.url));
  const memory = new MemoryLimit();
  const makers = await policyMakers(chosen);
  const replays: ReplayOptions[] = [];
  for (const { file, copies, l2Bytes } of PROGRAMS) {
    const trace = await readTraceFile(`${folder}${file}`, { fetchLineBytes: FETCH_BYTES, memory });
    replays.push(...replaysOf(trace, { ...chosen, copies }, makers, l2Bytes));
  }
  const results = runReplays(replays);
  if (chosen.seeds.length > 1) return printReplays(results, chosen.json);
  await output(results, {
    title: 'Five recorded programs on Disco’s machine',
    json: chosen.json,
    report,
  });
}
