/**
 * A program in execution: what hardware keeps in the general registers and the program counter, and what EPC points at.
 * A generator cannot be copied or numbered, so a suspended program is an object that software keeps, hands on and resumes.
 */
import type { LineData } from '../messages/line-data.js';
import type { Operation, Program } from './operations.js';

/** The activity of a context that is a user's program: where its time goes depends on what it does. */
export const USER_PROGRAM = -1;

/**
 * A program in execution. Software makes one for each program and each trap handler, and may keep it while others run.
 * Software reads `operation` and calls `complete`; everything else belongs to the processor.
 */
export class Context {
  /** What no copy, proxy or look-alike of a context has. */
  readonly #made = true;
  readonly program: Program;
  /** Index into ACTIVITIES that its time is charged to, or USER_PROGRAM. */
  activity: number;
  /** Service that its time is charged to, a number that the software chose: see `annotate`. */
  service = 0;
  /** A handler that counts as an instance of its service when it is entered. */
  counted = false;
  /** The operation that it has begun and not finished: what EPC points at. Null between operations. */
  operation: Operation | null = null;
  /** Progress within the operation. */
  at = 0;
  /** The instructions before the reference at hand are done, or the cycle of the operation itself is. */
  gapDone = false;
  /** Ticks until the next action, left over from an interruption. */
  owed = 0;
  /** The program has nothing more to yield. */
  done = false;
  /** Value of the last operation, for the program. */
  result = 0;
  /** What it was copying when another context came on top. */
  line: LineData | null = null;
  /** The sign bit is set while it executes recorded kernel code. */
  mode = 0;
  /** What it interrupted, to which its end returns; null for a program of its own. */
  interrupted: Context | null = null;
  /** Status when it was entered, to which its end returns; -1 for a program of its own. */
  status = -1;
  /** The guest that it belongs to since it was first executed under a monitor; null on the bare machine. */
  guest: object | null = null;
  /** The virtual processor of that guest that executes it or continues with it; null if none does. */
  executor: object | null = null;

  constructor(program: Program, activity: number = USER_PROGRAM) {
    this.program = program;
    this.activity = activity;
  }

  /** Whether a value was made by this class. A hostile program may yield anything that looks like a context. */
  static is(value: unknown): value is Context {
    return typeof value === 'object' && value !== null && #made in value;
  }

  /**
   * Finishes the operation at hand with a result, as software does that emulates an instruction: it puts the result into a
   * register and moves the program counter on. A handler that does not is answered by the operation again.
   */
  complete(result = 0): void {
    if (this.operation !== null) this.owed = 0;
    this.operation = null;
    this.result = result;
  }
}
