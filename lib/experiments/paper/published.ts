/**
 * What the Disco paper says, as data: Bugnion, Devine and Rosenblum, Disco, SOSP 1997. Totals and local shares are printed on the
 * figures. Parts of bars are not: they were measured on the drawing commands of the figures, which are vectors, against their
 * axes; reading error about 0.01 of the axis unit.
 */

/** How a number is known. */
export type Known = 'printed in a table' | 'printed on the figure' | 'measured on the figure';

/** Where a set of numbers comes from. */
export interface Source {
  readonly where: string;
  readonly known: Known;
}

/** Numbers by the name of the part. */
export type Parts = Readonly<Record<string, number>>;

const source = (where: string, known: Known): Source => ({ where: `Disco, SOSP 1997, ${where}`, known });

/** Figure 5: one processor; percent of the time of IRIX. */
export const FIGURE_5 = {
  source: source('Figure 5', 'measured on the figure'),
  bars: {
    pmake: {
      IRIX: { user: 49.58, kernel: 18.73, Disco: 0, idle: 31.69 },
      Disco: { user: 50.45, kernel: 16.26, Disco: 24.09, idle: 24.93 },
    },
    engineering: {
      IRIX: { user: 94.07, kernel: 5.93, Disco: 0, idle: 0 },
      Disco: { user: 94.76, kernel: 1.19, Disco: 9.73, idle: 0 },
    },
    raytrace: {
      IRIX: { user: 96.57, kernel: 3.43, Disco: 0, idle: 0 },
      Disco: { user: 96.14, kernel: 0.77, Disco: 6.11, idle: 0 },
    },
    database: {
      IRIX: { user: 86.39, kernel: 13.61, Disco: 0, idle: 0 },
      Disco: { user: 87.94, kernel: 2.98, Disco: 25.36, idle: 0 },
    },
  },
} as const;

/**
 * Table 2, services of uniprocessor pmake: mean time under IRIX in microseconds, slowdown, and its parts, as fractions of the time under
 * IRIX. The parts of `write` add up to 1.94, and 2.14 is printed.
 */
export const TABLE_2 = {
  source: source('Table 2', 'printed in a table'),
  services: {
    DEMAND_ZERO: { meanUs: 21, slowdown: 1.42, parts: columns(0.43, 0.21, 0.16, 0.47, 0.16) },
    QUICK_FAULT: { meanUs: 5, slowdown: 3.17, parts: columns(1.27, 0.8, 0.56, 0, 0.53) },
    open: { meanUs: 42, slowdown: 1.63, parts: columns(1.16, 0.08, 0.06, 0.02, 0.3) },
    UTLB_MISS: { meanUs: 0.035, slowdown: 1.35, parts: columns(0.07, 1.22, 0.05, 0, 0.02) },
    write: { meanUs: 12, slowdown: 2.14, parts: columns(1.01, 0.24, 0.21, 0.31, 0.17) },
    read: { meanUs: 23, slowdown: 1.53, parts: columns(1.1, 0.13, 0.09, 0.01, 0.2) },
    execve: { meanUs: 437, slowdown: 1.6, parts: columns(0.97, 0.03, 0.05, 0.17, 0.4) },
  },
} as const;

function columns(kernel: number, tlbWrites: number, privileged: number, calls: number, kernelTlb: number) {
  return {
    kernel,
    'TLB writes': tlbWrites,
    'other privileged': privileged,
    'monitor calls, page faults': calls,
    'kernel TLB faults': kernelTlb,
  };
}

/** Figure 6: megabytes at the end of eight instances of pmake; V if nothing were shared, M of machine memory. */
export const FIGURE_6 = {
  source: source('Figure 6', 'measured on the figure'),
  bars: {
    IRIX: memory(6.57, 1.64, 14.3, 0),
    '1VM': memory(6.43, 1.64, 14.33, 4.73),
    '2VMs, V': memory(7.36, 3.29, 20.34, 5.32),
    '2VMs, M': memory(7.3, 1.64, 15.15, 5.32),
    '4VMs, V': memory(9.41, 6.58, 29.36, 5.32),
    '4VMs, M': memory(9.3, 1.64, 16.49, 5.32),
    '8VMs, V': memory(13.83, 13.16, 45.63, 4.6),
    '8VMs, M': memory(13.72, 1.64, 17.73, 4.6),
    '8VMs/nfs, V': memory(15.84, 13.16, 46.7, 5.6),
    '8VMs/nfs, M': memory(15.71, 1.64, 16.81, 5.6),
  },
} as const;

function memory(data: number, text: number, cache: number, disco: number) {
  return { 'IRIX data': data, 'IRIX text': text, 'buffer cache': cache, Disco: disco };
}

/** Figure 7: eight processors; percent of the time of IRIX. The kernel's stall is part of the kernel. */
export const FIGURE_7 = {
  source: source('Figure 7', 'measured on the figure'),
  pmake: {
    IRIX: scaling(18.31, 9.82, 34.06, 22.74, 0, 15.07),
    '1VM': scaling(18.33, 10.2, 34.31, 25.33, 23.3, 24.68),
    '2VM': scaling(18.32, 7.79, 21.23, 12.48, 21.22, 10.63),
    '4VM': scaling(18.36, 6.22, 12.55, 3.12, 16.33, 6.93),
    '8VM': scaling(18.41, 4.96, 8.7, 0.91, 14.02, 12.72),
    '8VM/nfs': scaling(18.41, 4.64, 9.55, 0.99, 14.41, 37.73),
  },
  radix: {
    IRIX: scaling(20.82, 29.6, 22.25, 5.02, 0, 22.31),
    SPLASHOS: scaling(15.51, 14.72, 0, 0, 3.69, 0),
  },
  /** Section 5.4: of the kernel's time without synchronisation, in the IRIX bar of pmake. */
  communicationStall: 67,
} as const;

function scaling(user: number, stall: number, kernel: number, synchronisation: number, disco: number, idle: number) {
  return { user, 'user stall': stall, kernel, synchronisation, Disco: disco, idle };
}

/** Figure 8: percent of the time of IRIX on the ccNUMA machine; the share of misses that are local, printed, in percent. */
export const FIGURE_8 = {
  source: source('Figure 8', 'measured on the figure'),
  localSource: source('Figure 8', 'printed on the figure'),
  bars: {
    engineering: {
      IRIX: placement(31.31, 5.5, 63.19, 0),
      Disco: placement(30.44, 12.92, 13.3, 10.35),
      UMA: placement(31.36, 17.05, 0, 0),
    },
    raytrace: {
      IRIX: placement(42.12, 1.83, 56.06, 0),
      Disco: placement(41.53, 6.76, 7.15, 6.24),
      UMA: placement(42.02, 7.42, 0, 0),
    },
  },
  local: { engineering: { IRIX: 16, Disco: 78 }, raytrace: { IRIX: 6, Disco: 76 } },
} as const;

function placement(exec: number, local: number, remote: number, disco: number) {
  return { exec, 'local stall': local, 'remote stall': remote, Disco: disco };
}

/** Table 3: what is done to hot pages, on the whole machine. */
export const TABLE_3 = {
  source: source('Table 3', 'printed in a table'),
  actions: {
    engineering: { migration: { perSecond: 2461, meanUs: 67 }, replication: { perSecond: 2208, meanUs: 57 } },
    raytrace: { migration: { perSecond: 909, meanUs: 102 }, replication: { perSecond: 2671, meanUs: 73 } },
  },
} as const;
