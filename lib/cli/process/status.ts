/**
 * What the process that works tells the process that listens (supervise.ts): lines of JSON on a descriptor.
 * A program that starts `disco-sim` can read the same lines: it opens a descriptor and names it in `DISCO_SIM_STATUS_FD`.
 */

/** One of the three on each line. */
export interface Status {
  /** What the whole command does, once: `replays radix: 4 runs`. */
  readonly does?: string;
  /** How far it is: `3 of 25 runs finished`. */
  readonly far?: string;
  /** A file that is incomplete from now on and has to be removed if the command ends early; null when every file is complete. */
  readonly partial?: string | null;
}

/** The descriptor of the worker's end. */
export const STATUS_DESCRIPTOR = 3;
/** Names the descriptor on which a user's program wants the lines, too. */
export const STATUS_VARIABLE = 'DISCO_SIM_STATUS_FD';

/** One line. */
export function statusLine(status: Status): string {
  return `${JSON.stringify(status)}\n`;
}

/** Cuts what arrives into lines. */
export class StatusReader {
  private rest = '';

  /** The lines that are complete. */
  read(text: string): Status[] {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()!;
    return lines.map(line => JSON.parse(line) as Status);
  }
}
