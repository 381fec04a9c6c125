/** Parameters of runs by name, as sweep files have them: what there is, and what each may be. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { suggestion } from '../../../engine/suggestion.js';
import { presetNames } from '../../../machine/presets/presets.js';
import { resolve, type ResolvedSpecification } from '../../../machine/specification/specification.js';
import { DEFAULT_DISCO, type DiscoOptions } from '../../../monitor/options.js';
import { namedPolicy } from '../../policies.js';
import { SYSTEM_NAMES, workloadChoices, workloadNames } from '../../systems/choices.js';
import { processorsOf, sizedMachine } from '../../systems/machine-size.js';
import { SWITCH_NAMES } from '../../systems/named-runs.js';
import type { Json } from '../store/json.js';
import type { SweepParameters } from '../points.js';

/** The runs that have a name. */
export const NAMED_RUNS = ['native', 'vm', 'trace'] as const;
/** See NAMED_RUNS. */
export type NamedRunName = (typeof NAMED_RUNS)[number];

const machine = {
  machine: z.enum(presetNames).default('disco-1997'),
  processors: z.int().min(1).max(8192).optional(),
  memoryMB: z.number().positive().optional(),
  l2KB: z.int().min(1).max(65536).optional(),
};
const system = {
  ...machine,
  workload: z.enum(workloadNames).default('pmake'),
  os: z.enum(SYSTEM_NAMES).default('irix'),
  scale: z.number().positive().max(1).default(1),
};
const policyModule = z.strictObject({
  module: z.string(),
  /** The export; `policy` or the default one unless given. */
  name: z.string().optional(),
  options: z.json().optional(),
});
const policy = { policy: z.union([z.string(), policyModule]).default('first-touch') };

const SHAPES = {
  native: z.strictObject(system),
  vm: z.strictObject({
    ...system,
    ...policy,
    guests: z.int().min(1).max(64).default(1),
    switches: z.union([z.enum(['all', 'none']), z.array(z.enum(SWITCH_NAMES))]).default('all'),
  }),
  trace: z.strictObject({
    ...machine,
    ...policy,
    trace: z.strictObject({ file: z.string() }),
    copies: z.int().min(1).max(64).default(1),
    part: z.number().positive().max(1).default(1),
  }),
};

/** Beginnings of names behind which any option of a machine, of a policy that counts misses, of the monitor stands. */
const PREFIXES: Readonly<Record<NamedRunName, readonly string[]>> = {
  native: ['machine'],
  vm: ['machine', 'policy', 'monitor'],
  trace: ['machine', 'policy'],
};

/** Parameters that are complete, by run. */
export type NamedParameters<Name extends NamedRunName> = z.output<(typeof SHAPES)[Name]>;

/** Reads the parameters of a run. Throws a RangeError that names what there is not, with what may have been meant. */
export function namedParameters<Name extends NamedRunName>(
  run: Name,
  parameters: SweepParameters,
): NamedParameters<Name> {
  const known = Object.keys(SHAPES[run].shape);
  for (const name of Object.keys(parameters)) {
    const [prefix] = name.split('.');
    if (known.includes(name) || (name !== prefix && PREFIXES[run].includes(prefix))) continue;
    const more = PREFIXES[run].map(one => `${one}.OPTION`);
    throw new RangeError(
      `${run} has no option ${name}${suggestion(name, known) || ';'} there are ${[...known, ...more].join(', ')}`,
    );
  }
  const plain = Object.fromEntries(Object.entries(parameters).filter(([name]) => known.includes(name)));
  const read = SHAPES[run].safeParse(plain);
  if (read.success) return read.data as NamedParameters<Name>;
  throw new RangeError(`${run}: ${z.prettifyError(read.error).replaceAll('\n', ' ')}`);
}

/** Throws a RangeError or a SpecificationError for parameters with which a run cannot begin, as far as can be told without files. */
export function checkNamedParameters(run: NamedRunName, parameters: SweepParameters): void {
  const read = namedParameters(run, parameters);
  machineOf(read, parameters);
  if ('policy' in read && typeof read.policy === 'string') namedPolicy(read.policy, optionsOf('policy', parameters));
  if (run === 'vm') monitorOptionsOf(parameters);
  if (!('workload' in read)) return;
  const { systems } = workloadChoices[read.workload];
  if (!systems.includes(read.os))
    throw new RangeError(`${read.os} is not available for ${read.workload}; use ${systems.join(' or ')}`);
}

/** The machine, with every `machine.PATH` set. `least`: processors that it must have unless their number is given. */
export function machineOf(
  read: { readonly [name in keyof typeof machine]?: unknown },
  parameters: SweepParameters,
  least = 1,
): ResolvedSpecification {
  const { machine: name, processors, memoryMB, l2KB } = read as z.output<z.ZodObject<typeof machine>>;
  const size = (wanted: number | undefined): ResolvedSpecification =>
    sizedMachine(name, {
      processors: wanted,
      memoryBytes: memoryMB === undefined ? undefined : Math.round(memoryMB * 2 ** 20),
      l2Bytes: l2KB === undefined ? undefined : l2KB * 1024,
    });
  const usual = size(processors);
  const present = processorsOf(usual);
  const each = present / usual.nodes.length;
  const whole = processors === undefined && present < least ? size(Math.ceil(least / each) * each) : usual;
  const changes = Object.entries(optionsOf('machine', parameters));
  return changes.length === 0 ? whole : resolve(changes.reduce(withPath, unresolved(whole)));
}

/** Every `PREFIX.NAME` without its beginning. */
export function optionsOf(prefix: string, parameters: SweepParameters): Record<string, Json> {
  const names = Object.keys(parameters).filter(name => name.startsWith(`${prefix}.`));
  return Object.fromEntries(names.map(name => [name.slice(prefix.length + 1), parameters[name]]));
}

/** Every `monitor.NAME`. Throws a RangeError for one that there is not. */
export function monitorOptionsOf(parameters: SweepParameters): Omit<DiscoOptions, 'services' | 'policy'> {
  const options = optionsOf('monitor', parameters);
  const known = Object.keys(DEFAULT_DISCO);
  for (const name of Object.keys(options))
    if (!known.includes(name))
      throw new RangeError(
        `the monitor has no option ${name}${suggestion(name, known) || ';'} there are ${known.join(', ')}`,
      );
  return options;
}

/** Nodes do not say what the machine says for all of them: a change of that is one of every node. */
function unresolved(machine: ResolvedSpecification): object {
  const nodes = machine.nodes.map(({ processors, memoryBytes, memory, busNs }) => ({
    processors,
    memoryBytes,
    ...(isDeepStrictEqual(memory, machine.memory) ? {} : { memory }),
    ...(busNs === machine.busNs ? {} : { busNs }),
  }));
  return { ...machine, nodes };
}

/** A copy in which the value at `a.b.c` is another. What there is not at the end of the path is refused by `resolve`. */
function withPath(whole: object, [path, value]: readonly [string, Json]): object {
  const [step, ...rest] = path.split('.');
  const inside = (whole as Readonly<Record<string, unknown>>)[step];
  const copy: object = Array.isArray(whole) ? [...(whole as unknown[])] : { ...whole };
  if (rest.length === 0) return Object.assign(copy, { [step]: value });
  if (typeof inside !== 'object' || inside === null)
    throw new RangeError(
      `the machine has no ${step} with options${suggestion(step, Object.keys(whole))}; machine.${path} was given`,
    );
  return Object.assign(copy, { [step]: withPath(inside, [rest.join('.'), value]) });
}
