import { describe, expect, it } from '@jest/globals';
import type { SystemImage } from '../../../lib/guest/recorded/image.js';
import { NtrSpecial } from '../../../lib/traces/ntr/ntr.js';
import { systemImage } from '../../../lib/workloads/images/system-image.js';
import { StreamTranslation } from '../../../lib/traces/translation.js';
import type { RecordedTrace } from '../../../lib/traces/trace.js';
import { instructionsOf, isUserRun } from '../../guest/recorded/slices.js';
import { SYSTEMS, imageOf, open } from '../../guest/recorded/traces.js';

const USER_PAGES = 0x80000;
/** Instructions and special instructions of the recorded handler: os-profile of Linux 6.1, "TLB refill, user address". */
const HANDLER = { instructions: 23, loads: 4, mfc0: 3, mtc0: 2, tlbwr: 1, eret: 1 };

describe.each(SYSTEMS)('the image of %s', name => {
  const { trace, counts } = open(name);
  const image = imageOf(trace);
  const { kept, removed, removedRefills } = image;

  it('conserves the instructions, loads and stores of the header: what is kept, and the handlers that are removed', () => {
    expect({
      user: kept.userInstructions,
      kernel: kept.kernelInstructions + removed.kernelInstructions,
      loads: kept.loads + removed.loads,
      stores: kept.stores + removed.stores,
    }).toEqual({
      user: counts.instructions - counts.kernelInstructions,
      kernel: counts.kernelInstructions,
      loads: counts.loads,
      stores: counts.stores,
    });
  });

  it('conserves the special instructions of the header', () => {
    const found = Object.fromEntries(
      Object.entries(NtrSpecial).map(([special, code]) => [special, kept.special[code] + removed.special[code]]),
    );
    expect(found).toEqual(counts.special);
  });

  it('removes whole handlers of 23 instructions, but for one that the window cuts', () => {
    const missing = removedRefills * HANDLER.instructions - removed.kernelInstructions;
    expect(Math.abs(missing)).toBeLessThan(HANDLER.instructions);
    if (missing !== 0) return;
    expect(removed).toMatchObject({ userInstructions: 0, stores: 0, loads: HANDLER.loads * removedRefills });
    for (const special of ['mfc0', 'mtc0', 'tlbwr', 'eret'] as const)
      expect(removed.special[NtrSpecial[special]]).toBe(HANDLER[special] * removedRefills);
  });

  it('has steps with as many instructions as it says it keeps', () => {
    const { user, kernel } = instructionsOf(image);
    expect([user, kernel]).toEqual([kept.userInstructions, kept.kernelInstructions]);
  });

  it('has the user references of the trace, in order', () => {
    trace.streams.forEach((stream, s) => {
      let at = 0;
      let different = 0;
      const recorded = userWords(stream.words);
      const { steps, words } = image.streams[s];
      for (const run of steps.filter(isUserRun))
        for (let i = run.from; i < run.to; i++) if (words[i] !== recorded[at++]) different++;
      expect([different, at]).toEqual([0, recorded.length]);
    });
  });

  it('has one exception for each return, but for visits that the window or a new process cuts', () => {
    const { entries, returns } = instructionsOf(image);
    expect(Math.abs(entries - returns)).toBeLessThanOrEqual(3 * trace.streams.length);
  });
});

describe.each(['pmake-2cpu-start', 'pmake-2cpu-compile'] as const)('the mappings of %s', name => {
  const { trace } = open(name);

  it.each([false, true])('lead every reference to the page that the trace says; kernel mapped: %s', mapped => {
    expect(differences(trace, imageOf(trace, { mapped }))).toEqual([]);
  });

  it('are never announced in user mode, where nobody could write a page table', () => {
    for (const { steps } of imageOf(trace).streams) {
      let user = false;
      let inUserMode = 0;
      for (const step of steps) {
        if (step.kind === 'run') ({ user } = step);
        else if (step.kind === 'enter' || step.kind === 'return') user = step.kind === 'return' && step.to === 'user';
        else if ((step.kind === 'map' || step.kind === 'task' || step.kind === 'privileged') && user) inUserMode++;
      }
      expect(inUserMode).toBe(0);
    }
  });
});

