/** Which kind of the monitor's work a trap is. */
import { Op } from '../../processor/operations.js';
import { ExceptionCode } from '../../processor/registers.js';
import type { Exception } from '../../processor/software.js';
import type { Work } from '../work.js';
import type { VirtualProcessor } from './virtual-processor.js';

/** A miss of a virtual processor. */
export function missWork({ inKernel }: VirtualProcessor): Work {
  return inKernel ? 'kernel TLB faults' : 'TLB faults';
}

/** A trap, of a virtual processor or of an idle one. */
export function kindOf({ code, context }: Exception, virtual: VirtualProcessor | null): Work {
  switch (code) {
    case ExceptionCode.TlbLoad:
    case ExceptionCode.TlbStore:
    case ExceptionCode.Modified:
      return virtual === null ? 'TLB faults' : missWork(virtual);
    case ExceptionCode.CoprocessorUnusable: {
      const kind = context?.operation?.kind;
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
