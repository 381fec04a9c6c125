/** Checkpoints of the fingerprint of a run: where two runs part can be found from them later, to within a stride. */
import { wholeNumber } from '../checks.js';
import { fingerprintText, type Fingerprint } from './fingerprint.js';
import type { Observer } from './observer.js';

/**
 * An observer that keeps the fingerprint after every `stride` events. The stride is a power of two: it doubles, and every
 * second checkpoint goes, whenever the room is full. So memory is bounded, whatever the length of the run.
 */
export class Checkpoints implements Observer {
  /** Events between two checkpoints. */
  stride = 1;
  /** Events so far. */
  events = 0;
  private readonly fingerprint: Fingerprint;
  /** The fingerprint's words after `stride` events, after twice `stride`, and so on: the low one first. */
  private readonly words: Int32Array;
  private readonly room: number;
  private readonly beginning: string;
  private kept = 0;

  /** For the fingerprint of a simulation that has not run yet. Throws a RangeError unless `room`, the most that is kept, is even and at least 2. */
  constructor(fingerprint: Fingerprint, room: number) {
    wholeNumber(room, 'the number of checkpoints', 2, 2 ** 24);
    if (room % 2 !== 0) throw new RangeError(`the number of checkpoints is ${room}; give an even number`);
    this.fingerprint = fingerprint;
    this.room = room;
    this.words = new Int32Array(2 * room);
    this.beginning = fingerprint.toString();
  }

  /** For the simulation. */
  fired(): void {
    const { fingerprint } = this;
    if (++this.events % this.stride !== 0) return;
    this.words[2 * this.kept] = fingerprint.low;
    this.words[2 * this.kept + 1] = fingerprint.high;
    this.kept++;
    if (this.kept === this.room) this.thin();
  }

  /** The fingerprint after `events` events: none, all so far, or a multiple of `stride` between. */
  after(events: number): string {
    if (events === 0) return this.beginning;
    if (events === this.events) return this.fingerprint.toString();
    const at = 2 * (events / this.stride - 1);
    return fingerprintText(this.words[at + 1], this.words[at]);
  }

  /** Keeps the second of each two, the fourth, and so on. */
  private thin(): void {
    const { words } = this;
    this.kept /= 2;
    for (let i = 0; i < this.kept; i++) {
      words[2 * i] = words[4 * i + 2]!;
      words[2 * i + 1] = words[4 * i + 3]!;
    }
    this.stride *= 2;
  }
}
