/** The last messages that a home has taken, to tell how a line came to where it is when a protocol has no cell for it. */
import type { Line } from '../messages/addresses.js';
import { KIND_NAMES, type CoherenceMessage } from '../messages/coherence-messages.js';
import type { Ticks } from '../engine/time.js';

const LENGTH = 64;

/** A ring of messages with their times. */
export class MessageHistory {
  private readonly messages: (CoherenceMessage | null)[] = new Array<CoherenceMessage | null>(LENGTH).fill(null);
  private readonly times = new Float64Array(LENGTH);
  private count = 0;

  /** Keeps a message. */
  note(message: CoherenceMessage, now: Ticks): void {
    const slot = this.count++ % LENGTH;
    this.messages[slot] = message;
    this.times[slot] = now;
  }

  /** What came for a line, oldest first, in words. */
  of(line: Line): string[] {
    const past: string[] = [];
    for (let i = Math.max(0, this.count - LENGTH); i < this.count; i++) {
      const { line: about, kind, from } = this.messages[i % LENGTH]!;
      if (about === line) past.push(`tick ${this.times[i % LENGTH]}: ${KIND_NAMES[kind]} from processor ${from}`);
    }
    return past;
  }
}
