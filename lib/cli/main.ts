#!/usr/bin/env node
/** The command line. Exit codes: 0 done, 1 a fault of ours or of what was checked, 2 something for the user to mend, 130 interrupted. */
import { ReplayError } from '../experiments/replay.js';
import { VERSION } from '../engine/version.js';
import { GuestError } from '../guest/errors.js';
import { SpecificationError } from '../machine/specification-error.js';
import { DiscoError } from '../monitor/errors.js';
import { TraceError } from '../workloads/trace.js';
import { Interrupted, UsageError } from './errors.js';
import { exploreCommand } from './explore-command.js';
import { fidelityCommand } from './fidelity-command.js';
import { latencyCommand } from './latency-command.js';
import { litmusCommand } from './litmus-command.js';
import { mainJob } from './main-job.js';
import { nativeCommand } from './native-command.js';
import { networkCommand } from './network-command.js';
import { unknown } from './options.js';
import { randomCommand } from './random-command.js';
import { traceCommand } from './trace-command.js';
import { vmCommand } from './vm-command.js';

const HELP = `disco-sim ${VERSION}: cache-coherent NUMA machines and page placement, simulated

disco-sim trace FILE...    replay recorded references on simulated machines
disco-sim main             the recorded programs that come with the package, and a report
disco-sim native WORKLOAD  an operating system and a workload on a bare machine
disco-sim vm               operating systems and workloads in virtual machines, under the monitor
disco-sim fidelity         the Disco paper's numbers for a bare machine, beside ours
disco-sim explore PROTOCOL every state of a coherence protocol with a few caches
disco-sim latency          read latencies of the presets by parts, beside published ones
disco-sim random-test      random tests of the coherence protocols
disco-sim litmus FILE...   litmus tests on machines of many shapes, against what the memory model allows
disco-sim network          latency against load of an interconnect, flit by flit
disco-sim --version        the version

disco-sim COMMAND --help tells the options of a command.
`;

const COMMANDS: Readonly<Record<string, (words: readonly string[]) => Promise<void>>> = {
  trace: traceCommand,
  main: mainJob,
  native: nativeCommand,
  vm: vmCommand,
  fidelity: fidelityCommand,
  latency: latencyCommand,
  explore: exploreCommand,
  'random-test': randomCommand,
  litmus: litmusCommand,
  network: networkCommand,
};

async function run([command, ...words]: readonly string[]): Promise<void> {
  if (command === undefined)
    throw new UsageError(`a command is missing: ${Object.keys(COMMANDS).join(', ')}; see disco-sim --help`);
  if (command === '--help' || command === '-h' || command === 'help') process.stdout.write(HELP);
  else if (command === '--version' || command === '-v') process.stdout.write(`${VERSION}\n`);
  else {
    const action = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
    if (action === undefined) throw new UsageError(unknown('command', command, Object.keys(COMMANDS)));
    await action(words);
  }
}

const MENDABLE = [UsageError, TraceError, SpecificationError, ReplayError, GuestError, DiscoError] as const;

// A reader that has seen enough (head) is no fault; a full disk is.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`disco-sim: cannot write the output: ${error.message}\n`);
  process.exitCode = 2;
});

run(process.argv.slice(2)).catch((error: unknown) => {
  const { message } = error as Error;
  if (error instanceof Interrupted) {
    process.stderr.write(`disco-sim: ${message}\n`);
    process.exitCode = 130;
  } else if (MENDABLE.some(kind => error instanceof kind)) {
    process.stderr.write(`disco-sim: ${message}\n`);
    process.exitCode = 2;
  } else {
    process.stderr.write(`disco-sim: a fault of the simulator, please report it: ${message}\n`);
    process.exitCode = 1;
  }
});
