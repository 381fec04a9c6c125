import { describe, expect, it } from '@jest/globals';
import { IntervalTimer, type IntervalTimerOptions } from '../../lib/devices/interval-timer.js';
import { rig } from './rig.js';

/** From the timer to its processor: wire 5, wire 3, controller 3, wire 3. */
const BACK = 14;

function setUp(changes: Partial<IntervalTimerOptions> = {}) {
  const made = rig((scope, node, _map, bridge) => [
    new IntervalTimer(scope, 'timer', {
      ...{ processor: node, periodTicks: 1000, phaseTicks: 0, on: node === 0, interruptCode: 3, bridge },
      ...{ flits: { control: 1 }, ...changes },
    }),
  ]);
  const { hosts, simulation, map } = made;
  const at = (host: number): number[] => hosts[host].interrupts.map(interrupt => interrupt.at - BACK);
  /** Sends a command of host 0 to the timer of node 0 so that it arrives at `tick`. */
  const command = (tick: number, content: object): void => {
    hosts[0].later(tick - 14, () => {
      hosts[0].command(map.bridgeOfNode[0], 0, content);
    });
  };
  return { ...made, at, command, until: (tick: number) => simulation.runUntil(tick + BACK) };
}

describe('an interval timer', () => {
  it('interrupts its processor at every period, to the tick, and nobody else', () => {
    const { at, until, hosts, devices } = setUp();
    until(5000);
    expect(at(0)).toEqual([1000, 2000, 3000, 4000, 5000]);
    expect(hosts[0].interrupts.map(({ code, a, b, from }) => [code, a, b, from])).toEqual(
      [1, 2, 3, 4, 5].map(a => [3, a, 0, 2]),
    );
    expect(at(1)).toEqual([]);
    expect(devices[0].stats.interrupts).toBe(5);
  });

  it('has a phase, so that processors are not interrupted all at once', () => {
    const { at, until } = setUp({ phaseTicks: 250, on: true });
    until(2400);
    expect([at(0), at(1)]).toEqual([
      [250, 1250, 2250],
      [250, 1250, 2250],
    ]);
  });

  it('is off until it is started, and then expires a period later', () => {
    const { at, until, command } = setUp({ on: false });
    command(300, { op: 'start' });
    until(2500);
    expect(at(0)).toEqual([1300, 2300]);
  });

  it('takes another period from now on', () => {
    const { at, until, command } = setUp();
    command(1500, { op: 'start', periodNs: 500 }); // 200 ticks
    until(2000);
    expect(at(0)).toEqual([1000, 1700, 1900]);
  });

  it('is silent from the moment at which it is stopped, and lets the run end', () => {
    const { at, command, simulation } = setUp();
    command(1999, { op: 'stop' });
    expect(simulation.run()).toBe('finished');
    expect(at(0)).toEqual([1000]);
  });

  it('does not hurry when it is stopped and started within a period', () => {
    const { at, until, command } = setUp();
    command(1100, { op: 'stop' });
    command(1200, { op: 'start' });
    command(1300, { op: 'start' });
    until(3400);
    expect(at(0)).toEqual([1000, 2300, 3300]);
  });

  it.each([
    { op: 'restart' },
    {},
    { op: 'start', periodNs: 1 },
    { op: 'start', periodNs: 0 },
    { op: 'start', periodNs: -500 },
    { op: 'start', periodNs: NaN },
    { op: 'start', periodNs: '500' },
  ])('takes no notice of %j', content => {
    const { at, until, command, devices } = setUp();
    command(1500, content);
    until(3000);
    expect(at(0)).toEqual([1000, 2000, 3000]);
    expect(devices[0].stats.refused).toBe(1);
  });

  it.each([
    [{ periodTicks: 0 }, 'periodTicks is 0; give a whole number of at least 1'],
    [{ periodTicks: 1.5 }, 'periodTicks is 1.5; give a whole number of at least 1'],
    [{ phaseTicks: 1000 }, 'phaseTicks is 1000; give a whole number from 0 to 999'],
    [{ phaseTicks: -1 }, 'phaseTicks is -1; give a whole number from 0 to 999'],
  ])('with %j is refused', (changes, message) => {
    expect(() => setUp(changes)).toThrow(message);
  });
});
