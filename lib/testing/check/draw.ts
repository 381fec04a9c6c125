/** Random machines and random sequences of misses of several kinds, at the pace of the policy that is checked. */
import type { RandomStream } from '../../engine/random.js';
import type { PlacementPolicy } from '../../placement/policy.js';
import { missing, PLENTY, type Burst, type CheckedMachine } from './case.js';

/** How many misses and how much time a policy's evidence takes. */
export interface Pace {
  /** Misses of a node that make a page hot or fill a buffer of samples. */
  readonly heat: number;
  /** The shortest of its periods in nanoseconds: of scans, of intervals, of resets. */
  readonly shortNs: number;
  /** The longest of them, but no more than 64 of the shortest, or a single miss would take long. */
  readonly longNs: number;
}

/** More misses than this in a row are not drawn: a sampling policy with long periods is better checked with shorter ones. */
const MOST_HEAT = 2 ** 14;

/** The pace of a policy by its settings. */
export function paceOf({ counters, hints, sampling, plans }: PlacementPolicy): Pace {
  const counted = counters === undefined ? 1 : counters.threshold * counters.sampling;
  const sampled = sampling === undefined ? 1 : sampling.period * sampling.buffer;
  const periods = [counters?.resetNs, hints?.periodNs, plans?.intervalNs].filter(period => period !== undefined);
  const shortNs = periods.length === 0 ? 1e6 : Math.min(...periods);
  const longNs = Math.min(64 * shortNs, Math.max(shortNs, ...periods));
  return { heat: Math.min(MOST_HEAT, Math.max(counted, sampled)), shortNs, longNs };
}

const one = <T>(random: RandomStream, values: readonly T[]): T => values[random.below(values.length)];
const chance = (random: RandomStream, oneIn: number): boolean => random.below(oneIn) === 0;

/** A machine of one to six nodes on which at least one page has room. No two latencies of a machine are equal. */
export function drawMachine(random: RandomStream): CheckedMachine {
  const nodes = 1 + random.below(6);
  const each = Array.from({ length: nodes }, (_, node) => node);
  const [withExpanders, withTiers, withFull] = [chance(random, 3), chance(random, 4), chance(random, 3)];
  const most = one(random, [2, 6, 40, PLENTY]);
  const expanders = each.filter(node => withExpanders && node > 0 && chance(random, 2));
  const tiers = each.map(node => (expanders.includes(node) ? 1 : withTiers ? random.below(3) : 0));
  const frames = each.map(() => (most === PLENTY ? PLENTY : random.below(most + 1)));
  const full = each.filter(() => withFull && chance(random, 3));
  if (each.every(node => frames[node] === 0 || full.includes(node))) {
    frames[0] = 1;
    full.splice(0);
  }
  const latencies = each.map(from =>
    each.map(to => 64 * (from === to ? 4 : 8 + random.below(16)) + 640 * tiers[to] + from * nodes + to),
  );
  return { frames, full, expanders, tiers, latencies };
}

type Draw = (random: RandomStream, machine: CheckedMachine, pace: Pace, add: (burst: Partial<Burst>) => void) => void;

/** Each draws one part of a sequence, and is drawn from until the sequence is long enough. */
const KINDS: Readonly<Record<string, Draw>> = {
  uniform(random, machine, _pace, add) {
    const store = chance(random, 3);
    add({ node: one(random, missing(machine)), page: random.below(12), store, count: 1 + random.below(3) });
  },
  'one hot user'(random, machine, { heat }, add) {
    const page = random.below(4);
    add({ node: one(random, missing(machine)), page, count: 1 });
    add({ node: one(random, missing(machine)), page, count: heat + random.below(heat) });
  },
  'shared readers'(random, machine, { heat }, add) {
    const page = random.below(3);
    for (const node of missing(machine)) add({ node, page, count: heat });
    if (chance(random, 3)) add({ node: one(random, missing(machine)), page, store: true });
  },
  'writers in turn'(random, machine, { heat }, add) {
    const page = random.below(3);
    const count = 1 + random.below(heat);
    for (const node of missing(machine)) add({ node, page, count, store: true });
  },
  phases(random, machine, { heat, longNs }, add) {
    const node = one(random, missing(machine));
    for (let page = 0; page < 3; page++) add({ node, page, count: heat, store: chance(random, 4) });
    add({ node, page: 3, afterNs: longNs });
  },
  streaming(random, machine, _pace, add) {
    const node = one(random, missing(machine));
    const first = random.below(40);
    for (let page = first; page < first + 10; page++) add({ node, page });
  },
  'memory pressure'(random, machine, { heat }, add) {
    const node = one(random, missing(machine));
    const pages = Math.min(machine.frames[node], 20) + 2;
    for (let page = 0; page < pages; page++) add({ node, page });
    add({ node: one(random, missing(machine)), page: random.below(pages), count: heat + 1 });
  },
};

const DRAWS = Object.values(KINDS);

/** A sequence of the kind with the number `kind`, counted round. Some misses come later than those before, threads are shared. */
export function drawBursts(random: RandomStream, machine: CheckedMachine, pace: Pace, kind: number): Burst[] {
  const { heat, shortNs, longNs } = pace;
  const bursts: Burst[] = [];
  const threads = one(random, [0, 3]);
  // Few hot bursts show little, and sampling policies take thousands of misses for one.
  const least = 60 + Math.max(4 * heat, Math.min(12 * heat, 2000));
  let misses = 0;
  const add = ({ node = 0, page = 0, store = false, count = 1, afterNs }: Partial<Burst>): void => {
    const thread = threads === 0 ? node : random.below(threads);
    const gapNs = Math.floor(one(random, [0, 0, 0, shortNs * random.next(), shortNs, longNs * random.next()]));
    bursts.push({ node, page, thread, store, count, afterNs: afterNs ?? gapNs });
    misses += count;
  };
  while (misses < least && bursts.length < least) DRAWS[kind % DRAWS.length](random, machine, pace, add);
  return bursts;
}

/** Number of kinds of sequences. */
export const KIND_COUNT = DRAWS.length;
