/** A machine with another remote latency, measured on it. */
import { describe, expect, it } from '@jest/globals';
import { measureRead } from '../../../lib/experiments/hardware/latency.js';
import { withRemoteLatency } from '../../../lib/experiments/hardware/remote-latency.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import { sizedMachine } from '../../../lib/experiments/systems/machine-size.js';

describe('withRemoteLatency', () => {
  it.each([1.2, 2, 3, 5, 10])('makes remote reads of disco-1997 take %d times as long as local ones', ratio => {
    const machine = withRemoteLatency(sizedMachine('disco-1997', { processors: 4 }), ratio);
    const read = (home: number): number => measureRead(machine, { reader: 0, home, owner: null });
    expect(read(0)).toBe(300);
    // In whole ticks of 2.5 ns on each part of the way.
    expect(Math.abs(read(3) - 300 * ratio)).toBeLessThanOrEqual(10);
  });

  it('leaves a machine as it is whose ratio is asked for', () => {
    const machine = sizedMachine('disco-1997', { processors: 4 });
    expect(withRemoteLatency(machine, 3)).toEqual(machine);
  });

  it('takes the mean over the nodes of a machine with several hops', () => {
    const machine = withRemoteLatency(presets['dash-1992']({}), 6);
    const { length } = machine.nodes;
    const read = (home: number): number => measureRead(machine, { reader: 0, home, owner: null });
    const remote = Array.from({ length: length - 1 }, (_, i) => read(i + 1));
    const mean = remote.reduce((sum, one) => sum + one, 0) / remote.length;
    expect(Math.abs(mean / read(0) - 6)).toBeLessThan(0.2);
  });

  it.each([
    [presets['uma']({ nodes: 4 }), 2, 'uma has one node'],
    [presets['disco-1997']({ nodes: 4 }), 1, 'a remote read of disco-1997 takes 1.13 times as long as a local one'],
    [presets['disco-1997']({ nodes: 4 }), 0.5, 'the ratio of remote to local latency'],
    [presets['disco-1997']({ nodes: 4 }), NaN, 'the ratio of remote to local latency'],
  ])('refuses what cannot be', (machine, ratio, says) => {
    expect(() => withRemoteLatency(machine, ratio)).toThrow(says);
  });
});
