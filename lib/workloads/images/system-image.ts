/**
 * A whole-system trace made ready for a guest that executes it: cut into steps, without its handlers of TLB refills, and
 * with its physical pages renumbered so that a small machine holds them. The kernel's addresses follow: it sees physical
 * memory from kseg0 on, or, when it is to be mapped, from a part of the supervisor segment on.
 */
import { fetchLineShift } from '../../traces/recording.js';
import { plainObject, shown } from '../../engine/checks.js';
import type { SystemCounts, SystemImage, SystemStep, SystemStream } from '../../guest/recorded/image.js';
import { KSEG0, KSEG3_PAGE, KSSEG_PAGE, UNMAPPED_PAGES, KSEG0_PAGE } from '../../processor/segments.js';
import { NtrSpecial } from '../../traces/ntr/ntr.js';
import { assignRoles } from './system-roles.js';
import { addCounts, cutStream, noCounts, type CutStream } from './system-steps.js';
import { TraceError, type RecordedTrace } from '../../traces/trace.js';

/** Where a mapped kernel sees physical page 0. The recorded kernel's own mapped pages lie below. */
export const MAPPED_BASE = 0xd0000000;
const PAGE_SHIFT = 12;
/** The most instructions of a visit for the thread pointer. */
const LONGEST_POINTER_VISIT = 64;

/** How an image is made. */
export interface SystemImageOptions {
  /** The bytes of a line that the trace was read with; at most 128. */
  readonly fetchLineBytes: number;
  /** Puts the kernel into the mapped supervisor segment. */
  readonly mapped?: boolean;
  /**
   * Whether `cache` instructions are privileged operations. A physically indexed cache does not need them, so they are
   * ordinary instructions unless this is set.
   */
  readonly cacheOperations?: boolean;
  /**
   * Leaves out the visits of the kernel that emulate `rdhwr`, which only Linux on this processor needs. They are executed
   * unless this is set.
   */
  readonly dropThreadPointer?: boolean;
}

/**
 * Makes the image of a trace that was read with `specials`. Throws a RangeError for a trace of threads, and a TraceError
 * for one whose handler of TLB refills is not found or which a mapped kernel cannot hold.
 */
export function systemImage(trace: RecordedTrace, options: SystemImageOptions): SystemImage {
  plainObject(trace, 'systemImage: trace');
  plainObject(options, 'systemImage');
  const { fetchLineBytes, mapped = false, cacheOperations = false, dropThreadPointer = false } = options;
  if (!trace.system) throw new RangeError(`${trace.name} records threads, not a system: there is no kernel to execute`);
  fetchLineShift({ name: trace.name, fetchLineBytes });
  if (fetchLineBytes > 128)
    throw new RangeError(`lines of ${shown(fetchLineBytes)} bytes hold two vectors; read the trace with 128 at most`);
  const vectors = findVectors(trace);
  const cut = trace.streams.map(stream => cutStream(trace.name, stream, { vectors, cacheOperations }));
  const total = (of: (one: CutStream) => SystemCounts): SystemCounts => {
    const sum = noCounts();
    for (const one of cut) addCounts(sum, of(one));
    return sum;
  };
  const kept = total(one => one.kept);
  const dropped = noCounts();
  const steps = cut.map(one => (dropThreadPointer ? withoutPointerVisits(one, dropped) : one.steps));
  takeCounts(kept, dropped);
  const numbers = numberPages(cut, steps, vectors);
  const base = mapped ? MAPPED_BASE : KSEG0;
  const relocation = new Relocation(trace.name, numbers, base);
  const streams = cut.map(({ words, gaps }, i): SystemStream => ({
    words: words.map(word => relocation.word(word)),
    gaps,
    steps: assignRoles(steps[i]).map(step =>
      step.kind === 'map' ? { ...step, physical: numbers.get(step.physical)! } : step,
    ),
  }));
  return {
    name: trace.name,
    streams,
    pages: numbers.size,
    mapped,
    base,
    refillVector: relocation.word(vectors | 0) >>> 0,
    fetchLineBytes,
    kept,
    removed: total(one => one.removed),
    removedRefills: cut.reduce((sum, one) => sum + one.removedRefills, 0),
    dropped,
  };
}

