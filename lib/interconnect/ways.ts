/**
 * The ways that messages take through a network of routers. Where a topology has several routes that are equally good,
 * as half way round a ring, one is drawn for each message; in virtual networks that keep the order of a pair of nodes one
 * is drawn for each pair, and kept.
 */
import type { RandomStream } from '../engine/random.js';
import type { Topology } from '../topology/topology.js';
import { classesAlong, routesOf, type ChannelClasses } from './channel-classes.js';

/** A way: the links to take, and the class of virtual channels on each. */
export interface Way {
  readonly links: Int32Array;
  readonly classes: Uint8Array;
}

/** Ways of all pairs of nodes, made when they are first needed. */
export class Ways {
  private readonly topology: Topology;
  private readonly classes: ChannelClasses;
  private readonly ordered: readonly boolean[];
  private readonly random: RandomStream;
  /** By source and destination, the way of pairs that have one. */
  private readonly only: Way[][];
  private readonly several: (readonly Way[])[][];
  /** Of pairs that have several, the one that messages in order take. */
  private readonly kept: Way[][];

  /** `random` is drawn from only where there are several ways. */
  constructor(topology: Topology, classes: ChannelClasses, ordered: readonly boolean[], random: RandomStream) {
    const perNode = <T>(): T[][] => Array.from({ length: topology.nodes }, () => []);
    this.topology = topology;
    this.classes = classes;
    this.ordered = ordered;
    this.random = random;
    this.only = perNode();
    this.several = perNode();
    this.kept = perNode();
  }

  /** The way of the next message of a pair in a virtual network. */
  take(from: number, to: number, lane: number): Way {
    return this.only[from][to] ?? this.draw(from, to, lane);
  }

  private draw(from: number, to: number, lane: number): Way {
    const ways = (this.several[from][to] ??= this.all(from, to));
    if (ways.length === 1) return (this.only[from][to] = ways[0]);
    if (this.ordered[lane]) return (this.kept[from][to] ??= ways[this.random.below(ways.length)]);
    return ways[this.random.below(ways.length)];
  }

  private all(from: number, to: number): Way[] {
    const routes = from === to ? [this.around(from)] : routesOf(this.topology, from, to);
    return routes.map(links => ({ links, classes: classesAlong(this.classes, links) }));
  }

  /** The route of a message to its own node: to its router and back. */
  private around(node: number): Int32Array {
    const { links } = this.topology;
    return Int32Array.of(
      links.findIndex(({ from }) => from === node),
      links.findIndex(({ to }) => to === node),
    );
  }
}
