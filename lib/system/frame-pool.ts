/**
 * Free page frames by node and colour. Frames of one colour compete for the same sets of the second-level cache, so a
 * page gets a frame of its own number's colour wherever it lives: otherwise a policy would be judged by cache conflicts
 * that depend on how nodes number their frames. Commodity kernels of the time did the same.
 */
import { plainObject, wholeNumber } from '../engine/checks.js';
import type { AddressMap } from '../messages/address-map.js';
import { machineFrame, NO_FRAME, type MachineFrame } from '../messages/addresses.js';

/** Hands out frames and takes them back. Frames are conserved. */
export class FramePool {
  readonly map: AddressMap;
  private readonly colours: number;
  /** Frames never handed out yet, by node and colour: how many were. */
  private readonly used: Int32Array;
  private readonly returned: MachineFrame[][];
  private readonly freeFrames: Float64Array;
  private readonly taken: Uint8Array;

  /** `colours` is the size of a cache way in pages, a positive integer. */
  constructor(map: AddressMap, colours: number) {
    plainObject(map, 'a frame pool: map');
    wholeNumber(colours, 'a frame pool: colours', 1, 2 ** 20);
    this.map = map;
    this.colours = colours;
    this.used = new Int32Array(map.nodes * colours);
    this.returned = Array.from({ length: map.nodes * colours }, () => []);
    this.freeFrames = Float64Array.from(
      { length: map.nodes },
      (_, node) => map.firstFrame[node + 1] - map.firstFrame[node],
    );
    this.taken = new Uint8Array(map.frames);
  }

  /** Free frames of a node. Throws a RangeError if there is no such node. */
  free(node: number): number {
    const count = this.freeFrames[node];
    if (count === undefined) throw new RangeError(`there is no node ${node}; the nodes are 0 to ${this.map.nodes - 1}`);
    return count;
  }

  /** Free frames of the machine. */
  get allFree(): number {
    return this.freeFrames.reduce((sum, count) => sum + count, 0);
  }

  /** Whether a frame is handed out. */
  isTaken(frame: MachineFrame): boolean {
    return this.taken[frame] === 1;
  }

  /** Takes a frame of a node for the page of that number, or NO_FRAME if there is none. Without one of the colour, the next colour's. */
  take(node: number, page: number): MachineFrame {
    if (this.free(node) === 0) return NO_FRAME;
    for (let k = 0; ; k++) {
      const frame = this.ofColour(node, (page + k) % this.colours);
      if (frame < 0) continue;
      this.freeFrames[node]--;
      this.taken[frame] = 1;
      return frame;
    }
  }

  /** Takes a frame of a node, or of the next one that has any; NO_FRAME if the machine has none left. */
  takeNear(node: number, page: number): MachineFrame {
    const { nodes } = this.map;
    for (let k = 0; k < nodes; k++) {
      const frame = this.take((node + k) % nodes, page);
      if (frame >= 0) return frame;
    }
    return NO_FRAME;
  }

  /** Gives a frame back. Throws an Error if it was not taken. */
  give(frame: MachineFrame): void {
    if (this.taken[frame] !== 1) throw new Error(`frame ${frame} is given back, but nobody has taken it`);
    this.taken[frame] = 0;
    const node = this.map.homeOfFrame(frame);
    const colour = (frame - this.map.firstFrame[node]) % this.colours;
    this.returned[node * this.colours + colour].push(frame);
    this.freeFrames[node]++;
  }

  private ofColour(node: number, colour: number): MachineFrame {
    const index = node * this.colours + colour;
    const returned = this.returned[index].pop();
    if (returned !== undefined) return returned;
    const frame = machineFrame(this.map.firstFrame[node] + colour + this.used[index] * this.colours);
    if (frame >= this.map.firstFrame[node + 1]) return NO_FRAME;
    this.used[index]++;
    return frame;
  }
}
