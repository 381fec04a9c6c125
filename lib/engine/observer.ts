/** Observation. Behaviour never depends on it, and fingerprints do not know of it. */
import type { Message } from './port.js';
import type { Ticks } from './time.js';

/** What may be watched. Every method is optional; a simulation without an observer pays one comparison per send. */
export interface Observer {
  /** A message was put on a wire at `departs` and will arrive at `arrives`. It must not be changed. */
  sent?(from: string, to: string, message: Message, departs: Ticks, arrives: Ticks): void;
}
