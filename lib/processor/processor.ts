/**
 * An in-order, blocking processor with its TLB and private caches. It executes ahead of the clock, without events, as
 * far as nothing can reach it (engine/runner.ts); what involves others - a miss, a trap, a service call - it does at
 * the present. 750 lines: the run loop, and what it does when it has to stop, read together or not at all.
 */
import type { AddressMap } from '../coherence/address-map.js';
import type { LineData } from '../coherence/line-data.js';
import { CoherenceMessage, InterruptMessage, type NodeMessage } from '../coherence/messages.js';
import { refuses, type CoherenceProtocol } from '../coherence/protocol.js';
import { Component, type Scope } from '../engine/component.js';
import { SimulationError } from '../engine/errors.js';
import { Port } from '../engine/port.js';
import type { RandomStream } from '../engine/random.js';
import { Runner } from '../engine/runner.js';
import { TimeAccount } from '../engine/time-account.js';
import type { Clock, Ticks } from '../engine/time.js';
import { Op, type Operation, type Program } from './operations.js';
import { NO_VALUE, PrivateCaches, WHOLE_LINE, type CacheOwner } from './private-caches.js';
import { ReferenceKind } from './references.js';
import type { CacheGeometry } from './set-array.js';
import { ACTIVITIES, Activity, type Handler, type SystemSoftware } from './software.js';
import { StoreBuffer } from './store-buffer.js';
import { Tlb } from './tlb.js';

/** What a processor is made with. */
export interface ProcessorOptions {
  /** Its number over the machine, which is also that of its caches. */
  readonly processor: number;
  readonly clock: Clock;
  readonly map: AddressMap;
  readonly protocol: CoherenceProtocol;
  readonly tlbEntries: number;
  readonly l1i: CacheGeometry;
  readonly l1d: CacheGeometry;
  readonly l2: CacheGeometry;
  /** Ticks that an access waits which the first level cannot answer and the second can. */
  readonly l2Ticks: Ticks;
  /** Entries of its store buffer, 0 to 64; without one, or with 0, memory is sequentially consistent, else TSO. */
  readonly storeBuffer?: number | undefined;
  /** Lengths of messages in flits. */
  readonly flits: { readonly control: number; readonly data: number };
}

/** What is counted besides, where homes know a superset of the sharers. */
const STRAYS = {
  strayInvalidations: [
    'messages',
    'invalidations that found no copy that could be read: it was on its way in or out, or not there at all',
  ],
} as const;

function knowsStrays({ cache }: CoherenceProtocol): boolean {
  return cache.cells[cache.cell('I', 'Inv')] !== null;
}

/** What is counted besides, where homes refuse requests. */
const REFUSALS = { retries: ['requests', 'requests sent again because home had refused them'] } as const;

/** A program in execution, or a handler on top of it. */
interface Frame {
  readonly program: Program;
  /** Activity of a handler, or -1 for the processor's own program. */
  readonly activity: number;
  operation: Operation | null;
  /** Progress within the operation. */
  at: number;
  /** The instructions before the reference at hand are done. */
  gapDone: boolean;
  /** Ticks until the next action, left over from an interruption. */
  owed: Ticks;
  /** The program has nothing more to yield. */
  done: boolean;
  /** Value of the last operation, for the program. */
  result: number;
  /** What it was copying when a handler came on top. */
  line: LineData | null;
}

type State = 'idle' | 'running' | 'stalled' | 'waiting';

/** Outcomes of an access, besides the ticks that it took. */
const AT_PRESENT = -1;
const STALLED = -2;
const TRAPS = -3;
const BUSY = -4;
/** What an operation returns that left an appointment, a stall or a wait behind. */
const STOPPED = -1;

/** Operations that go on with stores in the buffer. The others involve others, or have no values to forward. */
const GOES_ON: readonly number[] = [Op.Compute, Op.Load, Op.Store, Op.MachineLoad, Op.MachineStore];
/** By kind of operation, 1 if it begins only when the store buffer is empty. */
const WAITS_FOR_STORES = Uint8Array.from(Object.values(Op), kind => Number(!GOES_ON.includes(kind)));

