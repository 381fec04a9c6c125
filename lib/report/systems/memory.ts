/** The memory of a run under the monitor in its report, as Figure 6 of the Disco paper: virtual against machine, by use. */
import { legend, stackedBars, type BarPart } from '../charts/bars.js';
import { html, type Html } from '../markup.js';
import { table } from './tables.js';
import { decimal, ratio } from '../format.js';
import { figure } from '../page.js';
import { MEMORY_USES, type MemoryResult } from '../../experiments/systems/system-result.js';

const USE_PAINTS: readonly BarPart[] = (
  [
    ['#1f5fa8', '#ffffff'],
    ['#8fb4de', '#1c2530'],
    ['#f08c1e', '#1c2530'],
    ['#46525f', '#ffffff'],
    ['#e8ecf0', '#1c2530'],
    ['#f8cf9d', '#1c2530'],
    ['#0b6e57', '#ffffff'],
  ] as const
).map(([fill, ink], i) => ({ name: MEMORY_USES[i], fill, ink }));

/** Two bars, and what sharing saved. */
export function memoryFigure({ virtual, machine }: MemoryResult): Html {
  const megabytes = (bytes: number): number => bytes / 2 ** 20;
  const sum = (of: typeof virtual): number => MEMORY_USES.reduce((bytes, use) => bytes + of[use], 0);
  const bar = (label: string, of: typeof virtual) => {
    const all = sum(of);
    const parts = MEMORY_USES.map(use => ratio(of[use], all) ?? 0);
    return { label, length: all === 0 ? null : megabytes(all), parts, remark: 'no memory' };
  };
  const most = megabytes(Math.max(sum(virtual), sum(machine)));
  const row = (name: string, one: number, other: number) => [
    ...[name, one, other, one - other].map(cell => (typeof cell === 'string' ? cell : decimal(megabytes(cell), 2))),
  ];
  return html`${figure(
    stackedBars('Memory by use, MB', [bar('virtual', virtual), bar('machine', machine)], USE_PAINTS, most, 'MB'),
    'Memory at the end of the run, in MB: virtual is what guests that share nothing would need, machine is what was used.',
    legend(USE_PAINTS),
  )}
  ${table(
    'Memory, MB',
    ['use', 'virtual', 'machine', 'saved by sharing'],
    [...MEMORY_USES.map(use => row(use, virtual[use], machine[use])), row('all', sum(virtual), sum(machine))],
  )}`;
}
