/** Which cells of the tables an exploration has looked at, and why not the others. */
import type { CoherenceProtocol } from '../protocol.js';
import type { Table, Unreached } from '../table.js';
import type { Model } from './model.js';

/** Cells by name, such as `cache IM_A Inv-Ack` or `home S GetS`. */
export interface CellReport {
  readonly reached: readonly string[];
  /** Cells with a row that were not reached, each with the reason that the table gives for so few caches. */
  readonly excused: readonly { readonly cell: string; readonly reason: string }[];
  /** Cells that were not reached, without a reason. Empty if the exploration is not complete. */
  readonly unexplained: readonly string[];
  /** Cells that were reached although the table gives a reason why they are not. */
  readonly contradicted: readonly string[];
}

/** Compares what was reached with the tables. */
export function coverage(protocol: CoherenceProtocol, model: Model, complete: boolean): CellReport {
  const report = { reached: [] as string[], excused: [] as { cell: string; reason: string }[], unexplained: [] as string[], contradicted: [] as string[] }; // prettier-ignore
  const sides = [
    ['cache', protocol.cache, model.cacheCells],
    ['home', protocol.home, model.homeCells],
  ] as const;
  for (const [side, table, looked] of sides)
    for (let cell = 0; cell < looked.length; cell++) {
      if (table.cells[cell] === null) continue;
      const name = `${side} ${nameOfCell(table, cell)}`;
      const excuse = excuseOf(table.unreached.get(cell), model.layout.caches);
      if (looked[cell] === 1) {
        report.reached.push(name);
        if (excuse !== null) report.contradicted.push(name);
      } else if (excuse !== null) report.excused.push({ cell: name, reason: excuse });
      else if (complete) report.unexplained.push(name);
    }
  return report;
}

function nameOfCell(table: Table, cell: number): string {
  return `${table.states[Math.floor(cell / table.events.length)]} ${table.events[cell % table.events.length]}`;
}

function excuseOf(unreached: Unreached | undefined, caches: number): string | null {
  if (unreached === undefined || caches >= unreached.caches) return null;
  return unreached.reason;
}
