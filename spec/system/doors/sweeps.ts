/** The doors of sweeps and their statistics. */
import type { Door } from './door.js';

const run = () => ({ ms: 1 });

export const SWEEPS: Readonly<Record<string, Door>> = {
  estimate: {
    args: () => [[1, 2.5, 3], 0.9],
    takes: { '0.0': [-1, 0.5, 2 ** 60], '0.2': [-1, 0.5, 2 ** 60], '1': [0.5, undefined] },
  },
  quantile: {
    args: () => [[1, 2.5, 3], 0.25],
    takes: { '0.0': [-1, 0.5, 2 ** 60], '0.2': [-1, 0.5, 2 ** 60], '1': [0.5] },
  },
  pairedDifference: {
    args: () => [[1, 2], [2, 3], 0.9],
    takes: {
      ...{ '0.0': [-1, 0.5, 2 ** 60], '0.1': [-1, 0.5, 2 ** 60], '1.0': [-1, 0.5, 2 ** 60], '1.1': [-1, 0.5, 2 ** 60] },
      '2': [0.5, undefined],
    },
  },
  mser5: {
    args: () => [Array.from({ length: 20 }, (_, i) => i)],
    takes: { '0.0': [-1, 0.5, 2 ** 60], '0.19': [-1, 0.5, 2 ** 60] },
  },
  dropFirst: { args: () => [[1, 2, 3], 1], takes: { '0.0': [-1, 0.5, 2 ** 60], '0.2': [-1, 0.5, 2 ** 60] } },
  trainAndHeldOut: { args: () => [[1, 2, 3], { heldOut: 1, seed: 's' }], closed: ['0.0', '0.2'] },
  seedsFrom: { args: () => ['1997', 3] },
  replicate: { args: () => [{ seeds: 2, run }] },
  replicateUntil: {
    args: () => [{ run, metric: 'ms', halfWidth: 1, seed: 's', least: 2, most: 3 }],
    takes: { '0.halfWidth': [0.5, 2 ** 60] },
  },
  sweep: {
    args: () => [{ nodes: [1, 2] }, run, { seeds: 2, fixed: { scale: 1 } }],
    takes: {
      // Any JSON is a value of an axis.
      '0.nodes.0': [-1, 0.5, '1', null, 2 ** 60],
      '0.nodes.1': [-1, 0.5, '1', null, 2 ** 60],
      '2.fixed': [undefined],
      '2.fixed.scale': [-1, 0.5, '1', null, 2 ** 60],
    },
  },
  namedPolicy: {
    args: () => ['migrate', { trigger: 64, sharing: 8, resetNs: 1000 }],
    takes: { '1': [undefined], '1.trigger': [], '1.resetNs': [0.5, 2 ** 60] },
  },
  summariseSweep: {
    args: () => [
      {
        ...{ version: '1', counts: { computed: 0, reused: 0, missing: 0, failed: 0 }, points: [] },
        specification: { run: null, grid: {}, fixed: {}, seeds: [], modules: [], inputs: [] },
      },
      { incomplete: true },
    ],
    takes: { '1': [undefined] },
    // Made by sweep or collect.
    closed: ['0.counts', '0.points', '0.specification'],
  },
};
