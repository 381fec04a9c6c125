import { describe, expect, it } from '@jest/globals';
import { Op, type Operation } from '../../lib/processor/operations.js';
import { ReferenceKind } from '../../lib/processor/references.js';
import { RadixMemory } from '../../lib/workloads/radix-memory.js';
import { KEY_LIMIT, radixSort, type RadixSort } from '../../lib/workloads/radix-sort.js';
import { sortingThread } from '../../lib/workloads/radix-threads.js';

const ascending = (keys: Int32Array): Int32Array => keys.slice().sort();

const MARK = -1;
/** What a thread yields to wait for others: it is cut there. */
const mark = { kind: MARK } as unknown as Operation;

/** The references of each thread between the barriers of the sort. */
function phases(sort: RadixSort, memory: RadixMemory): { words: number[]; gaps: number[] }[][] {
  function* meet(): Generator<Operation, void, number> {
    yield mark;
  }
  function* nothing(): Generator<Operation, void, number> {}
  return Array.from({ length: sort.threads }, (_, thread) => {
    const found = [{ words: [] as number[], gaps: [] as number[] }];
    const program = sortingThread(thread, sort, memory, { meet, post: nothing, wait: nothing });
    for (let next = program.next(0); next.done !== true; next = program.next(0)) {
      const operation = next.value;
      if (operation === mark) found.push({ words: [], gaps: [] });
      if (operation.kind !== Op.Block) continue;
      found.at(-1)!.words.push(...operation.references!.words);
      found.at(-1)!.gaps.push(...operation.references!.gaps);
    }
    return found;
  });
}

describe('the radix sort', () => {
  it.each([
    [1, 5000],
    [3, 5000],
    [8, 20_000],
    [5, 5],
  ])('by %p threads leaves %p keys in order, and they are those that were drawn', (threads, keys) => {
    const { passes, sorted } = radixSort({ threads, keys, seed: '1' });
    expect(sorted).toEqual(ascending(passes[0].keys));
    expect(sorted).toHaveLength(keys);
    expect(Math.max(...sorted)).toBeLessThan(KEY_LIMIT);
    expect(Math.max(...sorted)).toBeGreaterThan(KEY_LIMIT / 2);
  });

  it('is the same for equal seeds, and sorts other keys for others', () => {
    const first = (seed: string): Int32Array => radixSort({ threads: 2, keys: 100, seed }).passes[0].keys;
    expect(first('a')).toEqual(first('a'));
    expect(first('a')).not.toEqual(first('b'));
  });

  it('refuses more threads than keys', () => {
    expect(() => radixSort({ threads: 8, keys: 7, seed: '1' })).toThrow('radix: keys is 7');
  });
});

describe('the references of the sort', () => {
  const KEYS = 6000;

  it.each([1, 3, 8])('move every key to where it belongs, by %p threads', threads => {
    const sort = radixSort({ threads, keys: KEYS, seed: '1' });
    const memory = new RadixMemory(0x400000, sort);
    const all = phases(sort, memory);
    const values = new Map(Array.from(sort.passes[0].keys, (key, place) => [memory.key(0, place), key]));
    // Drawing, then four phases a pass; keys are moved in the last one.
    for (const phase of [4, 8])
      for (const thread of all) {
        let key: number | undefined;
        for (const word of thread[phase].words) {
          const address = word & ~3;
          const kind = word & 3;
          if (kind === ReferenceKind.Load) key = values.get(address) ?? key;
          else if (kind === ReferenceKind.Store && isKey(memory, address)) values.set(address, key!);
        }
      }
    expect(Array.from({ length: KEYS }, (_, place) => values.get(memory.key(2, place)))).toEqual([...sort.sorted]);
  });

  function isKey(memory: RadixMemory, address: number): boolean {
    return [0, 1].some(array => address >= memory.key(array, 0) && address <= memory.key(array, KEYS - 1));
  }

  it('count every key once in the table of its thread', () => {
    const sort = radixSort({ threads: 4, keys: KEYS, seed: '1' });
    const memory = new RadixMemory(0x400000, sort);
    phases(sort, memory).forEach((thread, number) => {
      const loads = thread[1].words.filter(word => (word & 3) === ReferenceKind.Load && isKey(memory, word & ~3));
      const own = Array.from({ length: KEYS }, (_, place) => place).slice(sort.bounds[number], sort.bounds[number + 1]);
      expect(loads.map(word => word & ~3)).toEqual(own.map(place => memory.key(0, place)));
    });
  });

  it('give each thread a left part of the tree that has the counts of all threads before it', () => {
    const sort = radixSort({ threads: 6, keys: KEYS, seed: '1' });
    const memory = new RadixMemory(0x400000, sort);
    const owners = new Map<number, number[]>();
    for (let level = 0; level < memory.levels; level++)
      for (let thread = 0; thread < 6; thread += 1 << level) {
        const members = Array.from({ length: 1 << level }, (_, i) => thread + i).filter(other => other < 6);
        owners.set(memory.node(thread, level).counts, members);
      }
    phases(sort, memory).forEach((thread, number) => {
      const tables = thread[3].words.filter(word => (word & 3) === ReferenceKind.Load).map(word => word & ~3);
      const members = [...new Set(tables)].flatMap(table => owners.get(table) ?? []);
      expect(members.sort((a, b) => a - b)).toEqual(Array.from({ length: number }, (_, other) => other));
    });
  });

  // Measured between the barriers of the recorded RADIX: 820,576 instructions to draw 8192 keys, 131,101 to move them.
  it('take as many instructions a key as the recorded sort', () => {
    const sort = radixSort({ threads: 1, keys: 8192, seed: '1' });
    const [thread] = phases(sort, new RadixMemory(0x400000, sort));
    const instructions = thread.map(({ gaps }) => gaps.reduce((sum, gap) => sum + gap, 0));
    expect(instructions[0] / 820_576).toBeCloseTo(1, 2);
    expect(instructions[4] / 131_101).toBeCloseTo(1, 2);
    // Counting, with the clearing and summing of tables: 94,312.
    expect(instructions[1] / 94_312).toBeCloseTo(1, 2);
  });
});
