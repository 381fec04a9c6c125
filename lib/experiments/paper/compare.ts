/** What a monitor costs, for any workload: a run under it beside one of the same workload on the bare machine, as the paper's figures show it. */
import { plainObject } from '../../engine/checks.js';
import type { SystemResult } from '../systems/system-result.js';
import { comparable } from './experiments/figure-5.js';
import { figure7Parts } from './experiments/figure-7.js';
import { table2Parts } from './experiments/table-2.js';
import { Measured, paperMetrics } from './measures.js';
import type { Parts } from './published.js';

/** A service under the monitor, in parts of the time of a call on the bare machine, as Table 2. */
export interface ServiceCost {
  readonly service: string;
  /** Under the monitor. */
  readonly count: number;
  /** On the bare machine. */
  readonly meanUs: number;
  readonly slowdown: number;
  readonly parts: Parts;
}

/** Two runs beside each other. Plain data. */
export interface Comparison {
  readonly workload: string;
  /** The bars are for the whole job, or for as much work of what goes on all the time. */
  readonly per: 'job' | 'work';
  /** In percent of the bare machine: the parts of Figure 7. */
  readonly bars: { readonly bare: Parts; readonly guests: Parts };
  /** Time under the monitor, the bare machine's being 1: all of it, and without idling. */
  readonly elapsed: number;
  readonly nonIdle: number;
  /** Services that both runs called, the one with most time on the bare machine first. */
  readonly services: readonly ServiceCost[];
  /** What a reader must know before he believes a number. */
  readonly warnings: readonly string[];
}

/** Services whose share of the bare machine's time is less, in percent, are left out. */
const LEAST_SHARE = 0.05;
/** Percent of idling from which on a run says little about what a monitor costs. */
const MOSTLY_IDLE = 50;

/**
 * Compares a run on the bare machine with one of the same workload under the monitor. Throws a RangeError if the first has a monitor or the
 * second has none, and for runs of other workloads; an Error for a run that was cut short.
 */
export function compare(bare: SystemResult, guests: SystemResult): Comparison {
  plainObject(bare, 'the run on the bare machine');
  plainObject(guests, 'the run under the monitor');
  if (bare.monitor !== null) throw new RangeError('the first run is under a monitor; give one on the bare machine');
  if (guests.monitor === null) throw new RangeError('the second run has no monitor; give one under a monitor');
  if (bare.workload !== guests.workload)
    throw new RangeError(`the runs are of ${bare.workload} and ${guests.workload}; give two of the same workload`);
  const [base, other] = [new Measured(paperMetrics(bare)), new Measured(paperMetrics(guests))];
  const relative = comparable(bare.workload);
  const bars = {
    bare: relative(base, base, figure7Parts(base)),
    guests: relative(base, other, figure7Parts(other)),
  };
  const busy = (parts: Parts): number => sum(parts) - parts.idle;
  return {
    workload: bare.workload,
    per: bare.workload === 'pmake' ? 'job' : 'work',
    bars,
    elapsed: sum(bars.guests) / 100,
    nonIdle: busy(bars.guests) / busy(bars.bare),
    services: servicesOf(bare, base, other),
    warnings: warningsOf(bare, guests),
  };
}

function servicesOf({ services }: SystemResult, base: Measured, other: Measured): ServiceCost[] {
  const called = services.filter(
    ({ name, count, share }) => count > 0 && share >= LEAST_SHARE && other.at(`service.${name}.count`) > 0,
  );
  return [...called]
    .sort((a, b) => b.share - a.share)
    .map(({ name, meanNs }): ServiceCost => {
      const parts = table2Parts(name, base, other);
      return {
        service: name,
        count: other.at(`service.${name}.count`),
        meanUs: meanNs / 1000,
        slowdown: sum(parts),
        parts,
      };
    });
}

function warningsOf(bare: SystemResult, guests: SystemResult): string[] {
  const idle = [bare, guests].filter(({ time }) => time.idle > MOSTLY_IDLE);
  const machines = bare.machine.name === guests.machine.name && bare.processors.length === guests.processors.length;
  return [
    ...idle.map(
      ({ monitor, time }) =>
        `${monitor === null ? 'the bare machine' : 'the machine under the monitor'} idles ${Math.round(time.idle)} % of the time: elapsed times say little, compare those without idling`,
    ),
    ...(machines ? [] : ['the runs are on different machines']),
    ...(bare.seed === guests.seed ? [] : ['the runs have different seeds']),
  ];
}

function sum(parts: Parts): number {
  return Object.values(parts).reduce((total, part) => total + part, 0);
}
