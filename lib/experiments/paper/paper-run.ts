/** The module that makes the runs of the paper: threads of a sweep import it. */
import { SWITCH_NAMES, systemOptions } from '../systems/named-runs.js';
import { GuestImages } from '../systems/guests/guest-images.js';
import { sizedMachine } from '../systems/machine-size.js';
import { SystemRun } from '../systems/system-run.js';
import type { SystemOptions } from '../systems/plan.js';
import type { SweepRun } from '../sweeps/run.js';
import { paperMetrics } from './measures.js';
import { PAPER_RUNS, type PaperLength, type PaperRun, type PaperRunName } from './runs.js';

/** What a thread has read: programs do not change. */
const images = new GuestImages();

/** Makes the run that the parameters `run` and `length` name. */
export const paperRun: SweepRun = ({ run, length }, seed) => {
  const result = new SystemRun(paperRunOptions(PAPER_RUNS[run as PaperRunName], length as PaperLength, seed)).run();
  return { metrics: paperMetrics(result), fingerprint: result.fingerprint };
};

/** What `SystemRun` takes for a run of the paper. */
export function paperRunOptions(run: PaperRun, length: PaperLength, seed: string): SystemOptions {
  const { workload, system, processors, guests, policy = 'first-touch', nfs = false, l2KB, warmUpMs } = run;
  const warmUpNs = (warmUpMs?.[length] ?? 0) * 1e6;
  const machine = sizedMachine(run.machine, { processors, l2Bytes: l2KB === undefined ? undefined : l2KB * 1024 });
  const switches = system === 'splashos' ? [] : SWITCH_NAMES;
  const monitor = guests === 0 ? null : { guests, switches, policy, nfs };
  return systemOptions({ workload, system, machine, scale: run.scale[length], warmUpNs, seed, images, monitor });
}
