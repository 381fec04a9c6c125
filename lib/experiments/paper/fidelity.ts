/**
 * Fidelity: experiments of the Disco paper on the bare machine, beside what the paper says. The model of the kernel and the
 * workloads were calibrated on these, so they show that the calibration holds, and predict nothing.
 */
import type { PresetName } from '../../machine/presets/presets.js';
import type { SystemResult } from '../systems/system-result.js';
import { FIGURE_5, FIGURE_7, FIGURE_8, FIGURE_8_LOCAL, TABLE_2, type Source } from './published-disco.js';
import { exec, figure5, figure7, localPercent, scaled, type Parts } from './fidelity-parts.js';

/** One number of the paper beside ours. Plain data. */
export interface FidelityRow {
  readonly experiment: string;
  readonly configuration: string;
  readonly quantity: string;
  /** `%`: points of percent. */
  readonly unit: '%' | 'us';
  readonly paper: number;
  readonly ours: number;
  /** How far ours may be from the paper's, in the unit. */
  readonly tolerance: number;
  readonly within: boolean;
  /** Calibrated numbers were looked at when the model was made; predicted ones were not. */
  readonly kind: 'calibrated' | 'predicted';
  /** Where the paper says it, and how the number is known. */
  readonly source: string;
}

/** A native run that experiments need; runs that are alike are made once. */
export interface FidelityRun {
  readonly workload: string;
  readonly machine: PresetName;
  readonly processors: number;
  /**
   * Length at which the run stands beside the paper: 1 for what has a beginning and an end, a part of it for what goes on in the
   * same way all the time, which would take hours.
   */
  readonly scale: number;
  /** Kilobytes of the second-level cache, if it is not the machine's own. */
  readonly l2Kilobytes?: number;
}

/** An experiment: its runs, and what it makes of their results, which come in their order. */
export interface FidelityExperiment {
  readonly name: string;
  readonly runs: readonly FidelityRun[];
  /** The paper's numbers beside ours. */
  rows(results: readonly SystemResult[]): FidelityRow[];
}

/** The part that is run of workloads that go on in the same way all the time. */
const STEADY = 0.02;

/** All experiments. */
export const fidelityExperiments: readonly FidelityExperiment[] = [
  ...named(FIGURE_5.bars).map(([workload, paper]): FidelityExperiment => ({
    name: `figure-5-${workload}`,
    runs: [uniprocessor(workload)],
    rows: ([run]) => points(`figure-5-${workload}`, 'IRIX, 1 processor', FIGURE_5.source, paper, figure5(run), 2),
  })),
  {
    name: 'table-2',
    runs: [uniprocessor('pmake')],
    rows: ([run]) => named(TABLE_2.means).map(([service, paper]) => mean(service, paper, run)),
  },
  ...named(FIGURE_7.bars).map(([workload, paper]): FidelityExperiment => ({
    name: `figure-7-${workload}`,
    runs: [{ workload, machine: 'disco-1997', processors: 8, scale: 1 }],
    rows: ([run]) => points(`figure-7-${workload}`, 'IRIX, 8 processors', FIGURE_7.source, paper, figure7(run), 5),
  })),
  ...named(FIGURE_8.processors).map(([workload, processors]) => figure8(workload, processors)),
];

function figure8(workload: 'engineering' | 'raytrace', processors: number): FidelityExperiment {
  const name = `figure-8-${workload}`;
  const { source, numa, uma } = FIGURE_8;
  // Section 5.5: the runs of Raytrace have a second-level cache of 256 KB.
  const l2 = workload === 'raytrace' ? { l2Kilobytes: 256 } : {};
  const where = `IRIX, ${processors} processors`;
  return {
    name,
    runs: (['disco-1997', 'uma'] as const).map(machine => ({ workload, machine, processors, scale: STEADY, ...l2 })),
    rows: ([onNuma, onUma]) => [
      ...points(name, `${where}, ccNUMA`, source, numa[workload], exec(onNuma), 5),
      ...points(
        name,
        `${where}, ccNUMA`,
        FIGURE_8_LOCAL.source,
        { 'local share of misses': FIGURE_8_LOCAL.shares[workload] },
        { 'local share of misses': localPercent(onNuma) },
        5,
      ),
      ...points(name, `${where}, UMA`, source, uma[workload], scaled(exec(onUma), onUma, onNuma), 5),
    ],
  };
}

function uniprocessor(workload: string): FidelityRun {
  return { workload, machine: 'disco-1997', processors: 1, scale: workload === 'pmake' ? 1 : STEADY };
}

function points(
  experiment: string,
  configuration: string,
  source: Source,
  paper: Parts,
  ours: Parts,
  tolerance: number,
): FidelityRow[] {
  return named(paper).map(([quantity, value]) =>
    row({ experiment, configuration, quantity, unit: '%', paper: value, ours: ours[quantity], tolerance }, source),
  );
}

/** Mean times are to be within a twentieth. */
function mean(service: string, paper: number, { services }: SystemResult): FidelityRow {
  const ours = (services.find(({ name }) => name === service)?.meanNs ?? 0) / 1000;
  const where = { experiment: 'table-2', configuration: 'IRIX, 1 processor', quantity: service } as const;
  return row({ ...where, unit: 'us', paper, ours, tolerance: paper / 20 }, TABLE_2.source);
}

function row(facts: Omit<FidelityRow, 'within' | 'kind' | 'source'>, { where, known }: Source): FidelityRow {
  const within = Math.abs(facts.ours - facts.paper) <= facts.tolerance;
  return { ...facts, within, kind: 'calibrated', source: `${where}, ${known}` };
}

function named<Name extends string, Value>(all: Readonly<Record<Name, Value>>): [Name, Value][] {
  return Object.entries(all) as [Name, Value][];
}
