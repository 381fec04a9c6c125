/** `disco-sim fidelity`: experiments of the Disco paper on the bare machine, beside the paper's numbers. */
import { VERSION } from '../../engine/version.js';
import { fidelityExperiments, type FidelityExperiment, type FidelityRow } from '../../experiments/paper/fidelity.js';
import { fidelityText } from '../../report/tables/fidelity.js';
import { workloadNames } from '../../experiments/systems/choices.js';
import { UsageError } from '../errors.js';
import { commandOf, runAll } from '../fidelity/fidelity-runs.js';
import { fraction, parseOptions, unknown } from '../options.js';

const NAMES = fidelityExperiments.map(({ name }) => name);

const HELP = `disco-sim fidelity [options]

Runs experiments of the Disco paper that need no monitor, and prints each number of the paper beside ours. Exit code 1 if
one is further off than it may be. Each run is a command \`disco-sim native\`; two go on at a time.

--only A,B       experiments, or beginnings of their names (default all):
                 ${NAMES.slice(0, 5).join(', ')},
                 ${NAMES.slice(5).join(', ')}
--scale N        length of all workloads, above 0 and up to 1 (default: 1 for pmake and radix, 0.02 for those that go on in
                 the same way all the time); shorter runs are not held to the paper
--seed TEXT      master seed (default 1997)
--json           print one JSON object instead of a table
--help           this text
`;

const OPTIONS = {
  only: { type: 'string' },
  scale: { type: 'string' },
  seed: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** What was not run, and why. */
interface NotRun {
  readonly experiment: string;
  readonly why: string;
}

/** Runs the command. */
export async function fidelityCommand(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(words, OPTIONS);
  if (values.help === true) {
    process.stdout.write(HELP);
    return;
  }
  if (positionals.length > 0)
    throw new UsageError(`fidelity takes no files, but was given ${positionals.join(' ')}; use --only`);
  const chosen = chosenBy(values.only);
  const scale = values.scale === undefined ? undefined : fraction('--scale', values.scale);
  const seed = values.seed ?? '1997';
  const notRun = chosen.flatMap(missing);
  const able = chosen.filter(experiment => missing(experiment).length === 0);
  if (able.length === 0) throw new UsageError(notRun.map(({ experiment, why }) => `${experiment}: ${why}`).join('; '));
  const runs = new Map(
    able.flatMap(experiment => experiment.runs.map(run => [commandOf(run, { scale, seed }).join(' '), run])),
  );
  const results = await runAll([...runs.values()], { scale, seed });
  const rows = able.flatMap(experiment =>
    experiment.rows(experiment.runs.map(run => results.get(commandOf(run, { scale, seed }).join(' '))!)),
  );
  const within = rows.every(row => row.within);
  const commands = [...runs.keys()].map(command => `disco-sim ${command}`);
  process.stdout.write(
    values.json === true
      ? `${JSON.stringify({ version: VERSION, scale: scale ?? null, seed, within, rows, notRun, commands }, null, 1)}\n`
      : text(rows, notRun, scale),
  );
  if (!within) process.exitCode = 1;
}

/** Experiments whose names begin with one of the words, in their usual order. */
function chosenBy(only: string | undefined): readonly FidelityExperiment[] {
  if (only === undefined) return fidelityExperiments;
  const words = only.split(',').map(word => word.trim());
  for (const word of words)
    if (word === '' || !NAMES.some(name => name.startsWith(word)))
      throw new UsageError(unknown('experiment', word, NAMES));
  return fidelityExperiments.filter(({ name }) => words.some(word => name.startsWith(word)));
}

function missing({ name, runs }: FidelityExperiment): NotRun[] {
  const lacking = runs.find(({ workload }) => !workloadNames.includes(workload));
  return lacking === undefined ? [] : [{ experiment: name, why: `there is no workload ${lacking.workload} yet` }];
}

function text(rows: readonly FidelityRow[], notRun: readonly NotRun[], scale: number | undefined): string {
  const lines = [fidelityText(rows)];
  if (scale !== undefined)
    lines.push(`All workloads were run at scale ${scale}, which is not the one at which they stand beside the paper.`);
  for (const { experiment, why } of notRun) lines.push(`not run: ${experiment}: ${why}`);
  return `${lines.join('\n')}\n`;
}
