/**
 * Ports and wires. A port's role is its type: `connect` takes a `Port<A, B>` only with a `Port<B, A>`.
 * One closure per port, made when the port is made; none per event.
 */
import { plainObject, shown } from './checks.js';
import type { Arrivals } from './run-ahead/arrivals.js';
import { Booking } from './booking.js';
import type { Component } from './component.js';
import { SimulationError } from './errors.js';
import type { Target } from './queue/queue.js';
import type { Simulation } from './simulation.js';
import type { Ticks } from './time.js';

/** Number of virtual networks. */
export const LANES = 3;

/** What travels. A message belongs to the receiver once it is sent. */
export interface Message {
  /** The virtual network it travels on, 0 to LANES - 1. */
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
  private readonly onTransit: ((message: Receives, arrives: Ticks) => boolean) | null;
  private peer: Port<Receives, Sends> | null = null;
  private latency: Ticks = 0;
  private ticksPerFlit: Ticks = 0;
  private booking: Booking | null = null;
  private arrivals: Arrivals;

  /**
   * With `onTransit`, a message is first offered for passing on, at once and with the tick of its arrival: no event is
   * spent on what only books time. It answers whether it has handed the message on with `forward`; it must not act on
   * anything else, because the arrival is still to come.
   */
  constructor(
    owner: Component,
    name: string,
    onReceive: (message: Receives) => void,
    onTransit: ((message: Receives, arrives: Ticks) => boolean) | null = null,
  ) {
    this.owner = owner;
    this.path = `${owner.path}.${name}`;
    this.simulation = owner.simulation;
    this.onReceive = onReceive;
    this.onTransit = onTransit;
    this.arrivals = owner.arrivals;
    this.rank = this.simulation.adoptPort(this);
  }

  /** The port at the other end, or null. */
  get connectedTo(): Port<Receives, Sends> | null {
    return this.peer;
  }

  /** Ticks to the other end. */
  get wireLatency(): Ticks {
    return this.latency;
  }

  /**
   * Puts a message on the wire `delay` ticks from now. Messages arrive in the order of departure. The caller must not
   * touch it afterwards. Throws a SimulationError for a delay that is negative or no whole number of ticks.
   */
  send(message: Sends, delay: Ticks = 0): void {
    if (!(Number.isSafeInteger(delay) && delay >= 0))
      throw new SimulationError(
        this.path,
        this.simulation.now,
        this.simulation.seed,
        `a message leaves a whole number of ticks from now, not ${shown(delay)}`,
      );
    this.forward(message, this.simulation.now + delay);
  }

  /** As `send`, with the tick of departure. */
  forward(message: Sends, departs: Ticks): void {
    const peer = this.peer;
    if (peer === null)
      throw new SimulationError(this.path, this.simulation.now, this.simulation.seed, 'sends but is not connected');
    const simulation = this.simulation;
    const start =
      this.booking === null
        ? departs
        : this.booking.book(simulation.queue.now, departs, message.flits * this.ticksPerFlit);
    const arrives = start + this.latency;
    if (simulation.observer !== null)
      simulation.observer.sent?.(this.path, peer.path, message, simulation.now, arrives);
    if (peer.onTransit !== null && peer.onTransit(message, arrives)) return;
    // The queue refuses a delay that is not valid; then nothing is on its way.
    simulation.queue.schedule(arrives - simulation.now, peer, message, this.rank);
    peer.arrivals.add(arrives);
  }

  /** For the queue only. */
  fire(payload: unknown): void {
    const message = payload as Receives;
    const simulation = this.simulation;
    this.arrivals.remove();
    simulation.fingerprint.event(simulation.queue.now, this.rank, message.signature());
    if (simulation.observer !== null) simulation.observer.fired?.(this.path, this.rank, message);
    this.onReceive(message);
  }

  /** For `connect` only. */
  attach(peer: Port<Receives, Sends>, wire: Wire): void {
    if (this.peer !== null) throw new Error(`${this.path} is already connected to ${this.peer.path}`);
    if (!Number.isSafeInteger(wire.latency) || wire.latency < 1)
      throw new RangeError(
        `a wire from ${this.path} to ${peer.path} takes a whole number of ticks and at least 1, not ${shown(wire.latency)}`,
      );
    const ticksPerFlit = wire.ticksPerFlit === undefined ? 0 : wire.ticksPerFlit;
    if (!Number.isSafeInteger(ticksPerFlit) || ticksPerFlit < 0)
      throw new RangeError(
        `a flit from ${this.path} to ${peer.path} takes a whole number of ticks, not ${shown(ticksPerFlit)}`,
      );
    this.peer = peer;
    this.latency = wire.latency;
    this.ticksPerFlit = ticksPerFlit;
    this.booking = ticksPerFlit === 0 ? null : new Booking(this.simulation.calendars);
    this.arrivals = this.owner.arrivals;
  }
}

/** Joins two ports of matching roles by a wire, both ways. Throws if one of them is already connected or the wire takes no time. */
export function connect<A extends Message, B extends Message>(a: Port<A, B>, b: Port<B, A>, wire: Wire): void {
  plainObject(wire, `the wire from ${a.path} to ${b.path}`);
  if (a.owner.simulation !== b.owner.simulation)
    throw new Error(`${a.path} and ${b.path} belong to two simulations, which cannot meet`);
  a.attach(b, wire);
  b.attach(a, wire);
}
