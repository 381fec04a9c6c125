import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomStream } from '../../../lib/engine/random.js';
import { drawReferences, type DrawOptions, type Piece } from '../../../lib/workloads/images/draw-references.js';
import { heapVariants } from '../../../lib/workloads/images/heap-variants.js';
import { cutSegments } from '../../../lib/workloads/images/image-segments.js';
import { spreadPages } from '../../../lib/workloads/images/spread-pages.js';
import { threadImages, userImages, type UserImage } from '../../../lib/workloads/images/user-image.js';
import type { TraceMark } from '../../../lib/traces/trace.js';
import { stream, trace, type Line } from '../../experiments/handmade.js';

const HEAP = 0x10000;
const STACK = 0x7f000;

/** A program of segments of 10 instructions (the first: 5), each with a fetch and a store to a page of the heap of its own. */
function image(segments: number): UserImage {
  const lines = Array.from({ length: segments }, (_, i): Line[] => [
    ['fetch', 0x1000 + 0x40 * i, i === 0 ? 0 : 5],
    ['store', (HEAP + 3 * i) * 0x1000 + 8, 5],
  ]).flat();
  lines.splice(1, 0, ['store', STACK * 0x1000, 0]);
  const [one] = userImages(trace([stream(lines, [], 5)], { system: true }), { segmentInstructions: 5 });
  return one;
}

function draw(from: UserImage, options: DrawOptions): string[] {
  return Array.from(drawReferences(from, options), piece => `${piece.from}-${piece.to}`);
}

/** Whether a packed reference is to the heap, or to a variant of it. */
function toHeap(word: number): boolean {
  return word >>> 12 >= HEAP && word >>> 12 < STACK;
}

/** Pages of the heap that pieces touch. */
function heapPages(pieces: Iterable<Piece>): Set<number> {
  const pages = new Set<number>();
  for (const { references, from, to } of pieces)
    for (const word of references.words.subarray(from, to)) if (toHeap(word)) pages.add(word >>> 12);
  return pages;
}

describe('segments', () => {
  const fetches = (count: number, gap: number): Line[] =>
    Array.from({ length: count }, (_, i): Line => ['fetch', 0x40 * i, gap]);

  it('end at a fetch, and together are everything', () => {
    const lines: Line[] = [...fetches(3, 4), ['load', 0, 4], ['load', 0, 4], ...fetches(2, 4)];
    expect(cutSegments(stream(lines), [], 10).map(({ from, to, instructions }) => [from, to, instructions])).toEqual([
      [0, 5, 20],
      [5, 7, 8],
    ]);
  });

  it('end at the last system call of their second half, if there is one', () => {
    const calls = [1, 3, 4].map((at): TraceMark => ({ kind: 'system-call', at, next: 0 }));
    expect(cutSegments(stream(fetches(8, 2)), calls, 10)).toEqual([
      { from: 0, to: 4, instructions: 8, call: true },
      { from: 4, to: 8, instructions: 8, call: false },
    ]);
  });

  it('add up, whatever is cut', () => {
    const reference = fc.tuple(fc.constantFrom('load' as const, 'fetch' as const), fc.nat(50));
    const arbitrary = fc.record({
      lines: fc.array(reference, { maxLength: 60 }),
      calls: fc.uniqueArray(fc.nat(60)),
      size: fc.integer({ min: 1, max: 200 }),
    });
    fc.assert(
      fc.property(arbitrary, ({ lines, calls, size }) => {
        const whole = stream(lines.map(([kind, gap]): Line => [kind, 0, gap]));
        const marks = calls
          .filter(at => at <= lines.length)
          .sort((a, b) => a - b)
          .map((at): TraceMark => ({ kind: 'system-call', at, next: 0 }));
        const segments = cutSegments(whole, marks, size);
        let end = 0;
        for (const { from, to, instructions, call } of segments) {
          expect(from).toBe(end);
          expect(to).toBeGreaterThan(from);
          expect(whole.gaps.slice(from, to).reduce((sum, gap) => sum + gap, 0)).toBe(instructions);
          if (call) expect(marks.map(({ at }) => at)).toContain(to);
          end = to;
        }
        expect(end).toBe(lines.length);
      }),
    );
  });

  it('have instructions', () => {
    expect(() => cutSegments(stream([]), [], 0)).toThrow(
      new RangeError('a segment has a positive number of instructions, not 0'),
    );
  });
});

