/** The events of a short stretch of a run, in words. */
import type { Observer } from './observer.js';
import type { Message } from '../port.js';
import type { Simulation } from '../simulation.js';
import type { Ticks } from '../time.js';

/** An event, as people read it. */
export interface FiredEvent {
  readonly time: Ticks;
  /** Path of the port that a message arrived at, or of the component whose timer fired. */
  readonly receiver: string;
  /** Rank of that port or timer. */
  readonly rank: number;
  /** The message: its `toString`, or its class and its fields. */
  readonly message: string;
  /** The message's signature, which the fingerprint took in; 0 for a timer. */
  readonly signature: number;
}

/** An observer that records the events from number `from + 1` to `to`. The first event of a run is number 1. */
export class EventWindow implements Observer {
  readonly events: FiredEvent[] = [];
  /** The fingerprint after `from` events, and after each of the events. */
  readonly fingerprints: string[] = [];
  private readonly simulation: Simulation;
  private readonly from: number;
  private readonly to: number;
  private count = 0;

  /** For a simulation that has not run yet. */
  constructor(simulation: Simulation, from: number, to: number) {
    this.simulation = simulation;
    this.from = from;
    this.to = to;
    if (from === 0) this.fingerprints.push(simulation.fingerprint.toString());
  }

  /** For the simulation. */
  fired(receiver: string, rank: number, message: Message | null): void {
    const number = ++this.count;
    if (number < this.from || number > this.to) return;
    this.fingerprints.push(this.simulation.fingerprint.toString());
    if (number === this.from) return;
    const signature = message === null ? 0 : message.signature();
    this.events.push({ time: this.simulation.now, receiver, rank, message: wordsOf(message), signature });
  }
}

/** Fields of fields of fields are not said. */
const DEEPEST = 3;
/** Characters of a message at the most. */
const LONGEST = 300;

function wordsOf(message: Message | null): string {
  if (message === null) return 'its timer';
  const words =
    message.toString === Object.prototype.toString
      ? `${message.constructor.name} ${said(message, 0)}`
      : message.toString();
  return words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words;
}

function said(value: unknown, depth: number): string {
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' ? JSON.stringify(value) : String(value);
  if (depth === DEEPEST) return '…';
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    const values = Array.from(value as ArrayLike<unknown>, one => said(one, depth + 1));
    return `[${values.join(' ')}]`;
  }
  const fields = Object.entries(value).map(([name, field]) => `${name}: ${said(field, depth + 1)}`);
  return `{${fields.join(', ')}}`;
}
