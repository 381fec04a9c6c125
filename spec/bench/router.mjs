/**
 * The detailed network in flit-hops (flits crossing the switch of a router) per CPU second: an 8x8 mesh, uniform traffic
 * of packets of five flits at 0.10 flits per node and cycle, four virtual channels of eight flits.
 *
 * The baseline is the hold model on a plain `fastpriorityqueue` with 256 pending events, an event for each flit-hop: what a
 * simulator costs that spends a single event on a flit in a router, and nothing on buffers, channels, credits or switches.
 *
 * Measured on one machine, BookSim2 did 475,000 flit-hops per CPU second on this traffic and such a baseline 4.2 million
 * events: 0.11 of it. The target is a sixth.
 */
import FastPriorityQueue from 'fastpriorityqueue';
import { USUAL_ROUTERS } from '../../dist/testing/networks/load.js';
import { OpenLoop } from '../../dist/testing/networks/open-loop.js';
import { RouterNetwork } from '../../dist/interconnect/router-network.js';
import { trafficPattern } from '../../dist/testing/networks/traffic.js';
import { connect } from '../../dist/engine/port.js';
import { Simulation } from '../../dist/engine/simulation.js';
import { mesh } from '../../dist/topology/shapes/mesh.js';
import { runBenchmarks } from './harness.mjs';

const PENDING = 256;
const K = 8;
const FLITS = 5;
const RATE = 0.1;

/** An event per flit-hop. */
function plainEvents(count) {
  const heap = new FastPriorityQueue((a, b) => (a.time !== b.time ? a.time < b.time : a.seq < b.seq));
  let state = 2463534242 | 0;
  let seq = 0;
  let now = 0;
  let done = 0;
  const add = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    heap.add({ time: now + 1 + ((state >>> 0) % 1000), seq: seq++, fn: add });
  };
  for (let i = 0; i < PENDING; i++) add();
  return () => {
    while (done++ < count) {
      const event = heap.poll();
      now = event.time;
      event.fn();
    }
    return null;
  };
}

/** A mesh with sources, ready to run. */
export function loadedMesh(make) {
  const topology = mesh({
    columns: K,
    rows: K,
    nodesPerRouter: 1,
    attach: { latency: 3, ticksPerFlit: 1 },
    link: { latency: 4, ticksPerFlit: 1 },
  });
  const sim = new Simulation({ tickPs: 1000, seed: 'bench' });
  const network = make(sim, { topology, destination: packet => packet.to });
  const pattern = trafficPattern('uniform', { sizes: [K, K] });
  const nothing = () => undefined;
  const shared = {
    pattern,
    rate: RATE,
    flits: FLITS,
    lane: 0,
    cycleTicks: 1,
    toItself: true,
    sent: nothing,
    arrived: nothing,
  };
  network.nodes.forEach((port, node) => {
    connect(new OpenLoop(sim, `node${node}`, { node, ...shared }).network, port, { latency: 1 });
  });
  return { sim, network };
}

const routers = (sim, options) =>
  new RouterNetwork(sim, 'network', { ...options, routers: USUAL_ROUTERS, ordered: [] });

/** Runs until so many flits have crossed a switch. */
function detailed(count) {
  const { sim, network } = loadedMesh(routers);
  return () => {
    while (network.stats.flitHops < count) sim.runUntil(sim.now + 100);
    return null;
  };
}

export const benchmarks = [
  {
    name: 'router',
    count: 2_000_000,
    baseline: plainEvents,
    candidates: { 'flit-hops': detailed },
    equal: false,
    targets: { 'flit-hops': 1 / 6 },
  },
];

if (process.argv[1] === import.meta.filename) runBenchmarks(benchmarks);
