/**
 * The network port of a kernel on a machine: a card, and loopback for what the kernel sends to the address of the card
 * itself. Without a card there is loopback alone.
 */
import { copy, deviceCommand, interrupt, load } from '../../../processor/operations.js';
import type { Code, KernelThread } from '../../../system/code.js';
import type { CommodityKernel } from '../kernel.js';
import { HEADER_BYTES } from './sockets/datagram-header.js';
import type { Fragment, NetworkPort, ReceivedFrame, SentFrame } from './interface.js';

/** Interrupt codes of networks begin here. */
export const NETWORK_INTERRUPTS = 32;
/** Codes of a station: a frame is sent, a buffer is filled, a frame is for the station itself. */
const SENT = 0;
const RECEIVED = 1;
const LOOPED = 2;
const CODES = 3;
/** Where the header of a frame has the address of its sender. */
const FROM = 12;
/** What a frame's sender is that the frame does not name. */
const NOBODY = -1;
const MOST_ADDRESS = 0x7fffffff;
/** In the length that a card which scatters reports: the frame goes on in another buffer. */
const MORE_FOLLOWS = 1 << 30;

/** A card that the kernel finds. */
export interface StationCard {
  /** Where its commands go: the bridge as a cache, and the index of the device there. */
  readonly bridge: number;
  readonly device: number;
  /** Most data of a frame. */
  readonly mtuBytes: number;
  /** Receive buffers that it holds. */
  readonly buffers: number;
  /**
   * Whether it puts a frame into as many buffers as it takes, with an interrupt for each in order, as a card of a monitor's
   * subnet does; it has no MTU then. Otherwise a frame is in one buffer, and `mtuBytes` holds.
   */
  readonly scatters?: boolean;
}

/** An address of the kernel. */
export interface KernelStation {
  /** On the link: that of the card, from 0 to 2^31 - 1. */
  readonly address: number;
  /** Null: loopback only. */
  readonly card: StationCard | null;
  /** The processor that its interrupts go to. */
  readonly interruptTo: number;
}

/** The driver above. */
interface Above {
  sent(thread: KernelThread, tag: number, status: number): Code;
  received(thread: KernelThread, frame: ReceivedFrame): Code;
}

/** The port of a station. */
export class StationPort implements NetworkPort {
  readonly address: number;
  readonly mtu: number;
  /** Frames looped, and those for which no buffer was there; buffers that the card refused. */
  readonly stats = { looped: 0, noBuffer: 0, refused: 0 };
  private readonly kernel: CommodityKernel;
  private readonly station: KernelStation;
  private readonly firstCode: number;
  /** Buffers that the card may have at once: loopback keeps some for itself. */
  private readonly most: number;
  /** No lock: what is below is looked at and changed between yields only; buffers come under the driver's lock. */
  private readonly atCard = new Map<number, Fragment>();
  private readonly spare: Fragment[] = [];
  private readonly looped: SentFrame[] = [];
  /** The buffers of a frame that is not whole yet, and whether one of them was none of ours. */
  private gathered: Fragment[] = [];
  private torn = false;
  private above: Above | null = null;

  /**
   * `number` among the kernel's stations; `bufferBytes` of a receive buffer, and how many there will be (`ring`). Throws a
   * RangeError for an address that headers cannot carry.
   */
  constructor(
    kernel: CommodityKernel,
    station: KernelStation,
    number: number,
    { bufferBytes, ring }: { readonly bufferBytes: number; readonly ring: number },
  ) {
    const { address, card, interruptTo } = station;
    if (!Number.isSafeInteger(address) || address < 0 || address > MOST_ADDRESS)
      throw new RangeError(`a kernel's address is from 0 to ${MOST_ADDRESS}, not ${address}`);
    if (interruptTo < 0 || interruptTo >= kernel.processors.length)
      throw new RangeError(`station ${address} interrupts processor ${interruptTo}, which the kernel does not have`);
    this.kernel = kernel;
    this.station = station;
    this.address = address;
    // A real card puts a frame into one buffer.
    this.mtu = card === null || card.scatters === true ? Infinity : Math.min(card.mtuBytes, bufferBytes);
    this.most = card === null ? 0 : Math.min(card.buffers, Math.ceil(ring / 2));
    this.firstCode = NETWORK_INTERRUPTS + number * CODES;
    kernel.interrupts.set(this.firstCode + SENT, (tag, status, thread) => this.above!.sent(thread, tag, status));
    kernel.interrupts.set(this.firstCode + RECEIVED, (page, bytes, thread) => this.received(thread, page, bytes));
    kernel.interrupts.set(this.firstCode + LOOPED, (_a, _b, thread) => this.loop(thread));
  }

  /** Interrupts go to the driver from now on. */
  connect(above: Above): void {
    this.above = above;
  }

