/** What a person is told about a command that works in another process: off a terminal now and then, and when it is stopped. */
import type { Status } from './status.js';

/** Seconds after which a command is a long one: it then says what it does. */
export const LONG_SECONDS = 5;
/** Seconds between two lines that say how far it is. */
export const EVERY_SECONDS = 30;

/** Keeps the last that was told. */
export class Account {
  private does: string;
  private far: string | null = null;
  /** The incomplete file, or null. */
  partial: string | null = null;

  /** `does` says what the command does until it says so in its own words. */
  constructor(does: string) {
    this.does = does;
  }

  /** Takes what the command tells. */
  heard({ does, far, partial }: Status): void {
    if (does !== undefined) this.does = does;
    if (far !== undefined) this.far = far;
    if (partial !== undefined) this.partial = partial;
  }

  /** The first line off a terminal: `0:05 replays radix: 4 runs`. */
  whatItDoes(seconds: number): string {
    return `${clock(seconds)} ${this.does}`;
  }

  /** The lines after it: `0:30 42 % of the job, 1 of 4 runs finished`. */
  howFar(seconds: number): string {
    return `${clock(seconds)} ${this.far ?? 'preparing'}`;
  }

  /** What is said when it was stopped by a signal. */
  interrupted(seconds: number): string {
    return `interrupted after ${clock(seconds)}: ${this.far ?? 'it had not begun'}`;
  }

  /** What is said when the process that worked was ended by anything else. */
  ended(seconds: number, how: string): string {
    return (
      `the process that worked was ended by ${how} after ${clock(seconds)}: ${this.far ?? 'it had not begun'}; ` +
      'if memory ran out, simulate less (--quick, a smaller --scale, fewer files)'
    );
  }
}

/** `1:02`. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
