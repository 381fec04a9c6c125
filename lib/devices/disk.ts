/**
 * A SCSI disk on a bus of its own, with its host adapter. It carries out one command at a time; the rest wait.
 * After Ruemmler and Wilkes, An Introduction to Disk Drive Modeling (1994).
 *
 * A read: controller overhead, seek, rotation, and then sector by sector from the medium or the read-ahead cache over the
 * bus into memory. A write: overhead, then the arm moves while sectors come out of memory over the bus into the disk's
 * own memory, from where each is written when its place comes by; if one is late, the disk goes round once more.
 * 310 lines: the two ways of a sector through the disk share their counters, and read together or not at all.
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
  type ToDevice,
} from '../messages/io-messages.js';
import type { LineData } from '../messages/line-data.js';
import type { FromDevice } from '../messages/coherence-messages.js';
import { Component, type Scope } from '../engine/component.js';
import { Port } from '../engine/port.js';
import { Timer } from '../engine/timer.js';
import type { Ticks } from '../engine/time.js';
import { replyOf, replyTo } from '../messages/device-command.js';
import { parseDiskCommand, type DiskCommand, type DiskJob } from './disk-command.js';
import { DiskMechanism, SECTOR_BYTES, type DiskModel } from './disk-mechanism.js';
import { DiskQueue, type DiskScheduling } from './disk-queue.js';
import { ReadAhead } from './read-ahead.js';
import { Sectors } from './sectors.js';
import { DeviceStatus } from '../messages/device-status.js';

/** What a disk is made with. */
export interface DiskOptions {
  readonly model: DiskModel;
  readonly scheduling: DiskScheduling;
  /** Writes are reported when the disk has them in its own memory. */
  readonly immediateReport: boolean;
  readonly map: AddressMap;
  /** Its bridge, as a cache. */
  readonly bridge: number;
  /** Length of an interrupt in flits. */
  readonly flits: { readonly control: number };
}

/** A disk. */
export class Disk extends Component {
  readonly bridge = new Port<FromDevice, ToDevice>(this, 'bridge', message => this.onMessage(message));
  readonly stats = this.statistics({
    reads: ['commands', 'reads carried out'],
    writes: ['commands', 'writes carried out'],
    sectorsRead: ['sectors', 'sectors that went to memory'],
    sectorsWritten: ['sectors', 'sectors written on the medium'],
    cacheHits: ['commands', 'reads whose first sector had been read ahead, or was just about to be'],
    refused: ['commands', 'commands answered with an error before they were begun'],
    mediumErrors: ['commands', 'commands that met a sector that cannot be read or written'],
    dropped: ['commands', 'commands that did not say whom to tell, and were not answered'],
    busyTicks: ['ticks', 'time spent on commands'],
    seekTicks: ['ticks', 'time that commands waited for the arm and for head switches'],
    rotationTicks: ['ticks', 'time that commands waited for their first sector to come by'],
    waitedTicks: ['ticks', 'time that commands waited for others, summed up'],
    largestQueue: ['commands', 'commands that waited at once, at most'],
  });
  readonly mechanism: DiskMechanism;
  private readonly begun = new Timer(this, () => this.afterOverhead());
  /** Fire with the number of the command that they belong to. */
  private readonly busDone = new Timer<number>(this, job => this.onBusDone(job));
  private readonly passed = new Timer<number>(this, job => this.onPassed(job));
  private readonly options: DiskOptions;
  private readonly content: Sectors;
  private readonly spoiled = new Set<number>();
  private readonly ahead: ReadAhead;
  private readonly queue: DiskQueue;
  /** The command at hand, or null, and its number. */
  private job: DiskCommand | null = null;
  private jobTrack = 0;
  private serial = 0;
  private jobBegun: Ticks = 0;
  private reported = false;
  /** A read has met a sector that cannot be read, and waits for memory to have taken those before it. */
  private failed = false;
  /** Sectors of it that the bus has carried, that memory has taken or given, and that are on the medium. */
  private carried = 0;
  private moved = 0;
  private written = 0;
  /** Sectors asked of memory by a write. */
  private asked = 0;
  /** The medium waits for its next sector, or is at it. */
  private writing = false;
  private busFree: Ticks = 0;
  /** When the arm is free for the next sector of a write. */
  private armFree: Ticks = 0;
  /** What a write has in the disk's own memory. */
  private buffer: (LineData | null)[] = [];
  /** The piece that the next sector goes to or comes from, and the bytes of it that are done. */
  private piece = 0;
  private inPiece = 0;

