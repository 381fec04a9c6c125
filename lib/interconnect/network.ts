/**
 * The booking network: a message walks its route when it is handed over and books every link on the way, so contention
 * is real and a message costs no event of its own. The head pays each link's latency; the flits occupy the link behind
 * it (cut-through: the receiver starts with the first word). Virtual networks share a link's bandwidth and never block
 * each other.
 *
 * Promised: order per pair of nodes and virtual network. Where a topology has several routes for a pair that are equally
 * good, its messages take them in turn. Not promised: buffers that fill up and push back. Links are
 * booked when the message is handed over, with whatever gaps they have by then.
 */
import { callable, plainObject } from '../engine/checks.js';
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

  constructor({ latency, ticksPerFlit }: Link, booking: Booking) {
    this.latency = latency;
    this.ticksPerFlit = ticksPerFlit;
    this.booking = booking;
  }
}

/** A way from one node to another: traffic is counted once for all its links. */
class Path {
  readonly route: Int32Array;
  readonly links: readonly NetworkLink[];
  /** The way that the next message of the pair takes: this one, or the next of those that are equally good. */
  next: Path = this;
  /** When the last message of the pair left, by virtual network; shared by all its ways. */
  readonly lastExit: Ticks[];
  /** By virtual network. */
  readonly messages: number[] = new Array<number>(LANES).fill(0);
  flits = 0;

  constructor(route: Int32Array, links: readonly NetworkLink[], lastExit: Ticks[]) {
    this.route = route;
    this.links = links;
    this.lastExit = lastExit;
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
  /** By source and destination, the way of the next message; made when they are first needed. */
  private readonly paths: Path[][];
  private least: readonly number[] | null = null;

  constructor(parent: Scope, name: string, options: NetworkOptions<M>) {
    super(parent, name);
    plainObject(options, this.path);
    plainObject(options.topology, `${this.path}: topology`);
    callable(options.destination, `${this.path}: destination`);
    const { topology } = options;
    this.topology = topology;
    this.destination = options.destination;
    this.links = topology.links.map(link => new NetworkLink(link, new Booking(this.simulation.calendars)));
    this.paths = Array.from({ length: topology.nodes }, () => []);
    this.nodes = Array.from(
      { length: topology.nodes },
      (_, node) =>
        new Port<M, M>(this, `node${node}`, refuse, (message, arrives) => this.carry(node, message, arrives)),
    );
  }

  override leastTransit(port: object): Ticks {
    this.least ??= leastLatencies(this.topology);
    const wires = this.nodes.map(node => node.wireLatency);
    return this.least[this.nodes.indexOf(port as Port<M, M>)] + Math.min(...wires);
  }

  /** Traffic by link, in the order of the topology's links. */
  linkTraffic(): LinkTraffic[] {
    const traffic = this.topology.links.map(({ from, to }, link) => {
      const { busyTicks, waitedTicks, largestQueue } = this.links[link].booking;
      return {
        link,
        from,
        to,
        messages: new Array<number>(LANES).fill(0),
        flits: 0,
        busyTicks,
        waitedTicks,
        largestQueue,
      };
    });
    this.forEachPath(path => {
      for (const link of path.route) {
        const sum = traffic[link];
        sum.flits += path.flits;
        path.messages.forEach((count, lane) => (sum.messages[lane] += count));
      }
    });
    return traffic;
  }

  override resetStatistics(): void {
    this.forEachPath(path => {
      path.flits = 0;
      path.messages.fill(0);
    });
  }

  private carry(from: number, message: M, arrives: Ticks): boolean {
    const to = this.destination(message);
    const path = this.paths[from][to] ?? this.makePath(from, to);
    const { links, lastExit } = path;
    const { flits, lane } = message;
    const { now } = this.simulation.queue;
    let time = arrives;
    let waited = 0;
    for (let hop = 0; hop < links.length; hop++) {
      const { latency, ticksPerFlit, booking } = links[hop];
      if (ticksPerFlit !== 0) {
        const start = booking.book(now, time, flits * ticksPerFlit);
        waited += start - time;
        time = start;
      }
      time += latency;
    }
    if (links.length > 0) {
      path.flits += flits;
      path.messages[lane] += 1;
      const { stats } = this;
      stats.messages++;
      stats.flits += flits;
      stats.hops += links.length;
      stats.waitedTicks += waited;
    }
    // A short message may fall into a gap before a long one; it still waits for it at the exit.
    if (lastExit[lane] > time) time = lastExit[lane]!;
    lastExit[lane] = time;
    if (path.next !== path) this.paths[from][to] = path.next;
    this.nodes[to].forward(message, time);
    return true;
  }

  private makePath(from: number, to: number): Path {
    const lastExit = new Array<Ticks>(LANES).fill(0);
    const ways = (this.topology.routes?.(from, to) ?? [this.topology.route(from, to)]).map(
      route =>
        new Path(
          route,
          Array.from(route, link => this.links[link]),
          lastExit,
        ),
    );
    ways.forEach((way, i) => (way.next = ways[(i + 1) % ways.length]!));
    return (this.paths[from][to] = ways[0]!);
  }

  private forEachPath(visit: (path: Path) => void): void {
    for (const paths of this.paths)
      paths.forEach(first => {
        let path = first;
        do {
          visit(path);
          path = path.next;
        } while (path !== first);
      });
  }
}

function refuse(): never {
  throw new Error('a network passes everything on');
}
