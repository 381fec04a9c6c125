/**
 * An in-order, blocking processor with its TLB and private caches. It executes ahead of the clock, without events, as
 * far as nothing can reach it (engine/run-ahead/runner.ts); what involves others - a miss, a trap, a service call - it does at
 * the present. This is the processor itself: how its parts are wired, what reaches it, and the loop that executes; the
 * parts are in execution/. Longer than others: a third is what it is made with and how the parts are put together.
 */
import { plainObject, wholeNumbers } from '../engine/checks.js';
import type { AddressMap } from '../messages/address-map.js';
import { lineNumber } from '../messages/addresses.js';
import { DeviceValue } from '../messages/io-messages.js';
import { CoherenceMessage, InterruptMessage, type NodeMessage } from '../messages/coherence-messages.js';
import { refuses, type CoherenceProtocol } from '../coherence/protocol.js';
import { Component, type Scope } from '../engine/component.js';
import { Port } from '../engine/port.js';
import type { TimeAccount } from '../engine/time-account.js';
import { Timer } from '../engine/timer.js';
import type { Clock, Ticks } from '../engine/time.js';
import type { SamplingSettings } from '../placement/evidence.js';
import { MissSampler } from './caches/miss-sampler.js';
import { PrivateCaches, type CacheOwner } from './caches/private-caches.js';
import type { CacheGeometry } from './caches/set-array.js';
import { Context } from './context.js';
import { contextFault } from './check-context.js';
import { CacheAccess } from './execution/access.js';
import { Accounts, type ServiceAccounts } from './execution/accounts.js';
import { AddressFaults } from './execution/address-faults.js';
import { BlockLoop } from './execution/block-loop.js';
import { Copies } from './execution/copies.js';
import { COUNTS } from './execution/counts.js';
import { Dispatch } from './execution/dispatch.js';
import { ExceptionUnit, MOST_TIMELESS } from './execution/exceptions.js';
import { Execution, STOPPED } from './execution/execution.js';
import { fetchHostile, fetchTrusted } from './execution/fetch.js';
import { Spin } from './execution/spin.js';
import { DrainDelays, StoreBuffer } from './execution/store-buffer.js';
import { StoreDrain } from './execution/store-drain.js';
import { Words } from './execution/words.js';
import type { ExecutionObserver } from './execution-observer.js';
import { crash, faultyOperation } from './foreign.js';
import { Op, type Program } from './operations.js';
import type { SystemRegisters } from './registers.js';
import { ACTIVITIES, type Cpu, type SystemSoftware } from './software.js';
import { SystemUnit } from './system-unit.js';
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

/** A processor. Give it software and a program with `load` before the simulation runs. */
export class Processor extends Component implements CacheOwner, Cpu {
  private readonly execution = new Execution(this, () => this.resume());
  private readonly alarm = new Timer<number>(this, token => this.onAlarm(token));
  readonly node = new Port<NodeMessage, NodeMessage>(this, 'node', message => this.onMessage(message));
  readonly stats = this.statistics(COUNTS);
  /** Where the time goes: see ACTIVITIES. Call `settle` before reading it. */
  readonly account: TimeAccount;
  /** Ticks that contexts other than users' programs have stalled, by activity: on local, then on remote misses. */
  readonly systemStalls: Float64Array;
  readonly processor: number;
  /** Number of its node. */
  readonly nodeNumber: number;
  readonly tlb: Tlb;
  readonly unit: SystemUnit;
  readonly registers: SystemRegisters;
  readonly caches: PrivateCaches;
  private readonly accounts: Accounts;
  private readonly access: CacheAccess;
  private readonly stores: StoreDrain;
  private readonly exceptions: ExceptionUnit;
  private readonly words: Words;
  private readonly spin: Spin;
  private readonly dispatch: Dispatch;
  // Options are copied into fields: objects put together by a caller's spread have a shape each (spec/bench/processor).
  private readonly map: AddressMap;
  private readonly controlFlits: number;
  private readonly period: Ticks;
  /** Operations, or ends of programs, since time passed. */
  private timeless = 0;

