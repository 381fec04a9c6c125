/** Who serves a system call or an interrupt. Parts of the kernel add theirs before it runs. */
import { ErrorNumber, type Code } from '../../system/code.js';
import type { CallHandler } from './processes/process-calls.js';
import type { StepBlocks } from './step-blocks.js';
import type { SystemCall } from './calls/system-calls.js';
import type { Thread } from './processes/threads.js';

/** Serves an interrupt with the two integers that it carries. */
export type InterruptHandler = (a: number, b: number, thread: Thread) => Code;

/** Handlers of system calls by name, and of interrupts by code. */
export class Handlers {
  readonly calls = new Map<string, CallHandler>();
  readonly interrupts = new Map<number, InterruptHandler>();
  private readonly blocks: StepBlocks;

  constructor(blocks: StepBlocks) {
    this.blocks = blocks;
  }

  /** Serves a system call. */
  *call(thread: Thread, { call, args }: SystemCall): Code<number> {
    const serve = this.calls.get(call);
    yield* this.blocks.work('system call', thread.record);
    return serve === undefined ? ErrorNumber.EINVAL : yield* serve(thread, args);
  }

  /** Serves an interrupt of a device or processor; one that no part knows is passed over. */
  *interrupt(thread: Thread, code: number, a: number, b: number): Code {
    const serve = this.interrupts.get(code);
    if (serve !== undefined) yield* serve(a, b, thread);
  }
}
