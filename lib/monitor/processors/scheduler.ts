/**
 * Which virtual processor a processor executes: time-sharing with affinity. Each has a home, whose run queue and timer it is
 * on; a processor without work takes over whoever has waited longest elsewhere, and is its home from then on. With gang
 * scheduling virtual machines take turns of a quantum, at the same moments on all processors: whoever is of the machine
 * whose turn it is goes first.
 */
import type { InterruptMessage } from '../../messages/coherence-messages.js';
import type { Ticks } from '../../engine/time.js';
import { interrupt, readRegister, store, writeRegister } from '../../processor/operations.js';
import { InterruptLine, Register } from '../../processor/registers.js';
import { MonitorInterrupt, type Core } from '../core.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import { wire, wiredEntries } from './translations.js';
import type { VirtualProcessor } from './virtual-processor.js';
import type { Code } from '../../system/code.js';

/** How processors are shared. */
export interface SchedulerOptions {
  /** For which a virtual processor keeps a processor that others wait for, in ticks. */
  readonly quantum: Ticks;
  /** Virtual machines are scheduled as a whole. */
  readonly gang: boolean;
  /** Ticks of an increment of Count. */
  readonly ticksPerCount: Ticks;
  /** A virtual processor has stopped for good. */
  readonly stopped: (virtual: VirtualProcessor) => void;
}

/** Increments of Count that are never too few to be reached. */
const LEAST_COUNTS = 40;

/** What a processor runs. No lock: any processor looks at it and changes it, between yields only. */
export class RunQueue {
  /** What it executes; null when it has nothing to do. */
  current: VirtualProcessor | null = null;
  /** Whose translations are in its TLB. */
  owner: VirtualProcessor | null = null;
  readonly ready: VirtualProcessor[] = [];
  /** The current one has had its time. */
  expired = false;
  /** When the quantum of the current one ends. */
  quantumEnd: Ticks = Infinity;
  /** What the hardware's timer is set to, Infinity if it is not. */
  timer: Ticks = Infinity;
  /** Address of its record. */
  readonly record: number;

  constructor(record: number) {
    this.record = record;
  }
}

/** The scheduler. */
export class Scheduler {
  /** @internal */
  readonly queues: readonly RunQueue[];
  /** No lock: looked at and changed between yields only. Processors that wait for others to leave virtual processors that have stopped. */
  readonly leaving: MonitorCpu[] = [];
  private readonly core: Core;
  private readonly options: SchedulerOptions;
  /** No lock: looked at and changed between yields only. */
  private readonly all: VirtualProcessor[] = [];

  /** `records`: where each processor's queue is in the monitor's memory. */
  constructor(core: Core, options: SchedulerOptions, records: readonly number[]) {
    this.core = core;
    this.options = options;
    this.queues = records.map(record => new RunQueue(record));
  }

  /** A new virtual processor begins to run, on its home. */
  *start(cpu: MonitorCpu, virtual: VirtualProcessor): Code {
    if (virtual.state !== 'new') return; // its machine was stopped while others of it began
    this.all.push(virtual);
    yield* this.makeReady(cpu, virtual);
  }

  /** Forgets a virtual processor that has stopped. */
  forget(virtual: VirtualProcessor): void {
    const place = this.all.indexOf(virtual);
    if (place >= 0) this.all.splice(place, 1);
    for (const queue of this.queues) if (queue.owner === virtual) queue.owner = null;
  }

  /** The processor that executes a virtual one, -1 if none does. */
  placeOf(virtual: VirtualProcessor): number {
    return this.queues.findIndex(({ current }) => current === virtual);
  }

  /** Whether anybody may ever run again. */
  get live(): boolean {
    return this.all.some(({ state }) => state !== 'stopped');
  }

  /** The current virtual processor has nothing to do until an interrupt is pending, enabled or not. */
  rest(virtual: VirtualProcessor): void {
    // It may have been stopped since its trap.
    if (virtual.state !== 'running' || virtual.registers.pending) return;
    virtual.state = 'idle';
    this.core.statistics.idles++;
  }

  /** A virtual processor will not run again. It may be the current one of some processor, which has to find out. */
  stop(virtual: VirtualProcessor): void {
    if (virtual.state === 'stopped') return;
    virtual.state = 'stopped';
    virtual.alarmAt = Infinity;
    for (const { ready } of this.queues) {
      const place = ready.indexOf(virtual);
      if (place >= 0) ready.splice(place, 1);
    }
    this.options.stopped(virtual);
  }

  /** An interrupt for a virtual processor. */
  *post(cpu: MonitorCpu, virtual: VirtualProcessor, message: InterruptMessage): Code {
    yield this.core.code.step('post');
    // One that has stopped may be gone with its record.
    if (virtual.state === 'stopped' || virtual.state === 'new') return;
    virtual.interrupts.push(message);
    virtual.registers.setLine(InterruptLine.External, true);
    yield store(virtual.options.record, message.code);
    yield* this.raised(cpu, virtual);
  }

  /** A line of a virtual processor is up that was not: it wakes, or its processor has to look. */
  private *raised(cpu: MonitorCpu, virtual: VirtualProcessor): Code {
    const place = this.placeOf(virtual);
    // One that has only just come to rest keeps its processor, which has not left it yet.
    if (virtual.state === 'idle' && place >= 0) virtual.state = 'running';
    if (virtual.state === 'idle') return yield* this.makeReady(cpu, virtual);
    if (virtual.state !== 'running') return;
    if (place >= 0 && place !== cpu.number && virtual.interrupting) yield* this.ask(place);
  }

