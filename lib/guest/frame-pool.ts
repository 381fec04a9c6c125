/** Free page frames by node. */
import type { AddressMap } from '../coherence/address-map.js';

/** Hands out frames, lowest first, and takes them back. Frames are conserved. */
export class FramePool {
  private readonly map: AddressMap;
  private readonly next: Float64Array;
  private readonly returned: number[][];

  constructor(map: AddressMap) {
    this.map = map;
    this.next = map.firstFrame.slice(0, map.nodes);
    this.returned = Array.from({ length: map.nodes }, () => []);
  }

  /** Free frames of a node. */
  free(node: number): number {
    return this.map.firstFrame[node + 1]! - this.next[node]! + this.returned[node]!.length;
  }

  /** Takes a frame of a node, or -1 if there is none. */
  take(node: number): number {
    const returned = this.returned[node]!.pop();
    if (returned !== undefined) return returned;
    if (this.next[node]! === this.map.firstFrame[node + 1]!) return -1;
    return this.next[node]!++;
  }

  /** Takes a frame of a node, or of the next one that has any. Throws when the machine is full. */
  takeNear(node: number): number {
    for (let k = 0; k < this.map.nodes; k++) {
      const frame = this.take((node + k) % this.map.nodes);
      if (frame >= 0) return frame;
    }
    throw new RangeError(`out of memory: all ${this.map.frames} frames of ${this.map.nodes} nodes are in use; give the machine more memory`);
  }

  /** Gives a frame back. */
  give(frame: number): void {
    this.returned[this.map.homeOfFrame(frame)]!.push(frame);
  }
}
