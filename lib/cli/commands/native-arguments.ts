/** The options of `native`, parsed and checked. */
import { SYSTEM_NAMES, workloadNames } from '../../experiments/systems/choices.js';
import type { SystemName } from '../../experiments/systems/choices.js';
import { sizedMachine } from '../../experiments/systems/machine-size.js';
import { presetNames } from '../../machine/presets/presets.js';
import type { ResolvedSpecification } from '../../machine/specification/specification.js';
import { UsageError } from '../errors.js';
import { fraction, namesOf, parseOptions, unknown, wholeNumber } from '../options.js';
import { seedsOption } from '../seeds.js';
import { checkSystem } from '../systems.js';

/** What `native` is asked to do. */
export interface NativeArguments {
  readonly workload: string;
  readonly machine: ResolvedSpecification;
  readonly system: SystemName;
  readonly scale: number;
  readonly seed: string;
  /** `seed` first. */
  readonly seeds: readonly string[];
  readonly json: boolean;
  readonly report: string | undefined;
}

const OPTIONS = {
  processors: { type: 'string' },
  os: { type: 'string' },
  scale: { type: 'string' },
  machine: { type: 'string' },
  memory: { type: 'string' },
  l2: { type: 'string' },
  seed: { type: 'string' },
  seeds: { type: 'string' },
  report: { type: 'string' },
  quick: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The part of a workload that --quick runs. */
const QUICK = 0.1;

/** Parses what follows the command; null if help is asked for. Throws a UsageError. */
export function nativeArguments(words: readonly string[]): NativeArguments | null {
  const { values, positionals } = parseOptions(words, OPTIONS);
  if (values.help === true) return null;
  const workload = oneOf(positionals);
  const os = only('os', values.os ?? 'irix', SYSTEM_NAMES);
  checkSystem(workload, os);
  if (values.quick === true && values.scale !== undefined)
    throw new UsageError(`--quick is --scale ${QUICK}; give one of them`);
  return {
    workload,
    system: os,
    machine: machineFor(values),
    scale: values.quick === true ? QUICK : fraction('--scale', values.scale ?? '1'),
    seed: values.seed ?? '1997',
    seeds: seedsOption(values.seed ?? '1997', values.seeds, values.report),
    json: values.json ?? false,
    report: values.report,
  };
}

function oneOf(names: readonly string[]): string {
  const [name, ...others] = names;
  if (name === undefined || others.length > 0)
    throw new UsageError(`native takes one workload: ${workloadNames.join(', ')}; see disco-sim native --help`);
  if (!workloadNames.includes(name)) throw new UsageError(unknown('workload', name, workloadNames));
  return name;
}

function only<Name extends string>(what: string, value: string, known: readonly Name[]): Name {
  const names = namesOf(what, value, known);
  if (names.length > 1) throw new UsageError(`native takes one ${what} at a time, not ${names.join(' and ')}`);
  return names[0];
}

function machineFor(values: {
  readonly [name in 'machine' | 'processors' | 'memory' | 'l2']?: string;
}): ResolvedSpecification {
  const name = only('machine', values.machine ?? 'disco-1997', presetNames);
  const times = (what: string, text: string | undefined, most: number, unit: number): number | undefined =>
    text === undefined ? undefined : wholeNumber(what, text, 1, most) * unit;
  const processors = times('--processors', values.processors, 64, 1);
  const memoryBytes = times('--memory', values.memory, 512, 2 ** 20);
  const l2Bytes = times('--l2', values.l2, 65536, 1024);
  if (l2Bytes !== undefined && !Number.isInteger(Math.log2(l2Bytes)))
    throw new UsageError(`--l2 takes a power of two up to 65536, not ${JSON.stringify(values.l2)}`);
  try {
    return sizedMachine(name, { processors, memoryBytes, l2Bytes });
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`${error.message}; use another number of --processors`);
    throw error;
  }
}
