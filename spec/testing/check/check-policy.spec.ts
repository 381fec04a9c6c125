/** Every property is found broken by a planted policy and told by a short sequence; policies in order pass. */
import { describe, expect, it } from '@jest/globals';
import { freezing } from '../../../examples/policy.js';
import { migrate, place, stay } from '../../../lib/placement/decision.js';
import { missCounting } from '../../../lib/placement/policies/counters/miss-counting.js';
import { verghese1996, verghese1996Engineering } from '../../../lib/placement/policies/counters/presets.js';
import { firstTouch, placeNear } from '../../../lib/placement/policies/static/first-touch.js';
import { roundRobin } from '../../../lib/placement/policies/static/round-robin.js';
import type { PlacementPolicy } from '../../../lib/placement/policy.js';
import {
  assertPolicy,
  checkPolicy,
  memory,
  policyCheckText,
  repeat,
  scenario,
  type PolicyCheckOptions,
  type PolicyProperty,
  type ScenarioResult,
} from '../../../lib/testing/index.js';
import {
  copy,
  follow,
  greedy,
  onHot,
  planning,
  promoting,
  remembering,
  replicating,
  sharing,
  waiting,
} from './planted.js';

const runs = 70;
const THRESHOLD = 8;

/** A broken policy, the property, and the most misses and nodes of a sequence that shows it. */
type Planted = [what: string, PolicyProperty, most: number, says: string, () => PlacementPolicy, PolicyCheckOptions?];

const PLANTED: readonly Planted[] = [
  [
    'answers nothing',
    'valid decisions',
    THRESHOLD + 1,
    'return one on every way',
    () => onHot(() => undefined as never),
  ],
  [
    'knows a node too many',
    'valid decisions',
    THRESHOLD + 1,
    'to is',
    () => onHot((_, __, { nodes }) => migrate(nodes, 'x')),
  ],
  ['does not place', 'valid decisions', 1, 'although node 0 has a free frame', () => onHot(follow, () => stay('x'))],
  [
    'places on a full node',
    'possible decisions',
    1,
    'no free frame',
    () => onHot(follow, ({ node }) => place(node, 'x')),
  ],
  [
    'moves to a full node',
    'possible decisions',
    THRESHOLD + 1,
    'no free frame',
    () => onHot(({ node }) => migrate(node, 'x')),
  ],
  ['promotes within a tier', 'possible decisions', THRESHOLD + 1, 'of tier', () => onHot(promoting)],
  ['plans for more room than there is', 'possible decisions', 3, 'no free frame', greedy],
  [
    'plans too much',
    'plan limit',
    4,
    'plans.most is 2',
    () => planning((_, pages) => [...pages].map(({ page }) => ({ page, decision: stay('x') }))),
  ],
  ['wants no writes to replicas', 'replicas are collapsed', THRESHOLD + 2, 'has replicas', () => onHot(copy)],
  ['does not collapse', 'replicas are collapsed', THRESHOLD + 2, 'has replicas', () => replicating(false)],
  [
    'throws',
    'no errors',
    THRESHOLD + 1,
    'throws Error: oops',
    () =>
      onHot(() => {
        throw new Error('oops');
      }),
  ],
  [
    'sorts the misses in place',
    'only reads',
    THRESHOLD + 1,
    'copy what is to be changed',
    () => onHot((_, page) => ((page.misses as number[]).sort((a, b) => a - b), stay('x'))),
  ],
  ['loops until a node has room', 'ends', THRESHOLD + 1, 'does not end', () => onHot(waiting)],
  [
    'puts numbers into reasons',
    'few reasons',
    41,
    'constant phrases',
    () => {
      let at = 0;
      return onHot(follow, ({ node }, _, view) => ({ ...placeNear(node, view), because: `page ${at++}` }));
    },
  ],
  ['shares state between its objects', 'deterministic', THRESHOLD + 1, 'decide differently', sharing()],
  [
    'prefers low numbers',
    'symmetric',
    1,
    'the other way round',
    () =>
      onHot(follow, (_, __, view) =>
        place([...Array(view.nodes).keys()].find(node => view.freeFrames(node) > 0) ?? 0, 'x'),
      ),
    { symmetric: true },
  ],
  [
    'breaks a rule of the user',
    'rule',
    2 * THRESHOLD + 1,
    'moved twice',
    () => onHot(follow),
    {
      rule: entries =>
        entries.filter(({ decision }) => decision.action === 'migrate').length > 1 ? 'moved twice' : null,
    },
  ],
];

