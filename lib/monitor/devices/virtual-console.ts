/** The console of a virtual machine: what lib/devices/console.ts is to a real one. */
import { NO_DEVICE, type CommandContent } from '../../messages/io-messages.js';
import { ConsoleRegister } from '../../devices/console.js';
import type { MonitorCode } from '../monitor-code.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { DeviceHost, VirtualDevice } from './virtual-device.js';
import type { Code } from '../../system/code.js';

/** What a virtual console is made with. */
export interface VirtualConsoleOptions {
  readonly name: string;
  /** Characters of output that are kept, the last ones; at least 1. */
  readonly outputCharacters: number;
  /** Characters that wait to be read, at most; at least 1. What is typed beyond them is lost. */
  readonly inputCharacters: number;
  /** The virtual processor that it interrupts when something is typed, and with which code: `a` is how many characters wait. */
  readonly interruptTo: number;
  readonly interruptCode: number;
}

/** A console. */
export class VirtualConsole implements VirtualDevice {
  readonly name: string;
  /** Characters written, written and not kept any more, typed, and typed in vain; commands that are not to write a text. */
  readonly stats = { written: 0, lost: 0, typed: 0, overrun: 0, refused: 0 };
  private readonly host: DeviceHost;
  private readonly code: MonitorCode;
  private readonly options: VirtualConsoleOptions;
  /** No lock: what is below is changed between yields only. */
  private text = '';
  private waiting = '';
  private closed = false;

  /** Throws a RangeError for counts below 1. */
  constructor(host: DeviceHost, code: MonitorCode, options: VirtualConsoleOptions) {
    const { name, outputCharacters, inputCharacters } = options;
    for (const [what, count] of Object.entries({ outputCharacters, inputCharacters }))
      if (!Number.isSafeInteger(count) || count < 1)
        throw new RangeError(`${name}: ${what} is an integer from 1, not ${count}`);
    this.name = name;
    this.host = host;
    this.code = code;
    this.options = options;
  }

  /** What has been written, or the end of it. It stays when the machine is gone. */
  get output(): string {
    return this.text;
  }

  *command(_cpu: MonitorCpu, { op, text }: CommandContent): Code {
    yield this.code.step('device command');
    if (this.closed) return;
    const { stats, options } = this;
    if (op !== 'write' || typeof text !== 'string') {
      stats.refused++;
      return;
    }
    const all = this.text.length + text.length;
    this.text = (this.text + text.slice(-options.outputCharacters)).slice(-options.outputCharacters);
    stats.written += text.length;
    stats.lost += all - this.text.length;
  }

  *read(_cpu: MonitorCpu, register: number): Code<number> {
    yield this.code.step('register access');
    if (register === ConsoleRegister.Waiting) return this.waiting.length;
    if (register !== ConsoleRegister.Character || this.waiting === '') return NO_DEVICE;
    const character = this.waiting.charCodeAt(0);
    this.waiting = this.waiting.slice(1);
    return character;
  }

  /** Somebody types a text. */
  *type(cpu: MonitorCpu, text: string): Code {
    if (this.closed) return;
    const { inputCharacters, interruptTo, interruptCode } = this.options;
    const taken = text.slice(0, inputCharacters - this.waiting.length);
    this.stats.typed += taken.length;
    this.stats.overrun += text.length - taken.length;
    this.waiting += taken;
    yield* this.host.interrupt(cpu, interruptTo, interruptCode, this.waiting.length, 0);
  }

  *close(): Code {
    yield this.code.step('device command');
    this.closed = true;
    this.waiting = '';
  }
}
