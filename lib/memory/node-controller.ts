/**
 * The controller of a node: between its processors, its memory and the network. It is the home side of the coherence
 * protocol for the lines of its memory and passes everything else on. Its occupancy is a queue of its own, apart from
 * latency, as in FLASH's MAGIC and the Origin's hub. 500 lines: the dispatch loop, the actions and the routing read
 * together or not at all; who waits for room in the directory is in room.ts.
 */
import { plainObject, wholeNumber, wholeNumbers } from '../engine/checks.js';
import type { AddressMap } from '../messages/address-map.js';
import { NO_EVENT, classifyAtHome } from '../coherence/classify.js';
import { checkFormat, type DirectoryFormat } from '../coherence/directory-format.js';
import type { LineData } from '../messages/line-data.js';
import {
  CARRIES_DATA,
  CoherenceMessage,
  HOME,
  HOT_PAGE,
  InterruptMessage,
  KIND_NAMES,
  Kind,
  type NodeMessage,
} from '../messages/coherence-messages.js';
import { refuses, type CoherenceProtocol } from '../coherence/protocol.js';
import type { LimitedPointers } from '../coherence/sharers/limited-pointers.js';
import { PointerLists } from '../coherence/sharers/pointer-lists.js';
import { HOME_ACTION as A, HOME_EVENT as EVENT } from '../coherence/vocabulary.js';
import { Booking } from '../engine/booking.js';
import { Component, type Scope } from '../engine/component.js';
import { SimulationError } from '../engine/errors.js';
import { Port } from '../engine/port.js';
import type { Ticks } from '../engine/time.js';
import { Directory } from './directory.js';
import { PageCounters, type PageCounterOptions } from './page-counters.js';
import { Room } from './room.js';

/** Latencies and occupancies of a controller, in ticks. Latencies add up; occupancies only make others wait. */
export interface ControllerTiming {
  /** A processor's request leaving for another node. */
  readonly requestOut: Ticks;
  /** Directory look-up for a request of this node's processors. */
  readonly lookupLocal: Ticks;
  /** Directory look-up for a request from another node. */
  readonly lookupRemote: Ticks;
  /** On top of the look-up, when home forwards, invalidates or acknowledges instead of reading memory. */
  readonly forwardOut: Ticks;
  /** A forward from the network to its processor. */
  readonly forwardIn: Ticks;
  /** A processor's response leaving for another node. */
  readonly responseOut: Ticks;
  /** A response from the network to its processor. */
  readonly responseIn: Ticks;
  /** Time for which a request occupies the controller of its home. */
  readonly homeOccupancy: Ticks;
  /** Time for which a message that only passes through occupies the controller. */
  readonly passOccupancy: Ticks;
}

/** Memory of a node. */
export interface MemoryTiming {
  /** From the look-up to the first word of the line. */
  readonly accessTicks: Ticks;
  /** Time for which a line occupies its bank: the bandwidth. */
  readonly bankTicks: Ticks;
  /** Banks, interleaved by line. */
  readonly banks: number;
}

/** Lengths of messages in flits. */
export interface MessageLengths {
  readonly control: number;
  readonly data: number;
}

/** What a node controller is made with. */
export interface NodeControllerOptions {
  /** Its number. */
  readonly node: number;
  readonly map: AddressMap;
  readonly protocol: CoherenceProtocol;
  readonly timing: ControllerTiming;
  readonly memory: MemoryTiming;
  readonly flits: MessageLengths;
  /** Page miss counters, or null for none. */
  readonly counters: PageCounterOptions | null;
  /** A full bit vector unless given. Others need a protocol of `protocolFor`, the same in all caches. */
  readonly directory?: DirectorySettings;
}

/** The directory of a controller. */
export interface DirectorySettings {
  readonly format: DirectoryFormat;
  /** For dynamic pointers: the time for which a list cell that is gone through occupies the controller. */
  readonly ticksPerCell: Ticks;
}

const FULL: DirectorySettings = { format: { format: 'full' }, ticksPerCell: 0 };

