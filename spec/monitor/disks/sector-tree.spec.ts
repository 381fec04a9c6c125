import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NODE_ENTRIES, SectorTree, type NodeAddresses } from '../../../lib/monitor/disks/sector-tree.js';

/** Counts nodes, and never gives an address to two of them. */
class CountedAddresses implements NodeAddresses {
  readonly live = new Set<number>();
  private next = 0;
  private readonly free: number[] = [];

  take(): number {
    const address = this.free.pop() ?? (this.next += 256);
    this.live.add(address);
    return address;
  }

  give(address: number): void {
    expect(this.live.delete(address)).toBe(true);
    this.free.push(address);
  }
}

/** By sector: the value, and how far into it the sector is. */
type Model = Map<number, readonly [value: number, into: number]>;

const SECTORS = 600;
const start = fc.nat({ max: SECTORS });
// Short ranges, so that there are enough of them for three levels.
const length = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 20 }));
const action = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constant('insert' as const), start, length, fc.nat({ max: 3 })) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('remove' as const), start, length, fc.constant(0)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('remove' as const), start, fc.constant(100), fc.constant(0)) },
);

function lostBy(model: Model, change: () => void): number[] {
  const before = new Set([...model.values()].map(([value]) => value));
  change();
  for (const [value] of model.values()) before.delete(value);
  return [...before].sort((a, b) => a - b);
}

function contentOf(tree: SectorTree<number>): Model {
  const content: Model = new Map();
  for (const { first, end, origin, value } of tree)
    for (let sector = first; sector < end; sector++) content.set(sector, [value, sector - origin]);
  return content;
}

const sorted = (model: Model): unknown => [...model].sort(([a], [b]) => a - b);

describe('a tree by sectors', () => {
  it('has what a plain map of sectors has, whatever is inserted and removed', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 400, size: 'max' }), start, length, (actions, from, count) => {
        const addresses = new CountedAddresses();
        const tree = new SectorTree<number>(addresses);
        const model: Model = new Map();
        actions.forEach(([op, first, sectors, before], value) => {
          const end = first + sectors;
          const budget = addresses.live.size + tree.nodesPerInsert;
          const expected = lostBy(model, () => {
            for (let sector = first; sector < end; sector++)
              if (op === 'insert') model.set(sector, [value, sector - first + before]);
              else model.delete(sector);
          });
          const lost = op === 'insert' ? tree.insert(first, end, value, first - before) : tree.remove(first, end);
          expect([...lost].sort((a, b) => a - b)).toEqual(expected);
          expect(addresses.live.size).toBeLessThanOrEqual(budget);
        });
        expect(sorted(contentOf(tree))).toEqual(sorted(model));
        const found: Model = new Map();
        for (let sector = 0; sector < 2 * SECTORS; sector++) {
          const range = tree.find(sector);
          if (range !== null) found.set(sector, [range.value, sector - range.origin]);
        }
        expect(sorted(found)).toEqual(sorted(model));
        const within = tree.within(from, from + count);
        const all = [...tree].filter(({ first, end }) => end > from && first < from + count);
        expect(within).toEqual(all);
        expect(new Set(tree.values)).toEqual(new Set([...model.values()].map(([value]) => value)));
        expect(tree.visited.every(address => addresses.live.has(address))).toBe(true);
        tree.clear();
        expect(addresses.live.size).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it('visits a node for each level on the way to a sector', () => {
    const tree = new SectorTree<number>(new CountedAddresses());
    expect(tree.find(0)).toBeNull();
    expect(tree.visited).toHaveLength(0);
    for (let i = 0; i < NODE_ENTRIES; i++) tree.insert(8 * i, 8 * i + 8, i);
    tree.find(8);
    expect(tree.visited).toHaveLength(1);
    tree.insert(8 * NODE_ENTRIES, 8 * NODE_ENTRIES + 8, NODE_ENTRIES);
    tree.find(8);
    expect(tree.visited).toHaveLength(2);
    // Halves of 16 ranges: 1000 of them need at most 125 leaves of 8, those 16 nodes of 8, and those two.
    for (let i = 0; i < 1000; i++) tree.insert(8 * i, 8 * i + 8, i);
    tree.find(4000);
    expect(tree.visited.length).toBeLessThanOrEqual(4);
    expect(new Set(tree.visited).size).toBe(tree.visited.length);
  });

  it('keeps the place in the value when a range is cut in two', () => {
    const tree = new SectorTree<string>(new CountedAddresses());
    tree.insert(16, 24, 'whole');
    expect(tree.insert(18, 20, 'part', 16)).toEqual([]);
    expect([...tree]).toEqual([
      { first: 16, end: 18, origin: 16, value: 'whole' },
      { first: 18, end: 20, origin: 16, value: 'part' },
      { first: 20, end: 24, origin: 16, value: 'whole' },
    ]);
    expect(tree.remove(20, 24)).toEqual([]);
    expect(tree.remove(0, 18)).toEqual(['whole']);
  });
});