/** The longest piece executed ahead, so that a lone processor returns to the run loop. */
const LONGEST_PIECE = 1 << 20;
/** Operations without any time passing before a program is taken to be stuck. */
const MOST_TIMELESS = 1_000_000;

/** A processor. Give it software and a program with `load` before the simulation runs. */
export class Processor extends Component implements CacheOwner {
  private readonly runner = new Runner(this, () => this.resume());
  readonly node = new Port<NodeMessage, NodeMessage>(this, 'node', message => this.onMessage(message));
  readonly stats = this.statistics({
    references: ['references', 'packed references executed: fetches of lines, loads and stores'],
    secondLevelHits: ['accesses', 'accesses that missed the first level and hit the second'],
    localMisses: ['misses', 'second-level misses and upgrades to lines whose home is this node'],
    remoteMisses: ['misses', 'second-level misses and upgrades to lines whose home is another node'],
    tlbMisses: ['misses', 'references that the TLB could not translate'],
    interrupts: ['interrupts', 'interrupts taken'],
  });
  /** Where the time goes: see ACTIVITIES. Call `settle` before reading it. */
  readonly account = new TimeAccount(ACTIVITIES);
  readonly processor: number;
  /** Number of its node. */
  readonly nodeNumber: number;
  readonly tlb: Tlb;
  readonly caches: PrivateCaches;
  // Options are copied into fields: objects put together by a caller's spread have a shape each (spec/bench/processor).
  private readonly map: AddressMap;
  private readonly controlFlits: number;
  private readonly l2Ticks: Ticks;
  private readonly random: RandomStream;
  private readonly period: Ticks;
  private readonly pageShift: number;
  private readonly pageMask: number;
  private system: SystemSoftware | null = null;
  private readonly frames: Frame[] = [];
  private state: State = 'idle';
  private programEnded = false;
  private readonly interrupts: InterruptMessage[] = [];
  private woken = false;
  private stallActivity = 0;
  /** Ticks to be spent after the stall at hand. */
  private owedAfterStall: Ticks = 0;
  /** The sign bit is set while recorded kernel code runs. */
  private mode = 0;
  /** Ticks of second-level hits in user and in kernel mode, not yet moved to their activity. */
  private readonly cacheTicks = [0, 0];
  private timeless = 0;
  /** Something was done at the present that others may notice. */
  private acted = false;
  private readonly stores: StoreBuffer;
  /** When the oldest buffered store tries its line next; Infinity if there is none or it waits for its line. */
  private drainAt: Ticks = Infinity;
  /** Before this time the caches take no store from the buffer. */
  private drained: Ticks = 0;
  /** The line that the caches wait for is that of the oldest buffered store. */
  private storeMisses = false;
  private linkedOffset = 0;
  /** The store-conditional that waits for its line to become writable, or null. */
  private conditional: { readonly line: number; readonly word: number; readonly value: number } | null = null;

  constructor(parent: Scope, name: string, options: ProcessorOptions) {
    super(parent, name);
    const { map, processor } = options;
    this.map = map;
    this.controlFlits = options.flits.control;
    this.l2Ticks = options.l2Ticks;
    this.processor = processor;
    this.nodeNumber = map.nodeOfProcessor[processor]!;
    this.period = options.clock.period;
    this.pageShift = Math.log2(map.pageBytes);
    this.pageMask = map.pageBytes - 1;
    this.tlb = new Tlb(options.tlbEntries);
    this.caches = new PrivateCaches(this.path, this, options);
    if (knowsStrays(options.protocol)) this.caches.counts = this.statistics(STRAYS);
    if (refuses(options.protocol)) this.caches.refusals = this.statistics(REFUSALS);
    this.stores = new StoreBuffer(this.path, options.storeBuffer ?? 0);
    this.random = this.simulation.random(`${this.path}.tlb`);
  }

  /** Gives it system software, and a program or none. Throws if it has software already. */
  load(software: SystemSoftware, program: Program | null): void {
    if (this.system !== null) throw new Error(`${this.path} already has system software`);
    this.system = software;
    if (program !== null) this.frames.push(frameOf(program, -1));
    else this.programEnded = true;
  }

  override start(): void {
    if (this.frames.length === 0) return;
    this.state = 'running';
    this.runner.at(this.now);
  }