/** What a directory other than a full bit vector counts. */
const DIRECTORY_STATISTICS = {
  overflows: ['events', 'times that an entry could not name its sharers one by one any longer'],
  evictedSharers: ['sharers', 'sharers invalidated to make room for another one of the same line'],
  recalls: ['lines', 'lines called back by their home to make room for another'],
  waits: ['requests', 'requests that found no room in the directory and waited'],
  largestPool: ['cells', 'list cells in use, at most'],
} as const;

/** Sees every miss that a home serves; for locality over time. Must not act on the model. */
export type MissObserver = (frame: number, requesterNode: number, now: Ticks) => void;

const HISTORY = 64;

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
  /** Occupancy of the memory banks. */
  readonly banks: readonly Booking[];
  readonly directory: Directory;
  /** What the directory's format counts, or null for a full bit vector. */
  readonly directoryStats: Record<keyof typeof DIRECTORY_STATISTICS, number> | null;
  readonly counters: PageCounters | null;
  /** Sees every miss, or null. */
  missObserver: MissObserver | null = null;
  /** Values of lines that programs wrote and that are in memory. */
  private readonly memory = new Map<number, LineData>();
  private readonly waiting = new Map<number, CoherenceMessage[]>();
  /** The ports of the node's caches: its processors', then its bridge's. */
  private readonly caches: readonly Port<NodeMessage, NodeMessage>[];
  /** When the last forward of this home leaves, by cache of the node. */
  private readonly lastForward: Ticks[];
  private readonly history: (CoherenceMessage | null)[] = new Array<CoherenceMessage | null>(HISTORY).fill(null);
  private readonly historyTime = new Float64Array(HISTORY);
  private handled = 0;
  // Options are copied into fields: objects put together by a caller's spread have a shape each (spec/bench/processor).
  private readonly node: number;
  private readonly map: AddressMap;
  private readonly table: CoherenceProtocol['home'];
  private readonly timing: ControllerTiming;
  private readonly memoryTiming: MemoryTiming;
  private readonly flits: MessageLengths;
  private readonly hotPageDelay: Ticks;
  private readonly firstProcessor: number;
  private readonly stallAction = A.stall;
  /** Who waits for room in the directory, or null if there always is. */
  private readonly room: Room | null;
  /** The lists whose length costs time, or null. */
  private readonly lists: PointerLists | null;
  private readonly ticksPerCell: Ticks;

  constructor(parent: Scope, name: string, options: NodeControllerOptions) {
    super(parent, name);
    checkController(this.path, options);
    const { map, node, memory } = options;
    this.node = node;
    this.map = map;
    const { format, ticksPerCell } = options.directory ?? FULL;
    this.table = options.protocol.home;
    checkFormat(options.protocol, format);
    this.ticksPerCell = ticksPerCell;
    this.refusals = refuses(options.protocol) ? this.statistics(REFUSALS) : null;
    this.timing = options.timing;
    this.memoryTiming = memory;
    this.flits = options.flits;
    this.hotPageDelay = options.counters === null ? 0 : options.counters.delayTicks;
    this.firstProcessor = map.firstProcessor[node]!;
    const count = map.firstProcessor[node + 1]! - this.firstProcessor;
    this.processors = Array.from({ length: count }, (_, i) => this.makePort(`processor${i}`));
    this.bridge = map.bridgeOfNode[node]! < 0 ? null : this.makePort('bridge');
    this.caches = this.bridge === null ? this.processors : [...this.processors, this.bridge];
    this.network = new Port<NodeMessage, NodeMessage>(
      this,
      'network',
      message => this.atHome(message as CoherenceMessage, this.timing.lookupRemote),
      (message, arrives) => this.fromNetwork(message, arrives),
    );
    this.lastForward = new Array<Ticks>(this.caches.length).fill(0);
    this.banks = Array.from({ length: memory.banks }, () => new Booking(this.simulation.calendars));
    this.directoryStats = format.format === 'full' ? null : this.statistics(DIRECTORY_STATISTICS);
    this.directory = new Directory({
      processors: map.caches,
      firstFrame: map.firstFrame[node]!,
      frameShift: map.frameShift,
      format,
      counts: this.directoryStats ?? { overflows: 0, largestPool: 0 },
    });
    const { sharers, sparse } = this.directory;
    this.lists = sharers instanceof PointerLists ? sharers : null;
    this.room = sparse === null && this.lists === null ? null : this.makeRoom();
    this.counters = options.counters && new PageCounters(map.nodes, node, options.counters);
  }

  override waitsFor(): string | undefined {
    const [line] = this.waiting.keys();
    return line === undefined
      ? this.room?.waitsFor()
      : `line ${line} to leave its transition, with ${this.waiting.get(line)!.length} requests behind it`;
  }

  /** What is wrong while nothing is under way, in words: requests left waiting, lines in transition, pointers lost. Nothing usually. */
  imbalance(): string[] {
    const waits = this.waitsFor();
    return [
      ...(waits === undefined ? [] : [`waits for ${waits}`]),
      ...this.directory.imbalance(this.table.stable),
      ...(this.lists?.imbalance() ?? []),
    ];
  }

  override resetStatistics(): void {
    this.counters?.resetStatistics();
  }

  /** The value of a line as memory has it. Right only while no cache owns the line. */
  lineInMemory(line: number): LineData | null {
    return this.memory.get(line) ?? null;
  }

  /** A port for a processor or bridge of this node. */
  private makePort(name: string): Port<NodeMessage, NodeMessage> {
    return new Port<NodeMessage, NodeMessage>(
      this,
      name,
      message => this.atHome(message as CoherenceMessage, this.timing.lookupLocal),
      (message, arrives) => this.fromProcessor(message, arrives),
    );
  }

  /** Passes on what a processor or bridge sends elsewhere; only what is for this home arrives here. */
  private fromProcessor(message: NodeMessage, arrives: Ticks): boolean {
    const { map, node, timing } = this;
    const out = message.lane === 2 ? timing.responseOut : timing.requestOut;
    if (message.to === HOME) {
      if (map.homeOfLine((message as CoherenceMessage).line) === node) return false;
      this.network.forward(message, this.pass(arrives) + out);
    } else if (map.nodeOfProcessor[message.to] === node) this.toProcessor(message, this.pass(arrives) + out);
    else this.network.forward(message, this.pass(arrives) + out);
    return true;
  }

  /** Passes on what the network brings for a processor; only what is for this home arrives here. */
  private fromNetwork(message: NodeMessage, arrives: Ticks): boolean {
    if (message.to === HOME) return false;
    const { timing } = this;
    this.toProcessor(message, this.pass(arrives) + (message.lane === 2 ? timing.responseIn : timing.forwardIn));
    return true;
  }

  /** Books the controller for a message that passes through; returns when it is served. */
  private pass(arrives: Ticks): Ticks {
    const { passOccupancy } = this.timing;
    return passOccupancy === 0 ? arrives : this.occupancy.book(this.now, arrives, passOccupancy);
  }

  private toProcessor(message: NodeMessage, departs: Ticks): void {
    this.caches[this.indexOf(message.to)]!.forward(message, departs);
  }

  /** Where a cache of this node is among its ports. */
  private indexOf(cache: number): number {
    return cache < this.map.processors ? cache - this.firstProcessor : this.processors.length;
  }

  /** Sends a message of home's to a processor, wherever it is. Forwards to one processor keep their order. */
  private toCache(message: NodeMessage, departs: Ticks): void {
    if (this.map.nodeOfProcessor[message.to] !== this.node) {
      this.network.forward(message, departs);
      return;
    }
    const index = this.indexOf(message.to);
    if (message.lane !== 1) this.caches[index]!.forward(message, departs);
    else {
      this.lastForward[index] = Math.max(departs, this.lastForward[index]!);
      this.caches[index]!.forward(message, this.lastForward[index]!);
    }
  }

  private atHome(message: CoherenceMessage, lookup: Ticks): void {
    this.note(message);
    if (this.room === null || this.room.admits(message)) this.serve(message, lookup);
  }

  private serve(message: CoherenceMessage, lookup: Ticks): void {
    const { line } = message;
    const { table, directory } = this;
    const entry = directory.entry(line);
    const state = directory.state[entry]!;
    const event = this.classify(message, entry);
    const cell = state * table.events.length + event;
    const actions = table.cells[cell];
    if (actions === null || actions === undefined) this.refuse(message, state, event);
    if (actions.length === 1 && actions[0] === this.stallAction) {
      this.stall(message);
      return;
    }
    // What is refused, or waits, is counted when it is served.
    if (event !== EVENT['GetS(no room)'] && actions[0] !== A.sendNak) this.count(message);
    this.perform(cell, actions, message, entry, lookup);
    const settled = table.stable[directory.state[entry]!]!;
    if (this.room !== null && settled) this.settle(entry, line, table.stable[state]!);
    else if (settled && !table.stable[state]) this.release(line);
  }

  /** Does what a cell says. The controller is occupied by it, and by the lists that it goes through. */
  private perform(cell: number, actions: Int32Array, message: CoherenceMessage, entry: number, lookup: Ticks): void {
    const { now, table, directory, lists } = this;
    const { homeOccupancy } = this.timing;
    const served = homeOccupancy === 0 ? now : this.occupancy.book(now, now, homeOccupancy);
    for (let i = 0; i < actions.length; i++) this.act(actions[i]!, message, entry, served + lookup);
    const next = table.next[cell]!;
    const empty = table.nextWithoutSharers[cell]!;
    directory.state[entry] = next === empty || directory.sharers.count(entry) > 0 ? next : empty;
    if (lists === null) return;
    const walk = lists.walked * this.ticksPerCell;
    lists.walked = 0;
    if (walk > 0) this.occupancy.book(now, served + homeOccupancy, walk);
  }

  private classify(message: CoherenceMessage, entry: number): number {
    const { sharers, owner, missing } = this.directory;
    const { from, kind } = message;
    const event = classifyAtHome(
      kind,
      owner[entry] === from,
      sharers.has(entry, from),
      kind === Kind.PutS && sharers.last(entry, from) ? 1 : 2,
      missing[entry]!,
      kind !== Kind.GetS || sharers.room(entry),
    );
    if (event === NO_EVENT)
      throw new SimulationError(this.path, this.now, this.simulation.seed, `home cannot receive ${KIND_NAMES[kind]}`);
    return event;
  }

  private act(action: number, message: CoherenceMessage, entry: number, done: Ticks): void {
    const { directory } = this;
    const { from } = message;
    switch (action) {
      case A.sendData:
        this.sendLine(Kind.DataDir, message, message.kind === Kind.GetM ? this.others(entry, from) : 0, done);
        break;
      case A.sendExclusive:
        this.sendLine(Kind.DataExcl, message, 0, done);
        break;
      case A.sendInvToOthers:
        this.invalidate(message, entry, done);
        break;
      case A.forwardGetS:
        this.forward(Kind.FwdGetS, directory.owner[entry]!, message, 0, done);
        break;
      case A.forwardGetM:
        this.forward(Kind.FwdGetM, directory.owner[entry]!, message, this.others(entry, from), done);
        break;
      case A.sendAckCount:
        this.forward(Kind.AckCount, from, message, this.others(entry, from), done);
        break;
      case A.sendPutAck:
        this.forward(Kind.PutAck, from, message, 0, done);
        break;
      case A.sendNak:
        this.sendNak(message, done);
        break;
      case A.addRequester:
        directory.sharers.add(entry, from);
        break;
      case A.addOwner:
        directory.sharers.add(entry, directory.owner[entry]!);
        break;
      case A.removeRequester:
        directory.sharers.remove(entry, from);
        break;
      case A.clearSharers:
        directory.sharers.clear(entry);
        break;
      case A.setOwner:
        directory.owner[entry] = from;
        break;
      case A.clearOwner:
        directory.owner[entry] = -1;
        break;
      case A.writeMemory:
        this.writeMemory(message, done);
        break;
      case A.countCopies:
        directory.missing[entry] = this.copies(entry);
        break;
      case A.countOne:
        directory.missing[entry]!--;
        break;
      case A.evictSharer:
        this.evictSharer(message, entry, done);
        break;
      case A.defer:
        this.stall(message);
        break;
      default:
        throw new Error(`${this.path}: the home does not know the action ${action}`);
    }
  }

  /** Sharers other than this one and the owner, whom a superset may name as well. */
  private others(entry: number, processor: number): number {
    const { sharers } = this.directory;
    const owner = this.directory.owner[entry]!;
    let count = sharers.count(entry);
    if (processor >= 0 && sharers.has(entry, processor)) count--;
    if (owner >= 0 && owner !== processor && count > 0 && sharers.has(entry, owner)) count--;
    return count;
  }

  /** Everybody who has a copy or is taken for one who has. */
  private copies(entry: number): number {
    return this.others(entry, HOME) + (this.directory.owner[entry]! >= 0 ? 1 : 0);
  }

  private invalidate(message: CoherenceMessage, entry: number, done: Ticks): void {
    const { sharers } = this.directory;
    const owner = this.directory.owner[entry]!;
    for (let sharer = sharers.next(entry, -1); sharer >= 0; sharer = sharers.next(entry, sharer))
      if (sharer !== message.from && sharer !== owner) this.forward(Kind.Inv, sharer, message, 0, done);
  }

  private evictSharer(message: CoherenceMessage, entry: number, done: Ticks): void {
    const { directory } = this;
    const oldest = (directory.sharers as LimitedPointers).oldest(entry);
    directory.missing[entry] = 1;
    directory.sharers.remove(entry, oldest);
    this.directoryStats!.evictedSharers++;
    this.forward(Kind.Inv, oldest, ofHome(message.line), 0, done);
  }

  private makeRoom(): Room {
    const { directory, table, timing, map } = this;
    return new Room({
      directory,
      lists: this.lists,
      stats: this.directoryStats!,
      serve: message =>
        this.serve(message, map.nodeOfProcessor[message.from] === this.node ? timing.lookupLocal : timing.lookupRemote),
      recallable: entry => table.cells[directory.state[entry]! * table.events.length + EVENT.recall] !== null,
      recall: entry => this.recall(entry),
    });
  }

  /** Asks all copies of an entry's line in. True if there were none. */
  private recall(entry: number): boolean {
    const { directory, table } = this;
    const none = this.copies(entry) === 0;
    const event = none ? EVENT['recall(no copies)'] : EVENT.recall;
    const cell = directory.state[entry]! * table.events.length + event;
    const message = ofHome(directory.lineOf(entry));
    const actions = table.cells[cell];
    if (actions === null || actions === undefined) this.refuse(message, directory.state[entry]!, event);
    this.perform(cell, actions, message, entry, this.timing.lookupLocal);
    return none;
  }

  /** A line is stable, for the first time since long or still: those who wait for it or for its room go on. */
  private settle(entry: number, line: number, before: boolean): void {
    const freed = this.directory.state[entry] === 0;
    if (freed) this.room!.freed(entry);
    else if (!before) this.release(line);
    this.room!.drain(line);
    if (freed && !before) this.release(line);
  }

  private sendLine(kind: number, request: CoherenceMessage, acks: number, done: Ticks): void {
    const { memoryTiming: memory, flits } = this;
    const { line, from } = request;
    const start = this.banks[line % this.banks.length]!.book(this.now, done, memory.bankTicks);
    const data = this.memory.size === 0 ? null : (this.memory.get(line) ?? null);
    const reply = new CoherenceMessage(kind, flits.data, line, HOME, from, from, acks, data);
    this.toCache(reply, start + memory.accessTicks);
  }

  private forward(kind: number, to: number, request: CoherenceMessage, acks: number, done: Ticks): void {
    const { flits, timing } = this;
    this.stats.forwards++;
    this.toCache(
      new CoherenceMessage(kind, flits.control, request.line, HOME, to, request.from, acks, null),
      done + timing.forwardOut,
    );
  }

  private sendNak({ line, from }: CoherenceMessage, done: Ticks): void {
    this.refusals!.naks++;
    const nak = new CoherenceMessage(Kind.Nak, this.flits.control, line, HOME, from, from, 0, null);
    this.toCache(nak, done + this.timing.forwardOut);
  }

  private writeMemory(message: CoherenceMessage, done: Ticks): void {
    const { line, data } = message;
    this.banks[line % this.banks.length]!.book(this.now, done, this.memoryTiming.bankTicks);
    // A line without words reads as zeros, also if it had words before.
    if (data === null) this.memory.delete(line);
    else this.memory.set(line, data);
    if (CARRIES_DATA[message.kind]) this.stats.writebacks++;
  }

  private stall(message: CoherenceMessage): void {
    this.stats.stalled++;
    const queue = this.waiting.get(message.line);
    if (queue) queue.push(message);
    else this.waiting.set(message.line, [message]);
  }

  /** A line has become stable: its requests are served in order until one makes it wait again. */
  private release(line: number): void {
    const queue = this.waiting.get(line);
    if (queue === undefined) return;
    this.waiting.delete(line);
    const { map, node, timing } = this;
    for (const message of queue)
      this.atHome(message, map.nodeOfProcessor[message.from] === node ? timing.lookupLocal : timing.lookupRemote);
  }

  /** Counts a request for the page counters and raises the hot-page interrupt. */
  private count(message: CoherenceMessage): void {
    const { kind, line, from } = message;
    if (kind !== Kind.GetS && kind !== Kind.GetM && kind !== Kind.PutM && kind !== Kind.PutO) return;
    const { map, node, flits } = this;
    const { counters, now } = this;
    const frame = line >>> map.frameShift;
    if (kind === Kind.PutM || kind === Kind.PutO) {
      counters?.writeBack(frame, now);
      return;
    }
    const requester = map.nodeOfProcessor[from]!;
    if (requester === node) this.stats.localRequests++;
    else this.stats.remoteRequests++;
    if (this.missObserver !== null) this.missObserver(frame, requester, now);
    if (counters === null) return;
    if (kind === Kind.GetM) counters.ownershipRequest(frame, now);
    // No page moves to be near a device.
    if (from >= map.processors) return;
    if (!counters.miss(frame, requester, now)) return;
    this.stats.hotPages++;
    const counts = counters.snapshot(frame, now);
    this.toCache(
      new InterruptMessage(flits.control, HOT_PAGE, HOME, from, frame, requester, counts),
      now + this.hotPageDelay,
    );
  }

  private note(message: CoherenceMessage): void {
    const slot = this.handled++ % HISTORY;
    this.history[slot] = message;
    this.historyTime[slot] = this.now;
  }

  private refuse(message: CoherenceMessage, state: number, event: number): never {
    const { table } = this;
    const past: string[] = [];
    for (let i = Math.max(0, this.handled - HISTORY); i < this.handled; i++) {
      const earlier = this.history[i % HISTORY]!;
      if (earlier.line === message.line)
        past.push(`tick ${this.historyTime[i % HISTORY]}: ${KIND_NAMES[earlier.kind]} from processor ${earlier.from}`);
    }
    throw new SimulationError(
      this.path,
      this.now,
      this.simulation.seed,
      `${table.name}: ${table.events[event]} cannot happen to line ${message.line} in ${table.states[state]}; before it came\n  ${past.join('\n  ')}\n`,
    );
  }
}

