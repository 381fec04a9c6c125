/**
 * The home of a node's lines: the directory side of the coherence protocol. It serves one message at a time, as the
 * protocol's table says; a request for a line in transition waits, one without room in the directory waits in room.ts.
 * Long, because the dispatch loop and the actions read together.
 */
import { NO_EVENT, classifyAtHome } from '../coherence/classify.js';
import { checkFormat } from '../coherence/directory-format.js';
import type { CoherenceProtocol } from '../coherence/protocol.js';
import { Count, HOME_SENT as SENT, Receiver } from '../coherence/sends.js';
import type { LimitedPointers } from '../coherence/sharers/limited-pointers.js';
import { PointerLists } from '../coherence/sharers/pointer-lists.js';
import { HOME_ACTION as A, HOME_EVENT as EVENT } from '../coherence/vocabulary.js';
import { SimulationError } from '../engine/errors.js';
import type { Simulation } from '../engine/simulation.js';
import type { Ticks } from '../engine/time.js';
import type { AddressMap } from '../messages/address-map.js';
import type { Line } from '../messages/addresses.js';
import { CARRIES_DATA, CoherenceMessage, HOME, KIND_NAMES, Kind } from '../messages/coherence-messages.js';
import {
  FULL_DIRECTORY,
  type ControllerTiming,
  type MessageLengths,
  type NodeControllerOptions,
} from './controller-options.js';
import { Directory } from './directory.js';
import { LineMemory } from './line-memory.js';
import { MessageHistory } from './message-history.js';
import type { NodeController } from './node-controller.js';
import type { PageMisses } from './page-misses.js';
import { Room } from './room.js';

/** Serves the lines of one node. Its controller brings it messages and takes what it sends. */
export class Home {
  readonly directory: Directory;
  readonly memory: LineMemory;
  private readonly controller: NodeController;
  private readonly simulation: Simulation;
  private readonly misses: PageMisses;
  private readonly waiting = new Map<Line, CoherenceMessage[]>();
  private readonly history = new MessageHistory();
  // Options are copied into fields: objects put together by a caller's spread have a shape each (spec/bench/processor).
  private readonly node: number;
  private readonly map: AddressMap;
  private readonly table: CoherenceProtocol['home'];
  private readonly timing: ControllerTiming;
  private readonly flits: MessageLengths;
  /** Who waits for room in the directory, or null if there always is. */
  private readonly room: Room | null;
  /** The lists whose length costs time, or null. */
  private readonly lists: PointerLists | null;
  private readonly ticksPerCell: Ticks;

  constructor(controller: NodeController, misses: PageMisses, options: NodeControllerOptions) {
    const { map, node, protocol } = options;
    const { format, ticksPerCell } = options.directory ?? FULL_DIRECTORY;
    checkFormat(protocol, format);
    this.controller = controller;
    this.simulation = controller.simulation;
    this.misses = misses;
    this.node = node;
    this.map = map;
    this.table = protocol.home;
    this.timing = options.timing;
    this.flits = options.flits;
    this.ticksPerCell = ticksPerCell;
    this.memory = new LineMemory(controller.simulation, options.memory);
    this.directory = new Directory({
      processors: map.caches,
      firstFrame: map.firstFrame[node],
      frameShift: map.frameShift,
      format,
      counts: controller.directoryStats ?? { overflows: 0, largestPool: 0 },
    });
    const { sharers, sparse } = this.directory;
    this.lists = sharers instanceof PointerLists ? sharers : null;
    this.room = sparse === null && this.lists === null ? null : this.makeRoom();
  }

  /** What it waits for, in words, or undefined. */
  waitsFor(): string | undefined {
    const [line] = this.waiting.keys();
    return line === undefined
      ? this.room?.waitsFor()
      : `line ${line} to leave its transition, with ${this.waiting.get(line)!.length} requests behind it`;
  }

  /** What is wrong while nothing is under way, in words. */
  imbalance(): string[] {
    const waits = this.waitsFor();
    return [
      ...(waits === undefined ? [] : [`waits for ${waits}`]),
      ...this.directory.imbalance(this.table.stable),
      ...(this.lists?.imbalance() ?? []),
    ];
  }

  /** Takes a message that has arrived. */
  receive(message: CoherenceMessage, lookup: Ticks): void {
    this.history.note(message, this.simulation.now);
    if (this.room === null || this.room.admits(message)) this.serve(message, lookup);
  }