  override waitsFor(): string | undefined {
    const { missLine } = this.caches;
    if (this.state === 'stalled')
      return `line ${missLine} (${this.caches.stateOf(missLine)}) of node ${this.map.homeOfLine(missLine)}`;
    if (this.state === 'waiting') return `the system software to wake it (${ACTIVITIES[this.activity()]})`;
    return undefined;
  }

  /** Whether its program has ended. */
  get ended(): boolean {
    return this.programEnded;
  }

  /** A TLB index drawn at random, for software that replaces so. */
  tlbRandom(): number {
    return this.random.below(this.tlb.entries);
  }

  /** Ends a `wait`, one cycle from now; remembered if there is none, so who waits checks again. For software, at the present. */
  wake(): void {
    this.woken = true;
    if (this.state === 'waiting') this.go(this.now + this.period);
  }

  /** Brings the account up to now and checks that its parts add up. */
  settle(): void {
    if (this.account.until < this.now) this.account.charge(this.activity(), this.now);
    for (const [index, activity] of [Activity.User, Activity.Kernel].entries()) {
      const ticks = Math.min(this.cacheTicks[index]!, this.account.ticks[activity]!);
      this.account.move(activity, Activity.Cache, ticks);
      this.cacheTicks[index]! -= ticks;
    }
    this.account.check(this.path);
  }

  override resetStatistics(): void {
    this.settle();
    this.account.reset();
    this.cacheTicks.fill(0);
    this.caches.resetStatistics();
  }

  /** For the caches. */
  send(message: CoherenceMessage): void {
    this.node.send(message);
  }

  /** For the caches. */
  completed(): void {
    if (this.storeMisses) {
      this.storeCompleted();
      return;
    }
    const next = this.now + this.owedAfterStall;
    this.owedAfterStall = 0;
    this.account.charge(this.stallActivity, next);
    this.top.result = this.conditional === null ? this.caches.value : this.storeIfLinked(this.conditional);
    this.conditional = null;
    // A load came first once; now it is the store's turn, before the next load (docs/consistency.md).
    if (this.drainAt < next) this.drainAt = next;
    this.state = 'running';
    this.runner.at(next);
  }

  /** For the caches. */
  fail(message: string): never {
    throw new SimulationError(this.path, this.now, this.simulation.seed, message);
  }

  private get top(): Frame {
    return this.frames[this.frames.length - 1]!;
  }

  /** What time is charged to now. */
  private activity(): number {
    if (this.frames.length === 0) return Activity.Idle;
    if (this.state === 'stalled') return this.stallActivity;
    const { activity } = this.top;
    if (activity >= 0) return activity;
    return this.mode < 0 ? Activity.Kernel : Activity.User;
  }

  private onMessage(message: NodeMessage): void {
    if (message instanceof CoherenceMessage) {
      this.caches.receive(message);
      return;
    }
    if (!(message instanceof InterruptMessage)) this.fail('a processor has no use for this message');
    this.interrupts.push(message);
    if (!this.interruptible()) return;
    if (this.state !== 'running') {
      this.go(this.now);
      return;
    }
    // What was charged ahead (a refill) is finished first; the rest of the way to the next action is owed.
    const at = Math.max(this.now, this.account.until);
    if (at >= this.runner.time) return;
    this.top.owed += this.runner.time - at;
    this.runner.at(at);
  }

  /** Interrupts are taken by programs, by handlers that wait, and by an idle processor. */
  private interruptible(): boolean {
    if (this.state === 'stalled') return false;
    if (this.frames.length === 0) return true;
    return this.top.activity < 0 || this.top.operation?.kind === Op.Wait;
  }

  /** Leaves idleness or a wait. */
  private go(time: Ticks): void {
    this.account.charge(this.activity(), this.now);
    this.state = 'running';
    this.runner.at(time);
  }

  private resume(): void {
    if (this.interrupts.length > 0 && this.interruptible()) {
      this.stats.interrupts++;
      this.push(this.system!.interrupt(this, this.interrupts.shift()!));
    }
    this.execute();
  }

  private push(handler: Handler): void {
    this.account.charge(this.activity(), this.now);
    if (this.frames.length > 0) this.top.line = this.caches.wholeLine;
    this.frames.push(frameOf(handler.program, handler.activity));
  }

