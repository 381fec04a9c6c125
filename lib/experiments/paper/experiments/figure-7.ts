/** Figure 7: eight processors: pmake under IRIX and in one to eight virtual machines, also with one that serves the files; RADIX under IRIX and on SPLASHOS. */
import type { SystemTime } from '../../systems/system-result.js';
import { tenth, type PaperExperiment, type Reading } from '../experiment.js';
import type { Measured } from '../measures.js';
import { relativeTo } from '../measures.js';
import { FIGURE_7, type Parts } from '../published.js';

const PMAKE = ['IRIX', '1VM', '2VM', '4VM', '8VM', '8VM/nfs'] as const;
const RADIX = ['IRIX', 'SPLASHOS'] as const;
type Run = `pmake-8 ${(typeof PMAKE)[number]}` | `radix-8 ${(typeof RADIX)[number]}`;

/** Points of percent that a part of a bar may be off, and the share of communication that the paper prints. */
const POINTS = 5;

/** See above. */
export const figure7: PaperExperiment<Run> = {
  name: 'figure-7',
  title: 'Figure 7: eight processors',
  about:
    'Time of pmake under IRIX on the bare machine, in one to eight virtual machines, and in eight of which one serves the files by NFS, and of RADIX under IRIX and on SPLASHOS; IRIX on the bare machine is 100.',
  runs: [...PMAKE.map(name => `pmake-8 ${name}` as const), ...RADIX.map(name => `radix-8 ${name}` as const)],
  readings: runs => [
    ...PMAKE.flatMap(name =>
      bar(
        `pmake, ${name}`,
        name === 'IRIX',
        FIGURE_7.pmake[name],
        relativeTo(runs['pmake-8 IRIX'], runs[`pmake-8 ${name}`], figure7Parts(runs[`pmake-8 ${name}`])),
      ),
    ),
    communication(runs['pmake-8 IRIX']),
    ...RADIX.flatMap(name =>
      bar(
        `radix, ${name}`,
        name === 'IRIX',
        FIGURE_7.radix[name],
        relativeTo(runs['radix-8 IRIX'], runs[`radix-8 ${name}`], radixParts(name, runs[`radix-8 ${name}`])),
      ),
    ),
  ],
  orders: runs => {
    const elapsed = (run: Run): number => runs[run].at('elapsedNs');
    const [bare, one, eight] = [elapsed('pmake-8 IRIX'), elapsed('pmake-8 1VM'), elapsed('pmake-8 8VM')];
    return [
      { statement: 'pmake in one guest is slower than on the bare machine', holds: one > bare },
      { statement: 'pmake in eight guests is faster than on the bare machine', holds: eight < bare },
      {
        statement: 'two guests are faster than one, four than two',
        holds: elapsed('pmake-8 2VM') < one && elapsed('pmake-8 4VM') < elapsed('pmake-8 2VM'),
      },
      {
        statement:
          'eight guests over NFS are slower than eight with disks of their own, and faster than the bare machine',
        holds: elapsed('pmake-8 8VM/nfs') > eight && elapsed('pmake-8 8VM/nfs') < bare,
      },
      {
        statement: 'RADIX on SPLASHOS takes less than half of its time under IRIX',
        holds: elapsed('radix-8 SPLASHOS') < elapsed('radix-8 IRIX') / 2,
      },
    ];
  },
};

/** Waiting for the second-level cache counts as user stall. */
export function figure7Parts(run: Measured): Parts {
  const time = (part: keyof SystemTime): number => run.time(part);
  return {
    user: time('user'),
    'user stall': time('userCache') + time('userLocalStall') + time('userRemoteStall'),
    kernel: time('kernel') + time('kernelLocalStall') + time('kernelRemoteStall'),
    synchronisation: time('synchronisation'),
    Disco: time('monitor') + time('monitorLocalStall') + time('monitorRemoteStall'),
    idle: time('idle'),
  };
}

/** SPLASHOS has no kernel: waiting at its barriers is time of the program, as the paper's bar has it (section 5.4). */
function radixParts(system: (typeof RADIX)[number], run: Measured): Parts {
  const parts = figure7Parts(run);
  if (system === 'IRIX') return parts;
  return { ...parts, user: parts.user + parts.synchronisation, synchronisation: 0 };
}

function bar(configuration: string, bare: boolean, paper: Parts, ours: Parts): Reading[] {
  return Object.entries(paper)
    .filter(([name]) => !bare || name !== 'Disco')
    .map(([quantity, value]): Reading => {
      const tolerance = bare ? tenth(value) : POINTS;
      const kind = bare ? 'calibrated' : 'predicted';
      return {
        configuration,
        quantity,
        unit: '%',
        paper: value,
        ours: ours[quantity],
        tolerance,
        kind,
        source: FIGURE_7.source,
      };
    });
}

/** The share of communication among the kernel's second-level misses that are no first ones stands for that of its stall. */
function communication(run: Measured): Reading {
  const [moved, lost] = [run.at('kernelMisses.communication'), run.at('kernelMisses.capacity')];
  return {
    configuration: 'pmake, IRIX',
    quantity: 'kernel stall on communication',
    unit: '%',
    paper: FIGURE_7.communicationStall,
    ours: moved + lost === 0 ? 0 : (100 * moved) / (moved + lost),
    tolerance: tenth(FIGURE_7.communicationStall),
    kind: 'predicted',
    source: { where: 'Disco, SOSP 1997, section 5.4', known: 'printed in a table' },
  };
}
