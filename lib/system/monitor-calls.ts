/**
 * What a guest may ask of a monitor below it, as data that both sides import: requests for `monitorCall`, what comes back,
 * and the page on which registers can be read and written without asking. After section 4 of the Disco paper.
 */
import { Register } from '../processor/registers.js';

/** Version of this interface. A guest goes on with this one and later ones. */
export const MONITOR_VERSION = 1;

/** Which version of the interface the monitor has: from 1 up. */
export interface VersionCall {
  readonly call: 'version';
}

/** Makes a physical page of the guest one of zeros, whatever was in it. 0, or NoMemory: then its content is undefined. */
export interface ZeroedPageCall {
  readonly call: 'zeroed page';
  readonly page: number;
}

/** The guest does not want the content of a physical page any more: it is undefined until the guest writes to it. 0. */
export interface FreePageCall {
  readonly call: 'free page';
  readonly page: number;
}

/** Nothing is to be done until an interrupt is pending for this virtual processor, enabled or not. 0. */
export interface IdleCall {
  readonly call: 'idle';
}

/**
 * Gives the physical page `to` the content of `from`, as a copy would: what either is written afterwards the other does
 * not see. 0, or NoMemory: then nothing has changed.
 */
export interface RemapCall {
  readonly call: 'remap';
  readonly from: number;
  readonly to: number;
}

/**
 * Hands a command to a device of the virtual machine, by its number there: what its driver would write into the registers of
 * a real one, with physical pages. 0, or NoDevice; what is wrong with the command the device reports in its own way.
 */
export interface DeviceCall {
  readonly call: 'device';
  readonly device: number;
  readonly command: unknown;
}

/** A request. */
export type MonitorRequest = VersionCall | ZeroedPageCall | FreePageCall | IdleCall | RemapCall | DeviceCall;

/** Results of calls that failed. Any call: NoSuchCall for what is no request, BadPage for a page that the guest has not. */
export const MonitorError = { NoSuchCall: -1, BadPage: -2, NoMemory: -3, NoDevice: -4 } as const;

/** Asks for the version. */
export const versionCall = (): VersionCall => ({ call: 'version' });
/** Asks for a page of zeros. */
export const zeroedPageCall = (page: number): ZeroedPageCall => ({ call: 'zeroed page', page });
/** Says that a page is free. */
export const freePageCall = (page: number): FreePageCall => ({ call: 'free page', page });
/** Says that there is nothing to do. */
export const idleCall = (): IdleCall => ({ call: 'idle' });
/** Asks for a copy of a page. */
export const remapCall = (from: number, to: number): RemapCall => ({ call: 'remap', from, to });

/** Hands a command to a device. */
export const deviceCall = (device: number, command: unknown): DeviceCall => ({ call: 'device', device, command });

/** Fields of each request that are physical pages. */
const PAGES: Readonly<Record<MonitorRequest['call'], readonly string[]>> = {
  version: [],
  'zeroed page': ['page'],
  'free page': ['page'],
  idle: [],
  remap: ['from', 'to'],
  device: [],
};

/**
 * A copy of what a guest asks for, so that what is checked is what is done: the guest may change its own meanwhile, and getters of
 * it may answer differently each time. Null for what is no object or cannot be read.
 */
export function copiedRequest(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return null;
  try {
    const { call, page, from, to, device, command } = value as Readonly<Record<string, unknown>>;
    return { call, page, from, to, device, command };
  } catch {
    return null;
  }
}

/** 0 for a request of a guest that has `pages` physical pages, else a MonitorError. For monitors: a guest may ask for anything. */
export function requestFault(value: unknown, pages: number): number {
  if (typeof value !== 'object' || value === null) return MonitorError.NoSuchCall;
  const { call } = value as Partial<Record<string, unknown>>;
  if (typeof call !== 'string' || !Object.hasOwn(PAGES, call)) return MonitorError.NoSuchCall;
  const named = PAGES[call as MonitorRequest['call']].map(name => (value as Record<string, unknown>)[name]);
  const good = named.every(page => Number.isSafeInteger(page) && (page as number) >= 0 && (page as number) < pages);
  return good ? 0 : MonitorError.BadPage;
}

/**
 * Where a guest's kernel sees its physical memory from page 0 on, up to the special page: the unmapped segment kseg0 of hardware, relocated
 * to the supervisor segment, which goes through the TLB. The monitor answers all misses there; what a guest writes into its TLB for
 * addresses there has no effect, as for those of kseg0 on hardware.
 */
export const RELOCATED_SEGMENT = 0xd0000000;

/**
 * The special page: a virtual address of the supervisor segment at which a monitor keeps registers of the virtual
 * processor as words of memory. Reading and writing them there has no effect at once; the monitor uses what it finds when
 * the guest enters it next. So enabling interrupts and changing the address space identifier at hand are not for it.
 */
export const SPECIAL_PAGE = 0xdfffc000;

/** Registers that are on the special page. What is written to Cause and EPC there has no effect; Context there is for reading only. */
export const SPECIAL_REGISTERS: readonly number[] = [
  Register.EntryHi,
  Register.Status,
  Register.Cause,
  Register.EPC,
  Register.Context,
  Register.EntryLo0,
  Register.EntryLo1,
];

/** Virtual address of a register on the special page. */
export const specialAddress = (register: number): number => SPECIAL_PAGE + 4 * register;
