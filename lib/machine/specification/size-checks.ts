/**
 * How much memory of the host a machine takes before it runs, and whether that is too much. Numbers that are fine one by one may
 * have a product that no host can allocate; estimates are enough to tell, and name the part that is to blame.
 */
import { LANES } from '../../engine/port.js';
import type { Path, Report } from './checks.js';
import { modelOf } from './device-specification.js';
import { nodesOf } from './nodes.js';
import type { MachineSpecification, NetworkSpecification } from './specification.js';
import type { Fault } from './specification-error.js';

/** The most that a machine may take before it runs. */
export const MOST_BYTES = 4 * 2 ** 30;

/** What is built on request beside the specification. */
export interface BuildRequest {
  readonly layout: boolean;
  readonly missCauses: boolean;
}

/** A part of a machine and what it takes. */
interface Part {
  readonly path: Path;
  /** How its size comes about. */
  readonly text: string;
  readonly bytes: number;
}

// Bytes, measured or counted from the typed arrays and objects that there are, and rounded up.
const NODE = 16384;
const PROCESSOR = 40960;
const TLB_ENTRY = 48;
const FIRST_LEVEL_LINE = 8;
const SECOND_LEVEL_LINE = 6;
const BANK = 512;
const SPARSE_SET = 128;
const SPARSE_ENTRY = 22;
const LIST_CELL = 12;
const CHANNEL = 80;
const LINK = 1024;
const FRAME = 16;
const LAYOUT_FRAME = 4;
const WHEEL_SLOT = 8;
const CYLINDER = 8;

/** Reports the largest part of a machine that takes more than `MOST_BYTES`. */
export function checkSizes(specification: MachineSpecification, report: Report): void {
  const fault = sizeFault(partsOf(specification));
  if (fault !== null) report(fault.path, fault.message);
}

/** The fault of a machine that takes too much with what else is asked for; none if it does not. */
export function requestFaults(specification: MachineSpecification, request: BuildRequest): Fault[] {
  const nodes = nodesOf(specification);
  const bytes = sum(nodes.map(({ memoryBytes }) => memoryBytes));
  const processors = sum(nodes.map(node => node.processors));
  const { lineBytes } = specification.processor.l2;
  const lines = bytes / lineBytes;
  const frames = bytes / specification.pageBytes;
  const parts = partsOf(specification);
  if (request.missCauses)
    parts.push({
      path: ['options', 'missCauses'],
      text: `causes of misses for ${lines} lines at ${processors} processors`,
      bytes: lines * processors,
    });
  if (request.layout)
    parts.push({ path: ['options', 'layout'], text: `places of ${frames} pages`, bytes: LAYOUT_FRAME * frames });
  const fault = sizeFault(parts);
  return fault === null ? [] : [{ path: fault.path.join('.'), message: fault.message }];
}

function sizeFault(parts: readonly Part[]): { path: Path; message: string } | null {
  const total = sum(parts.map(({ bytes }) => bytes));
  if (total <= MOST_BYTES) return null;
  const { path, text, bytes } = parts.reduce((most, part) => (part.bytes > most.bytes ? part : most));
  const of = parts.length > 1 ? ` of ${gigabytes(total)} for the machine` : '';
  return {
    path,
    message: `${text} take about ${gigabytes(bytes)} of memory${of} before it runs; ${gigabytes(MOST_BYTES)} are the most: make it smaller`,
  };
}

function partsOf(specification: MachineSpecification): Part[] {
  const { memory, processor, wheelSlots, pageBytes } = specification;
  const nodes = nodesOf(specification);
  const processors = sum(nodes.map(node => node.processors));
  const banks = sum(nodes.map(node => node.memory.banks));
  const frames = sum(nodes.map(({ memoryBytes }) => memoryBytes)) / pageBytes;
  const { l1i, l1d, l2, tlbEntries } = processor;
  const firstLevel = l1i.sizeBytes / l1i.lineBytes + l1d.sizeBytes / l1d.lineBytes;
  const secondLevel = l2.sizeBytes / l2.lineBytes;
  const each = PROCESSOR + FIRST_LEVEL_LINE * firstLevel + SECOND_LEVEL_LINE * secondLevel + TLB_ENTRY * tlbEntries;
  return [
    {
      path: ['processor'],
      text: `${processors} processors with ${firstLevel} + ${secondLevel} cache lines`,
      bytes: processors * each,
    },
    {
      path: ['nodes'],
      text: `${nodes.length} nodes with ${frames} frames`,
      bytes: NODE * nodes.length + FRAME * frames,
    },
    {
      path: ['memory', 'banks'],
      text: `${banks} banks, ${memory.banks} of a node unless it says otherwise,`,
      bytes: BANK * banks,
    },
    { path: ['wheelSlots'], text: `${wheelSlots} slots`, bytes: WHEEL_SLOT * wheelSlots },
    ...directoryPart(specification, nodes.length, processors),
    networkPart(specification.network, nodes.length),
    ...devicesPart(specification),
  ];
}

function directoryPart(specification: MachineSpecification, homes: number, processors: number): Part[] {
  const { directory } = specification;
  if (directory?.format === 'sparse') {
    const { sets, ways } = directory;
    const sharers = 4 * Math.ceil((processors + homes) / 32);
    return [
      {
        path: ['directory'],
        text: `${sets} sets of ${ways} ways at ${homes} homes`,
        bytes: homes * sets * (SPARSE_SET + ways * (SPARSE_ENTRY + sharers)),
      },
    ];
  }
  if (directory?.format !== 'dynamic-pointers') return [];
  const { cells } = directory;
  return [{ path: ['directory', 'cells'], text: `${cells} cells at ${homes} homes`, bytes: homes * cells * LIST_CELL }];
}

function networkPart({ topology, routers }: NetworkSpecification, nodes: number): Part {
  const links = linksOf(topology, nodes);
  if (routers === undefined) return { path: ['network', 'topology'], text: `${links} links`, bytes: LINK * links };
  const { virtualChannels, bufferFlits } = routers;
  const channels = links * LANES * virtualChannels;
  const buffer = 4 * 2 ** Math.ceil(Math.log2(bufferFlits));
  return {
    path: ['network', 'routers'],
    text: `${channels} channels of ${bufferFlits} flits on ${links} links`,
    bytes: LINK * links + channels * (CHANNEL + buffer),
  };
}

/** Links of a topology, some more rather than some less. */
function linksOf(topology: NetworkSpecification['topology'], nodes: number): number {
  switch (topology.kind) {
    case 'mesh':
    case 'torus':
      return 2 * nodes + 4 * topology.columns * topology.rows;
    case 'ring':
      return 2 * nodes + 2 * topology.routers;
    case 'hypercube':
      return 2 * nodes + topology.dimension * 2 ** topology.dimension;
    case 'fat-tree':
      return 2 * nodes + 2 * (topology.levels - 1) * topology.arity ** topology.levels;
    case 'crossbar':
      return 2 * nodes;
    case 'graph':
      return 2 * topology.edges.length;
    case 'matrix':
      return nodes * nodes;
  }
}

function devicesPart({ devices = [] }: MachineSpecification): Part[] {
  return devices.flatMap((device, i): Part[] => {
    if (device.kind !== 'disk') return [];
    const { cylinders } = modelOf(device.model);
    return [
      { path: ['devices', i, 'model'], text: `seek times of ${cylinders} cylinders`, bytes: CYLINDER * cylinders },
    ];
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function gigabytes(bytes: number): string {
  return `${Number((bytes / 2 ** 30).toPrecision(3))} GB`;
}
