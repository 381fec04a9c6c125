/**
 * Construction of a machine of 1024 nodes on a mesh, with everything that a first run works out. Throws when it takes
 * more than a second of CPU time or 500 MB: these limits are what people wait for, not ratios.
 */
import * as disco from '../../dist/index.js';
import { cpuMicroseconds, runBenchmarks } from './harness.mjs';
import { machine } from './machine.mjs';

const MOST_SECONDS = 1;
const MOST_MEGABYTES = 500;

const link = { latency: 16, ticksPerFlit: 1 };

function construct(nodes) {
  const columns = Math.ceil(Math.sqrt(nodes));
  const rows = Math.ceil(nodes / columns);
  const topology = disco.mesh({ columns, rows, nodesPerRouter: 1, attach: link, link });
  const made = machine(columns * rows, { topology });
  made.sim.runUntil(0);
  return made;
}

function megabytes() {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

/** Constructs within the limits; returns how many processors there are. */
function limited(nodes) {
  const memory = megabytes();
  const start = cpuMicroseconds();
  const { processors } = construct(nodes);
  const seconds = (cpuMicroseconds() - start) / 1e6;
  const grown = megabytes() - memory;
  if (seconds > MOST_SECONDS) throw new Error(`${nodes} nodes took ${seconds.toFixed(2)} s, more than ${MOST_SECONDS}`);
  if (grown > MOST_MEGABYTES)
    throw new Error(`${nodes} nodes take ${grown.toFixed(0)} MB, more than ${MOST_MEGABYTES}`);
  if (process.env.VERBOSE) console.error(`${nodes} nodes: ${seconds.toFixed(2)} s, ${grown.toFixed(0)} MB`);
  return processors.length;
}

/** Nodes per second. */
export const benchmarks = [{ name: 'construction', count: 1024, rounds: 5, baseline: nodes => () => limited(nodes) }];

if (process.argv[1] === import.meta.filename) runBenchmarks(benchmarks);
