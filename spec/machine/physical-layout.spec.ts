import { describe, expect, it } from '@jest/globals';
import { AddressMap } from '../../lib/messages/address-map.js';
import { physicalLayout, type PhysicalLayout } from '../../lib/machine/physical-layout.js';

const COLOURS = 16;

const mapOf = (frames: readonly number[]) =>
  new AddressMap({ frames, processors: frames.map(() => 1), pageBytes: 4096, lineBytes: 128 });

describe('a layout of physical memory', () => {
  it.each<PhysicalLayout>(['linear', 'interleaved', 'coloured'])(
    'that is %s gives every page a frame of its own',
    layout => {
      const frames = physicalLayout(mapOf([64, 64, 64, 64]), layout, COLOURS);
      expect([...frames].sort((a, b) => a - b)).toEqual(Array.from({ length: 256 }, (_, frame) => frame));
    },
  );

  it('deals consecutive pages to consecutive nodes', () => {
    for (const layout of ['interleaved', 'coloured'] as const) {
      const frames = physicalLayout(mapOf([64, 64, 64, 64]), layout, COLOURS);
      expect(Array.from(frames.subarray(0, 8), frame => Math.floor(frame / 64))).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    }
  });

  it('deals what is left to the nodes that have room', () => {
    expect([...physicalLayout(mapOf([1, 3, 0]), 'interleaved', COLOURS)]).toEqual([0, 1, 2, 3]);
  });

  it('keeps the colours of pages if it is to', () => {
    const frames = physicalLayout(mapOf([64, 64, 64, 64]), 'coloured', COLOURS);
    frames.forEach((frame, page) => expect(frame % COLOURS).toBe(page % COLOURS));
    const pagesOfNode = [0, 0, 0, 0];
    for (const frame of frames.subarray(0, 4 * COLOURS)) pagesOfNode[Math.floor(frame / 64)]++;
    expect(pagesOfNode).toEqual([COLOURS, COLOURS, COLOURS, COLOURS]);
  });

  it('cannot keep the colours on nodes that do not divide them or that differ', () => {
    expect(() => physicalLayout(mapOf([64, 64, 64]), 'coloured', COLOURS)).toThrow(
      'pages of 16 colours cannot keep them on 3 nodes with 192 frames in all; use the layout interleaved',
    );
    expect(() => physicalLayout(mapOf([32, 96]), 'coloured', COLOURS)).toThrow('use the layout interleaved');
  });
});
