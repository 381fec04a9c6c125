/** Whether the fields of a specification fit each other. Each check sees only groups whose fields are right by themselves. */
import type { CacheGeometry } from '../../processor/caches/set-array.js';
import { checkDevicePlaces, checkDevices } from './device-checks.js';
import { nodesOf } from './nodes.js';
import type { MachineSpecification } from './specification.js';
import { checkSizes } from './size-checks.js';
import { checkTicks } from './tick-checks.js';
import { checkNodeCount, checkTopology } from './topology-checks.js';

/** Keys and indices from the specification down. */
export type Path = readonly (string | number)[];

/** Takes a fault. */
export type Report = (path: Path, message: string) => void;

/** A comparison of fields. */
export interface Check {
  /** Groups that must be right by themselves for the check to mean anything. */
  readonly reads: readonly (keyof MachineSpecification)[];
  /** Must not throw. `broken` are the groups with faults of their own. */
  readonly check: (
    specification: MachineSpecification,
    report: Report,
    broken: ReadonlySet<PropertyKey | undefined>,
  ) => void;
}

/** What lines, dense and over the whole machine, are numbered with. */
const MOST_LINES = 2 ** 31;
const MOST_PROCESSORS = 8192;

/** All checks. */
export const CHECKS: readonly Check[] = [
  { reads: ['nodes'], check: checkNodes },
  { reads: ['nodes', 'pageBytes'], check: checkMemory },
  { reads: ['processor'], check: checkCaches },
  { reads: ['processor', 'pageBytes'], check: checkLine },
  { reads: ['nodes', 'processor'], check: checkLines },
  { reads: ['network'], check: checkTopology },
  { reads: ['nodes', 'network'], check: checkNodeCount },
  { reads: ['counters'], check: checkCounters },
  { reads: ['wheelSlots'], check: checkWheel },
  { reads: ['devices'], check: checkDevices },
  { reads: ['nodes', 'devices'], check: checkDevicePlaces },
  {
    reads: ['nodes', 'pageBytes', 'memory', 'processor', 'network', 'directory', 'devices', 'wheelSlots'],
    check: checkSizes,
  },
  { reads: ['tickPs'], check: checkTicks },
];

function checkNodes(specification: MachineSpecification, report: Report): void {
  const nodes = nodesOf(specification);
  const processors = nodes.reduce((sum, node) => sum + node.processors, 0);
  if (processors === 0) report(['nodes'], 'no node has a processor');
  if (processors > MOST_PROCESSORS) report(['nodes'], `${processors} processors; ${MOST_PROCESSORS} are the most`);
  if (nodes.every(node => node.memoryBytes === 0)) report(['nodes'], 'no node has memory');
  nodes.forEach((node, i) => {
    if (Array.isArray(specification.nodes) && node.processors === 0 && node.memoryBytes === 0)
      report(['nodes', i], 'has neither processors nor memory; leave it out');
  });
}

function checkMemory(specification: MachineSpecification, report: Report): void {
  const { nodes, pageBytes } = specification;
  const one = (path: Path, bytes: number): void => {
    if (bytes % pageBytes === 0) return;
    const near = Math.max(1, Math.round(bytes / pageBytes)) * pageBytes;
    report([...path, 'memoryBytes'], `${bytes} bytes are not a multiple of the page of ${pageBytes}; ${near} are`);
  };
  if ('count' in nodes) one(['nodes'], nodes.memoryBytes);
  else nodes.forEach((node, i) => one(['nodes', i], node.memoryBytes));
}

function checkCaches({ processor }: MachineSpecification, report: Report): void {
  for (const level of ['l1i', 'l1d', 'l2'] as const) checkCache(['processor', level], processor[level], report);
  for (const level of ['l1i', 'l1d'] as const)
    if (processor[level].lineBytes > processor.l2.lineBytes)
      report(
        ['processor', level, 'lineBytes'],
        `lines of ${processor[level].lineBytes} bytes do not fit second-level lines of ${processor.l2.lineBytes}`,
      );
}

function checkCache(path: Path, { sizeBytes, ways, lineBytes }: CacheGeometry, report: Report): void {
  let powers = true;
  for (const [key, value] of Object.entries({ sizeBytes, lineBytes }))
    if (!isPowerOfTwo(value)) {
      powers = false;
      report([...path, key], `${value} is not a power of two`);
    }
  const sets = sizeBytes / (ways * lineBytes);
  if (powers && (sets < 1 || !isPowerOfTwo(sets)))
    report(path, `${sizeBytes} bytes in ${ways} ways of ${lineBytes}-byte lines make ${sets} sets, not a power of two`);
}

function checkLine({ processor, pageBytes }: MachineSpecification, report: Report): void {
  const { lineBytes } = processor.l2;
  if (lineBytes > pageBytes)
    report(['processor', 'l2', 'lineBytes'], `a line of ${lineBytes} bytes does not fit a page of ${pageBytes}`);
}

function checkLines(specification: MachineSpecification, report: Report): void {
  const { l1i, l1d, l2 } = specification.processor;
  const line = Math.min(l1i.lineBytes, l1d.lineBytes, l2.lineBytes);
  const bytes = nodesOf(specification).reduce((sum, node) => sum + node.memoryBytes, 0);
  if (bytes / line > MOST_LINES)
    report(['nodes'], `${bytes} bytes of memory are more than 2^31 lines of ${line} bytes, the shortest of any cache`);
}

function checkCounters({ counters }: MachineSpecification, report: Report): void {
  if (counters === null) return;
  const { bits, threshold } = counters;
  if (threshold > 2 ** bits - 1)
    report(
      ['counters', 'threshold'],
      `a counter of ${bits} bits stays at ${2 ** bits - 1} and never reaches ${threshold}`,
    );
}

function checkWheel({ wheelSlots }: MachineSpecification, report: Report): void {
  if (!isPowerOfTwo(wheelSlots)) report(['wheelSlots'], `${wheelSlots} is not a power of two`);
}

function isPowerOfTwo(value: number): boolean {
  return Number.isSafeInteger(Math.log2(value)) && 2 ** Math.log2(value) === value;
}
