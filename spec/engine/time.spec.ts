import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Clock, GHz, MHz, TimeBase, ms, ns, ps, us } from '../../lib/engine/time.js';

describe('durations', () => {
  it.each([
    [ps(7), 7],
    [ns(300), 300_000],
    [ns(2.5), 2500],
    [ns(0.001), 1],
    [us(1), 1e6],
    [us(0.1), 100_000], // 0.1 is not exact in binary
    [ms(4.1), 4.1e9],
    [ns(0), 0],
  ])('case %# is %p picoseconds', (duration, picoseconds) => expect(duration).toBe(picoseconds));

  it.each([
    ['0.5 ps', () => ps(0.5)],
    ['0.0005 ns', () => ns(0.0005)],
    ['-1 us', () => us(-1)],
    ['NaN ms', () => ms(NaN)],
    ['Infinity ns', () => ns(Infinity)],
    ['10000000 ms', () => ms(1e7)], // 10^16 ps is not a safe integer
  ])('of %s are refused', (text, make) => {
    expect(make).toThrow(new RangeError(`${text} is not a whole, non-negative number of picoseconds`));
  });
});

describe('frequencies', () => {
  it.each([
    [MHz(400), 2500],
    [MHz(200), 5000],
    [MHz(0.001), 1e9],
    [GHz(1), 1000],
    [GHz(2.5), 400],
    [MHz(1e6 / 7500), 7500],
  ])('case %# has a period of %p ps', (frequency, period) => expect(frequency).toBe(period));

  it('without a whole period are refused with the nearest that has one', () => {
    expect(() => MHz(300)).toThrow(
      /^the period of 300 MHz is 3333\.3\d* ps, not a whole number; 300\.03\d* MHz has one/,
    );
    expect(() => GHz(3)).toThrow('the period of 3000 MHz');
    for (const value of [0, -5, NaN]) expect(() => MHz(value)).toThrow(RangeError);
  });
});

describe('a time base', () => {
  it('turns durations into ticks and back', () => {
    const time = new TimeBase(2500);
    expect([time.ticks(ns(300)), time.ticks(ps(0)), time.ns(120)]).toEqual([120, 0, 300]);
  });

  it('refuses what is no whole number of ticks, naming the largest tick that would fit', () => {
    const time = new TimeBase(2500);
    expect(() => time.ticks(ns(301))).toThrow(
      '301000 ps is not a whole number of ticks of 2500 ps; a tick of 500 ps would fit',
    );
    expect(() => time.clock(MHz(150 / 0.9))).toThrow(
      'a clock of 6000 ps does not divide into ticks of 2500 ps; a tick of 500 ps would fit',
    );
  });

  it('names a tick that does fit, whatever is refused', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e9 }), (tick, duration) => {
        const text = message(() => new TimeBase(tick).ticks(ps(duration)));
        if (text === null) expect(duration % tick).toBe(0);
        else {
          const fitting = Number(/a tick of (\d+) ps/.exec(text)![1]);
          expect([tick % fitting, duration % fitting]).toEqual([0, 0]);
          expect(new TimeBase(fitting).ticks(ps(duration)) * fitting).toBe(duration);
        }
      }),
    );
  });

  it.each([0, -1, 0.5, NaN, 2 ** 60])('of %p ps to a tick is refused', tick => {
    expect(() => new TimeBase(tick)).toThrow(`tickPs, the picoseconds of a tick, is ${tick}`);
  });
});

describe('a clock', () => {
  it('counts cycles in ticks', () => {
    const clock = new TimeBase(1250).clock(MHz(400));
    expect([clock.period, clock.periodPs, clock.cycles(3), clock.cycles(0)]).toEqual([2, 2500, 6, 0]);
  });

  it.each([-1, 0.5, NaN, Infinity])('refuses %p cycles', count => {
    expect(() => new Clock(2500, 1).cycles(count)).toThrow(`a number of cycles is ${count}`);
  });
});

function message(act: () => unknown): string | null {
  try {
    act();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
