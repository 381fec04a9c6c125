/** `disco-sim sweep FILE`: a grid of runs with seeds, in threads; what is there already is not run again. */
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, extname, join } from 'node:path';
import { checkComplete, pointName, type Collected } from '../../experiments/sweeps/store/collected.js';
import { resultsCsv } from '../../experiments/sweeps/store/results.js';
import { readSweepFile, type SweepFile } from '../../experiments/sweeps/named/sweep-file.js';
import { summariseSweep, type SweepSummary } from '../../experiments/sweeps/summary.js';
import { sweep } from '../../experiments/sweeps/sweep.js';
import { VERSION } from '../../engine/version.js';
import { sweepCharts } from '../../report/sweeps/pictures.js';
import { sweepReportHtml } from '../../report/sweeps/report.js';
import { sweepText, usualMetrics } from '../../report/tables/sweep.js';
import { UsageError } from '../errors.js';
import { checkWritable, writeFolder, writeWhole } from '../files.js';
import { parseOptions, wholeNumber } from '../options.js';
import { print } from '../output.js';
import { progress } from '../process/progress.js';
import { SweepPace } from '../sweep-progress.js';

const HELP = `disco-sim sweep FILE [options]

Runs a grid of configurations, each with several seeds, in threads, and prints means with intervals. One point is one file
in a folder: a sweep that was stopped or is run again computes only what is missing. Pictures (SVG) are in its folder
charts/. See docs/sweeps.md.

FILE             JSON, or a module that exports the same as sweep: { run, grid, seeds, fixed, metrics, baseline, ... };
                 run is native, vm, trace, or { module, name }
--folder DIR     where points and results are kept (default FILE without its ending, and .sweep)
--threads N      runs at a time (default as many as there are cores)
--incomplete     average what there is, although points are missing or failed
--json           print one JSON object instead of a table
--csv FILE       also write all points as a table of values separated by commas
--report FILE    also write a page with pictures and tables (HTML)
--help           this text
`;

const OPTIONS = {
  folder: { type: 'string' },
  threads: { type: 'string' },
  incomplete: { type: 'boolean' },
  json: { type: 'boolean' },
  csv: { type: 'string' },
  report: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Failed points that are named. */
const NAMED = 5;

/** Runs the command. */
export async function sweepCommand(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(words, OPTIONS);
  if (values.help === true) {
    process.stdout.write(HELP);
    return;
  }
  const [path, ...others] = positionals;
  if (path === undefined || others.length > 0) throw new UsageError('sweep takes one FILE; see disco-sim sweep --help');
  const threads = wholeNumber('--threads', values.threads ?? String(availableParallelism()), 1, 1024);
  for (const written of [values.csv, values.report]) if (written !== undefined) checkWritable(written, [path]);
  const file = await readSweepFile(path);
  const folder = values.folder ?? `${basename(path, extname(path))}.sweep`;
  progress.does(`sweeps ${path}, with outcomes in ${folder}`);
  const pace = new SweepPace();
  const { grid, run, options } = file;
  const found = await sweep(grid, run, { ...options, folder, threads, onProgress: now => pace.tell(now) });
  if (values.csv !== undefined) writeWhole(values.csv, resultsCsv(found));
  nameFailures(found);
  if (values.incomplete !== true) checkComplete(found);
  const summary = summaryOf(found, file);
  writePictures(folder, summary);
  if (values.report !== undefined)
    writeWhole(
      values.report,
      sweepReportHtml({ name: basename(path), found, summary, generatedBy: `disco-sim ${VERSION}` }),
    );
  await print(
    values.json === true ? `${JSON.stringify({ ...found, summary }, null, 1)}\n` : text(found, summary, folder),
  );
}

function summaryOf(found: Collected, { summary: { metrics, baseline } }: SweepFile): SweepSummary {
  const whole = summariseSweep(found, { metrics, baseline, incomplete: true });
  return metrics === undefined ? { ...whole, metrics: usualMetrics(whole.metrics) } : whole;
}

/** Makes the folder of pictures anew: one of another choice of metrics would be taken for one of these. */
function writePictures(folder: string, summary: SweepSummary): void {
  const path = join(folder, 'charts');
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    throw new UsageError(`cannot make the folder ${path} anew: ${(error as Error).message}`);
  }
  writeFolder(path, new Map(sweepCharts(summary).map(({ name, svg }) => [`${name}.svg`, svg])));
}

function text({ counts, points }: Collected, summary: SweepSummary, folder: string): string {
  const { computed, reused, missing, failed } = counts;
  const what = `${points.length} points: ${computed} computed, ${reused} reused, ${missing} missing, ${failed} failed`;
  return `${sweepText(summary)}${what}; in ${folder}\n`;
}

function nameFailures({ points, specification }: Collected): void {
  const bad = points.filter(({ error }) => error !== null);
  for (const point of bad.slice(0, NAMED)) progress.remark(`${pointName(point, specification)}: ${point.error}`);
  if (bad.length > NAMED) progress.remark(`and ${bad.length - NAMED} more points`);
}
