/** What a monitor costs, as text. */
import type { Comparison } from '../../experiments/paper/compare.js';
import { count, decimal } from '../format.js';
import { linesOf, type Column } from './layout.js';

const right = { align: 'right', gap: 2, expendable: 0 } as const;
const left = { ...right, align: 'left', gap: 0 } as const;

/** Bars, times and services. Ends with a line end. */
export function comparisonText({ per, bars, elapsed, nonIdle, services, warnings }: Comparison): string {
  const names = Object.keys(bars.bare);
  const of = (bar: 'bare' | 'guests', name: string): string => decimal(bars[bar][name], 1);
  const parts = [
    { ...left, heading: 'percent', cells: ['bare machine', 'under the monitor'] },
    ...names.map((name): Column => ({ ...right, heading: name, cells: [of('bare', name), of('guests', name)] })),
    { ...right, heading: 'all', cells: ['100.0', decimal(100 * elapsed, 1)] },
  ];
  const columns = Object.keys(services[0]?.parts ?? {});
  const calls = [
    { ...left, heading: 'service', cells: services.map(({ service }) => service) },
    { ...right, heading: 'calls', cells: services.map(one => count(one.count)) },
    { ...right, heading: 'bare, us', cells: services.map(({ meanUs }) => decimal(meanUs, meanUs < 1 ? 3 : 1)) },
    { ...right, heading: 'slowdown', cells: services.map(({ slowdown }) => decimal(slowdown, 2)) },
    ...columns.map((name): Column => {
      return { ...right, heading: name, cells: services.map(one => decimal(one.parts[name], 2)) };
    }),
  ];
  return [
    `what the monitor costs, for ${per === 'job' ? 'the whole job' : 'as much work'}, as Figure 7 of the Disco paper`,
    ...linesOf(parts),
    `${decimal(elapsed, 2)} of the time on the bare machine; without idling ${decimal(nonIdle, 2)}`,
    '',
    'services, in parts of the time of a call on the bare machine, as Table 2',
    ...linesOf(calls),
    ...warnings.map(warning => `! ${warning}`),
  ]
    .map(line => `${line}\n`)
    .join('');
}