describe('a system image', () => {
  it('leaves out the visits for the thread pointer if asked: Linux on this processor alone has them', () => {
    const { trace } = open('pmake-2cpu-start');
    const whole = imageOf(trace);
    const image = imageOf(trace, { dropThreadPointer: true });
    const visits = (of: SystemImage): number =>
      of.streams.flatMap(({ steps }) => steps).filter(step => step.kind === 'enter' && step.cause === 'thread pointer')
        .length;
    expect([visits(whole), visits(image)]).toEqual([11017, 0]);
    expect(image.kept.kernelInstructions + image.dropped.kernelInstructions).toBe(whole.kept.kernelInstructions);
    expect(instructionsOf(image).kernel).toBe(image.kept.kernelInstructions);
  });

  it('has a mapped kernel in the supervisor segment only', () => {
    const { trace } = open('database-2cpu');
    const image = imageOf(trace, { mapped: true });
    const outside = image.streams
      .flatMap(({ words }) => Array.from(words))
      .filter(word => {
        const address = word >>> 0;
        return address >= 0x80000000 && (address < 0xc0000000 || address >= 0xe0000000);
      });
    expect(outside).toEqual([]);
  });

  it('refuses a trace of threads', () => {
    const threads = { ...open('database-2cpu').trace, system: false };
    expect(() => systemImage(threads, { fetchLineBytes: 128 })).toThrow('records threads, not a system');
  });

  it('refuses lines that hold two vectors', () => {
    expect(() => systemImage(open('database-2cpu').trace, { fetchLineBytes: 512 })).toThrow('hold two vectors');
  });
});

/** User references: those from a fetch in user mode up to a fetch in kernel mode. */
function userWords(words: Int32Array): number[] {
  const found: number[] = [];
  let user = false;
  for (const word of words) {
    if ((word & 3) === 2) user = word >= 0;
    if (user) found.push(word);
  }
  return found;
}

/**
 * References that the steps of an image lead to another physical page than the trace does, under one renumbering. The
 * first few are told.
 */
function differences(trace: RecordedTrace, image: SystemImage): string[] {
  const renumbered = new Map<number, number>();
  const found: string[] = [];
  trace.streams.forEach((stream, s) => {
    const recorded = recordedPages(stream);
    let at = 0;
    let task = 0;
    const maps = new Map<number, number>();
    const basePage = image.base >>> 12;
    for (const step of image.streams[s].steps) {
      if (step.kind === 'task') ({ task } = step);
      if (step.kind === 'map')
        maps.set(step.page < USER_PAGES ? (task + 1) * 2 ** 20 + step.page : step.page, step.physical);
      if (step.kind !== 'run') continue;
      for (let i = step.from; i < step.to; i++) {
        const page = image.streams[s].words[i] >>> 12;
        const direct = page >= basePage && page < basePage + image.pages;
        const own = direct ? page - basePage : maps.get(page < USER_PAGES ? (task + 1) * 2 ** 20 + page : page);
        const wanted = recorded[at++];
        const number = renumbered.get(wanted) ?? own ?? -1;
        renumbered.set(wanted, number);
        if (own !== number && found.length < 5) found.push(`stream ${s}, reference ${i}, page 0x${page.toString(16)}`);
      }
    }
    if (at !== recorded.length) found.push(`stream ${s}: ${at} references instead of ${recorded.length}`);
  });
  return found;
}

/** The physical pages of the references of a stream, without those of handlers of TLB refills (at EBase = 0x813e0000). */
function recordedPages({ words, marks }: RecordedTrace['streams'][number]): number[] {
  const translation = new StreamTranslation('stream');
  const pages: number[] = [];
  let mark = 0;
  let refill = false;
  for (let i = 0; i < words.length; i++) {
    for (; mark < marks.length && marks[mark].at <= i; mark++) translation.apply(marks[mark]);
    if ((words[i] & 3) === 2) refill = words[i] >>> 0 >= 0x813e0000 && words[i] >>> 0 < 0x813e0180;
    if (!refill) pages.push(translation.physicalPage(words[i] >>> 12));
  }
  return pages;
}
