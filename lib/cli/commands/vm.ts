/** `disco-sim vm`: guests under the monitor. */
import { VERSION } from '../../engine/version.js';
import { GuestImages } from '../../experiments/systems/guest-images.js';
import { NATIVE_SYSTEMS, nativeChoices, nativeNames, processorsOf } from '../../experiments/systems/native-choices.js';
import { policies } from '../../experiments/policies.js';
import { SWITCH_NAMES, virtualOptions } from '../../experiments/systems/virtual-choices.js';
import type { VirtualResult } from '../../experiments/systems/virtual-result.js';
import { virtualReportHtml } from '../../report/systems/virtual-report.js';
import { virtualText } from '../../report/tables/virtual.js';
import { VirtualRun } from '../../experiments/systems/virtual.js';
import { draw } from '../../machine/drawing/draw.js';
import { resolve } from '../../machine/specification/specification.js';
import { checkWritable } from '../files.js';
import { print, report } from '../output.js';
import { shellWord } from '../shell.js';
import { simulate } from '../simulate.js';
import { vmArguments, type VmArguments } from './vm-arguments.js';

const HELP = `disco-sim vm [options]

Runs virtual machines with an operating system and a workload each under the monitor, on the machine of the Disco paper, and
says where time and memory go: by mode, by service with what the monitor did for it, virtual against machine memory.

--guests N             virtual machines (default 1); all share the disk with the programs, copy-on-write
--workload NAME        ${nativeNames.join(', ')} (default pmake)
                       pmake: an instance for each virtual processor; others: in each guest the whole workload
--os NAME              ${NATIVE_SYSTEMS.join(', ')} (default irix); splashos, a library operating
                       system, runs radix and raytrace, without disks
--processors N         processors of the machine, dealt to the guests (default one for each guest)
--memory MB            memory of the whole machine (default 32 for each processor)
--switches A,B         changes to the kernel: all, none, or of
                       ${SWITCH_NAMES.slice(0, 4).join(', ')},
                       ${SWITCH_NAMES.slice(4).join(', ')} (default all;
                       none for splashos)
--second-level-tlb N   entries for each virtual processor, or off (default 1024)
--policy NAME          ${Object.keys(policies).slice(0, 5).join(', ')},
                       ${Object.keys(policies).slice(5).join(', ')} (default first-touch)
--quantum-us N         time slice of a virtual processor in microseconds (default 10000)
--gang                 virtual machines are scheduled as a whole
--scale N              length of the workload, above 0 and up to 1, the length of the paper (default 1)
--quick                --scale 0.1
--seed TEXT            master seed (default 1997); equal seeds give equal results
--json                 print one JSON object instead of tables
--report FILE          also write a report in HTML
--help                 this text
`;

/** Runs the command. */
export async function vmCommand(words: readonly string[]): Promise<void> {
  const chosen = vmArguments(words);
  if (chosen === null) {
    process.stdout.write(HELP);
    return;
  }
  if (chosen.report !== undefined) checkWritable(chosen.report);
  const result = runGuests(chosen);
  await print(
    chosen.json ? `${JSON.stringify({ version: VERSION, results: [result] }, null, 1)}\n` : `${virtualText(result)}\n`,
  );
  if (chosen.report !== undefined) report(chosen.report, () => reportOf(result, words), chosen.json);
}

function runGuests(chosen: VmArguments): VirtualResult {
  const { workload, machine, guests, scale } = chosen;
  const expectedNs = nativeChoices[workload]!.expectedNs({ scale, processors: processorsOf(resolve(machine)) });
  const label = `${workload} in ${guests} ${guests === 1 ? 'guest' : 'guests'}`;
  return simulate({ label, expectedNs }, () => {
    const { json, report, ...options } = chosen;
    void [json, report];
    return new VirtualRun(virtualOptions({ ...options, images: new GuestImages() }));
  });
}

function reportOf(result: VirtualResult, words: readonly string[]): string {
  const command = ['disco-sim', 'vm', ...words].map(shellWord).join(' ');
  return virtualReportHtml({ result, drawing: draw(result.machine).svg, generatedBy: `disco-sim ${VERSION}`, command });
}
