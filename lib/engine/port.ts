/**
 * Ports and wires. A port's role is its type: `connect` takes a `Port<A, B>` only with a `Port<B, A>`.
 * One closure per port, made when the port is made; none per event.
 */
import type { Arrivals } from './arrivals.js';
import type { Component } from './component.js';
import { SimulationError } from './errors.js';
import type { Target } from './queue.js';
import type { Simulation } from './simulation.js';
import type { Ticks } from './time.js';

/** Number of virtual networks, which are lanes of a wire: messages of different lanes never wait for each other's order. */
export const LANES = 3;

/** What travels. A message belongs to the receiver once it is sent. */
export interface Message {
  /** The virtual network it travels on, 0 to LANES - 1. Order is kept per wire and lane. */
  readonly lane: number;
  /** Its length in flits, at least 1: what it occupies of a wire or link with a bandwidth. */
  readonly flits: number;
  /** An integer that tells it from other messages, for the fingerprint. */
  signature(): number;
}

/** How long a wire is and how much it carries. */
export interface Wire {
  /** Ticks from departure to arrival, at least 1. */
  readonly latency: Ticks;
  /** Ticks for which a flit occupies the wire in one direction; 0, the default, means that it never queues. */
  readonly ticksPerFlit?: Ticks;
}

/** One end of a wire. `Sends` leave through it, `Receives` arrive at it. */
export class Port<in out Sends extends Message, in out Receives extends Message> implements Target {
  readonly owner: Component;
  readonly path: string;
  /** Rank in the total order: events of one time fire by the rank of the port that sent them. */
  readonly rank: number;
  private readonly simulation: Simulation;
  private readonly onReceive: (message: Receives) => void;
  private readonly onTransit: ((message: Receives, arrives: Ticks) => void) | null;
  private peer: Port<Receives, Sends> | null = null;
  private latency: Ticks = 0;
  private ticksPerFlit: Ticks = 0;
  private freeAt: Ticks = 0;
  private readonly laneFree = new Float64Array(LANES);
  private arrivals: Arrivals;

  /** `onTransit` is for `Port.passing`. */
  constructor(
    owner: Component,
    name: string,
    onReceive: (message: Receives) => void,
    onTransit: ((message: Receives, arrives: Ticks) => void) | null = null,
  ) {
    this.owner = owner;
    this.path = `${owner.path}.${name}`;
    this.simulation = owner.simulation;
    this.onReceive = onReceive;
    this.onTransit = onTransit;
    this.arrivals = owner.arrivals;
    this.rank = this.simulation.adoptPort(this);
  }

  /**
   * A port of a component that only books time: what reaches it is handed on at once, with the tick of its arrival.
   * No event is spent on it. `onTransit` must pass it on with `forward`, not act on it.
   */
  static passing<Sends extends Message, Receives extends Message>(
    owner: Component,
    name: string,
    onTransit: (message: Receives, arrives: Ticks) => void,
  ): Port<Sends, Receives> {
    return new Port<Sends, Receives>(owner, name, () => undefined, onTransit);
  }

  /** The port at the other end, or null. */
  get connectedTo(): Port<Receives, Sends> | null {
    return this.peer;
  }

  /** Ticks to the other end. */
  get wireLatency(): Ticks {
    return this.latency;
  }

  /** Whether messages pass through without an event. */
  get passes(): boolean {
    return this.onTransit !== null;
  }

  /** Puts a message on the wire `delay` ticks from now, behind those of its lane already sent. The caller must not touch it afterwards. */
  send(message: Sends, delay: Ticks = 0): void {
    this.forward(message, this.simulation.now + delay);
  }

  /** As `send`, with the tick of departure. */
  forward(message: Sends, departs: Ticks): void {
    const peer = this.peer;
    if (peer === null)
      throw new SimulationError(this.path, this.simulation.now, this.simulation.seed, 'sends but is not connected');
    let start = departs;
    if (this.ticksPerFlit !== 0) {
      if (this.freeAt > start) start = this.freeAt;
      this.freeAt = start + message.flits * this.ticksPerFlit;
    }
    let arrives = start + this.latency;
    const lane = message.lane;
    if (this.laneFree[lane]! > arrives) arrives = this.laneFree[lane]!;
    this.laneFree[lane] = arrives;
    const simulation = this.simulation;
    if (simulation.observer !== null) simulation.observer.sent?.(this.path, peer.path, message, simulation.now, arrives);
    if (peer.onTransit !== null) peer.onTransit(message, arrives);
    else {
      peer.arrivals.add(arrives);
      simulation.queue.schedule(arrives - simulation.now, peer, message, this.rank);
    }
  }

  /** For the queue only. */
  fire(payload: unknown): void {
    const message = payload as Receives;
    const simulation = this.simulation;
    this.arrivals.remove();
    simulation.fingerprint.event(simulation.queue.now, this.rank, message.signature());
    this.onReceive(message);
  }

  /** For `connect` only. */
  attach(peer: Port<Receives, Sends>, wire: Wire): void {
    if (this.peer !== null) throw new Error(`${this.path} is already connected to ${this.peer.path}`);
    if (!Number.isSafeInteger(wire.latency) || wire.latency < 1)
      throw new RangeError(
        `a wire from ${this.path} to ${peer.path} takes a whole number of ticks and at least 1, not ${wire.latency}`,
      );
    const ticksPerFlit = wire.ticksPerFlit ?? 0;
    if (!Number.isSafeInteger(ticksPerFlit) || ticksPerFlit < 0)
      throw new RangeError(`a flit from ${this.path} to ${peer.path} takes a whole number of ticks, not ${ticksPerFlit}`);
    this.peer = peer;
    this.latency = wire.latency;
    this.ticksPerFlit = ticksPerFlit;
    this.arrivals = this.owner.arrivals;
  }
}

/** Joins two ports of matching roles by a wire, both ways. Throws if one of them is already connected or the wire takes no time. */
export function connect<A extends Message, B extends Message>(a: Port<A, B>, b: Port<B, A>, wire: Wire): void {
  if (a.owner.simulation !== b.owner.simulation)
    throw new Error(`${a.path} and ${b.path} belong to two simulations, which cannot meet`);
  a.attach(b, wire);
  b.attach(a, wire);
}
