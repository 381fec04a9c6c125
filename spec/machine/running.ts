/** Programs and measurements for specs of machines. */
import { FlatMemory } from '../../lib/machine/flat-memory.js';
import { buildMachine, type Machine, type MachineOptions } from '../../lib/machine/machine.js';
import type { MachineSpecification } from '../../lib/machine/specification.js';
import { compute, load, store, type Operation, type Program } from '../../lib/processor/operations.js';

/** Software that deals page pair p (two pages) to node p, for reads of chosen homes. */
export function pairPerNode(machine: Machine): FlatMemory {
  return new FlatMemory(machine.map, { nodeOfPage: page => (page >>> 1) % machine.map.nodes, refillCycles: 14 });
}

/** The virtual address of a word on `node`, with `pairPerNode`. */
export const addressOn = (node: number): number => node * 8192 + 64;

/** Nanoseconds that one read of `home` stalls the first processor of `reader`, line and TLB entry being absent. */
export function measuredReadNs(specification: MachineSpecification, reader: number, home: number): number {
  return measureNs(specification, reader, [[reader, [load(addressOn(home))]]]);
}

/** As `measuredReadNs`, of a line that the first processor of `owner` wrote long before. */
export function measuredDirtyReadNs(
  specification: MachineSpecification,
  reader: number,
  home: number,
  owner: number,
): number {
  return measureNs(specification, reader, [
    [owner, [store(addressOn(home), 1)]],
    [reader, [compute(1_000_000), load(addressOn(home))]],
  ]);
}

/** Time that the first processor of `reader` spends in stalls. */
function measureNs(
  specification: MachineSpecification,
  reader: number,
  work: readonly (readonly [node: number, operations: Operation[]])[],
): number {
  const machine = build(specification);
  const { map, processors, simulation } = machine;
  const programs = new Array<Program | null>(processors.length).fill(null);
  // A second processor of the same node, where owner and reader share one.
  for (const [node, operations] of work) {
    let at = map.firstProcessor[node];
    while (programs[at] !== null) at++;
    programs[at] = operations.values();
  }
  machine.load(pairPerNode(machine), programs);
  machine.run();
  const readers = work[work.length - 1][0] === reader ? programs.findLastIndex(program => program !== null && true) : -1;
  const last = work.length > 1 && work[0][0] !== reader ? map.firstProcessor[reader] : readers;
  const { ticks } = processors[last].account;
  return simulation.time.ns(ticks[3] + ticks[4]);
}

/** A machine with a fixed seed. */
export function build(specification: MachineSpecification, options: Partial<MachineOptions> = {}): Machine {
  return buildMachine(specification, { seed: 1, ...options });
}