describe('a drawing', () => {
  it('takes segment after segment, round and round, and ends when it has its instructions', () => {
    expect(image(3).segments.map(({ from, to }) => [from, to])).toEqual([
      [0, 3],
      [3, 5],
      [5, 7],
    ]);
    expect(draw(image(3), { instructions: 32 })).toEqual(['0-3', '3-5', '5-7', '0-3', '3-4']);
  });

  it('begins where its random stream says, the same each time', () => {
    const begin = (seed: string): string => draw(image(50), { instructions: 1, random: randomStream(seed, 'draw') })[0];
    expect(begin('a')).toBe(begin('a'));
    expect(new Set(Array.from({ length: 20 }, (_, i) => begin(String(i)))).size).toBeGreaterThan(10);
  });

  it('shares the references of the image', () => {
    const one = image(3);
    for (const piece of drawReferences(one, { instructions: 100 })) expect(piece.references).toBe(one.stream);
  });

  it('has at least the instructions wanted, by less than a gap, and as many as its pieces say', () => {
    const one = image(7);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.option(fc.nat(20)), (instructions, limit) => {
        let sum = 0;
        for (const piece of drawReferences(one, { instructions, ...(limit === null ? {} : { heapPages: limit }) })) {
          const { gaps } = piece.references;
          expect(gaps.slice(piece.from, piece.to).reduce((a, gap) => a + gap, 0)).toBe(piece.instructions);
          sum += piece.instructions;
        }
        expect(sum).toBeGreaterThanOrEqual(instructions);
        expect(sum).toBeLessThan(instructions + 5);
      }),
    );
  });

  it('goes back to its beginning before it would touch more of the heap than it may', () => {
    expect(draw(image(6), { instructions: 60, heapPages: 3 })).toEqual([
      '0-3',
      '3-5',
      '5-7',
      '0-3',
      '3-5',
      '5-7',
      '0-3',
      '3-4',
    ]);
    expect(heapPages(drawReferences(image(6), { instructions: 200, heapPages: 3 })).size).toBe(3);
  });

  it.each([
    [{ instructions: 0 }, 'a drawing has a positive number of instructions, not 0'],
    [{ instructions: 5, heapPages: -1 }, 'a limit of -1 pages of the heap is not a whole number from 0 up'],
    [{ instructions: 5, variants: [] }, 'the variants are not variants of this image'],
  ])('refuses %j', (options, problem) => {
    const one = image(2);
    expect(() => [...drawReferences(one, options)]).toThrow(new RangeError(`${one.name}: ${problem}`));
  });

  it('refuses an image without instructions instead of drawing for ever', () => {
    const [one] = userImages(trace([stream([['fetch', 0x1000, 0]])], { system: true }), { segmentInstructions: 10 });
    expect(() => [...drawReferences(one, { instructions: 1 })]).toThrow('has no instructions to draw from');
  });
});

