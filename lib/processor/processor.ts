/**
 * An in-order, blocking processor with its TLB and private caches. It executes ahead of the clock, without events, as
 * far as nothing can reach it (engine/runner.ts); what involves others - a miss, a trap, a service call - it does at
 * the present. 1170 lines: the run loop, and what it does when it has to stop, read together or not at all.
 */
import { plainObject, wholeNumbers } from '../engine/checks.js';
import type { AddressMap } from '../messages/address-map.js';
import { DeviceCommand, DeviceRead, DeviceValue, type CommandContent } from '../messages/io-messages.js';
import { CoherenceMessage, InterruptMessage, type NodeMessage } from '../messages/coherence-messages.js';
import { refuses, type CoherenceProtocol } from '../coherence/protocol.js';
import { Component, type Scope } from '../engine/component.js';
import { SimulationError } from '../engine/errors.js';
import { Port } from '../engine/port.js';
import { Runner } from '../engine/run-ahead/runner.js';
import { TimeAccount } from '../engine/time-account.js';
import { Timer } from '../engine/timer.js';
import type { Clock, Ticks } from '../engine/time.js';
import { Context } from './context.js';
import { contextFault } from './context-faults.js';
import { crash, described, faultyOperation, nextOperation, notAnOperation, OwnOperation, slip } from './foreign.js';
import { CAN_BE_FAULTY, faultOf, isService, isWhole, type Present } from './operation-faults.js';
import { FIRST_PRIVILEGED, Op, type Operation, type Program } from './operations.js';
import { NO_VALUE, PrivateCaches, WHOLE_LINE, type CacheOwner } from './private-caches.js';
import { ReferenceKind } from './references.js';
import { ExceptionCode, InterruptLine, Mode, Vector, type SystemRegisters } from './registers.js';
import type { CacheGeometry } from './set-array.js';
import { ACTIVITIES, Activity, type Cpu, type ProgramFault, type SystemSoftware } from './software.js';
import { DrainDelays, StoreBuffer } from './store-buffer.js';
import { SystemUnit } from './system-unit.js';
import { Tlb, Untranslated } from './tlb.js';

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
  /** The longest time in cycles that a store waits when it has become the oldest, drawn for each; 0 unless given. */
  readonly storeDelayCycles?: number | undefined;
  /** Lengths of messages in flits. */
  readonly flits: { readonly control: number; readonly data: number };
  /** Whether to count misses of the caches by cause. Not unless given. */
  readonly missCauses?: boolean;
  /** The frame of each physical page, for software that writes TLB entries and uses the unmapped segments; none unless given. */
  readonly layout?: Int32Array;
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

type State = 'idle' | 'running' | 'stalled' | 'waiting' | 'spinning';

/** Outcomes of an access, besides the ticks that it took. */
const AT_PRESENT = -1;
const STALLED = -2;
const TRAPS = -3;
const BUSY = -4;
/** What an operation returns that left an appointment, a stall or a wait behind. */
const STOPPED = -1;

/** Operations that go on with stores in the buffer. The others involve others, or have no values to forward. */
const GOES_ON: readonly number[] = [Op.Compute, Op.Load, Op.Store, Op.MachineLoad, Op.MachineStore, Op.Annotate];
/** By kind of operation, 1 if it begins only when the store buffer is empty. */
const WAITS_FOR_STORES = Uint8Array.from(Object.values(Op), kind => Number(!GOES_ON.includes(kind)));

/** By kind of operation, 1 if its cycle comes before its effect, which is at the present. */
const TAKES_CYCLE = Uint8Array.from(Object.values(Op), kind => Number(kind >= Op.SpinWhile && kind !== Op.Annotate));
/** Operations on frames and on other processors, which only system software may execute. */
const FOR_SYSTEMS: readonly number[] = [Op.MachineLoad, Op.MachineStore, Op.CopyFrame, Op.ClearFrame, Op.Interrupt];
/** By kind of operation, 1 if only kernel mode may execute it. */
const PRIVILEGED = Uint8Array.from(Object.values(Op), kind =>
  Number(kind >= FIRST_PRIVILEGED || FOR_SYSTEMS.includes(kind)),
);

/** The longest piece executed ahead, so that a lone processor returns to the run loop. */
const LONGEST_PIECE = 1 << 20;
/** So often a processor moves the present itself before it returns to the run loop, which looks at limits. */
const MOST_REACHED = 1000;
/** Operations without any time passing before a program is taken to be stuck. */
const MOST_TIMELESS = 1_000_000;

