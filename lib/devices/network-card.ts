/**
 * A network card: sends frames that it gathers from memory, and puts those that it receives into buffers that software has
 * posted, in the order of posting. Data is whole words.
 */
import { plainObject, wholeNumbers } from '../engine/checks.js';
import type { AddressMap } from '../messages/address-map.js';
import { machineFrame } from '../messages/addresses.js';
import {
  DeviceCommand,
  type DeviceRead,
  DeviceValue,
  DmaDone,
  DmaRequest,
  NO_DEVICE,
  type CommandContent,
  type ToDevice,
} from '../messages/io-messages.js';
import type { LineData } from '../messages/line-data.js';
import type { FromDevice } from '../messages/coherence-messages.js';
import { Component, type Scope } from '../engine/component.js';
import { Port } from '../engine/port.js';
import { replyOf, replyTo, type Reply } from '../messages/device-command.js';
import { parseCardCommand, type ReceiveBuffer, type SendJob } from './network-command.js';
import { NetworkFrame, type FrameSent } from './network-segment.js';
import { DeviceStatus } from '../messages/device-status.js';

/** What a network card is made with. */
export interface NetworkCardOptions {
  /** Its own, as its segment has it. */
  readonly address: number;
  readonly mtuBytes: number;
  /** Receive buffers that it holds, at least 1. */
  readonly buffers: number;
  readonly map: AddressMap;
  /** Its bridge, as a cache. */
  readonly bridge: number;
  /** Length of an interrupt in flits. */
  readonly flits: { readonly control: number };
}

/** A frame on its way into a buffer. */
interface Arrival {
  readonly buffer: ReceiveBuffer;
  readonly bytes: number;
  /** Answers of memory still to come. */
  pending: number;
}

/** Tags of transfers. */
const SEND = 0;
const RECEIVE = 1;

/** A network card. */
export class NetworkCard extends Component {
  readonly bridge = new Port<FromDevice, ToDevice>(this, 'bridge', message => this.onMessage(message));
  readonly segment = new Port<NetworkFrame, NetworkFrame | FrameSent>(this, 'segment', message =>
    message instanceof NetworkFrame ? this.onFrame(message) : this.onSent(),
  );
  readonly stats = this.statistics({
    framesSent: ['frames', 'frames sent'],
    bytesSent: ['bytes', 'data sent'],
    framesReceived: ['frames', 'frames put into buffers'],
    bytesReceived: ['bytes', 'data put into buffers'],
    noBuffer: ['frames', 'frames dropped because no buffer was posted'],
    tooLong: ['frames', 'frames dropped because the next buffer was too short; it stays the next'],
    refused: ['commands', 'commands answered with an error'],
    dropped: ['commands', 'commands that did not say whom to tell, and were not answered'],
    largestQueue: ['frames', 'frames that waited to be sent at once, at most'],
  });
  private readonly options: NetworkCardOptions;
  private readonly sends: SendJob[] = [];
  private readonly buffers: ReceiveBuffer[] = [];
  private readonly incoming: Arrival[] = [];
  /** The frame that is being gathered or is on the medium, or null. */
  private sending: SendJob | null = null;
  /** Pieces of it that memory has given, and bytes. */
  private piece = 0;
  private gathered = 0;
  private words: Int32Array | null = null;

  /** Throws a RangeError for options that cannot be. */
  constructor(parent: Scope, name: string, options: NetworkCardOptions) {
    super(parent, name);
    plainObject(options, this.path);
    wholeNumbers(options, ['buffers', 'mtuBytes'], this.path, 1, 2 ** 24);
    wholeNumbers(options, ['address'], this.path, 0, 2 ** 48 - 2);
    wholeNumbers(options, ['bridge'], this.path);
    plainObject(options.flits, `${this.path}: flits`);
    wholeNumbers(options.flits, ['control'], `${this.path}: flits`, 1, 2 ** 20);
    this.options = options;
  }

