/** Packets under way: rows of typed arrays, of which the numbers are used again. */

/** Numbers of packets and what belongs to each. */
export class Packets {
  /** Packets that are under way. */
  count = 0;
  message: unknown[] = [];
  /** Links to take, and the class of virtual channels on each. */
  route: Int32Array[] = [];
  classes: Uint8Array[] = [];
  from = new Int32Array(64);
  to = new Int32Array(64);
  lane = new Int32Array(64);
  /** Flits that have not left their source. */
  left = new Int32Array(64);
  /** Links taken. */
  hop = new Int32Array(64);
  /** The cycle from which the head waits where it is. */
  since = new Float64Array(64);
  /** The next in the queue of its source, or -1. */
  next = new Int32Array(64);
  private readonly free: number[] = [];

  /** Takes a number; the caller fills in what belongs to it. */
  take(): number {
    this.count++;
    const packet = this.free.pop() ?? this.message.length;
    if (packet === this.left.length) this.grow();
    return packet;
  }

  /** Gives a number back. */
  release(packet: number): void {
    this.count--;
    this.message[packet] = null;
    this.free.push(packet);
  }

  private grow(): void {
    this.from = grown(this.from);
    this.to = grown(this.to);
    this.lane = grown(this.lane);
    this.left = grown(this.left);
    this.hop = grown(this.hop);
    this.next = grown(this.next);
    const since = new Float64Array(2 * this.since.length);
    since.set(this.since);
    this.since = since;
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
