/**
 * The detailed network: routers with virtual channels, finite buffers and credits, flit by flit, behind the same ports
 * as the network that books links. What it takes from the topology: the shape, the routes, the latency of every link
 * (with the pipeline of the router that it leaves) and the cycle, which is the time of a flit.
 *
 * Promised: order for each pair of nodes, as messages are handed over, in the virtual networks named in `ordered`; virtual networks never block each
 * other, because they share links and switches but no buffer; no deadlock among messages of one, whatever the load,
 * because nodes take what comes and routes cannot wait in circles. Unlike the network that books links it delivers a
 * message when its last flit has arrived, in whole cycles, and sends one for its own node to the router and back.
 */
import { list, plainObject, wholeNumber } from '../engine/checks.js';
import { Component, type Scope } from '../engine/component.js';
import { LANES, Port, type Message } from '../engine/port.js';
import type { Ticks } from '../engine/time.js';
import { Timer } from '../engine/timer.js';
import type { Topology } from '../topology/topology.js';
import type { LinkTraffic, NetworkOptions } from './network.js';
import { RouterFabric, type RouterFaults } from './router-fabric.js';
import { routerFaults, routerPlan, type RouterOptions, type RouterPlan } from './router-options.js';
import { Ways } from './ways.js';

/** What a network of routers is made with. */
export interface RouterNetworkOptions<M extends Message> extends NetworkOptions<M> {
  readonly routers: RouterOptions;
  /** Virtual networks that keep the order of each pair of nodes, and use one virtual channel for each pair. */
  readonly ordered: readonly number[];
  /** Mistakes to plant, for specs. */
  readonly faults?: RouterFaults;
}

/** A network of routers between nodes. One port per node. */
export class RouterNetwork<M extends Message> extends Component {
  /** By node. */
  readonly nodes: readonly Port<M, M>[];
  readonly stats = this.statistics({
    messages: ['messages', 'messages handed over at nodes'],
    flits: ['flits', 'flits of messages handed over at nodes'],
    hops: ['links', 'links that heads have crossed, those from and to nodes included'],
    flitHops: ['flits', 'flits that have crossed the switch of a router'],
    waitedTicks: ['ticks', 'time that heads waited, at sources and for channels and switches, summed up'],
    creditStalls: [
      'flits',
      'flits that came to the front of a buffer with a virtual channel but no credit, and waited for one',
    ],
    largestQueue: ['flits', 'most flits in the buffers of one input of a router'],
    largestUnderWay: ['messages', 'most messages under way or waiting at their sources'],
  });
  private readonly topology: Topology;
  private readonly destination: (message: M) => number;
  private readonly plan: RouterPlan;
  private readonly fabric: RouterFabric;
  private readonly ways: Ways;
  private readonly keepsOrder: readonly boolean[];
  /** Messages that were handed over in ordered virtual networks and have not entered: by source, destination and lane, in order. */
  private readonly entering: M[][][];
  /** Those of them that have arrived before their turn, because one before them left later. */
  private readonly early = new Set<M>();
  private readonly cycleTimer = new Timer(this, () => this.onCycle());

  /** Throws an Error with the reasons if the topology cannot be built from such routers. */
  constructor(parent: Scope, name: string, options: RouterNetworkOptions<M>) {
    super(parent, name);
    plainObject(options, this.path);
    const { topology, routers, ordered, faults = {} } = options;
    list(ordered, `${this.path}: ordered`);
    for (const lane of ordered) wholeNumber(lane, `${this.path}: ordered, a virtual network,`, 0, LANES - 1);
    const reasons = routerFaults(topology, routers);
    if (reasons.length > 0) throw new RangeError(`${this.path}: ${reasons.join('; ')}`);
    this.topology = topology;
    this.destination = options.destination;
    this.plan = routerPlan(topology, routers);
    this.keepsOrder = Array.from({ length: LANES }, (_, lane) => ordered.includes(lane));
    this.entering = Array.from({ length: topology.nodes }, () => []);
    this.ways = new Ways(topology, this.plan, this.keepsOrder, this.simulation.random(`${this.path}.ties`));
    this.fabric = new RouterFabric(
      topology,
      routers,
      this.plan,
      this.keepsOrder,
      faults,
      this.stats,
      (message, to, cycle) => this.nodes[to].forward(message as M, cycle * this.plan.cycleTicks),
    );
    this.nodes = Array.from({ length: topology.nodes }, (_, node) => this.portOf(node));
  }

