/** What every policy does in the twelve situations: a table in docs/policies.md, and what publications lead one to expect. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { namedPolicies } from '../../lib/placement/policies/all.js';
import { carrefour } from '../../lib/placement/policies/tiering/carrefour.js';
import { platinum } from '../../lib/placement/policies/faults/platinum.js';
import { missCounting } from '../../lib/placement/policies/counters/miss-counting.js';
import { verghese1996 } from '../../lib/placement/policies/counters/presets.js';
import { numaBalancing, type NumaBalancingOptions } from '../../lib/placement/policies/linux/numa-balancing.js';
import { conformance, conformanceScenarios, type ConformanceRow } from '../../lib/testing/conformance.js';
import { randomStream } from '../../lib/engine/random.js';
import { hintFault, memory, page } from '../../lib/testing/index.js';
import type { PlacementPolicy } from '../../lib/placement/policy.js';

const PAGE = new URL('../../docs/policies.md', import.meta.url);
const [BEGIN, END] = ['<!-- conformance -->', '<!-- end of conformance -->'];

/** The misses of a toy are too few for Carrefour to act at all. */
const CHANGES: Readonly<Record<string, object>> = { carrefour: { leastTraffic: 0 } };

const named = (name: string): (() => PlacementPolicy) => {
  const { make, options } = namedPolicies[name];
  return () => make({ ...options, ...CHANGES[name] });
};
const rows = new Map(Object.keys(namedPolicies).map(name => [name, conformance(named(name))]));
const row = (policy: string, scenario: string): ConformanceRow =>
  rows.get(policy)!.find(one => one.scenario === scenario)!;
const actions = (policy: string, scenario: string): object => row(policy, scenario).actions;

function cell({ actions: done, ended }: ConformanceRow): string {
  if (ended !== null) return 'ends';
  return Object.entries(done).map(([action, count]) => `${action} ${count}`).join(', ') || '-'; // prettier-ignore
}