  private serve(message: CoherenceMessage, lookup: Ticks): void {
    const { line } = message;
    const { table, directory } = this;
    const entry = directory.entry(line);
    const state = directory.state[entry];
    const event = this.classify(message, entry);
    const cell = state * table.events.length + event;
    const actions = table.cells[cell];
    if (actions === null || actions === undefined) this.refuse(message, state, event);
    if (actions.length === 1 && actions[0] === A.stall) {
      this.stall(message);
      return;
    }
    // What is refused, or waits, is counted when it is served.
    if (event !== EVENT['GetS(no room)'] && actions[0] !== A.sendNak) this.misses.served(message, this.simulation.now);
    this.perform(cell, actions, message, entry, lookup);
    const settled = table.stable[directory.state[entry]];
    if (this.room !== null && settled) this.settle(entry, line, table.stable[state]);
    else if (settled && !table.stable[state]) this.release(line);
  }

  /** Does what a cell says. The controller is occupied by it, and by the lists that it goes through. */
  private perform(cell: number, actions: Int32Array, message: CoherenceMessage, entry: number, lookup: Ticks): void {
    const { table, directory, lists, simulation, controller } = this;
    const { now } = simulation;
    const { homeOccupancy } = this.timing;
    const served = homeOccupancy === 0 ? now : controller.occupancy.book(now, now, homeOccupancy);
    for (let i = 0; i < actions.length; i++) {
      const action = actions[i];
      if (SENT.kind[action] >= 0) this.send(action, message, entry, served + lookup);
      else this.act(action, message, entry, served + lookup);
    }
    const next = table.next[cell];
    const empty = table.nextWithoutSharers[cell];
    directory.state[entry] = next === empty || directory.sharers.count(entry) > 0 ? next : empty;
    if (lists === null) return;
    const walk = lists.walked * this.ticksPerCell;
    lists.walked = 0;
    if (walk > 0) controller.occupancy.book(now, served + homeOccupancy, walk);
  }

  private classify(message: CoherenceMessage, entry: number): number {
    const { sharers, owner, missing } = this.directory;
    const { from, kind } = message;
    const event = classifyAtHome(
      kind,
      owner[entry] === from,
      sharers.has(entry, from),
      kind === Kind.PutS && sharers.last(entry, from) ? 1 : 2,
      missing[entry],
      kind !== Kind.GetS || sharers.room(entry),
    );
    if (event === NO_EVENT) throw this.failure(`home cannot receive ${KIND_NAMES[kind]}`);
    return event;
  }

  private act(action: number, message: CoherenceMessage, entry: number, done: Ticks): void {
    const { directory } = this;
    const { from } = message;
    switch (action) {
      case A.addRequester:
        directory.sharers.add(entry, from);
        break;
      case A.addOwner:
        directory.sharers.add(entry, directory.owner[entry]);
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
        directory.missing[entry]--;
        break;
      case A.defer:
        this.stall(message);
        break;
      default:
        throw new Error(`${this.controller.path}: the home does not know the action ${action}`);
    }
  }

  /** Sends what an action sends, on behalf of the request that it answers. */
  private send(action: number, request: CoherenceMessage, entry: number, done: Ticks): void {
    const kind = SENT.kind[action];
    const count = SENT.count[action];
    const counted = count === Count.Others || (count === Count.OthersOfWriter && request.kind === Kind.GetM);
    const acks = counted ? this.others(entry, request.from) : 0;
    switch (SENT.to[action]) {
      case Receiver.Requester:
        if (CARRIES_DATA[kind]) this.sendLine(kind, request, acks, done);
        else this.sendControl(kind, request.from, request, acks, done);
        break;
      case Receiver.Owner:
        this.sendControl(kind, this.directory.owner[entry], request, acks, done);
        break;
      case Receiver.Others:
        this.sendToOthers(kind, request, entry, acks, done);
        break;
      default:
        this.sendControl(kind, this.forgetOldest(entry), ofHome(request.line), acks, done);
    }
  }

  private sendLine(kind: number, { line, from }: CoherenceMessage, acks: number, done: Ticks): void {
    const data = this.memory.value(line);
    const reply = new CoherenceMessage({
      kind,
      flits: this.flits.data,
      line,
      from: HOME,
      to: from,
      requester: from,
      acks,
      data,
    });
    this.controller.toCache(reply, this.memory.read(line, done));
  }

  private sendControl(kind: number, to: number, { line, from }: CoherenceMessage, acks: number, done: Ticks): void {
    const { controller } = this;
    if (kind === Kind.Nak) controller.refusals!.naks++;
    else controller.stats.forwards++;
    const message = new CoherenceMessage({
      kind,
      flits: this.flits.control,
      line,
      from: HOME,
      to,
      requester: from,
      acks,
      data: null,
    });
    controller.toCache(message, done + this.timing.forwardOut);
  }

