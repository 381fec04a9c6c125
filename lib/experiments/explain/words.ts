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

/** Which step of a kernel or of the monitor a block of references is; null if it is none. */
export type StepNames = (references: References) => string | null;

const KIND_WORDS = Object.keys(Op).map(name => name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase());

/** Whose code a context is, by what its time is charged to. */
export function actorOf({ activity }: Context): Actor {
  if (activity === USER_PROGRAM) return 'user';
  if (activity === Activity.Monitor) return 'monitor';
  return activity === Activity.Idle ? 'idle' : 'kernel';
}

/** What somebody does. */
export interface Deed {
  readonly what: string;
  /** The address or register that it is done to; null if it names none. */
  readonly touches: string | null;
}

/** An operation. */
export function operationDeed({ kind, a, b, c, references, request }: Operation, actor: Actor, names: StepNames): Deed {
  const name = KIND_WORDS[kind] ?? 'what is no operation';
  const at = (address: number): string => addressText(address >>> 0, actor);
  switch (kind) {
    case Op.Compute:
      return deed(`${a} instructions`);
    case Op.Block:
      return deed(blockText(references!, a, b, names));
    case Op.Load:
    case Op.LoadLinked:
    case Op.Store:
    case Op.StoreConditional:
    case Op.SpinWhile:
      return deed(name, at(a));
    case Op.Copy:
      return deed(`copy ${c} bytes`, `${at(a)} to ${at(b)}`);
    case Op.Zero:
      return deed(`zero ${c} bytes`, at(a));
    case Op.CopyFrame:
      return deed('copy a frame', `frame ${a} to frame ${b}`);
    case Op.ClearFrame:
    case Op.MachineLoad:
    case Op.MachineStore:
      return deed(name, `frame ${a}`);
    case Op.Interrupt:
      return deed('send an interrupt', `processor ${a}`);
    case Op.ReadRegister:
    case Op.WriteRegister:
      return deed(kind === Op.ReadRegister ? 'read register' : 'write register', REGISTER_NAMES[a & 31]);
    case Op.Call:
    case Op.MonitorCall:
      return deed(`${kind === Op.Call ? 'system call' : 'monitor call'} ${callOf(request)}`);
    case Op.DeviceCommand:
    case Op.DeviceRead:
      return deed(name, `device ${b}`);
    default:
      return deed(name);
  }
}

function deed(what: string, touches: string | null = null): Deed {
  return { what, touches };
}

function blockText(references: References, from: number, to: number, names: StepNames): string {
  let instructions = 0;
  for (let i = from; i < to; i++) instructions += references.gaps[i];
  return `${names(references) ?? 'code'}, ${instructions} instructions`;
}

function callOf(request: unknown): string {
  return typeof request === 'object' && request !== null && 'call' in request ? String(request.call) : '';
}

/** An exception. */
export function exceptionDeed({ code, vector, address, message }: Exception): Deed {
  if (code === ExceptionCode.Interrupt) {
    if (message === null) return deed('interrupt of the timer');
    return deed(message.code === HOT_PAGE ? 'interrupt of a page counter' : 'interrupt');
  }
  const name = code === ExceptionCode.CoprocessorUnusable ? 'privileged' : EXCEPTION_NAMES[code];
  const what = `trap: ${name}${vector === Vector.Refill ? ', refill' : ''}`;
  return deed(what, address < 0 ? null : addressText(address, 'user'));
}

/** A refill whose handler is described by its length. */
export function refillDeed(page: number, { cycles }: Refill): Deed {
  return deed(`TLB refill, ${cycles} instructions`, `page 0x${page.toString(16)}`);
}

function addressText(address: number, actor: Actor): string {
  return `${placeOf(address, actor)} 0x${address.toString(16)}`;
}

function placeOf(address: number, actor: Actor): string {
  if (actor === 'monitor') return 'monitor';
  if (address < KSEG0) return 'user';
  if (address >= PAGE_TABLES && address < PAGE_TABLES + TABLE_ENTRIES * PAGE_BYTES) return 'page table';
  if (address >= SPECIAL_PAGE && address < SPECIAL_PAGE + PAGE_BYTES)
    return `special page, ${REGISTER_NAMES[(address - SPECIAL_PAGE) >> 2]}`;
  if (address >= PROCESSOR_DATA) return 'processor data';
  return address >= KERNEL_STACK ? 'kernel stack' : 'kernel';
}
