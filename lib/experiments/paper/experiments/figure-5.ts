/** Figure 5: what virtualisation costs on one processor with one guest. */
import type { SystemTime } from '../../systems/system-result.js';
import type { PaperExperiment, Reading } from '../experiment.js';
import { tenth } from '../experiment.js';
import type { Measured } from '../measures.js';
import { perWorkOf, relativeTo } from '../measures.js';
import { FIGURE_5, type Parts } from '../published.js';

const WORKLOADS = ['pmake', 'engineering', 'raytrace', 'database'] as const;
type Workload = (typeof WORKLOADS)[number];

/** Points of percent that a part of a bar under Disco may be off. */
const POINTS = 5;

/** See above. */
export const figure5: PaperExperiment<`${Workload}-1 IRIX` | `${Workload}-1 Disco`> = {
  name: 'figure-5',
  title: 'Figure 5: overhead on one processor',
  about:
    'Time of four workloads under IRIX on the bare machine and under IRIX on Disco, IRIX on the bare machine being 100.',
  runs: WORKLOADS.flatMap(workload => [`${workload}-1 IRIX`, `${workload}-1 Disco`] as const),
  readings: runs =>
    WORKLOADS.flatMap(workload => {
      const [bare, guest] = [runs[`${workload}-1 IRIX`], runs[`${workload}-1 Disco`]];
      return [
        ...bar(workload, 'IRIX', figure5Parts(bare)),
        ...bar(workload, 'Disco', comparable(workload)(bare, guest, figure5Parts(guest))),
      ];
    }),
  orders: runs =>
    WORKLOADS.map(workload => {
      const [bare, guest] = [runs[`${workload}-1 IRIX`], runs[`${workload}-1 Disco`]];
      const kernel = (run: Measured): number => figure5Parts(run).kernel / run.time('user');
      return { statement: `${workload}: the kernel takes less time under Disco`, holds: kernel(guest) < kernel(bare) };
    }),
};

/** How runs of a workload are compared: pmake as a whole, the others, which have a window, for as much work. */
export function comparable(workload: string): typeof relativeTo {
  return workload === 'pmake' ? relativeTo : perWorkOf;
}

/** User with its stall, kernel with its stall and spinning, the monitor, idle. */
export function figure5Parts(run: Measured): Parts {
  const time = (part: keyof SystemTime): number => run.time(part);
  return {
    user: time('user') + time('userCache') + time('userLocalStall') + time('userRemoteStall'),
    kernel: time('kernel') + time('kernelLocalStall') + time('kernelRemoteStall') + time('synchronisation'),
    Disco: time('monitor') + time('monitorLocalStall') + time('monitorRemoteStall'),
    idle: time('idle'),
  };
}

function bar(workload: Workload, system: 'IRIX' | 'Disco', ours: Parts): Reading[] {
  const parts = Object.entries(FIGURE_5.bars[workload][system]);
  return parts
    .filter(([name]) => system === 'Disco' || name !== 'Disco')
    .map(([quantity, paper]): Reading => {
      const tolerance = system === 'IRIX' ? tenth(paper) : POINTS;
      const kind = system === 'IRIX' ? 'calibrated' : 'predicted';
      const configuration = `${workload}, ${system}`;
      return {
        configuration,
        quantity,
        unit: '%',
        paper,
        ours: ours[quantity],
        tolerance,
        kind,
        source: FIGURE_5.source,
      };
    });
}
