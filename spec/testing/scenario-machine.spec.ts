/**
 * The toy host against machines: the same random misses, and a policy that decides at random but by its evidence alone.
 * Once the counters of real homes with a host of a few lines, for every setting of the counters; once a whole machine with
 * the bare kernel, which faults, clears, shoots down and copies. A case is a machine, so what fails is not made smaller.
 */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { machineFrame } from '../../lib/messages/addresses.js';
import { type InterruptMessage } from '../../lib/messages/coherence-messages.js';
import type { DecisionEntry } from '../../lib/placement/decision-log.js';
import { collapse, migrate, place, replicate, stay } from '../../lib/placement/decision.js';
import type { Decision } from '../../lib/placement/decision.js';
import type { CounterSettings, Evidence } from '../../lib/placement/evidence.js';
import type { PlacementPolicy } from '../../lib/placement/policy.js';
import type { MemoryView, PageView } from '../../lib/placement/views.js';
import { Context } from '../../lib/processor/context.js';
import {
  compute,
  load,
  machineLoad,
  machineStore,
  presentNs,
  store as storeWord,
  type Operation,
  type Program,
} from '../../lib/processor/operations.js';
import type { Processor } from '../../lib/processor/processor.js';
import { Activity } from '../../lib/processor/software.js';
import { firstTouchBy, hotPage, memory, replicaWrite, scenario, type Miss } from '../../lib/testing/index.js';
import { LINE, PAGE, kernelMachine, runChecked } from '../guest/kernel-machine.js';
import { PlainSoftware } from '../system/plain-software.js';
import { wire, type Machine } from '../system/wire.js';
import '../support/property-seed.js';

const NODES = 4;
const PAGES = 3;
/** Between two misses: longer than a move takes. */
const GAP_NS = 1e6;

/** When the miss with that number happens: at no boundary of an interval. */
const timeOf = (index: number): number => (index + 0.25) * GAP_NS;

/** A policy that decides by a hash of all that it sees, but the page's number. */
function arbitrary(seed: number, counters: CounterSettings): PlacementPolicy {
  return {
    name: 'arbitrary',
    wants: ['hot-page', 'replica-write'],
    needs: [],
    counters,
    decide(evidence, page, { nodes }) {
      const hash = hashOf([seed, evidence.node, page.home, page.writes, page.moves, ...page.misses, ...page.replicas]);
      if (evidence.kind === 'first-touch') return place(hash % nodes, 'told');
      if (evidence.kind === 'replica-write') return collapse('written');
      const targets = [0, 1, 2, 3].filter(node => node !== page.home && !page.replicas.includes(node));
      const to = targets[(hash >>> 8) % targets.length];
      const action = (hash >>> 4) % 8;
      if (action < 2) return stay('told');
      if (action === 2) return { action: page.frozen ? 'thaw' : 'freeze', because: 'told' };
      if (action === 3 || to === undefined) return collapse('told');
      return action < 6 && page.replicas.length === 0 ? migrate(to, 'told') : replicate(to, 'told');
    },
  };
}

