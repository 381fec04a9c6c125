/** The kernel's clock: a timer of each processor, which says when time slices end, and the ticks of the first one, which are the time. */
import { readRegister, writeRegister } from '../../processor/operations.js';
import { Register } from '../../processor/registers.js';
import type { Code } from '../../system/code.js';
import type { Scheduler } from './processes/scheduler.js';
import type { StallWatch } from './processes/stall-watch.js';
import type { StepBlocks } from './step-blocks.js';
import type { KernelProcessor, Thread } from './processes/threads.js';

/** What a clock is made with. */
export interface ClockOptions {
  /** What Count counts from one tick to the next. */
  readonly countsPerTick: number;
  /** Processors that tick. */
  readonly processors: number;
  readonly blocks: StepBlocks;
  readonly scheduler: Scheduler;
  readonly watch: StallWatch;
}

/** Ticks. */
export class KernelClock {
  /** Called at each tick of the first processor. Added to before the kernel runs. */
  readonly onTick: ((thread: Thread) => Code)[] = [];
  /** Ticks of the first processor so far. Changed by that processor alone, in its timer interrupt. */
  ticks = 0;
  /** Timers fire no more. Set once, between yields, when the first thread has returned. */
  stopped = false;
  private readonly options: ClockOptions;

  constructor(options: ClockOptions) {
    this.options = options;
  }

  /** Sets the first tick of a processor. They tick one after the other, so that they do not all want the same lines at once. */
  *start(processor: KernelProcessor): Code {
    const { countsPerTick, processors } = this.options;
    const phase = Math.floor((countsPerTick * processor.number) / processors);
    processor.compare = ((yield readRegister(Register.Count)) + countsPerTick + phase) | 0;
    yield writeRegister(Register.Compare, processor.compare);
  }

  /** Serves the timer interrupt of the processor that the thread runs on. */
  *tick(thread: Thread): Code {
    const { blocks, scheduler, watch } = this.options;
    const processor = thread.processor!;
    if (this.stopped) return yield* this.silence(processor);
    const passed = yield* this.next(processor);
    yield* blocks.work('clock');
    if (processor.number === 0) {
      this.ticks += passed;
      for (const act of this.onTick) yield* act(thread);
      watch.tick(this.ticks);
    }
    thread.slice -= passed;
    if (thread !== processor.idle && thread.slice <= 0 && scheduler.ready > 0) processor.reschedule = true;
  }

  /** Takes back the interrupt of a timer that has fired, and sets no other. */
  *silence(processor: KernelProcessor): Code {
    yield writeRegister(Register.Compare, processor.compare);
  }

  /** Sets the timer to the next tick, and says how many have passed: more than one if interrupts were off for long. */
  private *next(processor: KernelProcessor): Code<number> {
    const { countsPerTick } = this.options;
    for (let passed = 1; ; passed++) {
      processor.compare = (processor.compare + countsPerTick) | 0;
      yield writeRegister(Register.Compare, processor.compare);
      // A time that Count has reached already would come when it has gone round.
      const ahead = (processor.compare - (yield readRegister(Register.Count))) | 0;
      if (ahead > 0) {
        processor.ticks += passed;
        return passed;
      }
    }
  }
}
