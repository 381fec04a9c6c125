import { describe, expect, it } from '@jest/globals';
import { shorten } from '../../lib/traces/shorten.js';
import { stream, trace, type Line } from '../experiments/handmade.js';

const lines: Line[] = [
  ['fetch', 0x1000, 1],
  ['load', 0x2000, 2],
  ['store', 0x3000, 4],
  ['load', 0x4000, 8],
];
const marks = [
  { kind: 'lock-acquired', at: 1, lock: 7 },
  { kind: 'lock-released', at: 2, lock: 7 },
  { kind: 'note', at: 3, note: 9 },
] as const;

describe('the beginning of a trace', () => {
  it('is that part of every stream, with its marks and counts, and a remark', () => {
    const whole = trace([stream(lines, marks, 100), stream(lines.slice(0, 1), [], 5)], { remarks: ['As it was.'] });
    const { streams, remarks, name } = shorten(whole, 0.5);
    expect([...streams[0].words]).toEqual([...whole.streams[0].words.slice(0, 2)]);
    expect([...streams[0].gaps]).toEqual([1, 2]);
    expect(streams[0].marks).toEqual(marks.slice(0, 2));
    expect([streams[0].tail, streams[0].counts]).toEqual([0, { instructions: 3, loads: 1, stores: 0 }]);
    // A stream has at least one reference left, if it had one.
    expect(streams[1].words).toHaveLength(1);
    expect(name).toBe('handmade');
    expect(remarks).toEqual(['As it was.', 'Only the first 50 % of the references of each stream are replayed.']);
  });

  it('of a trace without references has none', () => {
    expect(shorten(trace([stream([])]), 0.1).streams[0].words).toHaveLength(0);
  });

  it('is the trace itself if it is all of it', () => {
    const whole = trace([stream(lines)]);
    expect(shorten(whole, 1)).toBe(whole);
  });

  it.each([0, -0.5, 1.01, NaN])('of a share of %d is refused', fraction => {
    const share = `the fraction of a trace is ${fraction}; give a number above 0 and at most 1`;
    expect(() => shorten(trace([]), fraction)).toThrow(new RangeError(share));
  });
});