function hashOf(values: readonly number[]): number {
  let hash = 2166136261;
  for (const value of values) hash = Math.imul(hash ^ value, 16777619);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** What is compared: everything that a policy sees, but for the time within a gap, and what became of it. */
function rows(entries: readonly DecisionEntry[]): unknown[] {
  return entries.map(({ evidence: { timeNs, ...evidence }, page, decision }) => ({
    ...{ ...evidence, gap: Math.floor(timeNs / GAP_NS), page, decision },
  }));
}

/** Runs of misses by one node on one page, some of which are stores. */
const misses = (shortest: number, longest: number, runs: number): fc.Arbitrary<Miss[]> =>
  fc
    .array(
      fc.record({
        node: fc.nat(NODES - 1),
        page: fc.nat(PAGES - 1),
        count: fc.integer({ min: shortest, max: longest }),
        /** Bit by bit, whether a miss is a store; most are not. */
        stores: fc.tuple(fc.nat(2 ** 30), fc.nat(2 ** 30), fc.nat(2 ** 30)).map(([x, y, z]) => x & y & z),
      }),
      { minLength: runs / 2, maxLength: runs },
    )
    .map(list =>
      list
        .flatMap(({ node, page, count, stores }) =>
          Array.from({ length: count }, (_, i) => ({ node, page, store: ((stores >>> (i % 30)) & 1) === 1 })),
        )
        .map((miss, index) => ({ ...miss, timeNs: timeOf(index) })),
    );

const delayNs = fc.constantFrom(0, 0.4 * GAP_NS, 2.4 * GAP_NS);

/** Passes the time up to a moment, in pieces that become shorter, as an interrupt makes the current one longer. */
function* until(timeNs: number, nsPerCycle: number): Generator<Operation, void, number> {
  for (;;) {
    const left = Math.round((timeNs - (yield presentNs())) / nsPerCycle);
    if (left <= 0) return;
    yield compute(left < GAP_NS / 20 / nsPerCycle ? left : Math.floor(left / 2));
  }
}

/** A host without costs on homes with counters: moving a page is no more than a new home for it. */
class SmallHost extends PlainSoftware {
  readonly entries: DecisionEntry[] = [];
  private readonly machine: Machine;
  private readonly policy: PlacementPolicy;
  private readonly memory: MemoryView;
  private readonly pages: { home: number; replicas: number[]; moves: number; interval: number; frozen: boolean }[];

  constructor(machine: Machine, policy: PlacementPolicy) {
    super();
    this.machine = machine;
    this.policy = policy;
    this.memory = memory({ nodes: NODES, frames: 1, latencyNs: () => 1 });
    this.pages = Array.from({ length: PAGES }, () => ({
      ...{ home: -1, replicas: [], moves: 0, interval: 0, frozen: false },
    }));
  }

  /** The frame for a miss that is about to happen. */
  prepare({ node, page: number, store = false }: Miss): number {
    const page = this.pages[number];
    if (page.home < 0) {
      const decision = this.ask({ ...firstTouchBy(node), store, timeNs: this.nowNs() }, number, null);
      page.home = (decision as { to: number }).to;
    }
    if (store && page.replicas.length > 0)
      this.carryOut(number, this.ask({ ...replicaWrite(node), timeNs: this.nowNs() }, number, null));
    return this.frameFor(number, node);
  }

  override interrupt(processor?: Processor, message?: InterruptMessage): Context {
    const { a: frame, b: node, counts } = message!;
    const number = frame % 64;
    const moved = this.frameFor(number, node) !== frame;
    const evidence: Evidence = { ...hotPage(processor!.nodeNumber), timeNs: this.nowNs() };
    this.carryOut(number, this.ask(evidence, number, counts, moved));
    return new Context(nothing(), Activity.PageMoving);
  }

  private ask(evidence: Evidence, number: number, counts: Readonly<Int32Array> | null, moved = false): Decision {
    const page = this.pages[number];
    const interval = Math.floor(evidence.timeNs / this.policy.counters!.resetNs);
    if (page.interval !== interval) page.moves = 0;
    page.interval = interval;
    const { home, moves, frozen } = page;
    const view: PageView = {
      ...{ page: number, home, moves, frozen, replicas: [...page.replicas] },
      misses: counts === null ? [0, 0, 0, 0] : [...counts.subarray(0, NODES)],
      // No line of this machine was filled by the host, and write-backs are not what is compared here.
      writes: counts === null ? 0 : counts[NODES],
    };
    const wish = this.policy.decide(evidence, view, this.memory);
    const decision = moved ? stay('moved since the interrupt was raised') : wish;
    this.entries.push({ evidence, page: view, decision });
    return decision;
  }

  private carryOut(number: number, decision: Decision): void {
    const page = this.pages[number];
    if (decision.action === 'stay') return;
    if (decision.action === 'freeze' || decision.action === 'thaw') {
      page.frozen = decision.action === 'freeze';
      return;
    }
    if (decision.action === 'collapse') page.replicas = [];
    if (decision.action === 'replicate') page.replicas = [...page.replicas, decision.to].sort((a, b) => a - b);
    if (decision.action === 'migrate') {
      page.home = decision.to;
      page.moves++;
    }
    for (let node = 0; node < NODES; node++) this.machine.homes[node].counters!.clear(machineFrame(64 * node + number));
  }

  private frameFor(number: number, node: number): number {
    const { home, replicas } = this.pages[number];
    return 64 * (replicas.includes(node) ? node : home) + number;
  }

  private nowNs(): number {
    return this.machine.sim.time.ns(this.machine.sim.now);
  }
}

function* nothing(): Program {}

/** Misses of a node past that host. Sixteen lines of one set of two ways in turn: none is there when its turn comes. */
function* missesOf(node: number, list: readonly Miss[], host: SmallHost): Program {
  let turn = 0;
  for (const miss of list) {
    if (miss.node !== node) continue;
    yield* until(miss.timeNs!, 2.5);
    const frame = host.prepare(miss);
    const offset = 256 * (turn++ % 16);
    yield miss.store ? machineStore(machineFrame(frame), offset, 1) : machineLoad(machineFrame(frame), offset);
  }
}

/** Counters that raise much. */
const settings: fc.Arbitrary<CounterSettings> = fc.record({
  threshold: fc.integer({ min: 1, max: 7 }),
  sampling: fc.integer({ min: 1, max: 4 }),
  bits: fc.constantFrom(3, 4, 16),
  delayNs,
  resetNs: fc.constantFrom(3 * GAP_NS, 40 * GAP_NS, 1e9),
});

describe('scenario() and the homes of a machine', () => {
  it('produce the same evidence from the same misses, whatever the counters', () => {
    let hot = 0;
    fc.assert(
      fc.property(misses(1, 20, 20), settings, fc.nat(), (list, counters, seed) => {
        const policy = arbitrary(seed, counters);
        const machine = wire(NODES, {
          runAhead: false,
          pageBytes: 4096,
          counters: {
            ...{ threshold: counters.threshold, sampling: counters.sampling, bits: counters.bits },
            ...{ delayTicks: counters.delayNs / 2.5, resetTicks: counters.resetNs / 2.5 },
          },
        });
        const host = new SmallHost(machine, policy);
        for (const [node, cpu] of machine.cpus.entries()) cpu.load(host, missesOf(node, list, host));
        machine.sim.run();
        // Every reference was a miss at a home, and nothing else was.
        expect(machine.homes.reduce((sum, { counters: set }) => sum + set!.seen, 0)).toBe(list.length);
        expect(rows(scenario(policy, list).decisions)).toEqual(rows(host.entries));
        hot += host.entries.filter(({ evidence }) => evidence.kind === 'hot-page').length;
      }),
      { numRuns: 60, endOnFailure: true },
    );
    expect(hot).toBeGreaterThan(500);
  });
});

/** First of the pages in the address space. */
const FIRST = 16;

/**
 * References of a node that all miss, in caches of four sets of two ways: loads go round four lines of the first set, and
 * a line of another set is stored to once. The last eight lines, which may be cached after clearing and copying, are left out.
 */
function* references(node: number, list: readonly Miss[]): Program {
  const fresh = new Array<number>(PAGES).fill(0);
  let turn = 0;
  for (const { node: by, page, store, timeNs } of list) {
    const line = store === true ? storeLines[fresh[page]++] : 4 * (turn % 4);
    if (by !== node) continue;
    yield* until(timeNs!, 2.5);
    const at = (FIRST + page) * PAGE + line * LINE;
    if (store === true) yield storeWord(at, 1);
    else {
      turn++;
      yield load(at);
    }
  }
  yield* until(timeOf(list.length + 5), 2.5);
}

const storeLines = Array.from({ length: 24 }, (_, line) => line).filter(line => line % 4 !== 0);

/** Stores beyond one for each of those lines become loads. */
function withFewStores(list: readonly Miss[]): Miss[] {
  const stores = new Array<number>(PAGES).fill(0);
  return list.map(miss => ({ ...miss, store: miss.store === true && stores[miss.page]++ < storeLines.length }));
}

describe('scenario() and the bare kernel on a machine', () => {
  it('produce the same evidence from the same misses, writes included, while the kernel clears and copies', () => {
    const moved = { migrations: 0, replications: 0, collapses: 0 };
    const setting = fc.record({
      // Above the lines of a page and the misses of a delay: clearing and copying alone raise no interrupt.
      threshold: fc.integer({ min: 40, max: 48 }),
      sampling: fc.constant(1),
      bits: fc.constantFrom(6, 16),
      delayNs,
      resetNs: fc.constantFrom(150 * GAP_NS, 400 * GAP_NS, 1e12),
    });
    fc.assert(
      fc.property(misses(20, 100, 16), setting, fc.nat(), (drawn, counters, seed) => {
        const list = withFewStores(drawn);
        const policy = arbitrary(seed, counters);
        const programs = Array.from({ length: NODES }, (_, node) => references(node, list));
        const system = kernelMachine(programs, { nodes: NODES, l2Bytes: 1024, policy });
        runChecked(system);
        const numbers = system.kernel.pages.pages.map(({ number }) => number - FIRST);
        const entries = system.kernel.log
          .entries()
          .map(entry => ({ ...entry, page: { ...entry.page, page: numbers[entry.page.page] } }));
        expect(rows(scenario(policy, list).decisions)).toEqual(rows(entries));
        for (const key of ['migrations', 'replications', 'collapses'] as const)
          moved[key] += system.kernel.work[key].count;
      }),
      { numRuns: 25, endOnFailure: true },
    );
    for (const count of Object.values(moved)) expect(count).toBeGreaterThan(10);
  });
});
