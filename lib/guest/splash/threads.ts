/**
 * Threads of SPLASHOS and their scheduler. Each processor has threads of its own, which run in turn: whoever waits spins
 * a little and then lets the next one run; the last one spins. What processors tell each other, they tell through words
 * in memory; everything in here belongs to one processor.
 */
import { USER_PROGRAM, type Context } from '../../processor/context.js';
import { annotate, compute, load, resume, spinWhile, store } from '../../processor/operations.js';
import { Activity } from '../../processor/software.js';
import type { Code } from '../../system/code.js';

/** Registers that a switch saves and loads: s0 to s8, sp, gp and ra. */
const SAVED_WORDS = 12;

/** What the scheduler is set to. */
export interface SchedulerOptions {
  /** Turns of the loop that looks at a word, before somebody else runs; 0 or more. */
  readonly spinTurns: number;
  /** Instructions of a turn. */
  readonly turnCycles: number;
}

/** A thread. Its processor alone looks at it and changes it. */
export class SplashThread {
  /** Number in the program, from 0. */
  readonly number: number;
  readonly processor: SplashProcessor;
  /** Where its registers are kept while it does not run. */
  readonly record: number;
  /** What executes it; given once, before it runs. */
  context: Context | null = null;
  /** The word that it waits to change, and the value that it has; -1 for none. */
  waitsOn = -1;
  waitsWhile = 0;

  constructor(number: number, processor: SplashProcessor, record: number) {
    this.number = number;
    this.processor = processor;
    this.record = record;
  }

  /** Returns when a word is something else than `value`, and what it is then. */
  *waitWhile(address: number, value: number): Code<number> {
    const { spinTurns, turnCycles } = this.processor.options;
    let found = yield load(address);
    if (found !== value) return found;
    yield annotate(-1, Activity.Synchronisation);
    for (let turn = 0; turn < spinTurns && found === value; turn++) {
      yield compute(turnCycles);
      found = yield load(address);
    }
    this.waitsOn = address;
    this.waitsWhile = value;
    while (found === value) {
      if (this.processor.waitAlike(this)) found = yield spinWhile(address, value, turnCycles);
      else {
        yield* this.processor.runNext(this);
        found = yield load(address);
      }
    }
    this.waitsOn = -1;
    yield* this.goOn();
    return found;
  }

  /** Does nothing for some cycles, which are time of synchronisation. */
  *pause(cycles: number): Code {
    yield annotate(-1, Activity.Synchronisation);
    yield compute(cycles);
    yield* this.goOn();
  }

  /** Lets the other threads of the processor run, if there are any. */
  *giveWay(): Code {
    yield* this.processor.runNext(this);
  }

  /** From here on it is a program of the user's again, which may be executed ahead of the clock. */
  private *goOn(): Code {
    yield annotate(-1, Activity.User);
    this.context!.activity = USER_PROGRAM;
  }
}

/** A processor with its threads, which it alone changes. */
export class SplashProcessor {
  readonly number: number;
  readonly options: SchedulerOptions;
  /** Threads that have not ended, in the order in which they run. */
  readonly threads: SplashThread[] = [];
  /** Switches of threads so far. */
  switches = 0;

  constructor(number: number, options: SchedulerOptions) {
    this.number = number;
    this.options = options;
  }

  /** Whether all its threads wait for the same as this one: then whoever runs may spin for all. */
  waitAlike({ waitsOn, waitsWhile }: SplashThread): boolean {
    return this.threads.every(thread => thread.waitsOn === waitsOn && thread.waitsWhile === waitsWhile);
  }

  /** Runs the thread behind one; returns when it is the turn of that one again. */
  *runNext(thread: SplashThread): Code {
    const { threads } = this;
    const next = threads[(threads.indexOf(thread) + 1) % threads.length];
    if (next === thread) return;
    this.switches++;
    for (let word = 0; word < SAVED_WORDS; word++) yield store(thread.record + 4 * word, word);
    yield* this.run(next);
  }

  /** Ends a thread: runs the next one for good, or returns if there is none. */
  *end(thread: SplashThread): Code {
    const { threads } = this;
    const at = threads.indexOf(thread);
    threads.splice(at, 1);
    if (threads.length > 0) yield* this.run(threads[at % threads.length]);
  }

  /** Loads the registers of a thread and goes on with it. */
  *run(thread: SplashThread): Code {
    for (let word = 0; word < SAVED_WORDS; word++) yield load(thread.record + 4 * word);
    yield resume(thread.context!);
  }
}
