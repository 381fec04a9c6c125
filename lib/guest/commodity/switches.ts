/**
 * What the authors of Disco changed in IRIX, a switch each, so that the effect of each can be measured. The mapped kernel
 * segment is an option of the kernel beside these. Disco, section 4.3.
 */
import { GuestError } from '../../system/guest-error.js';

/** The switches. */
export interface KernelSwitches {
  /** Frequent privileged instructions without side effects are loads and stores on the monitor's special page. */
  readonly patchedPrivileged: boolean;
  /** Pages that must be of zeros are asked of the monitor, which has to clear pages between virtual machines anyway. */
  readonly zeroedPages: boolean;
  /** The monitor is told of pages that nobody uses any more and whose content nobody will want back. */
  readonly freePages: boolean;
  /** A processor without work tells the monitor, instead of waiting for an interrupt. */
  readonly idleHint: boolean;
  /** Network buffers fill their pages, so that a page of data can be mapped to one. */
  readonly alignedMessages: boolean;
  /** The list of free network buffers does not write into them. */
  readonly outsideLinks: boolean;
  /** NFS has the monitor map a page from a network buffer into the page cache, instead of copying it. */
  readonly remap: boolean;
}

/** IRIX as it was. */
export const NO_SWITCHES: KernelSwitches = {
  patchedPrivileged: false,
  zeroedPages: false,
  freePages: false,
  idleHint: false,
  alignedMessages: false,
  outsideLinks: false,
  remap: false,
};

const OF_MONITOR = ['patchedPrivileged', 'zeroedPages', 'freePages', 'idleHint', 'remap'] as const;

/** All switches, off unless said. Throws a GuestError for one that there is not, or that is neither on nor off. */
export function switchesOf(given: Partial<KernelSwitches> = {}): KernelSwitches {
  for (const [name, value] of Object.entries(given))
    if (!Object.hasOwn(NO_SWITCHES, name) || typeof value !== 'boolean')
      throw new GuestError(
        `${name}: ${String(value)} is no switch of the kernel; those are ${Object.keys(NO_SWITCHES).join(', ')}`,
      );
  return { ...NO_SWITCHES, ...given };
}

/** Switches that are on and ask a monitor, or count on one. */
export function needMonitor(switches: KernelSwitches): string[] {
  return OF_MONITOR.filter(name => switches[name]);
}
