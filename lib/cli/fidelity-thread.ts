/** A thread that makes one run of a fidelity check and posts its result as JSON, as `disco-sim native --json` prints it. */
import { parentPort, workerData } from 'node:worker_threads';
import { GuestImages } from '../experiments/systems/guest-images.js';
import { namedRun } from '../experiments/systems/native-runs.js';
import { nativeArguments } from './commands/native-arguments.js';

const chosen = nativeArguments(workerData as readonly string[])!;
const { workload, system, machine, scale, seed } = chosen;
const run = namedRun({ workload, system, machine, scale, seed, images: new GuestImages() });
while (run.advance());
parentPort!.postMessage(JSON.stringify(run.result()));