describe('checkPolicy', () => {
  it.each(PLANTED)('finds a policy that %s: %s', (_what, property, most, says, make, options = {}) => {
    const { passed, failures } = checkPolicy(make, { runs, ...options });
    const failure = failures.find(found => found.property === property);
    expect(failure).toBeDefined();
    expect(passed).toBe(false);
    expect(failure!.message).toContain(says);
    expect(failure!.misses).toBeLessThanOrEqual(most);
  });

  it('tells a sequence that shows the failure when it is put into a test', () => {
    const [failure] = checkPolicy(() => onHot(({ node }) => migrate(node, 'x')), { runs }).failures;
    const body = `return ${failure.scenario}`;
    const paste = new Function('policy', 'scenario', 'repeat', 'memory', body) as (
      ...given: unknown[]
    ) => ScenarioResult;
    expect(() =>
      paste(
        onHot(({ node }) => migrate(node, 'x')),
        scenario,
        repeat,
        memory,
      ),
    ).toThrow('no free frame');
    expect(failure.scenario).toMatch(
      /^scenario\(policy, \[\n {2}\.\.\.repeat\(8, \{ node: 1, page: 0 \}\),\n\], memory\(\{ nodes: 2, full: \[1\] \}\)\)$/,
    );
  });

  const GOOD: readonly [string, () => PlacementPolicy, asked: readonly string[]][] = [
    ['first touch', firstTouch, ['first-touch']],
    ['round robin', roundRobin, ['first-touch']],
    ['the rule of 1996', () => missCounting(verghese1996.options), ['first-touch', 'hot-page', 'replica-write']],
    [
      'that for Engineering',
      () => missCounting(verghese1996Engineering.options),
      ['first-touch', 'hot-page', 'replica-write'],
    ],
    ['one that collapses', () => replicating(true), ['first-touch', 'hot-page', 'replica-write']],
    ['one that freezes', () => freezing(10e6), ['first-touch', 'hot-page']],
  ];

  it.each(GOOD)('finds nothing wrong with %s, and says on what it was asked', (_, make, asked) => {
    const check = checkPolicy(make, { runs });
    expect(policyCheckText(check)).toBe(`the policy holds everything that was checked in ${check.steps} misses`);
    expect(Object.keys(check.asked).sort()).toEqual([...asked].sort());
    expect(check.unchecked.map(text => text.split(':')[0])).toEqual(['symmetric', 'bounded state']);
  });

  it('takes first touch for symmetric and round robin not', () => {
    expect(checkPolicy(firstTouch, { runs, symmetric: true }).failures).toEqual([]);
    expect(checkPolicy(roundRobin, { runs, symmetric: true }).failures).toMatchObject([
      { property: 'symmetric', misses: 1 },
    ]);
  });

  it('compares the heap before and after, if it is told how to read it', () => {
    // The heap is made up: a real one would make the verdict hang on the collector.
    const grown = (bytes: number) => {
      let reads = 0;
      return () => bytes * reads++;
    };
    expect(checkPolicy(remembering, { runs: 7, heapBytes: grown(10) }).failures).toEqual([]);
    const [failure] = checkPolicy(remembering, { runs: 7, heapBytes: grown(1e7) }).failures;
    expect(failure).toMatchObject({ property: 'bounded state', scenario: '' });
    expect(failure.message).toMatch(/in \d+ calls about 8 pages the heap grew by 30000000 bytes/);
    expect(checkPolicy(firstTouch, { runs: 7, heapBytes: grown(1e7) }).unchecked[1]).toContain('first touches only');
  });

  it('is the same for the same seed, and another for another', () => {
    const check = (seed: string): number => checkPolicy(firstTouch, { runs: 20, seed }).steps;
    expect(check('a')).toBe(check('a'));
    expect(check('a')).not.toBe(check('b'));
  });

  it('refuses a function that returns one policy twice', () => {
    const policy = firstTouch();
    expect(() => checkPolicy(() => policy)).toThrow('make a new one each time');
  });
});

describe('assertPolicy', () => {
  it('throws all failures in words with the seed, and nothing for a policy in order', () => {
    expect(() => assertPolicy(firstTouch, { runs: 7 })).not.toThrow();
    const broken = (): PlacementPolicy => onHot(follow, () => stay('x'));
    expect(() => assertPolicy(broken, { runs: 7 })).toThrow(
      'not held: valid decisions\nit does not place a page, although node 0 has a free frame\nshortened from',
    );
    expect(() => assertPolicy(broken, { runs: 7, seed: 'other' })).toThrow('(seed "other")');
  });
});
