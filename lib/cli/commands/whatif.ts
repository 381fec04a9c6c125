/** `disco-sim whatif NAME`: a question that the Disco paper leaves open, answered by a sweep. */
import { availableParallelism } from 'node:os';
import { VERSION } from '../../engine/version.js';
import { answerWhatIf, whatIfOf, type WhatIfAnswer } from '../../experiments/whatif/whatif.js';
import { WHAT_IFS } from '../../experiments/whatif/what-ifs.js';
import { sweepReportHtml } from '../../report/sweeps/report.js';
import { whatIfText } from '../../report/tables/what-if.js';
import { UsageError } from '../errors.js';
import { checkWritable } from '../files.js';
import { parseOptions, wholeNumber } from '../options.js';
import { print, report } from '../output.js';
import { progress } from '../process/progress.js';
import { SweepPace } from '../sweep-progress.js';

const NAMES = Object.entries(WHAT_IFS).map(([name, { title }]) => `${name.padEnd(17)}${title}\n`);

const HELP = `disco-sim whatif NAME [options]

Changes one thing about the machine, the monitor or the system, and prints what that does, with what the Disco paper says about
it. Runs go on in threads; those that are finished are kept in a folder, and the same command again runs only what is missing.

${NAMES.join('')}
--quick          fewer and shorter runs
--seed TEXT      master seed (default 1997)
--seeds N        N seeds, SEED, SEED.2 and so on: means with 95 % intervals (default 1)
--threads N      runs at a time (default as many as there are cores)
--folder DIR     where finished runs are kept (default what-if-runs/NAME)
--json           print one JSON object instead of a table
--report FILE    also write a page with pictures and tables (HTML)
--help           this text
`;

const OPTIONS = {
  quick: { type: 'boolean' },
  seed: { type: 'string' },
  seeds: { type: 'string' },
  threads: { type: 'string' },
  folder: { type: 'string' },
  json: { type: 'boolean' },
  report: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Runs the command. Without a name it lists the questions. */
export async function whatIfCommand(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(words, OPTIONS);
  const [name, ...others] = positionals;
  if (values.help === true || name === undefined) {
    process.stdout.write(values.help === true ? HELP : NAMES.join(''));
    return;
  }
  if (others.length > 0) throw new UsageError(`whatif takes one NAME, but was given ${positionals.join(' ')}`);
  try {
    whatIfOf(name);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if (values.report !== undefined) checkWritable(values.report);
  progress.does(`asks what if: ${name}`);
  const pace = new SweepPace();
  const answer = await answerWhatIf(name, {
    quick: values.quick,
    seed: values.seed,
    seeds: wholeNumber('--seeds', values.seeds ?? '1', 1, 1000),
    threads: wholeNumber('--threads', values.threads ?? String(availableParallelism()), 1, 1024),
    folder: values.folder ?? `what-if-runs/${name}`,
    onProgress: now => pace.tell(now),
  });
  await print(values.json === true ? `${JSON.stringify(answer, null, 1)}\n` : whatIfText(answer));
  if (values.report !== undefined) report(values.report, () => reportOf(answer), values.json ?? false);
}

function reportOf({ name, found, summary }: WhatIfAnswer): string {
  return sweepReportHtml({ name, found, summary, generatedBy: `disco-sim ${VERSION}` });
}
