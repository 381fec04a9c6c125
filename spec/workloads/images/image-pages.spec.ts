import { describe, expect, it } from '@jest/globals';
import { imagePages, imageRegions, type ImagePage } from '../../../lib/workloads/images/image-pages.js';
import { stream, type Line } from '../../experiments/handmade.js';

const at = (page: number, offset = 0): number => page * 0x1000 + offset;

/** A program at 0x400, a heap, a mapped file, a library whose segments are 64 KB apart, and a stack. */
const program = stream([
  ['fetch', at(0x401), 0],
  ['store', at(0x7f800), 1],
  ['load', at(0x403), 1],
  ['store', at(0x413), 1],
  ['load', at(0x415), 1],
  ['load', at(0x416), 1],
  ['store', at(0x416), 1],
  ['load', at(0x1000), 1],
  ['store', at(0x1002), 1],
  ['load', at(0x20000), 1],
  ['fetch', at(0x77000), 1],
  ['fetch', at(0x400), 1],
  ['store', at(0x7f7ff), 1],
]);

function kinds(pages: readonly ImagePage[]): Record<string, string> {
  return Object.fromEntries(pages.map(({ page, kind }) => [page.toString(16), kind]));
}

describe('pages of an image', () => {
  it('are classified by use and neighbourhood', () => {
    expect(kinds(imagePages([program]))).toEqual({
      '400': 'text',
      '401': 'text',
      '403': 'constants',
      '413': 'data',
      '415': 'data', // only read, between two pages of data
      '416': 'data',
      '1000': 'heap', // only read, but its neighbour is written
      '1002': 'heap',
      '20000': 'constants',
      '77000': 'text',
      '7f7ff': 'stack',
      '7f800': 'stack',
    });
  });

  it('of constants in a library are not data because the library below has some', () => {
    const lines: Line[] = [
      ['fetch', at(0x77000), 0],
      ['store', at(0x77010), 1],
      ['fetch', at(0x77014), 1],
      ['load', at(0x77016), 1],
      ['store', at(0x77018), 1],
      ['store', at(0x7f000), 1],
    ];
    expect(kinds(imagePages([stream(lines)]))).toMatchObject({
      '77010': 'data',
      '77016': 'constants',
      '77018': 'data',
    });
  });

  it('come in order of first touch', () => {
    const order = imagePages([program]).map(({ page }) => page.toString(16));
    expect(order.slice(0, 4)).toEqual(['401', '7f800', '403', '413']);
    expect(order.slice(-3)).toEqual(['77000', '400', '7f7ff']);
  });

  it('count references, and whether the first of them was a store', () => {
    const found = imagePages([program]).find(({ page }) => page === 0x416);
    expect(found).toMatchObject({ fetches: 0, loads: 1, stores: 1, users: 1, writers: 1, storedFirst: false });
    expect(imagePages([program]).find(({ page }) => page === 0x413)?.storedFirst).toBe(true);
  });

  it('count the threads that use and that write them', () => {
    const reader: Line[] = [['load', at(0x1000), 0]];
    const writer: Line[] = [...reader, ['store', at(0x1000), 1]];
    const [page] = imagePages([stream(reader), stream(writer), stream(writer)]);
    expect(page).toMatchObject({ loads: 3, stores: 2, users: 3, writers: 2, storedFirst: false });
  });

  it('are those of user mode', () => {
    expect(() => imagePages([stream([['load', 0x80000010, 0]])])).toThrow(
      new RangeError('a user reference to 0x80000010, kernel memory'),
    );
  });
});

describe('regions of an image', () => {
  it('join pages of a kind over holes, and nothing over another kind', () => {
    const regions = imageRegions(imagePages([program]));
    expect(
      regions.map(({ kind, firstPage, pages, touched }) => [kind, firstPage.toString(16), pages, touched]),
    ).toEqual([
      ['text', '400', 2, 2],
      ['constants', '403', 1, 1],
      ['data', '413', 4, 3],
      ['heap', '1000', 3, 2],
      ['constants', '20000', 1, 1],
      ['text', '77000', 1, 1],
      ['stack', '7f7ff', 2, 2],
    ]);
  });

  it('are two where more than what a page of a page table maps lies between', () => {
    const pages = imagePages([stream([0x1000, 0x1400, 0x1801].map((page): Line => ['load', at(page), 1]))]);
    expect(imageRegions(pages).map(({ firstPage, pages }) => [firstPage, pages])).toEqual([
      [0x1000, 0x401],
      [0x1801, 1],
    ]);
  });
});
