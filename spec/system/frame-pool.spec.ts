import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { AddressMap } from '../../lib/messages/address-map.js';
import { machineFrame, physicalPage, NO_PAGE } from '../../lib/messages/addresses.js';
import { FramePool } from '../../lib/system/frame-pool.js';
import { PageStore, frameFor } from '../../lib/guest/bare/pages.js';

const SEED = 1997;

function pool(frames: readonly number[], colours = 1): { map: AddressMap; frames: FramePool } {
  const map = new AddressMap({ frames, processors: frames.map(() => 1), pageBytes: 4096, lineBytes: 128 });
  return { map, frames: new FramePool(map, colours) };
}

describe('a frame pool', () => {
  it('keeps count of every frame, whatever is taken and given back', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 3 });
    const steps = fc.array(fc.record({ give: fc.boolean(), node: fc.nat(2), page: fc.nat(20) }), { maxLength: 60 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 5 }), steps, (frames, colours, todo) => {
        const { map, frames: free } = pool(frames, colours);
        const taken = new Set<number>();
        for (const { give, node, page } of todo) {
          const [oldest] = taken;
          if (give && oldest !== undefined) {
            free.give(machineFrame(oldest));
            taken.delete(oldest);
          } else {
            const frame = free.take(node % map.nodes, page);
            if (frame < 0) expect(free.free(node % map.nodes)).toBe(0);
            else {
              expect([map.homeOfFrame(frame), taken.has(frame)]).toEqual([node % map.nodes, false]);
              taken.add(frame);
            }
          }
          frames.forEach((count, home) => {
            const used = [...taken].filter(frame => map.homeOfFrame(machineFrame(frame)) === home).length;
            expect(free.free(home)).toBe(count - used);
          });
        }
      }),
      { seed: SEED },
    );
  });

  it('gives a page a frame of its own colour on any node, and of the next one when those are gone', () => {
    const { map, frames } = pool([6, 6], 3);
    const colours = [0, 1, 0, 1].map(node => (frames.take(node, 7) - map.firstFrame[node]) % 3);
    expect(colours).toEqual([1, 1, 1, 1]);
    expect((frames.take(0, 7) - map.firstFrame[0]) % 3).toBe(2);
  });

  it('says -1 for a full node, and takes the next one for data that may be anywhere', () => {
    const { frames } = pool([1, 2]);
    expect([frames.take(0, 0), frames.take(0, 0), frames.takeNear(0, 0), frames.takeNear(0, 0)]).toEqual([0, -1, 1, 2]);
  });

  it('refuses what makes no sense', () => {
    const { frames } = pool([1, 0]);
    expect(() => pool([1], 0)).toThrow('colours is 0; give a whole number from 1');
    expect(() => frames.free(2)).toThrow('there is no node 2; the nodes are 0 to 1');
    expect(() => frames.take(-1, 0)).toThrow('there is no node -1');
    expect(() => frames.give(machineFrame(0))).toThrow('frame 0 is given back, but nobody has taken it');
    frames.give(frames.take(0, 0));
    expect(() => frames.give(machineFrame(0))).toThrow('frame 0 is given back, but nobody has taken it');
  });

  it('counts the free frames of the machine, and says -1 when there are none', () => {
    const { frames } = pool([1, 1]);
    const taken = frames.takeNear(1, 0);
    expect([frames.allFree, frames.isTaken(taken)]).toEqual([1, true]);
    frames.takeNear(1, 0);
    expect([frames.allFree, frames.takeNear(1, 0)]).toEqual([0, -1]);
    frames.give(taken);
    expect(frames.isTaken(taken)).toBe(false);
  });
});

describe('a page store', () => {
  it('numbers pages densely and knows what a frame holds', () => {
    const store = new PageStore(4);
    const [a, b] = [store.add('a', 16, physicalPage(-1)), store.add('b', 17, physicalPage(3))];
    store.setFrame(machineFrame(2), b);
    expect([a.id, b.id, store.ofFrame(machineFrame(2)), store.ofFrame(machineFrame(3))]).toEqual([0, 1, b, undefined]);
    store.setFrame(machineFrame(2), null);
    expect(store.ofFrame(machineFrame(2))).toBeUndefined();
  });

  it('leads a node to its replica, and others to the master copy', () => {
    const page = {
      ...new PageStore(4).add('a', 0, NO_PAGE),
      frame: machineFrame(1),
      replicas: new Map([[2, machineFrame(3)]]),
    };
    expect([0, 1, 2].map(node => frameFor(page, node))).toEqual([1, 1, 3]);
  });
});
