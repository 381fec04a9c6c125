/**
 * Latencies that the presets' sources print, beside which those of the presets are laid (experiments/latency.ts). What is
 * marked unverified was recollected without a source at hand: it is shown and never tested against.
 */
import type { ReadPath } from '../latency.js';
import type { PresetName } from './presets.js';

/** One latency as it was published. */
export interface PublishedLatency {
  readonly preset: PresetName;
  /** What is read, in the words of the source. */
  readonly what: string;
  /** The nodes of the preset between which it is measured. */
  readonly path: ReadPath;
  readonly ns: number;
  /** How far ours may be from it in nanoseconds, or null for what is unverified and therefore untested. */
  readonly withinNs: number | null;
  readonly source: string;
}

/** A published average over the other nodes of a machine of some size. All of these are unverified. */
export interface PublishedAverage {
  readonly preset: PresetName;
  readonly processors: number;
  readonly nodes: number;
  readonly ns: number;
  readonly source: string;
}

/** A part of a published latency, in clocks of its machine. */
export interface PublishedPart {
  readonly part: string;
  readonly clocks: number;
}

const DISCO = 'Bugnion et al., SOSP 1997, section 5.1';
const DASH = 'Lenoski et al., IEEE Computer, March 1992, figure 9';
const FLASH = 'Heinrich et al., ASPLOS 1994, recollected';
const ORIGIN = 'Laudon and Lenoski, ISCA 1997, recollected';

/** DASH's clock. */
export const DASH_CLOCK_NS = 30;

const read = (reader: number, home: number, owner: number | null = null): ReadPath => ({ reader, home, owner });
const dash = (what: string, path: ReadPath, clocks: number): PublishedLatency => ({
  preset: 'dash-1992',
  what,
  path,
  source: DASH,
  ns: Math.round(clocks * DASH_CLOCK_NS),
  withinNs: 2 * DASH_CLOCK_NS,
});
const flash = (what: string, path: ReadPath, cycles: number): PublishedLatency => ({
  preset: 'flash-1994',
  what,
  path,
  ns: 10 * cycles,
  withinNs: null,
  source: FLASH,
});

/** Single reads. DASH's and FLASH's remote ones are between nodes two hops apart. */
export const publishedLatencies: readonly PublishedLatency[] = [
  { preset: 'disco-1997', what: 'local', path: read(0, 0), ns: 300, withinNs: 0, source: DISCO },
  { preset: 'disco-1997', what: 'remote', path: read(0, 1), ns: 900, withinNs: 0, source: DISCO },
  {
    preset: 'uma',
    what: 'any',
    path: read(0, 0),
    ns: 300,
    withinNs: 0,
    source: 'Bugnion et al., SOSP 1997, section 5.5',
  },
  dash('own cluster', read(0, 0), 29),
  dash('home cluster', read(0, 5), 100.4),
  dash('dirty in a third cluster', read(0, 5, 2), 132.6),
  flash('local, clean', read(0, 0), 27),
  flash('local, dirty in a remote cache', read(0, 0, 5), 143),
  flash('remote, clean', read(0, 5), 111),
  flash('remote, dirty in home’s cache', read(0, 5, 5), 145),
  flash('remote, dirty in a third node', read(0, 5, 2), 191),
  { preset: 'origin2000-1997', what: 'local', path: read(0, 0), ns: 310, withinNs: null, source: ORIGIN },
  { preset: 'origin2000-1997', what: 'same router', path: read(0, 1), ns: 540, withinNs: null, source: ORIGIN },
];

/** Averages over remote memory by size of the machine. */
export const publishedAverages: readonly PublishedAverage[] = (
  [
    [8, 707],
    [16, 726],
    [32, 773],
    [64, 867],
    [128, 945],
  ] as const
).map(([processors, value]) => ({
  preset: 'origin2000-1997',
  processors,
  nodes: processors / 2,
  ns: value,
  source: ORIGIN,
}));

/** The eleven parts of DASH's read from the home cluster, measured from the bars of figure 9, and what a third cluster adds. */
export const dashParts: { readonly home: readonly PublishedPart[]; readonly third: readonly PublishedPart[] } = {
  home: [
    { part: 'CPU', clocks: 7.7 },
    { part: 'local bus', clocks: 9.9 },
    { part: 'network entry', clocks: 5.0 },
    { part: 'network', clocks: 10.8 },
    { part: 'network exit', clocks: 5.1 },
    { part: 'home bus', clocks: 11.0 },
    { part: 'network entry', clocks: 4.9 },
    { part: 'network', clocks: 11.1 },
    { part: 'network exit to the processor', clocks: 16.1 },
    { part: 'local bus', clocks: 10.6 },
    { part: 'CPU', clocks: 8.2 },
  ],
  third: [
    { part: 'network exit', clocks: 5.1 },
    { part: 'remote bus', clocks: 11.0 },
    { part: 'network entry', clocks: 5.0 },
    { part: 'network', clocks: 10.8 },
  ],
};
