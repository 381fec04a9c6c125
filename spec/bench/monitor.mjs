/**
 * The monitor. Privileged instructions by the second, on the bare machine and emulated: what a trap into the monitor costs the
 * host; an emulated one stays within 2 us of CPU time. `node spec/bench/monitor.mjs --full` runs eight guests with pmake,
 * three files each, as many as a tenth of the uniprocessor's make has, once, within 60 s.
 */
import * as disco from '../../dist/index.js';
import { GuestImages, sizedMachine, SWITCH_NAMES, systemOptions, SystemRun } from '../../dist/experiments/index.js';
import { cpuMicroseconds, runBenchmarks } from './harness.mjs';

/** CPU microseconds of an emulated instruction, and CPU seconds of eight guests. */
const MOST_MICROSECONDS = 2;
const MOST_SECONDS = 60;
/** Of ten files each: three. */
const SCALE = 0.3;
/** The register that holds the wired entries: reading it has no effect. */
const WIRED = 6;

/** A system that does nothing but read a register. */
function reader(count) {
  function* program() {
    for (let i = 0; i < count; i++) yield disco.readRegister(WIRED);
  }
  const context = new disco.Context(program(), 1);
  return { system: { exception: () => null, ended() {} }, context };
}

const machine = () => disco.buildMachine(disco.presets['disco-1997']({ nodes: 1 }), { seed: 7 });

function bare(count) {
  const built = machine();
  const { system, context } = reader(count);
  built.load(system, [context]);
  return () => built.run();
}

function emulated(count) {
  const built = machine();
  const monitor = new disco.Disco(built);
  const { system, context } = reader(count);
  const guest = monitor.create({ name: 'reader', processors: 1, memoryBytes: 1 << 20 });
  monitor.start(guest, system, [context]);
  return () => {
    const start = cpuMicroseconds();
    const end = built.run();
    const each = (cpuMicroseconds() - start) / count;
    if (monitor.statistics.emulated < count) throw new Error(`only ${monitor.statistics.emulated} were emulated`);
    if (process.env.VERBOSE)
      console.error(`an emulated instruction: ${each.toFixed(2)} us, target ${MOST_MICROSECONDS} us`);
    return end;
  };
}

/** Operations per second. */
export const benchmarks = [
  {
    name: 'monitor',
    count: 50_000,
    rounds: 5,
    equal: false,
    baseline: bare,
    candidates: { 'privileged instructions emulated': emulated },
  },
];

function eightGuests() {
  const run = new SystemRun(
    systemOptions({
      workload: 'pmake',
      system: 'irix',
      machine: sizedMachine('disco-1997', { processors: 8 }),
      monitor: { guests: 8, switches: SWITCH_NAMES, policy: 'first-touch' },
      scale: SCALE,
      seed: '1997',
      images: new GuestImages(),
    }),
  );
  const start = cpuMicroseconds();
  const { elapsedNs } = run.run();
  const seconds = (cpuMicroseconds() - start) / 1e6;
  console.log(
    `8 guests x pmake, 3 files each: ${seconds.toFixed(1)} s for ${(elapsedNs / 1e6).toFixed(0)} simulated ms, target ${MOST_SECONDS} s`,
  );
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes('--full')) eightGuests();
  else runBenchmarks(benchmarks);
}
