/** The refill of a kernel segment that is mapped: virtual and physical pages differ by a constant, so nothing is read. */
import {
  compute,
  readRegister,
  returnFromException,
  tlbWriteRandom,
  writeRegister,
  type Program,
} from '../processor/operations.js';
import { entryLo, Register } from '../processor/registers.js';

/** Instructions of the handler that are none of its operations. */
const COMPUTE = 6;

/** Handles a refill of the segment that begins at `base`, where the kernel sees physical page 0. 11 instructions. */
export function* refillMappedKernel(base: number): Program {
  const address = yield readRegister(Register.BadVAddr);
  const page = (((address >>> 0) - base) >>> 12) & ~1;
  yield compute(COMPUTE);
  yield writeRegister(Register.EntryLo0, entryLo(page, true, true));
  yield writeRegister(Register.EntryLo1, entryLo(page + 1, true, true));
  yield tlbWriteRandom();
  yield returnFromException();
}