/** A processor. Give it software and a program with `load` before the simulation runs. */
export class Processor extends Component implements CacheOwner, Cpu {
  private readonly runner = new Runner(this, () => this.resume());
  private readonly alarm = new Timer<number>(this, token => this.onAlarm(token));
  readonly node = new Port<NodeMessage, NodeMessage>(this, 'node', message => this.onMessage(message));
  readonly stats = this.statistics({
    references: ['references', 'packed references executed: fetches of lines, loads and stores'],
    secondLevelHits: ['accesses', 'accesses that missed the first level and hit the second'],
    localMisses: ['misses', 'second-level misses and upgrades to lines whose home is this node'],
    remoteMisses: ['misses', 'second-level misses and upgrades to lines whose home is another node'],
    tlbMisses: ['misses', 'references that the TLB could not translate'],
    interrupts: ['interrupts', 'interrupts taken'],
    exceptions: ['exceptions', 'exceptions other than interrupts that software answered with a program'],
  });
  /** Where the time goes: see ACTIVITIES. Call `settle` before reading it. */
  readonly account = new TimeAccount(ACTIVITIES);
  /** Ticks that contexts other than users' programs have stalled, by activity: on local, then on remote misses. */
  readonly systemStalls = new Float64Array(2 * ACTIVITIES.length);
  /** Where the time goes by service, and how many instances of each there were; null if the software names no services. */
  services: { readonly account: TimeAccount; readonly counts: Float64Array } | null = null;
  readonly processor: number;
  /** Number of its node. */
  readonly nodeNumber: number;
  readonly tlb: Tlb;
  readonly unit: SystemUnit;
  readonly registers: SystemRegisters;
  readonly caches: PrivateCaches;
  // Options are copied into fields: objects put together by a caller's spread have a shape each (spec/bench/processor).
  private readonly map: AddressMap;
  private readonly controlFlits: number;
  private readonly l2Ticks: Ticks;
  private readonly period: Ticks;
  private readonly pageShift: number;
  private readonly pageMask: number;
  private system: SystemSoftware | null = null;
  /** Programs outside of kernel mode may be hostile: see SystemSoftware.isolates. */
  private isolates = false;
  /** What is wrong with the program, for the exception that is about to be taken. */
  private fault: ProgramFault | null = null;
  /** What executes; null when there is nothing to execute. */
  private context: Context | null = null;
  /** What EPC points at. */
  private epc: Context | null = null;
  private state: State = 'idle';
  private programEnded = false;
  private readonly interrupts: InterruptMessage[] = [];
  private takenAt: Ticks = -1;
  /** Interrupts taken at that time. */
  private takenAtOnce = 0;
  private woken = false;
  private stallActivity = 0;
  /** The service that a stall is for, if not that of the context: see Refill. */
  private stallService = -1;
  private stallSide = 0;
  private stalledFrom: Ticks = 0;
  private spunFrom: Ticks = 0;
  /** Ticks to be spent after the stall at hand. */
  private owedAfterStall: Ticks = 0;
  /** The sign bit is set while recorded kernel code runs. */
  private mode = 0;
  /** Ticks of second-level hits in user and in kernel mode, not yet moved to their activity. */
  private readonly cacheTicks = [0, 0];
  private timeless = 0;
  /** Something was done at the present that others may notice, or the present has moved. */
  private acted = false;
  /** How often it has moved the present itself since it resumed. */
  private reached = 0;
  private readonly stores: StoreBuffer;
  private readonly delays: DrainDelays | null;
  /** When the oldest buffered store tries its line next; Infinity if there is none or it waits for its line. */
  private drainAt: Ticks = Infinity;
  /** Before this time the caches take no store from the buffer. */
  private drained: Ticks = 0;
  /** The line that the caches wait for is that of the oldest buffered store. */
  private storeMisses = false;
  private linkedOffset = 0;
  private present: Present;
  /** The access that missed has a value for its program. */
  private valued = false;
  /** The store-conditional that waits for its line to become writable, or null. */
  private conditional: { readonly line: number; readonly word: number; readonly value: number } | null = null;

  constructor(parent: Scope, name: string, options: ProcessorOptions) {
    super(parent, name);
    plainObject(options, this.path);
    const { map, processor } = options;
    wholeNumbers(options, ['processor'], this.path, 0, map.processors - 1);
    wholeNumbers(options, ['l2Ticks'], this.path);
    plainObject(options.flits, `${this.path}: flits`);
    this.map = map;
    this.controlFlits = options.flits.control;
    this.l2Ticks = options.l2Ticks;
    this.processor = processor;
    this.nodeNumber = map.nodeOfProcessor[processor]!;
    this.period = options.clock.period;
    this.pageShift = Math.log2(map.pageBytes);
    this.pageMask = map.pageBytes - 1;
    this.tlb = new Tlb(options.tlbEntries, options.layout ?? null);
    this.caches = new PrivateCaches(this.path, this, options);
    if (knowsStrays(options.protocol)) this.caches.counts = this.statistics(STRAYS);
    if (refuses(options.protocol)) this.caches.refusals = this.statistics(REFUSALS);
    this.stores = new StoreBuffer(this.path, options.storeBuffer === undefined ? 0 : options.storeBuffer);
    const longest = options.storeDelayCycles ?? 0;
    this.delays =
      longest > 0 ? new DrainDelays(this.simulation.random(`${this.path}.stores`), longest, this.period) : null;
    this.unit = new SystemUnit({
      tlb: this.tlb,
      random: this.simulation.random(`${this.path}.tlb`),
      period: this.period,
      alarm: (delay, token) => this.alarm.after(delay, token),
    });
    this.registers = this.unit.registers;
    this.present = { frames: map.frames, pageBytes: map.pageBytes, processors: map.processors, services: null };
  }

