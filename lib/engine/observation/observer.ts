/** Observation. Behaviour never depends on it, and fingerprints do not know of it. */
import type { Message } from '../port.js';
import type { Ticks } from '../time.js';

/** What may be watched. Every method is optional; a simulation without an observer pays one comparison per send and per event. */
export interface Observer {
  /** A message was put on a wire at `departs` and will arrive at `arrives`. It must not be changed. */
  sent?(from: string, to: string, message: Message, departs: Ticks, arrives: Ticks): void;

  /**
   * An event has gone into the fingerprint, and its receiver is about to act on it: a message at the port `receiver`, or
   * null at a timer of the component `receiver`. `rank` is the receiver's rank. The message must not be kept or changed.
   */
  fired?(receiver: string, rank: number, message: Message | null): void;
}
