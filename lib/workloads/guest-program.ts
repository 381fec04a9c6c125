/**
 * Programs for a guest operating system, made from images of recorded programs: where their pages are and what they come
 * from, and user references to execute between system calls.
 */
import { finiteNumber, list, plainObject, wholeNumber } from '../engine/checks.js';
import type { Executable, ProgramRegion } from '../guest/commodity/processes/process.js';
import type { RandomStream } from '../engine/random.js';
import type { References } from '../processor/references.js';
import { block, type Program } from '../processor/operations.js';
import { drawReferences, type Piece } from './images/draw-references.js';
import type { PageKind } from './images/image-pages.js';
import type { ImageSpace, UserImage } from './images/user-image.js';
import type { Code } from '../system/code.js';

/** Bytes of a page. */
const PAGE_BYTES = 4096;
/** Gaps of so many pages between pages of one kind belong to the region. */
const GAP = 4;

/** A program and the file that holds it. */
export interface GuestProgram {
  readonly executable: Executable;
  /** Bytes of its file. */
  readonly bytes: number;
}

/** What a page of several images is: the strongest of what it is in each. */
const STRENGTH: readonly PageKind[] = ['stack', 'heap', 'constants', 'data', 'text'];

/**
 * A program whose address space holds the pages of images, and a buffer of `bufferPages` pages for its own input and output
 * at `BUFFER`. Text, constants and data come from its file; heap, stack and buffer are cleared on demand.
 */
export function guestProgram(
  path: string,
  images: readonly ImageSpace[],
  program: Executable['program'],
  bufferPages = 4,
): GuestProgram {
  list(images, `${path}: images`);
  wholeNumber(bufferPages, `${path}: bufferPages`, 0, 65536);
  const kinds = new Map<number, PageKind>();
  const written = new Set<number>();
  for (const { pages } of images)
    for (const { page, kind, stores } of pages) {
      if (stores > 0) written.add(page);
      const known = kinds.get(page);
      if (known === undefined || STRENGTH.indexOf(kind) > STRENGTH.indexOf(known)) kinds.set(page, kind);
    }
  // What one image writes cannot be read-only for another image of the same program.
  for (const [page, kind] of kinds)
    if (written.has(page) && (kind === 'text' || kind === 'constants')) kinds.set(page, 'data');
  const regions: ProgramRegion[] = [];
  let filePage = 0;
  for (const { kind, first, pages } of ranges(kinds)) {
    const source = SOURCE[kind];
    regions.push({ kind: source, first, pages, filePage: source === 'zero' ? 0 : filePage });
    if (source !== 'zero') filePage += pages;
  }
  regions.push({ kind: 'zero', first: BUFFER / PAGE_BYTES, pages: bufferPages });
  return { executable: { path, regions, program }, bytes: filePage * PAGE_BYTES };
}

/** Where programs have their buffers: in the top of user memory, below the stacks of the recorded programs. */
export const BUFFER = 0x70000000;

const SOURCE = { text: 'text', constants: 'text', data: 'data', heap: 'zero', stack: 'zero' } as const;

function ranges(kinds: ReadonlyMap<number, PageKind>): { kind: PageKind; first: number; pages: number }[] {
  const found: { kind: PageKind; first: number; pages: number }[] = [];
  for (const [page, kind] of [...kinds].sort(([a], [b]) => a - b)) {
    const last = found.at(-1);
    const next = last === undefined ? 0 : last.first + last.pages;
    if (last !== undefined && SOURCE[last.kind] === SOURCE[kind] && page - next <= GAP)
      last.pages = page - last.first + 1;
    else found.push({ kind, first: page, pages: 1 });
  }
  return found;
}

/** What of its image a program goes through: see DrawOptions. */
export interface WorkLimits {
  /** Pages of its heap that it touches at most. */
  readonly heapPages?: number;
  /** The references of each round in turn. */
  readonly variants?: readonly References[];
}

/** What a program computes between its system calls: pieces of an image, a given number of instructions at a time. */
export class UserWork {
  private readonly image: UserImage;
  private readonly random: RandomStream | undefined;
  private readonly limits: WorkLimits;
  private pieces: Iterator<Piece, void>;
  private piece: Piece | null = null;
  private at = 0;

  /** Begins at a place drawn from `random`, or at the beginning. */
  constructor(image: UserImage, random?: RandomStream, limits: WorkLimits = {}) {
    plainObject(image, 'UserWork: image');
    plainObject(limits, 'UserWork: limits');
    if (limits.heapPages !== undefined) wholeNumber(limits.heapPages, 'UserWork: limits.heapPages');
    this.image = image;
    this.limits = limits;
    this.random = random;
    this.pieces = this.draw();
  }

  /** Executes the next `instructions`, or a few more. */
  *run(instructions: number): Code {
    finiteNumber(instructions, 'the instructions of UserWork', 0, 2 ** 52);
    let left = instructions;
    while (left > 0) {
      if (this.piece === null) {
        this.piece = this.nextPiece();
        this.at = this.piece.from;
      }
      const { references, to } = this.piece;
      const from = this.at;
      let end = from;
      for (; end < to && left > 0; end++) left -= references.gaps[end];
      yield block(references, from, end);
      this.at = end;
      if (end === to) this.piece = null;
    }
  }

  private nextPiece(): Piece {
    for (;;) {
      const next = this.pieces.next();
      if (next.done !== true) return next.value;
      this.pieces = this.draw();
    }
  }

  private draw(): Iterator<Piece, void> {
    const { image, random, limits } = this;
    return drawReferences(image, {
      instructions: Number.MAX_SAFE_INTEGER,
      ...limits,
      ...(random === undefined ? {} : { random }),
    });
  }
}

/** A program that does nothing but compute. */
export function* computing(image: UserImage, instructions: number, random?: RandomStream): Program {
  yield* new UserWork(image, random).run(instructions);
}
