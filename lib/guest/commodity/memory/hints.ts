/** What the kernel tells and asks the monitor below it, by the switches that are on. Without them it does as on hardware. */
import {
  load,
  monitorCall,
  readRegister,
  store,
  waitForInterrupt,
  writeRegister,
  zero,
  type Operation,
} from '../../../processor/operations.js';
import {
  freePageCall,
  idleCall,
  MONITOR_VERSION,
  remapCall,
  specialAddress,
  versionCall,
  zeroedPageCall,
} from '../../../system/monitor-calls.js';
import { GuestError } from '../../../system/guest-error.js';
import { PAGE_BYTES } from '../address-layout.js';
import type { Code } from '../../../system/code.js';
import { needMonitor, type KernelSwitches } from '../switches.js';

/** Hints to the monitor, and what is done in their place. */
export class Hints {
  /** Pages that the monitor cleared, was told of, and mapped in place of a copy; calls that it refused. */
  readonly statistics = { zeroed: 0, freed: 0, remapped: 0, refused: 0 };
  private readonly switches: KernelSwitches;

  constructor(switches: KernelSwitches) {
    this.switches = switches;
  }

  /** Reads Status, Cause, EPC, EntryHi or Context, for what a monitor keeps of them. */
  read(register: number): Operation {
    return this.switches.patchedPrivileged ? load(specialAddress(register)) : readRegister(register);
  }

  /**
   * Writes Status, EPC, EntryHi or EntryLo where that has no effect before the next privileged instruction or return: interrupts
   * stay off, and the address space identifier at hand stays or is not used.
   */
  write(register: number, value: number): Operation {
    return this.switches.patchedPrivileged ? store(specialAddress(register), value) : writeRegister(register, value);
  }

  /** Makes sure that there is a monitor if one is needed. Throws a GuestError if it is too old; see `absent`. */
  *begin(): Code {
    const needed = needMonitor(this.switches);
    if (needed.length === 0) return;
    const version = yield monitorCall(versionCall());
    if (version < MONITOR_VERSION)
      throw new GuestError(
        `${needed.join(', ')}: the monitor has version ${version} of its interface, the kernel needs ${MONITOR_VERSION}`,
      );
  }

  /** What a kernel says whose call to the monitor was a reserved instruction. */
  absent(): GuestError {
    const needed = needMonitor(this.switches).join(', ');
    return new GuestError(
      `the kernel has ${needed} switched on, which needs a monitor, and there is none: switch it off on the bare machine`,
    );
  }

  /** Makes a page that the caller has taken one of zeros. */
  *clear(page: number, address: number, cyclesPerLine: number): Code {
    if (this.switches.zeroedPages && (yield* this.ask(zeroedPageCall(page), 'zeroed'))) return;
    yield zero(address, PAGE_BYTES, cyclesPerLine);
  }

  /** Nobody uses a page any more, or will want its content. */
  *freed(page: number): Code {
    if (this.switches.freePages) yield* this.ask(freePageCall(page), 'freed');
  }

  /** Has one page mapped in place of a copy of another; false if it has to be copied. */
  *remap(from: number, to: number): Code<boolean> {
    return this.switches.remap && (yield* this.ask(remapCall(from, to), 'remapped'));
  }

  /** Waits until an interrupt is pending. */
  idle(): Operation {
    return this.switches.idleHint ? monitorCall(idleCall()) : waitForInterrupt();
  }

  private *ask(request: object, done: 'zeroed' | 'freed' | 'remapped'): Code<boolean> {
    const good = (yield monitorCall(request)) >= 0;
    this.statistics[good ? done : 'refused']++;
    return good;
  }
}
