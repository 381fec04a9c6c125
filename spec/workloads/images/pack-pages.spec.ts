import { describe, expect, it } from '@jest/globals';
import { GuestImages } from '../../../lib/experiments/systems/guests/guest-images.js';
import { packImage, packThreads } from '../../../lib/workloads/images/pack-pages.js';
import { threadImages } from '../../../lib/workloads/images/user-image.js';

const images = new GuestImages();
const [verilog] = images.programs('verilog-2cpu');
const threads = threadImages(images.trace('radix-16'));

describe('packed images', () => {
  it.each([
    ['a program', verilog.pages, packImage(verilog).pages],
    ['threads', threads.pages, packThreads(threads).pages],
  ])('of %s have the pages of the image, pairs as pairs, from 4 MB on', (_, before, after) => {
    const touched = after.filter(({ users }) => users > 0);
    expect(touched.map(({ page, ...rest }) => ({ ...rest, odd: page & 1 }))).toEqual(
      before.map(({ page, ...rest }) => ({ ...rest, odd: page & 1 })),
    );
    const numbers = after.map(({ page }) => page);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0x400);
    // Every pair is used, so that there are no holes but halves of pairs.
    expect(new Set(numbers.map(page => page >>> 1)).size).toBe((Math.max(...numbers) >>> 1) - 0x200 + 1);
  });

  it('make the same references, elsewhere', () => {
    const { stream, pages } = packImage(verilog);
    const places = new Map(verilog.pages.map(({ page }, i) => [page, pages[i].page]));
    const wrong = verilog.stream.words.findIndex(
      (word, i) => stream.words[i] !== ((places.get(word >>> 12)! << 12) | (word & 0xfff)),
    );
    expect(wrong).toBe(-1);
    expect(stream.gaps).toBe(verilog.stream.gaps);
  });

  it('have the whole text of the program, touched or not', () => {
    // 51 of 118 pages of text are touched (docs/workloads.md counts them among 566).
    const text = packThreads(threads).pages.filter(({ kind }) => kind === 'text');
    expect([text.length, text.filter(({ users }) => users > 0).length]).toEqual([118, 51]);
  });
});
