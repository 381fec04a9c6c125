/** The time-of-day clock: simulated time in a register of 64 bits, read in two halves. */
import { plainObject, wholeNumber, wholeNumbers } from '../engine/checks.js';
import { DeviceRead, DeviceValue, NO_DEVICE, type ToDevice } from '../messages/io-messages.js';
import type { FromDevice } from '../messages/coherence-messages.js';
import { Component, type Scope } from '../engine/component.js';
import { Port } from '../engine/port.js';

/** Registers of a time-of-day clock. */
export const ClockRegister = {
  /** The low 32 bits; reading them keeps the high ones of the same moment for this processor. */
  Low: 0,
  /** The high 32 bits of the moment at which this processor last read the low ones; 0 before it has. */
  High: 1,
} as const;

/** What a time-of-day clock is made with. */
export interface TimeOfDayClockOptions {
  /** What it counts. Parts of a unit are cut off. */
  readonly unit: 'ns' | 'us';
  /** What it shows at tick 0, in its unit: a safe integer from 0. */
  readonly epoch: number;
  /** Processors of the machine. */
  readonly processors: number;
  /** Length of a value in flits. */
  readonly flits: { readonly control: number };
}

/** A time-of-day clock. It takes no commands. */
export class TimeOfDayClock extends Component {
  readonly bridge = new Port<FromDevice, ToDevice>(this, 'bridge', message => this.onMessage(message));
  readonly stats = this.statistics({
    reads: ['reads', 'reads of registers that it has'],
    refused: ['messages', 'commands, and reads of registers that it does not have'],
  });
  private readonly options: TimeOfDayClockOptions;
  private readonly unitPs: number;
  /** High halves by processor. */
  private readonly high: Int32Array;

  /** Throws a RangeError for an epoch that is no safe integer from 0. */
  constructor(parent: Scope, name: string, options: TimeOfDayClockOptions) {
    super(parent, name);
    plainObject(options, this.path);
    const { epoch, unit } = options;
    wholeNumber(epoch, `${this.path}: epoch, in ${unit},`);
    wholeNumbers(options, ['processors'], this.path, 0, 2 ** 20);
    plainObject(options.flits, `${this.path}: flits`);
    wholeNumbers(options.flits, ['control'], `${this.path}: flits`, 1, 2 ** 20);
    this.options = options;
    this.unitPs = unit === 'ns' ? 1000 : 1_000_000;
    this.high = new Int32Array(options.processors);
  }

  private onMessage(message: ToDevice): void {
    if (!(message instanceof DeviceRead)) {
      this.stats.refused++;
      return;
    }
    const { from, to, device, register } = message;
    const value = this.read(from, register);
    this.bridge.send(new DeviceValue(this.options.flits.control, to, from, device, register, value));
  }

  private read(processor: number, register: number): number {
    const { stats, high } = this;
    if (register === ClockRegister.High) {
      stats.reads++;
      return high[processor];
    }
    if (register !== ClockRegister.Low) {
      stats.refused++;
      return NO_DEVICE;
    }
    stats.reads++;
    const { tickPs } = this.simulation.time;
    // Whole units first: picoseconds of a long run do not fit a safe integer.
    const perUnit = this.unitPs / tickPs;
    const elapsed = Number.isInteger(perUnit)
      ? Math.floor(this.now / perUnit)
      : Number((BigInt(this.now) * BigInt(tickPs)) / BigInt(this.unitPs));
    const time = this.options.epoch + elapsed;
    high[processor] = Math.floor(time / 2 ** 32);
    return time | 0;
  }
}