describe('variants of the heap', () => {
  it('are the image, and copies whose heap lies elsewhere, in pairs and without overlap', () => {
    const one = image(4); // pages HEAP + 0, 3, 6, 9: four pairs
    const { references, region, bytes } = heapVariants(one, 3);
    expect(references[0]).toBe(one.stream);
    expect(references[1].gaps).toBe(one.stream.gaps);
    expect(region).toEqual({ kind: 'heap', firstPage: 0x1000a, pages: 16, touched: 8 });
    expect(bytes).toBe(2 * 4 * one.stream.words.length);
    const heap = (variant: number): Int32Array => references[variant].words.filter(toHeap);
    const offsets = (variant: number): number[] => Array.from(heap(variant), word => (word >>> 12) - region!.firstPage);
    expect(offsets(1)).toEqual([0, 3, 4, 7]);
    expect(offsets(2)).toEqual([8, 11, 12, 15]);
    expect(heap(1).map(word => word & 0xfff)).toEqual(heap(0).map(word => word & 0xfff));
    const rest = (variant: number): Int32Array => references[variant].words.filter(word => !toHeap(word));
    expect(rest(1)).toEqual(rest(0));
  });

  it('give a drawing fresh pages in every round', () => {
    const one = image(4);
    const { references: variants } = heapVariants(one, 3);
    const options = { instructions: 400, variants };
    expect(heapPages(drawReferences(one, options)).size).toBe(12);
    expect(heapPages(drawReferences(one, { ...options, heapPages: 9 })).size).toBe(9);
  });

  it('cost nothing for one, or without a heap', () => {
    expect(heapVariants(image(4), 1)).toMatchObject({ region: null, bytes: 0 });
    const lines: Line[] = [
      ['fetch', 0x1000, 0],
      ['fetch', 0x1040, 9],
    ];
    const [one] = userImages(trace([stream(lines)], { system: true }), { segmentInstructions: 10 });
    expect(heapVariants(one, 5).references).toEqual([one.stream]);
  });

  it('have to fit', () => {
    expect(() => heapVariants(image(4), 2 ** 16)).toThrow('65536 heaps of 8 pages do not fit into the address space');
    expect(() => heapVariants(image(4), 0)).toThrow('the number of variants is 0; give a whole number from 1');
  });
});

describe('pages that wander', () => {
  const one = image(3);
  const from = one.regions.filter(({ kind }) => kind === 'heap');
  const to = { firstPage: 0x20000, pages: 64 };

  it('get another place after so many references, and keep offset and kind', () => {
    const loads = stream(Array.from({ length: 6 }, (_, i): Line => ['load', HEAP * 0x1000 + 4 * i, 1]));
    const { words, gaps } = spreadPages(loads, { from, to, references: 2, random: randomStream('s', 'spread') });
    const pages = Array.from(words, word => word >>> 12);
    expect([pages[0], pages[2], pages[4]]).toEqual([pages[1], pages[3], pages[5]]);
    expect(new Set(pages).size).toBe(3);
    expect(pages.every(page => page >= 0x20000 && page < 0x20040)).toBe(true);
    expect(words.map(word => word & 0xfff)).toEqual(loads.words.map(word => word & 0xfff));
    expect(gaps).toBe(loads.gaps);
  });

  it('are only those of the regions named', () => {
    const { words } = spreadPages(one.stream, { from, to, references: 1, random: randomStream('s', 'spread') });
    const fetches = (all: Int32Array): Int32Array => all.filter(word => (word & 3) === 2);
    expect(fetches(words)).toEqual(fetches(one.stream.words));
  });

  it('have somewhere to go', () => {
    const random = randomStream('s', 'spread');
    expect(() => spreadPages(one.stream, { from, to, references: 0, random })).toThrow(RangeError);
    expect(() =>
      spreadPages(one.stream, { from, to: { firstPage: 0x7ffff, pages: 2 }, references: 1, random }),
    ).toThrow('user pages end at 524288');
  });
});

describe('images', () => {
  it('of a system come with the longest program first, and without those that are too short', () => {
    const lines: Line[] = [
      ['fetch', 0x1000, 0],
      ['fetch', 0x80000000, 5],
      ['fetch', 0x1000, 1],
    ];
    const marks: TraceMark[] = [{ kind: 'task', at: 2, task: 1 }];
    const whole = trace([stream(lines, marks, 9)], { system: true });
    const names = (minInstructions: number): string[] =>
      userImages(whole, { segmentInstructions: 10, minInstructions }).map(({ name }) => name);
    expect(names(0)).toEqual(['handmade: processor 0, task 1, program 0', 'handmade: processor 0, task 0, program 0']);
    expect(names(6)).toHaveLength(1);
  });

  it('of threads share the address space and the recorded arrays', () => {
    const whole = trace([stream([['load', 0x5000, 0]]), stream([['store', 0x5000, 0]])]);
    const { threads, pages } = threadImages(whole);
    expect(threads).toBe(whole.streams);
    expect(pages).toHaveLength(1);
    expect(pages[0]).toMatchObject({ users: 2, writers: 1 });
    expect(() => threadImages({ ...whole, system: true })).toThrow('records a system');
  });
});
