/** Whether every time of a specification is a whole number of ticks; if not, which tick would fit them all. */
import type { Path, Report } from './checks.js';
import { deviceTimes } from './device-checks.js';
import type { LinkSpecification, MachineSpecification, MemorySpecification } from './specification.js';

/** A time, or the period of a clock. */
interface Time {
  readonly path: Path;
  /** As it was written, with its unit. */
  readonly text: string;
  readonly ps: number;
  readonly whole: boolean;
}

/** Reports each time that does not fit the tick. Groups with faults of their own are passed over. */
export function checkTicks(
  specification: MachineSpecification,
  report: Report,
  broken: ReadonlySet<PropertyKey | undefined>,
): void {
  const times = GROUPS.filter(([group]) => !broken.has(group)).flatMap(([, collect]) => collect(specification));
  const fits = times.filter(({ whole }) => whole).reduce((tick, { ps }) => gcd(ps, tick), 0);
  const { tickPs } = specification;
  for (const { path, text, ps, whole } of times) {
    if (!whole) report(path, `${text} is ${ps} ps, not a whole number of picoseconds`);
    else if (ps % tickPs !== 0)
      report(path, `${text} is not a whole number of ticks of ${tickPs} ps; tickPs ${fits} would fit every time here`);
  }
}

const GROUPS: readonly (readonly [keyof MachineSpecification, (specification: MachineSpecification) => Time[]])[] = [
  ['processor', ({ processor }) => [clock(processor.clockMHz), ns(['processor', 'l2HitNs'], processor.l2HitNs)]],
  ['memory', ({ memory }) => memoryTimes(['memory'], memory)],
  ['nodes', nodeTimes],
  [
    'controller',
    ({ controller }) => Object.entries(controller).map(([key, value]) => ns(['controller', key], value as number)),
  ],
  ['busNs', ({ busNs }) => [ns(['busNs'], busNs)]],
  ['network', networkTimes],
  [
    'directory',
    ({ directory }) =>
      directory?.format === 'dynamic-pointers' ? [ns(['directory', 'cellNs'], directory.cellNs)] : [],
  ],
  [
    'counters',
    ({ counters }) =>
      counters === null
        ? []
        : [ns(['counters', 'delayNs'], counters.delayNs), ns(['counters', 'resetNs'], counters.resetNs)],
  ],
  ['devices', specification => deviceTimes(specification).map(time => ns(time.path, time.ns))],
];

function ns(path: Path, value: number): Time {
  const exact = value * 1000;
  const ps = Math.round(exact);
  // The same tolerance as the engine's, so what passes here passes there.
  const whole = Math.abs(exact - ps) <= 1e-6;
  return { path, text: `${value} ns`, ps: whole ? ps : exact, whole };
}

function clock(clockMHz: number): Time {
  const exact = 1e6 / clockMHz;
  const ps = Math.round(exact);
  const whole = Math.abs(exact - ps) <= 1e-9 * exact;
  return { path: ['processor', 'clockMHz'], text: `the period of ${clockMHz} MHz`, ps: whole ? ps : exact, whole };
}

function memoryTimes(path: Path, { accessNs, bankNs }: MemorySpecification): Time[] {
  return [ns([...path, 'accessNs'], accessNs), ns([...path, 'bankNs'], bankNs)];
}

function linkTimes(path: Path, { latencyNs, flitNs }: LinkSpecification): Time[] {
  return [ns([...path, 'latencyNs'], latencyNs), ns([...path, 'flitNs'], flitNs)];
}

function nodeTimes({ nodes }: MachineSpecification): Time[] {
  if ('count' in nodes) return [];
  return nodes.flatMap(({ memory, busNs }, i) => [
    ...(memory === undefined ? [] : memoryTimes(['nodes', i, 'memory'], memory)),
    ...(busNs === undefined ? [] : [ns(['nodes', i, 'busNs'], busNs)]),
  ]);
}

function networkTimes({ network: { topology, niNs } }: MachineSpecification): Time[] {
  const path: Path = ['network', 'topology'];
  const times = [ns(['network', 'niNs'], niNs)];
  if ('attach' in topology) times.push(...linkTimes([...path, 'attach'], topology.attach));
  if ('link' in topology) times.push(...linkTimes([...path, 'link'], topology.link));
  if (topology.kind === 'graph')
    topology.edges.forEach((edge, i) => times.push(...linkTimes([...path, 'edges', i], edge)));
  if (topology.kind === 'matrix') {
    times.push(...matrixTimes([...path, 'latencyNs'], topology.latencyNs));
    if (typeof topology.flitNs === 'number') times.push(ns([...path, 'flitNs'], topology.flitNs));
    else times.push(...matrixTimes([...path, 'flitNs'], topology.flitNs));
  }
  return times;
}

function matrixTimes(path: Path, matrix: readonly (readonly number[])[]): Time[] {
  return matrix.flatMap((row, from) =>
    row.map((value, to) => ns([...path, from, to], value)).filter((_, to) => to !== from),
  );
}

function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
