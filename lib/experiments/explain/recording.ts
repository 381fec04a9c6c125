/** What was seen of an event. Plain data; times are in ticks, from the beginning of the event on. */
import type { Actor, Deed } from './words.js';

/** A message about a line that a processor misses. */
export interface Hop {
  /** When it arrives. */
  readonly arrives: number;
  /** Path of the port that it arrives at. */
  readonly to: string;
  /** Its kind: see Kind. */
  readonly message: string;
}

/** A line that a processor asks its home for. */
export interface Miss {
  readonly line: number;
  /** The node that is the line's home. */
  readonly home: number;
  /** The home is another node than the processor's. */
  readonly remote: boolean;
  /** It asks for the right to write. */
  readonly store: boolean;
  /** When it asks. */
  readonly at: number;
  /** Time from the request to the last answer. */
  readonly ticks: number;
  /** Messages about it, in the order of sending. */
  readonly hops: readonly Hop[];
}

/** What one processor did without a pause. */
export interface Step extends Deed {
  readonly processor: number;
  readonly actor: Actor;
  /** It was interrupted before it was done, and continues or begins anew here. */
  readonly again: boolean;
  readonly at: number;
  /** How long it took, misses included. */
  readonly ticks: number;
  readonly misses: readonly Miss[];
}

/** What was seen in one system. */
export interface Recording {
  /** The event's processor. */
  readonly processor: number;
  /** Ticks of the event, by the account that the processor keeps of its own time. */
  readonly ticks: number;
  /** The same by activity, without those that have none: see ACTIVITIES. */
  readonly activities: Readonly<Record<string, number>>;
  /** Steps of the event's processor, and among them those of handlers on other processors, by their beginning. */
  readonly steps: readonly Step[];
}
