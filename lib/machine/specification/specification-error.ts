/** What is wrong with a specification: everything at once, each fault with its place. */

/** One fault. */
export interface Fault {
  /** Where, as in `nodes[3].memoryBytes`; empty for the specification as a whole. */
  readonly path: string;
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** A specification that describes no machine. Its message lists all faults. */
export class SpecificationError extends Error {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const count = faults.length === 1 ? 'a fault' : `${faults.length} faults`;
    const lines = faults.map(({ path, message }) => `\n  ${path === '' ? 'specification' : path}: ${message}`);
    super(`the machine specification has ${count}:${lines.join('')}`);
    this.name = 'SpecificationError';
    this.faults = faults;
  }
}
