/**
 * The I/O bridge of a node: a small cache without a processor, which reads and writes memory for the devices behind it.
 * It follows the same protocol table as every cache, so DMA is coherent whatever the protocol and the directory. It
 * passes commands on to its devices, and values of registers and interrupts on to processors.
 *
 * What it leaves out: it moves one line at a time, and lines that it has written stay in its cache until others want
 * them or their place is needed. 280 lines: what passes, the queue and the line at hand are one short story each.
 */
import { plainObject, wholeNumbers } from '../engine/checks.js';
import type { AddressMap } from '../messages/address-map.js';
import { lineNumber } from '../messages/addresses.js';
import {
  DeviceCommand,
  DeviceRead,
  DeviceValue,
  DmaDone,
  DmaRequest,
  NO_DEVICE,
  type ToDevice,
} from '../messages/io-messages.js';
import { CoherenceMessage, type FromDevice, type NodeMessage } from '../messages/coherence-messages.js';
import { refuses, type CoherenceProtocol } from '../coherence/protocol.js';
import { Component, type Scope } from '../engine/component.js';
import { SimulationError } from '../engine/errors.js';
import { Port } from '../engine/port.js';
import type { Ticks } from '../engine/time.js';
import { Timer } from '../engine/timer.js';
import { PrivateCaches, WHOLE_LINE, type CacheOwner } from './caches/private-caches.js';

/** What a bridge is made with. */
export interface IoBridgeOptions {
  /** Its number as a cache: `map.bridgeOfNode` of its node. */
  readonly bridge: number;
  readonly map: AddressMap;
  readonly protocol: CoherenceProtocol;
  /** Lines of its cache, a power of two of at least 1. */
  readonly lines: number;
  /** Time for which a line occupies the bridge once it is there, at least 1. */
  readonly lineTicks: Ticks;
  /** Devices behind it. */
  readonly devices: number;
  /** The frame of each physical page, where software gives devices physical pages; else they are frames. */
  readonly layout?: Int32Array;
  /** Lengths of messages in flits. */
  readonly flits: { readonly control: number; readonly data: number };
}

const STRAYS = {
  strayInvalidations: ['messages', 'invalidations that found no copy that could be read'],
} as const;
const REFUSALS = { retries: ['requests', 'requests sent again because home had refused them'] } as const;

/** A bridge. Its devices are numbered by their ports. */
export class IoBridge extends Component implements CacheOwner {
  readonly node = new Port<NodeMessage, NodeMessage>(
    this,
    'node',
    message => this.caches.receive(message as CoherenceMessage),
    (message, arrives) => this.toDevice(message, arrives),
  );
  /** By index of the device. */
  readonly devices: readonly Port<ToDevice, FromDevice>[];
  readonly stats = this.statistics({
    commands: ['commands', 'commands passed on to devices'],
    registerReads: ['reads', 'reads of registers passed on to devices'],
    strays: ['messages', 'commands and interrupts for devices that are not there; dropped'],
    interrupts: ['interrupts', 'interrupts of devices passed on to processors'],
    dmaReads: ['transfers', 'transfers from memory to devices'],
    dmaWrites: ['transfers', 'transfers from devices to memory'],
    dmaBytes: ['bytes', 'bytes transferred, either way'],
    misses: ['misses', 'lines that had to be asked for, or for the right to write them'],
    busyTicks: ['ticks', 'time spent on transfers'],
    waitedTicks: ['ticks', 'time that transfers waited for others, summed up'],
    largestQueue: ['transfers', 'transfers that waited at once, at most'],
  });
  /** Number of its cache over the machine. The name is that of a cache's owner. */
  readonly processor: number;
  readonly caches: PrivateCaches;
  private readonly lineDone = new Timer(this, () => this.nextLine());
  private readonly map: AddressMap;
  private readonly layout: Int32Array | null;
  private readonly controlFlits: number;
  private readonly lineTicks: Ticks;
  private readonly lineShift: number;
  /** Transfers that wait, with the devices that asked and when they did. */
  private readonly queue: DmaRequest[] = [];
  private readonly askers: number[] = [];
  private readonly askedAt: Ticks[] = [];
  /** The transfer at hand, or null, and its device. */
  private transfer: DmaRequest | null = null;
  private device = 0;
  private begun: Ticks = 0;
  /** Bytes of it that are done. */
  private done = 0;
  /** What it has read. */
  private words: Int32Array | null = null;
  /** The line at hand, the first word of it that is wanted next, and how many are still wanted. */
  private line = -1;
  private word = 0;
  private wanted = 0;