  constructor(parent: Scope, name: string, options: ProcessorOptions) {
    super(parent, name);
    plainObject(options, this.path);
    const { map, processor } = options;
    wholeNumbers(options, ['processor'], this.path, 0, map.processors - 1);
    wholeNumbers(options, ['l2Ticks'], this.path);
    plainObject(options.flits, `${this.path}: flits`);
    this.map = map;
    this.controlFlits = options.flits.control;
    this.processor = processor;
    this.nodeNumber = map.nodeOfProcessor[processor]!;
    this.period = options.clock.period;
    this.tlb = new Tlb(options.tlbEntries, options.layout ?? null);
    this.caches = new PrivateCaches(this.path, this, options);
    if (knowsStrays(options.protocol)) this.caches.counts = this.statistics(STRAYS);
    if (refuses(options.protocol)) this.caches.refusals = this.statistics(REFUSALS);
    const buffer = new StoreBuffer(this.path, options.storeBuffer === undefined ? 0 : options.storeBuffer);
    const longest = options.storeDelayCycles ?? 0;
    const delays =
      longest > 0 ? new DrainDelays(this.simulation.random(`${this.path}.stores`), longest, this.period) : null;
    this.unit = new SystemUnit({
      tlb: this.tlb,
      random: this.simulation.random(`${this.path}.tlb`),
      period: this.period,
      alarm: (delay, token) => this.alarm.after(delay, token),
    });
    this.registers = this.unit.registers;

    const { execution, caches, tlb, registers, period, nodeNumber, stats: counts } = this;
    const accounts = new Accounts(execution, nodeNumber);
    const { l2Ticks } = options;
    const access = new CacheAccess({ execution, accounts, caches, map, counts, nodeNumber, l2Ticks });
    const stores = new StoreDrain({ execution, accounts, access, map, buffer, delays, period });
    const state = { processor: this, execution, accounts, stores, caches, tlb, registers, counts };
    const present = { frames: map.frames, pageBytes: map.pageBytes, processors: map.processors, services: null };
    const exceptions = new ExceptionUnit({ ...state, present });
    const faults = new AddressFaults({ ...state, access, exceptions, period, pageBytes: map.pageBytes });
    const memory = { execution, access, stores, faults, caches, tlb, map, period };
    this.accounts = accounts;
    this.account = accounts.account;
    this.systemStalls = accounts.systemStalls;
    this.access = access;
    this.stores = stores;
    this.exceptions = exceptions;
    this.words = new Words(memory);
    this.spin = new Spin(memory, accounts);
    this.dispatch = new Dispatch({
      processor,
      node: this.node,
      map,
      period,
      controlFlits: this.controlFlits,
      unit: this.unit,
      execution,
      accounts,
      stores,
      exceptions,
      words: this.words,
      spin: this.spin,
      copies: new Copies(memory),
      blocks: new BlockLoop(memory, accounts, counts),
    });
  }

  /** Gives it system software, and what it executes first: a user's program, a context, or none. Throws if it has software already. */
  load(software: SystemSoftware, first: Program | Context | null): void {
    const { exceptions } = this;
    if (exceptions.system !== null) throw new Error(`${this.path} already has system software`);
    exceptions.attach(software);
    exceptions.programEnded = first === null;
    this.execution.context = first === null || first instanceof Context ? first : new Context(first);
    if (software.services !== undefined) this.accounts.nameServices(software.services);
  }

  /** Watches what it executes; null if it is not watched. */
  get observer(): ExecutionObserver | null {
    return this.execution.observer;
  }

  /** From now on. */
  set observer(observer: ExecutionObserver | null) {
    this.execution.observer = observer;
  }

  /** Its number among those that the software runs on. */
  get number(): number {
    return this.processor;
  }

  /** Where the time goes by service, and how many instances of each there were; null if the software names no services. */
  get services(): ServiceAccounts | null {
    return this.accounts.services;
  }

  /** The service that what it executes belongs to; 0 if it executes nothing. */
  get service(): number {
    return this.accounts.service;
  }

  /** Whether its program has ended. */
  get ended(): boolean {
    return this.exceptions.programEnded;
  }

  /**
   * Interrupts it now, for whoever acts on the machine from outside: between two runs, or in an event of the simulation. The
   * software finds the code and the integer in the message, which comes from the processor itself.
   */
  interrupt(code: number, a = 0): void {
    this.onMessage(new InterruptMessage(this.controlFlits, code, this.processor, this.processor, a, 0));
  }

  /** A timer that fires in events of this processor: for the clocks of system software. Make it before the simulation starts. */
  timer(onFire: () => void): Timer {
    return new Timer(this, onFire);
  }

  /** Samples its misses from now on, and interrupts itself a cycle after the buffer has filled. Before the simulation starts. */
  sampleMisses(settings: SamplingSettings, code: number): MissSampler {
    const timer = new Timer(this, () => this.interrupt(code));
    const sampler = new MissSampler(settings, this.map, this.nodeNumber, () => timer.after(this.period));
    this.caches.sampler = sampler;
    return sampler;
  }

  override start(): void {
    if (this.execution.context !== null) this.execution.continueAt(this.now);
  }

  override waitsFor(): string | undefined {
    const { context, state } = this.execution;
    if (state === 'stalled' && context?.operation?.kind === Op.DeviceRead) return 'a device to answer';
    if (state === 'stalled') {
      const line = lineNumber(this.caches.missLine);
      return `line ${line} (${this.caches.stateOf(line)}) of node ${this.map.homeOfLine(line)}`;
    }
    if (state === 'waiting')
      return context?.operation?.kind === Op.WaitForInterrupt
        ? 'an interrupt'
        : `the system software to wake it (${ACTIVITIES[this.accounts.activity()]})`;
    if (state === 'spinning') return `somebody to store to line ${this.caches.watchedLine}, on which it spins`;
    return undefined;
  }

  /** What is wrong with a value as a context to be executed here, null if nothing is. For software that takes contexts from guests. */
  contextFault(value: unknown): string | null {
    return contextFault(value, this.exceptions.present);
  }

