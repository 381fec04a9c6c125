/** What every processor counts: the registered statistics, with their units and definitions. */

/** Definitions of the counts. */
export const COUNTS = {
  references: ['references', 'packed references executed: fetches of lines, loads and stores'],
  secondLevelHits: ['accesses', 'accesses that missed the first level and hit the second'],
  localMisses: ['misses', 'second-level misses and upgrades to lines whose home is this node'],
  remoteMisses: ['misses', 'second-level misses and upgrades to lines whose home is another node'],
  tlbMisses: ['misses', 'references that the TLB could not translate'],
  interrupts: ['interrupts', 'interrupts taken'],
  exceptions: ['exceptions', 'exceptions other than interrupts that software answered with a program'],
} as const;

/** Counts of one processor. Each part of the processor increments those that it knows of. */
export type Counts = Record<keyof typeof COUNTS, number>;
