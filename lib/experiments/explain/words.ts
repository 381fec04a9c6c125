/** What is seen of an execution, in words: who acts, what an operation does, and what an address belongs to. */
import {
  PAGE_TABLES,
  KERNEL_STACK,
  PAGE_BYTES,
  PROCESSOR_DATA,
  TABLE_ENTRIES,
} from '../../guest/commodity/address-layout.js';
import { HOT_PAGE } from '../../messages/coherence-messages.js';
import { USER_PROGRAM, type Context } from '../../processor/context.js';
import { Op, type Operation } from '../../processor/operations.js';
import type { References } from '../../processor/references.js';
import { EXCEPTION_NAMES, ExceptionCode, REGISTER_NAMES, Vector } from '../../processor/registers.js';
import { KSEG0 } from '../../processor/segments.js';
import { Activity, type Exception, type Refill } from '../../processor/software.js';
import { SPECIAL_PAGE } from '../../system/monitor-calls.js';

/** Who acts. */
export type Actor = 'user' | 'kernel' | 'monitor' | 'idle' | 'hardware';

/** Which step of a kernel or of the monitor a block of references is; null if it belongs to none. */
export type StepNames = (references: References) => string | null;

const KIND_WORDS = Object.keys(Op).map(name => name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase());

/** Whose code a context is, by what its time is charged to. */
export function actorOf({ activity }: Context): Actor {
  if (activity === USER_PROGRAM) return 'user';
  if (activity === Activity.Monitor) return 'monitor';
  return activity === Activity.Idle ? 'idle' : 'kernel';
}

/** What is done, and to what. */
export interface Deed {
  readonly what: string;
  /** The register or the part of memory that it is done to; null if it is done to none. */
  readonly touches: string | null;
  /** The address there, of a copy the one that it reads from; null if there is none. */
  readonly address: number | null;
  /** Instructions, if it stands for more than one; otherwise null. */
  readonly instructions: number | null;
}

/** What an operation does. */
export function operationDeed({ kind, a, b, c, references, request }: Operation, actor: Actor, names: StepNames): Deed {
  const name = KIND_WORDS[kind] ?? 'unknown operation';
  const place = (address: number): string => placeOf(address >>> 0, actor);
  switch (kind) {
    case Op.Compute:
      return deed('compute', { instructions: a });
    case Op.Block:
      return deed(names(references!) ?? 'code', { instructions: instructionsOf(references!, a, b) });
    case Op.Load:
    case Op.LoadLinked:
    case Op.Store:
    case Op.StoreConditional:
    case Op.SpinWhile:
      return deed(name, { touches: place(a), address: a >>> 0 });
    case Op.Copy:
      return deed(`copy ${c} bytes`, { touches: `${place(a)} to ${place(b)}`, address: a >>> 0 });
    case Op.Zero:
      return deed(`zero ${c} bytes`, { touches: place(a), address: a >>> 0 });
    case Op.CopyFrame:
      return deed('copy a frame', { touches: `frame ${a} to frame ${b}` });
    case Op.ClearFrame:
    case Op.MachineLoad:
    case Op.MachineStore:
      return deed(name, { touches: `frame ${a}` });
    case Op.Interrupt:
      return deed('send an interrupt', { touches: `processor ${a}` });
    case Op.ReadRegister:
      return deed('read register', { touches: REGISTER_NAMES[a & 31] });
    case Op.WriteRegister:
      return deed('write register', { touches: REGISTER_NAMES[a & 31] });
    case Op.Call:
      return deed(`system call ${callOf(request)}`);
    case Op.MonitorCall:
      return deed(`monitor call ${callOf(request)}`);
    case Op.DeviceCommand:
    case Op.DeviceRead:
      return deed(name, { touches: `device ${b}` });
    default:
      return deed(name);
  }
}

/** What an exception is. */
export function exceptionDeed({ code, vector, address, message }: Exception): Deed {
  if (code === ExceptionCode.Interrupt) {
    if (message === null) return deed('interrupt of the timer');
    return deed(message.code === HOT_PAGE ? 'interrupt of a page counter' : 'interrupt');
  }
  const name = code === ExceptionCode.CoprocessorUnusable ? 'privileged' : EXCEPTION_NAMES[code];
  const what = `trap: ${name}${vector === Vector.Refill ? ', refill' : ''}`;
  return deed(what, address < 0 ? {} : { touches: placeOf(address, 'user'), address });
}

/** A refill whose handler is described by its length. */
export function refillDeed(page: number, { cycles }: Refill): Deed {
  return deed('TLB refill', { touches: `page 0x${page.toString(16)}`, instructions: cycles });
}

function deed(what: string, { touches = null, address = null, instructions = null }: Partial<Deed> = {}): Deed {
  return { what, touches, address, instructions };
}

function instructionsOf({ gaps }: References, from: number, to: number): number {
  return gaps.subarray(from, to).reduce((sum, gap) => sum + gap, 0);
}

function callOf(request: unknown): string {
  return typeof request === 'object' && request !== null && 'call' in request ? String(request.call) : '';
}

function placeOf(address: number, actor: Actor): string {
  if (actor === 'monitor') return 'monitor';
  if (address < KSEG0) return 'user';
  if (address >= PAGE_TABLES && address < PAGE_TABLES + TABLE_ENTRIES * PAGE_BYTES) return 'page table';
  if (address >= SPECIAL_PAGE && address < SPECIAL_PAGE + PAGE_BYTES)
    return `special page ${REGISTER_NAMES[(address - SPECIAL_PAGE) >> 2]}`;
  if (address >= PROCESSOR_DATA) return 'processor data';
  return address >= KERNEL_STACK ? 'kernel stack' : 'kernel';
}