  constructor(parent: Scope, name: string, options: IoBridgeOptions) {
    super(parent, name);
    plainObject(options, this.path);
    plainObject(options.flits, `${this.path}: flits`);
    wholeNumbers(options, ['bridge'], this.path);
    wholeNumbers(options, ['lines'], this.path, 1, 255);
    wholeNumbers(options, ['lineTicks'], this.path, 1);
    wholeNumbers(options, ['devices'], this.path, 0, 4096);
    const { map, bridge, lines, lineTicks, protocol, flits } = options;
    if (!(bridge >= map.processors && bridge < map.caches))
      throw new RangeError(`${this.path}: the map has no bridge ${bridge}; its bridges are its last caches`);
    this.layout = options.layout ?? null;
    this.map = map;
    this.processor = bridge;
    this.controlFlits = flits.control;
    this.lineTicks = lineTicks;
    this.lineShift = Math.log2(map.lineBytes);
    const { lineBytes } = map;
    const one = { sizeBytes: lineBytes, ways: 1, lineBytes };
    const l2 = { sizeBytes: lines * lineBytes, ways: lines, lineBytes };
    this.caches = new PrivateCaches(this.path, this, { map, protocol, l1i: one, l1d: one, l2, flits });
    const { cache } = protocol;
    if (cache.cells[cache.cell('I', 'Inv')] !== null) this.caches.counts = this.statistics(STRAYS);
    if (refuses(protocol)) this.caches.refusals = this.statistics(REFUSALS);
    this.devices = Array.from(
      { length: options.devices },
      (_, device) =>
        new Port<ToDevice, FromDevice>(
          this,
          `device${device}`,
          message => this.ask(device, message as DmaRequest),
          (message, arrives) => this.fromDevice(message, arrives),
        ),
    );
  }

  override waitsFor(): string | undefined {
    const { missLine } = this.caches;
    if (missLine < 0) return undefined;
    const line = lineNumber(missLine);
    return `line ${line} (${this.caches.stateOf(line)}) of node ${this.map.homeOfLine(line)}`;
  }

  override resetStatistics(): void {
    this.caches.resetStatistics();
  }

  /** For the caches. */
  send(message: CoherenceMessage): void {
    this.node.send(message);
  }

  /** For the caches: the line is here and the first word is moved. The rest of it follows before anybody takes it away. */
  completed(): void {
    this.moved();
    this.move();
  }

  /** For the caches. */
  fail(message: string): never {
    throw new SimulationError(this.path, this.now, this.simulation.seed, message);
  }

  /** Passes on what is for a device; only what is for the cache arrives here. */
  private toDevice(message: NodeMessage, arrives: Ticks): boolean {
    if (message instanceof CoherenceMessage) return false;
    const { stats } = this;
    if (message instanceof DeviceCommand) {
      const port = this.devices[message.device];
      if (port === undefined) stats.strays++;
      else {
        stats.commands++;
        port.forward(message, arrives);
      }
    } else if (message instanceof DeviceRead) {
      const { from, to, device, register } = message;
      const port = this.devices[device];
      if (port === undefined)
        this.node.forward(new DeviceValue(this.controlFlits, to, from, device, register, NO_DEVICE), arrives);
      else {
        stats.registerReads++;
        port.forward(message, arrives);
      }
    } else stats.strays++;
    return true;
  }

