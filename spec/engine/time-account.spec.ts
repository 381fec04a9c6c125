import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TimeAccount } from '../../lib/engine/time-account.js';

describe('a time account', () => {
  it('adds up, whatever is charged and moved', () => {
    const step = fc.record({ activity: fc.nat({ max: 2 }), span: fc.nat({ max: 1000 }), to: fc.nat({ max: 2 }) });
    fc.assert(
      fc.property(fc.array(step), steps => {
        const account = new TimeAccount(['user', 'stall', 'idle']);
        for (const { activity, span, to } of steps) {
          account.charge(activity, account.until + span);
          account.move(activity, to, Math.floor(account.ticks[activity] / 2));
        }
        account.check('cpu');
        const total = steps.reduce((sum, { span }) => sum + span, 0);
        expect(account.until).toBe(total);
        expect(Object.values(account.report()).reduce((sum, ticks) => sum + ticks, 0)).toBe(total);
      }),
    );
  });

  it('reports by name what is not 0', () => {
    const account = new TimeAccount(['user', 'stall', 'idle']);
    account.charge(0, 10);
    account.charge(2, 15);
    account.charge(1, 15);
    expect(account.report()).toEqual({ user: 10, idle: 5 });
  });

  it('refuses to charge backwards, or what is no number', () => {
    const account = new TimeAccount(['user']);
    account.charge(0, 10);
    expect(() => account.charge(0, 9)).toThrow('time accounted for up to 10 cannot be charged up to 9');
    expect(() => account.charge(0, NaN)).toThrow(RangeError);
  });

  it('refuses to move what an activity does not have', () => {
    const account = new TimeAccount(['user', 'cache']);
    account.charge(0, 10);
    expect(() => account.move(0, 1, 11)).toThrow('user has 10 ticks; 11 cannot move to cache');
    expect(() => account.move(0, 1, -1)).toThrow(RangeError);
  });

  it('says by how much it does not add up', () => {
    const account = new TimeAccount(['user']);
    account.charge(0, 10);
    account.ticks[0] += 3;
    expect(() => account.check('node0.cpu1')).toThrow(
      'node0.cpu1: the parts of its time add up to 13 ticks, 10 have passed',
    );
  });
});