  /** Ends the frame on top, at the present. False if the processor has to stop for that. */
  private pop(): boolean {
    this.acted = true;
    this.account.charge(this.activity(), this.now);
    if (this.frames.pop()!.activity >= 0) this.caches.linkedLine = -1;
    if (this.frames.length > 0) this.caches.wholeLine = this.top.line;
    if (this.interrupts.length > 0 && this.interruptible()) {
      this.runner.at(this.now);
      return false;
    }
    if (this.frames.length > 0) return true;
    this.state = 'idle';
    if (!this.programEnded) {
      this.programEnded = true;
      this.system!.ended(this);
    }
    return false;
  }

  /** Executes until it must stop, and leaves an appointment, a stall, a wait or the end behind. */
  private execute(): void {
    const { now } = this;
    let horizon = Math.min(this.runner.horizon(), now + LONGEST_PIECE);
    let time = now;
    this.acted = false;
    while (time < horizon || this.drainAt < horizon) {
      const frame = this.top;
      if (this.drainAt < time) {
        if (!this.drain(this.drainAt)) break;
      } else if (frame.owed > 0) {
        time += frame.owed;
        frame.owed = 0;
      } else if (frame.operation !== null) {
        const before = time;
        // A store of the buffer may go when nothing else happens at its time.
        time = this.perform(frame, frame.operation, time, Math.min(horizon, this.drainAt + 1));
        if (time === STOPPED) return;
        this.timeless = time > before ? 0 : this.timeless + 1;
        if (this.timeless > MOST_TIMELESS)
          this.fail(`its program yielded ${MOST_TIMELESS} operations without any time passing`);
      } else if (time > now && (frame.activity >= 0 || frame.done)) {
        break; // system software and the end of a program belong to the present
      } else if (frame.done) {
        if (this.stores.size > 0 && this.frames.length === 1) {
          time = this.awaitStores(time, horizon);
          if (time === STOPPED) return;
        } else if (!this.pop()) return;
      } else this.fetchOperation(frame);
      if (this.acted) {
        // It sent something or woke somebody, which may come back sooner than what was under way before.
        horizon = Math.min(this.runner.horizon(), now + LONGEST_PIECE);
        this.acted = false;
      }
    }
    this.resumeAt(time);
  }

  /** Resumes at `time`, or before if a buffered store has to be looked at: then the rest of the way is owed. */
  private resumeAt(time: Ticks): void {
    if (this.drainAt >= time) {
      this.runner.at(time);
      return;
    }
    this.top.owed += time - this.drainAt;
    this.runner.at(this.drainAt);
  }

  private fetchOperation(frame: Frame): void {
    const next = frame.program.next(frame.result);
    frame.result = 0;
    if (frame.activity >= 0) this.acted = true;
    if (next.done === true) {
      frame.done = true;
      return;
    }
    frame.operation = next.value;
    frame.at = next.value.kind === Op.Block ? next.value.a : 0;
    frame.gapDone = false;
  }

  /** Performs an operation from `time` on. Returns when it is done, or where it has come to the horizon, or STOPPED. */
  private perform(frame: Frame, operation: Operation, time: Ticks, horizon: Ticks): Ticks {
    const { a, b, c, kind } = operation;
    if (this.stores.size > 0 && WAITS_FOR_STORES[kind] === 1) return this.awaitStores(time, horizon);
    switch (kind) {
      case Op.Block:
        return this.runBlock(frame, operation, time, horizon);
      case Op.Compute:
        frame.operation = null;
        return time + a * this.period;
      case Op.Load:
      case Op.Store:
      case Op.LoadLinked:
      case Op.StoreConditional:
        return this.virtualWord(frame, kind, a >>> 0, b, time, horizon);
      case Op.MachineLoad:
      case Op.MachineStore:
        return this.word(frame, kind === Op.MachineStore ? Op.Store : Op.Load, a, b, c, time, horizon);
      case Op.CopyFrame:
      case Op.ClearFrame:
        return this.wholeFrame(frame, operation, time, horizon);
      case Op.Fence:
        frame.operation = null;
        return time + this.period;
      default:
        return time > this.now ? this.appoint(time) : this.performNow(frame, operation);
    }
  }

