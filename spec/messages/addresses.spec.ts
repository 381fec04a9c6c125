/**
 * Numbers of frames, physical pages and lines are not mixed up: the compiler refuses it. Each `@ts-expect-error` is an error of
 * the type check, if the line below it is not an error.
 */
import { expect, it } from '@jest/globals';
import { AddressMap } from '../../lib/messages/address-map.js';
import { lineNumber, machineFrame, NO_FRAME, physicalPage } from '../../lib/messages/addresses.js';
import { Pmap } from '../../lib/monitor/memory/pmap.js';
import { FramePool } from '../../lib/system/frame-pool.js';

const map = new AddressMap({ frames: [8, 8], processors: [1, 1], pageBytes: 4096, lineBytes: 128 });

it('lets no caller give a physical page, a line or any number where a frame is wanted', () => {
  const homes = [
    map.homeOfFrame(machineFrame(9)),
    // @ts-expect-error a physical page is no frame
    map.homeOfFrame(physicalPage(9)),
    // @ts-expect-error a line is no frame
    map.homeOfFrame(lineNumber(9)),
    // @ts-expect-error a number may be anything
    map.homeOfFrame(9),
    // @ts-expect-error nor is what comes of arithmetic on a frame
    map.homeOfFrame(machineFrame(8) + 1),
  ];
  // At run time they are numbers, so nothing else would tell.
  expect(homes).toEqual([1, 1, 1, 1, 1]);
});

it('tells lines from frames', () => {
  expect(map.frameOfLine(lineNumber(9 * 32 + 5))).toBe(9);
  // @ts-expect-error the line of a frame is another number
  expect(map.homeOfLine(machineFrame(9))).toBe(0);
});

it('tells the pages that a pmap translates from the frames that a pool gives', () => {
  const pmap = new Pmap(0, 'a', 4, [0], 4096);
  const frame = new FramePool(map, 1).take(0, 0);
  expect(pmap.get(physicalPage(1))).toBeNull();
  // @ts-expect-error a frame is no physical page
  expect(pmap.get(frame)).toBeNull();
  expect(frame).not.toBe(NO_FRAME);
});
