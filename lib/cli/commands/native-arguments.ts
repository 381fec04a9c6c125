/** The options of `native`, parsed and checked. */
import { SYSTEM_NAMES, workloadNames } from '../../experiments/systems/choices.js';
import type { SystemName } from '../../experiments/systems/choices.js';
import type { ResolvedSpecification } from '../../machine/specification/specification.js';
import { UsageError } from '../errors.js';
import { fraction, namesOf, parseOptions, unknown } from '../options.js';
import { seedsOption } from '../seeds.js';
import { checkSystem, MACHINE_OPTIONS, machineOf, warmUpOf } from '../systems.js';

/** What `native` is asked to do. */
export interface NativeArguments {
  readonly workload: string;
  readonly machine: ResolvedSpecification;
  readonly system: SystemName;
  readonly scale: number;
  readonly warmUpNs: number;
  readonly seed: string;
  /** `seed` first. */
  readonly seeds: readonly string[];
  readonly json: boolean;
  readonly report: string | undefined;
}

/** Megabytes of memory that a system without a monitor uses at most. */
const MOST_MEMORY = 512;

const OPTIONS = {
  ...MACHINE_OPTIONS,
  os: { type: 'string' },
  scale: { type: 'string' },
  'warm-up': { type: 'string' },
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
    machine: machineOf(values, MOST_MEMORY),
    scale: values.quick === true ? QUICK : fraction('--scale', values.scale ?? '1'),
    warmUpNs: warmUpOf(values['warm-up']),
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
