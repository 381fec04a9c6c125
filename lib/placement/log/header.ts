/** The header of a miss log: what the machine was, and what the references of the run recorded. */
import { finiteNumber, flag, list, plainObject, shown, string, wholeNumber } from '../../engine/checks.js';
import { randomStream } from '../../engine/random.js';
import type { ReferenceFact } from '../policy.js';
import type { MemoryView, NodeLoad } from '../views.js';

/** What is known of the machine on which misses were recorded. */
export interface MissLogHeader {
  /** The program that made the log, with its version. */
  readonly madeBy: string;
  /** The run that was recorded, in words: trace, machine, policy, seed. */
  readonly source: string;
  /** Bytes of a page, a power of two. */
  readonly pageBytes: number;
  /** Page frames by node, 0 for a node without memory. As many elements as there are nodes. */
  readonly frames: readonly number[];
  /** By node, whether it has processors. */
  readonly processors: readonly boolean[];
  /** The tier of each node's memory, 0 the fastest. */
  readonly tiers: readonly number[];
  /** Unloaded read latency in nanoseconds, by the node that misses and the node whose memory answers. */
  readonly latencyNs: readonly (readonly number[])[];
  /** What the references of the run recorded: a policy that needs more has no meaning on the log. */
  readonly records: readonly ReferenceFact[];
}

/** Everything that references can record. */
export const REFERENCE_FACTS: readonly ReferenceFact[] = ['thread', 'write', 'time', 'data', 'instruction'];

/** The most nodes that a log may have. */
export const MOST_LOG_NODES = 1024;
const MOST_FRAMES = 2 ** 31;
const MOST_LATENCY_NS = 1e9;

/** Throws a RangeError that names the field unless `value` is a header; `where` says whose. Returns a copy without other fields. */
export function checkedHeader(value: unknown, where: string): MissLogHeader {
  plainObject(value, where);
  const header = value as MissLogHeader;
  const { madeBy, source, pageBytes, frames, processors, tiers, latencyNs, records } = header;
  string(madeBy, `${where}: madeBy`);
  string(source, `${where}: source`);
  wholeNumber(pageBytes, `${where}: pageBytes`, 1, 2 ** 30);
  if ((pageBytes & (pageBytes - 1)) !== 0)
    throw new RangeError(`${where}: pageBytes is ${pageBytes}; give a power of two`);
  list(frames, `${where}: frames`);
  const nodes = frames.length;
  wholeNumber(nodes, `${where}: the number of nodes, which frames has one element for,`, 1, MOST_LOG_NODES);
  for (const element of frames) wholeNumber(element, `${where}: an element of frames`, 0, MOST_FRAMES);
  perNode(processors, `${where}: processors`, nodes);
  for (const element of processors) flag(element, `${where}: an element of processors`);
  perNode(tiers, `${where}: tiers`, nodes);
  for (const element of tiers) wholeNumber(element, `${where}: an element of tiers`, 0, MOST_LOG_NODES);
  perNode(latencyNs, `${where}: latencyNs`, nodes);
  for (const row of latencyNs) {
    perNode(row, `${where}: a row of latencyNs`, nodes);
    for (const element of row) finiteNumber(element, `${where}: an element of latencyNs`, 0, MOST_LATENCY_NS);
  }
  list(records, `${where}: records`);
  for (const fact of records)
    if (!REFERENCE_FACTS.includes(fact))
      throw new RangeError(`${where}: records has ${shown(fact)}; there are ${REFERENCE_FACTS.join(', ')}`);
  return {
    madeBy,
    source,
    pageBytes,
    frames: [...frames],
    processors: [...processors],
    tiers: [...tiers],
    latencyNs: latencyNs.map(row => [...row]),
    records: [...records],
  };
}

function perNode(value: unknown, where: string, nodes: number): void {
  list(value, where);
  const { length } = value as readonly unknown[];
  if (length !== nodes) throw new RangeError(`${where} has ${length} elements for ${nodes} nodes; give one for each`);
}

const IDLE: NodeLoad = { busy: 0, requests: 0, latencyNs: 0 };

/** The machine of a log as a policy sees it before anything is placed: every frame free and nothing busy. */
export function memoryOf(header: MissLogHeader): MemoryView {
  const { frames, processors, tiers, latencyNs } = checkedHeader(header, 'memoryOf: the header');
  return {
    nodes: frames.length,
    frames: node => frames[node],
    freeFrames: node => frames[node],
    hasProcessors: node => processors[node],
    tier: node => tiers[node],
    latencyNs: (from, to) => latencyNs[from][to],
    load: () => IDLE,
    linkLoad: () => 0,
    random: randomStream('miss log', 'placement'),
  };
}