  private *makeReady(cpu: MonitorCpu, virtual: VirtualProcessor): Code {
    virtual.state = 'ready';
    virtual.readySince = this.core.now();
    const { home } = virtual;
    const queue = this.queues[home];
    queue.ready.push(virtual);
    yield store(queue.record, queue.ready.length);
    if (queue.current === null) {
      if (home !== cpu.number) yield* this.ask(home);
      return;
    }
    // Its home is busy: whoever is idle may take it over. A home that is busy has to set its timer to the quantum's end.
    const idle = this.queues.findIndex(({ current }, place) => current === null && place !== cpu.number);
    if (idle >= 0) yield* this.ask(idle);
    else if (home !== cpu.number && queue.timer > queue.quantumEnd) yield* this.ask(home);
  }

  /** Has a processor look at its virtual processors. */
  *ask(place: number): Code {
    yield this.core.code.step('send interrupt');
    yield interrupt(place, MonitorInterrupt.Post, 0);
  }

  /** The timer of a processor has rung. */
  *rung(cpu: MonitorCpu): Code {
    const now = this.core.now();
    const queue = this.queues[cpu.number];
    queue.timer = Infinity;
    yield writeRegister(Register.Compare, yield readRegister(Register.Count));
    for (const virtual of this.all) {
      if (virtual.home !== cpu.number || virtual.alarmAt > now) continue;
      virtual.alarmAt = Infinity;
      if (!virtual.unit.expired(virtual.alarmToken)) continue;
      yield this.core.code.step('post');
      yield* this.raised(cpu, virtual);
    }
    if (now >= queue.quantumEnd) queue.expired = true;
  }

  /** Decides what a processor executes next, and makes its TLB and timer ready for that. */
  *choose(cpu: MonitorCpu): Code {
    const queue = this.queues[cpu.number];
    const { current } = queue;
    const keeps = current?.state === 'running' && !(queue.expired && this.better(queue));
    if (!keeps) yield* this.change(cpu, queue);
    else if (queue.expired) this.begin(queue);
    queue.expired = false;
    yield* this.setTimer(cpu, queue);
  }

  private *change(cpu: MonitorCpu, queue: RunQueue): Code {
    const { current } = queue;
    yield this.core.code.step('schedule');
    if (current?.state === 'running') {
      current.state = 'ready';
      current.readySince = this.core.now();
      queue.ready.push(current);
    }
    yield store(queue.record, queue.ready.length);
    const next = this.take(cpu, queue);
    queue.current = next;
    for (const { processor } of this.leaving) processor.wake();
    if (next === null) {
      if (current !== null) yield* this.restIfLast(cpu);
      return;
    }
    next.state = 'running';
    this.begin(queue);
    if (queue.owner === next) return;
    // Address space identifiers are not virtualised: another virtual processor, an empty TLB.
    this.core.statistics.switches++;
    yield this.core.code.step('context switch');
    yield this.core.code.step('tlb flush');
    cpu.hardware.flush(this.core.machines[next.options.machine]!.pmap);
    yield* wire(cpu, wiredEntries(cpu, next));
    queue.owner = next;
  }

  /** Processors that are idle come to rest when nobody is left who may ever run. */
  *restIfLast(cpu: MonitorCpu): Code {
    if (this.live) return;
    for (const { number } of this.core.cpus) if (number !== cpu.number) yield* this.ask(number);
  }

  private take(cpu: MonitorCpu, queue: RunQueue): VirtualProcessor | null {
    const own = this.pick(queue);
    if (own !== null) return own;
    let from: RunQueue | null = null;
    for (const other of this.queues)
      if (other.current !== null && other.ready.length > 0 && since(other) < (from === null ? Infinity : since(from)))
        from = other;
    if (from === null) return null;
    this.core.statistics.steals++;
    const taken = from.ready.shift()!;
    taken.home = cpu.number;
    return taken;
  }

  private pick(queue: RunQueue): VirtualProcessor | null {
    const turn = this.options.gang ? this.machineOnTurn() : -1;
    const place = queue.ready.findIndex(({ options }) => options.machine === turn);
    return queue.ready.splice(Math.max(place, 0), 1)[0] ?? null;
  }

  /** Whether somebody in a queue is to run rather than the current one, whose time is up. */
  private better({ ready, current }: RunQueue): boolean {
    if (ready.length === 0) return false;
    if (!this.options.gang) return true;
    const turn = this.machineOnTurn();
    return current!.options.machine !== turn || ready.some(({ options }) => options.machine === turn);
  }

  /** The virtual machine whose turn it is, -1 if there is none. */
  private machineOnTurn(): number {
    const machines = [
      ...new Set(this.all.filter(({ state }) => state !== 'stopped').map(({ options }) => options.machine)),
    ];
    if (machines.length === 0) return -1;
    return machines[Math.floor(this.core.now() / this.options.quantum) % machines.length];
  }

  private begin(queue: RunQueue): void {
    const { quantum, gang } = this.options;
    const now = this.core.now();
    queue.quantumEnd = gang ? now - (now % quantum) + quantum : now + quantum;
  }

  /** The hardware's timer rings at the next alarm of its virtual processors, or at the end of a quantum that others wait for. */
  private *setTimer(cpu: MonitorCpu, queue: RunQueue): Code {
    let due = queue.current !== null && queue.ready.length > 0 ? queue.quantumEnd : Infinity;
    for (const { home, alarmAt } of this.all) if (home === cpu.number && alarmAt < due) due = alarmAt;
    if (due === queue.timer) return;
    queue.timer = due;
    const count = yield readRegister(Register.Count);
    const ahead = Math.max(LEAST_COUNTS, Math.ceil((due - this.core.now()) / this.options.ticksPerCount));
    // Nothing to wait for: a time just behind Count is not reached.
    yield writeRegister(Register.Compare, due === Infinity ? count : (count + ahead) | 0);
  }
}

function since({ ready }: RunQueue): Ticks {
  return ready[0].readySince;
}
