import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { WriteCounts } from '../../lib/placement/write-counts.js';
import '../support/property-seed.js';

const LINES = 8;
const FRAME = 5;

/** Write counts of a machine of two nodes, and what was cleared. */
function setUp(): { writes: WriteCounts<number>; cleared: number[] } {
  const cleared: number[] = [];
  const clear = (frame: number): void => void cleared.push(frame);
  return { writes: new WriteCounts({ nodes: 2, linesPerFrame: LINES, resetNs: 100, clear }), cleared };
}

/** A snapshot: no misses, and stores as counted in an interval. */
const counts = (requests: number, writeBacks: number, interval = 0): Int32Array =>
  Int32Array.of(0, 0, requests, writeBacks, interval);

describe('write counts', () => {
  it('of a frame that the host never filled are all requests and write-backs', () => {
    expect(setUp().writes.of(FRAME, counts(3, 4), 0)).toBe(7);
  });

  it('leave out a write-back for each line that the host filled, and no request', () => {
    const { writes } = setUp();
    writes.fill(FRAME);
    const seen = [counts(0, 0), counts(0, LINES), counts(0, LINES + 1), counts(2, LINES), counts(2, 1)];
    expect(seen.map(snapshot => writes.of(FRAME, snapshot, 0))).toEqual([0, 0, 1, 2, 2]);
    expect(writes.of(FRAME + 1, counts(0, 1), 0)).toBe(1);
  });

  it('leave out in later intervals what was not left out in earlier ones', () => {
    const { writes } = setUp();
    writes.fill(FRAME);
    const seen = [counts(0, 3, 7), counts(0, 5, 7), counts(0, 4, 9), counts(0, 4, 9), counts(0, 1, 10)];
    expect(seen.map(snapshot => writes.of(FRAME, snapshot, 0))).toEqual([0, 0, 1, 1, 1]);
  });

  it('leave out as much as there may be in a snapshot that comes after one of a later interval', () => {
    const { writes } = setUp();
    writes.fill(FRAME);
    const seen = [counts(0, 6, 1), counts(0, 2, 2), counts(0, LINES, 1), counts(0, 3, 2)];
    expect(seen.map(snapshot => writes.of(FRAME, snapshot, 0))).toEqual([0, 0, 0, 1]);
  });

  it('go on from there when the counters are cleared, and begin anew when the frame is filled again', () => {
    const { writes, cleared } = setUp();
    writes.fill(FRAME);
    writes.of(FRAME, counts(0, 6), 0);
    writes.clear(FRAME);
    expect(writes.of(FRAME, counts(0, LINES), 0)).toBe(0);
    expect(writes.of(FRAME, counts(0, 1, 1), 0)).toBe(1);
    writes.fill(FRAME);
    expect(writes.of(FRAME, counts(0, LINES, 1), 0)).toBe(0);
    expect(cleared).toEqual([FRAME, FRAME, FRAME]);
  });

  it('are at least 1 in the interval in which the host served a store, until the counters are cleared', () => {
    const { writes } = setUp();
    writes.fill(FRAME);
    writes.serveStore(FRAME, 150);
    expect([150, 199, 200].map(timeNs => writes.of(FRAME, counts(0, 4, 1), timeNs))).toEqual([1, 1, 0]);
    expect(writes.of(FRAME, counts(3, 0, 1), 199)).toBe(3);
    writes.clear(FRAME);
    expect(writes.of(FRAME, counts(0, 4, 1), 199)).toBe(0);
  });

  it('are 0 for a page that no program stores to, and never below the requests, whenever snapshots are taken', () => {
    // Per step: lines of the host that come back, requests of programs, and what happens then.
    const step = fc.record({
      back: fc.nat(2),
      requests: fc.nat(2),
      event: fc.constantFrom('snapshot', 'snapshot', 'late', 'reset', 'clear', 'fill'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, stored) => {
        const { writes } = setUp();
        let [left, back, requests, interval] = [0, 0, 0, 0];
        const late: Int32Array[] = [];
        for (const one of steps) {
          const now = Math.min(left, one.back);
          left -= now;
          back += now;
          if (stored) requests += one.requests;
          const snapshot = counts(requests, back, interval);
          if (one.event === 'late') late.push(snapshot);
          if (one.event === 'snapshot')
            for (const taken of [...late.splice(0), snapshot])
              expect(writes.of(FRAME, taken, 100 * interval)).toBe(taken[2]);
          if (one.event === 'reset') interval++;
          if (one.event === 'clear') writes.clear(FRAME);
          if (one.event === 'fill') {
            writes.fill(FRAME);
            left = LINES;
            late.length = 0;
          }
          if (['reset', 'clear', 'fill'].includes(one.event)) back = requests = 0;
        }
      }),
      { numRuns: 500 },
    );
  });
});