  /** Operations that involve others. */
  private performNow(frame: Frame, operation: Operation): Ticks {
    const { a, b, c, kind } = operation;
    const { now } = this;
    this.acted = true;
    switch (kind) {
      case Op.Interrupt:
        frame.operation = null;
        this.node.send(new InterruptMessage(this.controlFlits, b, this.processor, a, c, 0));
        return now + this.period;
      case Op.Wait:
        if (this.woken) {
          this.woken = false;
          frame.operation = null;
          return now;
        }
        if (this.interrupts.length > 0) return this.appoint(now);
        this.account.charge(this.activity(), now);
        this.state = 'waiting';
        return STOPPED;
      case Op.Call: {
        frame.operation = null;
        const answer = this.system!.call(this, operation.request);
        if (typeof answer === 'number') frame.result = answer;
        else this.push(answer);
        return now;
      }
      default:
        return this.fail(`there is no operation ${String(kind)}`);
    }
  }

  private appoint(time: Ticks): Ticks {
    this.runner.at(time);
    return STOPPED;
  }

  /** A load or store, linked or not, of a word at a virtual address. */
  private virtualWord(frame: Frame, kind: number, address: number, value: number, time: Ticks, horizon: Ticks): Ticks {
    const page = address >>> this.pageShift;
    const at = frame.gapDone ? time : time + this.period;
    frame.gapDone = true;
    if (at >= horizon) return at;
    const store = kind === Op.Store || kind === Op.StoreConditional;
    const number = this.tlb.translate(page, store ? ReferenceKind.Store : ReferenceKind.Load);
    if (number < 0) {
      if (this.stores.size > 0) return this.awaitStores(at, horizon);
      return at > this.now ? this.appoint(at) : this.trap(page, store);
    }
    const offset = address & this.pageMask;
    return this.word(frame, kind, number, offset, value, at, horizon);
  }

  /** A load or store, linked or not, of a word of a frame. The cycle of the instruction comes first. */
  private word(
    frame: Frame,
    kind: number,
    number: number,
    offset: number,
    value: number,
    time: Ticks,
    horizon: Ticks,
  ): Ticks {
    const at = frame.gapDone ? time : time + this.period;
    frame.gapDone = true;
    if (at >= horizon) return at;
    if (kind === Op.StoreConditional) return this.storeConditional(frame, number, offset, value, at);
    const { stores } = this;
    const store = kind === Op.Store;
    if (stores.capacity > 0) {
      if (store) return this.buffer(frame, number, offset, value, at, horizon);
      const place = stores.size > 0 ? stores.find(number, offset) : -1;
      if (place >= 0) {
        frame.operation = null;
        frame.result = stores.valueAt(place);
        return at;
      }
    }
    const { map } = this;
    const word = (offset & (map.lineBytes - 1)) >> 2;
    const extra = this.reference(number, offset, store ? ReferenceKind.Store : ReferenceKind.Load, at, word, value);
    if (extra === AT_PRESENT) return this.appoint(at);
    if (extra === BUSY) return this.awaitStores(at, horizon);
    frame.operation = null;
    if (kind === Op.LoadLinked) {
      this.caches.linkedLine = this.lineOf(number, offset);
      this.linkedOffset = offset & (map.lineBytes - 1);
    }
    if (extra === STALLED) return STOPPED;
    frame.result = this.caches.value;
    return at + extra;
  }

  private lineOf(number: number, offset: number): number {
    return (number << this.map.frameShift) | (offset >>> this.caches.l2.lineShift);
  }

  /** A store-conditional: asks for the line only while the link holds, and looks again when it has it. */
  private storeConditional(frame: Frame, number: number, offset: number, value: number, at: Ticks): Ticks {
    const { caches } = this;
    const inLine = offset & (this.map.lineBytes - 1);
    const asked = { line: this.lineOf(number, offset), word: inLine >> 2, value };
    let extra = 0;
    if (caches.linkedLine === asked.line && this.linkedOffset === inLine) {
      extra = this.reference(number, offset, ReferenceKind.Store, at, NO_VALUE, 0);
      if (extra === AT_PRESENT) return this.appoint(at);
    } else caches.linkedLine = -1;
    frame.operation = null;
    if (extra === STALLED) {
      this.conditional = asked;
      return STOPPED;
    }
    frame.result = this.storeIfLinked(asked);
    return at + extra;
  }

