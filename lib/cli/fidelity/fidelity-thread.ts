/** A thread that makes one run of a fidelity check and posts its result as JSON, as `disco-sim native --json` prints it. */
import { parentPort, workerData } from 'node:worker_threads';
import { GuestImages } from '../../experiments/systems/guests/guest-images.js';
import { systemOptions } from '../../experiments/systems/named-runs.js';
import { SystemRun } from '../../experiments/systems/system-run.js';
import { nativeArguments } from '../commands/native-arguments.js';

const chosen = nativeArguments(workerData as readonly string[])!;
const { workload, system, machine, scale, seed } = chosen;
const run = new SystemRun(
  systemOptions({ workload, system, machine, scale, seed, images: new GuestImages(), monitor: null }),
);
parentPort!.postMessage(JSON.stringify(run.run()));
