/** `disco-sim paper`, the main job: the tables and figures of the Disco paper, and a report. `fidelity`: the same at full length, judged. */
import { availableParallelism } from 'node:os';
import { VERSION } from '../../engine/version.js';
import { chosen as chosenExperiments, rerunPaper } from '../../experiments/paper/paper.js';
import type { PaperResult } from '../../experiments/paper/experiment.js';
import { sizedMachine } from '../../experiments/systems/machine-size.js';
import { draw } from '../../machine/drawing/draw.js';
import { panelsSvg } from '../../report/charts/panel.js';
import { paperCsv, paperFigure } from '../../report/paper/figures.js';
import { paperReportHtml } from '../../report/paper/report.js';
import { paperText } from '../../report/tables/paper.js';
import { UsageError } from '../errors.js';
import { checkWritable, writeFolder } from '../files.js';
import { parseOptions, wholeNumber } from '../options.js';
import { print, report } from '../output.js';
import { progress } from '../process/progress.js';
import { SweepPace } from '../sweep-progress.js';

const EXPERIMENTS = 'figure-5, table-2, figure-6, figure-7, figure-8, table-3';

const PAPER_HELP = `disco-sim paper [options]

Reruns the tables and figures of the Disco paper (SOSP 1997) and puts ours beside theirs: a table, and report.html. Runs go on in
threads. Those that are finished are kept in a folder: the same command again runs only what is missing.

--only A,B       experiments, or beginnings of their names (default all):
                 ${EXPERIMENTS}
--full           runs as long as the paper's: only these are judged
--quick          very short runs, to see that everything works
--seed TEXT      master seed (default 1997)
--seeds N        N seeds, SEED, SEED.2 and so on: medians with their range (default 1)
--threads N      runs at a time (default as many as there are cores)
--folder DIR     where finished runs are kept (default paper-runs)
--json           print one JSON object instead of tables
--report FILE    where to write the report (default report.html)
--charts DIR     also write each figure as SVG, and its numbers as CSV
--help           this text
`;

const FIDELITY_HELP = `disco-sim fidelity [options]

disco-sim paper --full, without a report: prints the numbers of the paper beside ours, and ends with 1 if one is further off than
it may be.

--only A,B       experiments, or beginnings of their names (default all):
                 ${EXPERIMENTS}
--seed TEXT      master seed (default 1997)
--seeds N        N seeds, SEED, SEED.2 and so on: medians with their range (default 1)
--threads N      runs at a time (default as many as there are cores)
--folder DIR     where finished runs are kept (default paper-runs)
--json           print one JSON object instead of tables
--help           this text
`;

const COMMON = {
  only: { type: 'string' },
  seed: { type: 'string' },
  seeds: { type: 'string' },
  threads: { type: 'string' },
  folder: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const PAPER_OPTIONS = {
  ...COMMON,
  full: { type: 'boolean' },
  quick: { type: 'boolean' },
  report: { type: 'string' },
  charts: { type: 'string' },
} as const;

/** Runs `disco-sim paper`. */
export async function paperCommand(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(words, PAPER_OPTIONS);
  if (values.help === true) {
    process.stdout.write(PAPER_HELP);
    return;
  }
  noFiles('paper', positionals);
  if (values.full === true && values.quick === true)
    throw new UsageError('--full and --quick are both given; give one');
  const path = values.report ?? 'report.html';
  checkWritable(path);
  const length = values.full === true ? 'full' : values.quick === true ? 'quick' : 'usual';
  const result = await rerun(values, length);
  await print(values.json === true ? `${JSON.stringify(result, null, 1)}\n` : paperText(result));
  if (values.charts !== undefined) writeFolder(values.charts, chartsOf(result));
  report(path, () => reportOf(result), values.json ?? false);
}

/** Runs `disco-sim fidelity`. */
export async function fidelityCommand(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(words, COMMON);
  if (values.help === true) {
    process.stdout.write(FIDELITY_HELP);
    return;
  }
  noFiles('fidelity', positionals);
  const result = await rerun(values, 'full');
  await print(values.json === true ? `${JSON.stringify(result, null, 1)}\n` : paperText(result));
  if (result.rows.some(({ within }) => within === false)) process.exitCode = 1;
}

/** The values of the options that both commands have. */
type CommonValues = { readonly [name in 'only' | 'seed' | 'seeds' | 'threads' | 'folder']?: string };

function rerun(values: CommonValues, length: 'full' | 'usual' | 'quick'): Promise<PaperResult> {
  const only = values.only?.split(',').map(word => word.trim());
  try {
    chosenExperiments(only);
  } catch (error) {
    throw new UsageError(`--only: ${(error as Error).message}`);
  }
  progress.does(`reruns the Disco paper${length === 'full' ? ' at full length' : ''}`);
  const pace = new SweepPace();
  return rerunPaper({
    only,
    length,
    seed: values.seed,
    seeds: wholeNumber('--seeds', values.seeds ?? '1', 1, 1000),
    threads: wholeNumber('--threads', values.threads ?? String(availableParallelism()), 1, 1024),
    folder: values.folder ?? 'paper-runs',
    onProgress: now => pace.tell(now),
  });
}

function noFiles(command: string, positionals: readonly string[]): void {
  if (positionals.length > 0)
    throw new UsageError(`${command} takes no files, but was given ${positionals.join(' ')}; use --only`);
}

function reportOf(result: PaperResult): string {
  const machine = sizedMachine('disco-1997', { processors: 8 });
  return paperReportHtml({ result, drawing: draw(machine).svg, generatedBy: `disco-sim ${VERSION}` });
}

function chartsOf(result: PaperResult): Map<string, string> {
  return new Map(
    result.experiments.flatMap(({ name }): [string, string][] => {
      const figure = paperFigure(result, name);
      const csv: [string, string] = [`${name}.csv`, paperCsv(result, name)];
      return figure === null ? [csv] : [csv, [`${name}.svg`, panelsSvg(figure)]];
    }),
  );
}