  /** Stores if the link holds, and takes it away. 1 if it stored. The line must be writable here. */
  private storeIfLinked({ line, word, value }: { line: number; word: number; value: number }): number {
    const { caches } = this;
    const holds = caches.linkedLine === line;
    if (holds) caches.perform(line, word, true, value);
    caches.linkedLine = -1;
    return holds ? 1 : 0;
  }

  /** Puts a store into the buffer, or waits for room. It tries its line a cycle later: a load that comes next goes first. */
  private buffer(frame: Frame, number: number, offset: number, value: number, at: Ticks, horizon: Ticks): Ticks {
    const { stores } = this;
    if (stores.size === stores.capacity) return this.awaitStores(at, horizon);
    stores.push(number, offset, value);
    if (stores.size === 1) this.drainAt = Math.max(at + this.period, this.drained);
    frame.operation = null;
    frame.result = value;
    return at;
  }

  /** The oldest store of the buffer tries its line at `time`. False if that has to be done at the present, later. */
  private drain(time: Ticks): boolean {
    const { stores, caches } = this;
    const { l1d } = caches;
    const { frame, offset, value } = stores;
    const word = (offset & (this.map.lineBytes - 1)) >> 2;
    const line = this.lineOf(frame, offset);
    const l1Line = (frame << (this.pageShift - l1d.lineShift)) | (offset >>> l1d.lineShift);
    let ticks = this.period;
    if (l1d.touch(l1Line, true)) caches.perform(line, word, true, value);
    else {
      if (!caches.hit(line, l1Line, true, false, word, value)) {
        if (time > this.now) return false;
        caches.miss(line, l1Line, true, false, word, value);
        if (this.map.homeOfFrame(frame) === this.nodeNumber) this.stats.localMisses++;
        else this.stats.remoteMisses++;
        this.storeMisses = true;
        this.drainAt = Infinity;
        this.acted = true;
        return true;
      }
      this.stats.secondLevelHits++;
      ticks += this.l2Ticks;
    }
    this.leave(time + ticks);
    return true;
  }

  /** The oldest store is done; the next one, if there is one, may try its line at `time`. */
  private leave(time: Ticks): void {
    this.stores.shift();
    this.drained = time;
    this.drainAt = this.stores.size > 0 ? time : Infinity;
  }

  /** The oldest store has got its line. Who waits for it goes on; who does not has to look at the next one in time. */
  private storeCompleted(): void {
    const { now } = this;
    this.storeMisses = false;
    this.leave(now + this.period);
    if (this.state === 'stalled') {
      this.account.charge(this.stallActivity, now);
      this.state = 'running';
      this.runner.at(now);
    } else if (this.drainAt < this.runner.time) this.resumeAt(this.runner.time);
  }

  /** What is to be done needs room in the buffer, or an empty one, or its miss to be over. Returns when to look again, or STOPPED. */
  private awaitStores(time: Ticks, horizon: Ticks): Ticks {
    if (!this.storeMisses) {
      const at = Math.max(time, this.drainAt);
      return at >= horizon || this.drain(at) ? at : this.appoint(at);
    }
    if (time > this.now) return this.appoint(time);
    this.stall(this.stores.frame);
    return STOPPED;
  }

  /** Copies or clears a frame, line by line through the caches. */
  private wholeFrame(frame: Frame, { a, b, c, kind }: Operation, time: Ticks, horizon: Ticks): Ticks {
    const { map } = this;
    const copies = kind === Op.CopyFrame;
    const steps = (copies ? 2 : 1) << map.frameShift;
    let at = time;
    while (frame.at < steps) {
      const store = !copies || (frame.at & 1) === 1;
      if (!frame.gapDone) {
        if (!copies || !store) at += c * this.period;
        frame.gapDone = true;
      }
      if (at >= horizon) return at;
      if (!copies) this.caches.wholeLine = null;
      const offset = (copies ? frame.at >> 1 : frame.at) * map.lineBytes;
      const number = copies && store ? b : a;
      const extra = this.reference(number, offset, store ? ReferenceKind.Store : ReferenceKind.Load, at, WHOLE_LINE, 0);
      if (extra === AT_PRESENT) return this.appoint(at);
      frame.at++;
      frame.gapDone = false;
      if (extra === STALLED) return STOPPED;
      at += extra;
    }
    frame.operation = null;
    return at;
  }

