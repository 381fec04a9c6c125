/**
 * An operating system on a machine. System calls and processes by the second, beside plain loads of a program on the same
 * machine without a kernel: what a crossing costs. Uniprocessor pmake, a tenth of it, within the CPU time that people
 * wait for; `node spec/bench/native.mjs --full` does the same with all of it, once.
 */
import * as disco from '../../dist/index.js';
import { GuestImages, sizedMachine, systemOptions, SystemRun } from '../../dist/experiments/index.js';
import { cpuMicroseconds, runBenchmarks } from './harness.mjs';

/** CPU seconds that a run may take, by scale. */
const MOST_SECONDS = { 0.1: 8, 1: 60 };

const MEMORY = 0x100000;
const built = () => disco.buildMachine(disco.presets['disco-1997']({ nodes: 1 }), { seed: 7, layout: 'linear' });

/** Loads on a bare machine with software that does nothing but refill the TLB. */
function plainLoads(count) {
  const machine = disco.buildMachine(disco.presets['disco-1997']({ nodes: 1 }), { seed: 7 });
  const software = new disco.FlatMemory(machine.map, { nodeOfPage: () => 0, refillCycles: 14 });
  function* program() {
    for (let i = 0; i < count; i++) yield disco.load((i % 1024) * 4);
  }
  machine.load(software, [program()]);
  return () => machine.run();
}

/** A program under the kernel. */
function underKernel(program) {
  return count => {
    const machine = built();
    const regions = [{ kind: 'zero', first: MEMORY / 4096, pages: 16 }];
    const kernel = new disco.CommodityKernel({
      ...{ profile: disco.irix, processors: 1, pages: machine.map.frames, mapped: false, mostProcesses: 16 },
      ...{ countsPerTick: 2_000_000, tickNs: 10e6, sliceTicks: 10 },
      executables: new Map([['main', { path: null, regions, program: () => program(count) }]]),
    });
    const contexts = kernel.boot(function* (thread) {
      const main = yield* kernel.processes.spawn(thread, 'main', []);
      while (!main.ended) yield* kernel.firstEnded.sleep(thread);
    });
    machine.load(kernel, contexts);
    return () => machine.run();
  };
}

function* loads(count) {
  for (let i = 0; i < count; i++) yield disco.load(MEMORY + (i % 1024) * 4);
}

function* calls(count) {
  for (let i = 0; i < count; i++) yield disco.getpid();
}

/** A process each: made, ended and waited for. */
function* forks(count) {
  for (let i = 0; i < count; i++) {
    yield disco.fork(function* () {
      yield disco.exit(0);
    });
    yield disco.waitForChild();
  }
}

/** Runs pmake within the limit; returns the fingerprint. Set-up, the reading of traces included, is not timed. */
function pmake(scale) {
  const run = new SystemRun(
    systemOptions({
      workload: 'pmake',
      system: 'irix',
      machine: sizedMachine('disco-1997'),
      monitor: null,
      scale,
      seed: '1997',
      images: new GuestImages(),
    }),
  );
  return () => {
    const start = cpuMicroseconds();
    const { fingerprint, elapsedNs } = run.run();
    const seconds = (cpuMicroseconds() - start) / 1e6;
    const what = `pmake at scale ${scale}: ${seconds.toFixed(1)} s for ${(elapsedNs / 1e6).toFixed(0)} simulated ms`;
    if (seconds > MOST_SECONDS[scale]) throw new Error(`${what}, more than ${MOST_SECONDS[scale]} s`);
    if (process.env.VERBOSE || scale === 1) console.error(`${what}, target ${MOST_SECONDS[scale]} s`);
    return fingerprint;
  };
}

/** Operations per second; the last one is runs. */
export const benchmarks = [
  {
    name: 'kernel',
    count: 20_000,
    rounds: 5,
    equal: false,
    baseline: plainLoads,
    candidates: { 'loads under kernel': underKernel(loads), 'system calls': underKernel(calls) },
  },
  { name: 'kernel-processes', count: 400, rounds: 5, baseline: underKernel(forks) },
  { name: 'native-pmake', count: 1, rounds: 5, baseline: () => pmake(0.1) },
];

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes('--full')) pmake(1)();
  else runBenchmarks(benchmarks);
}
