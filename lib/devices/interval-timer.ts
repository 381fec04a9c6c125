/**
 * The interval timer of a processor: an interrupt every period, to the tick. It never ends by itself, so a run with one
 * needs a limit, or software that turns it off.
 */
import { plainObject, wholeNumber, wholeNumbers } from '../engine/checks.js';
import { DeviceCommand, DeviceRead, DeviceValue, NO_DEVICE, type ToDevice } from '../messages/io-messages.js';
import { InterruptMessage, type FromDevice } from '../messages/coherence-messages.js';
import { Component, type Scope } from '../engine/component.js';
import { Port } from '../engine/port.js';
import { Timer } from '../engine/timer.js';
import type { Ticks } from '../engine/time.js';

/** What an interval timer is made with. */
export interface IntervalTimerOptions {
  /** The processor that it interrupts. */
  readonly processor: number;
  /** At least 1. */
  readonly periodTicks: Ticks;
  /** When it first expires, from the start of the run; less than a period, and 0 for a whole period. */
  readonly phaseTicks: Ticks;
  /** Whether it runs from the start. */
  readonly on: boolean;
  /** Of its interrupts: `a` counts them from 1, as 32 bits, and `b` is 0. */
  readonly interruptCode: number;
  /** Its bridge, as a cache. */
  readonly bridge: number;
  /** Length of an interrupt in flits. */
  readonly flits: { readonly control: number };
}

/** What an interval timer is asked to do. A command that is neither changes nothing. */
export type IntervalTimerCommand =
  /** Expires a period from now and then every period. Without a period it keeps the one it has. */
  { readonly op: 'start'; readonly periodNs?: number } | { readonly op: 'stop' };

/** An interval timer. */
export class IntervalTimer extends Component {
  readonly bridge = new Port<FromDevice, ToDevice>(this, 'bridge', message => this.onMessage(message));
  readonly stats = this.statistics({
    interrupts: ['interrupts', 'periods that have ended'],
    refused: ['commands', 'commands that it did not know, or periods that are no whole number of ticks'],
  });
  /** Fires with the setting that it belongs to. */
  private readonly expires = new Timer<number>(this, setting => this.onExpired(setting));
  private readonly options: IntervalTimerOptions;
  private period: Ticks;
  /** Counts starts and stops: an expiry of an earlier setting means nothing. */
  private setting = 0;
  private count = 0;

  /** Throws a RangeError for a period or phase that cannot be. */
  constructor(parent: Scope, name: string, options: IntervalTimerOptions) {
    super(parent, name);
    plainObject(options, this.path);
    const { periodTicks } = options;
    wholeNumbers(options, ['processor', 'bridge'], this.path);
    wholeNumbers(options, ['interruptCode'], this.path, 1, 2 ** 31 - 1);
    plainObject(options.flits, `${this.path}: flits`);
    wholeNumbers(options.flits, ['control'], `${this.path}: flits`, 1, 2 ** 20);
    wholeNumber(periodTicks, `${this.path}: periodTicks`, 1);
    wholeNumber(options.phaseTicks, `${this.path}: phaseTicks`, 0, periodTicks - 1);
    this.options = options;
    this.period = periodTicks;
  }

  override start(): void {
    const { on, phaseTicks } = this.options;
    if (on) this.expires.after(phaseTicks === 0 ? this.period : phaseTicks, this.setting);
  }

  private onMessage(message: ToDevice): void {
    if (message instanceof DeviceCommand) this.onCommand(message);
    else if (message instanceof DeviceRead) {
      const { from, to, device, register } = message;
      this.bridge.send(new DeviceValue(this.options.flits.control, to, from, device, register, NO_DEVICE));
    }
  }

  private onCommand({ command: { op, periodNs } }: DeviceCommand): void {
    if (op === 'stop') this.setting++;
    else if (op !== 'start' || !this.set(periodNs)) this.stats.refused++;
    else this.expires.after(this.period, ++this.setting);
  }

  /** Takes a period over. False if it is none. */
  private set(periodNs: unknown): boolean {
    if (periodNs === undefined) return true;
    if (typeof periodNs !== 'number') return false;
    const ticks = (periodNs * 1000) / this.simulation.time.tickPs;
    if (!Number.isSafeInteger(ticks) || ticks < 1) return false;
    this.period = ticks;
    return true;
  }

  private onExpired(setting: number): void {
    if (setting !== this.setting) return;
    const { bridge, flits, interruptCode, processor } = this.options;
    this.stats.interrupts++;
    this.count = (this.count + 1) | 0;
    this.bridge.send(new InterruptMessage(flits.control, interruptCode, bridge, processor, this.count, 0));
    this.expires.after(this.period, setting);
  }
}
