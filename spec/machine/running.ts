/** Programs and measurements for specs of machines. */
import { FlatMemory } from '../../lib/machine/flat-memory.js';
import { buildMachine, type Machine, type MachineOptions } from '../../lib/machine/machine.js';
import type { MachineSpecification } from '../../lib/machine/specification/specification.js';
import { compute, load, store, type Program } from '../../lib/processor/operations.js';
import { Activity } from '../../lib/processor/software.js';

/** A machine with a fixed seed. */
export function build(specification: MachineSpecification, options: Partial<MachineOptions> = {}): Machine {
  return buildMachine(specification, { seed: 1, ...options });
}

/** Software that deals pair p of pages to node p. */
export function pairPerNode(machine: Machine): FlatMemory {
  return new FlatMemory(machine.map, { nodeOfPage: page => (page >>> 1) % machine.map.nodes, refillCycles: 14 });
}

/** The virtual address of a word on `node`, with `pairPerNode`. */
export const addressOn = (node: number): number => node * 8192 + 64;

/** Nanoseconds that one read of a line of node `home` stalls `reader` on a quiet machine. `owner` wrote it before, or -1. */
export function readNs(specification: MachineSpecification, reader: number, home: number, owner = -1): number {
  const machine = build(specification);
  const programs = machine.processors.map((_, processor): Program | null => {
    if (processor === owner) return [store(addressOn(home), 1)].values();
    if (processor === reader) return [compute(1_000_000), load(addressOn(home))].values();
    return null;
  });
  machine.load(pairPerNode(machine), programs);
  machine.run();
  const { ticks } = machine.processors[reader].account;
  return machine.simulation.time.ns(ticks[Activity.LocalStall] + ticks[Activity.RemoteStall]);
}
