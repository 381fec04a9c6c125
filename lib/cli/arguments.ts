/** The command line as data: parsed, checked, with suggestions for what is misspelt. */
import { parseArgs } from 'node:util';
import { policies } from '../experiments/policies.js';
import { presetNames } from '../machine/presets.js';
import { suggestion } from '../machine/suggestion.js';
import { traceFormats, type TraceFormat } from '../workloads/detect.js';
import { UsageError } from './errors.js';

/** What `trace` and the main job are asked to do. */
export interface Arguments {
  readonly files: readonly string[];
  readonly presets: readonly string[];
  readonly policies: readonly string[];
  /** The policies are the usual ones, not asked for by name. */
  readonly policiesUsual: boolean;
  readonly copies: number;
  readonly format: TraceFormat | undefined;
  readonly seed: string;
  readonly quick: boolean;
  readonly json: boolean;
  readonly report: string | undefined;
  readonly help: boolean;
}

const OPTIONS = {
  preset: { type: 'string' },
  policies: { type: 'string' },
  copies: { type: 'string' },
  format: { type: 'string' },
  seed: { type: 'string' },
  report: { type: 'string' },
  quick: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** What is taken where the command line says nothing. */
export interface Usual {
  readonly policies: string;
  /** Options of `trace` that this command does not have. */
  readonly without?: readonly string[];
}

/** Parses what follows the command. Throws a UsageError. */
export function parseArguments(words: readonly string[], usual: Usual): Arguments {
  const known = Object.keys(OPTIONS).filter(option => usual.without?.includes(option) !== true);
  for (const word of words) {
    if (word === '--') break;
    const name = /^--([^=]+)/.exec(word)?.[1];
    if (name !== undefined && !known.includes(name))
      throw new UsageError(
        unknown(
          'option',
          `--${name}`,
          known.map(option => `--${option}`),
        ),
      );
  }
  const { values, positionals } = parsed(words);
  return {
    files: positionals,
    presets: names('preset', values.preset ?? 'disco-1997,uma', presetNames),
    policies: names('policy', values.policies ?? usual.policies, Object.keys(policies)),
    policiesUsual: values.policies === undefined,
    copies: wholeNumber('--copies', values.copies ?? '1', 1, 64),
    format: values.format === undefined ? undefined : (names('format', values.format, traceFormats)[0] as TraceFormat),
    seed: values.seed ?? '1997',
    quick: values.quick ?? false,
    json: values.json ?? false,
    report: values.report,
    help: values.help ?? false,
  };
}

/** `there is no policy frist-touch; did you mean first-touch?` and what there is. */
export function unknown(what: string, name: string, known: readonly string[]): string {
  return `there is no ${what} ${name}${suggestion(name, known) || ';'} there are ${known.join(', ')}`;
}

function parsed(
  words: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function names(what: string, list: string, known: readonly string[]): string[] {
  const result = list.split(',').map(name => name.trim());
  for (const name of result) if (!known.includes(name)) throw new UsageError(unknown(what, name, known));
  return [...new Set(result)];
}

function wholeNumber(what: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new UsageError(`${what} takes a whole number from ${least} to ${most}, not ${JSON.stringify(text)}`);
  return value;
}
