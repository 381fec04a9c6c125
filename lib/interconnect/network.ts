/**
 * The booking network: a message walks its route when it is handed over and books every link on the way, so contention
 * is real and a message costs no event of its own. The head pays each link's latency; the flits occupy the link behind
 * it (cut-through: the receiver starts with the first word). Virtual networks share a link's bandwidth and never block
 * each other.
 *
 * Promised: order per pair of nodes and virtual network. Not promised: buffers that fill up and push back. Links are
 * booked when the message is handed over, with whatever gaps they have by then.
 */
import { Booking } from '../engine/booking.js';
import { Component, type Scope } from '../engine/component.js';
import { LANES, Port, type Message } from '../engine/port.js';
import type { Ticks } from '../engine/time.js';
import { leastLatencies } from '../topology/least-latency.js';
import type { Topology } from '../topology/topology.js';

/** What a network is made with. */
export interface NetworkOptions<M extends Message> {
  readonly topology: Topology;
  /** The node that a message goes to. */
  readonly destination: (message: M) => number;
}

/** Traffic of one link. */
export interface LinkTraffic {
  readonly link: number;
  readonly from: number;
  readonly to: number;
  /** Messages by virtual network. */
  readonly messages: readonly number[];
  readonly flits: number;
  readonly busyTicks: Ticks;
  readonly waitedTicks: Ticks;
  readonly largestQueue: number;
}

/** Where a link keeps what. */
const PER_LINK = 8;
const LATENCY = 0;
const TICKS_PER_FLIT = 1;
const FLITS = 2;
const MESSAGES = 3;

/** A network of links between nodes. One port per node. */
export class Network<M extends Message> extends Component {
  /** By node. */
  readonly nodes: readonly Port<M, M>[];
  readonly stats = this.statistics({
    messages: ['messages', 'messages carried between different nodes'],
    flits: ['flits', 'flits carried between different nodes'],
    hops: ['links', 'links crossed, summed over messages'],
    waitedTicks: ['ticks', 'time that messages waited for busy links, summed up'],
  });
  private readonly topology: Topology;
  private readonly destination: (message: M) => number;
  private readonly links: readonly Booking[];
  /** By link, side by side because they are used together: latency, ticks per flit, flits, messages by virtual network. */
  private readonly perLink: Float64Array;
  /** When the last message left, by destination, then by source and virtual network. */
  private readonly lastExit: (Float64Array | undefined)[] = [];
  private least: readonly number[] | null = null;

  constructor(parent: Scope, name: string, options: NetworkOptions<M>) {
    super(parent, name);
    const { topology } = options;
    this.topology = topology;
    this.destination = options.destination;
    this.links = topology.links.map(() => new Booking(this.simulation.calendars));
    this.perLink = new Float64Array(topology.links.length * PER_LINK);
    topology.links.forEach(({ latency, ticksPerFlit }, link) => {
      this.perLink[link * PER_LINK + LATENCY] = latency;
      this.perLink[link * PER_LINK + TICKS_PER_FLIT] = ticksPerFlit;
    });
    this.nodes = Array.from(
      { length: topology.nodes },
      (_, node) =>
        new Port<M, M>(this, `node${node}`, refuse, (message, arrives) => this.carry(node, message, arrives)),
    );
  }

  override leastTransit(port: object): Ticks {
    this.least ??= leastLatencies(this.topology);
    const wires = this.nodes.map(node => node.wireLatency);
    return this.least[this.nodes.indexOf(port as Port<M, M>)]! + Math.min(...wires);
  }

  /** Traffic by link, in the order of the topology's links. */
  linkTraffic(): LinkTraffic[] {
    return this.topology.links.map(({ from, to }, link) => {
      const { busyTicks, waitedTicks, largestQueue } = this.links[link]!;
      const row = link * PER_LINK;
      const messages = Array.from(this.perLink.subarray(row + MESSAGES, row + MESSAGES + LANES));
      return { link, from, to, messages, flits: this.perLink[row + FLITS]!, busyTicks, waitedTicks, largestQueue };
    });
  }

  override resetStatistics(): void {
    const { perLink } = this;
    for (let row = 0; row < perLink.length; row += PER_LINK) perLink.fill(0, row + FLITS, row + MESSAGES + LANES);
  }

  private carry(from: number, message: M, arrives: Ticks): boolean {
    const to = this.destination(message);
    const route = this.topology.route(from, to);
    const { flits, lane } = message;
    const { now, perLink, links } = this;
    let time = arrives;
    let waited = 0;
    for (let hop = 0; hop < route.length; hop++) {
      const link = route[hop]!;
      const row = link * PER_LINK;
      perLink[row + FLITS]! += flits;
      perLink[row + MESSAGES + lane]! += 1;
      const perFlit = perLink[row + TICKS_PER_FLIT]!;
      if (perFlit !== 0) {
        const start = links[link]!.book(now, time, flits * perFlit);
        waited += start - time;
        time = start;
      }
      time += perLink[row + LATENCY]!;
    }
    if (route.length > 0) {
      const { stats } = this;
      stats.messages++;
      stats.flits += flits;
      stats.hops += route.length;
      stats.waitedTicks += waited;
    }
    // A short message may fall into a gap before a long one; it still waits for it at the exit.
    const last = (this.lastExit[to] ??= new Float64Array(this.nodes.length * LANES));
    const pair = from * LANES + lane;
    if (last[pair]! > time) time = last[pair]!;
    last[pair] = time;
    this.nodes[to]!.forward(message, time);
    return true;
  }
}

function refuse(): never {
  throw new Error('a network passes everything on');
}
