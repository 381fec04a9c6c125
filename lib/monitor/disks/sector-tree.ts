/**
 * A B-tree from ranges of sectors to whatever has their content. Disco, section 4.2.4: trees, because look-ups are by range.
 * Entries are in the leaves and do not overlap. A node is given back when it is empty and not before, as Johnson and Shasha
 * advise (B-trees with inserts and deletes: why free-at-empty is better than merge-at-half, 1993).
 */

/** A range of sectors, up to but not including `end`. Never changed. */
export interface SectorRange<Value> {
  readonly first: number;
  readonly end: number;
  /** The sector at which the value begins: a range that was cut still says where its sectors are in the value. */
  readonly origin: number;
  readonly value: Value;
}

/** Where nodes are in the monitor's memory. */
export interface NodeAddresses {
  take(): number;
  give(address: number): void;
}

/** Ranges or children of a node, at most. */
export const NODE_ENTRIES = 15;

interface Leaf<Value> {
  readonly address: number;
  readonly ranges: SectorRange<Value>[];
  readonly children: null;
}

interface Inner<Value> {
  readonly address: number;
  /** The lowest sector at which a range of each child may begin; that of the first child counts as the lowest there is. */
  readonly lows: number[];
  readonly children: Node<Value>[];
}

type Node<Value> = Leaf<Value> | Inner<Value>;

/** Ranges of sectors with their values. No lock: methods take no simulated time. */
export class SectorTree<Value> {
  /** Addresses of the nodes that the last operation went through, one for each visit. A fresh list for each operation. */
  visited: number[] = [];
  /** Ranges. */
  size = 0;
  private readonly addresses: NodeAddresses;
  private root: Node<Value> | null = null;
  private height = 0;
  /** Ranges of each value. */
  private readonly parts = new Map<Value, number>();

  constructor(addresses: NodeAddresses) {
    this.addresses = addresses;
  }

  /** Nodes that an `insert` may take, at most. */
  get nodesPerInsert(): number {
    return 3 * (this.height + 2);
  }

  /** The range that has a sector, or null. */
  find(sector: number): SectorRange<Value> | null {
    this.visited = [];
    const range = this.floor(this.root, sector);
    return range !== null && range.end > sector ? range : null;
  }

  /** The ranges that have sectors from `first` up to `end`, whole and ascending. */
  within(first: number, end: number): SectorRange<Value>[] {
    this.visited = [];
    return this.overlapping(first, end);
  }

  /** All ranges, ascending. Not for handlers: nothing is visited. */
  *[Symbol.iterator](): Iterator<SectorRange<Value>> {
    yield* rangesOf(this.root);
  }

  /** Values, each once. */
  get values(): readonly Value[] {
    return [...this.parts.keys()];
  }

  /** Gives sectors to a value that begins at `origin`. Returns the values that have no sectors left. */
  insert(first: number, end: number, value: Value, origin = first): Value[] {
    const lost = this.remove(first, end);
    this.add({ first, end, origin, value });
    return lost.filter(old => old !== value);
  }

  /** Takes sectors out. Returns the values that have none left. */
  remove(first: number, end: number): Value[] {
    this.visited = [];
    const cut = this.overlapping(first, end);
    for (const range of cut) {
      this.drop(range);
      if (range.first < first) this.add({ ...range, end: first });
      if (range.end > end) this.add({ ...range, first: end });
    }
    return [...new Set(cut.map(({ value }) => value))].filter(value => !this.parts.has(value));
  }

  /** Takes everything out and gives the nodes back. Returns the values. */
  clear(): Value[] {
    this.visited = [];
    const values = [...this.values];
    this.giveBack(this.root);
    this.root = null;
    this.height = this.size = 0;
    this.parts.clear();
    return values;
  }

  /** The last range that begins at a sector or before it. */
  private floor(node: Node<Value> | null, sector: number): SectorRange<Value> | null {
    if (node === null) return null;
    this.visited.push(node.address);
    if (node.children === null) return node.ranges.findLast(({ first }) => first <= sector) ?? null;
    // What began in a child may all be gone or begin later: then it is in the one before, which is not empty.
    for (let child = childFor(node, sector); child >= 0; child--) {
      const range = this.floor(node.children[child], sector);
      if (range !== null) return range;
    }
    return null;
  }

