/** All policies by name: their options, what they answer in the same situations, and that every one of them runs on a machine. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { namedPolicies, fasterOptions } from '../../../lib/placement/policies/all.js';
import type { PlacementPolicy } from '../../../lib/placement/policy.js';
import { load, store, compute, type Operation } from '../../../lib/processor/operations.js';
import { firstTouchBy, interval, memory, page } from '../../../lib/testing/index.js';
import { kernelMachine, run, runChecked } from '../../guest/kernel-machine.js';

const names = Object.keys(namedPolicies);
const DOC = new URL('../../../docs/policies.md', import.meta.url);
const [BEGIN, END] = ['<!-- policies -->', '<!-- end of policies -->'];

/** Paths of all numbers in options. */
function numbersIn(options: object, path: readonly string[] = []): string[][] {
  return Object.entries(options).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === 'number') return [[...path, name]];
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? numbersIn(value, [...path, name])
      : [];
  });
}

function withValue(options: object, [name, ...rest]: readonly string[], value: unknown): object {
  const old = (options as Record<string, object>)[name];
  return { ...options, [name]: rest.length === 0 ? value : withValue(old, rest, value) };
}

describe.each(names)('%s', name => {
  const { make, options } = namedPolicies[name];

  it('refuses numbers that are none, where it is made or where a host looks at it', () => {
    for (const path of numbersIn(options))
      for (const wrong of [NaN, -1, '1', null, undefined, Infinity]) {
        const attempt = (): unknown => {
          const policy = make(withValue(options, path, wrong));
          return kernelMachine([run([])], { policy });
        };
        expect(attempt).toThrow(RangeError);
        expect(attempt).toThrow(path.at(-1)!);
      }
  });

  it('refuses options that are no object', () => {
    if (Object.keys(options).length === 0) return;
    expect(() => make(null as never)).toThrow(RangeError);
  });

  it('places a page on a node with room, and says when there is none', () => {
    const policy = make(options);
    for (const node of [0, 3]) {
      const decision = policy.decide(firstTouchBy(node), page({ home: -1 }), memory({ full: [1, 2] }));
      expect(decision).toMatchObject({ action: 'place' });
      expect([0, 3]).toContain((decision as { to: number }).to);
    }
    expect(policy.decide(firstTouchBy(1), page({ home: -1 }), memory({ full: [0, 1, 2, 3] })).action).toBe('stay');
  });

  it('is made anew each time, and answers alike', () => {
    const [one, other] = [make(options), make(options)];
    expect(one).not.toBe(other);
    const ask = (policy: PlacementPolicy): unknown[] =>
      [2, 0, 1].map((node, number) => policy.decide(firstTouchBy(node), page({ page: number, home: -1 }), memory()));
    ask(one);
    expect(ask(make(options))).toEqual(ask(other));
    const none = { size: 0, page: () => undefined, onNode: () => [], *[Symbol.iterator]() {} };
    if (one.plan !== undefined) expect(one.plan(interval(1e9), none, memory())).toEqual([]);
  });

  it('says what it was given if it did not ask for it', () => {
    const policy = make(options);
    const kind = (['hint-fault', 'counted-miss'] as const).find(one => !policy.wants.includes(one))!;
    expect(() => policy.decide({ ...firstTouchBy(1), kind }, page(), memory())).toThrow(`'${kind}'`);
  });

  it('runs on a machine, and no store is lost', () => {
    const fast = { plans: { intervalNs: 30_000 }, hints: { periodNs: 20_000 }, sampling: { period: 5, buffer: 2 }, counters: { threshold: 4, resetNs: 1e6 } }; // prettier-ignore
    const made = make(options);
    const policy = { ...made };
    for (const [part, changes] of Object.entries(fast) as ['plans', object][])
      if (made[part] !== undefined) Object.assign(policy, { [part]: { ...made[part], ...changes } });
    const results: number[][] = [[], [], []];
    const programs = results.map((got, me) => {
      const mine = (round: number): Operation[] =>
        Array.from({ length: 40 }, (_, i) => store(4096 * (16 + (i % 5)) + 128 * (i % 30) + 8 * me, 100 * round + i));
      const loads = Array.from({ length: 5 }, (_, i) => load(4096 * (16 + i) + 128 * ((35 + i) % 30) + 8 * me));
      return run([...mine(1), compute(5000), ...loads, ...mine(2), compute(5000), ...loads], got);
    });
    runChecked(kernelMachine(programs, { policy, nodes: 3, framesPerNode: 16 }), 500);
    // The last stores to these lines were numbers 35 to 39 of the second round.
    for (const got of results) expect(got.slice(-5)).toEqual([235, 236, 237, 238, 239]);
  });
});

describe('times that are divided', () => {
  it('are all that end in Ns, and rates are multiplied', () => {
    const options = {
      aNs: 100,
      perSecond: 3,
      xPerSecond: 3,
      count: 7,
      deep: { bNs: 10 },
      list: [1],
      minimumSavingNs: 5,
    };
    expect(fasterOptions(options, 10)).toEqual({ ...options, aNs: 10, xPerSecond: 30, deep: { bNs: 1 } });
  });
});

it('stands in docs/policies.md', () => {
  const text = readFileSync(DOC, 'utf8');
  const head = ['policy', 'decides', 'evidence', 'source', 'confidence'];
  const rows = names.map(name => {
    const { rule, source, confidence, make, options } = namedPolicies[name];
    return [`\`${name}\``, rule, make(options).wants.join(', ') || 'first touch only', source, confidence];
  });
  const table = [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
  const [before, rest] = text.split(BEGIN);
  const whole = `${before}${BEGIN}\n<!-- prettier-ignore-start -->\n\n${table}\n\n<!-- prettier-ignore-end -->\n${END}${rest.split(END)[1]}`;
  if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(DOC, whole);
  expect(readFileSync(DOC, 'utf8')).toBe(whole);
});
