/**
 * disco-sim/experiments: replays of recorded programs, native and virtual runs of operating systems, their results, tables and reports.
 * @packageDocumentation
 */
export * from './fidelity.js';
export * from './fidelity-table.js';
export * from './guest-images.js';
export * from './instances.js';
export * from './latency.js';
export * from './latency-table.js';
export { loadChart } from './chart-load.js';
export * from './native.js';
export * from './native-choices.js';
export * from './native-report.js';
export * from './native-result.js';
export * from './native-runs.js';
export * from './native-table.js';
export * from './native-workloads.js';
export * from './network-sweep.js';
export * from './network-table.js';
export * from './policies.js';
export * from './published-disco.js';
export type { QueueResult } from './queues.js';
export * from './replay.js';
export * from './report.js';
export * from './result.js';
export * from './splash-run.js';
export * from './splash-system.js';
export * from './table.js';
export * from './virtual.js';
export * from './virtual-choices.js';
export * from './virtual-commodity.js';
export type {
  CommonStart,
  GuestPhase,
  GuestPlace,
  GuestPlan,
  GuestRun,
  MachineDisk,
  VirtualGuests,
} from './virtual-guest.js';
export * from './virtual-report.js';
export * from './virtual-result.js';
export * from './virtual-splash.js';
export * from './virtual-table.js';
