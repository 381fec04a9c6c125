/**
 * The process that works: one command from its words to its exit code (main.ts lists the codes), under one that listens.
 * By hand, for a profile: `node --cpu-prof dist/cli/work.js trace FILE 3>/dev/null`.
 */
import { ReplayError } from '../experiments/replay/replay.js';
import { GuestError } from '../system/guest-error.js';
import { SweepError } from '../experiments/sweeps/sweep-error.js';
import { SpecificationError } from '../machine/specification/specification-error.js';
import { DiscoError } from '../monitor/errors.js';
import { TraceError } from '../traces/trace.js';
import { commands } from './commands/all.js';
import { UsageError } from './errors.js';
import { progress } from './process/progress.js';
import { STATUS_DESCRIPTOR } from './process/status.js';

const MENDABLE = [UsageError, TraceError, SpecificationError, ReplayError, GuestError, DiscoError, SweepError] as const;

async function run([command, ...words]: readonly string[]): Promise<void> {
  const action = await commands[command]();
  await action(words);
}

// A reader that has seen enough (head) is no fault; a full disk is.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  progress.remark(`cannot write the output: ${error.message}`);
  process.exitCode = 2;
});

progress.connect(STATUS_DESCRIPTOR);
run(process.argv.slice(2))
  .catch((error: unknown) => {
    const { message } = error as Error;
    const mendable = MENDABLE.some(kind => error instanceof kind);
    progress.remark(mendable ? message : `a fault of the simulator, please report it: ${message}`);
    process.exitCode = mendable ? 2 : 1;
  })
  .finally(() => progress.clear());
