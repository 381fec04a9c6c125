/** Makes a case small, as long as a policy still does not hold the same property on it. */
import { missing, PLENTY, renumbered, type Burst, type CheckedMachine, type PolicyCase } from './case.js';

/** A case that was made small. */
export interface Shrunk {
  readonly shrunk: PolicyCase;
  /** Cases that were tried. */
  readonly tries: number;
}

/** Cases that are tried at most. */
const MOST_TRIES = 3000;

/** Makes a case small by greedy steps until none helps. `fails` says whether a case still fails, and may be called often. */
export function shrinkCase(failing: PolicyCase, fails: (tried: PolicyCase) => boolean): Shrunk {
  let best = failing;
  let tries = 0;
  const keeps = (changes: Partial<PolicyCase>): boolean => {
    const tried = { ...best, ...changes };
    if (tries >= MOST_TRIES || JSON.stringify(tried) === JSON.stringify(best)) return false;
    tries++;
    if (!fails(tried)) return false;
    best = tried;
    return true;
  };
  for (let before: PolicyCase | null = null; before !== best;) {
    before = best;
    fewerBursts(
      () => best.bursts,
      bursts => keeps({ bursts }),
    );
    for (let at = 0; at < best.bursts.length; at++) {
      const change = (changes: Partial<Burst>): boolean => {
        const bursts = best.bursts.map((burst, index) => (index === at ? { ...burst, ...changes } : burst));
        return keeps({ bursts });
      };
      simplerBurst(() => best.bursts[at], change, missing(best.machine));
    }
    keeps({ bursts: densePages(best.bursts) });
    for (const node of [...best.machine.frames.keys()].reverse()) keeps(without(best, node));
    // Made anew after each change, so that none takes back what another has made simple.
    for (let at = 0; at < simplerMachines(best.machine).length; at++)
      keeps({ machine: { ...best.machine, ...simplerMachines(best.machine)[at] } });
  }
  return { shrunk: best, tries };
}

/** Leaves out halves, then quarters, down to single bursts. */
function fewerBursts(bursts: () => readonly Burst[], keeps: (fewer: readonly Burst[]) => boolean): void {
  for (let size = Math.ceil(bursts().length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let from = 0; from < bursts().length;) {
      const fewer = [...bursts().slice(0, from), ...bursts().slice(from + size)];
      // What follows has moved up if it was left out.
      if (!keeps(fewer)) from += size;
    }
}

/** Fewer misses first, then everything else as it usually is. */
function simplerBurst(
  burst: () => Burst,
  change: (changes: Partial<Burst>) => boolean,
  nodes: readonly number[],
): void {
  if (burst().count > 1 && !change({ count: 1 }))
    for (let less = Math.ceil(burst().count / 2); less >= 1; less = less === 1 ? 0 : Math.ceil(less / 2))
      while (burst().count > less && change({ count: burst().count - less }));
  if (burst().afterNs > 0 && !change({ afterNs: 0 })) change({ afterNs: roundNs(burst().afterNs) });
  if (burst().store) change({ store: false });
  for (const node of nodes) if (node < burst().node && change({ node, thread: node })) break;
  if (burst().thread !== burst().node) change({ thread: burst().node });
  for (let page = 0; page < burst().page && page < 4; page++) if (change({ page })) break;
}

/** The next number of one digit and zeros from `value` up. */
function roundNs(value: number): number {
  const digit = 10 ** Math.floor(Math.log10(value));
  return Math.ceil(value / digit) * digit;
}

/** Pages numbered in the order in which they are touched. */
function densePages(bursts: readonly Burst[]): Burst[] {
  const pages = [...new Set(bursts.map(({ page }) => page))];
  return bursts.map(burst => ({ ...burst, page: pages.indexOf(burst.page) }));
}

/** A case without a node; the same if the node misses or is the only one. */
function without(tried: PolicyCase, node: number): Partial<PolicyCase> {
  const { machine, bursts } = tried;
  if (machine.frames.length === 1 || bursts.some(burst => burst.node === node)) return tried;
  const threads = bursts.map(burst => burst.thread === burst.node);
  const fewer = renumbered(
    tried,
    [...machine.frames.keys()].filter(other => other !== node),
  );
  return {
    ...fewer,
    bursts: fewer.bursts.map((burst, at) => (threads[at] ? { ...burst, thread: burst.node } : burst)),
  };
}

/** What a machine could have instead of what is unusual about it. */
function simplerMachines({ frames, full, expanders, tiers }: CheckedMachine): Partial<CheckedMachine>[] {
  const framesOf = (at: number, count: number): number[] => frames.map((old, node) => (node === at ? count : old));
  return [
    { latencies: null },
    { tiers: tiers.map(() => 0) },
    { expanders: [] },
    { full: [] },
    { frames: frames.map(() => PLENTY) },
    ...frames.flatMap((count, at) =>
      count < PLENTY && !full.includes(at) ? [{ frames: framesOf(at, PLENTY), full: [...full, at] }] : [],
    ),
    ...full.map(node => ({ full: full.filter(other => other !== node) })),
    ...expanders.map(node => ({ expanders: expanders.filter(other => other !== node) })),
    ...tiers.map((_, at) => ({ tiers: tiers.map((tier, node) => (node === at ? 0 : tier)) })),
    ...frames.map((_, at) => ({ frames: framesOf(at, PLENTY) })),
    ...frames.flatMap((count, at) => (count > 1 && count < PLENTY ? [{ frames: framesOf(at, 1) }] : [])),
  ];
}
