/** Figure 6: memory of eight instances of pmake, virtual and of the machine. */
import type { PaperExperiment, Reading } from '../experiment.js';
import type { Measured } from '../measures.js';
import { FIGURE_6, type Parts } from '../published.js';
import type { PaperRunName } from '../runs.js';

const RUNS = [
  'pmake-8 IRIX',
  'pmake-8 1VM',
  'pmake-8 2VM',
  'pmake-8 4VM',
  'pmake-8 8VM',
  'pmake-8 8VM/nfs',
] as const satisfies PaperRunName[];
type Run = (typeof RUNS)[number];
type Bar = keyof typeof FIGURE_6.bars;

/** The run of each bar, and which of the two kinds of memory it shows. */
const BARS: readonly (readonly [bar: Bar, run: Run, kind: 'bare' | 'virtual' | 'machine'])[] = [
  ['IRIX', 'pmake-8 IRIX', 'bare'],
  ['1VM', 'pmake-8 1VM', 'machine'],
  ['2VMs, V', 'pmake-8 2VM', 'virtual'],
  ['2VMs, M', 'pmake-8 2VM', 'machine'],
  ['4VMs, V', 'pmake-8 4VM', 'virtual'],
  ['4VMs, M', 'pmake-8 4VM', 'machine'],
  ['8VMs, V', 'pmake-8 8VM', 'virtual'],
  ['8VMs, M', 'pmake-8 8VM', 'machine'],
  ['8VMs/nfs, V', 'pmake-8 8VM/nfs', 'virtual'],
  ['8VMs/nfs, M', 'pmake-8 8VM/nfs', 'machine'],
];

/** A part may be off by this part of the paper's. */
const OFF = 0.15;
const MB = 2 ** 20;

/** See above. */
export const figure6: PaperExperiment<Run> = {
  name: 'figure-6',
  title: 'Figure 6: memory, virtual and of the machine',
  about:
    'Memory at the end of eight instances of pmake in one to eight virtual machines, and in eight of which one serves the files: V if nothing were shared, M as it is.',
  runs: RUNS,
  readings: runs => BARS.flatMap(([bar, run, kind]) => readingsOf(bar, figure6Parts(runs[run], kind), kind)),
  orders: runs => {
    const all = (run: Run, kind: 'virtual' | 'machine'): number =>
      Object.values(figure6Parts(runs[run], kind)).reduce((sum, part) => sum + part, 0);
    return [
      {
        statement: 'virtual memory grows with every guest',
        holds: rises(
          ['pmake-8 1VM', 'pmake-8 2VM', 'pmake-8 4VM', 'pmake-8 8VM'].map(run => all(run as Run, 'virtual')),
        ),
      },
      {
        statement: 'eight guests take less than 60 % of the memory that they would need',
        holds: all('pmake-8 8VM', 'machine') < 0.6 * all('pmake-8 8VM', 'virtual'),
      },
    ];
  },
};

/** Megabytes. Of the bare machine the kernel's own census; the text of its kernel is as large as a guest's. */
export function figure6Parts(run: Measured, kind: 'bare' | 'virtual' | 'machine'): Parts {
  const census = (...uses: readonly string[]): number =>
    uses.reduce((sum, use) => sum + run.at(`memory.${use}`), 0) / MB;
  if (kind === 'bare')
    return {
      'IRIX data': census('kernel', 'stack', 'table', 'network'),
      'IRIX text': census('text'),
      'buffer cache': census('file'),
      Disco: 0,
    };
  return {
    'IRIX data': run.memory(kind, 'kernel data') / MB,
    'IRIX text': run.memory(kind, 'kernel text') / MB,
    'buffer cache': (run.memory(kind, 'buffer cache') + run.memory(kind, 'disk cache')) / MB,
    Disco: run.memory(kind, 'monitor') / MB,
  };
}

/** The size of the kernel's text is the paper's; that guests share it is not. Of the bare machine the sizes were looked at. */
function readingsOf(bar: Bar, ours: Parts, kind: 'bare' | 'virtual' | 'machine'): Reading[] {
  return Object.entries(FIGURE_6.bars[bar])
    .filter(([, paper]) => paper > 0)
    .map(([quantity, paper]): Reading => {
      const text = quantity === 'IRIX text' && kind !== 'machine';
      return {
        configuration: bar,
        quantity,
        unit: 'MB',
        paper,
        ours: ours[quantity],
        tolerance: OFF * paper,
        kind: kind === 'bare' || text ? 'calibrated' : 'predicted',
        source: FIGURE_6.source,
      };
    });
}

function rises(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value > values[i - 1]);
}
