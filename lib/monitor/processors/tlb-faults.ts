/** Misses and faults of the TLB: answered from the guest's virtual TLB and the pmap, or handed to the guest. */
import { physicalPage, type PhysicalPage } from '../../messages/addresses.js';
import { clearFrame, load } from '../../processor/operations.js';
import { EntryLo, ExceptionCode, PFN_SHIFT, Vector } from '../../processor/registers.js';
import type { Exception, Refill } from '../../processor/software.js';
import { Activity } from '../../processor/software.js';
import type { Core } from '../core.js';
import { CLEAR_LINE, MONITOR_STEPS } from '../costs.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { MonitorSpace } from '../monitor-space.js';
import type { VirtualMachine } from '../virtual-machine.js';
import { SPECIAL_REGISTERS } from '../../system/monitor-calls.js';
import { inject, writeSpecial } from './exceptions.js';
import { fill, fillSpecial, findEntry, keep, relocated, slotAddress } from './translations.js';
import { SPECIAL, type VirtualProcessor } from './virtual-processor.js';
import type { Code } from '../../system/code.js';

const PAGE_SHIFT = 12;
const PAGE_BYTES = 1 << PAGE_SHIFT;

/** Answers TLB exceptions. */
export class TlbFaults {
  private readonly core: Core;
  private readonly space: MonitorSpace;

  constructor(core: Core, space: MonitorSpace) {
    this.core = core;
    this.space = space;
  }

  /**
   * The fast path, at the refill vector: an entry of the second level whose page has memory. Null for all else. It is so
   * short that its length says everything; its text and the virtual processor's record stay in the first-level caches.
   * `service` is what its time is accounted to.
   */
  refill(
    cpu: MonitorCpu,
    machine: VirtualMachine,
    virtual: VirtualProcessor,
    page: number,
    service: number,
  ): Refill | null {
    if (virtual.second === null || (page === SPECIAL && virtual.inKernel)) return null;
    const slot = virtual.second.find(page >>> 1, virtual.tlb.space);
    if (slot < 0) return null;
    const entryLo = virtual.second.entryLo(slot, page & 1);
    if ((entryLo & EntryLo.V) === 0) return null;
    const backed = machine.pmap.get(physicalPage(entryLo >>> PFN_SHIFT));
    if (backed === null || backed.busy || backed.unmappedNs >= 0) return null;
    const { second } = virtual;
    const pair = page >>> 1;
    // Hot: objects without spread have one shape, and are cheap.
    const entry = { pair, space: second.spaceOf(slot), even: second.entryLo(slot, 0), odd: second.entryLo(slot, 1) };
    fill(cpu, machine.pmap, virtual, entry);
    this.core.statistics.secondLevelHits++;
    const address = slotAddress(virtual, slot);
    return {
      cycles: MONITOR_STEPS['refill hit'],
      frame: this.space.frameOf(address),
      offset: address & (PAGE_BYTES - 1),
      activity: Activity.Monitor,
      service,
    };
  }

  /** Any other exception of the TLB. */
  *serve(cpu: MonitorCpu, machine: VirtualMachine, virtual: VirtualProcessor, exception: Exception): Code {
    const { code, address } = exception;
    const page = address >>> PAGE_SHIFT;
    if (page === SPECIAL && virtual.inKernel) return yield* this.special(cpu, virtual);
    if (exception.vector === Vector.Refill && virtual.second !== null) yield this.core.code.step('refill miss');
    yield this.core.code.step('tlb miss');
    const entry = findEntry(virtual, page);
    if (entry === null) return yield* this.forward(cpu, virtual, address, code, missVector(virtual));
    if (entry.slot >= 0) yield load(slotAddress(virtual, entry.slot));
    const entryLo = (page & 1) === 0 ? entry.even : entry.odd;
    const store = code !== ExceptionCode.TlbLoad;
    if ((entryLo & EntryLo.V) === 0)
      return yield* this.forward(cpu, virtual, address, store ? ExceptionCode.TlbStore : code, Vector.General);
    if (store && (entryLo & EntryLo.D) === 0)
      return yield* this.forward(cpu, virtual, address, ExceptionCode.Modified, Vector.General);
    if (relocated(page)) this.core.statistics.relocatedMisses++;
    else {
      this.core.statistics.virtualTlbHits++;
      // Others have pushed it out: without that the next miss, too, would take the long way.
      if (entry.slot < 0) yield* keep(cpu, virtual, entry);
    }
    if (!(yield* this.provide(cpu, machine, virtual, physicalPage(entryLo >>> PFN_SHIFT), store))) return;
    // While the page was provided the guest's entry cannot have changed: its processor is here.
    fill(cpu, machine.pmap, virtual, entry);
  }

  /** Makes sure that a physical page may be used; false if the exception has become the guest's or its end. */
  private *provide(
    cpu: MonitorCpu,
    machine: VirtualMachine,
    virtual: VirtualProcessor,
    physical: PhysicalPage,
    store: boolean,
  ): Code<boolean> {
    const { memory, statistics } = this.core;
    const { pmap } = machine;
    if (physical >= pmap.size) {
      yield* this.forward(cpu, virtual, -1, ExceptionCode.BusData, Vector.General);
      return false;
    }
    // Nothing is written: the guest's entry was linked to the page when it was made, and the relocated segment needs no link.
    yield* pmap.read(physical);
    const present = pmap.get(physical);
    if (present === null || (store && !present.single)) statistics.pageFaults++;
    let page = yield* memory.pageAt(cpu, pmap, physical, store);
    if (page !== null && store && !page.single) page = yield* memory.ownPage(cpu, pmap, physical, false);
    if (page === null) {
      yield* this.core.fail(
        cpu,
        machine,
        `the machine has no memory left for physical page ${physical}; give it more memory, or run fewer virtual machines`,
      );
      return false;
    }
    if (page.busy) yield* memory.untilFree(cpu, page);
    if (page.unmappedNs >= 0) yield* memory.placement.hintFault(cpu, page, store);
    return true;
  }

  private *special(cpu: MonitorCpu, virtual: VirtualProcessor): Code {
    yield this.core.code.step('refill miss');
    if (!virtual.patched) {
      // Its frame may have been another guest's.
      yield clearFrame(virtual.options.special.page.frame, CLEAR_LINE);
      virtual.patched = true;
      yield* writeSpecial(virtual, SPECIAL_REGISTERS);
    }
    fillSpecial(cpu, virtual);
  }

  private *forward(cpu: MonitorCpu, virtual: VirtualProcessor, address: number, code: number, vector: number): Code {
    this.core.statistics.forwardedMisses++;
    yield* inject(this.core, cpu, virtual, { code, vector, address });
  }
}

/** A refill is taken at the general vector at exception level. */
function missVector({ registers }: VirtualProcessor): number {
  return registers.exceptional ? Vector.General : Vector.Refill;
}
