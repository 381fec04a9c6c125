/** Random tests of every combination: what is run in the specs and by `disco-sim random-test`. */
import { plainObject, wholeNumber } from '../../engine/checks.js';
import { DIRECTORY_FORMATS, type DirectoryFormat } from '../../coherence/directory-format.js';
import { PROTOCOL_NAMES, PROTOCOLS, type ProtocolName } from '../../coherence/protocols/protocols.js';
import { hasRouters } from './machine.js';
import {
  RANDOM_NETWORKS,
  RANDOM_TOPOLOGIES,
  type RandomNetwork,
  type RandomTestOptions,
  type RandomTopology,
} from './options.js';

/** What is combined with what; everything unless told. */
export interface RandomSweep {
  readonly seed: string;
  /** Accesses of all tests together. */
  readonly accesses: number;
  readonly protocols?: readonly ProtocolName[];
  readonly directories?: readonly DirectoryFormat['format'][];
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
  /** Its combination, in words: protocol, directory, topology, network, and jitter if it has any. */
  readonly name: string;
  readonly protocol: ProtocolName;
  readonly directory: DirectoryFormat['format'];
  readonly options: RandomTestOptions;
}

/** gem5 takes a processor that is silent for so long to be stuck. */
const DEADLOCK_TICKS = 50_000;
/** gem5's tester has 32 neighbouring checks and twice 100 at a stride; a quarter of these, because ours are four times as long. */
const CHECKS = 82;

/** Formats so small that they overflow all the time with eight processors. */
const DIRECTORIES: Readonly<Record<DirectoryFormat['format'], DirectoryFormat>> = {
  full: { format: 'full' },
  coarse: { format: 'coarse', bits: 2 },
  'limited-broadcast': { format: 'limited-broadcast', pointers: 1 },
  'limited-evict': { format: 'limited-evict', pointers: 2 },
  sparse: { format: 'sparse', sets: 2, ways: 2 },
  'dynamic-pointers': { format: 'dynamic-pointers', cells: 4 },
};

/**
 * The tests of a sweep. Every other one has jitter. Each has its share of the accesses. Throws a RangeError if no
 * combination is left.
 */
export function randomSweep(sweep: RandomSweep): SweptTest[] {
  plainObject(sweep, 'the options of a sweep');
  wholeNumber(sweep.accesses, 'a sweep: accesses', 1);
  const {
    protocols = PROTOCOL_NAMES,
    directories = DIRECTORY_FORMATS,
    topologies = RANDOM_TOPOLOGIES,
    networks = RANDOM_NETWORKS,
  } = sweep;
  const { nodes = 4, processorsPerNode = 2 } = sweep;
  wholeNumber(nodes, 'a sweep: nodes', 1, 64);
  wholeNumber(processorsPerNode, 'a sweep: processorsPerNode', 1, 16);
  const shapes = topologies.flatMap(topology =>
    networks
      .filter(network => network === 'booking' || hasRouters(topology, nodes))
      .map(network => ({ topology, network })),
  );
  const combinations = protocols.flatMap(protocol =>
    directories.flatMap(directory => shapes.map(shape => ({ protocol, directory, ...shape }))),
  );
  if (combinations.length === 0) throw new RangeError(`a ${topologies.join()} cannot be built from routers`);
  const accesses = Math.ceil(sweep.accesses / combinations.length);
  return combinations.map(({ protocol, directory, topology, network }, index) => {
    const jitter = (index & 1) === 0;
    const name = [protocol, directory, topology, network, ...(jitter ? ['jitter'] : [])].join(', ');
    return {
      name,
      protocol,
      directory,
      options: {
        seed: `${sweep.seed}/${name}`,
        accesses,
        protocol: PROTOCOLS[protocol],
        nodes,
        processorsPerNode,
        directory: DIRECTORIES[directory],
        topology,
        network,
        checks: CHECKS,
        jitter,
        deadlockTicks: DEADLOCK_TICKS,
      },
    };
  });
}
