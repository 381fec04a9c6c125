/**
 * Translations of virtual processors. What a guest sees is one large TLB: the 64 entries that it writes by index, and behind
 * them the second-level TLB with entries that random replacement has pushed out. The hardware's TLB holds some of them, with
 * machine pages in place of physical ones; it is loaded on demand and nothing depends on what it holds.
 *
 * What a guest takes out must be gone from both. It takes out by probing, which looks into both, or by writing entries that
 * match nothing to all indices that are not wired: then the second level is emptied. A guest that counts on new entries to
 * push old ones out is not for a machine with so large a TLB.
 */
import { physicalPage, type PhysicalPage } from '../../messages/addresses.js';
import { load, store, writeRegister } from '../../processor/operations.js';
import { ASID_MASK, EntryLo, entryLo, PFN_SHIFT, PROBE_FAILED, Register } from '../../processor/registers.js';
import { unmapped } from '../../processor/segments.js';
import { GLOBAL } from '../../processor/tlb.js';
import { RELOCATED_SEGMENT } from '../../system/monitor-calls.js';
import type { Core } from '../core.js';
import type { MappedHalf } from '../memory/hardware-tlb.js';
import type { Pmap } from '../memory/pmap.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import { SECOND_LEVEL_BYTES } from './second-level-tlb.js';
import { SPECIAL, VIRTUAL_TLB_ENTRIES, type VirtualProcessor } from './virtual-processor.js';
import type { Code } from '../../system/code.js';

/** Where the virtual TLB is in a record. */
const TLB_OFFSET = 512;
const TLB_ENTRY_BYTES = 12;

/** First page of the segment in which guests see physical memory; it ends before the special page. */
const RELOCATED = RELOCATED_SEGMENT / 4096;

/** An entry of the large TLB. */
export interface VirtualEntry {
  readonly pair: number;
  /** GLOBAL for all. */
  readonly space: number;
  readonly even: number;
  readonly odd: number;
}

/** A page of the relocated segment: it is not looked up in the guest's TLB. */
export function relocated(page: number): boolean {
  return page >= RELOCATED && page < SPECIAL;
}

/**
 * The entry for a page in the space at hand: the monitor's own in the relocated segment, else from the second level first, then from the
 * virtual TLB; null if there is none.
 */
export function findEntry(virtual: VirtualProcessor, page: number): (VirtualEntry & { readonly slot: number }) | null {
  return entryIn(virtual, page, virtual.tlb.space);
}

/** The entry for a page in a space, 0 to 255; `slot` is where it is on the second level, -1 if only in the virtual TLB. */
export function entryIn(
  { second, tlb }: VirtualProcessor,
  page: number,
  space: number,
): (VirtualEntry & { readonly slot: number }) | null {
  const pair = page >>> 1;
  if (relocated(page)) {
    const physical = (page & ~1) - RELOCATED;
    return {
      ...{ pair, space: GLOBAL, slot: -1 },
      even: entryLo(physical, true, true),
      odd: entryLo(physical + 1, true, true),
    };
  }
  const slot = second === null ? -1 : second.find(pair, space);
  if (slot >= 0)
    return { pair, space: second!.spaceOf(slot), even: second!.entryLo(slot, 0), odd: second!.entryLo(slot, 1), slot };
  const index = tlb.probe(pair, space);
  if (index < 0) return null;
  const [hi, even, odd] = tlb.readRegisters(index);
  return { pair, space: spaceOf(hi, even), even, odd, slot: -1 };
}

/** Virtual address of a slot of the second-level TLB. */
export function slotAddress(virtual: VirtualProcessor, slot: number): number {
  return virtual.options.second!.address + slot * SECOND_LEVEL_BYTES;
}

/**
 * Entries of the hardware's TLB that are for those that the guest has wired, at their indices; half of it at most, as the monitor
 * needs others for the special page and the relocated segment.
 */
export function wiredEntries({ hardware }: MonitorCpu, { registers }: VirtualProcessor): number {
  return Math.min(registers.read(Register.Wired), hardware.entries >> 1);
}

/** Has random replacement leave the hardware's entries alone that are for the wired ones of a guest. */
export function* wire({ hardware }: MonitorCpu, entries: number): Code {
  yield writeRegister(Register.Wired, entries);
  // What was there by chance would never be replaced.
  for (let index = 0; index < entries; index++) hardware.drop(index);
}

/**
 * Writes an entry into the hardware's TLB, as far as its pages have memory: at its index if the guest has wired it there, else in any
 * place that is not for wired ones. What a guest has at the special page is not seen.
 */
export function fill(cpu: MonitorCpu, pmap: Pmap, virtual: VirtualProcessor, entry: VirtualEntry): void {
  const { hardware, processor } = cpu;
  const { pair, space, even, odd } = entry;
  const wired = wiredEntries(cpu, virtual);
  const own = wired === 0 ? -1 : virtual.tlb.probe(pair, space & ASID_MASK);
  const present = processor.tlb.probe(pair, space & ASID_MASK);
  hardware.dropPair(pair);
  const index = own >= 0 && own < wired ? own : present >= wired ? present : processor.tlbRandom();
  const first = 2 * pair === SPECIAL ? null : mapped(cpu, pmap, even);
  hardware.write(index, pair, space, first, mapped(cpu, pmap, odd));
}

