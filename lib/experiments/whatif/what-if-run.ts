/** The module that makes the runs of what-ifs: threads of a sweep import it. */
import type { PresetName } from '../../machine/presets/presets.js';
import type { SystemName } from '../systems/choices.js';
import { GuestImages } from '../systems/guests/guest-images.js';
import { sizedMachine } from '../systems/machine-size.js';
import { SWITCH_NAMES, systemOptions, type NamedRunOptions } from '../systems/named-runs.js';
import { SystemRun } from '../systems/system-run.js';
import { resultMetrics } from '../sweeps/named/result-metrics.js';
import type { SweepRun } from '../sweeps/run.js';
import { withRemoteLatency } from '../hardware/remote-latency.js';
import type { WhatIfName } from './what-ifs.js';

/** What a thread has read: programs do not change. */
const images = new GuestImages();

/** What an axis may have as a value. */
type Value = string | number;

/** Makes the run of a point: `whatIf` and `quick`, and a value of each axis of that question. */
export const whatIfRun: SweepRun = ({ whatIf, quick, ...values }, seed) => {
  const options = RUNS[whatIf as WhatIfName](values as Readonly<Record<string, Value>>, quick as boolean);
  return resultMetrics(new SystemRun(systemOptions({ ...options, seed, images })).run());
};

/** A run, without what all have in common. */
type Run = Omit<NamedRunOptions, 'seed' | 'images'>;

/** How each question makes a run of the values of its axes. */
const RUNS: Readonly<Record<WhatIfName, (values: Readonly<Record<string, Value>>, quick: boolean) => Run>> = {
  'second-level-tlb': ({ entries }, quick) => {
    const secondLevelTlb = entries === 0 ? null : { entries: entries as number, ways: 2 };
    const run = guestsOf('pmake', 1, 1, quick ? 0.02 : 0.1);
    return { ...run, monitor: { ...run.monitor!, options: { secondLevelTlb } } };
  },
  'remote-latency': ({ system, ratio }, quick) => {
    const run = radixOn(system as SystemName, sizedMachine('disco-1997', { processors: 8 }), quick ? 0.1 : 1);
    return { ...run, machine: withRemoteLatency(run.machine, ratio as number) };
  },
  switches: ({ without }, quick) => {
    const run = guestsOf('pmake', 1, 1, quick ? 0.02 : 0.1);
    return { ...run, monitor: { ...run.monitor!, switches: SWITCH_NAMES.filter(name => name !== without) } };
  },
  nodes: ({ system, nodes }, quick) =>
    radixOn(
      system as SystemName,
      sizedMachine('disco-1997', { processors: nodes as number, memoryBytes: MEMORY }),
      quick ? 0.1 : 0.25,
    ),
  guests: ({ guests }, quick) => guestsOf('pmake', quick ? 4 : 16, guests as number, 0.02),
  today: ({ system, machine }, quick) =>
    radixOn(system as SystemName, sizedMachine(machine as PresetName, { processorsAtLeast: 8 }), quick ? 0.1 : 1),
  linux: ({ system, host }, quick) => {
    const run = guestsOf('pmake', 1, 1, quick ? 0.02 : 0.1);
    return { ...run, system: system as SystemName, monitor: host === 'bare' ? null : run.monitor };
  },
};

/** Of machines of all sizes, so that the sort fits into the smallest. */
const MEMORY = 256 * 2 ** 20;

function guestsOf(workload: string, processors: number, guests: number, scale: number): Run {
  const monitor = { guests, switches: SWITCH_NAMES, policy: 'first-touch' };
  return { workload, system: 'irix', machine: sizedMachine('disco-1997', { processors }), scale, monitor };
}

/** RADIX under IRIX on the bare machine, or on SPLASHOS in one virtual machine. */
function radixOn(system: SystemName, machine: Run['machine'], scale: number): Run {
  const monitor = system === 'splashos' ? { guests: 1, switches: [], policy: 'first-touch' } : null;
  return { workload: 'radix', system, machine, scale, monitor };
}
