/**
 * What has to hold of machine memory at any moment between two events: frames are conserved, pmaps and pages agree, and no
 * processor can use a translation that its guest has not. For specs and for whoever suspects the monitor.
 */
import { machineFrame, physicalPage, type MachineFrame } from '../messages/addresses.js';
import { ASID_MASK, EntryLo, PFN_SHIFT } from '../processor/registers.js';
import type { Disco } from './disco.js';
import type { MonitorCpu } from './monitor-cpu.js';
import { entryIn } from './processors/translations.js';
import { SPECIAL, type VirtualProcessor } from './processors/virtual-processor.js';
import { processorOf } from './memory/hardware-tlb.js';
import type { MachinePage } from './memory/machine-page.js';

/** Faults, each a sentence; none if all is well. Looks only. Strictest while no handler of the monitor is at work. */
export function checkDisco(disco: Disco): string[] {
  const copies = new Map<MachinePage, number>();
  for (let number = 0; number < disco.machine.map.frames; number++) {
    const frame = machineFrame(number);
    const page = disco.memory.memmap.pageOf(frame);
    if (page !== null) copies.set(page, (copies.get(page) ?? 0) + 1);
  }
  const faults = [...checkFrames(disco, [...copies.keys()]), ...checkPmaps(disco)];
  for (const [page, known] of copies) faults.push(...checkPage(disco, page, known));
  for (const cpu of disco.cpus) faults.push(...checkTlb(disco, cpu));
  return faults;
}

/** No handler of the monitor is at work. */
const atRest = ({ cpus }: Disco): boolean => cpus.every(({ busy }) => !busy);

function* checkFrames(disco: Disco, pages: readonly MachinePage[]): Iterable<string> {
  const { frames, space, memory } = disco;
  let free = 0;
  let nobodys = 0;
  for (let number = 0; number < disco.machine.map.frames; number++) {
    const frame = machineFrame(number);
    const page = memory.memmap.pageOf(frame);
    const taken = frames.isTaken(frame);
    if (!taken) free++;
    if (page !== null && space.owned.has(frame)) yield `frame ${frame} is the monitor's and that of a page`;
    if (!taken && (page !== null || space.owned.has(frame))) yield `frame ${frame} is free and in use`;
    if (taken && page === null && !space.owned.has(frame)) nobodys++;
  }
  if (free !== frames.allFree) yield `${free} frames are free, and ${frames.allFree} are said to be`;
  // A page on its way to another frame has that one too, which is nobody's yet.
  const moving = pages.filter(({ busy }) => busy).length;
  if (nobodys > moving) yield `${nobodys} frames are neither free nor anybody's, and ${moving} pages are being moved`;
}

function* checkPmaps({ memory, machines }: Disco): Iterable<string> {
  const alive = machines.filter(machine => machine !== null);
  for (const { pmap, name } of alive) if (!memory.pmaps.all.has(pmap)) yield `${name} has lost its pmap`;
  if (memory.pmaps.all.size !== alive.length)
    yield `there are ${memory.pmaps.all.size} pmaps for ${alive.length} virtual machines`;
  for (const pmap of memory.pmaps.all)
    for (const [physical, page] of pmap.mapped()) {
      const what = `${pmap.name}: physical page ${physical} is machine page ${page.id}`;
      if (memory.memmap.pageOf(page.frame) !== page) yield `${what}, which is free`;
      const count = page.users.filter(user => user.pmap === pmap && user.physical === physical).length;
      if (count !== 1) yield `${what}, which says so ${count} times`;
    }
}

