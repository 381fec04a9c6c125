/**
 * Turns the steps of a profile into packed references and executes them: the text that a step fetches, and the data that it
 * touches, as virtual addresses. The same step has several variants, whose data lie in other lines of their areas.
 */
import { block, load, store } from '../../processor/operations.js';
import { packReference, ReferenceKind, type References } from '../../processor/references.js';
import type { Code } from '../../system/code.js';
import { KERNEL_STACK, LINE_BYTES, PAGE_BYTES, PROCESSOR_DATA, type KernelLayout } from './address-layout.js';
import { AREAS, type Area, type Profile, type Step, type Touch } from './profile.js';
import { TextLayout } from './text-layout.js';

/** Variants of a step. */
const VARIANTS = 8;
/** Bytes of a line that is fetched as a whole, and its instructions. */
const FETCH_BYTES = 64;
const FETCH_INSTRUCTIONS = FETCH_BYTES / 4;
/** Of the lines that a step touches in an area, those that are the same in all variants. */
const HOT_SHARE = 0.25;
/**
 * Of the lines that a step touches in an area, those in one page: 2.1 to 2.6 in the page faults, reads, writes and opens of Linux 6.1 on
 * MIPS, without the page that is cleared (counted; docs/guest.md).
 */
const LINES_PER_PAGE = 2.4;
/** Lines of a page, and how far apart are those of a step there, and its pages: odd, and prime to the pages of every area. */
const PAGE_LINES = PAGE_BYTES / LINE_BYTES;
const LINE_STRIDE = 11;
const PAGE_STRIDE = 7;
/**
 * Of the lines that a step touches in an area, those that it writes. ESTIMATED as the stores for each load that were counted in the services
 * of Linux 6.1 on MIPS: 0.8 in open, 0.9 in a read and 0.8 in a write of 4 KB, 0.7 in close, 0.8 in the scheduler's (docs/guest.md).
 */
const WRITTEN_SHARE = 0.8;
/** Instructions that a packed reference can carry. */
const LONGEST_GAP = 0xffff;

/** The blocks of a kernel. */
export class StepBlocks {
  private readonly areas = new Map<Area, number>();
  private readonly blocks = new Map<string, readonly References[]>();
  /** The variant that is next. Touched only between yields. */
  private readonly turns = new Map<string, number>();
  /** Physical pages of the text, from page 0 on; nothing else is in them. */
  readonly textPages: number;

  /** Lays out text and areas, then the blocks. */
  constructor(layout: KernelLayout, profile: Profile) {
    const names = Object.keys(profile.steps);
    const textPages = Math.ceil(profile.textBytes / PAGE_BYTES);
    const text = new TextLayout(layout.allocate(textPages * PAGE_BYTES, PAGE_BYTES), textPages);
    const texts = new Map(names.map(name => [name, text.place(Math.max(1, profile.steps[name].textLines))] as const));
    this.textPages = layout.pages;
    for (const area of Object.keys(AREAS) as Area[]) this.areas.set(area, this.place(area, layout));
    names.forEach((name, index) => {
      const step = profile.steps[name];
      const variants = Array.from({ length: VARIANTS }, (_, variant) =>
        this.assemble(step, texts.get(name)!, index * 131 + variant * 17),
      );
      this.blocks.set(name, variants);
    });
  }

  /** Executes a step of the profile, if it has that, and reads and writes a line of each object given: see KernelCore. */
  *work(step: string, ...objects: readonly number[]): Code {
    const references = this.next(step);
    if (references !== undefined) yield block(references, 0, references.words.length);
    for (const object of objects) yield store(object + 4, (yield load(object + 4)) + 1);
  }

  /** The step that references belong to; null if they belong to none. Copies of references share their array of words. */
  stepOf({ words }: References): string | null {
    for (const [step, variants] of this.blocks) if (variants.some(variant => variant.words === words)) return step;
    return null;
  }

  /** The references of a step: another variant each time. */
  private next(step: string): References | undefined {
    const variants = this.blocks.get(step);
    if (variants === undefined) return undefined;
    const turn = this.turns.get(step) ?? 0;
    this.turns.set(step, (turn + 1) % VARIANTS);
    return variants[turn];
  }

  private place(area: Area, layout: KernelLayout): number {
    switch (AREAS[area].of) {
      case 'thread':
        return KERNEL_STACK;
      case 'processor':
        return PROCESSOR_DATA;
      case 'all':
        return layout.allocate(AREAS[area].bytes, 4096);
    }
  }

