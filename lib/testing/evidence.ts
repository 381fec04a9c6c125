/** Evidence of each kind, by the node that caused it, at time 0 and for the usual kind of access unless told. */
import { finiteNumber, plainObject, wholeNumber } from '../engine/checks.js';
import type { Evidence, EvidenceKind } from '../placement/policy.js';

/** What may be unusual about a piece of evidence. */
export type EvidenceOverrides = Partial<Pick<Evidence, 'store' | 'timeNs'>>;

/** `node` touches the page for the first time, by a load. */
export function firstTouchBy(node: number, overrides?: EvidenceOverrides): Evidence {
  return evidence('first-touch', node, overrides);
}

/** A miss of `node`, a load, was counted. */
export function countedMiss(node: number, overrides?: EvidenceOverrides): Evidence {
  return evidence('counted-miss', node, overrides);
}

/** The counter of `node` reached a multiple of the threshold. */
export function hotPage(node: number, overrides?: EvidenceOverrides): Evidence {
  return evidence('hot-page', node, overrides);
}

/** `node` stores to a page that has replicas. */
export function replicaWrite(node: number, overrides?: EvidenceOverrides): Evidence {
  if (overrides !== undefined) plainObject(overrides, 'replica-write evidence: overrides');
  return evidence('replica-write', node, { store: true, ...overrides });
}

/** `node` loads from a page that was unmapped to see who uses it. */
export function hintFault(node: number, overrides?: EvidenceOverrides): Evidence {
  return evidence('hint-fault', node, overrides);
}

/** A load of `node` was sampled. */
export function sampledAccess(node: number, overrides?: EvidenceOverrides): Evidence {
  return evidence('sampled-access', node, overrides);
}

/** An interval passed for a page at home on `node`. */
export function interval(node: number, overrides?: EvidenceOverrides): Evidence {
  return evidence('interval', node, overrides);
}

/** Frames run short on `node`, the home of the page. */
export function memoryPressure(node: number, overrides?: EvidenceOverrides): Evidence {
  return evidence('memory-pressure', node, overrides);
}

function evidence(kind: EvidenceKind, node: number, overrides: EvidenceOverrides = {}): Evidence {
  wholeNumber(node, `${kind} evidence: node`);
  plainObject(overrides, `${kind} evidence: overrides`);
  const made: Evidence = { kind, node, store: false, timeNs: 0, ...overrides };
  finiteNumber(made.timeNs, `${kind} evidence: timeNs`);
  return made;
}
