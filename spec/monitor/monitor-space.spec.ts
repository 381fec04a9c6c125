/** The monitor's own memory: what it gives out, takes back and refuses. */
import { describe, expect, it } from '@jest/globals';
import { StepsBench } from './support/steps-bench.js';

const PAGE = 4096;

describe('memory of the monitor', () => {
  it('that is refused takes neither frames nor addresses', () => {
    const { space, frames } = new StepsBench({ nodes: 1, framesPerNode: 64 });
    const before = space.allocate(0, PAGE);
    const { allFree } = frames;
    const arena = space.arena();
    for (let times = 0; times < 3; times++)
      expect(() => arena.allocate(0, (allFree + 1) * PAGE)).toThrow('there is no memory left for the monitor');
    expect(frames.allFree).toBe(allFree);
    expect(arena.allocate(0, 2 * PAGE)).toBe(before + PAGE);
    arena.free();
    // The room is used again by whoever needs as much, and not lost to whoever is refused it.
    const taken = Array.from({ length: allFree - 1 }, () => frames.take(0, 0));
    expect(() => space.allocate(0, 2 * PAGE)).toThrow('there is no memory left for the monitor');
    for (const frame of taken) frames.give(frame);
    expect(space.allocate(0, 2 * PAGE)).toBe(before + PAGE);
    expect(space.allocate(0, PAGE)).toBe(before + 3 * PAGE);
  });

  it('that is given back is shown to no processor any more', () => {
    const { space, machine, frames } = new StepsBench({ nodes: 2 });
    const arena = space.arena();
    const { allFree } = frames;
    const address = arena.allocate(1, 3 * PAGE);
    const tlbs = machine.processors.map(({ tlb }) => tlb);
    const shown = (): number[] => tlbs.map(tlb => tlb.translate((address >>> 12) + 2, 1));
    expect(shown()).toEqual([space.frameOf(address + 2 * PAGE), space.frameOf(address + 2 * PAGE)]);
    arena.free();
    expect(shown().every(frame => frame < 0)).toBe(true);
    expect(() => space.frameOf(address)).toThrow('is no address of the monitor');
    expect(frames.allFree).toBe(allFree);
    expect(space.owned.size).toBe(frames.map.frames - allFree);
  });
});
