/**
 * What a blocking and a refusing home cost when processors pass one line around: each loads a word of it, stores it and
 * computes, again and again. The numbers of docs/coherence.md come from here.
 */
import type { ProtocolName } from '../../lib/coherence/protocols/protocols.js';
import { FlatMemory } from '../../lib/machine/flat-memory.js';
import { buildMachine, type Machine } from '../../lib/machine/machine.js';
import { presets } from '../../lib/machine/presets/presets.js';
import { compute, load, store, type Program } from '../../lib/processor/operations.js';

/** A stream of visits to one line. */
export interface MigratoryStream {
  readonly protocol: ProtocolName;
  /** Processors that take part, none of them of the line's home; 1 to 15. */
  readonly sharers: number;
  /** Instructions between two visits of a processor. */
  readonly between: number;
}

/** What a visit costs: a load and a store of the same word. */
export interface VisitCosts {
  readonly visits: number;
  readonly ns: number;
  /** Messages carried between nodes. */
  readonly messages: number;
  /** Times that the line's home answered a request with a Nak. */
  readonly naks: number;
  /** Requests sent again. */
  readonly retries: number;
  /** Times that the line's home made a request wait. */
  readonly stalled: number;
  /** Share of time for which the home's controller is occupied. */
  readonly occupancy: number;
}

const VISITS = 400;
const NODES = 16;

/** Runs the stream; the line is at node 0. */
export function migrate({ protocol, sharers, between }: MigratoryStream): VisitCosts {
  const machine = migratory(protocol, node => (node > 0 && node <= sharers ? visitor(between) : null));
  const visits = VISITS * sharers;
  const [home] = machine.controllers;
  const retries = machine.processors.reduce((sum, { caches }) => sum + caches.refusals.retries, 0);
  return {
    visits,
    ns: machine.elapsedNs / visits,
    messages: machine.network.stats.messages / visits,
    naks: (home.refusals?.naks ?? 0) / visits,
    retries: retries / visits,
    stalled: home.stats.stalled / visits,
    occupancy: home.occupancy.busyTicks / machine.simulation.now,
  };
}

/** A machine like FLASH with all memory at node 0, after the programs of its nodes have run. */
export function migratory(protocol: ProtocolName, program: (node: number) => Program | null): Machine {
  const specification = { ...presets['flash-1994']({ nodes: NODES }), protocol };
  const machine = buildMachine(specification, { seed: 'migratory' });
  machine.load(
    new FlatMemory(machine.map, { nodeOfPage: () => 0, refillCycles: 14 }),
    machine.processors.map((_, node) => program(node)),
  );
  machine.run();
  return machine;
}

function* visitor(between: number): Program {
  for (let visit = 0; visit < VISITS; visit++) {
    const value = yield load(0);
    yield store(0, value + 1);
    yield compute(between);
  }
}
