/** What a monitor is made with. */
import type { PlacementPolicy } from '../placement/policy.js';
import type { SecondLevelOptions } from './processors/second-level-tlb.js';

/** Options; what is left out is as DEFAULT_DISCO says. */
export interface DiscoOptions {
  /** The second-level TLB of each virtual processor; null for none. */
  readonly secondLevelTlb?: SecondLevelOptions | null;
  /** For which a virtual processor keeps a processor that others wait for, in nanoseconds. */
  readonly quantumNs?: number;
  /** Virtual machines are scheduled as a whole: all their processors at once. */
  readonly gang?: boolean;
  /** Where pages go, and whether they move. First touch unless given. */
  readonly policy?: PlacementPolicy;
  /** Decisions of the policy that are kept one by one. */
  readonly keepDecisions?: number;
  /** Characters that are kept of the output of a virtual machine's console, the last ones. */
  readonly consoleCharacters?: number;
  /** Names of the guests' services, so that time is accounted by them; not unless given. */
  readonly services?: readonly string[];
}

/**
 * What the paper does not print: the second-level TLB of Cellular Disco, 1024 entries for a virtual processor, here of two
 * ways; and a quantum of 10 ms, the tick of IRIX.
 */
export const DEFAULT_DISCO = {
  secondLevelTlb: { entries: 1024, ways: 2 },
  quantumNs: 10_000_000,
  gang: false,
  keepDecisions: 0,
  consoleCharacters: 65536,
} as const;
