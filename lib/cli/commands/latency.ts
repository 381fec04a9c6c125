/** `disco-sim latency`: read latencies of the presets by parts, beside those that their sources print. */
import { VERSION } from '../../engine/version.js';
import { meetsPublished, presetLatencies } from '../../experiments/hardware/latency.js';
import { latencyText } from '../../report/tables/latency.js';
import { presetNames } from '../../machine/presets/presets.js';
import { UsageError } from '../errors.js';
import { namesOf, parseOptions } from '../options.js';
import { print } from '../output.js';
import { progress } from '../process/progress.js';

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
export async function latencyCommand(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(words, OPTIONS);
  if (values.help === true) process.stdout.write(HELP);
  else if (positionals.length > 0)
    throw new UsageError(`latency takes no files, but was given ${positionals.join(' ')}`);
  else {
    const presets = namesOf('preset', values.preset ?? presetNames.join(), presetNames);
    progress.does(`measures read latencies of ${presets.length} presets`);
    const results = presets.map((preset, index) => {
      progress.at(`${index} of ${presets.length} presets measured, at ${preset}`);
      return presetLatencies(preset);
    });
    await print(
      values.json === true
        ? `${JSON.stringify({ version: VERSION, results }, null, 1)}\n`
        : `${results.map(latencyText).join('\n\n')}\n`,
    );
    if (!results.every(meetsPublished)) process.exitCode = 1;
  }
}
