/**
 * All policies by name, with the options that they have unless told otherwise, where the rule and its numbers are from, and how
 * far to trust the numbers. Numbers that are ours or recollected have no meaning as a result: they make a policy run.
 */
import type { CounterSettings, HintSettings, SamplingSettings } from '../evidence.js';
import type { PlacementPolicy } from '../policy.js';
import { irixOrigin } from './counters/irix-origin.js';
import { missCounting } from './counters/miss-counting.js';
import { verghese1996, verghese1996Engineering } from './counters/presets.js';
import { ace } from './faults/ace.js';
import { dash } from './faults/dash.js';
import { dunx } from './faults/dunx.js';
import { platinum } from './faults/platinum.js';
import { autoTiering } from './linux/autotiering.js';
import { numaBalancing } from './linux/numa-balancing.js';
import { linuxTiering } from './linux/tiering.js';
import { tpp } from './linux/tpp.js';
import { bind } from './static/bind.js';
import { firstTouch } from './static/first-touch.js';
import { interleave } from './static/interleave.js';
import { preferred } from './static/preferred.js';
import { roundRobin } from './static/round-robin.js';
import { weightedInterleave } from './static/weighted-interleave.js';
import { carrefour } from './tiering/carrefour.js';
import { colloid } from './tiering/colloid.js';
import { hemem } from './tiering/hemem.js';
import { memtis } from './tiering/memtis.js';
import { nimble } from './tiering/nimble.js';

/** What kind of evidence moves pages under a policy. */
export type PolicyFamily = 'static' | 'faults' | 'counters' | 'tiers' | 'samples';

/** How far the numbers of a policy can be trusted. */
export type PolicyConfidence = 'described' | 'abstract' | 'recollected' | 'ours';

/** A policy as the command line, sweeps and tables know it. */
export interface NamedPolicy<Options extends object = object> {
  readonly family: PolicyFamily;
  /** The rule in a sentence or two. */
  readonly rule: string;
  readonly source: string;
  readonly confidence: PolicyConfidence;
  /** Options unless told otherwise. */
  readonly options: Options;
  /** Makes a fresh policy of whole options. */
  readonly make: (options: Options) => PlacementPolicy;
}

/** 100 ms is as fast as Linux's scanner goes; 64 pages at a time are ours. */
const HINTS: HintSettings = { periodNs: 100e6, pages: 64, slowOnly: false };
const SLOW_HINTS: Omit<HintSettings, 'slowOnly'> = { periodNs: HINTS.periodNs, pages: HINTS.pages };
/** One miss in 200, as MEMTIS begins; a buffer of 16 is ours. */
const SAMPLING: SamplingSettings = { period: 199, skid: 0, level: 'miss', stores: true, buffer: 16 };
const COUNTERS: Omit<CounterSettings, 'threshold'> = { sampling: 1, bits: 16, delayNs: 0, resetNs: 100e6 };

/** A policy whose options are taken as they come: it checks them. */
const described = <Options extends object>({ make, ...rest }: NamedPolicy<Options>): NamedPolicy => ({
  ...rest,
  make: options => make(options as Options),
});

const VERGHESE = 'Verghese, Devine, Gupta, Rosenblum, ASPLOS 1996; Disco, SOSP 1997, section 4.2.3';
const counting = verghese1996.options;
/** For recorded windows of some 30 ms, in which hardly any page gathers the misses after which a move pays for itself. */
const eager = { ...counting, trigger: counting.trigger / 8, sharing: counting.sharing / 8 };

