/** Which kind of the monitor's work a trap is. */
import { physicalPage } from '../../messages/addresses.js';
import { Op } from '../../processor/operations.js';
import { EntryLo, ExceptionCode, PFN_SHIFT } from '../../processor/registers.js';
import type { Exception } from '../../processor/software.js';
import type { Pmap } from '../memory/pmap.js';
import type { Work } from '../work.js';
import { findEntry } from './translations.js';
import type { VirtualProcessor } from './virtual-processor.js';

const PAGE_SHIFT = 12;

/** A miss of a virtual processor. */
export function missWork({ inKernel }: VirtualProcessor): Work {
  return inKernel ? 'kernel TLB faults' : 'TLB faults';
}

/** A trap of a virtual processor, whose machine has that pmap. */
export function kindOf(exception: Exception, virtual: VirtualProcessor, pmap: Pmap): Work {
  switch (exception.code) {
    case ExceptionCode.TlbLoad:
    case ExceptionCode.TlbStore:
    case ExceptionCode.Modified:
      return needsPage(exception, virtual, pmap) ? 'monitor calls' : missWork(virtual);
    case ExceptionCode.CoprocessorUnusable: {
      const kind = exception.context?.operation?.kind;
      return kind === Op.TlbWriteIndexed || kind === Op.TlbWriteRandom ? 'TLB writes' : 'privileged instructions';
    }
    case ExceptionCode.ReservedInstruction:
      return 'monitor calls';
    case ExceptionCode.Interrupt:
      return 'interrupts';
    default:
      return 'exceptions';
  }
}

/**
 * A page fault of the monitor: the guest's entry allows the access, and the page has no memory yet or has to be copied first. Table 2 of
 * the Disco paper counts those together with calls of the monitor. Looks only: another processor may provide the page meanwhile.
 */
function needsPage({ code, address }: Exception, virtual: VirtualProcessor, pmap: Pmap): boolean {
  const page = address >>> PAGE_SHIFT;
  const entry = findEntry(virtual, page);
  if (entry === null) return false;
  const entryLo = (page & 1) === 0 ? entry.even : entry.odd;
  const store = code !== ExceptionCode.TlbLoad;
  const allowed = EntryLo.V | (store ? EntryLo.D : 0);
  if ((entryLo & allowed) !== allowed) return false;
  const physical = physicalPage(entryLo >>> PFN_SHIFT);
  const present = pmap.get(physical);
  return physical < pmap.size && (present === null || (store && !present.single));
}
