/**
 * The network card of a virtual machine. It takes the commands of lib/devices/network-card.ts, with physical pages where
 * the real card has frames. Unlike that it scatters: a frame may fill several buffers, with an interrupt for each, in
 * order, `b` being its bytes and MORE_FOLLOWS while the frame goes on in another one.
 */
import { NO_DEVICE, type CommandContent } from '../../messages/io-messages.js';
import { bytesOf, replyOf, type Reply } from '../../messages/device-command.js';
import { isAddress } from '../../devices/network-segment.js';
import { DeviceStatus } from '../../messages/device-status.js';
import { load, store, wait } from '../../processor/operations.js';
import { guestPieces, type GuestPiece } from '../devices/guest-command.js';
import type { DeviceHost, VirtualDevice } from '../devices/virtual-device.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { Frame } from './frame.js';
import { scatter, type Filled, type ReceiveBuffer } from './scatter.js';
import type { Subnet } from './subnet.js';
import type { Code } from '../../system/code.js';

/** In the second integer of the interrupt of a buffer: the frame goes on in the next one. */
export const MORE_FOLLOWS = 1 << 30;
/** Pieces of a command, at most: 4 MB in pages of 4 KB. It bounds the time for which one command keeps a processor. */
export const MOST_PIECES = 1024;
/** Bytes of what the monitor knows of a card, and of a buffer. */
const HEAD_BYTES = 128;
const BUFFER_BYTES = 16;

/** What a virtual card is made with. */
export interface VirtualCardOptions {
  readonly name: string;
  /** Its own on the subnet. */
  readonly address: number;
  /** Receive buffers that it holds, at least 1. */
  readonly buffers: number;
  /** Where the monitor keeps what it knows of it. */
  readonly node: number;
}

/** An interrupt that is to be given. */
interface Report {
  readonly reply: Reply;
  readonly status: number;
}

/** A card. The subnet makes it. */
export class VirtualCard implements VirtualDevice {
  readonly name: string;
  readonly address: number;
  readonly host: DeviceHost;
  /** Frames sent and received with their bytes; received frames dropped; commands with an error, and without a reply. */
  readonly stats = {
    framesSent: 0,
    bytesSent: 0,
    framesReceived: 0,
    bytesReceived: 0,
    noBuffer: 0,
    noMemory: 0,
    refused: 0,
    dropped: 0,
  };
  readonly recordBytes: number;
  readonly record: number;
  private readonly subnet: Subnet;
  private readonly options: VirtualCardOptions;
  /** No lock: what is below is looked at and changed between yields only. */
  private readonly posted: ReceiveBuffer[] = [];
  private readonly reports: Report[] = [];
  private reporting = false;
  /** Code of others, and of its own machine, that are at work for it. */
  private underWay = 0;
  private closing = false;
  private readonly waiters: MonitorCpu[] = [];

  /** For `Subnet.attach`, which checks. */
  constructor(subnet: Subnet, host: DeviceHost, options: VirtualCardOptions) {
    this.subnet = subnet;
    this.host = host;
    this.options = options;
    this.name = options.name;
    this.address = options.address;
    this.recordBytes = HEAD_BYTES + options.buffers * BUFFER_BYTES;
    this.record = subnet.recordFor(options.node, this.recordBytes);
  }

  /** Whether the machine is stopped: the card neither sends nor receives any more. */
  get closed(): boolean {
    return this.closing;
  }

  /** Receive buffers that are posted. */
  get waiting(): number {
    return this.posted.length;
  }

  *command(cpu: MonitorCpu, content: CommandContent): Code {
    if (this.closing) return;
    this.enter();
    yield this.subnet.code.step('device command');
    const reply = replyOf(content, this.host.processors);
    if (reply === null) this.stats.dropped++;
    else yield* this.execute(cpu, content, reply);
    this.leave();
  }

  *read(): Code<number> {
    yield this.subnet.code.step('register access');
    return NO_DEVICE;
  }

  /** Frames that are under way to it or from it are waited for, but for those of the gateway, which end by themselves. */
  *close(cpu: MonitorCpu): Code {
    yield this.subnet.code.step('device command');
    const first = !this.closing;
    this.closing = true;
    this.subnet.detach(this);
    while (this.underWay > 0) {
      if (!this.waiters.includes(cpu)) this.waiters.push(cpu);
      yield wait();
    }
    this.posted.length = this.reports.length = 0;
    if (first) this.subnet.recordBack(this.options.node, this.recordBytes, this.record);
  }

