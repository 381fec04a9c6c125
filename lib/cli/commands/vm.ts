/** `disco-sim vm`: guests under the monitor. */
import { VERSION } from '../../engine/version.js';
import { GuestImages } from '../../experiments/systems/guests/guest-images.js';
import { SYSTEM_NAMES, workloadChoices, workloadNames } from '../../experiments/systems/choices.js';
import { processorsOf } from '../../experiments/systems/machine-size.js';
import { SWITCH_NAMES, systemOptions } from '../../experiments/systems/named-runs.js';
import type { SystemResult } from '../../experiments/systems/system-result.js';
import { compare } from '../../experiments/paper/compare.js';
import { comparisonText } from '../../report/tables/compare.js';
import { systemReportHtml } from '../../report/systems/report.js';
import { systemText } from '../../report/tables/system.js';
import { SystemRun } from '../../experiments/systems/system-run.js';
import { draw } from '../../machine/drawing/draw.js';
import { presetNames } from '../../machine/presets/presets.js';
import { resolve } from '../../machine/specification/specification.js';
import { checkWritable } from '../files.js';
import { print, report } from '../output.js';
import { printSystems } from '../seeds.js';
import { policyFrom, policyHelp } from '../policy-words.js';
import { shellWord } from '../shell.js';
import { simulate } from '../simulate.js';
import { vmArguments, type VmArguments } from './vm-arguments.js';

const HELP = `disco-sim vm [options]

Runs virtual machines with an operating system and a workload each under the monitor, on the machine of the Disco paper, and
says where time and memory go: by mode, by service with what the monitor did for it, virtual against machine memory.

--guests N             virtual machines (default 1); all share the disk with the programs, copy-on-write
--nfs                  the first guest serves the files of pmake to the others by NFS; they have their part of the memory, and it
                       has three times as much: more together than there is
--workload NAME        ${workloadNames.join(', ')} (default pmake)
                       pmake: an instance for each virtual processor; others: in each guest the whole workload
--os NAME              ${SYSTEM_NAMES.join(', ')} (default irix); splashos, a library operating
                       system, runs radix and raytrace, without disks
--machine NAME         ${presetNames.slice(0, 4).join(', ')},
                       ${presetNames.slice(4).join(', ')} (default disco-1997)
--processors N         processors of the machine, dealt to the guests (default one for each guest; for machines other than
                       disco-1997 and uma as many as they have)
--memory MB            memory of the whole machine (default 32 for each processor)
--l2 KB                second-level cache of each processor (default that of the machine)
--switches A,B         changes to the kernel: all, none, or of
                       ${SWITCH_NAMES.slice(0, 4).join(', ')},
                       ${SWITCH_NAMES.slice(4).join(', ')} (default all;
                       none for splashos)
--second-level-tlb N   entries for each virtual processor, or off (default 1024)
--policy NAME          ${policyHelp(23)}
                       (default first-touch)
--policy-option K=V    an option of the policy; may be given several times
--quantum-us N         time slice of a virtual processor in microseconds (default 10000)
--gang                 virtual machines are scheduled as a whole
--scale N              length of the workload, above 0 and up to 1, the length of the paper (default 1)
--baseline native      also run the workload on the bare machine, and print what the monitor costs, as Figure 7 and Table 2 of
                       the Disco paper
--quick                --scale 0.1
--warm-up MS           simulated time of the workload that is not measured, up to 1000 ms (default 0); policies count
                       over intervals of 100 ms
--seed TEXT            master seed (default 1997); equal seeds give equal results
--seeds N              runs with N seeds, SEED, SEED.2 and so on; means with 95 % intervals (default 1)
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
  const policy = await policyFrom(chosen.policy, chosen.policyOptions);
  const monitor = { ...chosen.monitor, policy };
  const results = chosen.seeds.map(seed => runGuests({ ...chosen, monitor, seed }));
  if (results.length > 1) return printSystems(results, chosen.json);
  const [result] = results;
  const baseline = chosen.baseline ? runBaseline(chosen) : null;
  await print(chosen.json ? json(result, baseline) : text(result, baseline));
  if (chosen.report !== undefined) report(chosen.report, () => reportOf(result, words), chosen.json);
}

function json(result: SystemResult, baseline: SystemResult | null): string {
  const compared = baseline === null ? {} : { baseline, comparison: compare(baseline, result) };
  return `${JSON.stringify({ version: VERSION, results: [result], ...compared }, null, 1)}\n`;
}

function text(result: SystemResult, baseline: SystemResult | null): string {
  const compared = baseline === null ? '' : `\n${comparisonText(compare(baseline, result))}`;
  return `${systemText(result)}\n${compared}`;
}

/** The same workload on as many processors of the bare machine. */
function runBaseline({ workload, system, machine, scale, warmUpNs, seed }: VmArguments): SystemResult {
  const expectedNs = workloadChoices[workload].expectedNs({ scale, processors: processorsOf(resolve(machine)) });
  const options = { workload, system, machine, scale, warmUpNs, seed, images: new GuestImages(), monitor: null };
  return simulate(
    { label: `${workload} on the bare machine`, expectedNs },
    () => new SystemRun(systemOptions(options)),
  );
}

function runGuests({ workload, system, machine, monitor, scale, warmUpNs, seed }: VmArguments): SystemResult {
  const { guests } = monitor;
  const expectedNs = workloadChoices[workload].expectedNs({ scale, processors: processorsOf(resolve(machine)) });
  const label = `${workload} in ${guests} ${guests === 1 ? 'guest' : 'guests'}`;
  const options = { workload, system, machine, monitor, scale, warmUpNs, seed, images: new GuestImages() };
  return simulate({ label, expectedNs }, () => new SystemRun(systemOptions(options)));
}

function reportOf(result: SystemResult, words: readonly string[]): string {
  const command = ['disco-sim', 'vm', ...words].map(shellWord).join(' ');
  return systemReportHtml({ result, drawing: draw(result.machine).svg, generatedBy: `disco-sim ${VERSION}`, command });
}