function table(): string {
  const head = ['policy', ...conformanceScenarios.map(({ name }) => name)];
  const lines = [...rows].map(([name, found]) => [`\`${name}\``, ...found.map(cell)]);
  return [head, head.map(() => '---'), ...lines].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

describe('the table of docs/policies.md', () => {
  it('says what every policy does', () => {
    const text = readFileSync(PAGE, 'utf8');
    const [before, rest] = text.split(BEGIN);
    const after = rest.split(END)[1];
    const whole = `${before}${BEGIN}\n<!-- prettier-ignore-start -->\n\n${table()}\n\n<!-- prettier-ignore-end -->\n${END}${after}`;
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(PAGE, whole);
    expect(readFileSync(PAGE, 'utf8')).toBe(whole);
  });

  it('names the situations', () => {
    const text = readFileSync(PAGE, 'utf8').replace(/ +/g, ' ');
    for (const { name, about } of conformanceScenarios) expect(text).toContain(`| ${name} | ${about} |`);
  });
});

describe('as published', () => {
  const { trigger } = verghese1996.options;

  it('static policies never move a page', () => {
    for (const [name, { family }] of Object.entries(namedPolicies))
      if (family === 'static')
        expect(rows.get(name)!.map(found => found.actions)).toEqual(conformanceScenarios.map(() => ({})));
  });

  it('C1: miss counting migrates exactly once, at the miss that is the trigger; not one sooner', () => {
    const [c1] = conformance(named('migrate-replicate'));
    expect([c1.actions, c1.firstAt]).toEqual([{ migrate: 1 }, trigger]);
    const [{ misses, ...c1s }] = conformanceScenarios;
    const few = { ...c1s, misses: misses.slice(0, trigger) }; // the first touch, and one less than the trigger
    expect(conformance(named('migrate-replicate'), [few])[0].actions).toEqual({});
  });

  it('C2: miss counting and fault-driven policies make a copy for each reader, migration alone none', () => {
    for (const name of ['migrate-replicate', 'replicate', 'ace', 'platinum'])
      expect(actions(name, 'C2')).toEqual({ replicate: 3 });
    expect(actions('migrate', 'C2')).toEqual({});
    for (const name of ['numa-balancing', 'irix-origin', 'dash'])
      expect(actions(name, 'C2')).not.toHaveProperty('replicate');
  });

  it('C3: writers in turn: miss counting does nothing, ACE moves to its limit and freezes', () => {
    for (const name of ['migrate', 'replicate', 'migrate-replicate']) expect(actions(name, 'C3')).toEqual({});
    expect(actions('ace', 'C3')).toEqual({ migrate: 4, freeze: 1 });
  });

  it('C3: PLATINUM freezes at once if faults come often, and thaws in each interval', () => {
    const { options } = namedPolicies.platinum;
    const make = (): PlacementPolicy => platinum({ ...(options as Parameters<typeof platinum>[0]), hints: { periodNs: 5e6, pages: 64, slowOnly: false } }); // prettier-ignore
    const [, , c3] = conformance(make);
    expect(c3.actions).toMatchObject({ freeze: 3, thaw: 2 });
  });

  it('C4: copies collapse at each store, and return', () => {
    const { replicate = 0, collapse = 0 } = row('migrate-replicate', 'C4').actions;
    expect([replicate, collapse]).toEqual([12, 3]);
  });

  it('C5: policies that follow their user move again, counters within a trigger and a reset', () => {
    for (const name of ['migrate', 'migrate-replicate', 'numa-balancing', 'dash', 'irix-origin']) expect(actions(name, 'C5')).toEqual({ migrate: 2 }); // prettier-ignore
  });

  it('C6: pages follow a thread that moves', () => {
    for (const name of ['numa-balancing', 'dash', 'irix-origin', 'migrate-replicate-eager']) expect(actions(name, 'C6')).toEqual({ migrate: 8 }); // prettier-ignore
  });

  it('C7: streaming moves nothing', () => {
    for (const found of rows.values()) expect(found.find(({ scenario }) => scenario === 'C7')!.actions).toEqual({});
  });

  it('C8: Linux and TPP promote and demote, within the rate; HeMem stops when no cold fast page is left', () => {
    for (const name of ['linux-tiering', 'tpp']) {
      const { promote = 0, demote = 0 } = row(name, 'C8').actions;
      expect([name, promote > 50, Math.abs(demote - promote) < 40]).toEqual([name, true, true]);
    }
    const { exchange = 0 } = row('hemem', 'C8').actions;
    expect([exchange > 0, exchange <= 16]).toEqual([true, true]);
    const slow = {
      ...(namedPolicies['linux-tiering'].options as { pagesPerSecond: number }),
      pagesPerSecond: 3,
      enoughFree: 1,
    };
    const limited = conformance(() => namedPolicies['linux-tiering'].make(slow), conformanceScenarios.slice(7, 8));
    expect(limited[0].actions.promote!).toBeLessThanOrEqual(3 * 4);
  });

  it('C9: Carrefour spreads pages over controllers if they are loaded unevenly, and only then', () => {
    const options = { ...(namedPolicies.carrefour.options as Parameters<typeof carrefour>[0]), leastTraffic: 0, mostLocal: 0, leastReads: 1 }; // prettier-ignore
    const spread = conformance(() => carrefour(options), conformanceScenarios.slice(8, 9))[0].actions;
    expect(spread.migrate!).toBeGreaterThan(10);
    const even = conformance(() => carrefour({ ...options, leastImbalance: 10 }), conformanceScenarios.slice(8, 9))[0];
    expect(even.actions).toEqual({});
  });

  it('C11: no policy copies to a full node', () => {
    for (const name of ['ace', 'platinum']) expect(actions(name, 'C11')).toEqual({ replicate: 12 });
  });

  it('C12: with one in ten misses counted, ten times as many are needed', () => {
    const c1 = conformanceScenarios[0];
    const slow = { ...c1, misses: c1.misses.map(miss => ({ ...miss, timeNs: miss.timeNs! / 20 })) };
    const make = (): PlacementPolicy => missCounting({ ...verghese1996.options, migration: true, replication: true });
    const [all, tenth] = conformance(make, [slow, { ...slow, counted: 10 }]);
    // The first touch is a miss of the home, and is counted as the first of ten.
    expect([all.firstAt, tenth.firstAt]).toEqual([trigger, 10 * trigger]);
  });

  it('the two-stage filter takes a page with the square of the share of a node that touches it', () => {
    const options = namedPolicies['numa-balancing'].options as NumaBalancingOptions;
    const draw = randomStream('filter', 'spec');
    for (const share of [0.2, 0.5, 0.8]) {
      const policy = numaBalancing({ ...options, bootstrapPasses: 0 });
      let taken = 0;
      const faults = 10_000;
      for (let i = 0; i < faults; i++) {
        const node = draw.next() < share ? 1 : 2;
        // A thread for each node: what the filter lets pass is taken as of the same thread. The page is on node 0.
        const { action } = policy.decide(hintFault(node, { timeNs: 1e12 + i }), page(), memory());
        if (action === 'migrate' && node === 1) taken++;
      }
      const error = Math.sqrt((share ** 2 * (1 - share ** 2)) / faults);
      // Neighbouring faults share a touch, so that the error is larger than that of independent draws: up to twice.
      expect(Math.abs(taken / faults - share ** 2)).toBeLessThan(8 * error);
    }
  });
});