  /** Takes a frame, if there are buffers for it. The caller holds the pages of the frame. */
  *receive(cpu: MonitorCpu, frame: Frame): Code {
    if (this.closing) {
      this.subnet.stats.stopped++;
      return;
    }
    const filled = scatter(frame.fragments, this.posted);
    if (filled === null) return this.lose('noBuffer');
    this.enter();
    yield* this.take(cpu, frame, filled);
    this.leave();
  }

  /** Tells the guest what became of a command. */
  *report(cpu: MonitorCpu, ...reports: readonly Report[]): Code {
    this.reports.push(...reports);
    // One gives all interrupts, so that those of two frames do not mix.
    if (this.reporting) return;
    this.reporting = true;
    for (let next = this.reports.shift(); next !== undefined; next = this.reports.shift()) {
      const { interruptTo, interruptCode, tag } = next.reply;
      if (!this.closing) yield* this.host.interrupt(cpu, interruptTo, interruptCode, tag, next.status);
    }
    this.reporting = false;
  }

  private *take(cpu: MonitorCpu, frame: Frame, filled: readonly Filled[]): Code {
    const { delivery } = this.subnet;
    yield load(this.record);
    for (const [i] of filled.entries()) yield load(this.slot(this.posted.length + i));
    yield store(this.record, this.posted.length);
    if (!(yield* delivery.fill(cpu, frame, this.host.pmap, filled))) {
      this.lose('noMemory');
      this.posted.unshift(...filled.map(({ buffer }) => buffer));
      return;
    }
    this.stats.framesReceived++;
    this.stats.bytesReceived += frame.bytes;
    const last = filled.length - 1;
    yield* this.report(
      cpu,
      ...filled.map(({ buffer, bytes }, i) => ({
        reply: buffer.reply,
        status: i < last ? bytes | MORE_FOLLOWS : bytes,
      })),
    );
  }

  private *execute(cpu: MonitorCpu, { op, to, pieces }: CommandContent, reply: Reply): Code {
    const { pageBytes } = this.subnet;
    const known = op === 'send' || op === 'post';
    const list = known
      ? guestPieces(pieces, { pages: this.host.pmap.size, pageBytes, unit: 4, most: MOST_PIECES })
      : null;
    const fault = !known ? DeviceStatus.BadCommand : list === null ? DeviceStatus.BadPieces : DeviceStatus.Ok;
    if (op === 'send') return yield* this.send(cpu, fault, to, list, reply);
    const full = fault === DeviceStatus.Ok && this.posted.length >= this.options.buffers;
    if (list === null || full) return yield* this.refuse(cpu, reply, -(full ? DeviceStatus.NoRoom : fault));
    yield* this.post(list, reply);
  }

  private *post(pieces: readonly GuestPiece[], reply: Reply): Code {
    const bytes = bytesOf(pieces);
    const page = pieces.length === 1 && bytes === this.subnet.pageBytes;
    this.posted.push({ reply, pieces, bytes, page });
    yield store(this.slot(this.posted.length - 1), bytes);
    yield store(this.record, this.posted.length);
  }

  private *send(cpu: MonitorCpu, fault: number, to: unknown, pieces: readonly GuestPiece[] | null, reply: Reply): Code {
    if (pieces === null) return yield* this.refuse(cpu, reply, fault);
    if (!isAddress(to)) return yield* this.refuse(cpu, reply, DeviceStatus.BadAddress);
    const fragments = yield* this.subnet.gather(cpu, this.host.pmap, pieces);
    let status: number | null = DeviceStatus.Ok;
    if (fragments === null) this.subnet.stats.noMemory++;
    else {
      const bytes = bytesOf(fragments);
      this.stats.framesSent++;
      this.stats.bytesSent += bytes;
      status = yield* this.subnet.carry(cpu, { from: this.address, to, fragments, bytes }, this, reply);
    }
    // Null: the gateway has it, and will say.
    if (status !== null) yield* this.report(cpu, { reply, status });
  }

  private *refuse(cpu: MonitorCpu, reply: Reply, status: number): Code {
    this.stats.refused++;
    yield* this.report(cpu, { reply, status });
  }

  private lose(cause: 'noBuffer' | 'noMemory'): void {
    this.stats[cause]++;
    this.subnet.stats[cause]++;
  }

  private slot(index: number): number {
    return this.record + HEAD_BYTES + (index % this.options.buffers) * BUFFER_BYTES;
  }

  private enter(): void {
    this.underWay++;
  }

  private leave(): void {
    this.underWay--;
    if (this.underWay === 0) for (const { processor } of this.waiters.splice(0)) processor.wake();
  }
}
