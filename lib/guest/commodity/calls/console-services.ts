/** A console in the kernel: text of programs, and what the kernel has to say itself. */
import { plainObject, wholeNumbers } from '../../../engine/checks.js';
import { deviceCommand } from '../../../processor/operations.js';
import { ErrorNumber, type Code } from '../../../system/code.js';
import type { CommodityKernel } from '../kernel.js';
import type { Thread } from '../processes/threads.js';

/** Characters that a program may write at once. */
export const MOST_TEXT = 1024;

/** A console that the kernel finds: the bridge of its commands as a cache, and the index of the device there. */
export interface KernelConsole {
  readonly bridge: number;
  readonly device: number;
}

/**
 * The console of a kernel: adds the system call `console`, whose result is how many characters were written, E2BIG above
 * MOST_TEXT, or EINVAL for what is no text. The kernel says there which process it has ended, and why. What a program reads
 * from a console is not modelled. Make it before the kernel runs.
 */
export class ConsoleServices {
  private readonly kernel: CommodityKernel;
  private readonly console: KernelConsole;

  constructor(kernel: CommodityKernel, console: KernelConsole) {
    plainObject(console, 'the console of a kernel');
    wholeNumbers(console, ['bridge', 'device'], 'the console of a kernel', 0, 2 ** 20);
    this.kernel = kernel;
    this.console = console;
    kernel.calls.set('console', (thread, [text]) => this.write(thread, text));
    kernel.processes.message = (_thread, text) => this.print(text);
  }

  private *write(thread: Thread, text: unknown): Code<number> {
    if (typeof text !== 'string') return ErrorNumber.EINVAL;
    if (text.length > MOST_TEXT) return ErrorNumber.E2BIG;
    yield* this.kernel.work('console', thread.record);
    yield* this.print(text);
    return text.length;
  }

  private *print(text: string): Code {
    const { bridge, device } = this.console;
    yield deviceCommand(bridge, device, { op: 'write', text });
  }
}
