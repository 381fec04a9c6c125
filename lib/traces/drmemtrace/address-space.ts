/** The address spaces of a drmemtrace recording: what of a recorded address is an address, and whose page it is. */
import { DensePages, type PairNumbers } from '../formats/dense-pages.js';

/** How many bits of an address count. The rest repeats the highest of them, or is a tag that the processor ignores. */
export interface AddressForm {
  /** 32, 56 (AArch64 ignores the top byte) or 57 (x86-64 with linear address masking). */
  bits: number;
}

/** The pages of one process; those of the kernel, where they are recorded, belong to all of them. */
export class AddressSpace {
  /** References whose address carried a tag, which is no part of it. */
  tagged = 0;
  private readonly user: DensePages;
  private readonly kernel: DensePages;
  private readonly form: AddressForm;
  private lastHigh = -1;
  private lastBits = 0;
  private lastCanonical = 0;
  private lastPages: DensePages;

  /** `form` may change while the trace is read; `kernel` is shared by the spaces of a trace. */
  constructor(trace: string, numbers: PairNumbers, kernel: DensePages, form: AddressForm) {
    this.user = new DensePages(trace, numbers);
    this.kernel = kernel;
    this.form = form;
    this.lastPages = this.user;
  }

  /** The dense address of a recorded one, given as two unsigned halves. Throws a TraceError when more than 2 GB are touched. */
  dense(high: number, low: number): number {
    if (high !== this.lastHigh || this.form.bits !== this.lastBits) this.resolve(high);
    if (high !== this.lastCanonical) this.tagged++;
    return this.lastPages.dense(this.lastCanonical, low);
  }

  private resolve(high: number): void {
    const { bits } = this.form;
    this.lastHigh = high;
    this.lastBits = bits;
    this.lastCanonical = canonicalHigh(high, bits);
    this.lastPages = this.lastCanonical >= 2 ** 31 ? this.kernel : this.user;
  }
}

/** The upper half of an address without its tag: the bits above the lowest `bits` of the address repeat the highest of them. */
export function canonicalHigh(high: number, bits: number): number {
  if (bits === 32) return 0;
  const spare = 64 - bits;
  return ((high << spare) >> spare) >>> 0;
}
