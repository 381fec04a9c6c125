/** How evenly controllers are loaded, for Carrefour. */
import type { MemoryView } from '../../views.js';
import { allNodes } from '../support.js';

/** Requests of controllers over the last interval. */
export class Loads {
  readonly imbalance: number;
  private readonly requests: readonly number[];
  private readonly mean: number;
  private readonly memory: MemoryView;

  constructor(memory: MemoryView) {
    this.memory = memory;
    this.requests = allNodes(memory).map(node => memory.load(node).requests);
    const total = this.requests.reduce((sum, one) => sum + one, 0);
    this.mean = total / memory.nodes;
    const variance = this.requests.reduce((sum, one) => sum + (one - this.mean) ** 2, 0) / memory.nodes;
    this.imbalance = this.mean === 0 ? 0 : Math.sqrt(variance) / this.mean;
  }

  /** By how much of its requests a node is above the mean. */
  excess(node: number): number {
    return this.requests[node] === 0 ? 0 : Math.max(0, 1 - this.mean / this.requests[node]);
  }

  /** A node, the likelier the fewer requests it has. */
  draw(): number {
    const weights = this.requests.map(one => 1 / (1 + one));
    let rest = this.memory.random.next() * weights.reduce((sum, one) => sum + one, 0);
    const node = weights.findIndex(weight => (rest -= weight) < 0);
    return node < 0 ? weights.length - 1 : node;
  }
}
