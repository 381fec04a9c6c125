/**
 * The network of SPLASHOS: datagrams of one frame each, over a card of the machine or of a monitor's subnet. Both take the same
 * commands; every receive buffer is as long as a frame may be, so that a card which scatters has no reason to. The headers are those
 * of the commodity kernel.
 */
import { deviceCommand, store } from '../../processor/operations.js';
import { HEADER_BYTES, readHeader, writeHeader } from '../commodity/network/sockets/datagram-header.js';
import type { Piece } from '../commodity/network/pieces.js';
import type { Endpoint } from '../commodity/network/sockets/transport.js';
import { PAGE_BYTES } from './memory.js';
import type { SplashOS } from './splash-os.js';
import type { Code } from '../../system/code.js';

/** A card that SPLASHOS finds. */
export interface SplashCard {
  /** Its own on the link, from 0 to 2^31 - 1. */
  readonly address: number;
  /** Where its commands go: the bridge as a cache, and the index of the device there. */
  readonly bridge: number;
  readonly device: number;
  /** Most data of a frame; Infinity if there is no limit. */
  readonly mtuBytes: number;
}

/** How a card is used. */
export interface SplashNetworkOptions {
  readonly card: SplashCard;
  /** Receive buffers, from 1: not more than the card holds. Each takes two pages of the library's data, and one more is for sending. */
  readonly buffers: number;
  /** The processor that its interrupts go to, and their codes: this one and the next. */
  readonly interruptTo: number;
  readonly interruptCode: number;
}

/** A datagram that has come. */
export interface SplashDatagram {
  readonly from: Endpoint;
  readonly toPort: number;
  readonly data: Piece;
  /** Address of the buffer that it lies in. */
  readonly buffer: number;
}

/** Memory of a frame to be sent. */
export type Place = Pick<Piece, 'page' | 'offset' | 'bytes'>;

/** A frame that is written and may be sent, more than once. */
export interface SplashFrame {
  readonly to: number;
  readonly places: readonly Place[];
}

const BUFFER_PAGES = 2;
const BUFFER_BYTES = BUFFER_PAGES * PAGE_BYTES;

/** One card. Its methods are library code at the present: the activity of whoever calls them is the kernel's. */
export class SplashNetwork {
  readonly address: number;
  /** Most bytes of a datagram. */
  readonly mostBytes: number;
  readonly stats = { sent: 0, sendErrors: 0, received: 0, malformed: 0, refused: 0 };
  /** Takes a datagram, in interrupt context: true if it keeps the buffer until `release`. @internal */
  onDatagram: ((datagram: SplashDatagram) => Code<boolean>) | null = null;
  /** A frame is off the card, in interrupt context. */
  onSent: (() => Code) | null = null;
  /** Frames that the card has not reported as sent. No lock: changed between yields only, as `opened` and the next number. */
  unsent = 0;
  private readonly os: SplashOS;
  private readonly options: SplashNetworkOptions;
  private readonly buffers: readonly number[];
  private readonly outgoing: number;
  private nextId = 1;
  private opened = false;

  /** Make it before the program starts. Throws a GuestError if the library's data have no room for the buffers. */
  constructor(os: SplashOS, options: SplashNetworkOptions) {
    const { card, buffers, interruptCode } = options;
    this.os = os;
    this.options = options;
    this.address = card.address;
    this.mostBytes = Math.min(card.mtuBytes, BUFFER_BYTES) - HEADER_BYTES;
    this.buffers = Array.from({ length: buffers }, () => os.memory.dataArea(BUFFER_PAGES));
    this.outgoing = os.memory.dataArea(1);
    os.attending.add(options.interruptTo);
    os.interrupts.set(interruptCode, (_tag, status) => this.sent(status));
    os.interrupts.set(interruptCode + 1, (tag, status) => this.received(tag, status));
  }

  /** Gives the card its buffers, once. */
  *open(): Code {
    if (this.opened) return;
    this.opened = true;
    for (const buffer of this.buffers) yield* this.release(buffer);
  }

