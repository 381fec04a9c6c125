/** How evenly controllers are loaded, for Carrefour. */
import type { MemoryView } from '../../views.js';
import { allNodes } from '../support.js';

/** Requests of the controllers of nodes that have memory, over the last interval. */
export class Loads {
  /** Their standard deviation over their mean. */
  readonly imbalance: number;
  private readonly nodes: readonly number[];
  private readonly mean: number;
  private readonly memory: MemoryView;

  constructor(memory: MemoryView) {
    this.memory = memory;
    this.nodes = allNodes(memory).filter(node => memory.frames(node) > 0);
    this.mean = this.sum(node => this.requests(node)) / this.nodes.length;
    const variance = this.sum(node => (this.requests(node) - this.mean) ** 2) / this.nodes.length;
    this.imbalance = this.mean === 0 ? 0 : Math.sqrt(variance) / this.mean;
  }

  /** By how much of its requests a node is above the mean. */
  excess(node: number): number {
    return this.requests(node) === 0 ? 0 : Math.max(0, 1 - this.mean / this.requests(node));
  }

  /** A node, the likelier the fewer requests it has. */
  draw(): number {
    const weight = (node: number): number => 1 / (1 + this.requests(node));
    let rest = this.memory.random.next() * this.sum(weight);
    return this.nodes.find(node => (rest -= weight(node)) < 0) ?? this.nodes.at(-1)!;
  }

  private requests(node: number): number {
    return this.memory.load(node).requests;
  }

  private sum(of: (node: number) => number): number {
    return this.nodes.reduce((total, node) => total + of(node), 0);
  }
}
