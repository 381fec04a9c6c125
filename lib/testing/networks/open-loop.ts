/** Sources that send whatever becomes of it, as measurements of networks do: an open loop. */
import { callable, plainObject, shown, wholeNumber, wholeNumbers } from '../../engine/checks.js';
import { Component, type Scope } from '../../engine/component.js';
import { LANES, Port, type Message } from '../../engine/port.js';
import type { RandomStream } from '../../engine/random.js';
import type { Ticks } from '../../engine/time.js';
import { Timer } from '../../engine/timer.js';
import type { TrafficPattern } from './traffic.js';

/** A packet of synthetic traffic. */
export class TrafficPacket implements Message {
  readonly lane: number;
  readonly flits: number;
  readonly from: number;
  readonly to: number;
  /** The tick at which it reaches the network. */
  readonly created: Ticks;

  constructor(lane: number, flits: number, from: number, to: number, created: Ticks) {
    this.lane = lane;
    this.flits = flits;
    this.from = from;
    this.to = to;
    this.created = created;
  }

  signature(): number {
    return this.from;
  }
}

/** What a source is made with. */
export interface OpenLoopOptions {
  readonly node: number;
  readonly pattern: TrafficPattern;
  /** Flits that a node offers in a cycle, above 0 and at most 1: packets come in each cycle with equal probability. */
  readonly rate: number;
  readonly flits: number;
  readonly lane: number;
  readonly cycleTicks: Ticks;
  /** Whether packets to the node itself are sent; otherwise they are left out. */
  readonly toItself: boolean;
  /** Called with each packet that is sent. */
  readonly sent: (packet: TrafficPacket) => void;
  /** Called with each packet that arrives, in the tick in which it leaves the network. */
  readonly arrived: (packet: TrafficPacket, left: Ticks) => void;
}

/** One tick between a source and the network, which the figures leave out. */
export const SOURCE_WIRE: Ticks = 1;

/** A source and sink. */
export class OpenLoop extends Component {
  readonly network: Port<TrafficPacket, TrafficPacket> = new Port<TrafficPacket, TrafficPacket>(
    this,
    'network',
    packet => this.options.arrived(packet, this.now - SOURCE_WIRE),
  );
  private readonly next = new Timer(this, () => this.onNext());
  private readonly options: OpenLoopOptions;
  private readonly random: RandomStream;
  private readonly gapScale: number;
  private stopped = false;

  constructor(parent: Scope, name: string, options: OpenLoopOptions) {
    super(parent, name);
    plainObject(options, this.path);
    const { rate, flits, cycleTicks } = options;
    wholeNumbers(options, ['node'], this.path);
    wholeNumbers(options, ['flits'], this.path, 1, 2 ** 20);
    wholeNumber(options.lane, `${this.path}: lane`, 0, LANES - 1);
    for (const key of ['pattern', 'sent', 'arrived'] as const) callable(options[key], `${this.path}: ${key}`);
    const probability = typeof rate === 'number' ? rate / flits : NaN;
    if (!(probability > 0 && probability <= 1))
      throw new RangeError(
        `a rate of ${shown(rate)} flits per cycle in packets of ${flits} is not above 0 and at most ${flits}`,
      );
    wholeNumber(cycleTicks, `${this.path}: cycleTicks`, 1);
    this.options = options;
    this.random = this.simulation.random(this.path);
    this.gapScale = probability === 1 ? 0 : 1 / Math.log1p(-probability);
  }

  override start(): void {
    this.next.after((1 + this.gap()) * this.options.cycleTicks - SOURCE_WIRE);
  }

  /** Sends nothing any more. */
  stop(): void {
    this.stopped = true;
  }

  private onNext(): void {
    if (this.stopped) return;
    const { node, pattern, lane, flits, cycleTicks, toItself } = this.options;
    const to = pattern(node, this.random);
    if (to !== node || toItself) {
      const packet = new TrafficPacket(lane, flits, node, to, this.now + SOURCE_WIRE);
      this.options.sent(packet);
      this.network.send(packet);
    }
    this.next.after(this.gap() * cycleTicks);
  }

  /** Cycles until the next packet: as if a coin were thrown in each, without throwing it. */
  private gap(): number {
    return 1 + Math.floor(Math.log1p(-this.random.next()) * this.gapScale);
  }
}