/** `known`: frames that the memmap says are copies of it. */
function* checkPage(disco: Disco, page: MachinePage, known: number): Iterable<string> {
  const { frames, memory, cpus } = disco;
  const what = `machine page ${page.id}`;
  const copies: (readonly [number, MachineFrame])[] = [[page.home, page.frame], ...(page.replicas ?? [])];
  for (const [node, frame] of copies) {
    if (memory.memmap.pageOf(frame) !== page) yield `${what} has frame ${frame}, which the memmap does not say`;
    if (frames.map.homeOfFrame(frame) !== node) yield `${what} has frame ${frame}, which is not on node ${node}`;
  }
  if (known !== copies.length) yield `${what} has ${copies.length} copies, and ${known} in the memmap`;
  for (const { pmap, physical } of page.users)
    if (pmap.get(physical) !== page || !memory.pmaps.all.has(pmap))
      yield `${what} is not physical page ${physical} of ${pmap.name}, as it says`;
  for (const mapping of page.mappings) {
    const cpu = cpus[processorOf(mapping, cpus[0].hardware.entries)];
    if (cpu.hardware.pageAt(mapping - firstHalf(cpu)) !== page) yield `${what} is not mapped by ${mapping}, as it says`;
  }
  if (!atRest(disco)) return;
  if (page.busy) yield `${what} is busy, and nobody is at work`;
  if (page.users.length + page.keepers + page.pins === 0) yield `${what} is nobody's, and not free`;
}

function* checkTlb(disco: Disco, cpu: MonitorCpu): Iterable<string> {
  const { tlb } = cpu.processor;
  const { owner } = disco.scheduler.queues[cpu.number];
  for (const { page: virtualPage, space, frame, writable } of tlb.mappings()) {
    const what = `processor ${cpu.number} maps page 0x${virtualPage.toString(16)} of space ${space} to frame ${frame}`;
    const half = 2 * tlb.probe(virtualPage >>> 1, space) + (virtualPage & 1);
    const page = cpu.hardware.pageAt(half);
    if (page === null) {
      yield `${what}, and no backmap says so`;
      continue;
    }
    if (!page.mappings.has(firstHalf(cpu) + half)) yield `${what}, and machine page ${page.id} does not know`;
    if (page.frameFor(cpu.node) !== frame) yield `${what}, and machine page ${page.id} is elsewhere`;
    if (owner === null) yield `${what} for nobody`;
    else if (page.id < 0) yield* checkSpecial(disco, owner, { what, virtualPage, page });
    else {
      if (disco.memory.memmap.pageOf(frame) !== page) yield `${what}, which is free or another page's`;
      if (writable && !page.single && !changing(disco, page)) yield `${what} for writing, and it is shared`;
      yield* checkEntry(disco, owner, { what, virtualPage, page }, space, writable);
    }
  }
}

/** A translation of the hardware. */
interface Mapped {
  readonly what: string;
  readonly virtualPage: number;
  readonly page: MachinePage;
}

function* checkSpecial(
  { space }: Disco,
  owner: VirtualProcessor,
  { what, virtualPage, page }: Mapped,
): Iterable<string> {
  if (virtualPage !== SPECIAL || owner.options.special.page !== page || !space.owned.has(page.frame))
    yield `${what}, which is no special page of its own`;
}

/** The guest has said so itself: in its virtual TLB, or on the second level. */
function* checkEntry(
  disco: Disco,
  owner: VirtualProcessor,
  { what, virtualPage, page }: Mapped,
  space: number,
  writable: boolean,
): Iterable<string> {
  const entry = entryIn(owner, virtualPage, space & ASID_MASK);
  if (entry?.space !== space) return yield `${what}, and virtual processor ${owner.options.name} has no such entry`;
  const entryLo = (virtualPage & 1) === 0 ? entry.even : entry.odd;
  const pmap = disco.machines[owner.options.machine]?.pmap;
  if ((entryLo & EntryLo.V) === 0 || pmap?.get(physicalPage(entryLo >>> PFN_SHIFT)) !== page)
    yield `${what}, and the entry of ${owner.options.name} says something else`;
  if (writable && (entryLo & EntryLo.D) === 0)
    yield `${what} for writing, and the entry of ${owner.options.name} does not`;
}

/** Translations of the page that may write are about to be withdrawn. */
const changing = (disco: Disco, page: MachinePage): boolean => !atRest(disco) && (page.busy || page.keepers > 0);

const firstHalf = ({ number, hardware }: MonitorCpu): number => 2 * hardware.entries * number;
