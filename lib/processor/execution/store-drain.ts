/** How buffered stores reach the caches, and what has to wait for them: docs/consistency.md. */
import type { AddressMap } from '../../messages/address-map.js';
import type { Ticks } from '../../engine/time.js';
import { machineFrame } from '../../messages/addresses.js';
import type { Context } from '../context.js';
import { AT_PRESENT, BUSY, type CacheAccess } from './access.js';
import type { Accounts } from './accounts.js';
import { STOPPED, type Execution } from './execution.js';
import type { DrainDelays, StoreBuffer } from './store-buffer.js';

/** What the drain is made with. */
export interface StoreDrainParts {
  readonly execution: Execution;
  readonly accounts: Accounts;
  readonly access: CacheAccess;
  readonly map: AddressMap;
  readonly buffer: StoreBuffer;
  /** What stores wait beyond need; null if nothing. */
  readonly delays: DrainDelays | null;
  /** Ticks of a cycle. */
  readonly period: Ticks;
}

/** The drain of one processor's store buffer. It owns the buffer and the times at which stores leave it. */
export class StoreDrain {
  /** When the oldest buffered store tries its line next; Infinity if there is none or it waits for its line. */
  dueAt: Ticks = Infinity;
  readonly buffer: StoreBuffer;
  private readonly execution: Execution;
  private readonly accounts: Accounts;
  private readonly access: CacheAccess;
  private readonly map: AddressMap;
  private readonly delays: DrainDelays | null;
  private readonly period: Ticks;
  /** Before this time the caches take no store from the buffer. */
  private drained: Ticks = 0;

  constructor(parts: StoreDrainParts) {
    this.buffer = parts.buffer;
    this.execution = parts.execution;
    this.accounts = parts.accounts;
    this.access = parts.access;
    this.map = parts.map;
    this.delays = parts.delays;
    this.period = parts.period;
  }

  /** Takes the store that is the operation of `frame`, or waits for room. It tries its line a cycle later: a load that comes next goes first. */
  push(frame: Context, number: number, offset: number, value: number, at: Ticks, horizon: Ticks): Ticks {
    const { buffer } = this;
    if (buffer.size === buffer.capacity) return this.wait(at, horizon);
    buffer.push(number, offset, value);
    if (buffer.size === 1) this.dueAt = Math.max(at + this.period, this.drained) + this.delay();
    frame.operation = null;
    frame.result = value;
    return at;
  }

  /** What is to be done needs room in the buffer, or an empty one, or its miss to be over. Returns when to look again, or STOPPED. */
  wait(time: Ticks, horizon: Ticks): Ticks {
    const { execution } = this;
    if (!this.access.storeMisses) {
      const at = Math.max(time, this.dueAt);
      return at >= horizon || this.drain(at) ? at : execution.appoint(at);
    }
    if (time > execution.now) return execution.appoint(time);
    this.accounts.stall(this.map.homeOfFrame(machineFrame(this.buffer.frame)));
    return STOPPED;
  }

  /** The oldest store of the buffer tries its line at `time`. False if that has to be done at the present, later. */
  drain(time: Ticks): boolean {
    const { frame, offset, value } = this.buffer;
    const extra = this.access.drain(frame, offset, value, time);
    if (extra === AT_PRESENT) return false;
    if (extra === BUSY) {
      this.dueAt = Infinity;
      this.execution.acted = true;
    } else this.leave(time + this.period + extra);
    return true;
  }

  /** The oldest store has got its line. A processor that waits for it continues; another one has to look at the next store in time. */
  completed(): void {
    const { execution } = this;
    const { now, runner } = execution;
    this.access.storeMisses = false;
    this.leave(now + this.period);
    if (execution.state === 'stalled') {
      this.accounts.upTo(now);
      execution.continueAt(now);
    } else if (this.dueAt < runner.time) this.resumeAt(runner.time);
  }

  /** A load came first once; now it is the store's turn, before the next load. */
  putOff(time: Ticks): void {
    if (this.dueAt < time) this.dueAt = time;
  }

  /** Resumes at `time`, or before if a buffered store has to be looked at: then the rest of the way is owed. */
  resumeAt(time: Ticks): void {
    const { runner, top } = this.execution;
    if (this.dueAt >= time) {
      runner.at(time);
      return;
    }
    top.owed += time - this.dueAt;
    runner.at(this.dueAt);
  }

  /** The oldest store is done; the next one, if there is one, may try its line at `time`. */
  private leave(time: Ticks): void {
    this.buffer.shift();
    this.drained = time;
    this.dueAt = this.buffer.size > 0 ? time + this.delay() : Infinity;
  }

  /** What the store that has just become the oldest waits beyond need. */
  private delay(): Ticks {
    return this.delays === null ? 0 : this.delays.draw();
  }
}
