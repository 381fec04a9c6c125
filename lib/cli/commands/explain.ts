/** `disco-sim explain EVENT`: one event, step by step, on the bare machine and under the monitor. */
import { explain, explainedEventName, type Explanation } from '../../experiments/explain/explain.js';
import { EXPLAINED_EVENTS } from '../../experiments/explain/events.js';
import { explanationCsv } from '../../report/explain/csv.js';
import { explanationSvg } from '../../report/explain/figure.js';
import { explanationText } from '../../report/tables/explain.js';
import { UsageError } from '../errors.js';
import { writeFolder } from '../files.js';
import { parseOptions } from '../options.js';
import { print } from '../output.js';
import { progress } from '../process/progress.js';

const NAMES = Object.entries(EXPLAINED_EVENTS).map(([name, { title }]) => `${name.padEnd(17)}${title}\n`);

const HELP = `disco-sim explain EVENT [options]

Runs a small system to one event, on the bare machine and under Disco, and prints side by side what its processor executed from the
beginning to the end: who, what, for how long, and which cache lines were missed. See docs/explain.md.

${NAMES.join('')}
--all            each step of long events, too
--json           print one JSON object: each step, and each message about a line
--charts DIR     also write the path as SVG, and its steps as CSV
--help           this text
`;

const OPTIONS = {
  all: { type: 'boolean' },
  json: { type: 'boolean' },
  charts: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Runs the command. Without an event it lists them. */
export async function explainCommand(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(words, OPTIONS);
  const [name, ...others] = positionals;
  if (values.help === true || name === undefined) {
    process.stdout.write(values.help === true ? HELP : NAMES.join(''));
    return;
  }
  if (others.length > 0) throw new UsageError(`explain takes one EVENT, but was given ${positionals.join(' ')}`);
  checkEvent(name);
  progress.does(`watches an event: ${name}`);
  const explanation = explain(name);
  await print(
    values.json === true
      ? `${JSON.stringify(explanation, null, 1)}\n`
      : explanationText(explanation, { all: values.all ?? false }),
  );
  if (values.charts !== undefined) writeFolder(values.charts, chartsOf(explanation));
}

function checkEvent(name: string): void {
  try {
    explainedEventName(name);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function chartsOf(explanation: Explanation): Map<string, string> {
  const { event } = explanation;
  return new Map([
    [`${event}.svg`, explanationSvg(explanation)],
    [`${event}.csv`, explanationCsv(explanation)],
  ]);
}
