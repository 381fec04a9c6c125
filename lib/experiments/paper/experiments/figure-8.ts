/** Figure 8 and Table 3: moving and copying pages under Disco, beside IRIX on the ccNUMA machine and on a bus. */
import type { SystemTime } from '../../systems/system-result.js';
import { tenth, type PaperExperiment, type Reading } from '../experiment.js';
import type { Measured } from '../measures.js';
import { perWorkOf } from '../measures.js';
import { FIGURE_8, TABLE_3, type Parts } from '../published.js';

const WORKLOADS = { engineering: 'engineering-8', raytrace: 'raytrace-16' } as const;
type Workload = keyof typeof WORKLOADS;
type Run = `${(typeof WORKLOADS)[Workload]} ${'IRIX' | 'Disco' | 'UMA'}`;
const NAMES = Object.keys(WORKLOADS) as Workload[];
const RUNS = NAMES.flatMap(name =>
  (['IRIX', 'Disco', 'UMA'] as const).map(system => `${WORKLOADS[name]} ${system}` as const),
);

/** Points of percent that a part of a bar, and a local share, may be off. */
const POINTS = 5;
const LOCAL_POINTS = 10;
/** A rate is right within a factor of 2; the time of an action may be off by this part of the paper's. */
const COST = 0.3;

/** See above. */
export const figure8: PaperExperiment<Run> = {
  name: 'figure-8',
  title: 'Figure 8: page migration and replication',
  about:
    'Time for as much work under IRIX on the ccNUMA machine, under IRIX on Disco with migration and replication, and under IRIX on a bus; the first is 100.',
  runs: RUNS,
  readings: runs => NAMES.flatMap(name => readingsOf(name, runs)),
  orders: runs =>
    NAMES.flatMap(name => {
      const [numa, disco, uma] = runsOf(name, runs);
      const all = (run: Measured): number => total(perWorkOf(numa, run, figure8Parts(run)));
      return [
        { statement: `${name}: more misses are local under Disco`, holds: localPercent(disco) > localPercent(numa) },
        { statement: `${name}: Disco is faster than IRIX on the ccNUMA machine`, holds: all(disco) < all(numa) },
        { statement: `${name}: the bus is fastest`, holds: all(uma) < Math.min(all(disco), all(numa)) },
      ];
    }),
};

/** See above. */
export const table3: PaperExperiment<`${(typeof WORKLOADS)[Workload]} Disco`> = {
  name: 'table-3',
  title: 'Table 3: what is done to hot pages',
  about: 'Pages moved and copied in a second of the whole machine, and the time that one takes.',
  runs: NAMES.map(name => `${WORKLOADS[name]} Disco` as const),
  readings: runs => NAMES.flatMap(name => actions(name, runs[`${WORKLOADS[name]} Disco`])),
  orders: () => [],
};

/** Memory stall of users and kernel, the monitor, and all the rest: the figure has no part for idling or spinning. */
export function figure8Parts(run: Measured): Parts {
  const time = (part: keyof SystemTime): number => run.time(part);
  return {
    exec: time('user') + time('userCache') + time('kernel') + time('synchronisation') + time('idle'),
    'local stall': time('userLocalStall') + time('kernelLocalStall'),
    'remote stall': time('userRemoteStall') + time('kernelRemoteStall'),
    Disco: time('monitor') + time('monitorLocalStall') + time('monitorRemoteStall'),
  };
}

/** Percent of the misses that were local. */
export function localPercent(run: Measured): number {
  return 100 * run.at('misses.localShare');
}

function runsOf(
  name: Workload,
  runs: Readonly<Record<Run, Measured>>,
): [numa: Measured, disco: Measured, uma: Measured] {
  const label = WORKLOADS[name];
  return [runs[`${label} IRIX`], runs[`${label} Disco`], runs[`${label} UMA`]];
}

function readingsOf(name: Workload, runs: Readonly<Record<Run, Measured>>): Reading[] {
  const [numa, disco, uma] = runsOf(name, runs);
  const bars = [
    ['IRIX', numa],
    ['Disco', disco],
    ['UMA', uma],
  ] as const;
  return bars.flatMap(([system, run]): Reading[] => {
    const kind = system === 'Disco' ? 'predicted' : 'calibrated';
    const ours = perWorkOf(numa, run, figure8Parts(run));
    const common = { configuration: `${name}, ${system}`, unit: '%', kind } as const;
    const parts = Object.entries(FIGURE_8.bars[name][system])
      .filter(([part, paper]) => system === 'Disco' || (part !== 'Disco' && !(system === 'UMA' && paper === 0)))
      .map(([quantity, paper]): Reading => {
        const tolerance = kind === 'predicted' ? POINTS : tenth(paper);
        return { ...common, quantity, paper, ours: ours[quantity], tolerance, source: FIGURE_8.source };
      });
    if (system === 'UMA') return parts;
    const paper = FIGURE_8.local[name][system];
    const tolerance = kind === 'predicted' ? LOCAL_POINTS : tenth(paper);
    const quantity = 'local share of misses';
    return [...parts, { ...common, quantity, paper, ours: localPercent(run), tolerance, source: FIGURE_8.localSource }];
  });
}

function actions(name: Workload, run: Measured): Reading[] {
  const seconds = run.at('elapsedNs') / 1e9;
  return (['migration', 'replication'] as const).flatMap((action): Reading[] => {
    const { perSecond, meanUs } = TABLE_3.actions[name][action];
    const count = run.at(`monitor.placement.${action}s`);
    const common = { configuration: `${name}, ${action}`, kind: 'predicted', source: TABLE_3.source } as const;
    const rate = count / seconds;
    const mean = count === 0 ? 0 : run.at(`monitor.placement.${action}Ns`) / count / 1000;
    return [
      // Half as often is as far off as twice as often.
      {
        ...common,
        quantity: 'rate',
        unit: 'per s',
        paper: perSecond,
        ours: rate,
        tolerance: rate < perSecond ? perSecond / 2 : perSecond,
      },
      { ...common, quantity: 'time of one', unit: 'us', paper: meanUs, ours: mean, tolerance: COST * meanUs },
    ];
  });
}

function total(parts: Parts): number {
  return Object.values(parts).reduce((sum, part) => sum + part, 0);
}
