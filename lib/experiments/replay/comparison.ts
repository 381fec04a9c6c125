/** Which replays compare policies and machines over one trace: those that the trace can bear, on machines that are large enough. */
import { list, plainObject, wholeNumber } from '../../engine/checks.js';
import type { ResolvedSpecification } from '../../machine/specification/specification.js';
import type { PlacementPolicy, ReferenceFact } from '../../placement/policy.js';
import type { RecordedTrace } from '../../traces/trace.js';
import { madePolicy, policies, type PolicyMaker } from '../policies.js';
import type { ReplayOptions } from './replay.js';

/** Cycles between the starts of two copies. */
const STAGGER_CYCLES = 10_000;
/** Pages whose locality over time is reported. */
const LOCALITY_PAGES = 40;

/** What is compared over one trace. */
export interface ReplayComparison {
  readonly trace: RecordedTrace;
  readonly machines: readonly ResolvedSpecification[];
  /** Names of `policies`, or what makes them. */
  readonly policies: readonly (string | PolicyMaker)[];
  readonly seed: string | number;
  /** Copies of the trace side by side; a positive integer. */
  readonly copies: number;
}

/** The options of all replays: every machine, every policy. On a machine of one node placement changes nothing, so the first policy does. */
export function comparedReplays(comparison: ReplayComparison): ReplayOptions[] {
  plainObject(comparison, 'a comparison of replays');
  plainObject(comparison.trace, 'a comparison of replays: trace');
  list(comparison.machines, 'a comparison of replays: machines');
  list(comparison.policies, 'a comparison of replays: policies');
  wholeNumber(comparison.copies, 'a comparison of replays: copies', 1);
  const { trace, machines, seed, copies } = comparison;
  return machines.flatMap(machine => {
    const names = machine.nodes.length === 1 ? comparison.policies.slice(0, 1) : comparison.policies;
    return names.map(name => ({
      trace,
      machine,
      policy: madePolicy(name),
      seed,
      copies,
      staggerCycles: STAGGER_CYCLES,
      localityPages: LOCALITY_PAGES,
    }));
  });
}

/** Those of the policies whose decisions mean something for a trace: it records all that they need. All policies unless names are given. */
export function fittingPolicies(trace: RecordedTrace, names: readonly string[] = Object.keys(policies)): string[] {
  list(names, 'the names of fittingPolicies');
  return names.filter(name => lackingFacts(trace, madePolicy(name)).length === 0);
}

/** What a policy needs to know and a trace does not record. */
export function lackingFacts(trace: RecordedTrace, policy: PlacementPolicy): ReferenceFact[] {
  plainObject(trace, 'the trace of lackingFacts');
  plainObject(policy, 'the policy of lackingFacts');
  return policy.needs.filter(fact => trace.lacks.includes(fact));
}
