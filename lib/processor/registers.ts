/**
 * The system registers of the MIPS R10000 (coprocessor 0), as far as software can tell in 32 bits: which there are, which
 * of their bits can be written, what an exception does to them, and the mode that they say.
 * After the R10000 user's manual as summarised in docs/processor.md. EPC and the general registers are not here: a
 * suspended program cannot be said in numbers, so together they are a `Context`.
 */

/** Numbers of registers. */
export const Register = {
  Index: 0,
  Random: 1,
  EntryLo0: 2,
  EntryLo1: 3,
  Context: 4,
  PageMask: 5,
  Wired: 6,
  BadVAddr: 8,
  Count: 9,
  EntryHi: 10,
  Compare: 11,
  Status: 12,
  Cause: 13,
  /** Reads as 0: what EPC points at is a Context. */
  EPC: 14,
  PRId: 15,
  Config: 16,
} as const;

/** Names of registers, by number; null where there is none. */
export const REGISTER_NAMES: readonly (string | null)[] = Array.from(
  { length: 32 },
  (_, number) => Object.entries(Register).find(([, value]) => value === number)?.[0] ?? null,
);

/** Modes, as they stand in Status.KSU. */
export const Mode = { Kernel: 0, Supervisor: 1, User: 2 } as const;

/** Bits of Status. */
export const Status = {
  /** Interrupts are enabled. */
  IE: 1,
  /** At exception level: kernel mode, interrupts off. */
  EXL: 2,
  /** At error level. */
  ERL: 4,
  /** Mode, when neither EXL nor ERL is set. */
  KSU: 0x18,
  /** Interrupt lines that may interrupt. */
  IM: 0xff00,
  /** Exceptions go to the vectors of the boot code. */
  BEV: 1 << 22,
} as const;

/** Where the mode stands in Status. */
export const KSU_SHIFT = 3;

/** Interrupt lines in Cause and, enabling them, in Status. */
export const InterruptLine = {
  Software0: 0x100,
  Software1: 0x200,
  /** Whatever reaches the processor as a message: devices, other processors, page counters. */
  External: 0x400,
  /** Count has reached Compare. */
  Timer: 0x8000,
} as const;

/** Why an exception was taken: Cause.ExcCode. */
export const ExceptionCode = {
  Interrupt: 0,
  Modified: 1,
  TlbLoad: 2,
  TlbStore: 3,
  AddressLoad: 4,
  AddressStore: 5,
  BusInstruction: 6,
  BusData: 7,
  SystemCall: 8,
  Breakpoint: 9,
  ReservedInstruction: 10,
  CoprocessorUnusable: 11,
} as const;

/** Names of exception codes, by number. */
export const EXCEPTION_NAMES = Object.keys(ExceptionCode) as readonly (keyof typeof ExceptionCode)[];

/** Offsets of the vectors from their base. A refill is taken at the general vector when EXL is set. */
export const Vector = { Refill: 0x000, General: 0x180 } as const;

/** Base of the vectors without Status.BEV. */
export const VECTOR_BASE = 0x80000000;
/** Base of the vectors with Status.BEV. */
export const BOOT_VECTOR_BASE = 0xbfc00200;

/** Bits of EntryLo: global, valid, writable ("dirty"), then the cache algorithm, then the physical page. */
export const EntryLo = { G: 1, V: 2, D: 4 } as const;
/** Where the physical page number stands in EntryLo. */
export const PFN_SHIFT = 6;

/** EntryLo of a page, cached. */
export function entryLo(page: number, writable: boolean, global: boolean): number {
  return (page << PFN_SHIFT) | (3 << 3) | (writable ? EntryLo.D : 0) | EntryLo.V | (global ? EntryLo.G : 0);
}

/** Bits of EntryHi. */
export const ASID_MASK = 0xff;
const VPN2_MASK = 0xffffe000 | 0;
/** The virtual address bits of Context, and those that software sets. */
const BAD_VPN2_MASK = 0x007ffff0;
const PTE_BASE_MASK = 0xff800000 | 0;
/** Set in Index by a probe that found nothing. */
export const PROBE_FAILED = 1 << 31;

/** R10000, revision 2.6. */
const PRID = 0x0926;
/** Kernel segment 0 is cached. */
const CONFIG = 3;

