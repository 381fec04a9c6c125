/** Which property a policy does not hold on a case. */
import type { DecisionEntry } from '../../placement/decision-log.js';
import type { PlacementPolicy } from '../../placement/policy.js';
import { decisionText } from '../decision-text.js';
import { renumbered, type PolicyCase } from './case.js';
import { Violation } from './properties.js';
import { runCase, type PolicyRun } from './run.js';
import { evidenceText, type Decided } from './watch.js';

/** How cases are judged. */
export interface Judging {
  /** Makes a fresh policy. */
  readonly make: () => PlacementPolicy;
  readonly symmetric: boolean;
  /** The user's own property: what is wrong with the decisions of a run, or null. */
  readonly rule: ((decisions: readonly DecisionEntry[]) => string | null) | null;
  /** How many more policies have to decide as the first does. */
  readonly again: number;
}

/** Runs a case as often as its properties need. The run returned is the first, with the violation of any. */
export function judge(tried: PolicyCase, judging: Judging): PolicyRun {
  const { make, rule } = judging;
  const first = runCase(tried, make(), { frozen: true, keep: rule !== null });
  const { violation } = first;
  if (violation === null) return { ...first, violation: compared(tried, first, judging) };
  if (violation.property !== 'no errors') return first;
  const unfrozen = runCase(tried, make(), { frozen: false, keep: false });
  return unfrozen.violation?.property === 'no errors' ? first : { ...first, violation: onlyReads(violation) };
}

/** It throws only if what it is shown cannot be changed. */
function onlyReads({ message }: Violation): Violation {
  const what = 'it changes the evidence or a view that it is shown, which are frozen here';
  return new Violation('only reads', `${what}: ${message}; copy what is to be changed`);
}

function compared(tried: PolicyCase, first: PolicyRun, { make, symmetric, rule, again }: Judging): Violation | null {
  const { decided } = first.watch;
  for (let more = 0; more < again; more++) {
    const second = runCase(tried, make(), { frozen: true, keep: false }).watch.decided;
    const found = difference(decided, second);
    if (found !== null) return new Violation('deterministic', `two policies made alike decide differently: ${found}`);
  }
  const wrong = rule === null ? null : rule(first.entries);
  if (wrong !== null) return new Violation('rule', wrong);
  return symmetric ? asymmetry(tried, decided, make) : null;
}

/** Runs the case with the nodes numbered the other way round. */
function asymmetry(tried: PolicyCase, decided: readonly Decided[], make: () => PlacementPolicy): Violation | null {
  const old = tried.machine.frames.map((_, node) => tried.machine.frames.length - 1 - node);
  const mirrored = runCase(renumbered(tried, old), make(), { frozen: true, keep: false }).watch.decided;
  const found = difference(inPageOrder(decided), inPageOrder(mirrored.map(one => withNodes(one, old))));
  if (found === null) return null;
  return new Violation('symmetric', `with the nodes numbered the other way round it decides differently: ${found}`);
}

/** A decision with other numbers for its nodes. */
function withNodes(decided: Decided, old: readonly number[]): Decided {
  const { decision } = decided;
  return 'to' in decision ? { ...decided, decision: { ...decision, to: old[decision.to] } } : decided;
}

/** The decisions of each call by page: a plan may go through nodes in their order. */
function inPageOrder(decided: readonly Decided[]): Decided[] {
  return [...decided].sort((a, b) => a.call - b.call || a.page - b.page);
}

/** Where two lists of decisions differ first, in words; null if they do not. */
function difference(some: readonly Decided[], others: readonly Decided[]): string | null {
  const length = Math.max(some.length, others.length);
  for (let at = 0; at < length; at++) {
    const [one, other] = [some[at], others[at]] as (Decided | undefined)[];
    if (one !== undefined && other !== undefined && alike(one, other)) continue;
    const { evidence, page } = (one ?? other)!;
    return `told of ${evidenceText(evidence, page)}, ${textOf(one)} or ${textOf(other)}`;
  }
  return null;
}

function alike(one: Decided, other: Decided): boolean {
  const [a, b] = [one.decision, other.decision];
  if (one.call !== other.call || one.page !== other.page || a.action !== b.action || a.because !== b.because)
    return false;
  if ('to' in a && 'to' in b) return a.to === b.to;
  return 'with' in a && 'with' in b ? a.with === b.with : true;
}

function textOf(decided: Decided | undefined): string {
  return decided === undefined ? 'nothing' : decisionText(decided.decision);
}