  /** A TLB index drawn at random, for software that replaces so. */
  tlbRandom(): number {
    return this.unit.drawEntry();
  }

  /** Ends a `wait`, one cycle from now; remembered if there is none, so who waits checks again. For software, at the present. */
  wake(): void {
    this.dispatch.woken = true;
    if (this.execution.state === 'waiting') this.leaveWait(this.now + this.period);
  }

  /** Brings the account up to now and checks that its parts add up. */
  settle(): void {
    this.accounts.settle(this.path);
  }

  override resetStatistics(): void {
    this.settle();
    this.accounts.reset();
    this.caches.resetStatistics();
  }

  /** For the caches. */
  send(message: CoherenceMessage): void {
    this.node.send(message);
  }

  /** For the caches. */
  completed(): void {
    const { stores, execution } = this;
    if (this.access.storeMisses) {
      stores.completed();
      return;
    }
    const next = this.accounts.endStall();
    this.words.completed(execution.top);
    // A load came first once; now it is the store's turn, before the next load (docs/consistency.md).
    stores.putOff(next);
    execution.continueAt(next);
  }

  /** For the caches. */
  fail(message: string): never {
    return this.execution.fail(message);
  }

  /** For the caches: somebody else wants the line that it spins on. */
  lost(): void {
    if (this.execution.state === 'spinning') this.leaveWait(this.spin.nextLook());
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
    this.exceptions.pend(message);
    this.interrupted();
  }

  /** A device has answered the read that the current context waits for. */
  private answered(value: number): void {
    const { execution } = this;
    const next = this.accounts.endStall();
    execution.top.complete(value);
    execution.continueAt(next);
  }

  private onAlarm(token: number): void {
    if (this.unit.expired(token)) this.interrupted();
  }

  /** An interrupt is pending that was not before. */
  private interrupted(): void {
    const { execution, now } = this;
    const { context, runner, state } = execution;
    if (state === 'waiting' && context!.operation!.kind === Op.WaitForInterrupt) {
      context!.complete(); // before the interrupt is taken, so that its handler returns behind the wait
      this.leaveWait(now);
      return;
    }
    if (!this.exceptions.interruptible()) return;
    if (state !== 'running') {
      if (state === 'spinning') execution.top.owed = this.spin.nextLook() - now;
      this.caches.watchedLine = -1;
      this.leaveWait(now);
      return;
    }
    // What was charged ahead (a refill) is finished first; the rest of the way to the next action is owed.
    const at = Math.max(now, this.account.until);
    if (at >= runner.time) return;
    execution.top.owed += runner.time - at;
    runner.at(at);
  }

  /** Leaves idleness, a wait or a spinning loop. */
  private leaveWait(time: Ticks): void {
    this.accounts.upTo(this.now);
    this.execution.continueAt(time);
  }

  private resume(): void {
    const { exceptions, execution } = this;
    while (exceptions.interruptible()) exceptions.takeInterrupt();
    if (execution.context === null) execution.state = 'idle';
    else this.execute();
  }

  /** Executes until it must stop, and leaves an appointment, a stall, a wait or the end behind. */
  private execute(): void {
    const { execution, stores, exceptions } = this;
    execution.begin();
    let horizon = execution.horizon();
    let time = this.now;
    while (time < horizon || stores.dueAt < horizon) {
      const frame = execution.top;
      if (stores.dueAt < time) {
        if (!stores.drain(stores.dueAt)) break;
      } else if (frame.owed > 0) {
        time += frame.owed;
        frame.owed = 0;
      } else if (frame.operation !== null) {
        const before = time;
        // A store of the buffer may go when nothing else happens at its time.
        time = this.dispatch.perform(frame, frame.operation, time, Math.min(horizon, stores.dueAt + 1));
        if (time === STOPPED) return;
        this.timeless = time > before ? 0 : this.timeless + 1;
        if (this.timeless > MOST_TIMELESS) this.stuck();
      } else if (time > this.now && (frame.activity >= 0 || frame.done)) {
        // System software and the end of a program belong to the present.
        if (!execution.reach(time)) break;
      } else if (frame.done) {
        if (stores.buffer.size > 0 && frame.interrupted === null) {
          time = stores.wait(time, horizon);
          if (time === STOPPED) return;
        } else if (!exceptions.end()) return;
        else if (++this.timeless > MOST_TIMELESS) this.stuck();
      } else if (exceptions.guarded) fetchHostile(frame, execution, exceptions.present.services);
      else fetchTrusted(frame, execution);
      // It sent something or woke a processor, which may come back sooner than what was under way before.
      if (execution.acted) horizon = execution.horizon();
    }
    stores.resumeAt(time);
  }

  /** No time passes, and the program does not end. */
  private stuck(): void {
    const message = `its program yielded ${MOST_TIMELESS} operations without any time passing`;
    const { top } = this.execution;
    if (!this.exceptions.guarded) this.fail(message);
    this.timeless = 0;
    top.done = false;
    top.operation = faultyOperation(crash(message));
  }
}
