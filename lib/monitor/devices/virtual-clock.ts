/** The time-of-day clock of a virtual machine: what lib/devices/time-of-day-clock.ts is to a real one. */
import { NO_DEVICE } from '../../messages/io-messages.js';
import { ClockRegister } from '../../devices/time-of-day-clock.js';
import type { MonitorCode } from '../monitor-code.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { VirtualDevice } from './virtual-device.js';
import type { Code } from '../../system/code.js';

/** What a virtual clock is made with. */
export interface VirtualClockOptions {
  readonly name: string;
  /** What it counts. Parts of a unit are cut off. */
  readonly unit: 'ns' | 'us';
  /** What it shows at the beginning of the run, in its unit: a safe integer from 0. */
  readonly epoch: number;
  /** Simulated time in nanoseconds: a virtual machine's clock shows the real time, however seldom it runs. */
  readonly nowNs: () => number;
}

/** A clock. It takes no commands. */
export class VirtualClock implements VirtualDevice {
  readonly name: string;
  /** Reads of registers that it has; commands, and reads of others. */
  readonly stats = { reads: 0, refused: 0 };
  private readonly code: MonitorCode;
  private readonly options: VirtualClockOptions;
  /** The high half of the moment at which the low one was last read, by whichever processor of the machine; 0 before. */
  private high = 0;

  /** Throws a RangeError for an epoch that is no safe integer from 0. */
  constructor(code: MonitorCode, options: VirtualClockOptions) {
    const { name, unit, epoch } = options;
    if (!Number.isSafeInteger(epoch) || epoch < 0)
      throw new RangeError(`${name}: an epoch is a whole number of ${unit} and not negative, not ${epoch}`);
    this.name = name;
    this.code = code;
    this.options = options;
  }

  *command(): Code {
    yield this.code.step('device command');
    this.stats.refused++;
  }

  *read(_cpu: MonitorCpu, register: number): Code<number> {
    yield this.code.step('register access');
    if (register !== ClockRegister.Low && register !== ClockRegister.High) {
      this.stats.refused++;
      return NO_DEVICE;
    }
    this.stats.reads++;
    if (register === ClockRegister.High) return this.high;
    const { epoch, unit, nowNs } = this.options;
    const time = epoch + Math.floor(unit === 'ns' ? nowNs() : nowNs() / 1000);
    this.high = Math.floor(time / 2 ** 32) | 0;
    return time | 0;
  }

  *close(): Code {
    yield this.code.step('device command');
  }
}