  /**
   * Fetches in the order of the text, again from its start as long as there are instructions; data spread between. Text of more lines
   * than the instructions fill is branched through: of each line a part is fetched.
   */
  private assemble(step: Step, text: readonly number[], salt: number): References {
    const data = this.dataWords(step, salt);
    const fetches = Math.max(text.length, Math.ceil(step.instructions / FETCH_INSTRUCTIONS));
    const parts = text.length * (LINE_BYTES / FETCH_BYTES);
    const stride = Math.max(1, parts / fetches);
    const words = new Int32Array(fetches + data.length);
    const gaps = new Uint16Array(words.length);
    let at = 0;
    let given = 0;
    for (let fetch = 0; fetch < fetches; fetch++) {
      const part = Math.floor(fetch * stride) % parts;
      const line = text[Math.floor((part * FETCH_BYTES) / LINE_BYTES)];
      words[at++] = packReference(line + ((part * FETCH_BYTES) % LINE_BYTES), ReferenceKind.Fetch);
      const upTo = Math.floor(((fetch + 1) * data.length) / fetches);
      while (given < upTo) words[at++] = data[given++]!;
    }
    spread(gaps, step.instructions);
    return { words, gaps };
  }

  private dataWords(step: Step, salt: number): number[] {
    const perTouch = step.touches.map(touch => {
      const base = this.areas.get(touch.area)!;
      return lineByLine(touch).map(({ index, use, store }) =>
        packReference(
          base + lineIn(touch, index, salt) * LINE_BYTES + ((use * 8) % LINE_BYTES),
          store ? ReferenceKind.Store : ReferenceKind.Load,
        ),
      );
    });
    return interleave(perTouch);
  }
}

/** Which line of its area is that of a touch with that index: hot ones are the same in all variants of all steps, others vary with the salt. */
function lineIn({ area, lines }: Touch, index: number, salt: number): number {
  const hot = Math.ceil(lines * HOT_SHARE);
  const first = index < hot ? 0 : hot;
  const turn = index < hot ? 0 : hash(salt + 1);
  const { bytes } = AREAS[area];
  if (bytes <= PAGE_BYTES) return (turn + index) % (bytes / LINE_BYTES);
  const group = Math.floor((index - first) / LINES_PER_PAGE);
  const offset = index - first - Math.ceil(group * LINES_PER_PAGE);
  const page = (turn + group * PAGE_STRIDE) % (bytes / PAGE_BYTES);
  return page * PAGE_LINES + ((hash(turn + group) + offset * LINE_STRIDE) % PAGE_LINES);
}

/** A multiplicative hash, 24 bits. */
function hash(value: number): number {
  return Math.imul(value, 0x9e3779b1) >>> 8;
}

/**
 * The references of a touch, line after line: code that works on a structure does so for a while and then leaves it.
 * Some lines are written, the others are only read.
 */
function lineByLine({ lines, loads, stores }: Touch): { index: number; use: number; store: boolean }[] {
  const written = Math.max(1, Math.round(lines * WRITTEN_SHARE));
  const found: { index: number; use: number; store: boolean }[] = [];
  let storesGiven = 0;
  let loadsGiven = 0;
  for (let index = 0; index < lines; index++) {
    const rank = Math.floor(((index + 1) * written) / lines);
    const storesSoFar = Math.floor((rank * stores) / written);
    const loadsSoFar = Math.floor(((index + 1) * loads) / lines);
    let use = 0;
    for (; storesGiven < storesSoFar; storesGiven++) found.push({ index, use: use++, store: true });
    for (; loadsGiven < loadsSoFar; loadsGiven++) found.push({ index, use: use++, store: false });
  }
  return found;
}

/** Distributes instructions over references, one at least where there are enough. */
function spread(gaps: Uint16Array, instructions: number): void {
  let given = 0;
  for (let i = 0; i < gaps.length; i++) {
    const upTo = Math.floor(((i + 1) * instructions) / gaps.length);
    gaps[i] = Math.min(upTo - given, LONGEST_GAP);
    given = upTo;
  }
}

/** Merges lists so that each is spread evenly over the whole. */
function interleave(lists: readonly (readonly number[])[]): number[] {
  const keyed = lists.flatMap(list => list.map((word, i) => ({ word, key: (i + 0.5) / list.length })));
  keyed.sort((a, b) => a.key - b.key);
  return keyed.map(({ word }) => word);
}
