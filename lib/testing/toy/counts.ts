/** What a toy host counts of misses and moves. */

/** Moves by what they were. */
export interface ToyMoves {
  migrate: number;
  replicate: number;
  collapse: number;
  promote: number;
  demote: number;
  exchange: number;
  /** Migrations, promotions, demotions and exchanges that took a page back to the node that it had left last. */
  pingPong: number;
}

/** Misses by the node that missed and the node that served them. */
export class ToyCounts {
  readonly moves: ToyMoves = {
    ...{ migrate: 0, replicate: 0, collapse: 0, promote: 0, demote: 0, exchange: 0, pingPong: 0 },
  };
  /** Mappings that the scanner took away. */
  unmapped = 0;
  hintFaults = 0;
  /** Hot-page interrupts that arrived. */
  hotPages = 0;
  samples = 0;
  /** Interrupts that told the policy about samples. */
  sampleInterrupts = 0;
  /** Replicas of all pages together at present, and at most. */
  replicas = 0;
  replicasAtMost = 0;
  private readonly nodes: number;
  private readonly served: Float64Array;
  /** Misses served by node until the last interval ended, and in it. */
  private before: Float64Array;
  private last: Float64Array;

  constructor(nodes: number) {
    this.nodes = nodes;
    this.served = new Float64Array(nodes * nodes);
    this.before = new Float64Array(nodes);
    this.last = new Float64Array(nodes);
  }

  miss(node: number, home: number): void {
    this.served[node * this.nodes + home]++;
  }

  /** There are as many replicas more, or less. */
  replicated(change: number): void {
    this.replicas += change;
    this.replicasAtMost = Math.max(this.replicasAtMost, this.replicas);
  }

  /** Misses of a node that were served by a node. */
  of(node: number, home: number): number {
    return this.served[node * this.nodes + home];
  }

  /** Ends an interval. */
  interval(): void {
    const now = new Float64Array(this.nodes);
    for (let at = 0; at < this.served.length; at++) now[at % this.nodes] += this.served[at];
    this.last = now.map((count, node) => count - this.before[node]);
    this.before = now;
  }

  /** Misses that a node served in the last interval. */
  lastServed(node: number): number {
    return this.last[node];
  }
}
