/**
 * The controller of a node: between its processors, its memory and the network. It routes: what is for the home of one of
 * its lines goes to home.ts, everything else is passed on. Its occupancy is a queue of its own, apart from latency, as in
 * FLASH's MAGIC and the Origin's hub.
 */
import type { Line } from '../messages/addresses.js';
import { HOME, IS_PUT, Lane, type CoherenceMessage, type NodeMessage } from '../messages/coherence-messages.js';
import type { AddressMap } from '../messages/address-map.js';
import type { LineData } from '../messages/line-data.js';
import { refuses } from '../coherence/protocol.js';
import { Booking } from '../engine/booking.js';
import { Component, type Scope } from '../engine/component.js';
import { Port } from '../engine/port.js';
import type { Ticks } from '../engine/time.js';
import {
  FULL_DIRECTORY,
  checkController,
  type ControllerTiming,
  type NodeControllerOptions,
} from './controller-options.js';
import type { Directory } from './directory.js';
import { Home } from './home.js';
import { PageCounters } from './page-counters.js';
import { PageMisses, type MissObserver } from './page-misses.js';

/** What a directory other than a full bit vector counts. */
const DIRECTORY_STATISTICS = {
  overflows: ['events', 'times that an entry could not name its sharers one by one any longer'],
  evictedSharers: ['sharers', 'sharers invalidated to make room for another one of the same line'],
  recalls: ['lines', 'lines called back by their home to make room for another'],
  waits: ['requests', 'requests that found no room in the directory and waited'],
  largestPool: ['cells', 'list cells in use, at most'],
} as const;

const REFUSALS = { naks: ['messages', 'requests refused because their line was busy'] } as const;

/** One node's controller: home of its lines, and the way out and in for its processors and its bridge. */
export class NodeController extends Component {
  /** One port per processor of the node, in order. */
  readonly processors: readonly Port<NodeMessage, NodeMessage>[];
  /** The port of the node's bridge to devices, or null if the map has none here. */
  readonly bridge: Port<NodeMessage, NodeMessage> | null;
  readonly network: Port<NodeMessage, NodeMessage>;
  readonly stats = this.statistics({
    localRequests: ['requests', 'GetS and GetM of this node that this home served'],
    remoteRequests: ['requests', 'GetS and GetM of other nodes that this home served'],
    forwards: ['messages', 'forwards and invalidations sent'],
    writebacks: ['messages', 'lines written back, dirty'],
    stalled: ['requests', 'requests that waited for a line in transition'],
    hotPages: ['interrupts', 'hot-page interrupts raised'],
  });
  /** What a home counts that refuses requests, or null for one that makes them wait. */
  readonly refusals: Record<keyof typeof REFUSALS, number> | null;
  /** Occupancy of the controller. */
  readonly occupancy = new Booking(this.simulation.calendars);
  /** What the directory's format counts, or null for a full bit vector. */
  readonly directoryStats: Record<keyof typeof DIRECTORY_STATISTICS, number> | null;
  readonly counters: PageCounters | null;
  readonly directory: Directory;
  /** Occupancy of the memory banks. */
  readonly banks: readonly Booking[];
  private readonly home: Home;
  private readonly misses: PageMisses;
  /** The ports of the node's caches: its processors', then its bridge's. */
  private readonly caches: readonly Port<NodeMessage, NodeMessage>[];
  /** When the last forward of this home leaves, by cache of the node. */
  private readonly lastForward: Ticks[];
  // Options are copied into fields: objects put together by a caller's spread have a shape each (spec/bench/processor).
  private readonly node: number;
  private readonly map: AddressMap;
  private readonly timing: ControllerTiming;
  private readonly firstProcessor: number;

  constructor(parent: Scope, name: string, options: NodeControllerOptions) {
    super(parent, name);
    checkController(this.path, options);
    const { map, node } = options;
    const { format } = options.directory ?? FULL_DIRECTORY;
    this.node = node;
    this.map = map;
    this.timing = options.timing;
    this.refusals = refuses(options.protocol) ? this.statistics(REFUSALS) : null;
    this.firstProcessor = map.firstProcessor[node]!;
    const count = map.firstProcessor[node + 1] - this.firstProcessor;
    this.processors = Array.from({ length: count }, (_, i) => this.makePort(`processor${i}`));
    this.bridge = map.bridgeOfNode[node] < 0 ? null : this.makePort('bridge');
    this.caches = this.bridge === null ? this.processors : [...this.processors, this.bridge];
    this.network = new Port<NodeMessage, NodeMessage>(
      this,
      'network',
      message => this.home.receive(message as CoherenceMessage, this.timing.lookupRemote),
      (message, arrives) => this.fromNetwork(message, arrives),
    );
    this.lastForward = new Array<Ticks>(this.caches.length).fill(0);
    this.directoryStats = format.format === 'full' ? null : this.statistics(DIRECTORY_STATISTICS);
    this.counters = options.counters && new PageCounters(map.nodes, node, options.counters);
    this.misses = new PageMisses(this, this.counters, options);
    this.home = new Home(this, this.misses, options);
    this.directory = this.home.directory;
    this.banks = this.home.memory.banks;
  }