  private overlapping(first: number, end: number): SectorRange<Value>[] {
    const before = this.floor(this.root, first);
    const from = before !== null && before.end > first ? before.first : first;
    const ranges: SectorRange<Value>[] = [];
    if (this.root !== null && first < end) this.collect(this.root, from, end, ranges);
    return ranges;
  }

  private collect(node: Node<Value>, from: number, end: number, ranges: SectorRange<Value>[]): void {
    // The way down to the first of them has been counted.
    if (this.visited.at(-1) !== node.address) this.visited.push(node.address);
    if (node.children === null) {
      for (const range of node.ranges) if (range.first >= from && range.first < end) ranges.push(range);
      return;
    }
    for (let child = childFor(node, from); child < node.children.length; child++) {
      if (child > 0 && node.lows[child] >= end) return;
      this.collect(node.children[child], from, end, ranges);
    }
  }

  private add(range: SectorRange<Value>): void {
    this.parts.set(range.value, (this.parts.get(range.value) ?? 0) + 1);
    this.size++;
    if (this.root === null) {
      this.root = { address: this.addresses.take(), ranges: [], children: null };
      this.height = 1;
    }
    const right = this.addBelow(this.root, range);
    if (right === null) return;
    const { node, low } = right;
    this.root = { address: this.addresses.take(), lows: [0, low], children: [this.root, node] };
    this.height++;
  }

  /** Adds to the leaf below a node. What does not fit is returned as a new node to the right of it. */
  private addBelow(node: Node<Value>, range: SectorRange<Value>): { node: Node<Value>; low: number } | null {
    this.visited.push(node.address);
    if (node.children === null) {
      const after = node.ranges.findIndex(({ first }) => first > range.first);
      node.ranges.splice(after < 0 ? node.ranges.length : after, 0, range);
      if (node.ranges.length <= NODE_ENTRIES) return null;
      const ranges = node.ranges.splice(half(node.ranges.length));
      return { node: { address: this.addresses.take(), ranges, children: null }, low: ranges[0].first };
    }
    const child = childFor(node, range.first);
    const right = this.addBelow(node.children[child], range);
    if (right === null) return null;
    node.children.splice(child + 1, 0, right.node);
    node.lows.splice(child + 1, 0, right.low);
    if (node.children.length <= NODE_ENTRIES) return null;
    const middle = half(node.children.length);
    const children = node.children.splice(middle);
    const lows = node.lows.splice(middle);
    return { node: { address: this.addresses.take(), lows, children }, low: lows[0] };
  }

  private drop(range: SectorRange<Value>): void {
    const left = this.parts.get(range.value)! - 1;
    if (left === 0) this.parts.delete(range.value);
    else this.parts.set(range.value, left);
    this.size--;
    if (!this.dropBelow(this.root!, range)) {
      while (this.root?.children?.length === 1) {
        this.addresses.give(this.root.address);
        this.root = this.root.children[0]!;
        this.height--;
      }
      return;
    }
    this.addresses.give(this.root!.address);
    this.root = null;
    this.height = 0;
  }

  /** Takes a range out of the leaf below a node that has it. Returns whether the node is empty now. */
  private dropBelow(node: Node<Value>, range: SectorRange<Value>): boolean {
    this.visited.push(node.address);
    if (node.children === null) {
      node.ranges.splice(node.ranges.indexOf(range), 1);
      return node.ranges.length === 0;
    }
    const child = childFor(node, range.first);
    if (!this.dropBelow(node.children[child], range)) return false;
    this.addresses.give(node.children[child].address);
    node.children.splice(child, 1);
    node.lows.splice(child, 1);
    return node.children.length === 0;
  }

  private giveBack(node: Node<Value> | null): void {
    if (node === null) return;
    this.addresses.give(node.address);
    for (const child of node.children ?? []) this.giveBack(child);
  }
}

/** The child in which a range that begins at a sector is. */
function childFor<Value>({ lows }: Inner<Value>, sector: number): number {
  for (let child = lows.length - 1; child > 0; child--) if (lows[child] <= sector) return child;
  return 0;
}

function half(count: number): number {
  return count >> 1;
}

function* rangesOf<Value>(node: Node<Value> | null): Generator<SectorRange<Value>> {
  if (node === null) return;
  if (node.children === null) yield* node.ranges;
  else for (const child of node.children) yield* rangesOf(child);
}