  constructor(parent: Scope, name: string, options: DiskOptions) {
    super(parent, name);
    plainObject(options, this.path);
    wholeNumbers(options, ['bridge'], this.path);
    plainObject(options.flits, `${this.path}: flits`);
    wholeNumbers(options.flits, ['control'], `${this.path}: flits`, 1, 2 ** 20);
    this.options = options;
    this.mechanism = new DiskMechanism(options.model, this.simulation.time.tickPs);
    this.content = new Sectors(this.mechanism.sectors);
    this.queue = new DiskQueue(this.mechanism, options.scheduling);
    this.ahead = new ReadAhead(this.mechanism, this.spoiled);
  }

  /** A copy of the words of so many sectors as they are on the medium. For set-up and checks. Throws a RangeError. */
  peek(sector: number, sectors = 1): Int32Array {
    return this.content.peek(sector, sectors);
  }

  /** Writes words on the medium in no time, the last sector filled up with zeros. For set-up. Throws a RangeError. */
  poke(sector: number, words: ArrayLike<number>): void {
    this.content.poke(sector, words);
  }

  /** From now on a sector cannot be read or written. For set-up. */
  spoil(sector: number): void {
    this.spoiled.add(sector);
  }

  override waitsFor(): string | undefined {
    return this.job === null ? undefined : `memory, for a ${this.job.op} of ${this.job.sectors} sectors`;
  }

  private onMessage(message: ToDevice): void {
    if (message instanceof DmaDone) this.onMoved(message);
    else if (message instanceof DeviceCommand) this.onCommand(message);
    else this.onRead(message);
  }

  /** A disk has no registers. */
  private onRead({ from, to, device, register }: DeviceRead): void {
    const { flits } = this.options;
    this.bridge.send(new DeviceValue(flits.control, to, from, device, register, NO_DEVICE));
  }

  private onCommand({ command }: DeviceCommand): void {
    const { stats, options, mechanism, queue } = this;
    const reply = replyOf(command, options.map.processors);
    if (reply === null) {
      stats.dropped++;
      return;
    }
    const parsed = parseDiskCommand(command, reply, { sectors: mechanism.sectors, memory: options.map });
    if (typeof parsed === 'number') {
      stats.refused++;
      this.bridge.send(replyTo(reply, options.bridge, options.flits.control, parsed));
      return;
    }
    const job = { command: parsed, arrived: this.now, track: mechanism.trackOf(parsed.sector) };
    if (this.job === null) {
      this.begin(job);
      return;
    }
    queue.add(job);
    if (queue.length > stats.largestQueue) stats.largestQueue = queue.length;
  }

  private begin(job: DiskJob): void {
    this.job = job.command;
    this.jobTrack = job.track;
    this.serial++;
    this.jobBegun = this.now;
    this.stats.waitedTicks += this.now - job.arrived;
    this.carried = this.moved = this.written = this.asked = 0;
    this.piece = this.inPiece = 0;
    this.reported = this.failed = this.writing = false;
    this.begun.after(Math.max(1, this.mechanism.overheadTicks), undefined);
  }

  private afterOverhead(): void {
    const { job, now, ahead, mechanism, stats } = this;
    const { op, sector, sectors } = job!;
    this.busFree = now;
    if (op === 'read') {
      stats.reads++;
      if (ahead.begin(now, sector)) stats.cacheHits++;
      else this.countMove(now, ahead.track, sector);
      this.readNext();
      return;
    }
    stats.writes++;
    ahead.stop(now);
    this.countMove(now, ahead.track, sector);
    this.armFree = now + mechanism.moveTicks(ahead.track, this.jobTrack);
    ahead.track = this.jobTrack;
    this.buffer = new Array<LineData | null>(sectors).fill(null);
    this.askNext(now);
  }

  private countMove(time: Ticks, track: number, sector: number): void {
    const { mechanism, stats } = this;
    const move = mechanism.moveTicks(track, mechanism.trackOf(sector));
    stats.seekTicks += move;
    stats.rotationTicks += mechanism.waitTicks(time + move, sector);
  }

