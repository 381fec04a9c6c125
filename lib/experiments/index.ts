/**
 * disco-sim/experiments: replays of recorded programs, their results, tables and reports.
 * @packageDocumentation
 */
export * from './latency.js';
export * from './latency-table.js';
export { loadChart } from './chart-load.js';
export * from './network-sweep.js';
export * from './network-table.js';
export * from './policies.js';
export * from './replay.js';
export * from './report.js';
export * from './result.js';
export * from './table.js';