  /** Gives it system software, and what it executes first: a user's program, a context, or none. Throws if it has software already. */
  load(software: SystemSoftware, first: Program | Context | null): void {
    if (this.system !== null) throw new Error(`${this.path} already has system software`);
    this.system = software;
    this.context = first === null || first instanceof Context ? first : new Context(first);
    this.programEnded = first === null;
    this.isolates = software.isolates === true;
    const { services } = software;
    if (services === undefined) return;
    this.services = { account: new TimeAccount(services), counts: new Float64Array(services.length) };
    this.present = { ...this.present, services: services.length };
  }

  /** Its number among those that the software runs on. */
  get number(): number {
    return this.processor;
  }

  /**
   * Interrupts it now, for whoever acts on the machine from outside: between two runs, or in an event of the simulation. The
   * software finds the code and the integer in the message, which comes from the processor itself.
   */
  interrupt(code: number, a = 0): void {
    this.onMessage(new InterruptMessage(this.controlFlits, code, this.processor, this.processor, a, 0));
  }

  override start(): void {
    if (this.context === null) return;
    this.state = 'running';
    this.runner.at(this.now);
  }

  override waitsFor(): string | undefined {
    const { missLine } = this.caches;
    if (this.state === 'stalled' && this.context?.operation?.kind === Op.DeviceRead) return 'a device to answer';
    if (this.state === 'stalled')
      return `line ${missLine} (${this.caches.stateOf(missLine)}) of node ${this.map.homeOfLine(missLine)}`;
    if (this.state === 'waiting')
      return this.context?.operation?.kind === Op.WaitForInterrupt
        ? 'an interrupt'
        : `the system software to wake it (${ACTIVITIES[this.activity()]})`;
    if (this.state === 'spinning') return `somebody to store to line ${this.caches.watchedLine}, on which it spins`;
    return undefined;
  }

  /** Whether its program has ended. */
  get ended(): boolean {
    return this.programEnded;
  }

  /** What is wrong with a value as a context to be executed here, null if nothing is. For software that takes contexts from guests. */
  contextFault(value: unknown): string | null {
    return contextFault(value, this.present);
  }

  /** A TLB index drawn at random, for software that replaces so. */
  tlbRandom(): number {
    return this.unit.drawEntry();
  }

  /** Ends a `wait`, one cycle from now; remembered if there is none, so who waits checks again. For software, at the present. */
  wake(): void {
    this.woken = true;
    if (this.state === 'waiting') this.go(this.now + this.period);
  }

  /** Brings the account up to now and checks that its parts add up. */
  settle(): void {
    if (this.account.until < this.now) this.charge(this.activity(), this.now);
    for (const [index, activity] of [Activity.User, Activity.Kernel].entries()) {
      const ticks = Math.min(this.cacheTicks[index]!, this.account.ticks[activity]!);
      this.account.move(activity, Activity.Cache, ticks);
      this.cacheTicks[index]! -= ticks;
    }
    this.account.check(this.path);
    this.services?.account.check(`${this.path}, by service`);
  }