  override waitsFor(): string | undefined {
    return this.sending === null ? undefined : `the medium or memory, to send ${this.sending.bytes} bytes`;
  }

  private onMessage(message: ToDevice): void {
    if (message instanceof DmaDone) {
      if (message.tag === SEND) this.onGathered(message.stored);
      else this.onScattered();
    } else if (message instanceof DeviceCommand) this.onCommand(message.command);
    else this.onRead(message);
  }

  /** A card has no registers. */
  private onRead({ from, to, device, register }: DeviceRead): void {
    this.bridge.send(new DeviceValue(this.options.flits.control, to, from, device, register, NO_DEVICE));
  }

  private onCommand(command: CommandContent): void {
    const { stats, options } = this;
    const reply = replyOf(command, options.map.processors);
    if (reply === null) {
      stats.dropped++;
      return;
    }
    const job = parseCardCommand(command, reply, {
      mtuBytes: options.mtuBytes,
      room: this.buffers.length < options.buffers,
      memory: options.map,
    });
    if (typeof job === 'number') {
      stats.refused++;
      this.reply(reply, job);
    } else if (job.op === 'post') this.buffers.push(job);
    else if (this.sending === null) this.begin(job);
    else {
      this.sends.push(job);
      if (this.sends.length > stats.largestQueue) stats.largestQueue = this.sends.length;
    }
  }

  private begin(job: SendJob): void {
    this.sending = job;
    this.piece = this.gathered = 0;
    this.words = null;
    this.gather();
  }

  private gather(): void {
    const { frame, offset, bytes } = this.sending!.pieces[this.piece];
    this.bridge.send(new DmaRequest(false, machineFrame(frame), offset, bytes, null, SEND));
  }

  private onGathered(words: LineData | null): void {
    const job = this.sending!;
    if (words !== null) {
      this.words ??= new Int32Array(job.bytes >> 2);
      this.words.set(words, this.gathered >> 2);
    }
    this.gathered += job.pieces[this.piece].bytes;
    this.piece++;
    if (this.gathered < job.bytes) this.gather();
    else this.segment.send(new NetworkFrame(this.options.address, job.to, job.bytes, this.words));
  }

  /** The frame is off the medium. */
  private onSent(): void {
    const { stats } = this;
    const job = this.sending!;
    stats.framesSent++;
    stats.bytesSent += job.bytes;
    this.sending = null;
    this.reply(job, DeviceStatus.Ok);
    const next = this.sends.shift();
    if (next !== undefined) this.begin(next);
  }

  private onFrame({ bytes, words }: NetworkFrame): void {
    const { stats, buffers } = this;
    const buffer = buffers[0];
    if (buffer === undefined) {
      stats.noBuffer++;
      return;
    }
    if (bytes > buffer.bytes) {
      stats.tooLong++;
      return;
    }
    buffers.shift();
    const arrival = { buffer, bytes, pending: 0 };
    this.incoming.push(arrival);
    for (let i = 0, done = 0; done < bytes; i++) {
      const piece = buffer.pieces[i];
      const length = Math.min(piece.bytes, bytes - done);
      const part = words === null ? null : words.slice(done >> 2, (done + length) >> 2);
      this.bridge.send(new DmaRequest(true, machineFrame(piece.frame), piece.offset, length, part, RECEIVE));
      arrival.pending++;
      done += length;
    }
  }

  /** Memory has taken a piece of the frame that came first. */
  private onScattered(): void {
    const { stats, incoming } = this;
    const arrival = incoming[0];
    if (--arrival.pending > 0) return;
    incoming.shift();
    stats.framesReceived++;
    stats.bytesReceived += arrival.bytes;
    this.reply(arrival.buffer, arrival.bytes);
  }

  private reply(reply: Reply, status: number): void {
    const { bridge, flits } = this.options;
    this.bridge.send(replyTo(reply, bridge, flits.control, status));
  }
}
