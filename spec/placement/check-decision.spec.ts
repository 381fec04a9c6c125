import { describe, expect, it } from '@jest/globals';
import { SimulationError } from '../../lib/engine/errors.js';
import { checkDecision, type Question } from '../../lib/placement/check-decision.js';
import { validatePolicy } from '../../lib/placement/validate-policy.js';
import { firstTouch } from '../../lib/placement/policies/static/first-touch.js';
import type { PageEvidenceKind } from '../../lib/placement/evidence.js';
import type { PlacementPolicy } from '../../lib/placement/policy.js';
import { replayEvidence } from '../../lib/placement/replay.js';
import { scenario } from '../../lib/testing/scenario.js';
import { memory, page } from '../../lib/testing/views.js';

const ASKED = { path: 'node1.cpu0', time: 77, seed: 'spec' };

function question(kind: PageEvidenceKind): Question {
  return {
    policy: { ...firstTouch(), name: 'mine' },
    evidence: { kind, node: 2, thread: 2, store: false, timeNs: 5, unmappedForNs: 0 },
    page: page({ page: 41 }),
    memory: memory(),
  };
}

const answered = (kind: PageEvidenceKind, answer: unknown) => (): unknown =>
  checkDecision(answer, question(kind), ASKED);

/** Answers that are none, and what the error says of them. */
const NONE: readonly [answer: unknown, kind: PageEvidenceKind, message: string][] = [
  [undefined, 'hot-page', 'with undefined: that is no decision'],
  [null, 'hot-page', 'with null: that is no decision'],
  ['migrate', 'hot-page', 'with "migrate": that is no decision'],
  [3, 'hot-page', 'with 3: that is no decision'],
  [{}, 'hot-page', 'there is no action undefined'],
  [{ action: 'move', to: 1, because: 'x' }, 'hot-page', 'there is no action "move"; there are stay'],
  [{ action: 'toString', because: 'x' }, 'hot-page', 'there is no action "toString"'],
  [{ action: 'stay' }, 'hot-page', 'because is undefined'],
  [{ action: 'migrate', because: 'x' }, 'hot-page', 'to is undefined; give a node as a whole number from 0 to 3'],
  ...[NaN, -1, 0.5, '1', null, 2 ** 60, 4, Infinity, 1n].flatMap((to): [unknown, PageEvidenceKind, string][] =>
    ['migrate', 'replicate', 'promote', 'demote'].map(action => [
      { action, to, because: 'x' },
      'hot-page',
      `to is ${typeof to === 'string' ? `"${to}"` : String(to)}; give a node`,
    ]),
  ),
  [{ action: 'place', to: 4, because: 'x' }, 'first-touch', 'to is 4; give a node'],
  [{ action: 'place', to: 1, because: 'x' }, 'hot-page', 'a page is placed at its first touch only'],
  [{ action: 'collapse', because: 'x' }, 'first-touch', 'it must place the page'],
];

describe('an answer of a policy', () => {
  it.each(NONE)('%j to %s is refused', (answer, kind, message) => {
    expect(answered(kind, answer)).toThrow(SimulationError);
    expect(answered(kind, answer)).toThrow(message);
    expect(answered(kind, answer)).toThrow(`node1.cpu0: the policy mine answers ${kind} of node 2 on page 41 with`);
    expect(answered(kind, answer)).toThrow('(at tick 77, seed "spec")');
  });

  it.each([
    [{ action: 'stay', because: 'x' }, 'first-touch'],
    [{ action: 'place', to: 3, because: 'x' }, 'first-touch'],
    [{ action: 'migrate', to: 0, because: 'x' }, 'hot-page'],
    [{ action: 'demote', to: 1, because: '' }, 'hint-fault'],
    [{ action: 'freeze', because: 'x' }, 'counted-miss'],
  ] as const)('%j to %s is one', (answer, kind) => {
    expect(answered(kind, answer)()).toBe(answer);
  });

  it.each([undefined, null, { action: 'migrate', to: '0', because: 'x' }])('%j is refused by every toy', answer => {
    const policy = { ...question('hot-page').policy, decide: () => answer } as never;
    const { evidence, page: view } = question('first-touch');
    expect(() => scenario(policy, [{ node: 0, page: 0 }])).toThrow(
      'scenario of mine: the policy mine answers first-touch',
    );
    expect(() => replayEvidence(policy, [{ evidence, page: view }], memory())).toThrow(
      'replayEvidence, records[0]: the policy mine answers first-touch of node 2 on page 41',
    );
  });
});

describe('a policy', () => {
  const counters = { threshold: 4, sampling: 1, bits: 8, delayNs: 0, resetNs: 1e6 };
  const bad: [field: string, policy: unknown][] = [
    ['the policy is null', null],
    ['the policy is a function', firstTouch],
    ['the name of the policy is undefined', { ...firstTouch(), name: undefined }],
    ['wants is undefined', { ...firstTouch(), wants: undefined }],
    ['decide is undefined', { ...firstTouch(), decide: undefined }],
    ['counters is null', { ...firstTouch(), counters: null }],
    ...Object.keys(counters).flatMap(key =>
      [NaN, -1, '1', null, undefined].map((value): [string, unknown] => [
        `counters.${key} is ${typeof value === 'string' ? `"${value}"` : String(value)}`,
        { ...firstTouch(), counters: { ...counters, [key]: value } },
      ]),
    ),
  ];
  it.each(bad)('is refused at the door: %s', (message, policy) => {
    expect(() => validatePolicy(policy as PlacementPolicy)).toThrow(RangeError);
    expect(() => validatePolicy(policy as PlacementPolicy)).toThrow(message);
  });
});