/** What home does of its own accord: a message that nobody sent. Answers to it come to home. */
function ofHome(line: number): CoherenceMessage {
  return new CoherenceMessage(Kind.Inv, 0, line, HOME, HOME, HOME, 0, null);
}

/** Throws a RangeError, naming the option, unless a controller can be made so. Counters and directory check their own. */
function checkController(path: string, options: NodeControllerOptions): void {
  plainObject(options, path);
  for (const part of ['timing', 'memory', 'flits', 'map', 'protocol'] as const)
    plainObject(options[part], `${path}: ${part}`);
  const { map, timing, memory, flits, counters, directory } = options;
  wholeNumber(options.node, `${path}: node`, 0, map.nodes - 1);
  wholeNumbers(timing, TIMES, `${path}: timing`);
  wholeNumbers(memory, ['accessTicks', 'bankTicks'], `${path}: memory`);
  wholeNumbers(memory, ['banks'], `${path}: memory`, 1, 65536);
  wholeNumbers(flits, ['control', 'data'], `${path}: flits`, 1, 2 ** 20);
  plainObject(options.protocol.home, `${path}: protocol.home`);
  if (counters !== null) plainObject(counters, `${path}: counters`);
  if (directory === undefined) return;
  plainObject(directory, `${path}: directory`);
  plainObject(directory.format, `${path}: directory.format`);
  wholeNumbers(directory, ['ticksPerCell'], `${path}: directory`);
}

const TIMES: readonly (keyof ControllerTiming)[] = [
  ...(['requestOut', 'lookupLocal', 'lookupRemote', 'forwardOut', 'forwardIn', 'responseOut', 'responseIn'] as const),
  ...(['homeOccupancy', 'passOccupancy'] as const),
];