/** The page of the vectors: that of a random TLB write which a return follows at once. */
function findVectors({ name, streams }: RecordedTrace): number {
  for (const { marks, words } of streams) {
    let written = -1;
    for (const mark of marks) {
      if (mark.kind !== 'special') continue;
      if (mark.code === NtrSpecial.tlbwr) written = mark.instruction;
      if (mark.code !== NtrSpecial.eret || mark.instruction !== written + 1) continue;
      let fetch = mark.at - 1;
      while (fetch > 0 && (words[fetch] & 3) !== 2) fetch--;
      return (words[fetch] & 0xfffff000) >>> 0;
    }
  }
  throw new TraceError(
    `${name}: no handler of TLB refills is found; read the trace with specials, and choose a window with a refill`,
  );
}

/** Numbers of the physical pages that occur, in order. */
function numberPages(
  cut: readonly CutStream[],
  steps: readonly (readonly SystemStep[])[],
  vectors: number,
): Map<number, number> {
  const found = new Uint8Array(2 ** 20);
  found[(vectors >>> PAGE_SHIFT) & UNMAPPED_PAGES] = 1;
  for (const { words } of cut)
    for (let i = 0; i < words.length; i++) {
      const page = words[i] >>> PAGE_SHIFT;
      if (page >= KSEG0_PAGE && page < KSSEG_PAGE) found[page & UNMAPPED_PAGES] = 1;
    }
  for (const step of steps.flat()) if (step.kind === 'map') found[step.physical] = 1;
  const numbers = new Map<number, number>();
  found.forEach((occurs, page) => {
    if (occurs === 1) numbers.set(page, numbers.size);
  });
  return numbers;
}

/** Moves the addresses of the kernel to where its pages are now. */
class Relocation {
  private readonly trace: string;
  /** New numbers of physical pages that the kernel's unmapped segments reach. */
  private readonly numbers = new Int32Array(UNMAPPED_PAGES + 1);
  private readonly basePage: number;

  constructor(trace: string, numbers: ReadonlyMap<number, number>, base: number) {
    this.trace = trace;
    for (const [page, number] of numbers) if (page <= UNMAPPED_PAGES) this.numbers[page] = number;
    this.basePage = base >>> PAGE_SHIFT;
  }

  word(word: number): number {
    const page = word >>> PAGE_SHIFT;
    if (page < KSEG0_PAGE) return word;
    if (page < KSSEG_PAGE) {
      const moved = this.basePage + this.numbers[page & UNMAPPED_PAGES];
      return (moved << PAGE_SHIFT) | (word & 0xfff);
    }
    const mapped = this.basePage !== KSEG0_PAGE;
    if (mapped && (page >= MAPPED_BASE >>> PAGE_SHIFT || page >= KSEG3_PAGE))
      throw new TraceError(
        `${this.trace}: the kernel uses page 0x${page.toString(16)}, where a mapped kernel has its text and data`,
      );
    return word;
  }
}

/** Steps without the visits that fetch the thread pointer: a visit that nothing else happens in. */
function withoutPointerVisits({ steps, words, gaps }: CutStream, dropped: SystemCounts): SystemStep[] {
  const left: SystemStep[] = [];
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i];
    const end = step.kind === 'enter' && step.cause === 'thread pointer' ? pointerVisitEnd(steps, i) : -1;
    if (end < 0) {
      left.push(step);
      continue;
    }
    for (; i < end; i++) countStep(steps[i], words, gaps, dropped);
    countStep(steps[i], words, gaps, dropped);
  }
  return left;
}

/** Index of the return of a short visit, -1 if it is none. */
function pointerVisitEnd(steps: readonly SystemStep[], enter: number): number {
  for (let i = enter + 1; i < steps.length && i < enter + LONGEST_POINTER_VISIT; i++) {
    const { kind } = steps[i];
    if (kind === 'return') return i;
    if (kind === 'enter' || kind === 'task' || kind === 'map') return -1;
  }
  return -1;
}

function countStep(step: SystemStep, words: Int32Array, gaps: Uint16Array, counts: SystemCounts): void {
  if (step.kind === 'run')
    for (let i = step.from; i < step.to; i++) {
      counts.kernelInstructions += gaps[i];
      if ((words[i] & 3) === 0) counts.loads++;
      else if ((words[i] & 3) === 1) counts.stores++;
    }
  else if (step.kind === 'compute') counts.kernelInstructions += step.instructions;
  else if (step.kind === 'privileged' || step.kind === 'return') {
    counts.kernelInstructions++;
    const name = step.kind === 'return' ? 'eret' : (step.operation as keyof typeof NtrSpecial);
    counts.special[NtrSpecial[name]]++;
  }
}

function takeCounts(from: SystemCounts, taken: SystemCounts): void {
  from.kernelInstructions -= taken.kernelInstructions;
  from.loads -= taken.loads;
  from.stores -= taken.stores;
  taken.special.forEach((count, code) => (from.special[code] -= count));
}
