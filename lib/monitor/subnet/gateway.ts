/**
 * The way from the virtual subnet to a real network card, which is the monitor's. The card has one address of its own and
 * tells neither senders nor receivers of frames; so what comes in goes to one virtual card, or to the one that a word of
 * the frame names.
 */
import type { Reply } from '../../messages/device-command.js';
import { DeviceStatus } from '../../messages/device-status.js';
import { deviceCommand, load } from '../../processor/operations.js';
import { DiscoError } from '../errors.js';
import type { MachineMemory } from '../memory/machine-memory.js';
import type { MachinePage } from '../memory/machine-page.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { MonitorSpace } from '../monitor-space.js';
import type { Fragment, Frame } from './frame.js';
import type { Subnet } from './subnet.js';
import type { VirtualCard } from './virtual-card.js';
import type { Code } from '../../system/code.js';

/** What a gateway is made with. */
export interface GatewayOptions {
  readonly subnet: Subnet;
  readonly memory: MachineMemory;
  readonly space: MonitorSpace;
  /** The real card: its bridge as a cache, its index there, and its node. */
  readonly bridge: number;
  readonly device: number;
  readonly node: number;
  readonly mtuBytes: number;
  /** Buffers that the monitor posts to it, from 1 to what the card holds. */
  readonly buffers: number;
  /** Real interrupt codes of frames sent and of frames received. */
  readonly sentCode: number;
  readonly receivedCode: number;
  /** Address of the virtual card that gets what comes in. It may be that of the real card. */
  readonly defaultReceiver: number;
  /** Byte offset of a word in which frames name their receiver; null if they do not. Our datagrams have it at 16. */
  readonly receiverOffset: number | null;
  /** Frames that may be on their way out at once; more are dropped. */
  readonly most: number;
  /** Addresses outside, which no virtual card may have: their frames would never leave. */
  readonly outside: readonly number[];
}

/** A frame on its way out. */
interface Outgoing {
  readonly card: VirtualCard;
  readonly reply: Reply;
  readonly fragments: readonly Fragment[];
}

/** A gateway. Whoever makes it has `sent` and `received` serve its interrupt codes, and opens it. */
export class Gateway {
  /** Frames out and in; dropped: too many on their way out, too long for the medium, for nobody here; errors of the card. */
  readonly stats = { sent: 0, received: 0, queueFull: 0, tooLong: 0, unclaimed: 0, errors: 0 };
  private readonly options: GatewayOptions;
  /** No lock: looked at and changed between yields only. */
  private readonly outgoing = new Map<number, Outgoing>();
  private readonly buffers: (readonly MachinePage[])[] = [];
  private nextTag = 1;

  /** Throws a DiscoError for counts that cannot be. */
  constructor(options: GatewayOptions) {
    for (const [what, count] of Object.entries({ buffers: options.buffers, most: options.most }))
      if (!Number.isSafeInteger(count) || count < 1)
        throw new DiscoError(`the gateway of the subnet needs ${what} from 1, not ${count}`);
    this.options = options;
  }

  /** Whether a virtual card may have an address. */
  allows(address: number): boolean {
    return !this.options.outside.includes(address);
  }

  /** Frames on their way out. */
  get underWay(): number {
    return this.outgoing.size;
  }

  /** Posts the monitor's buffers, which are its own from then on. Throws a DiscoError without memory. */
  *open(cpu: MonitorCpu): Code {
    const { memory, buffers, mtuBytes, node, subnet } = this.options;
    const pages = Math.ceil(mtuBytes / subnet.pageBytes);
    for (let tag = 0; tag < buffers; tag++) {
      const buffer: MachinePage[] = [];
      for (let k = 0; k < pages; k++) {
        const page = yield* memory.take(cpu, node, tag * pages + k, true);
        if (page === null) throw new DiscoError('there is no memory for receive buffers of the gateway');
        memory.pin(page, true);
        buffer.push(page);
      }
      this.buffers.push(buffer);
      yield* this.post(cpu, tag);
    }
  }