  *start(frame: SentFrame): Code {
    const { card, interruptTo } = this.station;
    if (card === null || frame.to === this.address) {
      this.looped.push(frame);
      return void (yield interrupt(interruptTo, this.firstCode + LOOPED, frame.tag));
    }
    const { to, tag } = frame;
    const pieces = frame.fragments.filter(({ bytes }) => bytes > 0).map(pieceOf);
    const interruptCode = this.firstCode + SENT;
    yield deviceCommand(card.bridge, card.device, { op: 'send', to, pieces, tag, interruptTo, interruptCode });
  }

  *post(buffer: Fragment): Code {
    this.spare.push(buffer);
    yield* this.fill();
  }

  /** Gives the card buffers as long as it takes them. */
  private *fill(): Code {
    const { card, interruptTo } = this.station;
    while (card !== null && this.atCard.size < this.most && this.spare.length > 0) {
      const buffer = this.spare.shift()!;
      this.atCard.set(buffer.page, buffer);
      const reply = { tag: buffer.page, interruptTo, interruptCode: this.firstCode + RECEIVED };
      yield deviceCommand(card.bridge, card.device, { op: 'post', pieces: [pieceOf(buffer)], ...reply });
    }
  }

  /** Interrupt of the card: a frame, or a part of one, lies in a buffer, or the buffer was refused. */
  private *received(thread: KernelThread, page: number, status: number): Code {
    const buffer = this.atCard.get(page);
    const scatters = this.station.card?.scatters === true;
    const more = scatters && status >= 0 && (status & MORE_FOLLOWS) !== 0;
    const bytes = more ? status & ~MORE_FOLLOWS : status;
    if (buffer !== undefined) this.atCard.delete(page);
    if (buffer !== undefined && bytes < 0) {
      this.stats.refused++;
      this.spare.push(buffer);
      return;
    }
    if (buffer === undefined) this.torn = scatters;
    else this.gathered.push({ page, offset: buffer.offset, bytes });
    if (!more) yield* this.whole(thread);
  }

  /** The last buffer of a frame is there. */
  private *whole(thread: KernelThread): Code {
    const { gathered, torn } = this;
    this.gathered = [];
    this.torn = false;
    const [first] = gathered;
    if (first === undefined) return;
    // The card does not say who has sent a frame, as an Ethernet header would: the frame's own header does.
    const named = !torn && first.bytes >= HEADER_BYTES;
    const from = named ? yield load(this.kernel.addressOf(first.page) + first.offset + FROM) : NOBODY;
    yield* this.above!.received(thread, { from, fragments: gathered });
  }

  /** Interrupt of the kernel's own: the oldest of the frames for itself goes into receive buffers. */
  private *loop(thread: KernelThread): Code {
    const frame = this.looped.shift();
    if (frame === undefined) return;
    const plan = frame.to === this.address ? this.plan(frame.fragments) : null;
    if (plan === null) this.stats.noBuffer++;
    else {
      this.stats.looped++;
      const { copyLineCycles } = this.kernel.options.profile;
      for (const { from, to, bytes } of plan.copies) yield copy(from, to, bytes, copyLineCycles);
    }
    yield* this.above!.sent(thread, frame.tag, 0);
    if (plan !== null) yield* this.above!.received(thread, { from: this.address, fragments: plan.filled });
  }

  /** Where the parts of a frame go: what fills a buffer goes into one of its own, the rest one behind the other. Null: no buffers. */
  private plan(fragments: readonly Fragment[]): Plan | null {
    const copies: Copy[] = [];
    const filled: { page: number; offset: number; bytes: number }[] = [];
    const used: Fragment[] = [];
    let room = 0;
    for (const fragment of fragments) {
      if (fragment.bytes >= (this.spare[0]?.bytes ?? 0)) room = 0;
      for (let done = 0; done < fragment.bytes;) {
        if (room === 0) {
          const next = this.spare.shift();
          if (next === undefined) {
            this.spare.unshift(...used);
            return null;
          }
          used.push(next);
          filled.push({ page: next.page, offset: next.offset, bytes: 0 });
          room = next.bytes;
        }
        const last = filled[filled.length - 1];
        const bytes = Math.min(room, fragment.bytes - done);
        const from = this.kernel.addressOf(fragment.page) + fragment.offset + done;
        copies.push({ from, to: this.kernel.addressOf(last.page) + last.offset + last.bytes, bytes });
        last.bytes += bytes;
        room -= bytes;
        done += bytes;
      }
    }
    return { copies, filled };
  }
}

interface Copy {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

interface Plan {
  readonly copies: readonly Copy[];
  readonly filled: readonly Fragment[];
}

/** A fragment as devices have it. Physical pages are translated on the way. */
function pieceOf({ page, offset, bytes }: Fragment): { frame: number; offset: number; bytes: number } {
  return { frame: page, offset, bytes };
}