  override resetStatistics(): void {
    this.settle();
    this.account.reset();
    this.services?.account.reset();
    this.services?.counts.fill(0);
    this.systemStalls.fill(0);
    this.stalledFrom = this.now;
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
    this.endStall(next);
    if (this.conditional !== null) this.top.result = this.storeIfLinked(this.conditional);
    else if (this.valued) this.top.result = this.caches.value;
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

  /** For the caches: somebody else wants the line that it spins on. */
  lost(): void {
    if (this.state !== 'spinning') return;
    this.go(this.nextLook());
  }

  /** When the spinning loop loads next, not before now: at the present, messages come first. */
  private nextLook(): Ticks {
    const turn = this.top.operation!.c * this.period;
    const turns = Math.ceil((this.now - this.spunFrom) / turn);
    return this.spunFrom + Math.max(1, turns) * turn;
  }

  private get top(): Context {
    return this.context!;
  }

  private charge(activity: number, time: Ticks, service = -1): void {
    this.account.charge(activity, time);
    if (this.services === null) return;
    this.services.account.charge(service >= 0 ? service : this.service, time);
  }

  /** The service that what it executes belongs to; 0 if it executes nothing. */
  get service(): number {
    return this.context === null ? 0 : this.context.service;
  }

  /** What time is charged to now. */
  private activity(): number {
    if (this.context === null) return Activity.Idle;
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
    if (message instanceof DeviceValue) {
      this.answered(message.value);
      return;
    }
    if (!(message instanceof InterruptMessage)) this.fail('a processor has no use for this message');
    this.interrupts.push(message);
    this.registers.setLine(InterruptLine.External, true);
    this.interrupted();
  }

  /** A device has answered the read that the context at hand waits for. */
  private answered(value: number): void {
    this.endStall(this.now);
    this.top.complete(value);
    this.state = 'running';
    this.runner.at(this.now);
  }

  private onAlarm(token: number): void {
    if (this.unit.expired(token)) this.interrupted();
  }

  /** An interrupt is pending that was not before. */
  private interrupted(): void {
    if (this.state === 'waiting' && this.context!.operation!.kind === Op.WaitForInterrupt) {
      this.context!.complete(); // before the interrupt is taken, so that its handler returns behind the wait
      this.go(this.now);
      return;
    }
    if (!this.interruptible()) return;
    if (this.state !== 'running') {
      if (this.state === 'spinning') this.top.owed = this.nextLook() - this.now;
      this.caches.watchedLine = -1;
      this.go(this.now);
      return;
    }
    // What was charged ahead (a refill) is finished first; the rest of the way to the next action is owed.
    const at = Math.max(this.now, this.account.until);
    if (at >= this.runner.time) return;
    this.top.owed += this.runner.time - at;
    this.runner.at(at);
  }

  /** Interrupts are taken as the registers say, and by handlers that wait for other software. */
  private interruptible(): boolean {
    if (this.state === 'stalled') return false;
    if (this.context?.operation?.kind === Op.Wait && this.interrupts.length > 0) return true;
    return this.registers.interrupting;
  }

  /** Leaves idleness or a wait. */
  private go(time: Ticks): void {
    this.charge(this.activity(), this.now);
    this.state = 'running';
    this.runner.at(time);
  }

  private resume(): void {
    while (this.interruptible()) this.takeInterrupt();
    if (this.context === null) this.state = 'idle';
    else this.execute();
  }

  private takeInterrupt(): void {
    this.stats.interrupts++;
    if (this.now !== this.takenAt) this.takenAtOnce = 0;
    this.takenAt = this.now;
    if (++this.takenAtOnce > MOST_TIMELESS)
      this.fail(`took ${MOST_TIMELESS} interrupts without any time passing: nobody lowers the line`);
    const { registers, interrupts } = this;
    // A handler that waits is reached by messages only; otherwise those come first.
    const waits = this.context?.operation?.kind === Op.Wait;
    const message = waits || (registers.status & InterruptLine.External) !== 0 ? (interrupts.shift() ?? null) : null;
    if (interrupts.length === 0) registers.setLine(InterruptLine.External, false);
    this.raise(ExceptionCode.Interrupt, Vector.General, -1, message);
  }

  /** Takes an exception, at the present: the software's handler goes on top. */
  private raise(code: number, vector: number, address: number, message: InterruptMessage | null): void {
    const { registers, context, epc } = this;
    const { status } = registers;
    this.acted = true;
    this.charge(this.activity(), this.now);
    this.caches.linkedLine = -1;
    // EPC stays at exception level, where a handler is lost that takes an exception. One that waits is to come back.
    if (!registers.exceptional || context?.operation?.kind === Op.Wait) this.epc = context;
    registers.enter(code, address, translates(code));
    this.tlb.setMode(registers.mode);
    const { fault } = this;
    this.fault = null;
    const handler = this.system!.exception(this, { code, vector, address, context: this.epc, message, fault });
    if (handler === null) {
      registers.status = status;
      this.tlb.setMode(registers.mode);
      this.epc = epc;
      return;
    }
    if (handler.counted && this.services !== null) this.services.counts[handler.service]!++;
    if (context !== null) this.suspend(context);
    this.mode = 0;
    handler.interrupted = context;
    handler.status = status >>> 0;
    this.context = handler;
  }

  /** Ends the context at hand, at the present. False if the processor has to stop for that. */
  private pop(): boolean {
    const ended = this.top;
    this.acted = true;
    this.charge(this.activity(), this.now);
    if (ended.activity >= 0) this.caches.linkedLine = -1;
    if (this.guarded) {
      if (!this.popHostile(ended)) return true;
    } else if (ended.status >= 0) {
      this.registers.status = ended.status;
      this.tlb.setMode(this.registers.mode);
    }
    return this.goOnWith(ended.interrupted);
  }

  /** What it executes may be hostile. */
  private get guarded(): boolean {
    return this.isolates && this.registers.mode !== Mode.Kernel;
  }

  /** A context that may be hostile ends, whose Status is not the machine's. False if what it returns to cannot be executed: then it has a fault. */
  private popHostile(ended: Context): boolean {
    const { interrupted } = ended;
    const fault = interrupted === null ? null : this.takeOver(ended, interrupted);
    if (fault === null) return true;
    ended.done = false;
    ended.operation = faultyOperation(crash(`its program returns to ${fault}`));
    return false;
  }

  /** A context that may be hostile hands over to another one: null if it may, or what is wrong with that. */
  private takeOver(from: Context, to: unknown): string | null {
    const fault = contextFault(to, this.present);
    if (fault !== null) return fault;
    const next = to as Context;
    if (next === from) return null;
    if (next.guest !== null && next.guest !== from.guest) return 'a context of another guest';
    if (next.executor !== null) return 'a context that another processor executes';
    next.guest = from.guest;
    next.executor = from.executor;
    from.executor = null;
    return null;
  }

  /** Keeps what the processor holds for the context at hand. */
  private suspend(context: Context): void {
    context.line = this.caches.wholeLine;
    context.mode = this.mode;
  }

  /** Continues a context, or none, at the present. False if the processor has to stop for that. */
  private goOnWith(context: Context | null): boolean {
    this.context = context;
    if (context !== null) {
      this.caches.wholeLine = context.line;
      this.mode = context.mode;
    } else this.state = 'idle';
    if (this.interruptible()) {
      this.state = 'running';
      this.runner.at(this.now);
      return false;
    }
    if (context !== null) return true;
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
    this.reached = 0;
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
        if (this.timeless > MOST_TIMELESS) this.stuck();
      } else if (time > this.now && (frame.activity >= 0 || frame.done)) {
        // System software and the end of a program belong to the present.
        if (!this.reach(time)) break;
      } else if (frame.done) {
        if (this.stores.size > 0 && frame.interrupted === null) {
          time = this.awaitStores(time, horizon);
          if (time === STOPPED) return;
        } else if (!this.pop()) return;
        else if (++this.timeless > MOST_TIMELESS) this.stuck();
      } else if (this.guarded) this.fetchHostile(frame);
      else this.fetchOperation(frame);
      if (this.acted) {
        // It sent something or woke somebody, which may come back sooner than what was under way before.
        horizon = Math.min(this.runner.horizon(), this.now + LONGEST_PIECE);
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

  private fetchOperation(frame: Context): void {
    const next = frame.program.next(frame.result);
    frame.result = 0;
    if (frame.activity >= 0) this.acted = true;
    if (next.done === true) {
      frame.done = true;
      return;
    }
    const { value } = next;
    if (typeof value !== 'object' || (value as unknown) === null) this.fail(notAnOperation(value));
    frame.operation = value;
    frame.at = value.kind === Op.Block ? value.a : 0;
    frame.gapDone = false;
  }

  /** As fetchOperation, from a program that may be hostile: nothing of what it yields or throws is taken on trust. */
  private fetchHostile(frame: Context): void {
    const next = nextOperation(frame);
    frame.result = 0;
    // It may hold its own context, and may have set there what the processor goes by.
    frame.owed = 0;
    const { activity, service } = frame;
    const wrong =
      !isWhole(activity, -1, ACTIVITIES.length - 1) || service < 0 || !isService(service, this.present.services);
    if (wrong) frame.activity = frame.service = 0;
    if (frame.activity >= 0) this.acted = true;
    if (next === null) {
      frame.done = true;
      return;
    }
    frame.operation = next;
    frame.at = next.kind === Op.Block ? next.a : 0;
    frame.gapDone = false;
  }

  /** No time passes, and the program does not end. */
  private stuck(): void {
    const message = `its program yielded ${MOST_TIMELESS} operations without any time passing`;
    if (!this.guarded) this.fail(message);
    this.timeless = 0;
    this.top.done = false;
    this.top.operation = faultyOperation(crash(message));
  }

  /** Performs an operation from `time` on. Returns when it is done, or where it has come to the horizon, or STOPPED. */
  private perform(frame: Context, operation: Operation, time: Ticks, horizon: Ticks): Ticks {
    const { a, b, c, kind } = operation;
    if (this.stores.size > 0 && WAITS_FOR_STORES[kind] === 1) return this.awaitStores(time, horizon);
    if (PRIVILEGED[kind] === 1 && this.registers.mode !== Mode.Kernel) return this.refuse(time);
    if (CAN_BE_FAULTY[kind] === 1) {
      const fault = faultOf(operation, this.present);
      if (fault !== null) return this.refuseFaulty(slip(fault), time, horizon);
    }
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
      case Op.Copy:
      case Op.Zero:
        return this.virtualBytes(frame, operation, time, horizon);
      case Op.Annotate:
        if (time > this.account.until) this.charge(this.activity(), time);
        frame.operation = null;
        frame.result = operation.d === 0 ? frame.activity : this.simulation.time.ns(time);
        if (a >= 0) frame.service = a;
        if (b >= 0) frame.activity = b;
        if (c !== 0 && this.services !== null) this.services.counts[frame.service]!++;
        return time;
      default:
        if (TAKES_CYCLE[kind] === 1 && !frame.gapDone) {
          frame.gapDone = true;
          return time + this.period;
        }
        if (!isKind(kind)) return this.refuseFaulty(faultIn(operation), time, horizon);
        return time > this.now && !this.reach(time) ? this.appoint(time) : this.performNow(frame, operation);
    }
  }

  /** What the program did cannot be executed: an error, or a reserved instruction of a program that may be hostile, at the present. */
  private refuseFaulty(fault: ProgramFault, time: Ticks, horizon: Ticks): Ticks {
    if (!this.guarded) this.fail(fault.message);
    if (this.stores.size > 0) return this.awaitStores(time, horizon);
    if (time > this.now) return this.appoint(time);
    this.fault = fault;
    return this.reserved();
  }

  /** Operations that involve others. */
  private performNow(frame: Context, operation: Operation): Ticks {
    const { a, b, c, kind, request } = operation;
    const { now } = this;
    this.acted = true;
    switch (kind) {
      case Op.Interrupt:
        frame.operation = null;
        this.node.send(new InterruptMessage(this.controlFlits, b, this.processor, a, c, 0));
        return now + this.period;
      case Op.Wait:
        if (this.guarded) return this.refuseFaulty(WAITS, now, now + 1);
        if (this.woken) {
          this.woken = false;
          frame.operation = null;
          return now;
        }
        if (this.interruptible()) return this.appoint(now);
        this.charge(this.activity(), now);
        this.state = 'waiting';
        return STOPPED;
      case Op.WaitForInterrupt:
        if (!this.registers.pending) {
          this.charge(this.activity(), now);
          this.state = 'waiting';
          return STOPPED;
        }
        frame.operation = null;
        return this.interruptible() ? this.appoint(now) : now;
      case Op.Call:
        this.stats.exceptions++;
        this.raise(ExceptionCode.SystemCall, Vector.General, -1, null);
        return now;
      case Op.MonitorCall:
        return this.reserved();
      case Op.SpinWhile:
        return this.spin(frame, operation);
      case Op.DeviceCommand:
        if (!this.reaches(a)) return this.noDevice();
        frame.operation = null;
        this.node.send(new DeviceCommand(this.controlFlits, this.processor, a, b, request as CommandContent));
        return now;
      case Op.DeviceRead:
        if (!this.reaches(a)) return this.noDevice();
        this.node.send(new DeviceRead(this.controlFlits, this.processor, a, b, c));
        this.stall(this.map.nodeOfProcessor[a]!);
        return STOPPED;
      case Op.Resume:
        if (!(request instanceof Context)) return this.reserved();
        if (this.guarded) {
          const fault = this.takeOver(frame, request);
          if (fault !== null) return this.refuseFaulty(slip(`it resumes ${fault}`), now, now + 1);
        }
        this.charge(this.activity(), now);
        frame.operation = null;
        this.suspend(frame);
        return this.goOnWith(request) ? now : STOPPED;
      case Op.ReturnFromException:
        this.charge(this.activity(), now);
        frame.operation = null;
        this.caches.linkedLine = -1;
        this.registers.leave();
        this.tlb.setMode(this.registers.mode);
        return this.goOnWith((request as Context | null) ?? this.epc) ? now : STOPPED;
      default:
        frame.operation = null;
        frame.result = this.unit.execute(operation, now);
        return this.interruptible() ? this.appoint(now) : now;
    }
  }

  /** No instruction of this processor. */
  private reserved(): Ticks {
    this.stats.exceptions++;
    this.raise(ExceptionCode.ReservedInstruction, Vector.General, -1, null);
    return this.now;
  }

  /** Whether there is a bridge with that number. */
  private reaches(bridge: number): boolean {
    return Number.isSafeInteger(bridge) && bridge >= this.map.processors && bridge < this.map.caches;
  }

  /** Nobody answers on the bus. */
  private noDevice(): Ticks {
    this.stats.exceptions++;
    this.raise(ExceptionCode.BusData, Vector.General, -1, null);
    return this.now;
  }

  /** An operation that the mode does not permit, at the present. */
  private refuse(time: Ticks): Ticks {
    if (time > this.now) return this.appoint(time);
    this.stats.exceptions++;
    this.raise(ExceptionCode.CoprocessorUnusable, Vector.General, -1, null);
    return time;
  }

  /** One turn of a spinning loop; if it leaves the value as it is, it waits until the line is taken away. */
  private spin(frame: Context, { a, b }: Operation): Ticks {
    const { now, caches } = this;
    const address = a >>> 0;
    if ((address & 3) !== 0) return this.misaligned(address, false, now);
    const number = this.tlb.translate(address >>> this.pageShift, ReferenceKind.Load);
    if (number < 0) return this.trap(address, false);
    const offset = address & this.pageMask;
    const word = (offset & (this.map.lineBytes - 1)) >> 2;
    // A load that missed has its value, though the line may be gone again.
    const loaded = frame.at === 1;
    const extra = loaded ? 0 : this.reference(number, offset, ReferenceKind.Load, now, word, 0);
    frame.at = extra === STALLED ? 1 : 0;
    if (extra === STALLED) return STOPPED;
    if (!loaded) frame.result = caches.value;
    if (frame.result !== b) {
      frame.operation = null;
      return now + extra;
    }
    this.charge(this.activity(), now);
    this.spunFrom = now + extra;
    const line = this.lineOf(number, offset);
    if (caches.wouldMiss(line, false)) return this.appoint(this.nextLook());
    caches.watchedLine = line;
    this.state = 'spinning';
    return STOPPED;
  }

  /** Makes `time` the present, if nothing else happens up to then. What was under way at that time is still ahead of it. */
  private reach(time: Ticks): boolean {
    if (this.reached === MOST_REACHED || !this.simulation.advance(time)) return false;
    this.reached++;
    this.acted = true;
    return true;
  }

  private appoint(time: Ticks): Ticks {
    this.runner.at(time);
    return STOPPED;
  }

  /** A load or store, linked or not, of a word at a virtual address. */
  private virtualWord(
    frame: Context,
    kind: number,
    address: number,
    value: number,
    time: Ticks,
    horizon: Ticks,
  ): Ticks {
    const page = address >>> this.pageShift;
    const at = frame.gapDone ? time : time + this.period;
    frame.gapDone = true;
    if (at >= horizon) return at;
    const store = kind === Op.Store || kind === Op.StoreConditional;
    if ((address & 3) !== 0) return this.misaligned(address, store, at);
    const number = this.tlb.translate(page, store ? ReferenceKind.Store : ReferenceKind.Load);
    if (number < 0) {
      if (this.stores.size > 0) return this.awaitStores(at, horizon);
      return at > this.now ? this.appoint(at) : this.trap(address, store);
    }
    const offset = address & this.pageMask;
    return this.word(frame, kind, number, offset, value, at, horizon);
  }

  /** A load or store, linked or not, of a word of a frame. The cycle of the instruction comes first. */
  private word(
    frame: Context,
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
  private storeConditional(frame: Context, number: number, offset: number, value: number, at: Ticks): Ticks {
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
  private buffer(frame: Context, number: number, offset: number, value: number, at: Ticks, horizon: Ticks): Ticks {
    const { stores } = this;
    if (stores.size === stores.capacity) return this.awaitStores(at, horizon);
    stores.push(number, offset, value);
    if (stores.size === 1) this.drainAt = Math.max(at + this.period, this.drained) + this.drainDelay();
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
    this.drainAt = this.stores.size > 0 ? time + this.drainDelay() : Infinity;
  }

  /** What the store that has just become the oldest waits beyond need. */
  private drainDelay(): Ticks {
    return this.delays === null ? 0 : this.delays.draw();
  }

  /** The oldest store has got its line. Who waits for it goes on; who does not has to look at the next one in time. */
  private storeCompleted(): void {
    const { now } = this;
    this.storeMisses = false;
    this.leave(now + this.period);
    if (this.state === 'stalled') {
      this.charge(this.stallActivity, now);
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
    this.stall(this.map.homeOfFrame(this.stores.frame));
    return STOPPED;
  }

  /** Copies or clears bytes at virtual addresses: whole lines where they are aligned, else words. */
  private virtualBytes(frame: Context, { a, b, c, d, kind }: Operation, time: Ticks, horizon: Ticks): Ticks {
    const { map, caches } = this;
    const copies = kind === Op.Copy;
    if (((a | b) & 3) !== 0) return this.misaligned((a & 3) !== 0 ? a : b, !copies || (a & 3) === 0, time);
    let at = time;
    // Progress in bytes; of a copy twice that, plus 1 between the load and the store.
    for (;;) {
      const done = copies ? frame.at >> 1 : frame.at;
      if (done >= c) break;
      const store = !copies || (frame.at & 1) === 1;
      const from = (a + done) >>> 0;
      const to = ((copies ? b : a) + done) >>> 0;
      const address = store ? to : from;
      const whole = ((from | to) & (map.lineBytes - 1)) === 0 && c - done >= map.lineBytes;
      const bytes = whole ? map.lineBytes : 4;
      if (!frame.gapDone) {
        if (!copies || !store) at += whole ? d * this.period : Math.ceil((d * 4) / map.lineBytes) * this.period;
        frame.gapDone = true;
      }
      if (at >= horizon) return at;
      const number = this.tlb.translate(address >>> this.pageShift, store ? ReferenceKind.Store : ReferenceKind.Load);
      if (number < 0) return at > this.now ? this.appoint(at) : this.trap(address, store);
      const offset = address & this.pageMask;
      if (whole && !copies) caches.wholeLine = null;
      const word = whole ? WHOLE_LINE : (offset & (map.lineBytes - 1)) >> 2;
      const value = copies ? frame.result : 0;
      const extra = this.reference(number, offset, store ? ReferenceKind.Store : ReferenceKind.Load, at, word, value);
      if (extra === AT_PRESENT) return this.appoint(at);
      if (extra !== STALLED) frame.result = caches.value;
      frame.at = !copies ? done + bytes : store ? 2 * (done + bytes) : frame.at + 1;
      frame.gapDone = copies && !store;
      if (extra === STALLED) return STOPPED;
      at += extra;
    }
    frame.operation = null;
    frame.result = 0;
    return at;
  }

  /** Addresses that are no multiples of four, at the present. */
  private misaligned(address: number, store: boolean, time: Ticks): Ticks {
    if (this.stores.size > 0) return this.awaitStores(time, time + 1);
    if (time > this.now) return this.appoint(time);
    this.stats.exceptions++;
    const code = store ? ExceptionCode.AddressStore : ExceptionCode.AddressLoad;
    this.raise(code, Vector.General, address >>> 0, null);
    return time;
  }

  /** Copies or clears a frame, line by line through the caches. */
  private wholeFrame(frame: Context, { a, b, c, kind }: Operation, time: Ticks, horizon: Ticks): Ticks {
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
  private runBlock(frame: Context, operation: Operation, start: Ticks, horizon: Ticks): Ticks {
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
        return this.trap((w & ~3) >>> 0, (w & 3) === ReferenceKind.Store, (w & 3) === ReferenceKind.Fetch);
      }
      default:
        return time;
    }
  }

  /** A packed reference that the hot loop could not answer. Ticks that it took, or an outcome. */
  private slowReference(frame: Context, w: number, kind: number, time: Ticks): number {
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

  private enterMode(word: number, frame: Context, time: Ticks): void {
    if (frame.activity < 0 && time > this.account.until) this.charge(this.activity(), time);
    this.mode = word & 0x80000000;
  }

  /** An access without a translation, at the present: lets the system software act. Returns when to try again, or STOPPED. */
  private trap(address: number, store: boolean, fetch = false): Ticks {
    const { now } = this;
    const system = this.system!;
    const page = address >>> this.pageShift;
    const why = this.tlb.translate(page, store ? ReferenceKind.Store : ReferenceKind.Load);
    this.caches.linkedLine = -1;
    if (why === Untranslated.Missing) this.stats.tlbMisses++;
    const refill = why === Untranslated.Missing && system.refill !== undefined ? system.refill(this, page) : null;
    if (refill === null) {
      const refills = why === Untranslated.Missing && !this.registers.exceptional;
      this.stats.exceptions++;
      this.raise(codeOf(why, store, fetch), refills ? Vector.Refill : Vector.General, address, null);
      return now;
    }
    let ticks = refill.cycles * this.period;
    const { activity = Activity.TlbRefill, service = -1 } = refill;
    this.charge(this.activity(), now);
    if (refill.frame >= 0) {
      const extra = this.reference(refill.frame, refill.offset, ReferenceKind.Load, now, NO_VALUE, 0);
      if (extra === STALLED) {
        this.stallActivity = activity;
        this.stallService = service;
        this.owedAfterStall = ticks;
        return STOPPED;
      }
      ticks += extra;
    }
    this.charge(activity, now + ticks, service);
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
    this.valued = word !== NO_VALUE;
    caches.forSystem = this.top.activity >= 0;
    caches.miss(line, l1Line, store, fetch, word, value);
    if (map.homeOfFrame(number) === this.nodeNumber) this.stats.localMisses++;
    else this.stats.remoteMisses++;
    this.stall(this.map.homeOfFrame(number));
    return STALLED;
  }

  /** Waits for something on a node, from now on. */
  private stall(node: number): void {
    this.charge(this.activity(), this.now);
    const { activity } = this.top;
    const local = node === this.nodeNumber;
    this.stallSide = local ? 0 : 1;
    this.stalledFrom = this.now;
    this.stallActivity = activity >= 0 ? activity : local ? Activity.LocalStall : Activity.RemoteStall;
    this.state = 'stalled';
  }

  /** What it waited for is there; it goes on at `time`. */
  private endStall(time: Ticks): void {
    const { activity } = this.top;
    if (activity >= 0) this.systemStalls[2 * activity + this.stallSide]! += this.now - this.stalledFrom;
    this.charge(this.stallActivity, time, this.stallService);
    this.stallService = -1;
  }
}

/** Only the software of this processor could wake it, and that is not the program's. */
const WAITS = slip('it waits for system software to wake it, and has none that could; take waitForInterrupt()');

/** Whether it is a kind of operation: a program may yield anything. */
function isKind(kind: unknown): boolean {
  return Number.isInteger(kind) && (kind as number) >= 0 && (kind as number) <= Op.DeviceRead;
}

/** What is wrong with an operation whose kind does not exist. */
function faultIn(operation: Operation): ProgramFault {
  const fault = OwnOperation.is(operation) ? operation.fault : null;
  return fault ?? slip(`there is no operation ${described(operation.kind)}`);
}

/** Exceptions that are about a translation, and put it into EntryHi and Context. */
function translates(code: number): boolean {
  return code === ExceptionCode.TlbLoad || code === ExceptionCode.TlbStore || code === ExceptionCode.Modified;
}

/** The exception for an access that the TLB does not translate. */
function codeOf(why: number, store: boolean, fetch: boolean): number {
  switch (why) {
    case Untranslated.Forbidden:
      return ExceptionCode.Modified;
    case Untranslated.Denied:
      return store ? ExceptionCode.AddressStore : ExceptionCode.AddressLoad;
    case Untranslated.Absent:
      return fetch ? ExceptionCode.BusInstruction : ExceptionCode.BusData;
    default:
      return store ? ExceptionCode.TlbStore : ExceptionCode.TlbLoad;
  }
}