  /** Sends a frame by DMA from where it lies. Returns a status if it is dropped; otherwise `sent` answers. */
  *send(cpu: MonitorCpu, frame: Frame, card: VirtualCard, reply: Reply): Code<number | null> {
    const { bridge, device, mtuBytes, most, sentCode, subnet } = this.options;
    const { fragments, bytes, to } = frame;
    if (bytes > mtuBytes || this.outgoing.size >= most) {
      this.stats[bytes > mtuBytes ? 'tooLong' : 'queueFull']++;
      yield* subnet.letGo(cpu, fragments);
      return bytes > mtuBytes ? DeviceStatus.TooLong : DeviceStatus.Ok;
    }
    const tag = this.nextTag;
    this.nextTag = (this.nextTag % 0x7fffffff) + 1;
    this.outgoing.set(tag, { card, reply, fragments });
    // Their pages are pinned: the frames stay theirs until the card is done.
    const pieces = fragments.map(({ content, offset, bytes: length }) => ({
      frame: content.frame,
      offset,
      bytes: length,
    }));
    const answer = { tag, interruptTo: cpu.number, interruptCode: sentCode };
    yield deviceCommand(bridge, device, { op: 'send', to, pieces, ...answer });
    return null;
  }

  /** Interrupt: a frame has left. */
  *sent(cpu: MonitorCpu, tag: number, status: number): Code {
    const done = this.outgoing.get(tag);
    if (done === undefined) return;
    this.outgoing.delete(tag);
    this.stats[status === DeviceStatus.Ok ? 'sent' : 'errors']++;
    yield* this.options.subnet.letGo(cpu, done.fragments);
    yield* done.card.report(cpu, { reply: done.reply, status });
  }

  /** Interrupt: a frame has come into a buffer. */
  *received(cpu: MonitorCpu, tag: number, bytes: number): Code {
    const pages = this.buffers[tag];
    if (pages === undefined) return;
    if (bytes < 0) {
      // Refused: it would be refused again.
      this.stats.errors++;
      return;
    }
    const to = yield* this.receiverOf(cpu, pages, bytes);
    const card = this.options.subnet.card(to);
    if (card === undefined) this.stats.unclaimed++;
    else {
      this.stats.received++;
      // Never mapped: the buffer is the monitor's, and will be written again.
      yield* card.receive(cpu, { from: -1, to, bytes, fragments: this.fragmentsOf(pages, bytes) });
    }
    yield* this.post(cpu, tag);
  }

  private fragmentsOf(pages: readonly MachinePage[], bytes: number): Fragment[] {
    const { pageBytes } = this.options.subnet;
    const used = pages.slice(0, Math.ceil(bytes / pageBytes));
    return used.map((content, k) => ({
      content,
      offset: 0,
      page: false,
      bytes: Math.min(pageBytes, bytes - k * pageBytes),
    }));
  }

  private *receiverOf(cpu: MonitorCpu, pages: readonly MachinePage[], bytes: number): Code<number> {
    const { receiverOffset, defaultReceiver, space, subnet } = this.options;
    if (receiverOffset === null || receiverOffset + 4 > Math.min(bytes, subnet.pageBytes)) return defaultReceiver;
    const named = yield load(space.show(cpu.processor, 0, pages[0].frame) + receiverOffset);
    return subnet.card(named) === undefined ? defaultReceiver : named;
  }

  private *post(cpu: MonitorCpu, tag: number): Code {
    const { bridge, device, mtuBytes, receivedCode, subnet } = this.options;
    const { pageBytes } = subnet;
    const pieces = this.buffers[tag].map(({ frame }, k) => {
      const bytes = Math.min(pageBytes, mtuBytes - k * pageBytes);
      return { frame, offset: 0, bytes: bytes - (bytes % 4) };
    });
    const reply = { tag, interruptTo: cpu.number, interruptCode: receivedCode };
    yield deviceCommand(bridge, device, { op: 'post', pieces, ...reply });
  }
}
