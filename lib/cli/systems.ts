/** What commands that run a system have in common: which operating system runs which workload, the machine, the warm-up. */
import { workloadChoices, type SystemName } from '../experiments/systems/choices.js';
import { sizedMachine } from '../experiments/systems/machine-size.js';
import { presetNames } from '../machine/presets/presets.js';
import type { ResolvedSpecification } from '../machine/specification/specification.js';
import { UsageError } from './errors.js';
import { namesOf, wholeNumber } from './options.js';

/** Options of the machine, for `parseOptions`. */
export const MACHINE_OPTIONS = {
  machine: { type: 'string' },
  processors: { type: 'string' },
  memory: { type: 'string' },
  l2: { type: 'string' },
} as const;

/** What the command line says of the machine. */
export type MachineWords = { readonly [name in keyof typeof MACHINE_OPTIONS]?: string };

/** The preset of the Disco paper, or another one, sized; with at least so many processors unless told otherwise. Throws a UsageError. */
export function machineOf(words: MachineWords, mostMemory: number, atLeast = 1): ResolvedSpecification {
  const { machine = 'disco-1997', processors, memory, l2 } = words;
  const [name, ...others] = namesOf('machine', machine, presetNames);
  if (others.length > 0) throw new UsageError(`one machine at a time, not ${machine}`);
  const times = (what: string, text: string | undefined, most: number, unit: number): number | undefined =>
    text === undefined ? undefined : wholeNumber(what, text, 1, most) * unit;
  const l2Bytes = times('--l2', l2, 65536, 1024);
  if (l2Bytes !== undefined && !Number.isInteger(Math.log2(l2Bytes)))
    throw new UsageError(`--l2 takes a power of two up to 65536, not ${JSON.stringify(l2)}`);
  try {
    return sizedMachine(name, {
      ...(processors === undefined
        ? { processorsAtLeast: atLeast }
        : { processors: wholeNumber('--processors', processors, 1, 64) }),
      memoryBytes: times('--memory', memory, mostMemory, 2 ** 20),
      l2Bytes,
    });
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`${error.message}; use another number of --processors`);
    throw error;
  }
}

/** Nanoseconds of `--warm-up MS`: workloads leave room for a second of it. */
export function warmUpOf(text: string | undefined): number {
  return 1e6 * wholeNumber('--warm-up', text ?? '0', 0, 1000);
}

/** Throws a UsageError, with those that do, if a system does not run a workload. */
export function checkSystem(workload: string, system: SystemName): void {
  const { systems } = workloadChoices[workload];
  if (!systems.includes(system))
    throw new UsageError(`${system} is not available for ${workload}; use --os ${systems.join(' or --os ')}`);
}
