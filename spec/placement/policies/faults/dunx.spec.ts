import { describe, expect, it } from '@jest/globals';
import { dunx, type DunxOptions } from '../../../../lib/placement/policies/faults/dunx.js';
import { hintFault, memory, page, replicaWrite } from '../../../../lib/testing/index.js';
import type { Evidence } from '../../../../lib/placement/evidence.js';

const usual = { freezeNs: 100, ageNs: 1000, trigger: 2, replication: true };

/** What is decided on a page that stays at node 0. */
function reasons(evidence: readonly Evidence[], changes: Partial<DunxOptions> = {}, subject = page()): string[] {
  const policy = dunx({ ...usual, hints: { periodNs: 1, pages: 64, slowOnly: false }, ...changes });
  return evidence.map(one => {
    const { action, because } = policy.decide(one, subject, memory());
    return action === 'stay' ? because : action;
  });
}

const read = (node: number, timeNs: number) => hintFault(node, { timeNs });
const write = (node: number, timeNs: number) => hintFault(node, { timeNs, store: true });

describe('dunx', () => {
  it('copies a page that is only read, once its user has used it more than the home has', () => {
    expect(reasons([read(1, 0), read(1, 1)])).toEqual(['not used enough', 'replicate']);
    expect(reasons([read(0, 0), read(1, 0), read(1, 1), read(1, 2)])).toEqual([
      ...['already local', 'not used enough', 'not used enough', 'replicate'],
    ]);
  });

  it('moves it if it was stored to, or if nothing is copied', () => {
    expect(reasons([write(1, 0), read(1, 1)])).toEqual(['not used enough', 'migrate']);
    expect(reasons([read(1, 0), read(1, 1)], { replication: false })).toEqual(['not used enough', 'migrate']);
  });

  it('drops copies before it moves', () => {
    const subject = page({ replicas: [3] });
    expect(reasons([write(1, 0), write(1, 1), replicaWrite(1, { timeNs: 2 })], {}, subject)).toEqual([
      ...['not used enough', 'its copies go first', 'collapse'],
    ]);
  });

  it('forgets: a use counts half after an interval', () => {
    expect(reasons([read(1, 0), read(1, 999)])).toEqual(['not used enough', 'replicate']);
    expect(reasons([read(1, 0), read(1, 1000)])).toEqual(['not used enough', 'not used enough']);
  });

  it('forgets stores, too', () => {
    expect(reasons([write(1, 0), read(1, 1000), read(1, 1001)])).toEqual([
      ...['not used enough', 'not used enough', 'replicate'],
    ]);
  });

  it('leaves a page that moved or lost copies lately', () => {
    const again = [read(2, 1), read(2, 2), read(2, 102)];
    expect(reasons([write(1, 0), write(1, 1), ...again]).slice(2)).toEqual([
      ...['changed too lately', 'changed too lately', 'migrate'],
    ]);
    expect(reasons([replicaWrite(1, { timeNs: 0 }), ...again]).slice(1)).toEqual([
      ...['changed too lately', 'changed too lately', 'migrate'],
    ]);
  });

  it('refuses a switch that is none', () => {
    expect(() => reasons([], { replication: 1 as never })).toThrow('dunx: replication is 1; give true or false');
  });
});
