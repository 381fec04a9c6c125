import { describe, expect, it } from '@jest/globals';
import { loadChart } from '../../../lib/report/charts/load.js';
import {
  networkSweep,
  USUAL_SWEEP,
  type NetworkSweep,
  type NetworkSweepOptions,
} from '../../../lib/experiments/hardware/network-sweep.js';
import { networkText } from '../../../lib/report/tables/network.js';

/** A whole sweep of a small mesh, but for what is given. */
function swept(changes: Partial<NetworkSweepOptions> = {}): NetworkSweep {
  const sweep = networkSweep({
    ...USUAL_SWEEP,
    topology: 'mesh',
    k: 4,
    rates: [0.02, 0.3, 0.95, 1],
    cycles: 1500,
    ...changes,
  });
  for (;;) {
    const step = sweep.next();
    if (step.done === true) return step.value;
  }
}

const sweep = swept({ pattern: 'uniform', flits: 5 });

describe('a sweep of loads', () => {
  it('stops behind the first that cannot be borne', () => {
    expect(sweep.rows.map(({ routers }) => [routers.rate, routers.stable])).toEqual([
      [0.02, true],
      [0.3, true],
      [0.95, false],
    ]);
  });

  it('has the same traffic on both networks, which agree when nobody waits', () => {
    for (const { routers, booking } of sweep.rows) expect(booking.packets).toBe(routers.packets);
    expect(Math.abs(sweep.rows[0].bookingError)).toBeLessThan(0.01);
    expect(sweep.rows[1].bookingError).toBeLessThan(0);
  });

  it('is the same again', () => {
    expect(swept({ pattern: 'uniform', flits: 5 })).toEqual(sweep);
  });

  it('is printed with a line for each load', () => {
    const lines = networkText(sweep).split('\n');
    expect(lines[0]).toBe('mesh 4x4, uniform, packets of 5 flits; 4 virtual channels of 8 flits, routers of 3 cycles');
    expect(lines.slice(4).map(line => line.trim().split(/\s+/)[0])).toEqual(['0.02', '0.3', '0.95']);
    expect(lines[lines.length - 1]).toMatch(/saturated$/);
  });

  it('is drawn as a picture of its own, with a line for each network', () => {
    const svg = loadChart(sweep);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[^]*<\/svg>\n$/);
    expect(svg.match(/fill="none"/g)).toHaveLength(2);
    expect(svg).toContain('links that are booked');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it.each<[string, Partial<NetworkSweepOptions>, string]>([
    ['a pattern that does not suit', { k: 3, pattern: 'shuffle' }, 'a power of two of nodes, not 9'],
    [
      'routers that would deadlock',
      { topology: 'torus', routers: { ...USUAL_SWEEP.routers, virtualChannels: 1 } },
      '2 classes of virtual channels',
    ],
    ['a rate above one', { rates: [1.5] }, 'the rate of a load is 1.5; give a number above 0'],
  ])('is refused for %s', (_, changes, says) => {
    expect(() => swept(changes)).toThrow(says);
  });
});