  private sendToOthers(kind: number, request: CoherenceMessage, entry: number, acks: number, done: Ticks): void {
    const { sharers } = this.directory;
    const owner = this.directory.owner[entry];
    for (let sharer = sharers.next(entry, -1); sharer >= 0; sharer = sharers.next(entry, sharer))
      if (sharer !== request.from && sharer !== owner) this.sendControl(kind, sharer, request, acks, done);
  }

  /** Takes the oldest sharer from an entry that names no more; home waits for its acknowledgement. */
  private forgetOldest(entry: number): number {
    const { directory } = this;
    const oldest = (directory.sharers as LimitedPointers).oldest(entry);
    directory.missing[entry] = 1;
    directory.sharers.remove(entry, oldest);
    this.controller.directoryStats!.evictedSharers++;
    return oldest;
  }

  private writeMemory({ kind, line, data }: CoherenceMessage, done: Ticks): void {
    this.memory.write(line, data, done);
    if (CARRIES_DATA[kind]) this.controller.stats.writebacks++;
  }

  /** Sharers other than this one and the owner, whom a superset may name as well. */
  private others(entry: number, processor: number): number {
    const { sharers } = this.directory;
    const owner = this.directory.owner[entry];
    let count = sharers.count(entry);
    if (processor >= 0 && sharers.has(entry, processor)) count--;
    if (owner >= 0 && owner !== processor && count > 0 && sharers.has(entry, owner)) count--;
    return count;
  }

  /** Everybody who has a copy or is taken for one who has. */
  private copies(entry: number): number {
    return this.others(entry, HOME) + (this.directory.owner[entry] >= 0 ? 1 : 0);
  }

  private makeRoom(): Room {
    const { directory, table, timing, map } = this;
    return new Room({
      directory,
      lists: this.lists,
      stats: this.controller.directoryStats!,
      serve: message =>
        this.serve(message, map.nodeOfProcessor[message.from] === this.node ? timing.lookupLocal : timing.lookupRemote),
      recallable: entry => table.cells[directory.state[entry] * table.events.length + EVENT.recall] !== null,
      recall: entry => this.recall(entry),
    });
  }

  /** Asks all copies of an entry's line in. True if there were none. */
  private recall(entry: number): boolean {
    const { directory, table } = this;
    const none = this.copies(entry) === 0;
    const event = none ? EVENT['recall(no copies)'] : EVENT.recall;
    const cell = directory.state[entry] * table.events.length + event;
    const message = ofHome(directory.lineOf(entry));
    const actions = table.cells[cell];
    if (actions === null || actions === undefined) this.refuse(message, directory.state[entry], event);
    this.perform(cell, actions, message, entry, this.timing.lookupLocal);
    return none;
  }

  /** A line is stable, whether it was before or not: requests that wait for it, or for room in the directory, continue. */
  private settle(entry: number, line: Line, before: boolean): void {
    const freed = this.directory.state[entry] === 0;
    if (freed) this.room!.freed(entry);
    else if (!before) this.release(line);
    this.room!.drain(line);
    if (freed && !before) this.release(line);
  }

  private stall(message: CoherenceMessage): void {
    this.controller.stats.stalled++;
    const queue = this.waiting.get(message.line);
    if (queue) queue.push(message);
    else this.waiting.set(message.line, [message]);
  }

  /** A line has become stable: its requests are served in order until one makes it wait again. */
  private release(line: Line): void {
    const queue = this.waiting.get(line);
    if (queue === undefined) return;
    this.waiting.delete(line);
    const { map, node, timing } = this;
    for (const message of queue)
      this.receive(message, map.nodeOfProcessor[message.from] === node ? timing.lookupLocal : timing.lookupRemote);
  }

  private refuse(message: CoherenceMessage, state: number, event: number): never {
    const { table } = this;
    const { line } = message;
    const past = this.history.of(line).join('\n  ');
    throw this.failure(
      `${table.name}: ${table.events[event]} cannot happen to line ${line} in ${table.states[state]}; before it came\n  ${past}\n`,
    );
  }

  private failure(what: string): SimulationError {
    const { now, seed } = this.simulation;
    return new SimulationError(this.controller.path, now, seed, what);
  }
}

/** What home does of its own accord: a message that no cache sent. Answers to it come to home. */
function ofHome(line: Line): CoherenceMessage {
  return new CoherenceMessage({
    kind: Kind.Inv,
    flits: 0,
    line,
    from: HOME,
    to: HOME,
    requester: HOME,
    acks: 0,
    data: null,
  });
}