  /** Packed references: the hot loop. A hit costs a few comparisons; everything else goes through `slowReference`. */
  private runBlock(frame: Frame, operation: Operation, start: Ticks, horizon: Ticks): Ticks {
    const { words, gaps } = operation.references!;
    const end = operation.b | 0;
    const { caches } = this;
    const { front } = this.tlb;
    const { l1i, l1d } = caches;
    const linesI = l1i.lines;
    const linesD = l1d.lines;
    // Integers, said once: V8 would check in each turn that fields hold them.
    const period = this.period | 0;
    const pageShift = this.pageShift | 0;
    const maskI = l1i.setMask | 0;
    const maskD = l1d.setMask | 0;
    const stepI = (2 * l1i.ways) | 0;
    const stepD = (2 * l1d.ways) | 0;
    // The second place of a set behind the first; the first again if there is no other.
    const secondI = l1i.ways > 1 ? 2 : 0;
    const secondD = l1d.ways > 1 ? 2 : 0;
    const shiftI = l1i.lineShift | 0;
    const shiftD = l1d.lineShift | 0;
    const upI = (pageShift - shiftI) | 0;
    const upD = (pageShift - shiftD) | 0;
    const offsetMask = ((1 << pageShift) - 1) | 0;
    const fetch: number = ReferenceKind.Fetch;
    // A piece is no longer than LONGEST_PIECE: integers will do.
    const budget = (horizon - start) | 0;
    const first = frame.at | 0;
    let i = first;
    // The gap of a reference that was only waited for is added again below.
    let c = frame.gapDone && i < end ? -Math.imul(gaps[i]!, period) | 0 : 0;
    let outcome = 0;
    for (;;) {
      const mode = this.mode | 0;
      // Hits on the first two ways. No calls in here: V8 reloads the arrays in each turn as it is (spec/bench/processor).
      for (; i < end; i = (i + 1) | 0) {
        c = (c + Math.imul(gaps[i]!, period)) | 0;
        if (c >= budget) break;
        const w = words[i]! | 0;
        const page = w >>> pageShift;
        const place = ((page ^ (page >>> 6)) & 63) << 2;
        const kind = w & 3;
        if (kind < fetch) {
          if (front[place | kind] !== page) break;
          const line = (front[place | 3]! << upD) | ((w & offsetMask) >>> shiftD);
          const at = Math.imul(line & maskD, stepD);
          if (linesD[at | kind] !== line) {
            const second = (at + secondD) | 0;
            if (linesD[second | kind] !== line) break;
            // Used last, it goes to the front: FirstLevel.touch without the search.
            const writable = linesD[second | 1]!;
            linesD[second] = linesD[at]!;
            linesD[second | 1] = linesD[at | 1]!;
            linesD[at] = line;
            linesD[at | 1] = writable;
          }
        } else {
          if (front[place] !== page || (w ^ mode) < 0) break;
          const line = (front[place | 3]! << upI) | ((w & offsetMask) >>> shiftI);
          const at = Math.imul(line & maskI, stepI);
          if (linesI[at] !== line) {
            const second = (at + secondI) | 0;
            if (linesI[second] !== line) break;
            const writable = linesI[second | 1]!;
            linesI[second] = linesI[at]!;
            linesI[second | 1] = linesI[at | 1]!;
            linesI[at] = line;
            linesI[at | 1] = writable;
          }
        }
      }
      if (i >= end || c >= budget) break;
      const w = words[i]!;
      outcome = this.slowReference(frame, w, w & 3, start + c);
      if (outcome < 0) break;
      c = (c + outcome) | 0;
      if (++i >= end) break;
    }
    if (outcome === STALLED) i++;
    frame.at = i;
    this.stats.references += i - first;
    frame.gapDone = i < end && outcome !== STALLED;
    if (i === end) frame.operation = null;
    const time = start + c;
    switch (outcome) {
      case AT_PRESENT:
        return this.appoint(time);
      case STALLED:
        return STOPPED;
      case TRAPS: {
        const w = words[i]!;
        return this.trap(w >>> pageShift, (w & 3) === ReferenceKind.Store);
      }
      default:
        return time;
    }
  }