  /** Passes on what a device has to say to a processor; only what is for memory arrives here. */
  private fromDevice(message: FromDevice, arrives: Ticks): boolean {
    if (message instanceof DmaRequest) return false;
    if (!(message instanceof DeviceValue)) this.stats.interrupts++;
    this.node.forward(message, arrives);
    return true;
  }

  private ask(device: number, request: DmaRequest): void {
    const { frame, offset, bytes, write } = request;
    const { frames, pageBytes } = this.map;
    if (!(frame >= 0 && frame < frames && offset >= 0 && bytes > 0 && offset + bytes <= pageBytes))
      this.fail(`device ${device} asks for ${bytes} bytes from ${offset} of frame ${frame}, which is not in memory`);
    if (((offset | bytes) & 3) !== 0) this.fail(`device ${device} asks for parts of words`);
    if (write) this.stats.dmaWrites++;
    else this.stats.dmaReads++;
    this.stats.dmaBytes += bytes;
    if (this.transfer === null) {
      this.begin(device, request);
      return;
    }
    this.queue.push(request);
    this.askers.push(device);
    this.askedAt.push(this.now);
    if (this.queue.length > this.stats.largestQueue) this.stats.largestQueue = this.queue.length;
  }

  private begin(device: number, request: DmaRequest): void {
    this.transfer = request;
    this.device = device;
    this.begun = this.now;
    this.done = 0;
    this.words = null;
    this.nextLine();
  }

  /** Begins with the next line of the transfer, or ends it. */
  private nextLine(): void {
    const transfer = this.transfer!;
    const left = transfer.bytes - this.done;
    if (left === 0) {
      this.end(transfer);
      return;
    }
    const { map, lineShift } = this;
    const at = transfer.offset + this.done;
    const inLine = at & (map.lineBytes - 1);
    const frame = this.layout === null ? transfer.frame : this.layout[transfer.frame];
    this.line = frame * (map.pageBytes >> lineShift) + (at >> lineShift);
    this.word = inLine >> 2;
    this.wanted = Math.min(left, map.lineBytes - inLine) >> 2;
    this.move();
  }

  /** Moves what is wanted of the line at hand, until the line has to be asked for. */
  private move(): void {
    const { caches } = this;
    const { write, words } = this.transfer!;
    while (this.wanted > 0) {
      const { line } = this;
      let word = WHOLE_LINE;
      let value = 0;
      if (write) {
        const first = this.done >> 2;
        if (this.wanted << 2 === this.map.lineBytes)
          caches.wholeLine = words === null ? null : (words as Int32Array).slice(first, first + this.wanted);
        else {
          word = this.word;
          value = words === null ? 0 : words[first];
        }
      }
      if (!caches.hit(line, line, write, false, word, value)) {
        this.stats.misses++;
        caches.miss(line, line, write, false, word, value);
        return;
      }
      this.moved();
    }
    this.lineDone.after(this.lineTicks);
  }

  /** The caches have moved a word, or all that is wanted of the line. */
  private moved(): void {
    const { bytes, write } = this.transfer!;
    let count = this.wanted;
    if (write) {
      if (count << 2 !== this.map.lineBytes) count = 1;
    } else if (this.caches.wholeLine !== null) {
      this.words ??= new Int32Array(bytes >> 2);
      for (let i = 0; i < count; i++) this.words[(this.done >> 2) + i] = this.caches.wholeLine[this.word + i]!;
    }
    this.word += count;
    this.wanted -= count;
    this.done += count << 2;
  }

  private end(transfer: DmaRequest): void {
    const { stats, now } = this;
    stats.busyTicks += now - this.begun;
    const read = transfer.write ? 0 : transfer.bytes;
    this.devices[this.device].send(new DmaDone(transfer.tag, read, this.words));
    this.transfer = null;
    if (this.queue.length === 0) return;
    stats.waitedTicks += now - this.askedAt.shift()!;
    this.begin(this.askers.shift()!, this.queue.shift()!);
  }
}
