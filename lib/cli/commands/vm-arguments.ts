/** The options of `vm`, parsed and checked. */
import { SYSTEM_NAMES, workloadNames, type SystemName } from '../../experiments/systems/choices.js';
import { SWITCH_NAMES, type NamedMonitorOptions, type NamedRunOptions } from '../../experiments/systems/named-runs.js';
import { DEFAULT_DISCO } from '../../monitor/options.js';
import { UsageError } from '../errors.js';
import { fraction, namesOf, parseOptions, unknown, wholeNumber } from '../options.js';
import { policyWord } from '../policy-words.js';
import { seedsOption } from '../seeds.js';
import { checkSystem, MACHINE_OPTIONS, machineOf, warmUpOf } from '../systems.js';

/** What `vm` is asked to do. */
export type VmArguments = Omit<Required<NamedRunOptions>, 'images' | 'monitor'> & {
  readonly monitor: NamedMonitorOptions;
  /** A policy's name, or a module. */
  readonly policy: string;
  readonly policyOptions: readonly string[];
  /** `seed` first. */
  readonly seeds: readonly string[];
  /** The same workload is also run on the bare machine, and compared with. */
  readonly baseline: boolean;
  readonly json: boolean;
  readonly report: string | undefined;
};

const OPTIONS = {
  guests: { type: 'string' },
  nfs: { type: 'boolean' },
  workload: { type: 'string' },
  os: { type: 'string' },
  ...MACHINE_OPTIONS,
  switches: { type: 'string' },
  'second-level-tlb': { type: 'string' },
  policy: { type: 'string' },
  'policy-option': { type: 'string', multiple: true },
  'quantum-us': { type: 'string' },
  gang: { type: 'boolean' },
  scale: { type: 'string' },
  'warm-up': { type: 'string' },
  quick: { type: 'boolean' },
  seed: { type: 'string' },
  seeds: { type: 'string' },
  baseline: { type: 'string' },
  report: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The part of a workload that --quick runs. */
const QUICK = 0.1;
const MOST = 64;
/** Megabytes of memory. */
const MOST_MEMORY = 4096;

/** Parses what follows the command; null if help is asked for. Throws a UsageError. */
export function vmArguments(words: readonly string[]): VmArguments | null {
  const { values, positionals } = parseOptions(words, OPTIONS);
  if (values.help === true) return null;
  if (positionals.length > 0)
    throw new UsageError(
      `vm takes options only, but was given ${positionals.join(' ')}; use --workload ${positionals[0]}`,
    );
  const workload = only('workload', values.workload ?? 'pmake', workloadNames);
  const system = only('os', values.os ?? 'irix', SYSTEM_NAMES);
  checkSystem(workload, system);
  const guests = wholeNumber('--guests', values.guests ?? '1', 1, MOST);
  if (values.quick === true && values.scale !== undefined)
    throw new UsageError(`--quick is --scale ${QUICK}; give one of them`);
  return {
    workload,
    system,
    machine: machineOf(values, MOST_MEMORY, guests),
    monitor: {
      guests,
      switches: switchesFor(system, values.switches),
      nfs: nfsFor(values.nfs, workload, guests),
      policy: 'first-touch',
      options: {
        secondLevelTlb: secondLevelFor(values['second-level-tlb']),
        quantumNs:
          values['quantum-us'] === undefined
            ? DEFAULT_DISCO.quantumNs
            : 1000 * wholeNumber('--quantum-us', values['quantum-us'], 100, 10_000_000),
        gang: values.gang ?? false,
      },
    },
    policy: checkedPolicy(values.policy ?? 'first-touch'),
    policyOptions: values['policy-option'] ?? [],
    scale: values.quick === true ? QUICK : fraction('--scale', values.scale ?? '1'),
    warmUpNs: warmUpOf(values['warm-up']),
    seed: values.seed ?? '1997',
    seeds: seedsOption(values.seed ?? '1997', values.seeds, values.report),
    baseline: baselineFor(values),
    json: values.json ?? false,
    report: values.report,
  };
}

/** Only pmake has files that another guest may serve. */
function nfsFor(nfs = false, workload: string, guests: number): boolean {
  if (!nfs) return false;
  if (guests < 2) throw new UsageError(`--nfs needs a server and a client; use --guests 2 or more, not ${guests}`);
  if (workload !== 'pmake')
    throw new UsageError(`--nfs is for a workload with files of its own, not ${workload}; use --workload pmake`);
  return true;
}

function baselineFor({ baseline, seeds }: { readonly [name in 'baseline' | 'seeds']?: string }): boolean {
  if (baseline === undefined) return false;
  only('baseline', baseline, ['native']);
  if (seeds !== undefined) throw new UsageError('--baseline compares runs of one seed; leave out --seeds');
  return true;
}

function only<Name extends string>(what: string, value: string, known: readonly Name[]): Name {
  const names = namesOf(what, value, known);
  if (names.length > 1) throw new UsageError(`vm takes one ${what} at a time, not ${names.join(' and ')}`);
  return names[0];
}

function switchesFor(system: SystemName, text: string | undefined): NamedMonitorOptions['switches'] {
  if (system === 'splashos') {
    if (text === undefined) return [];
    throw new UsageError('splashos has no kernel whose --switches could be on; leave them out, or use --os irix');
  }
  if (text === undefined || text === 'all') return SWITCH_NAMES;
  if (text === 'none') return [];
  const names = text.split(',').map(name => name.trim());
  for (const name of names) {
    if (name === 'all' || name === 'none')
      throw new UsageError(`--switches takes ${name} alone, or switches by name, not ${JSON.stringify(text)}`);
    if (!(SWITCH_NAMES as readonly string[]).includes(name))
      throw new UsageError(unknown('switch', name, ['all', 'none', ...SWITCH_NAMES]));
  }
  return SWITCH_NAMES.filter(known => names.includes(known));
}

function secondLevelFor(text: string | undefined): { entries: number; ways: number } | null {
  const { entries: usual, ways } = DEFAULT_DISCO.secondLevelTlb;
  if (text === 'off') return null;
  const entries = text === undefined ? usual : Number(text);
  if (!/^\d+$/.test(text ?? '1') || entries < 1 || entries > 65536 || (entries & (entries - 1)) !== 0)
    throw new UsageError(`--second-level-tlb takes a power of two up to 65536, or off, not ${JSON.stringify(text)}`);
  return { entries, ways: Math.min(ways, entries) };
}

function checkedPolicy(word: string): string {
  policyWord(word);
  return word;
}
