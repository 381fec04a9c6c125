/**
 * disco-sim/experiments: replays of recorded programs, native and virtual runs of operating systems, their results, tables and reports.
 * @packageDocumentation
 */
export * from './paper/fidelity.js';
export * from '../report/tables/fidelity.js';
export * from './systems/guest-images.js';
export * from './systems/instances.js';
export * from './hardware/latency.js';
export * from '../report/tables/latency.js';
export { loadChart } from '../report/charts/load.js';
export * from './systems/native.js';
export * from './systems/native-choices.js';
export * from '../report/systems/native-report.js';
export * from './systems/native-result.js';
export * from './systems/native-runs.js';
export * from '../report/tables/native.js';
export * from './systems/native-workloads.js';
export * from './hardware/network-sweep.js';
export * from '../report/tables/network.js';
export * from './policies.js';
export * from './paper/published-disco.js';
export type { QueueResult } from './hardware/queues.js';
export * from './replay/replay.js';
export * from '../report/replay/report.js';
export * from './replay/result.js';
export * from './systems/splash-run.js';
export * from './systems/splash-system.js';
export * from '../report/tables/replay.js';
export * from './systems/virtual.js';
export * from './systems/virtual-choices.js';
export * from './systems/virtual-commodity.js';
export type {
  CommonStart,
  GuestPhase,
  GuestPlace,
  GuestPlan,
  GuestRun,
  MachineDisk,
  VirtualGuests,
} from './systems/virtual-guest.js';
export * from '../report/systems/virtual-report.js';
export * from './systems/virtual-result.js';
export * from './systems/virtual-splash.js';
export * from '../report/tables/virtual.js';
