/** A console: characters out into a bounded text, characters in by interrupt and register. */
import { plainObject, wholeNumbers } from '../engine/checks.js';
import { DeviceCommand, DeviceRead, DeviceValue, NO_DEVICE, type ToDevice } from '../messages/io-messages.js';
import { InterruptMessage, type FromDevice } from '../messages/coherence-messages.js';
import { Component, type Scope } from '../engine/component.js';
import { Port } from '../engine/port.js';
import { Timer } from '../engine/timer.js';
import type { Ticks } from '../engine/time.js';

/** Registers of a console. */
export const ConsoleRegister = {
  /** The next character typed, taken out by reading it, as a UTF-16 code unit; NO_DEVICE if there is none. */
  Character: 0,
  /** Characters typed and not yet read. */
  Waiting: 1,
} as const;

/** What a console is made with. */
export interface ConsoleOptions {
  /** Characters of output that are kept, the last ones; at least 1. */
  readonly outputCharacters: number;
  /** Whom it interrupts when something is typed, and with which code: `a` is how many characters wait, `b` is 0. */
  readonly interruptTo: number;
  readonly interruptCode: number;
  /** Its bridge, as a cache. */
  readonly bridge: number;
  /** Length of an interrupt in flits. */
  readonly flits: { readonly control: number };
}

/** What a console is asked to do. It does not answer. */
export interface ConsoleCommand {
  readonly op: 'write';
  readonly text: string;
}

/** A console. */
export class Console extends Component {
  readonly bridge = new Port<FromDevice, ToDevice>(this, 'bridge', message => this.onMessage(message));
  readonly stats = this.statistics({
    written: ['characters', 'characters written'],
    lost: ['characters', 'characters written that are not kept any more'],
    typed: ['characters', 'characters typed'],
    refused: ['commands', 'commands that are not to write a text'],
  });
  private readonly typing = new Timer<string>(this, text => this.onTyped(text));
  private readonly options: ConsoleOptions;
  private text = '';
  private waiting = '';

  /** Throws a RangeError unless it keeps a character. */
  constructor(parent: Scope, name: string, options: ConsoleOptions) {
    super(parent, name);
    plainObject(options, this.path);
    wholeNumbers(options, ['outputCharacters'], this.path, 1, 2 ** 28);
    wholeNumbers(options, ['interruptTo', 'bridge'], this.path);
    wholeNumbers(options, ['interruptCode'], this.path, 1, 2 ** 31 - 1);
    plainObject(options.flits, `${this.path}: flits`);
    wholeNumbers(options.flits, ['control'], `${this.path}: flits`, 1, 2 ** 20);
    this.options = options;
  }

  /** What has been written, or the end of it. */
  get output(): string {
    return this.text;
  }

  /**
   * Somebody types a text, `delay` ticks from now, at least 1: it is there to be read, and the processor is interrupted.
   * Before the run, or where it stopped at a time limit: processors must not have run ahead of it.
   */
  type(text: string, delay: Ticks = 1): void {
    this.typing.after(delay, text);
  }

  private onTyped(text: string): void {
    const { bridge, flits, interruptCode, interruptTo } = this.options;
    this.stats.typed += text.length;
    this.waiting += text;
    const count = this.waiting.length;
    this.bridge.send(new InterruptMessage(flits.control, interruptCode, bridge, interruptTo, count, 0));
  }

  private onMessage(message: ToDevice): void {
    if (message instanceof DeviceCommand) this.write(message.command);
    else if (message instanceof DeviceRead) {
      const { from, to, device, register } = message;
      const value = this.read(register);
      this.bridge.send(new DeviceValue(this.options.flits.control, to, from, device, register, value));
    }
  }

  private write({ op, text }: Readonly<Record<string, unknown>>): void {
    const { stats, options } = this;
    if (op !== 'write' || typeof text !== 'string') {
      stats.refused++;
      return;
    }
    const all = this.text + text;
    this.text = all.slice(-options.outputCharacters);
    stats.written += text.length;
    stats.lost += all.length - this.text.length;
  }

  private read(register: number): number {
    if (register === ConsoleRegister.Waiting) return this.waiting.length;
    if (register !== ConsoleRegister.Character || this.waiting === '') return NO_DEVICE;
    const character = this.waiting.charCodeAt(0);
    this.waiting = this.waiting.slice(1);
    return character;
  }
}
