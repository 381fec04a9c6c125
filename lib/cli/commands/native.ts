/** `disco-sim native WORKLOAD`: a workload under an operating system on a bare machine. */
import { VERSION } from '../../engine/version.js';
import { GuestImages } from '../../experiments/systems/guests/guest-images.js';
import { SYSTEM_NAMES, workloadChoices, workloadNames } from '../../experiments/systems/choices.js';
import { processorsOf } from '../../experiments/systems/machine-size.js';
import { systemReportHtml } from '../../report/systems/report.js';
import type { SystemResult } from '../../experiments/systems/system-result.js';
import { systemText } from '../../report/tables/system.js';
import { systemOptions } from '../../experiments/systems/named-runs.js';
import { SystemRun } from '../../experiments/systems/system-run.js';
import { draw } from '../../machine/drawing/draw.js';
import { presetNames } from '../../machine/presets/presets.js';
import { checkWritable } from '../files.js';
import { nativeArguments, type NativeArguments } from './native-arguments.js';
import { print, report } from '../output.js';
import { printSystems } from '../seeds.js';
import { simulate } from '../simulate.js';

const HELP = `disco-sim native WORKLOAD [options]

Runs a workload under an operating system on a bare simulated machine, without a monitor, and says where the time goes:
by mode and activity, service by service, lock by lock.

WORKLOAD         ${workloadNames.join(', ')}
--processors N   processors (default 1 for disco-1997 and uma, as many as they have for others)
--os NAME        ${SYSTEM_NAMES.join(', ')} (default irix)
--scale N        length of the workload, above 0 and up to 1, the length of the paper (default 1)
--machine NAME   ${presetNames.join(', ')}
                 (default disco-1997)
--memory MB      memory of the whole machine, up to 512 (default that of the machine)
--l2 KB          second-level cache of each processor (default that of the machine)
--warm-up MS     simulated time of the workload that is not measured, up to 1000 ms (default 0)
--seed TEXT      master seed (default 1997); equal seeds give equal results
--seeds N        runs with N seeds, SEED, SEED.2 and so on; means with 95 % intervals (default 1)
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
  const results = chosen.seeds.map(seed => runNative({ ...chosen, seed }));
  if (results.length > 1) return printSystems(results, chosen.json);
  const [result] = results;
  await print(
    chosen.json ? `${JSON.stringify({ version: VERSION, results: [result] }, null, 1)}\n` : `${systemText(result)}\n`,
  );
  if (chosen.report !== undefined) report(chosen.report, () => reportOf(result), chosen.json);
}

function runNative({ workload, system, machine, scale, warmUpNs, seed }: NativeArguments): SystemResult {
  const expectedNs = workloadChoices[workload].expectedNs({ scale, processors: processorsOf(machine) });
  return simulate(
    { label: `${workload} on ${machine.name}`, expectedNs },
    () =>
      new SystemRun(
        systemOptions({ workload, system, machine, monitor: null, scale, warmUpNs, seed, images: new GuestImages() }),
      ),
  );
}

function reportOf(result: SystemResult): string {
  const { machine } = result;
  return systemReportHtml({ result, drawing: draw(machine).svg, generatedBy: `disco-sim ${VERSION}` });
}
