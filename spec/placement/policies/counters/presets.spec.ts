import { expect, it } from '@jest/globals';
import { missCounting } from '../../../../lib/placement/policies/counters/miss-counting.js';
import { verghese1996, verghese1996Engineering } from '../../../../lib/placement/policies/counters/presets.js';

// Recollected, not read: no result may pass or fail by these numbers. This holds them still, no more.
it('has the recollected numbers of 1996', () => {
  const { trigger, sharing, writes, moves, sampling, resetNs } = verghese1996.options;
  expect([trigger, sharing, writes, moves, sampling, resetNs]).toEqual([128, 32, 1, 1, 1, 100e6]);
});

it('differs for Engineering in the trigger only', () => {
  expect(verghese1996Engineering.options).toEqual({ ...verghese1996.options, trigger: 96 });
});

for (const preset of [verghese1996, verghese1996Engineering]) {
  it(`is accepted by the policy and says where it is from: trigger ${preset.options.trigger}`, () => {
    expect(missCounting(preset.options).name).toBe('migrate-replicate');
    expect(preset).toMatchObject({ source: expect.stringContaining('recollected'), confidence: 'recollected' });
  });
}