  /** A message leaves when its last flit crosses the switch: the link to the node is still to come. */
  override leastTransit(port: object): Ticks {
    const node = this.nodes.indexOf(port as Port<M, M>);
    const link = this.topology.links.findIndex(({ to }) => to === node);
    return this.plan.flight[link] * this.plan.cycleTicks;
  }

  override waitsFor(): string | undefined {
    return this.fabric.underWay > 0 ? this.fabric.stuck() : undefined;
  }

  override resetStatistics(): void {
    this.fabric.resetTraffic();
  }

  /**
   * What is not at rest, in sentences: messages, buffers that are not empty, credits that are not back, virtual channels
   * that are held. Empty when a simulation has run to its end.
   */
  imbalance(): string[] {
    return this.fabric.imbalance();
  }

  /** Traffic by link, in the order of the topology's links; `largestQueue` in flits, of the buffers at its end. */
  linkTraffic(): LinkTraffic[] {
    const { linkMessages, linkFlits, linkWaited, largest } = this.fabric;
    const { cycleTicks } = this.plan;
    return this.topology.links.map(({ from, to }, link) => ({
      link,
      from,
      to,
      messages: Array.from(linkMessages.subarray(link * LANES, (link + 1) * LANES)),
      flits: linkFlits[link],
      busyTicks: linkFlits[link] * cycleTicks,
      waitedTicks: linkWaited[link] * cycleTicks,
      largestQueue: largest[link],
    }));
  }

  private portOf(node: number): Port<M, M> {
    const arrived = (message: M): void => this.onMessage(node, message);
    return new Port<M, M>(this, `node${node}`, arrived, message => this.onHandOver(node, message));
  }

  /** Notes the order in which messages are handed over: one may be on its way to the network behind a later one. */
  private onHandOver(from: number, message: M): boolean {
    if (this.keepsOrder[message.lane]) this.queueOf(from, message).push(message);
    return false;
  }

  private queueOf(from: number, message: M): M[] {
    return (this.entering[from][this.destination(message) * LANES + message.lane] ??= []);
  }

  private onMessage(from: number, message: M): void {
    if (!this.keepsOrder[message.lane]) {
      this.enter(from, message);
      return;
    }
    const queue = this.queueOf(from, message);
    if (queue[0] !== message) {
      this.early.add(message);
      return;
    }
    do this.enter(from, queue.shift()!);
    while (queue.length > 0 && this.early.delete(queue[0]));
  }

  private enter(from: number, message: M): void {
    const { fabric, stats, plan, now } = this;
    const { calendar } = fabric;
    if (calendar.pending === 0 && !fabric.active) calendar.jump(Math.floor(now / plan.cycleTicks));
    // It enters in the first whole cycle and leaves its source in the next.
    const cycle = Math.ceil(now / plan.cycleTicks) + 1;
    const to = this.destination(message);
    const way = this.ways.take(from, to, message.lane);
    fabric.submit(message, from, to, way, message.lane, message.flits, cycle - calendar.cycle);
    stats.messages++;
    stats.flits += message.flits;
    if (fabric.underWay > stats.largestUnderWay) stats.largestUnderWay = fabric.underWay;
    this.appoint(cycle);
  }

  private onCycle(): void {
    const { fabric, plan } = this;
    const { calendar } = fabric;
    calendar.moveTo(this.now / plan.cycleTicks);
    fabric.step();
    if (fabric.active) this.appoint(calendar.cycle + 1);
    else if (calendar.pending > 0) this.appoint(calendar.next());
  }

  private appoint(cycle: number): void {
    if (this.fabric.calendar.plan(cycle)) this.cycleTimer.after(cycle * this.plan.cycleTicks - this.now);
  }
}
