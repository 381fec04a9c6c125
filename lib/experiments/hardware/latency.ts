/** Read latencies by parts: what a quiet machine measures, what its parts add up to, and what the sources print. */
import { plainObject, shown } from '../../engine/checks.js';
import { readParts, type LatencyPart, type ReadPath } from '../../machine/latency.js';
import { FlatMemory } from '../../machine/flat-memory.js';
import { buildMachine } from '../../machine/machine.js';
import { presets, type PresetName } from '../../machine/presets/presets.js';
import { publishedAverages, publishedLatencies, type PublishedLatency } from '../../machine/presets/published.js';
import type { MachineSpecification } from '../../machine/specification/specification.js';
import { compute, load, store, type Program } from '../../processor/operations.js';
import { Activity } from '../../processor/software.js';

/** A read on a quiet machine. Times in nanoseconds. */
export interface ReadLatency {
  readonly what: string;
  readonly path: ReadPath;
  /** What the simulated processor waited. */
  readonly measuredNs: number;
  /** The stretches of the way, which add up to it. */
  readonly parts: readonly LatencyPart[];
  /** What the source prints, or null. */
  readonly published: PublishedLatency | null;
}

/** An average over remote memory, by arithmetic, beside the published one. All published averages are unverified. */
export interface AverageLatency {
  readonly processors: number;
  readonly ns: number;
  readonly publishedNs: number;
  readonly source: string;
}

/** A preset's latencies. */
export interface PresetLatencies {
  readonly preset: PresetName;
  readonly reads: readonly ReadLatency[];
  readonly averages: readonly AverageLatency[];
}

/** Cycles after which the writer is done and the machine quiet. */
const QUIET = 1_000_000;
/** Size of a page pair in bytes, and a word in it that no page table entry shares. */
const PAIR = 8192;
const WORD = 64;

/** The latencies of a preset for which its sources have figures; local and remote reads where they have none. */
export function presetLatencies(preset: PresetName): PresetLatencies {
  const specification = presets[preset]();
  const published = publishedLatencies.filter(row => row.preset === preset);
  const machine = buildMachine(specification, { seed: 1 });
  const rows =
    published.length > 0
      ? published.map(row => ({ what: row.what, path: row.path, row }))
      : usual(machine.map.nodes).map(({ what, path }) => ({ what, path, row: null }));
  const reads = rows.map(({ what, path, row }) => ({
    what,
    path,
    published: row,
    measuredNs: measureRead(specification, path),
    parts: readParts(machine.specification, machine.topology, path),
  }));
  const averages = publishedAverages
    .filter(row => row.preset === preset)
    .map(({ processors, nodes, ns, source }) => ({
      processors,
      publishedNs: ns,
      source,
      ns: averageRemote(presets[preset]({ nodes })),
    }));
  return { preset, reads, averages };
}

/**
 * What a processor waits for one read on a quiet machine, in nanoseconds. Throws a RangeError for a path that the
 * machine does not have: nodes that do not exist, or no processor to read or to own.
 */
export function measureRead(specification: MachineSpecification, path: ReadPath): number {
  plainObject(path, 'the path of a read');
  const { reader, home, owner } = path;
  const machine = buildMachine(specification, { seed: 1 });
  const { map, processors } = machine;
  const first = (node: number, from = 0): number => {
    const processor = Number.isInteger(node) ? map.firstProcessor[node] + from : NaN;
    if (!(processor < map.firstProcessor[node + 1]))
      throw new RangeError(`${specification.name} has no processor ${from} on a node ${shown(node)}`);
    return processor;
  };
  const reads = first(reader);
  const owns = owner === null ? -1 : first(owner, owner === reader ? 1 : 0);
  if (!(Number.isInteger(home) && home >= 0 && home < map.nodes))
    throw new RangeError(`${specification.name} has no node ${shown(home)}`);
  const address = home * PAIR + WORD;
  const programs = processors.map((_, processor): Program | null => {
    if (processor === owns) return [store(address, 1)].values();
    return processor === reads ? [compute(QUIET), load(address)].values() : null;
  });
  machine.load(new FlatMemory(map, { nodeOfPage: page => (page >>> 1) % map.nodes, refillCycles: 14 }), programs);
  machine.run();
  const { ticks } = processors[reads].account;
  return machine.simulation.time.ns(ticks[Activity.LocalStall] + ticks[Activity.RemoteStall]);
}

function averageRemote(specification: MachineSpecification): number {
  const machine = buildMachine(specification, { seed: 1 });
  const homes = Array.from({ length: machine.map.nodes - 1 }, (_, i) => i + 1);
  return homes.reduce((sum, home) => sum + machine.readLatencyNs(0, home), 0) / homes.length;
}

function usual(nodes: number): { readonly what: string; readonly path: ReadPath }[] {
  const local = { what: 'local, clean', path: { reader: 0, home: 0, owner: null } };
  if (nodes === 1) return [local];
  return [
    local,
    { what: 'remote, clean', path: { reader: 0, home: 1, owner: null } },
    { what: 'remote, dirty in home’s cache', path: { reader: 0, home: 1, owner: 1 } },
  ];
}

/** Whether every verified figure is met. */
export function meetsPublished({ reads }: PresetLatencies): boolean {
  return reads.every(
    ({ measuredNs, published }) =>
      published === null || published.withinNs === null || Math.abs(measuredNs - published.ns) <= published.withinNs,
  );
}
