import { describe, expect, it } from '@jest/globals';
import { firstTouch } from '../../lib/placement/policies/static/first-touch.js';
import { missCounting } from '../../lib/placement/policies/counters/miss-counting.js';
import { verghese1996 } from '../../lib/placement/policies/counters/presets.js';
import { replayEvidence } from '../../lib/placement/replay.js';
import { memory, repeat, scenario } from '../../lib/testing/index.js';

/** The evidence of a page that node 0 touches, node 1 moves and uses, node 2 copies and node 3 writes. */
function recorded() {
  const sequence = [
    { node: 0, page: 0 },
    ...repeat(128 + 32, { node: 1, page: 0 }),
    ...repeat(128, { node: 2, page: 0 }),
    { node: 3, page: 0, store: true },
  ];
  return scenario(missCounting(verghese1996.options), sequence).decisions;
}

describe('replayEvidence', () => {
  it('repeats the decisions that were recorded, given the same policy', () => {
    const records = recorded();
    const { decisions } = replayEvidence(missCounting(verghese1996.options), records, memory());
    expect(decisions.map(decision => decision?.action)).toEqual(['place', 'migrate', 'replicate', 'collapse']);
    expect(decisions).toEqual(records.map(({ decision }) => decision));
  });

  it('shows what another policy would have made of the same evidence', () => {
    const policy = missCounting({ ...verghese1996.options, replication: false });
    expect(replayEvidence(policy, recorded(), memory()).counts).toEqual([
      { action: 'place', because: 'first touch', count: 1 },
      { action: 'migrate', because: 'one user', count: 1 },
      { action: 'stay', because: 'shared', count: 1 },
    ]);
  });

  it('passes over evidence that the policy does not want', () => {
    const { decisions } = replayEvidence(firstTouch(), recorded(), memory());
    expect(decisions.map(decision => decision?.action)).toEqual(['place', undefined, undefined, undefined]);
  });
});
