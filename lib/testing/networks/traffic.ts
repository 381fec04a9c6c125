/**
 * Synthetic traffic patterns: where a source sends. After Dally and Towles, Principles and Practices of Interconnection
 * Networks, table 3.1. Nodes are numbered with the first dimension varying fastest, as in this library's topologies.
 */
import { list, plainObject, shown, wholeNumber } from '../../engine/checks.js';
import type { RandomStream } from '../../engine/random.js';

/** Names of the patterns. */
export const TRAFFIC_PATTERNS = [
  'uniform',
  'transpose',
  'bit-complement',
  'bit-reverse',
  'shuffle',
  'tornado',
  'neighbour',
  'hotspot',
] as const;

/** The name of a pattern. */
export type TrafficPatternName = (typeof TRAFFIC_PATTERNS)[number];

/** Where the next message of a source goes. Only `uniform` draws from the stream; any node may be its own destination. */
export type TrafficPattern = (source: number, random: RandomStream) => number;

/** The nodes of a pattern: their number along each dimension. */
export interface TrafficShape {
  readonly sizes: readonly number[];
  /** Where `hotspot` sends; 0 unless given. */
  readonly hotspot?: number;
}

/**
 * Makes a pattern. `uniform`: any node. `transpose`: coordinates in reverse order. `bit-complement`, `bit-reverse` and
 * `shuffle` (rotated left by one): bits of the number. `tornado`: just short of half way round in each dimension.
 * `neighbour`: one up in each dimension, round the edge. `hotspot`: all to one. Throws a RangeError if the nodes do not
 * suit the pattern.
 */
export function trafficPattern(name: TrafficPatternName, shape: TrafficShape): TrafficPattern {
  plainObject(shape, 'the shape of a traffic pattern');
  const { sizes, hotspot = 0 } = shape;
  list(sizes, 'sizes');
  const nodes = sizes.reduce((product, size) => product * size, 1);
  if (sizes.some(size => !Number.isSafeInteger(size) || size < 1))
    throw new RangeError(
      `nodes along each dimension are whole numbers of at least 1, not ${sizes.map(shown).join(' by ')}`,
    );
  wholeNumber(nodes, 'the number of nodes of a traffic pattern', 1, 2 ** 20);
  const moved = (step: (size: number) => number): TrafficPattern => {
    const table = Array.from({ length: nodes }, (_, node) => shifted(node, sizes, step));
    return source => table[source];
  };
  switch (name) {
    case 'uniform':
      return (_, random) => random.below(nodes);
    case 'transpose':
      return transposed(sizes, nodes);
    case 'bit-complement':
      bitsOf(name, nodes);
      return source => nodes - 1 - source;
    case 'bit-reverse': {
      const bits = bitsOf(name, nodes);
      return source => reversed(source, bits);
    }
    case 'shuffle': {
      const bits = bitsOf(name, nodes);
      return source => ((source << 1) | (source >> Math.max(bits - 1, 0))) & (nodes - 1);
    }
    case 'tornado':
      return moved(size => Math.ceil(size / 2) - 1);
    case 'neighbour':
      return moved(() => 1);
    case 'hotspot':
      if (!Number.isSafeInteger(hotspot) || hotspot < 0 || hotspot >= nodes)
        throw new RangeError(`the hot spot is node ${shown(hotspot)}, but the nodes are 0 to ${nodes - 1}`);
      return () => hotspot;
    default:
      throw new RangeError(`there is no traffic pattern ${String(name)}; there are ${TRAFFIC_PATTERNS.join(', ')}`);
  }
}

function bitsOf(name: TrafficPatternName, nodes: number): number {
  const bits = Math.log2(nodes);
  if (!Number.isInteger(bits))
    throw new RangeError(`${name} permutes the bits of node numbers: it takes a power of two of nodes, not ${nodes}`);
  return bits;
}

function transposed(sizes: readonly number[], nodes: number): TrafficPattern {
  if (sizes.some(size => size !== sizes[0]))
    throw new RangeError(`transpose takes as many nodes along each dimension, not ${sizes.join(' by ')}`);
  const table = Array.from({ length: nodes }, (_, node) => {
    let rest = node;
    let turned = 0;
    for (const size of sizes) {
      turned = turned * size + (rest % size);
      rest = Math.floor(rest / size);
    }
    return turned;
  });
  return source => table[source];
}

function reversed(source: number, bits: number): number {
  let result = 0;
  for (let bit = 0; bit < bits; bit++) result |= ((source >> bit) & 1) << (bits - 1 - bit);
  return result;
}

/** The node that lies `step(size)` further up each dimension, round the edge. */
function shifted(node: number, sizes: readonly number[], step: (size: number) => number): number {
  let rest = node;
  let stride = 1;
  let result = 0;
  for (const size of sizes) {
    result += stride * (((rest % size) + step(size)) % size);
    rest = Math.floor(rest / size);
    stride *= size;
  }
  return result;
}