const WRITABLE: Readonly<Record<number, number>> = {
  [Register.EntryLo0]: 0x3fffffff,
  [Register.EntryLo1]: 0x3fffffff,
  [Register.Context]: PTE_BASE_MASK,
  [Register.PageMask]: 0,
  [Register.EntryHi]: VPN2_MASK | ASID_MASK,
  [Register.Status]: 0xef57ffff | 0, // CU0 stays off: privileged operations are for kernel mode
  [Register.Cause]: InterruptLine.Software0 | InterruptLine.Software1,
};

/** The registers of a processor that have no effect of their own. Count, Compare and Random are the processor's. */
export class SystemRegisters {
  /** Bits of Index and Wired: 6 up to 64 entries, as the R10000 has them, else 10. */
  readonly indexMask: number;
  private readonly values = new Int32Array(32);

  /** As the firmware leaves them: kernel mode, interrupts enabled on all lines; with a TLB of so many entries, up to 1024. */
  constructor(tlbEntries = 64) {
    this.indexMask = tlbEntries <= 64 ? 0x3f : 0x3ff;
    this.values[Register.Status] = Status.IE | Status.IM;
    this.values[Register.PRId] = PRID;
    this.values[Register.Config] = CONFIG;
  }

  /** The value of a register, a signed 32-bit integer; 0 where there is none. */
  read(register: number): number {
    return this.values[register & 31];
  }

  /** Writes those bits that can be written. */
  write(register: number, value: number): void {
    const index = register === Register.Index || register === Register.Wired;
    const mask = index ? this.indexMask : (WRITABLE[register & 31] ?? 0);
    this.values[register & 31] = (this.values[register & 31] & ~mask) | (value & mask);
  }

  /** The register Status. */
  get status(): number {
    return this.values[Register.Status];
  }

  /** Sets the register Status as it is, without any effect of hardware. */
  set status(value: number) {
    this.values[Register.Status] = value;
  }

  /** The mode at hand. */
  get mode(): number {
    const { status } = this;
    if ((status & (Status.EXL | Status.ERL)) !== 0) return Mode.Kernel;
    return Math.min((status & Status.KSU) >> KSU_SHIFT, Mode.User);
  }

  /** At exception or error level. */
  get exceptional(): boolean {
    return (this.status & (Status.EXL | Status.ERL)) !== 0;
  }

  /** Whether an interrupt that is pending on an enabled line may be taken. */
  get interrupting(): boolean {
    const { status } = this;
    return (
      (status & (Status.IE | Status.EXL | Status.ERL)) === Status.IE &&
      (status & this.values[Register.Cause] & Status.IM) !== 0
    );
  }

  /** Whether an interrupt is pending, enabled or not. */
  get pending(): boolean {
    return (this.values[Register.Cause] & Status.IM) !== 0;
  }

  /** Raises or lowers interrupt lines in Cause. */
  setLine(line: number, raised: boolean): void {
    if (raised) this.values[Register.Cause] |= line;
    else this.values[Register.Cause] &= ~line;
  }

  /** What an exception does. `address` is -1 if the exception is not about one; `translation` if it is about the TLB. */
  enter(code: number, address: number, translation: boolean): void {
    const { values } = this;
    values[Register.Cause] = (values[Register.Cause] & ~0x7c) | (code << 2);
    values[Register.Status] |= Status.EXL;
    if (address < 0) return;
    values[Register.BadVAddr] = address;
    if (!translation) return;
    values[Register.EntryHi] = (address & VPN2_MASK) | (values[Register.EntryHi] & ASID_MASK);
    values[Register.Context] = (values[Register.Context] & PTE_BASE_MASK) | ((address >>> 9) & BAD_VPN2_MASK);
  }

  /** What a return from an exception does. */
  leave(): void {
    const { values } = this;
    values[Register.Status] &= (values[Register.Status] & Status.ERL) !== 0 ? ~Status.ERL : ~Status.EXL;
  }

  /** For TLB instructions, which write registers past their masks. */
  set(register: number, value: number): void {
    this.values[register] = value;
  }

  /** Address of a vector, unsigned. */
  vectorAddress(vector: number): number {
    return ((this.status & Status.BEV) !== 0 ? BOOT_VECTOR_BASE : VECTOR_BASE) + vector;
  }
}
