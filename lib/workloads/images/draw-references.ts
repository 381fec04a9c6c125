/** Draws a process of any length from a program image: its segments one after the other, round and round. */
import { plainObject, shown } from '../../engine/checks.js';
import type { RandomStream } from '../../engine/random.js';
import type { References } from '../../processor/references.js';
import type { UserImage } from './user-image.js';

/** What is drawn. */
export interface DrawOptions {
  /** Instructions of the whole drawing; from 1 up. It ends with the first reference at which there are so many. */
  readonly instructions: number;
  /** Where to begin: a segment drawn from this stream. The first one unless given, as a program that has just been started. */
  readonly random?: RandomStream;
  /**
   * Pages of the heap that may be touched, all rounds together. Before a segment that would touch more, the drawing goes back
   * to its beginning and repeats what it has done so far. The first segment is always drawn. No limit unless given.
   */
  readonly heapPages?: number;
  /** The references of each round in turn: `heapVariants`. Those of the image unless given. */
  readonly variants?: readonly References[];
}

/** A part of a drawing, to be executed as `block(references, from, to)`. The arrays are shared, not copied. */
export interface Piece {
  readonly references: References;
  readonly from: number;
  readonly to: number;
  readonly instructions: number;
  /** Whether a recorded system call follows. */
  readonly call: boolean;
}

/**
 * Draws references. Equal images, options and states of `random` give equal drawings. Throws a RangeError for an image
 * without instructions, and for a length, a limit or variants that are not as described.
 */
export function* drawReferences(image: UserImage, options: DrawOptions): Generator<Piece, void> {
  plainObject(image, 'drawReferences: image');
  plainObject(options, 'drawReferences');
  check(image, options);
  const start = options.random?.below(image.segments.length) ?? 0;
  const walk = new Walk(image, options.variants ?? [image.stream], start, options.heapPages ?? Infinity);
  let left = options.instructions;
  for (;;) {
    const piece = walk.next();
    if (piece.instructions >= left) {
      yield beginning(piece, left);
      return;
    }
    yield piece;
    left -= piece.instructions;
  }
}

function check(image: UserImage, { instructions, heapPages = 0, variants = [image.stream] }: DrawOptions): void {
  if (!Number.isSafeInteger(instructions) || instructions < 1)
    throw new RangeError(`${image.name}: a drawing has a positive number of instructions, not ${shown(instructions)}`);
  if (!Number.isSafeInteger(heapPages) || heapPages < 0)
    throw new RangeError(
      `${image.name}: a limit of ${shown(heapPages)} pages of the heap is not a whole number from 0 up`,
    );
  if (image.segments.every(segment => segment.instructions === 0))
    throw new RangeError(`${image.name}: the image has no instructions to draw from`);
  if (variants.length === 0 || variants.some(({ words }) => words.length !== image.stream.words.length))
    throw new RangeError(`${image.name}: the variants are not variants of this image`);
}

/** The order of segments. */
class Walk {
  private readonly image: UserImage;
  private readonly variants: readonly References[];
  private readonly limit: number;
  private at: number;
  private round = 0;
  /** Pages touched, with the number of their variant; kept only for a limit. */
  private readonly touched = new Set<number>();
  private readonly done: Piece[] = [];
  /** What of `done` comes next, once the limit is reached; -1 before. */
  private again = -1;

  constructor(image: UserImage, variants: readonly References[], start: number, limit: number) {
    this.image = image;
    this.variants = variants;
    this.at = start;
    this.limit = limit;
  }

  next(): Piece {
    if (this.again < 0 && this.limit !== Infinity && !this.afford()) this.again = 0;
    if (this.again < 0) return this.advance();
    const piece = this.done[this.again];
    this.again = (this.again + 1) % this.done.length;
    return piece;
  }

  private advance(): Piece {
    const { segments } = this.image;
    const piece = { ...segments[this.at], references: this.variants[this.round % this.variants.length] };
    // When every variant has had its round there is nothing new any more.
    if (this.limit !== Infinity && this.round <= this.variants.length) this.done.push(piece);
    this.at++;
    if (this.at === segments.length) {
      this.at = 0;
      this.round++;
    }
    return piece;
  }

  /** Whether the next segment keeps to the limit; if so its pages are touched. */
  private afford(): boolean {
    const { touched, done, limit } = this;
    const base = (this.round % this.variants.length) * 2 ** 20;
    const fresh = this.image.heap[this.at].filter(page => !touched.has(base + page));
    if (done.length > 0 && touched.size + fresh.length > limit) return false;
    for (const page of fresh) touched.add(base + page);
    return true;
  }
}

/** The part of a piece up to the first reference at which `instructions` have been executed. */
function beginning(piece: Piece, instructions: number): Piece {
  const { gaps } = piece.references;
  let to = piece.from;
  let executed = 0;
  while (to < piece.to && executed < instructions) executed += gaps[to++];
  return { ...piece, to, instructions: executed, call: piece.call && to === piece.to };
}
