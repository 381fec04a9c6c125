/**
 * A virtual processor: what a process table has of a process, in the monitor's memory. Its registers and TLB are those of
 * the real processor's classes, so a privileged instruction is emulated by what executes it on hardware.
 */
import type { InterruptMessage } from '../../messages/coherence-messages.js';
import type { RandomStream } from '../../engine/random.js';
import type { Ticks } from '../../engine/time.js';
import { Context } from '../../processor/context.js';
import { SPECIAL_PAGE } from '../../system/monitor-calls.js';
import type { Operation } from '../../processor/operations.js';
import { Mode, type SystemRegisters } from '../../processor/registers.js';
import { Activity, type Cpu } from '../../processor/software.js';
import { SystemUnit } from '../../processor/system-unit.js';
import { Tlb } from '../../processor/tlb.js';
import type { MachinePage } from '../memory/machine-page.js';
import type { SecondLevelTlb } from './second-level-tlb.js';

/** Entries of the TLB that a guest finds. */
export const VIRTUAL_TLB_ENTRIES = 64;
/** Bytes of the record: registers, privileged registers, the virtual TLB, and the state of scheduling. */
export const RECORD_BYTES = 2048;
/** Page number of the special page, an even one. */
export const SPECIAL = SPECIAL_PAGE / 4096;

/**
 * `new`: not started. `ready`: may run and does not. `running`: on a processor. `idle`: waits for an interrupt, and is
 * descheduled. `stopped`: will not run again.
 */
export type VirtualState = 'new' | 'ready' | 'running' | 'idle' | 'stopped';

/** What a virtual processor is made with. */
export interface VirtualProcessorOptions {
  /** Among those of its machine. */
  readonly number: number;
  /** What all processors of its machine have in common: contexts that one of them has executed are of that guest. */
  readonly guest: object;
  /** The virtual machine's number. */
  readonly machine: number;
  readonly name: string;
  /** Where its record, its special page and its second-level TLB are in the monitor's memory; 0 without the last. */
  readonly record: number;
  readonly special: { readonly address: number; readonly page: MachinePage };
  readonly second: { readonly address: number; readonly tlb: SecondLevelTlb } | null;
  /** The processor that it runs on first. */
  readonly home: number;
  readonly random: RandomStream;
  /** Ticks of a cycle. */
  readonly period: Ticks;
  readonly now: () => Ticks;
  /** Its handlers' entry and exit, which save and load its registers. */
  readonly enter: Operation;
  readonly leave: Operation;
}

/**
 * A virtual processor. No lock: its registers, TLB and contexts are those of the processor that executes it; state, home,
 * interrupts and alarm are looked at and changed by any, between yields only.
 */
export class VirtualProcessor implements Cpu {
  /** @internal */
  readonly options: VirtualProcessorOptions;
  readonly number: number;
  readonly unit: SystemUnit;
  readonly registers: SystemRegisters;
  readonly tlb = new Tlb(VIRTUAL_TLB_ENTRIES);
  /** @internal */
  readonly second: SecondLevelTlb | null;
  state: VirtualState = 'new';
  /** Where it goes on, when it does not execute. */
  context: Context | null = null;
  /** What its EPC points at. */
  epc: Context | null = null;
  /** Where it gets to that has nothing left to execute: a return to here stops it. */
  readonly end = new Context({ next: () => ({ done: true, value: undefined }) }, Activity.Idle);
  /** Interrupts that it has not taken. */
  readonly interrupts: InterruptMessage[] = [];
  /** The guest has used its special page: the registers there are those that count. */
  patched = false;
  /** Virtual TLB entries that were put out of use since the last one that was not. */
  readonly cleared = new Set<number>();
  /** The processor whose run queue and timer it is on. */
  home: number;
  /** When Compare will be reached, Infinity if it is not to be, and what says so to the unit. */
  alarmAt: Ticks = Infinity;
  alarmToken = 0;
  /** When it began to wait in a run queue. */
  readySince: Ticks = 0;

  constructor(options: VirtualProcessorOptions) {
    this.options = options;
    this.number = options.number;
    this.home = options.home;
    this.second = options.second?.tlb ?? null;
    this.unit = new SystemUnit({
      tlb: this.tlb,
      random: options.random,
      period: options.period,
      alarm: (delay, token) => {
        this.alarmAt = options.now() + delay;
        this.alarmToken = token;
      },
    });
    this.registers = this.unit.registers;
  }

  /** Makes a context the one that it continues with. Says what is wrong if that is another guest's or another processor's. */
  take(context: Context | null): string | null {
    const { guest } = this.options;
    if (context !== null) {
      if (context.guest !== null && context.guest !== guest) return 'a context of another guest';
      if (context.executor !== null && context.executor !== this) return 'a context that another processor executes';
      context.guest = guest;
    }
    if (this.context !== null) this.context.executor = null;
    if (context !== null) context.executor = this;
    this.context = context;
    return null;
  }

  /** Its kernel executes, not a program of its user. */
  get inKernel(): boolean {
    return this.registers.mode === Mode.Kernel;
  }

  /** It has an interrupt to take, now. */
  get interrupting(): boolean {
    return this.registers.interrupting;
  }
}
