/** What routers are made of, and whether a topology can be built from them. */
import { plainObject, shown } from '../engine/checks.js';
import type { Topology } from '../topology/topology.js';
import { channelClasses, type ChannelClasses } from './channel-classes.js';

/** A router, in cycles. A cycle is the time for which a flit occupies a link, the same on all links. */
export interface RouterOptions {
  /** Virtual channels of each virtual network at each input, from 1 to 16; two or more on a ring of four. */
  readonly virtualChannels: number;
  /** Flits that the buffer of a virtual channel holds, from 1 to 1024. */
  readonly bufferFlits: number;
  /**
   * Depth of a router, from 1 to 64 cycles: a cycle to allocate a virtual channel, one to allocate the switch, one to
   * cross it; the first two share a cycle when there are less than three, all do when there is one. The links that
   * leave a router take this much of their latency for it; the rest is the link itself.
   */
  readonly pipelineCycles: number;
  /** Cycles from the arrival of a credit until it counts, from 0 to 64, on top of the link's own and one to send it. */
  readonly creditCycles: number;
}

/** Times of a network of routers, in cycles. By link. */
export interface RouterPlan extends ChannelClasses {
  readonly cycleTicks: number;
  /** From leaving a buffer until being seen at the other end. */
  readonly flight: Int32Array;
  /** From leaving the buffer at the end of this link until the sender may use the place again. */
  readonly creditReturn: Int32Array;
}

/** Routes of all pairs are looked at, and every buffer is there from the beginning. */
const MOST_NODES = 1024;
/** Of each virtual network; a mask of 32 bits would have room for more. */
const MOST_CHANNELS = 16;

/** Why a topology cannot be built from such routers, in sentences; none if it can. Each says the way out. */
export function routerFaults(topology: Topology, options: RouterOptions): string[] {
  plainObject(options, 'routers');
  const { virtualChannels, bufferFlits, pipelineCycles, creditCycles } = options;
  const faults = [
    ...outside('virtualChannels', virtualChannels, 1, MOST_CHANNELS),
    ...outside('bufferFlits', bufferFlits, 1, 1024),
    ...outside('pipelineCycles', pipelineCycles, 1, 64),
    ...outside('creditCycles', creditCycles, 0, 64),
  ];
  if (faults.length > 0) return faults;
  if (topology.nodes > MOST_NODES)
    return [
      `${topology.name} has ${topology.nodes} nodes, and routers are simulated for ${MOST_NODES}; ${USE_BOOKING}`,
    ];
  const shape = shapeFaults(topology);
  if (shape.length > 0) return shape;
  const timing = timingFaults(topology, pipelineCycles);
  return timing.length > 0 ? timing : classFaults(topology, virtualChannels);
}

/** The times and classes of a topology that `routerFaults` has nothing against. */
export function routerPlan(topology: Topology, options: RouterOptions): RouterPlan {
  const { links, nodes } = topology;
  const { pipelineCycles, creditCycles } = options;
  const cycleTicks = links[0].ticksPerFlit;
  const cycles = links.map(({ latency }) => latency / cycleTicks);
  const own = links.map(({ from }, link) => cycles[link] - (from < nodes ? 1 : pipelineCycles));
  return {
    ...channelClasses(topology),
    cycleTicks,
    // A cycle goes before a flit leaves: to enter at a node, to allocate a virtual channel in a router that takes its time.
    flight: Int32Array.from(links, ({ from }, link) => cycles[link] - (from < nodes || pipelineCycles >= 3 ? 1 : 0)),
    creditReturn: Int32Array.from(own, link => 1 + link + creditCycles),
  };
}

const USE_BOOKING = 'use the network that books links, which has no buffers';

function outside(what: string, value: number, least: number, most: number): string[] {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return [];
  return [`${what} is ${shown(value)}; give a whole number from ${least} to ${most}`];
}

/** Every node hangs on one router, and only routers pass messages on. */
function shapeFaults({ name, nodes, routers, links }: Topology): string[] {
  if (routers === 0) return [`${name} has no routers, only links between nodes; ${USE_BOOKING}`];
  const out = new Int32Array(nodes);
  const into = new Int32Array(nodes);
  for (const { from, to } of links) {
    if (from < nodes && to < nodes)
      return [`${name} links node ${from} to node ${to} without a router between; ${USE_BOOKING}`];
    if (from < nodes) out[from]++;
    if (to < nodes) into[to]++;
  }
  for (let node = 0; node < nodes; node++)
    if (out[node] !== 1 || into[node] !== 1)
      return [
        `${name} has ${out[node]} links out of node ${node} and ${into[node]} into it; a node of routers has one each way: ` +
          `leave the others out, or ${USE_BOOKING}`,
      ];
  return [];
}

function timingFaults({ name, nodes, links }: Topology, pipelineCycles: number): string[] {
  const cycle = links[0].ticksPerFlit;
  for (const { from, to, latency, ticksPerFlit } of links) {
    const where = `the link of ${name} from vertex ${from} to ${to}`;
    if (ticksPerFlit === 0)
      return [`${where} never queues (a flit takes 0 ticks), but the cycle of a router is a flit's time; give it one`];
    if (ticksPerFlit !== cycle)
      return [
        `${where} takes ${ticksPerFlit} ticks for a flit and that from vertex ${links[0].from} to ${links[0].to} ${cycle}; ` +
          `routers have one cycle: make all flit times equal, or ${USE_BOOKING}`,
      ];
    const least = from < nodes ? 2 : Math.max(pipelineCycles, 1);
    if (latency % cycle !== 0 || latency < least * cycle)
      return [
        `${where} has a latency of ${latency} ticks; with cycles of ${cycle} ticks (a flit's time) it takes a whole ` +
          `number of them, at least ${least} (${from < nodes ? 'one to enter, one on the link' : 'the pipeline of the router that it leaves'}): ` +
          `${least * cycle} ticks or more`,
      ];
  }
  return [];
}

function classFaults(topology: Topology, virtualChannels: number): string[] {
  const needed = Math.max(...channelClasses(topology).classes);
  if (needed <= virtualChannels) return [];
  return [
    `routes of ${topology.name} wait for each other in circles unless they have ${needed} classes of virtual channels, ` +
      `and virtualChannels is ${virtualChannels}; give at least ${needed}, or ${USE_BOOKING}`,
  ];
}