/** All policies, in the order of tables. */
export const namedPolicies: Readonly<Record<string, NamedPolicy>> = {
  'first-touch': described({
    family: 'static',
    rule: 'A page lives on the node that touches it first, or on the nearest with room.',
    source: 'Linux 5.15, documentation of memory policies',
    confidence: 'described',
    options: {},
    make: () => firstTouch(),
  }),
  'round-robin': described({
    family: 'static',
    rule: 'Pages are dealt over the nodes in turn.',
    source: 'Disco, SOSP 1997, section 5.4; Linux 5.15, for files',
    confidence: 'described',
    options: {},
    make: () => roundRobin(),
  }),
  interleave: described({
    family: 'static',
    rule: 'The number of the page decides on which node it lives.',
    source: 'Linux 5.15, documentation of memory policies',
    confidence: 'described',
    options: {},
    make: interleave,
  }),
  'weighted-interleave': described({
    family: 'static',
    rule: 'Nodes get as many pages in a row as their weight says.',
    source: 'Linux 6.9, commit of weighted interleaving',
    confidence: 'described',
    options: { weights: [5, 2] },
    make: weightedInterleave,
  }),
  bind: described({
    family: 'static',
    rule: 'Pages live on nodes of a set only, the nearest with room.',
    source: 'Linux 5.15, documentation of memory policies',
    confidence: 'described',
    options: { nodes: [0] },
    make: bind,
  }),
  preferred: described({
    family: 'static',
    rule: 'Pages live on nodes of a set, and elsewhere when it is full.',
    source: 'Linux 5.15, documentation of memory policies',
    confidence: 'described',
    options: { nodes: [0] },
    make: preferred,
  }),
  ace: described({
    family: 'faults',
    rule: 'A page is copied to readers and moves to writers, until it has moved too often; then it stays for good.',
    source: 'Bolosky, Fitzgerald, Scott, SOSP 1989',
    confidence: 'recollected',
    options: { moveLimit: 4, hints: HINTS },
    make: ace,
  }),
  platinum: described({
    family: 'faults',
    rule: 'A page is copied or moved at each fault; one that lost a copy lately is frozen, and thawed now and then.',
    source: 'Cox, Fowler, SOSP 1989',
    confidence: 'recollected',
    options: { freezeNs: 10e6, thawNs: 1e9, most: 1024, hints: HINTS },
    make: platinum,
  }),
  dunx: described({
    family: 'faults',
    rule: 'A page is moved, copied or left alone by aged counts of its users and by how lately it changed.',
    source: 'LaRowe, Ellis, Kaplan, SOSP 1991',
    confidence: 'abstract',
    options: { freezeNs: 10e6, ageNs: 1e9, trigger: 2, replication: true, hints: HINTS },
    make: dunx,
  }),
  dash: described({
    family: 'faults',
    rule: 'A page moves to who touches it remotely several times in a row, and then stays for a while.',
    source: 'Chandra, Devine, Verghese, Gupta, Rosenblum, ASPLOS 1994',
    confidence: 'recollected',
    options: { consecutive: 4, freezeNs: 1e9, hints: HINTS },
    make: dash,
  }),
  migrate: described({
    family: 'counters',
    rule: 'A page that one node misses on often moves there.',
    source: VERGHESE,
    confidence: 'recollected',
    options: { ...counting, migration: true, replication: false },
    make: missCounting,
  }),
  replicate: described({
    family: 'counters',
    rule: 'A page that several nodes miss on and nobody writes is copied to them.',
    source: VERGHESE,
    confidence: 'recollected',
    options: { ...counting, migration: false, replication: true },
    make: missCounting,
  }),
  'migrate-replicate': described({
    family: 'counters',
    rule: 'A page that is hot moves to its only user, and is copied to each of several readers.',
    source: VERGHESE,
    confidence: 'recollected',
    options: { ...counting, migration: true, replication: true },
    make: missCounting,
  }),
  'migrate-replicate-96': described({
    family: 'counters',
    rule: 'The same after 96 misses.',
    source: `${VERGHESE}, for Engineering`,
    confidence: 'recollected',
    options: { ...verghese1996Engineering.options, migration: true, replication: true },
    make: missCounting,
  }),
  'migrate-replicate-eager': described({
    family: 'counters',
    rule: 'The same after an eighth of the misses: shows the mechanism and its price on short recordings.',
    source: `${VERGHESE}; the eighth is ours`,
    confidence: 'ours',
    options: { ...eager, migration: true, replication: true },
    make: missCounting,
  }),
  'irix-origin': described({
    family: 'counters',
    rule: 'A page moves when a remote count exceeds the home count by a threshold; bouncing pages freeze and melt.',
    source: 'IRIX 6.5, manual pages migration(5), migration(3) and sn(1); the numbers are ours',
    confidence: 'ours',
    options: {
      ...{ threshold: 64, counters: COUNTERS, minimumSavingNs: 0, bounces: 2, bounceNs: 100e6, meltNs: 1e9 },
      dampening: 0,
    },
    make: irixOrigin,
  }),
  'numa-balancing': described({
    family: 'faults',
    rule: 'A page moves to a node that touches it twice in a row, if the program does not use the page where it is, too.',
    source: 'Linux 5.15, NUMA balancing; a faster scanner of ours',
    confidence: 'described',
    options: { bootstrapPasses: 4, activeFraction: 3, hysteresis: 0.75, hints: HINTS },
    make: numaBalancing,
  }),
  'linux-tiering': described({
    family: 'tiers',
    rule: 'A slow page that is touched soon after it was unmapped is promoted, at a limited rate; the oldest are demoted.',
    source: 'Linux 6.1, patches of hot page selection and demotion; the rate and the scanner are ours',
    confidence: 'described',
    options: {
      ...{ thresholdNs: 1e9, pagesPerSecond: 16384, adjustNs: 60e9, steps: 16, band: 0.1 },
      ...{ enoughFree: 1 / 16, demotion: true, lowWatermark: 0.02, most: 256, hints: SLOW_HINTS },
    },
    make: linuxTiering,
  }),
  tpp: described({
    family: 'tiers',
    rule: 'A slow page is promoted at its second touch; fast nodes demote early.',
    source: 'Al Maruf and others, ASPLOS 2023',
    confidence: 'recollected',
    options: { headRoom: 0.02, activeNs: 1e9, most: 256, hints: SLOW_HINTS },
    make: tpp,
  }),
  autotiering: described({
    family: 'tiers',
    rule: 'A touched page is promoted if there is room, and otherwise changes places with one touched less often.',
    source: 'Kim, Choe, Ahn, USENIX ATC 2021',
    confidence: 'described',
    options: { historyBits: 8, intervalNs: 100e6, most: 256, hints: HINTS },
    make: autoTiering,
  }),
  nimble: described({
    family: 'tiers',
    rule: 'Active slow pages are promoted, or change places with inactive fast ones.',
    source: 'Yan and others, ASPLOS 2019; the interval is ours',
    confidence: 'abstract',
    options: { intervalNs: 100e6, most: 256, hints: HINTS },
    make: nimble,
  }),
  hemem: described({
    family: 'samples',
    rule: 'Slow pages that were sampled often are promoted first come, first served, or change places with cold ones.',
    source: 'Raybuck and others, SOSP 2021, as a fork has it; the sampling is ours',
    confidence: 'described',
    options: { sampling: SAMPLING, hotLoads: 8, hotStores: 4, cooling: 18, intervalNs: 10e6, most: 2560 },
    make: hemem,
  }),
  memtis: described({
    family: 'samples',
    rule: 'A histogram of sampled counts gives the threshold at which all hotter pages fit the fast tier.',
    source: 'Lee and others, SOSP 2023',
    confidence: 'described',
    options: {
      ...{ sampling: SAMPLING, sampleWeight: 512, bins: 16, coolingSamples: 2e6, reserve: 0.03, warmFill: 0.75 },
      ...{ demotionWatermark: 0.02, intervalNs: 500e6, most: 4096 },
    },
    make: memtis,
  }),
  carrefour: described({
    family: 'samples',
    rule: 'Pages that several nodes read are copied, those that several use are spread if controllers are loaded unevenly.',
    source: 'Dashti and others, ASPLOS 2013; the sampling is ours',
    confidence: 'described',
    options: {
      ...{ sampling: SAMPLING, intervalNs: 1e9, most: 4096, leastTraffic: 50, mostMemoryUse: 0.25, leastReads: 0.9 },
      ...{ leastImbalance: 0.35, mostLocal: 0.8, leastSamples: 2 },
    },
    make: carrefour,
  }),
  colloid: described({
    family: 'samples',
    rule: 'Pages move to the tier that answers sooner, until both answer equally soon.',
    source: 'Vuppalapati, Agarwal, SOSP 2024, as a fork has it; the sampling is ours',
    confidence: 'described',
    options: { sampling: SAMPLING, intervalNs: 10e6, most: 2560, delta: 0.05, epsilon: 0.01, smoothing: 0.0625 },
    make: colloid,
  }),
};

/** Options with their times divided by a factor, and their rates multiplied: all that end in `Ns` and `PerSecond`. */
export function fasterOptions(options: object, factor: number): object {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]: [string, unknown]) => {
      if (typeof value === 'object' && value !== null && !Array.isArray(value))
        return [name, fasterOptions(value, factor)];
      if (typeof value !== 'number' || name === 'minimumSavingNs') return [name, value];
      if (name.endsWith('Ns')) return [name, value / factor];
      return [name, name.endsWith('PerSecond') ? value * factor : value];
    }),
  );
}
