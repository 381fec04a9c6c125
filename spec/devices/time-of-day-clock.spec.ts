import { describe, expect, it } from '@jest/globals';
import { ClockRegister, TimeOfDayClock, type TimeOfDayClockOptions } from '../../lib/devices/time-of-day-clock.js';
import { rig } from './rig.js';

/** From a host to the clock of its node. */
const THERE = 14;

function setUp(changes: Partial<TimeOfDayClockOptions> = {}) {
  const made = rig((scope, _node, map) => [
    new TimeOfDayClock(scope, 'clock', {
      ...{ unit: 'ns', epoch: 0, processors: map.processors, flits: { control: 1 } },
      ...changes,
    }),
  ]);
  const { hosts, map } = made;
  /** A host reads a register of the clock of node 0 so that the request arrives there at `tick`, if the host is on node 0. */
  const read = (tick: number, register: number, host = 0): void => {
    hosts[host].later(tick - THERE, () => {
      hosts[host].read(map.bridgeOfNode[0], 0, register);
    });
  };
  return { ...made, read, values: (host: number) => hosts[host].values.map(({ value }) => value) };
}

describe('a time-of-day clock', () => {
  it('shows the time at which it is asked, in nanoseconds', () => {
    const { read, simulation, values, hosts } = setUp();
    read(100, ClockRegister.Low);
    read(101, ClockRegister.Low);
    simulation.run();
    expect(values(0)).toEqual([250, 252]); // ticks of 2.5 ns, parts cut off
    // Wire 5, wire 3, a response of the node out of its controller 13, wire 3.
    expect(hosts[0].values[0]).toMatchObject({ at: 100 + 5 + 3 + 13 + 3, register: 0 });
  });

  it('shows microseconds from an epoch', () => {
    const { read, simulation, values } = setUp({ unit: 'us', epoch: 7_000_000 });
    read(399, ClockRegister.Low);
    read(400, ClockRegister.Low);
    simulation.run();
    expect(values(0)).toEqual([7_000_000, 7_000_001]);
  });

  it('keeps the high half of the moment at which a processor read the low one, for that processor', () => {
    const { read, simulation, values } = setUp({ epoch: 2 ** 32 - 250 });
    read(99, ClockRegister.Low);
    read(120, ClockRegister.High);
    read(100, ClockRegister.Low, 1); // a node further: later than 100
    read(400, ClockRegister.High, 1);
    simulation.run();
    expect(values(0)).toEqual([-3, 0]); // 247 ns on from 2^32 - 250
    expect(values(1)[0]).toBeGreaterThanOrEqual(0);
    expect(values(1)[1]).toBe(1);
  });

  it('shows what two halves of 32 bits can', () => {
    const { read, simulation, values } = setUp({ epoch: 2 ** 52 + 2 ** 31 });
    read(40, ClockRegister.Low);
    read(41, ClockRegister.High);
    simulation.run();
    expect(values(0)).toEqual([(2 ** 31 + 100) | 0, 2 ** 20]);
  });

  it('has two registers and takes no commands', () => {
    const { read, simulation, values, hosts, map, devices } = setUp();
    for (const register of [2, -1, 0.5]) read(100, register);
    hosts[0].command(map.bridgeOfNode[0], 0, { op: 'set' });
    simulation.run();
    expect(values(0)).toEqual([-1, -1, -1]);
    expect(devices[0].stats).toMatchObject({ reads: 0, refused: 4 });
  });

  it('refuses an epoch that is no whole number', () => {
    expect(() => setUp({ epoch: 0.5 })).toThrow('epoch, in ns, is 0.5');
    expect(() => setUp({ epoch: -1 })).toThrow('epoch, in ns, is -1');
  });
});
