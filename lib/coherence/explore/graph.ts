/** The steps between states as edges: in the order of the states they start from, so that an index is enough. */

/** Which states can be reached from which, by number. */
export class Graph {
  /** Edges so far. */
  edges = 0;
  private targets = new Int32Array(1 << 12);
  private starts = new Int32Array(1 << 10);
  private states = 0;

  /** The edges that follow start from the next state. */
  begin(): void {
    if (this.states + 1 >= this.starts.length) this.starts = larger(this.starts);
    this.starts[this.states++] = this.edges;
    this.starts[this.states] = this.edges;
  }

  /** An edge from the state begun last. */
  add(target: number): void {
    if (this.edges === this.targets.length) this.targets = larger(this.targets);
    this.targets[this.edges++] = target;
    this.starts[this.states] = this.edges;
  }

  /** The states, of those begun, from which none of the given ones can be reached; ascending. */
  unable(goals: Uint8Array): number[] {
    const { states, starts, targets, edges } = this;
    const firsts = new Int32Array(states + 1);
    for (let edge = 0; edge < edges; edge++) firsts[targets[edge] + 1]++;
    for (let state = 0; state < states; state++) firsts[state + 1] += firsts[state];
    const sources = new Int32Array(edges);
    const filled = firsts.slice();
    for (let from = 0; from < states; from++)
      for (let edge = starts[from]; edge < starts[from + 1]; edge++) sources[filled[targets[edge]]++] = from;
    const able = goals.slice(0, states);
    const queue = new Int32Array(states);
    let end = 0;
    for (let state = 0; state < states; state++) if (able[state] === 1) queue[end++] = state;
    for (let at = 0; at < end; at++)
      for (let edge = firsts[queue[at]]; edge < firsts[queue[at] + 1]; edge++) {
        const from = sources[edge];
        if (able[from] === 1) continue;
        able[from] = 1;
        queue[end++] = from;
      }
    const result: number[] = [];
    for (let state = 0; state < states; state++) if (able[state] === 0) result.push(state);
    return result;
  }
}

/** A copy with room for twice as many. */
export function larger(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const result = new Int32Array(2 * array.length);
  result.set(array);
  return result;
}
