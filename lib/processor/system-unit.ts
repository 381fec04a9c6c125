/**
 * Coprocessor 0 of a processor: its system registers, the TLB instructions, and the timer of Count and Compare.
 * It changes nothing but itself and the TLB; modes, vectors and the flow of control are the processor's.
 */
import type { RandomStream } from '../engine/random.js';
import type { Ticks } from '../engine/time.js';
import { Op, type Operation } from './operations.js';
import { ASID_MASK, InterruptLine, PROBE_FAILED, Register, SystemRegisters } from './registers.js';
import type { Tlb } from './tlb.js';

/** Processor cycles to an increment of Count: the R10000 counts at half its clock. */
const CYCLES_PER_COUNT = 2;
const COUNTS = 2 ** 32;

/** What a system unit is made with. */
export interface SystemUnitOptions {
  readonly tlb: Tlb;
  /** Draws the entries that random writes replace. */
  readonly random: RandomStream;
  /** Ticks of a processor cycle. */
  readonly period: Ticks;
  /** Has `expired` called with the same token after a delay of at least one tick. */
  readonly alarm: (delay: Ticks, token: number) => void;
}

/** Coprocessor 0. */
export class SystemUnit {
  readonly registers: SystemRegisters;
  private readonly tlb: Tlb;
  private readonly random: RandomStream;
  private readonly ticksPerCount: Ticks;
  private readonly alarm: (delay: Ticks, token: number) => void;
  /** What Count would have been at tick 0. */
  private countBase = 0;
  private alarms = 0;

  constructor(options: SystemUnitOptions) {
    this.tlb = options.tlb;
    this.registers = new SystemRegisters(options.tlb.entries);
    this.random = options.random;
    this.ticksPerCount = options.period * CYCLES_PER_COUNT;
    this.alarm = options.alarm;
  }

  /** A TLB index for replacement: from Wired up. R10000 counts Random down with every instruction; we draw. */
  drawEntry(): number {
    const wired = this.registers.read(Register.Wired);
    const { entries } = this.tlb;
    return wired < entries ? wired + this.random.below(entries - wired) : entries - 1;
  }

  /** Executes a register or TLB instruction at `time`; its result. */
  execute({ kind, a, b }: Operation, time: Ticks): number {
    const { registers, tlb } = this;
    switch (kind) {
      case Op.ReadRegister:
        return this.read(a, time);
      case Op.WriteRegister:
        this.write(a, b, time);
        return 0;
      case Op.TlbRead: {
        const [entryHi, entryLo0, entryLo1] = tlb.readRegisters(this.index);
        registers.set(Register.EntryHi, entryHi);
        registers.set(Register.EntryLo0, entryLo0);
        registers.set(Register.EntryLo1, entryLo1);
        tlb.enter(entryHi & ASID_MASK);
        return 0;
      }
      case Op.TlbWriteIndexed:
        this.writeEntry(this.index);
        return 0;
      case Op.TlbWriteRandom:
        this.writeEntry(this.drawEntry());
        return 0;
      case Op.TlbProbe: {
        const entryHi = registers.read(Register.EntryHi);
        const entry = tlb.probe(entryHi >>> 13, entryHi & ASID_MASK);
        registers.set(Register.Index, entry < 0 ? PROBE_FAILED : entry);
        return 0;
      }
      default:
        throw new Error(`a system unit does not execute operation ${kind}`);
    }
  }

  /**
   * Compare has been reached, unless it was written since. True if so. Hardware would raise the line again when Count has
   * come round, after some 40 seconds; this one does not, so that a machine whose software has stopped comes to rest.
   */
  expired(token: number): boolean {
    if (token !== this.alarms) return false;
    this.registers.setLine(InterruptLine.Timer, true);
    return true;
  }

  private read(register: number, time: Ticks): number {
    switch (register) {
      case Register.Count:
        return this.count(time) | 0;
      case Register.Random:
        return this.drawEntry();
      default:
        return this.registers.read(register);
    }
  }

  private write(register: number, value: number, time: Ticks): void {
    const { registers } = this;
    switch (register) {
      case Register.Count:
        this.countBase = (value >>> 0) - Math.floor(time / this.ticksPerCount);
        if (this.alarms > 0) this.setAlarm(registers.read(Register.Compare), time);
        return;
      case Register.Compare:
        registers.set(Register.Compare, value);
        registers.setLine(InterruptLine.Timer, false);
        this.setAlarm(value, time);
        return;
      case Register.Wired:
        registers.write(Register.Wired, Math.min(value & registers.indexMask, this.tlb.entries - 1));
        return;
      default:
        registers.write(register, value);
        if (register === Register.EntryHi) this.tlb.enter(value & ASID_MASK);
        if (register === Register.Status) this.tlb.setMode(registers.mode);
    }
  }

  /** The entry that Index names; the last one for an index that there is not. */
  private get index(): number {
    const { registers, tlb } = this;
    return Math.min(registers.read(Register.Index) & registers.indexMask, tlb.entries - 1);
  }

  private writeEntry(index: number): void {
    const { registers } = this;
    this.tlb.writeRegisters(
      index,
      registers.read(Register.EntryHi),
      registers.read(Register.EntryLo0),
      registers.read(Register.EntryLo1),
    );
  }

  private count(time: Ticks): number {
    return (this.countBase + Math.floor(time / this.ticksPerCount)) >>> 0;
  }

  /**
   * Sets the alarm to the time that Count equals Compare; an alarm that was set before is out of date. What lies behind
   * Count, in the nearer half of the circle, is not reached: software acknowledges the timer by writing such a value.
   */
  private setAlarm(compare: number, time: Ticks): void {
    const ahead = ((compare >>> 0) - this.count(time) + COUNTS) % COUNTS;
    this.alarms++;
    if (ahead === 0 || ahead >= COUNTS / 2) return;
    const due = (Math.floor(time / this.ticksPerCount) + ahead) * this.ticksPerCount;
    this.alarm(due - time, this.alarms);
  }
}