  /**
   * Writes a frame into the buffer for sending: a header, words, and data where they lie, which must not change until it is sent.
   * Throws a RangeError if it is too long.
   * @internal
   */
  *compose(fromPort: number, to: Endpoint, words: readonly number[], data: readonly Place[] = []): Code<SplashFrame> {
    const { outgoing, address } = this;
    const head = HEADER_BYTES + 4 * words.length;
    const bytes = data.reduce((sum, place) => sum + place.bytes, head - HEADER_BYTES);
    if (bytes > this.mostBytes || head > PAGE_BYTES)
      throw new RangeError(`a datagram of ${bytes} bytes does not fit into a frame`);
    const ports = { from: address, to: to.address, fromPort, toPort: to.port };
    yield* writeHeader(outgoing, { ...ports, bytes, id: this.nextId++ | 0, offset: 0, more: false });
    for (const [index, word] of words.entries()) yield store(outgoing + HEADER_BYTES + 4 * index, word | 0);
    return { to: to.address, places: [...this.placesOf(outgoing, head), ...data] };
  }

  /** Sends a frame. @internal */
  *send({ to, places }: SplashFrame): Code {
    this.unsent++;
    yield* this.command({ op: 'send', to, pieces: places.map(pieceOf) }, 0, this.unsent);
  }

  /** The card may use a buffer again. */
  *release(buffer: number): Code {
    const pieces = this.placesOf(buffer, BUFFER_BYTES).map(pieceOf);
    yield* this.command({ op: 'post', pieces }, 1, this.buffers.indexOf(buffer));
  }

  /** Memory of the library or the program as physical pages. @internal */
  placesOf(address: number, bytes: number): Place[] {
    const places: Place[] = [];
    for (let done = 0; done < bytes;) {
      const offset = (address + done) & (PAGE_BYTES - 1);
      const length = Math.min(PAGE_BYTES - offset, bytes - done);
      places.push({ page: this.os.memory.physicalOf(address + done), offset, bytes: length });
      done += length;
    }
    return places;
  }

  private *command(content: Readonly<Record<string, unknown>>, code: 0 | 1, tag: number): Code {
    const { card, interruptTo, interruptCode } = this.options;
    const reply = { tag, interruptTo, interruptCode: interruptCode + code };
    yield deviceCommand(card.bridge, card.device, { ...content, ...reply });
  }

  /** Interrupt: a frame is off the card, or was refused. */
  private *sent(status: number): Code {
    this.unsent--;
    this.stats[status === 0 ? 'sent' : 'sendErrors']++;
    if (this.onSent !== null) yield* this.onSent();
  }

  /** Interrupt: a frame lies in a buffer, or the buffer was refused. */
  private *received(tag: number, bytes: number): Code {
    const buffer = this.buffers[tag];
    if (buffer === undefined || bytes < 0) {
      this.stats.refused++;
      return;
    }
    const header = bytes < HEADER_BYTES ? null : yield* readHeader(buffer);
    const whole = header !== null && header.bytes === bytes - HEADER_BYTES && header.offset === 0 && !header.more;
    if (!whole || header.to !== (this.address | 0)) this.stats.malformed++;
    else {
      this.stats.received++;
      const address = buffer + HEADER_BYTES;
      const data: Piece = {
        page: this.os.memory.physicalOf(address),
        offset: HEADER_BYTES,
        address,
        bytes: header.bytes,
        mbuf: null,
      };
      const from = { address: header.from, port: header.fromPort };
      if (this.onDatagram !== null && (yield* this.onDatagram({ from, toPort: header.toPort, data, buffer }))) return;
    }
    yield* this.release(buffer);
  }
}

/** As devices have it: physical pages are translated on the way. */
function pieceOf({ page, offset, bytes }: Place): { frame: number; offset: number; bytes: number } {
  return { frame: page, offset, bytes };
}
