/** Random tests of every combination: what is run in the specs and by `disco-sim random-test`. */
import { PROTOCOL_NAMES, PROTOCOLS, type ProtocolName } from '../coherence/protocols.js';
import { hasRouters } from './random-machine.js';
import {
  RANDOM_NETWORKS,
  RANDOM_TOPOLOGIES,
  type RandomNetwork,
  type RandomTestOptions,
  type RandomTopology,
} from './random-options.js';

/** What is combined with what; everything unless told. */
export interface RandomSweep {
  readonly seed: string;
  /** Accesses of all tests together. */
  readonly accesses: number;
  readonly protocols?: readonly ProtocolName[];
  readonly topologies?: readonly RandomTopology[];
  /** A topology without routers has the network that books links only. */
  readonly networks?: readonly RandomNetwork[];
  /** Nodes of each machine; 4 unless told. */
  readonly nodes?: number;
  /** Processors of each node; 2 unless told. */
  readonly processorsPerNode?: number;
}

/** A test of a sweep. */
export interface SweptTest {
  /** Its combination, in words. */
  readonly name: string;
  readonly options: RandomTestOptions;
}

/** gem5 takes a processor that is silent for so long to be stuck. */
const DEADLOCK_TICKS = 50_000;
/** gem5's tester has 32 neighbouring checks and twice 100 at a stride; a quarter of these, because ours are four times as long. */
const CHECKS = 82;

/**
 * The tests of a sweep. Every other one has jitter. Each has its share of the accesses. Throws a RangeError if no
 * combination is left.
 */
export function randomSweep(sweep: RandomSweep): SweptTest[] {
  const { protocols = PROTOCOL_NAMES, topologies = RANDOM_TOPOLOGIES, networks = RANDOM_NETWORKS } = sweep;
  const { nodes = 4, processorsPerNode = 2 } = sweep;
  const shapes = topologies.flatMap(topology =>
    networks
      .filter(network => network === 'booking' || hasRouters(topology, nodes))
      .map(network => ({ topology, network })),
  );
  const combinations = protocols.flatMap(protocol => shapes.map(shape => ({ protocol, ...shape })));
  if (combinations.length === 0) throw new RangeError(`a ${topologies.join()} cannot be built from routers`);
  const accesses = Math.ceil(sweep.accesses / combinations.length);
  return combinations.map(({ protocol, topology, network }, index) => {
    const jitter = (index & 1) === 0;
    const name = [protocol, topology, network, ...(jitter ? ['jitter'] : [])].join(', ');
    return {
      name,
      options: {
        ...{ seed: `${sweep.seed}/${name}`, accesses, protocol: PROTOCOLS[protocol], nodes, processorsPerNode },
        ...{ topology, network, checks: CHECKS, jitter, deadlockTicks: DEADLOCK_TICKS },
      },
    };
  });
}
