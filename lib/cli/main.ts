#!/usr/bin/env node
/** The command line. Exit codes: 0 done, 1 a fault of ours or of what was checked, 2 something for the user to fix, 130, 143 or 129 stopped by SIGINT, SIGTERM or SIGHUP. */
import { VERSION } from '../engine/version.js';
import { commands } from './commands/all.js';
import { UsageError } from './errors.js';
import { unknown } from './options.js';
import { supervise } from './process/supervise.js';

const HELP = `disco-sim ${VERSION}: cache-coherent NUMA machines and page placement, simulated

disco-sim paper            the tables and figures of the Disco paper, ours beside theirs, and a report
disco-sim trace FILE...    replay recorded references on simulated machines
disco-sim record FILE...   write every miss of a replay to a file, for trying policies on
disco-sim main             the recorded programs that come with the package, and a report
disco-sim native WORKLOAD  an operating system and a workload on a bare machine
disco-sim vm               operating systems and workloads in virtual machines, under the monitor
disco-sim explain EVENT    one event step by step, on the bare machine and under the monitor
disco-sim whatif NAME      what changes if the machine, the monitor or the system were another
disco-sim policies         placement policies compared over a recorded trace, with intervals
disco-sim sweep FILE       a grid of runs with several seeds, and means with intervals
disco-sim fidelity         the paper at full length, judged
disco-sim explore PROTOCOL every state of a coherence protocol with a few caches
disco-sim latency          read latencies of the presets by parts, beside published ones
disco-sim random-test      random tests of the coherence protocols
disco-sim litmus FILE...   litmus tests on machines of many shapes, against what the memory model allows
disco-sim network          latency against load of an interconnect, flit by flit
disco-sim --version        the version

disco-sim COMMAND --help tells the options of a command.
`;

const WORK = new URL('./work.js', import.meta.url);

function run([command, ...words]: readonly string[]): void {
  const names = Object.keys(commands);
  if (command === undefined) throw new UsageError(`a command is missing: ${names.join(', ')}; see disco-sim --help`);
  if (command === '--help' || command === '-h' || command === 'help') process.stdout.write(HELP);
  else if (command === '--version' || command === '-v') process.stdout.write(`${VERSION}\n`);
  else if (names.includes(command)) supervise(WORK, [command, ...words]);
  else throw new UsageError(unknown('command', command, names));
}

// A reader that has seen enough (head) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`disco-sim: cannot write the output: ${error.message}\n`);
  process.exitCode = 2;
});

try {
  run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`disco-sim: ${error.message}\n`);
  process.exitCode = 2;
}
