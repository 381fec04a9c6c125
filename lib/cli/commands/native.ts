/** `disco-sim native WORKLOAD`: a workload under an operating system on a bare machine. */
import { VERSION } from '../../engine/version.js';
import { GuestImages } from '../../experiments/systems/guest-images.js';
import { NATIVE_SYSTEMS, nativeChoices, nativeNames, processorsOf } from '../../experiments/systems/native-choices.js';
import { nativeReportHtml } from '../../report/systems/native-report.js';
import type { NativeResult } from '../../experiments/systems/native-result.js';
import { nativeText } from '../../report/tables/native.js';
import { namedRun } from '../../experiments/systems/native-runs.js';
import { draw } from '../../machine/drawing/draw.js';
import { presetNames } from '../../machine/presets/presets.js';
import { checkWritable } from '../files.js';
import { nativeArguments, type NativeArguments } from './native-arguments.js';
import { print, report } from '../output.js';
import { simulate } from '../simulate.js';

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

/** Runs the command. */
export async function nativeCommand(words: readonly string[]): Promise<void> {
  const chosen = nativeArguments(words);
  if (chosen === null) {
    process.stdout.write(HELP);
    return;
  }
  if (chosen.report !== undefined) checkWritable(chosen.report);
  const result = runNative(chosen);
  await print(
    chosen.json ? `${JSON.stringify({ version: VERSION, results: [result] }, null, 1)}\n` : `${nativeText(result)}\n`,
  );
  if (chosen.report !== undefined) report(chosen.report, () => reportOf(result), chosen.json);
}

function runNative({ workload, system, machine, scale, seed }: NativeArguments): NativeResult {
  const expectedNs = nativeChoices[workload]!.expectedNs({ scale, processors: processorsOf(machine) });
  return simulate({ label: `${workload} on ${machine.name}`, expectedNs }, () =>
    namedRun({ workload, system, machine, scale, seed, images: new GuestImages() }),
  );
}

function reportOf(result: NativeResult): string {
  const { machine } = result;
  return nativeReportHtml({ result, drawing: draw(machine).svg, generatedBy: `disco-sim ${VERSION}` });
}
