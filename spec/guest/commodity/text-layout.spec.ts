/** Text of steps in short runs all over the kernel, as counted of a real one. */
import { describe, expect, it } from '@jest/globals';
import { irix } from '../../../lib/guest/commodity/profiles/irix.js';
import { linuxMips } from '../../../lib/guest/commodity/profiles/linux-mips.js';
import { TextLayout } from '../../../lib/guest/commodity/text-layout.js';

const BASE = 0x80000000;
const distinct = (addresses: readonly number[], bytes: number): number =>
  new Set(addresses.map(address => Math.floor(address / bytes))).size;

describe('the text of a kernel', () => {
  it('has 3.0 to 3.9 lines of a step in a page, and 1.1 to 1.2 of its pages in a pair', () => {
    const layout = new TextLayout(BASE, 420);
    // As many as page faults, reads and writes execute.
    for (const lines of [92, 118, 166, 145, 329]) {
      const step = layout.place(lines);
      expect(distinct(step, 128)).toBe(lines);
      const [pages, pairs] = [distinct(step, 4096), distinct(step, 8192)];
      expect(lines / pages).toBeGreaterThan(3);
      expect(lines / pages).toBeLessThan(3.9);
      expect(pages / pairs).toBeGreaterThan(1.1);
      expect(pages / pairs).toBeLessThan(1.35);
    }
  });

  it.each([irix, linuxMips])('of $name has room for all steps, each line that of one step', ({ steps, textBytes }) => {
    const pages = textBytes / 4096;
    const layout = new TextLayout(BASE, pages);
    const lines = Object.values(steps).flatMap(({ textLines }) => layout.place(textLines));
    expect(new Set(lines).size).toBe(lines.length);
    expect(Math.min(...lines)).toBeGreaterThanOrEqual(BASE);
    expect(Math.max(...lines)).toBeLessThan(BASE + textBytes);
    expect(distinct(lines, 4096)).toBe(pages);
  });

  it('is refused steps for which it is too small', () => {
    const layout = new TextLayout(BASE, 1);
    layout.place(24);
    expect(() => layout.place(24)).toThrow('do not fit into 1 pages of text');
  });
});
