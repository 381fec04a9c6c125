/** `disco-sim native WORKLOAD`: a workload under an operating system on a bare machine. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { VERSION } from '../engine/version.js';
import { GuestImages } from '../experiments/guest-images.js';
import { NATIVE_SYSTEMS, nativeChoices, nativeNames, processorsOf } from '../experiments/native-choices.js';
import { nativeReportHtml } from '../experiments/native-report.js';
import type { NativeResult } from '../experiments/native-result.js';
import { nativeText } from '../experiments/native-table.js';
import { namedRun } from '../experiments/native-runs.js';
import { draw } from '../machine/draw.js';
import { presetNames } from '../machine/presets.js';
import { Interrupted } from './errors.js';
import { checkWritable, writeWhole } from './files.js';
import { nativeArguments, type NativeArguments } from './native-arguments.js';
import { SimulatedLine } from './progress.js';

const HELP = `disco-sim native WORKLOAD [options]

Runs a workload under an operating system on a bare simulated machine, without a monitor, and says where the time goes:
by mode and activity, service by service, lock by lock.

WORKLOAD         ${nativeNames.join(', ')}
--processors N   processors (default 1 for disco-1997 and uma, as many as they have for others)
--os NAME        ${NATIVE_SYSTEMS.join(', ')} (default irix)
--scale N        length of the workload, above 0 and up to 1, the length of the paper (default 1)
--machine NAME   ${presetNames.join(', ')}
                 (default disco-1997)
--memory MB      memory of the whole machine, up to 512 (default that of the machine)
--l2 KB          second-level cache of each processor (default that of the machine)
--seed TEXT      master seed (default 1997); equal seeds give equal results
--quick          --scale 0.1
--json           print one JSON object instead of tables
--report FILE    also write a report in HTML
--help           this text
`;

/** Host time between two looks at the terminal, in milliseconds. */
const LOOK_MS = 20;

/** Runs the command. */
export async function nativeCommand(words: readonly string[]): Promise<void> {
  const chosen = nativeArguments(words);
  if (chosen === null) {
    process.stdout.write(HELP);
    return;
  }
  if (chosen.report !== undefined) checkWritable(chosen.report);
  const result = await runNative(chosen);
  if (chosen.report !== undefined) writeWhole(chosen.report, reportOf(result));
  process.stdout.write(
    chosen.json ? `${JSON.stringify({ version: VERSION, results: [result] }, null, 1)}\n` : `${nativeText(result)}\n`,
  );
  if (chosen.report !== undefined && !chosen.json) process.stdout.write(`\nThe report is in ${chosen.report}.\n`);
}

/** Runs it to its end, with a line of progress. Throws Interrupted after Ctrl-C. */
async function runNative({ workload, system, machine, scale, seed }: NativeArguments): Promise<NativeResult> {
  let interrupted = false;
  const onSignal = (): void => {
    interrupted = true;
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const expected = nativeChoices[workload]!.expectedNs({ scale, processors: processorsOf(machine) });
  const progress = new SimulatedLine(process.stderr, expected);
  try {
    const label = `${workload} on ${machine.name}`;
    progress.update(`reading what ${label} runs`, 0);
    await nextTurn();
    const run = namedRun({ workload, system, machine, scale, seed, images: new GuestImages() });
    let look = performance.now() + LOOK_MS;
    while (run.advance()) {
      if (performance.now() < look) continue;
      progress.update(run.elapsedNs === 0 ? `booting ${label}` : label, run.elapsedNs);
      await nextTurn();
      if (interrupted) throw new Interrupted(`interrupted: ${workload} was at ${progress.summary()}`);
      look = performance.now() + LOOK_MS;
    }
    return run.result();
  } finally {
    progress.clear();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

function reportOf(result: NativeResult): string {
  const { machine } = result;
  return nativeReportHtml({ result, drawing: draw(machine).svg, generatedBy: `disco-sim ${VERSION}` });
}
