/** Evidence of each kind, by the node that caused it and a thread of the same number, at time 0 and for the usual kind of access unless told. */
import { finiteNumber, plainObject, wholeNumber } from '../engine/checks.js';
import type { Evidence, PageEvidenceKind, PlanEvidence } from '../placement/evidence.js';

/** What may be unusual about a piece of evidence. */
export type EvidenceOverrides = Partial<Pick<Evidence, 'thread' | 'store' | 'timeNs' | 'unmappedForNs'>>;

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

/** An interval passed, at time 0 unless told. */
export function interval(timeNs = 0): PlanEvidence {
  finiteNumber(timeNs, 'interval evidence: timeNs');
  return { kind: 'interval', node: -1, timeNs };
}

/** `node` runs short of frames, at time 0 unless told. */
export function memoryPressure(node: number, timeNs = 0): PlanEvidence {
  wholeNumber(node, 'memory-pressure evidence: node');
  finiteNumber(timeNs, 'memory-pressure evidence: timeNs');
  return { kind: 'memory-pressure', node, timeNs };
}

function evidence(kind: PageEvidenceKind, node: number, overrides: EvidenceOverrides = {}): Evidence {
  wholeNumber(node, `${kind} evidence: node`);
  plainObject(overrides, `${kind} evidence: overrides`);
  const thread = kind === 'hot-page' ? -1 : node;
  const made: Evidence = { kind, node, thread, store: false, timeNs: 0, unmappedForNs: 0, ...overrides };
  finiteNumber(made.timeNs, `${kind} evidence: timeNs`);
  finiteNumber(made.unmappedForNs, `${kind} evidence: unmappedForNs`);
  return made;
}
