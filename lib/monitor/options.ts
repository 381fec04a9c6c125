/** What a monitor is made with. */
import { shown } from '../engine/checks.js';
import type { PlacementPolicy } from '../placement/policy.js';
import type { Machine } from '../machine/machine.js';
import { suggestion } from '../engine/suggestion.js';
import { SecondLevelTlb, type SecondLevelOptions } from './processors/second-level-tlb.js';
import { gatewayFaults, type GatewaySpecification } from './subnet/gateway-specification.js';

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
  /** A way from the subnet to a network card of the machine, which the monitor takes for itself; null for none. */
  readonly gateway?: GatewaySpecification | null;
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
  gateway: null,
} as const;

/** Options without policy and services. */
type Settings = Required<Omit<DiscoOptions, 'services' | 'policy'>>;

/** With what is left out as DEFAULT_DISCO says. Undefined is left out, too. */
export function completed(given: Omit<DiscoOptions, 'services' | 'policy'>): Settings {
  return { ...DEFAULT_DISCO, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}

/** What keeps a policy from being asked on a machine, each a sentence. */
export function policyFaults(policy: PlacementPolicy, machine: Machine): string[] {
  if (typeof policy?.decide !== 'function' || !Array.isArray(policy.wants))
    return [`policy: ${JSON.stringify(policy)} is none; give an object, such as firstTouch()`];
  if (!policy.wants.includes('hot-page') || machine.specification.counters !== null) return [];
  return [
    `policy: ${policy.name} goes by hot pages, and the machine counts no misses; build it with buildMachine(…, { counters: policy.counters })`,
  ];
}

/** Faults of options for a machine, each a sentence; none if they can be. `services` and `policy` are not looked at. */
export function optionFaults(options: Settings, machine: Machine): string[] {
  const { secondLevelTlb, quantumNs, gang, keepDecisions, consoleCharacters, gateway } = options;
  const known = Object.keys(DEFAULT_DISCO);
  const faults = Object.keys(options)
    .filter(name => !known.includes(name))
    .map(name => `${name}: there is no such option${suggestion(name, known)}`);
  faults.push(...quantumFaults(quantumNs, machine));
  if (typeof gang !== 'boolean') faults.push(`gang: ${String(gang)} is neither true nor false`);
  if (keepDecisions !== Infinity && !(Number.isSafeInteger(keepDecisions) && keepDecisions >= 0))
    faults.push(`keepDecisions: ${shown(keepDecisions)} is neither an integer from 0 nor Infinity`);
  if (!(Number.isSafeInteger(consoleCharacters) && consoleCharacters >= 1))
    faults.push(`consoleCharacters: ${shown(consoleCharacters)} is no integer from 1`);
  try {
    if (secondLevelTlb !== null) new SecondLevelTlb(secondLevelTlb);
  } catch (error) {
    faults.push(`secondLevelTlb: ${(error as Error).message}`);
  }
  if (gateway !== null) faults.push(...gatewayFaults(gateway, machine));
  return faults;
}

/** The longest quantum: 1000 seconds. */
const MOST_NS = 1e12;

function quantumFaults(quantumNs: number, machine: Machine): string[] {
  if (!(typeof quantumNs === 'number' && quantumNs > 0 && quantumNs <= MOST_NS))
    return [`quantumNs: a quantum is longer than 0 and at most ${MOST_NS} ns, not ${shown(quantumNs)}`];
  const { tickPs } = machine.simulation.time;
  if (Number.isSafeInteger((quantumNs * 1000) / tickPs)) return [];
  return [`quantumNs: ${quantumNs} ns are not a whole number of ticks of ${tickPs} ps`];
}