  /** The next sector of a read goes over the bus when it is there and the bus is free. */
  private readNext(): void {
    const { job, now, mechanism, ahead, carried } = this;
    const sector = job!.sector + carried;
    const ready = ahead.take(now, sector);
    if (this.spoiled.has(sector)) {
      this.passed.after(Math.max(1, ready - now), this.serial);
      return;
    }
    this.busFree = Math.max(this.busFree, ready) + mechanism.busTicks;
    this.busDone.after(this.busFree - now, this.serial);
  }

  /** A sector has crossed the bus: of a read into the adapter, of a write into the disk's own memory. */
  private onBusDone(serial: number): void {
    if (serial !== this.serial || this.job === null) return;
    const { job, content } = this;
    const index = this.carried++;
    if (job.op === 'read') {
      this.move(true, content.get(job.sector + index), 0);
      if (this.carried < job.sectors) this.readNext();
      return;
    }
    if (this.carried === job.sectors && this.options.immediateReport) this.report(DeviceStatus.Ok);
    if (!this.writing) this.writeNext();
  }

  /** Asks memory for the next sector of a write, if there is room for it. */
  private askNext(departs: Ticks): void {
    const { job, mechanism } = this;
    if (this.asked === job!.sectors || this.asked - this.written === mechanism.cacheSectors) return;
    this.asked++;
    this.move(false, null, departs - this.now);
  }

  /** Moves a sector between the adapter and memory, at the place that is next. */
  private move(write: boolean, words: LineData | null, delay: Ticks): void {
    const { frame, offset, bytes } = this.job!.pieces[this.piece];
    this.bridge.send(
      new DmaRequest(write, machineFrame(frame), offset + this.inPiece, SECTOR_BYTES, words, this.serial),
      delay,
    );
    this.inPiece += SECTOR_BYTES;
    if (this.inPiece < bytes) return;
    this.piece++;
    this.inPiece = 0;
  }

  /** Memory has taken or given a sector. */
  private onMoved({ tag, stored }: DmaDone): void {
    const { job, now, mechanism, stats } = this;
    if (tag !== this.serial || job === null) return;
    const index = this.moved++;
    if (job.op === 'read') {
      stats.sectorsRead++;
      if (this.moved === job.sectors) this.end(DeviceStatus.Ok);
      else if (this.failed) this.endRead();
      return;
    }
    this.buffer[index] = stored;
    const start = Math.max(this.busFree, now);
    this.busFree = start + mechanism.busTicks;
    this.busDone.after(this.busFree - now, this.serial);
    this.askNext(start);
  }

  /** Writes the next sector when its place comes by, if the disk has it. */
  private writeNext(): void {
    const { job, now, mechanism, ahead, written } = this;
    this.writing = written < this.carried;
    if (!this.writing) return;
    const sector = job!.sector + written;
    const over = mechanism.endOf(ahead.track, Math.max(this.armFree, now), sector);
    ahead.track = mechanism.trackOf(sector);
    this.armFree = over;
    this.passed.after(over - now, this.serial);
  }

  /** The medium is done with a sector: a write has written it, or it cannot be read or written. */
  private onPassed(serial: number): void {
    if (serial !== this.serial || this.job === null) return;
    const { job, stats } = this;
    const sector = job.sector + (job.op === 'read' ? this.carried : this.written);
    if (this.spoiled.has(sector)) {
      stats.mediumErrors++;
      this.failed = true;
      if (job.op === 'read') this.endRead();
      else this.end(DeviceStatus.MediumError);
      return;
    }
    this.content.set(sector, this.buffer[this.written]);
    stats.sectorsWritten++;
    const full = this.asked - this.written === this.mechanism.cacheSectors;
    this.written++;
    if (this.written === job.sectors) {
      this.end(DeviceStatus.Ok);
      return;
    }
    if (full) this.askNext(this.now);
    this.writeNext();
  }

  /** A read ends early when memory has taken what could be read. */
  private endRead(): void {
    if (this.moved < this.carried) return;
    this.ahead.stop(this.now);
    this.end(DeviceStatus.MediumError);
  }

  private report(status: number): void {
    const { bridge, flits } = this.options;
    this.reported = true;
    this.bridge.send(replyTo(this.job!, bridge, flits.control, status));
  }

  /** Ends the command at hand and begins with the next. */
  private end(status: number): void {
    if (!this.reported) this.report(status);
    this.stats.busyTicks += this.now - this.jobBegun;
    this.job = null;
    const next = this.queue.take(this.ahead.track);
    if (next !== undefined) this.begin(next);
  }
}
