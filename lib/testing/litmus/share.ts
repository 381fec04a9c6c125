/** How much of what a memory model allows has been observed: condition by condition, and family by family. */
import { litmusFamily } from '../../litmus/families.js';
import type { LitmusReport } from './litmus.js';

/** Conditions that the model allows, and those of them that were observed at least once. */
export interface LitmusShare {
  /** Name of the family; empty for all of them. */
  readonly family: string;
  readonly allowed: number;
  readonly shown: number;
}

/** The share of all tests, then that of each family in the order of the reports. A `forall` counts as its counterexample. */
export function litmusShares(reports: readonly LitmusReport[]): [all: LitmusShare, ...families: LitmusShare[]] {
  const families = new Map<string, LitmusReport[]>();
  for (const report of reports) {
    const family = litmusFamily(report.test);
    families.set(family, [...(families.get(family) ?? []), report]);
  }
  const rest = [...families].map(([family, members]) => shareOf(family, members));
  return [shareOf('', reports), ...rest.filter(({ allowed }) => allowed > 0)];
}

function shareOf(family: string, reports: readonly LitmusReport[]): LitmusShare {
  const possible = reports.filter(({ verdict }) => verdict === 'allowed' || verdict === 'can fail');
  const shown = possible.filter(({ verdict, conditionHeld, runs }) =>
    verdict === 'allowed' ? conditionHeld > 0 : conditionHeld < runs,
  );
  return { family, allowed: possible.length, shown: shown.length };
}
