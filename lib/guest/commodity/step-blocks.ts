/**
 * Turns the steps of a profile into packed references and executes them: the text that a step fetches, and the data that it
 * touches, as virtual addresses. The same step has several variants, whose data lie in other lines of their areas.
 */
import { block, load, store } from '../../processor/operations.js';
import { packReference, ReferenceKind, type References } from '../../processor/references.js';
import type { Code } from '../../system/code.js';
import { KERNEL_STACK, LINE_BYTES, PROCESSOR_DATA, type KernelLayout } from './address-layout.js';
import { AREAS, type Area, type Profile, type Step, type Touch } from './profile.js';

/** Variants of a step. */
const VARIANTS = 8;
/** Bytes of a line that is fetched as a whole, and its instructions. */
const FETCH_BYTES = 64;
const FETCH_INSTRUCTIONS = FETCH_BYTES / 4;
/** Of the lines that a step touches in an area, those that are the same in all variants. */
const HOT_SHARE = 0.25;
/** Of the lines that a step touches in an area, those that it writes. */
const WRITTEN_SHARE = 0.3;
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
    const texts = new Map(
      names.map(name => [name, layout.allocate(profile.steps[name].textLines * LINE_BYTES)] as const),
    );
    this.textPages = layout.pages;
    for (const area of Object.keys(AREAS) as Area[]) this.areas.set(area, this.place(area, layout));
    names.forEach((name, index) => {
      const step = profile.steps[name];
      const variants = Array.from({ length: VARIANTS }, (_, variant) =>
        this.assemble(step, texts.get(name)!, index * 131 + variant * 17, variant),
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

  /** Fetches in the order of the text, again from its start as long as there are instructions; data spread between. */
  private assemble(step: Step, text: number, salt: number, variant: number): References {
    const data = this.dataWords(step, salt, variant);
    const fetches = Math.max(1, Math.ceil(step.instructions / FETCH_INSTRUCTIONS));
    const textFetches = Math.max(1, step.textLines * (LINE_BYTES / FETCH_BYTES));
    const words = new Int32Array(fetches + data.length);
    const gaps = new Uint16Array(words.length);
    let at = 0;
    let given = 0;
    for (let fetch = 0; fetch < fetches; fetch++) {
      words[at++] = packReference(text + (fetch % textFetches) * FETCH_BYTES, ReferenceKind.Fetch);
      const upTo = Math.floor(((fetch + 1) * data.length) / fetches);
      while (given < upTo) words[at++] = data[given++]!;
    }
    spread(gaps, step.instructions);
    return { words, gaps };
  }

  private dataWords(step: Step, salt: number, variant: number): number[] {
    const perTouch = step.touches.map(touch => {
      const lines = Math.floor(AREAS[touch.area].bytes / LINE_BYTES);
      const hot = Math.ceil(touch.lines * HOT_SHARE);
      const base = this.areas.get(touch.area)!;
      const line = (index: number): number => {
        // Hot lines begin the area; the others differ from variant to variant, spread by a multiplicative hash.
        if (index < hot || lines <= touch.lines) return index % lines;
        return hot + ((Math.imul(index * VARIANTS + variant + salt, 0x9e3779b1) >>> 8) % Math.max(1, lines - hot));
      };
      return lineByLine(touch).map(({ index, use, store }) =>
        packReference(
          base + line(index) * LINE_BYTES + ((use * 8) % LINE_BYTES),
          store ? ReferenceKind.Store : ReferenceKind.Load,
        ),
      );
    });
    return interleave(perTouch);
  }
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
