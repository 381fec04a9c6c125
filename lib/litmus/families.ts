/**
 * Families of litmus tests: every cycle of two to four threads of one or two accesses, with the names that the literature
 * has for them, and in each family variants with fences, with XCHG and with a load of the thread's own store.
 */
import { wholeNumber } from '../engine/checks.js';
import { litmusOfCycle } from './cycles.js';
import type { LitmusTest } from './litmus-test.js';

/** What a thread does: one store, or two accesses to different locations. In the order in which cycles begin. */
const SHAPES = ['W', 'WW', 'WR', 'RW', 'RR'] as const;
type Shape = (typeof SHAPES)[number];

/** Between the two accesses of a thread: nothing, a fence, XCHG for its stores, a load of its own store. */
const VARIANTS = ['po', 'mfence', 'xchg', 'rfi'] as const;
type Variant = (typeof VARIANTS)[number];

/** Names of families by the shapes of their threads. The others are called by the shapes. */
const NAMES: Readonly<Record<string, string>> = {
  'WR+WR': 'SB',
  'WW+RR': 'MP',
  'RW+RW': 'LB',
  'WW+WR': 'R',
  'WW+RW': 'S',
  'WW+WW': '2+2W',
  'W+RW+RR': 'WRC',
  'W+RR+WR': 'RWC',
  'W+RW+RW': 'WWC',
  'W+RW+WR': 'WRW+WR',
  'W+RR+WW': 'WRR+2W',
  'W+RW+WW': 'WRW+2W',
  'WW+RW+RR': 'ISA2',
  'WW+RR+WR': 'W+RWC',
  'WW+RW+WR': 'Z6.0',
  'WW+WW+RW': 'Z6.1',
  'WW+RW+RW': 'Z6.2',
  'WW+WW+RR': 'Z6.3',
  'WW+WR+WR': 'Z6.4',
  'WW+WW+WR': 'Z6.5',
  'WR+WR+WR': '3.SB',
  'RW+RW+RW': '3.LB',
  'WW+WW+WW': '3.2W',
  'W+RR+W+RR': 'IRIW',
  'WR+WR+WR+WR': '4.SB',
  'RW+RW+RW+RW': '4.LB',
  'WW+WW+WW+WW': '4.2W',
};

/**
 * The tests of all cycles of two to `mostThreads` threads, two to four: with two and three threads, every mixture of
 * variants in threads that store and then load, which TSO may reorder; with four, those with and without fences. In the
 * other threads nothing is between.
 */
export function cycleLitmusTests(mostThreads: 2 | 3 | 4): LitmusTest[] {
  wholeNumber(mostThreads, 'cycleLitmusTests: mostThreads', 2, 4);
  const tests: LitmusTest[] = [];
  for (let threads = 2; threads <= mostThreads; threads++)
    for (const shapes of cyclesOf(threads)) {
      const family = NAMES[shapes.join('+')] ?? shapes.join('+');
      const variants = VARIANTS.slice(0, threads < 4 ? VARIANTS.length : 2);
      for (const chosen of mixtures(shapes, variants)) {
        const plain = chosen.every(variant => variant === 'po');
        const name = plain ? family : [family, ...chosen].join('+');
        tests.push(litmusOfCycle(name, edgesOf(shapes, chosen).join(' ')));
      }
    }
  return tests;
}

/** The family that the name of a test belongs to: all before the variants, which begin with a small letter. */
export function litmusFamily(name: string): string {
  const parts = name.split('+');
  const variants = parts.findIndex((part, i) => i > 0 && /^[a-z]/.test(part));
  return parts.slice(0, variants < 0 ? parts.length : variants).join('+');
}

/** The cycles of a number of threads, each once, although it can be told from any of its threads. */
function cyclesOf(threads: number): Shape[][] {
  const lists = Array.from({ length: threads }).reduce<Shape[][]>(
    known => known.flatMap(list => SHAPES.map(shape => [...list, shape])),
    [[]],
  );
  const order = (shapes: readonly Shape[]): string => shapes.map(shape => SHAPES.indexOf(shape)).join('');
  return lists.filter(
    shapes =>
      isCycle(shapes) && shapes.every((_, i) => order([...shapes.slice(i), ...shapes.slice(0, i)]) >= order(shapes)),
  );
}

/** Two threads at least have an order of their own; no load follows a load; a lone store is read by the next thread. */
function isCycle(shapes: readonly Shape[]): boolean {
  if (shapes.filter(shape => shape !== 'W').length < 2) return false;
  return shapes.every((shape, i) => {
    const next = shapes[(i + 1) % shapes.length];
    return shape === 'W' ? next.startsWith('R') : !(shape.endsWith('R') && next.startsWith('R'));
  });
}

/** Every choice of variants for the threads of two accesses. */
function mixtures(shapes: readonly Shape[], variants: readonly Variant[]): Variant[][] {
  return shapes
    .filter(shape => shape !== 'W')
    .reduce<Variant[][]>(
      (known, shape) =>
        known.flatMap(list => (shape === 'WR' ? variants : (['po'] as const)).map(variant => [...list, variant])),
      [[]],
    );
}

function edgesOf(shapes: readonly Shape[], chosen: readonly Variant[]): string[] {
  let thread = 0;
  return shapes.flatMap((shape, i) => {
    const next = shapes[(i + 1) % shapes.length];
    const between = shape === 'W' ? [] : inner(shape, chosen[thread++]);
    return [...between, shape.endsWith('R') ? 'Fre' : next.startsWith('R') ? 'Rfe' : 'Wse'];
  });
}

function inner(shape: Shape, variant: Variant): string[] {
  switch (variant) {
    case 'po':
      return [`Pod${shape}`];
    case 'mfence':
      return [`MFenced${shape}`];
    case 'xchg':
      return [`Xchgd${shape}`];
    case 'rfi':
      return ['Rfi', `PodR${shape.slice(-1)}`];
  }
}
