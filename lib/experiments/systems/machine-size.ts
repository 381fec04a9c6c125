/** Presets with another number of processors, another memory, another cache. */
import { plainObject, wholeNumber } from '../../engine/checks.js';
import { presets, type Preset, type PresetName } from '../../machine/presets/presets.js';
import { resolve, type ResolvedSpecification } from '../../machine/specification/specification.js';

/** What of a preset is different. */
export interface MachineSize {
  readonly processors?: number | undefined;
  /** At least this number of processors: as many as the preset has if that is enough. Not with `processors`. */
  readonly processorsAtLeast?: number | undefined;
  /** Of the whole machine; spread over its nodes in equal parts. */
  readonly memoryBytes?: number | undefined;
  /** Of the second-level cache. */
  readonly l2Bytes?: number | undefined;
}

/**
 * A preset with this number of processors, this memory and this cache. Throws a RangeError, which says how many it can have, if
 * it cannot have as many processors; and for a name that there is not. `disco-1997` and `uma` have one processor unless more are asked for.
 */
export function sizedMachine(name: PresetName, options: MachineSize = {}): ResolvedSpecification {
  plainObject(options, 'the options of sizedMachine');
  const { processors, processorsAtLeast, memoryBytes, l2Bytes } = options;
  if (processors !== undefined) wholeNumber(processors, 'processors', 1, 8192);
  if (processorsAtLeast !== undefined) wholeNumber(processorsAtLeast, 'processorsAtLeast', 1);
  if (processors !== undefined && processorsAtLeast !== undefined)
    throw new RangeError('processors and processorsAtLeast are both given; give one of them');
  if (memoryBytes !== undefined) wholeNumber(memoryBytes, 'memoryBytes', 4096, 2 ** 50);
  if (l2Bytes !== undefined) wholeNumber(l2Bytes, 'l2Bytes', 4, 2 ** 28);
  if (!Object.hasOwn(presets, name))
    throw new RangeError(`there is no preset ${String(name)}; there are ${Object.keys(presets).join(', ')}`);
  const preset: Preset = presets[name];
  const cache = l2Bytes === undefined ? {} : { l2Bytes };
  const measured = name === 'disco-1997' || name === 'uma';
  const usual = resolve(preset(measured ? { ...cache, nodes: processors ?? processorsAtLeast ?? 1 } : cache));
  const present = processorsOf(usual);
  const wanted = processors ?? Math.max(present, processorsAtLeast ?? 1);
  const nodes = Math.ceil((usual.nodes.length * wanted) / present);
  const machine = wanted === present ? usual : resolve(preset({ ...cache, nodes }));
  const found = processorsOf(machine);
  if (processors !== undefined && found !== processors)
    throw new RangeError(`${name} cannot have ${processors} processors, but ${found} or ${present}`);
  return memoryBytes === undefined ? machine : resolve(withMemory(machine, memoryBytes));
}

/** Processors of all nodes. */
export function processorsOf({ nodes }: Pick<ResolvedSpecification, 'nodes'>): number {
  return nodes.reduce((sum, node) => sum + node.processors, 0);
}

function withMemory(machine: ResolvedSpecification, memoryBytes: number): ResolvedSpecification {
  const { nodes, pageBytes } = machine;
  const equipped = nodes.filter(node => node.memoryBytes > 0).length;
  const share = Math.floor(memoryBytes / equipped / pageBytes) * pageBytes;
  return { ...machine, nodes: nodes.map(node => ({ ...node, memoryBytes: node.memoryBytes > 0 ? share : 0 })) };
}
