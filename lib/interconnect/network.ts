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
import type { Link, Topology } from '../topology/topology.js';

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

/** A link as the network uses it. */
class NetworkLink {
  readonly latency: Ticks;
  readonly ticksPerFlit: Ticks;
  readonly booking: Booking;
  flits = 0;
  /** By virtual network. */
  readonly messages: number[] = new Array<number>(LANES).fill(0);

  constructor({ latency, ticksPerFlit }: Link, booking: Booking) {
    this.latency = latency;
    this.ticksPerFlit = ticksPerFlit;
    this.booking = booking;
  }
}

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
  private readonly links: readonly NetworkLink[];
  /** By source and destination: the links on the way, found when they are first needed. */
  private readonly routes: (readonly NetworkLink[])[][];
  /** When the last message left, by destination, then by source and virtual network. */
  private readonly lastExit: (Ticks[] | undefined)[] = [];
  private least: readonly number[] | null = null;

  constructor(parent: Scope, name: string, options: NetworkOptions<M>) {
    super(parent, name);
    const { topology } = options;
    this.topology = topology;
    this.destination = options.destination;
    this.links = topology.links.map(link => new NetworkLink(link, new Booking(this.simulation.calendars)));
    this.routes = Array.from({ length: topology.nodes }, () => []);
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
      const { booking, flits, messages } = this.links[link]!;
      const { busyTicks, waitedTicks, largestQueue } = booking;
      return { link, from, to, messages: [...messages], flits, busyTicks, waitedTicks, largestQueue };
    });
  }

  override resetStatistics(): void {
    for (const link of this.links) {
      link.flits = 0;
      link.messages.fill(0);
    }
  }

  private carry(from: number, message: M, arrives: Ticks): boolean {
    const to = this.destination(message);
    const route = this.routes[from]![to] ?? this.findRoute(from, to);
    const { flits, lane } = message;
    const { now } = this.simulation.queue;
    let time = arrives;
    let waited = 0;
    for (let hop = 0; hop < route.length; hop++) {
      const link = route[hop]!;
      link.flits += flits;
      link.messages[lane]!++;
      if (link.ticksPerFlit !== 0) {
        const start = link.booking.book(now, time, flits * link.ticksPerFlit);
        waited += start - time;
        time = start;
      }
      time += link.latency;
    }
    if (route.length > 0) {
      const { stats } = this;
      stats.messages++;
      stats.flits += flits;
      stats.hops += route.length;
      stats.waitedTicks += waited;
    }
    // A short message may fall into a gap before a long one; it still waits for it at the exit.
    const last = (this.lastExit[to] ??= new Array<Ticks>(this.nodes.length * LANES).fill(0));
    const pair = from * LANES + lane;
    if (last[pair]! > time) time = last[pair]!;
    last[pair] = time;
    this.nodes[to]!.forward(message, time);
    return true;
  }

  private findRoute(from: number, to: number): readonly NetworkLink[] {
    return (this.routes[from]![to] = Array.from(this.topology.route(from, to), link => this.links[link]!));
  }
}

function refuse(): never {
  throw new Error('a network passes everything on');
}
