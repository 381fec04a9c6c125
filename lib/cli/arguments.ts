/** The command line as data: parsed, checked, with suggestions for what is misspelt. */
import { presetNames, type PresetName } from '../machine/presets/presets.js';
import { traceFormats, type TraceFormat } from '../traces/formats/detect.js';
import { byteCount, namesOf, parseOptions, wholeNumber } from './options.js';
import { policyWord } from './policy-words.js';
import { seedsOption } from './seeds.js';

/** What `trace` and the main job are asked to do. */
export interface Arguments {
  readonly files: readonly string[];
  readonly presets: readonly PresetName[];
  /** Names, and modules. */
  readonly policies: readonly string[];
  /** Options of all of them. */
  readonly policyOptions: readonly string[];
  /** The policies are the usual ones, not asked for by name. */
  readonly policiesUsual: boolean;
  readonly copies: number;
  readonly format: TraceFormat | undefined;
  /** What the traces may take in memory while they are read. */
  readonly memoryBytes: number;
  /** One or more. */
  readonly seeds: readonly string[];
  readonly quick: boolean;
  readonly json: boolean;
  readonly report: string | undefined;
  readonly help: boolean;
}

const OPTIONS = {
  preset: { type: 'string' },
  policies: { type: 'string' },
  'policy-option': { type: 'string', multiple: true },
  copies: { type: 'string' },
  format: { type: 'string' },
  'max-memory': { type: 'string' },
  seed: { type: 'string' },
  seeds: { type: 'string' },
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
  const known = Object.fromEntries(Object.entries(OPTIONS).filter(([name]) => usual.without?.includes(name) !== true));
  const { values, positionals } = parseOptions(words, known as typeof OPTIONS);
  return {
    files: positionals,
    presets: namesOf('preset', values.preset ?? 'disco-1997,uma', presetNames),
    policies: checkedPolicies(values.policies ?? usual.policies),
    policyOptions: values['policy-option'] ?? [],
    policiesUsual: values.policies === undefined,
    copies: wholeNumber('--copies', values.copies ?? '1', 1, 64),
    format: values.format === undefined ? undefined : namesOf('format', values.format, traceFormats)[0],
    memoryBytes: byteCount('--max-memory', values['max-memory'] ?? '4GB'),
    seeds: seedsOption(values.seed ?? '1997', values.seeds, values.report),
    quick: values.quick ?? false,
    json: values.json ?? false,
    report: values.report,
    help: values.help ?? false,
  };
}

/** Words that name policies or modules, each once. Throws a UsageError for one that does not. */
function checkedPolicies(list: string): readonly string[] {
  const words = [...new Set(list.split(',').map(word => word.trim()))];
  for (const word of words) policyWord(word);
  return words;
}
