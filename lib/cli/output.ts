/** What a job prints and writes. */
import { reportHtml } from '../report/replay/report.js';
import type { RunResult } from '../experiments/replay/result.js';
import { textTable } from '../report/tables/replay.js';
import { VERSION } from '../engine/version.js';
import { draw } from '../machine/drawing/draw.js';
import type { ResolvedSpecification } from '../machine/specification/specification.js';
import { writeWhole } from './files.js';
import { progress } from './process/progress.js';

/** Where results go. */
export interface OutputOptions {
  readonly title: string;
  /** Print one JSON object instead of the table. */
  readonly json: boolean;
  /** Path of the report, or undefined for none. */
  readonly report: string | undefined;
}

/** Prints results on standard output and writes the report. Throws a UsageError if it cannot be written. */
export async function output(results: readonly RunResult[], options: OutputOptions): Promise<void> {
  await print(
    options.json
      ? `${JSON.stringify({ version: VERSION, results }, null, 1)}\n`
      : `${textTable(results)}\n${drawNote(results)}`,
  );
  if (options.report !== undefined) report(options.report, () => html(results, options.title), options.json);
}

/** One draw is not a result: what of it is noise, only other seeds tell. */
function drawNote(results: readonly RunResult[]): string {
  const seeds = [...new Set(results.map(({ seed }) => seed))];
  return `One draw, of seed ${seeds.join(', ')}: small differences may be noise. --seeds N gives means with intervals.\n`;
}

/** Prints on standard output; over when the system has all of it, so that nothing is lost if the command is stopped later. */
export function print(text: string): Promise<void> {
  progress.clear();
  // A failure is an event of the stream (work.ts).
  return new Promise(settle => process.stdout.write(text, () => settle()));
}

/** Makes and writes a report, after what is printed: a report that cannot be written must not cost the results of a long run. */
export function report(path: string, content: () => string, silent: boolean, what = 'report'): void {
  progress.at(`all results printed, making the ${what}`);
  const whole = content();
  progress.at(`all results printed, writing the ${what}`);
  writeWhole(path, whole);
  progress.clear();
  if (!silent) process.stdout.write(`\nThe ${what} is in ${path}.\n`);
}

function html(results: readonly RunResult[], title: string): string {
  const largest = new Map<string, ResolvedSpecification>();
  for (const { machine } of results)
    if (sizeOf(machine) > sizeOf(largest.get(machine.name))) largest.set(machine.name, machine);
  return reportHtml({
    title,
    results,
    machines: [...largest.values()].map(machine => ({
      name: machine.name,
      svg: draw(machine).svg,
      caption: captionOf(machine),
    })),
    generatedBy: `disco-sim ${VERSION}`,
  });
}

/** Processors first, then nodes: a larger machine of the same name has more of either. */
function sizeOf(machine: ResolvedSpecification | undefined): number {
  return machine === undefined ? 0 : processorsOf(machine) + machine.nodes.length / 4096;
}

function processorsOf({ nodes }: ResolvedSpecification): number {
  return nodes.reduce((sum, node) => sum + node.processors, 0);
}

function captionOf(machine: ResolvedSpecification): string {
  const { nodes } = machine;
  const processors = processorsOf(machine);
  const several = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
  return `The machine as it was drawn for its largest run: ${several(nodes.length, 'node')}, ${several(processors, 'processor')}.`;
}
