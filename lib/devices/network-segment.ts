/**
 * A segment of a local network: a medium that its cards share, one frame at a time, booked. A card whose frame has to wait
 * waits; there are no collisions, no token and no errors of transmission. Frames reach the card that they are addressed to,
 * or all others.
 */
import { list, plainObject, wholeNumber, wholeNumbers } from '../engine/checks.js';
import { digestOfWords } from '../messages/io-messages.js';
import type { LineData } from '../messages/line-data.js';
import { Booking } from '../engine/booking.js';
import { Component, type Scope } from '../engine/component.js';
import { Port } from '../engine/port.js';
import type { Ticks } from '../engine/time.js';

/** The address of everybody but the sender. Others are whole numbers below it. */
export const BROADCAST = 2 ** 48 - 1;

/** A medium, in the units of its standard. */
export interface NetworkMedium {
  /** Of a byte on the medium. */
  readonly byteNs: number;
  /** What a frame is longer than its data: preamble, addresses, type, check and the gap to the next. */
  readonly overheadBytes: number;
  /** Frames with less data are filled up. */
  readonly leastBytes: number;
  /** The most data of a frame. */
  readonly mtuBytes: number;
}

/** A frame on its way. */
export class NetworkFrame {
  readonly lane = 0;
  readonly flits = 1;
  readonly from: number;
  readonly to: number;
  /** Length of the data. */
  readonly bytes: number;
  /** The data, null for zeros. */
  readonly words: LineData | null;

  constructor(from: number, to: number, bytes: number, words: LineData | null) {
    this.from = from;
    this.to = to;
    this.bytes = bytes;
    this.words = words;
  }

  /** For the fingerprint: addresses and content. */
  signature(): number {
    const said = Math.imul(this.from | 0, 0x01000193) ^ (this.to | 0) ^ (this.bytes << 8);
    return this.words === null ? said : said ^ digestOfWords(this.words);
  }
}

/** The medium is free again for the card that has sent. */
export class FrameSent {
  readonly lane = 2;
  readonly flits = 1;

  /** For the fingerprint. */
  signature(): number {
    return 1;
  }
}

/** What a segment is made with. */
export interface NetworkSegmentOptions {
  /** Ticks of a byte, at least 1. */
  readonly ticksPerByte: Ticks;
  readonly overheadBytes: number;
  readonly leastBytes: number;
  /** Of the cards, in the order of their ports; no two alike. */
  readonly addresses: readonly number[];
}

/** A segment. One port per card. */
export class NetworkSegment extends Component {
  /** In the order of the addresses. */
  readonly cards: readonly Port<NetworkFrame | FrameSent, NetworkFrame>[];
  readonly stats = this.statistics({
    frames: ['frames', 'frames carried'],
    bytes: ['bytes', 'data carried, without what the medium adds'],
    unclaimed: ['frames', 'frames for addresses that no card has'],
    busyTicks: ['ticks', 'time for which the medium was taken'],
    waitedTicks: ['ticks', 'time that frames waited for the medium, summed up'],
  });
  readonly medium = new Booking(this.simulation.calendars);
  private readonly options: NetworkSegmentOptions;
  private readonly sent = new FrameSent();

  /** Throws an Error for two cards of one address, a RangeError for other options that cannot be. */
  constructor(parent: Scope, name: string, options: NetworkSegmentOptions) {
    super(parent, name);
    plainObject(options, this.path);
    const { addresses, ticksPerByte, overheadBytes, leastBytes } = options;
    wholeNumber(ticksPerByte, `${this.path}: ticksPerByte, the ticks of a byte,`, 1);
    wholeNumbers(options, ['overheadBytes', 'leastBytes'], this.path, 0, 2 ** 24);
    list(addresses, `${this.path}: addresses`);
    if (!(overheadBytes + leastBytes >= 1)) throw new RangeError(`${this.path}: the least frame has no length`);
    addresses.forEach((address, i) => {
      if (!isAddress(address) || address === BROADCAST)
        throw new RangeError(
          `${this.path}: addresses has ${address}, which is not the address of a card: give 0 to 2^48 - 2`,
        );
      if (addresses.indexOf(address) !== i) throw new Error(`${this.path}: two cards have the address ${address}`);
    });
    this.options = options;
    this.cards = addresses.map(
      (_, card) =>
        new Port<NetworkFrame | FrameSent, NetworkFrame>(this, `card${card}`, refuse, (frame, arrives) =>
          this.carry(card, frame, arrives),
        ),
    );
  }

  /** A frame comes in over a wire and occupies the medium before it leaves. */
  override leastTransit(): Ticks {
    return Math.min(...this.cards.map(card => card.wireLatency)) + this.ticksOf(0);
  }

  /** Time for which a frame occupies the medium. */
  ticksOf(bytes: number): Ticks {
    const { overheadBytes, leastBytes, ticksPerByte } = this.options;
    return (overheadBytes + Math.max(leastBytes, bytes)) * ticksPerByte;
  }

  private carry(card: number, frame: NetworkFrame, arrives: Ticks): boolean {
    const { stats, cards } = this;
    const ticks = this.ticksOf(frame.bytes);
    const start = this.medium.book(this.now, arrives, ticks);
    const end = start + ticks;
    stats.frames++;
    stats.bytes += frame.bytes;
    stats.busyTicks += ticks;
    stats.waitedTicks += start - arrives;
    cards[card].forward(this.sent, end);
    if (frame.to === BROADCAST) {
      for (let other = 0; other < cards.length; other++) if (other !== card) cards[other].forward(frame, end);
      return true;
    }
    const to = this.options.addresses.indexOf(frame.to);
    if (to >= 0 && to !== card) cards[to].forward(frame, end);
    else stats.unclaimed++;
    return true;
  }
}

/** Whether something is an address, or BROADCAST. */
export function isAddress(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= BROADCAST;
}

function refuse(): never {
  throw new Error('a segment passes everything on');
}
