/**
 * The handlers that the recording does not replay because they follow from the TLB: the refill, in the shape of the
 * recorded one (23 instructions, 4 loads, 3 mfc0, 2 mtc0, tlbwr, eret), and the one for an entry that was made before
 * its page was mapped (47 instructions, as Linux takes for an invalid entry whose page is in memory).
 */
import {
  block,
  compute,
  load,
  readRegister,
  returnFromException,
  store,
  tlbProbe,
  tlbWriteIndexed,
  tlbWriteRandom,
  writeRegister,
  type Program,
} from '../../processor/operations.js';
import { EntryLo, Register } from '../../processor/registers.js';
import { packReference, ReferenceKind, type References } from '../../processor/references.js';
import { GuestError } from '../../system/guest-error.js';
import { walkOffsets } from './page-tables.js';

/** Bytes of the refill handler. */
const REFILL_BYTES = 23 * 4;
/** Instructions of the handler of invalid entries that are none of its operations: those that save, test and branch. */
const INVALID_COMPUTE = 32;

/** The fetches of a refill handler, by whole lines: no instructions of their own. */
export function refillFetches(vector: number, lineBytes: number): References {
  const lines = Math.ceil(REFILL_BYTES / lineBytes);
  const words = Int32Array.from({ length: lines }, (_, line) =>
    packReference(vector + line * lineBytes, ReferenceKind.Fetch),
  );
  return { words, gaps: new Uint16Array(lines) };
}

/** Walks the table that the word at `pointer` leads to, and writes the pair into the TLB. */
export function* refill(pointer: number, fetches: References): Program {
  yield block(fetches, 0, fetches.words.length);
  const address = yield readRegister(Register.BadVAddr);
  yield compute(3);
  yield readRegister(Register.Context);
  const pointers = yield load(pointer);
  const [tableAt, pairAt] = walkOffsets(address);
  yield compute(3);
  yield readRegister(Register.BadVAddr);
  const table = yield load(pointers + tableAt);
  if (table === 0)
    throw new GuestError(`the recording uses address 0x${(address >>> 0).toString(16)} before it maps anything near`);
  yield compute(3);
  const even = yield load(table + pairAt);
  const odd = yield load(table + pairAt + 4);
  yield compute(1);
  yield writeRegister(Register.EntryLo0, even);
  yield compute(1);
  yield writeRegister(Register.EntryLo1, odd);
  yield compute(1);
  yield tlbWriteRandom();
  yield returnFromException();
}

/** Writes the pair anew over an entry that does not have the page. */
export function* refillInvalid(pointer: number): Program {
  const address = yield readRegister(Register.BadVAddr);
  yield readRegister(Register.Cause);
  yield readRegister(Register.Context);
  const pointers = yield load(pointer);
  const [tableAt, pairAt] = walkOffsets(address);
  const table = yield load(pointers + tableAt);
  const wordAt = table + pairAt + ((address >>> 10) & 4);
  const word = table === 0 ? 0 : yield load(wordAt);
  if ((word & EntryLo.V) === 0)
    throw new GuestError(`the recording uses page 0x${(address >>> 12).toString(16)} before it maps it`);
  yield store(wordAt, word);
  yield compute(INVALID_COMPUTE);
  yield tlbProbe();
  yield writeRegister(Register.EntryLo0, yield load(table + pairAt));
  yield writeRegister(Register.EntryLo1, yield load(table + pairAt + 4));
  yield (yield readRegister(Register.Index)) < 0 ? tlbWriteRandom() : tlbWriteIndexed();
  yield returnFromException();
}
