/** `disco-sim latency`: read latencies of the presets by parts, beside those that their sources print. */
import { parseArgs } from 'node:util';
import { VERSION } from '../engine/version.js';
import { meetsPublished, presetLatencies } from '../experiments/latency.js';
import { latencyText } from '../experiments/latency-table.js';
import { presetNames, type PresetName } from '../machine/presets.js';
import { unknown } from './arguments.js';
import { UsageError } from './errors.js';

const HELP = `disco-sim latency [options]

Measures single reads on quiet machines and prints them beside the sum of their parts and what the sources of the
presets print. Exit code 1 if a verified figure is missed.

--preset A,B     presets (default all)
--json           print one JSON object instead of tables
--help           this text
`;

const OPTIONS = {
  preset: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Runs the command. */
export function latencyCommand(words: readonly string[]): Promise<void> {
  const { values, positionals } = parsed(words);
  if (values.help === true) process.stdout.write(HELP);
  else if (positionals.length > 0)
    throw new UsageError(`latency takes no files, but was given ${positionals.join(' ')}`);
  else {
    const results = chosen(values.preset).map(presetLatencies);
    process.stdout.write(
      values.json === true
        ? `${JSON.stringify({ version: VERSION, results }, null, 1)}\n`
        : `${results.map(latencyText).join('\n\n')}\n`,
    );
    if (!results.every(meetsPublished)) process.exitCode = 1;
  }
  return Promise.resolve();
}

function chosen(list: string | undefined): PresetName[] {
  const names = list === undefined ? presetNames : list.split(',').map(name => name.trim());
  return names.map(name => {
    const known = presetNames.find(preset => preset === name);
    if (known === undefined) throw new UsageError(unknown('preset', name, presetNames));
    return known;
  });
}

function parsed(
  words: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  const known = Object.keys(OPTIONS).map(name => `--${name}`);
  for (const word of words) {
    const name = /^--[^=]+/.exec(word)?.[0];
    if (name !== undefined && !known.includes(name)) throw new UsageError(unknown('option', name, known));
  }
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
