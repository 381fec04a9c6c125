/** `disco-sim explain EVENT`: one event, step by step, on the bare machine and under the monitor. */
import { explain, explainedEventOf } from '../../experiments/explain/explain.js';
import { EXPLAINED_EVENTS } from '../../experiments/explain/events.js';
import { explanationText } from '../../report/tables/explain.js';
import { UsageError } from '../errors.js';
import { parseOptions } from '../options.js';
import { print } from '../output.js';
import { progress } from '../process/progress.js';

const NAMES = Object.entries(EXPLAINED_EVENTS).map(([name, { title }]) => `${name.padEnd(17)}${title}\n`);

const HELP = `disco-sim explain EVENT [options]

Runs a small system to one event, on the bare machine and under Disco, and prints side by side what its processor executed from the
beginning to the end: who, what, for how long, and which cache lines were missed.

${NAMES.join('')}
--all            each step of long events, too
--json           print one JSON object: each step, and each message about a line
--help           this text
`;

const OPTIONS = {
  all: { type: 'boolean' },
  json: { type: 'boolean' },
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
  try {
    explainedEventOf(name);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  progress.does(`watches an event: ${name}`);
  const explanation = explain(name);
  await print(
    values.json === true
      ? `${JSON.stringify(explanation, null, 1)}\n`
      : explanationText(explanation, { all: values.all ?? false }),
  );
}
