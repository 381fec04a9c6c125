/** The frames of a toy host, and which nodes run short of them. */
import type { MemoryView } from '../../placement/views.js';

/** Free frames by node. */
export class ToyFrames {
  readonly free: number[];
  /** Nodes that ran short and have not been told about. */
  readonly short: number[] = [];
  private readonly lowest: readonly number[];
  private readonly raised: boolean[];

  /** `lowWatermark` is the share of frames under which a node is short; 0 for never. */
  constructor(view: MemoryView, lowWatermark: number) {
    this.free = Array.from({ length: view.nodes }, (_, node) => view.freeFrames(node));
    this.lowest = this.free.map((_, node) => lowWatermark * view.frames(node));
    this.raised = this.free.map(() => false);
  }

  /** Takes a frame of a node that has one. */
  take(node: number): void {
    this.free[node]--;
    if (this.free[node] >= this.lowest[node] || this.raised[node]) return;
    this.raised[node] = true;
    this.short.push(node);
  }

  /** Gives a frame back. */
  give(node: number): void {
    this.free[node]++;
    if (this.free[node] >= this.lowest[node]) this.raised[node] = false;
  }
}