  /** A packed reference that the hot loop could not answer. Ticks that it took, or an outcome. */
  private slowReference(frame: Frame, w: number, kind: number, time: Ticks): number {
    const number = this.tlb.translate(w >>> this.pageShift, kind);
    if (number < 0) return time > this.now ? AT_PRESENT : TRAPS;
    // Before a stall the time so far belongs to the mode so far.
    const flips = kind === ReferenceKind.Fetch && (w ^ this.mode) < 0;
    if (flips && time === this.now) this.enterMode(w, frame, time);
    const offset = w & this.pageMask & ~3;
    const extra = this.reference(number, offset, kind, time, NO_VALUE, 0);
    if (extra < 0) return extra;
    if (flips && time > this.now) this.enterMode(w, frame, time);
    if (extra > 0 && frame.activity < 0) this.cacheTicks[this.mode < 0 ? 1 : 0]! += extra;
    return extra;
  }

  private enterMode(word: number, frame: Frame, time: Ticks): void {
    if (frame.activity < 0 && time > this.account.until) this.account.charge(this.activity(), time);
    this.mode = word & 0x80000000;
  }

  /** The TLB forbids an access: lets the system software act, at the present. Returns the time at which to try again, or STOPPED. */
  private trap(page: number, store: boolean): Ticks {
    const { now } = this;
    const system = this.system!;
    this.caches.linkedLine = -1;
    if (this.tlb.front[Tlb.place(page)] === page) {
      this.push(system.modified(this, page));
      return now;
    }
    this.stats.tlbMisses++;
    const refill = system.refill(this, page);
    if (refill === null) {
      this.push(system.fault(this, page, store));
      return now;
    }
    let ticks = refill.cycles * this.period;
    this.account.charge(this.activity(), now);
    if (refill.frame >= 0) {
      const extra = this.reference(refill.frame, refill.offset, ReferenceKind.Load, now, NO_VALUE, 0);
      if (extra === STALLED) {
        this.stallActivity = Activity.TlbRefill;
        this.owedAfterStall = ticks;
        return STOPPED;
      }
      ticks += extra;
    }
    this.account.charge(Activity.TlbRefill, now + ticks);
    return now + ticks;
  }

  /** An access to a frame through the caches. Ticks beyond those of the instruction, AT_PRESENT, STALLED or BUSY. */
  private reference(number: number, offset: number, kind: number, time: Ticks, word: number, value: number): number {
    const { caches, pageShift, map } = this;
    const store = kind === ReferenceKind.Store;
    const fetch = kind === ReferenceKind.Fetch;
    const level = fetch ? caches.l1i : caches.l1d;
    const l1Line = (number << (pageShift - level.lineShift)) | (offset >>> level.lineShift);
    const line = (number << map.frameShift) | (offset >>> caches.l2.lineShift);
    if (level.touch(l1Line, store)) {
      if (word !== NO_VALUE) caches.perform(line, word, store, value);
      return 0;
    }
    if (caches.hit(line, l1Line, store, fetch, word, value)) {
      this.stats.secondLevelHits++;
      return this.l2Ticks;
    }
    if (time > this.now) return AT_PRESENT;
    if (this.storeMisses) return BUSY;
    caches.miss(line, l1Line, store, fetch, word, value);
    if (map.homeOfFrame(number) === this.nodeNumber) this.stats.localMisses++;
    else this.stats.remoteMisses++;
    this.stall(number);
    return STALLED;
  }

  /** Waits for a line of a frame, from now on. */
  private stall(frame: number): void {
    this.account.charge(this.activity(), this.now);
    const { activity } = this.top;
    const local = this.map.homeOfFrame(frame) === this.nodeNumber;
    this.stallActivity = activity >= 0 ? activity : local ? Activity.LocalStall : Activity.RemoteStall;
    this.state = 'stalled';
  }
}

function frameOf(program: Program, activity: number): Frame {
  return { program, activity, operation: null, at: 0, gapDone: false, owed: 0, done: false, result: 0, line: null };
}