  override waitsFor(): string | undefined {
    return this.home.waitsFor();
  }

  /** What is wrong while nothing is under way, in words: requests left waiting, lines in transition, pointers lost. Nothing usually. */
  imbalance(): string[] {
    return this.home.imbalance();
  }

  override resetStatistics(): void {
    this.counters?.resetStatistics();
  }

  /** The value of a line as memory has it. Right only while no cache owns the line. */
  lineInMemory(line: Line): LineData | null {
    return this.home.memory.value(line);
  }

  /** Shows every miss that this home serves to an observer, or to none any more. */
  observeMisses(observer: MissObserver | null): void {
    this.misses.observer = observer;
  }

  /** Sends a message of home's to a processor, wherever it is. Forwards to one processor keep their order. */
  toCache(message: NodeMessage, departs: Ticks): void {
    if (this.map.nodeOfProcessor[message.to] !== this.node) {
      this.network.forward(message, departs);
      return;
    }
    const index = this.indexOf(message.to);
    if (message.lane !== Lane.Forward) this.caches[index].forward(message, departs);
    else {
      this.lastForward[index] = Math.max(departs, this.lastForward[index]);
      this.caches[index].forward(message, this.lastForward[index]);
    }
  }

  /** A port for a processor or bridge of this node. */
  private makePort(name: string): Port<NodeMessage, NodeMessage> {
    return new Port<NodeMessage, NodeMessage>(
      this,
      name,
      message => this.arrived(message as CoherenceMessage),
      (message, arrives) => this.fromProcessor(message, arrives),
    );
  }

  /** Takes what is for this home, and the Puts that did not pass ahead of their arrival. */
  private arrived(message: CoherenceMessage): void {
    const { timing } = this;
    if (this.map.homeOfLine(message.line) === this.node) this.home.receive(message, timing.lookupLocal);
    else this.network.forward(message, this.pass(this.now) + timing.requestOut);
  }

  /** Passes on what a processor or bridge sends elsewhere. What is for this home arrives here, and all Puts do. */
  private fromProcessor(message: NodeMessage, arrives: Ticks): boolean {
    const { map, node, timing } = this;
    const out = message.lane === Lane.Response ? timing.responseOut : timing.requestOut;
    if (message.to === HOME) {
      const { kind, line } = message as CoherenceMessage;
      // The miss whose victim is put back goes first. If it is for this home it is booked when it arrives, so the Put is, too.
      if (IS_PUT[kind] || map.homeOfLine(line) === node) return false;
      this.network.forward(message, this.pass(arrives) + out);
    } else if (map.nodeOfProcessor[message.to] === node) this.toProcessor(message, this.pass(arrives) + out);
    else this.network.forward(message, this.pass(arrives) + out);
    return true;
  }

  /** Passes on what the network brings for a processor; only what is for this home arrives here. */
  private fromNetwork(message: NodeMessage, arrives: Ticks): boolean {
    if (message.to === HOME) return false;
    const { timing } = this;
    this.toProcessor(
      message,
      this.pass(arrives) + (message.lane === Lane.Response ? timing.responseIn : timing.forwardIn),
    );
    return true;
  }

  /** Books the controller for a message that passes through; returns when it is served. */
  private pass(arrives: Ticks): Ticks {
    const { passOccupancy } = this.timing;
    return passOccupancy === 0 ? arrives : this.occupancy.book(this.now, arrives, passOccupancy);
  }

  private toProcessor(message: NodeMessage, departs: Ticks): void {
    this.caches[this.indexOf(message.to)].forward(message, departs);
  }

  /** Where a cache of this node is among its ports. */
  private indexOf(cache: number): number {
    return cache < this.map.processors ? cache - this.firstProcessor : this.processors.length;
  }
}
