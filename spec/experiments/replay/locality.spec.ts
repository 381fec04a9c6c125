import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { LocalityRecorder } from '../../../lib/experiments/replay/locality.js';
import { PageStore } from '../../../lib/guest/bare/pages.js';
import { machineFrame, NO_PAGE } from '../../../lib/messages/addresses.js';

const SEED = 1997;
const WINDOWS = 60;
const FIRST = 1024;

/** A recorder over two nodes of four frames; frames 0 and 4 hold pages a and b, the others kernel data. */
function recorder(): { recorder: LocalityRecorder; store: PageStore } {
  const store = new PageStore(8);
  store.setFrame(machineFrame(0), store.add('a', 0, NO_PAGE));
  store.setFrame(machineFrame(4), store.add('b', 1, NO_PAGE));
  return { recorder: new LocalityRecorder(store, frame => (frame < 4 ? 0 : 1)), store };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('locality over time', () => {
  it('counts misses by window, local and remote, the page that missed most first', () => {
    const { recorder: locality } = recorder();
    locality.miss(machineFrame(0), 0, 0);
    locality.miss(machineFrame(0), 1, FIRST - 1);
    locality.miss(machineFrame(4), 1, FIRST);
    locality.miss(machineFrame(0), 1, FIRST);
    expect(locality.report(FIRST, 2.5, 10)).toEqual({
      windowNs: FIRST * 2.5,
      local: [1, 1],
      remote: [1, 1],
      pages: [
        { label: 'a', local: [1, 0], remote: [1, 1] },
        { label: 'b', local: [0, 1], remote: [0, 0] },
      ],
    });
  });

  it('counts kernel data in the total only', () => {
    const { recorder: locality } = recorder();
    locality.miss(machineFrame(1), 0, 0);
    locality.miss(machineFrame(5), 0, 0);
    expect(locality.report(0, 1, 10)).toEqual({ windowNs: FIRST, local: [1], remote: [1], pages: [] });
  });

  it('goes with a page that moves', () => {
    const { recorder: locality, store } = recorder();
    locality.miss(machineFrame(0), 1, 0);
    store.setFrame(machineFrame(5), store.pages[0]);
    locality.miss(machineFrame(5), 1, 0);
    expect(locality.report(0, 1, 10).pages).toEqual([{ label: 'a', local: [1], remote: [1] }]);
  });

  it('names as many pages as it is asked for, of equal ones the older first', () => {
    const { recorder: locality } = recorder();
    locality.miss(machineFrame(4), 0, 0);
    locality.miss(machineFrame(0), 0, 0);
    expect([0, 1, 2].map(most => locality.report(0, 1, most).pages.map(({ label }) => label))).toEqual([
      [],
      ['a'],
      ['a', 'b'],
    ]);
  });

  it('makes one window of two when there are too many', () => {
    const { recorder: locality } = recorder();
    for (let window = 0; window < WINDOWS; window++) locality.miss(machineFrame(0), 0, window * FIRST);
    expect(locality.report(WINDOWS * FIRST - 1, 1, 1).local).toEqual(new Array(WINDOWS).fill(1));
    locality.miss(machineFrame(0), 1, WINDOWS * FIRST);
    const { windowNs, local, remote, pages } = locality.report(WINDOWS * FIRST, 1, 1);
    expect(windowNs).toBe(2 * FIRST);
    expect([local, remote]).toEqual([
      [...new Array(30).fill(2), 0],
      [...new Array(30).fill(0), 1],
    ]);
    expect(pages).toEqual([{ label: 'a', local, remote }]);
  });

  it('loses no miss, however long it takes', () => {
    const misses = fc.array(fc.record({ frame: fc.nat(7), node: fc.nat(1), after: fc.nat(200_000) }), {
      maxLength: 100,
    });
    fc.assert(
      fc.property(misses, all => {
        const { recorder: locality } = recorder();
        let now = 0;
        for (const { frame, node, after } of all) locality.miss(machineFrame(frame), node, (now += after));
        const { windowNs, local, remote, pages } = locality.report(now, 1, 10);
        const at = (wanted: (frame: number, node: number) => boolean): number =>
          all.filter(({ frame, node }) => wanted(frame, node)).length;
        expect(sum(local)).toBe(at((frame, node) => frame < 4 === (node === 0)));
        expect(sum(local) + sum(remote)).toBe(all.length);
        for (const { label, ...page } of pages)
          expect(sum([...page.local, ...page.remote])).toBe(at(frame => frame === (label === 'a' ? 0 : 4)));
        expect([local.length, Math.log2(windowNs / FIRST) % 1]).toEqual([Math.floor(now / windowNs) + 1, 0]);
        expect(local.length).toBeLessThanOrEqual(WINDOWS);
      }),
      { seed: SEED },
    );
  });
});