/** Has the hardware map the special page, and nothing beside it. */
export function fillSpecial(cpu: MonitorCpu, virtual: VirtualProcessor): void {
  const { page } = virtual.options.special;
  const half: MappedHalf = { page, frame: page.frame, writable: true };
  const pair = SPECIAL >>> 1;
  cpu.hardware.dropPair(pair);
  cpu.hardware.write(cpu.processor.tlbRandom(), pair, virtual.tlb.space, half, null);
}

function mapped({ node }: MonitorCpu, pmap: Pmap, entryLo: number): MappedHalf | null {
  if ((entryLo & EntryLo.V) === 0) return null;
  const page = pmap.get(physicalPage(entryLo >>> PFN_SHIFT));
  if (page === null || page.busy || page.unmappedNs >= 0) return null;
  return { page, frame: page.frameFor(node), writable: (entryLo & EntryLo.D) !== 0 && page.single };
}

/** Emulates a write of EntryHi and EntryLo into an entry of the virtual TLB. */
export function* writeEntry(
  core: Core,
  cpu: MonitorCpu,
  pmap: Pmap,
  virtual: VirtualProcessor,
  index: number,
  random: boolean,
): Code {
  const { tlb, registers, second, cleared, options } = virtual;
  core.statistics.tlbWrites++;
  const [oldHi, oldEven] = tlb.readRegisters(index);
  const hi = registers.read(Register.EntryHi);
  const even = registers.read(Register.EntryLo0);
  const odd = registers.read(Register.EntryLo1);
  yield core.code.step('tlb write');
  yield store(options.record + TLB_OFFSET + index * TLB_ENTRY_BYTES, hi);
  for (const entryLo of [even, odd])
    if ((entryLo & EntryLo.V) !== 0) yield* touchPmap(pmap, physicalPage(entryLo >>> PFN_SHIFT));
  const pair = hi >>> 13;
  const space = (even & odd & EntryLo.G) !== 0 ? GLOBAL : hi & ASID_MASK;
  if (oldHi !== 0 || tlb.probe(0, 0) === index) leaves(cpu, virtual, oldHi >>> 13, spaceOf(oldHi, oldEven), random);
  tlb.writeRegisters(index, hi, even, odd);
  cpu.hardware.dropPair(pair);
  if (unmapped(2 * pair) || relocated(2 * pair)) {
    cleared.add(index);
    if (second !== null && allCleared(virtual)) {
      second.flush();
      cpu.hardware.flush(cpu.hardware.owner);
    }
    return;
  }
  cleared.clear();
  const entry = { pair, space, even, odd };
  yield* keep(cpu, virtual, entry);
  fill(cpu, pmap, virtual, entry);
}

/** Puts an entry on the second level, if there is one. What has to go for it and is in no index is gone for the guest. */
export function* keep({ hardware }: MonitorCpu, virtual: VirtualProcessor, entry: VirtualEntry): Code {
  const { second, tlb } = virtual;
  const { pair, space, even, odd } = entry;
  if (second === null) return;
  const gone = second.insert(pair, space, even, odd);
  if (gone >= 0 && tlb.probe(gone & 0x7ffff, gone >> 19) < 0) hardware.dropPair(gone & 0x7ffff);
  yield store(slotAddress(virtual, second.find(pair, space & ASID_MASK)), pair);
}

/** An entry leaves an index: what replaced it by number takes it out, what did at random leaves it to the second level. */
function leaves(
  { hardware }: MonitorCpu,
  { second }: VirtualProcessor,
  pair: number,
  space: number,
  random: boolean,
): void {
  if (!random) second?.remove(pair, space);
  if (second === null || second.find(pair, space & ASID_MASK) < 0) hardware.dropPair(pair);
}

function spaceOf(entryHi: number, entryLo: number): number {
  return (entryLo & EntryLo.G) !== 0 ? GLOBAL : entryHi & ASID_MASK;
}

/** Emulates a probe: an entry that is on the second level only comes back to an index, so that the guest can take it out. */
export function* probe(core: Core, cpu: MonitorCpu, virtual: VirtualProcessor): Code {
  const { tlb, registers, second, unit, options } = virtual;
  yield core.code.step('tlb probe');
  const hi = registers.read(Register.EntryHi);
  const pair = hi >>> 13;
  const space = hi & ASID_MASK;
  let index = tlb.probe(pair, space);
  if (index < 0 && second !== null) {
    const slot = second.find(pair, space);
    if (slot >= 0) {
      yield load(slotAddress(virtual, slot));
      index = unit.drawEntry();
      const [oldHi, oldEven] = tlb.readRegisters(index);
      const used = oldHi !== 0 || tlb.probe(0, 0) === index;
      const g = second.spaceOf(slot) === GLOBAL ? EntryLo.G : 0;
      tlb.writeRegisters(index, hi, second.entryLo(slot, 0) | g, second.entryLo(slot, 1) | g);
      if (used) leaves(cpu, virtual, oldHi >>> 13, spaceOf(oldHi, oldEven), true);
      yield store(options.record + TLB_OFFSET + index * TLB_ENTRY_BYTES, hi);
    }
  }
  registers.set(Register.Index, index < 0 ? PROBE_FAILED : index);
}

/** All indices that random writes may choose match nothing: the guest has emptied its TLB. */
function allCleared({ cleared, registers }: VirtualProcessor): boolean {
  for (let index = registers.read(Register.Wired); index < VIRTUAL_TLB_ENTRIES; index++)
    if (!cleared.has(index)) return false;
  return true;
}

/** Reads and writes the pmap's entry of a physical page, if there is one. */
export function* touchPmap(pmap: Pmap, physical: PhysicalPage): Code {
  if (physical < pmap.size) yield* pmap.touch(physical);
}
