/**
 * What the Disco paper says of IRIX on the bare machine, as data: Bugnion, Devine and Rosenblum, Disco, SOSP 1997.
 * Totals and local shares are printed on the figures. Parts of bars are not: they were measured on the drawing commands of
 * the figures, which are vectors, against their axes; reading error about 0.01 of the axis unit.
 */

/** How a number is known. */
export type Known = 'printed in a table' | 'printed on the figure' | 'measured on the figure';

/** Where a set of numbers comes from. */
export interface Source {
  readonly where: string;
  readonly known: Known;
}

/** Figure 5: parts of the IRIX bars, in percent; one processor. */
export const FIGURE_5 = {
  source: { where: 'Disco, SOSP 1997, Figure 5', known: 'measured on the figure' },
  bars: {
    pmake: { user: 49.58, kernel: 18.73, idle: 31.69 },
    engineering: { user: 94.07, kernel: 5.93, idle: 0 },
    raytrace: { user: 96.57, kernel: 3.43, idle: 0 },
    database: { user: 86.39, kernel: 13.61, idle: 0 },
  },
} as const;

/** Table 2: mean times of services under IRIX, in microseconds; uniprocessor pmake. */
export const TABLE_2 = {
  source: { where: 'Disco, SOSP 1997, Table 2', known: 'printed in a table' },
  means: { DEMAND_ZERO: 21, QUICK_FAULT: 5, open: 42, UTLB_MISS: 0.035, write: 12, read: 23, execve: 437 },
} as const;

/** Figure 7: parts of the IRIX bars, in percent; eight processors. The kernel's stall is part of the kernel. */
export const FIGURE_7 = {
  source: { where: 'Disco, SOSP 1997, Figure 7', known: 'measured on the figure' },
  bars: {
    pmake: { user: 18.31, 'user stall': 9.82, kernel: 34.06, synchronisation: 22.74, idle: 15.07 },
    radix: { user: 20.82, 'user stall': 29.6, kernel: 22.25, synchronisation: 5.02, idle: 22.31 },
  },
} as const;

/** Figure 8: parts of the IRIX bars, with IRIX on the ccNUMA machine as 100. */
export const FIGURE_8 = {
  source: { where: 'Disco, SOSP 1997, Figure 8', known: 'measured on the figure' },
  processors: { engineering: 8, raytrace: 16 },
  numa: {
    engineering: { exec: 31.31, 'local stall': 5.5, 'remote stall': 63.19 },
    raytrace: { exec: 42.12, 'local stall': 1.83, 'remote stall': 56.06 },
  },
  uma: {
    engineering: { exec: 31.36, 'local stall': 17.05, 'remote stall': 0 },
    raytrace: { exec: 42.02, 'local stall': 7.42, 'remote stall': 0 },
  },
} as const;

/** Figure 8: local share of misses of IRIX on the ccNUMA machine, in percent. */
export const FIGURE_8_LOCAL = {
  source: { where: 'Disco, SOSP 1997, Figure 8', known: 'printed on the figure' },
  shares: { engineering: 16, raytrace: 6 },
} as const;
