/**
 * Numbers that no operation takes: a slip in a program, which no machine could express. Whoever wrote it is told, before time and
 * accounts are no whole numbers any more.
 */
import { Op, type Operation } from './operations.js';
import { ACTIVITIES } from './software.js';

/** The most cycles of one operation: half an hour at 400 MHz, and far from what times are exact to. */
const MOST_CYCLES = 2 ** 40;

/** Operations whose numbers may be wrong. */
const FAULTY: readonly number[] = [
  ...[Op.Compute, Op.Block, Op.MachineLoad, Op.MachineStore, Op.CopyFrame, Op.ClearFrame, Op.Copy, Op.Zero],
  ...[Op.SpinWhile, Op.Interrupt, Op.Annotate],
];
/** By kind of operation, 1 if it has to be looked at. */
export const CAN_BE_FAULTY = Uint8Array.from(Object.values(Op), kind => Number(FAULTY.includes(kind)));

/** What there is on a machine, for operations that name it. */
export interface Present {
  readonly frames: number;
  readonly pageBytes: number;
  readonly processors: number;
  /** Services that the software names; null if it names none, and any number will do. */
  readonly services: number | null;
}

/** What is wrong with the numbers of an operation (see the table of Operation); null if they are in order. Addresses and values are what 32 bits hold of them. */
export function faultOf({ kind, a, b, c, d, references }: Operation, present: Present): string | null {
  switch (kind) {
    case Op.Compute:
      return isWhole(a, 0, MOST_CYCLES) ? null : `computes from 0 to 2^40 whole cycles, not ${a}`;
    case Op.Block: {
      const { length } = references!.words;
      if (isWhole(b, 0, length) && isWhole(a, 0, b)) return null;
      return `executes references within the ${length} that there are, not ${a} up to ${b}`;
    }
    case Op.MachineLoad:
    case Op.MachineStore:
      return frameFault(a, present) ?? offsetFault(b, present);
    case Op.CopyFrame:
      return frameFault(a, present) ?? frameFault(b, present) ?? lineFault(c);
    case Op.ClearFrame:
      return frameFault(a, present) ?? lineFault(c);
    case Op.Copy:
    case Op.Zero:
      if (!isWhole(c / 4, 0, 2 ** 30)) return `copies and fills with zeros whole words, not ${c} bytes`;
      return lineFault(d);
    case Op.SpinWhile:
      return isWhole(c, 1, MOST_CYCLES) ? null : `a turn of a spinning loop takes at least a whole cycle, not ${c}`;
    case Op.Interrupt:
      if (!isWhole(a, 0, present.processors - 1))
        return `interrupts processors 0 to ${present.processors - 1}, not ${a}`;
      return isWhole(b, 1, 2 ** 31 - 1) ? null : `interrupts with a code from 1 up, not ${b}`;
    case Op.Annotate:
      return annotationFault(a, b, present);
    default:
      return null;
  }
}

/** Whether a number is an integer within bounds. */
export function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function frameFault(frame: number, { frames }: Present): string | null {
  return isWhole(frame, 0, frames - 1) ? null : `there are frames 0 to ${frames - 1}, not ${frame}`;
}

function offsetFault(offset: number, { pageBytes }: Present): string | null {
  if (isWhole(offset / 4, 0, pageBytes / 4 - 1)) return null;
  return `a word lies at a multiple of 4 below the ${pageBytes} bytes of a frame, not at ${offset}`;
}

function lineFault(cycles: number): string | null {
  return isWhole(cycles, 0, MOST_CYCLES) ? null : `a line takes from 0 to 2^40 whole cycles, not ${cycles}`;
}

/** Accounts are arrays: what would lie beside them is time that nobody has. */
function annotationFault(service: number, activity: number, { services }: Present): string | null {
  if (!isWhole(activity, -1, ACTIVITIES.length - 1))
    return `annotate takes an activity from 0 to ${ACTIVITIES.length - 1}, or -1, not ${activity}`;
  if (isService(service, services)) return null;
  if (services === null) return `annotate takes a service from 0 up, or -1, not ${service}`;
  return `annotate takes one of the ${services} services that the software names, or -1, not ${service}`;
}

/** Whether a number is that of a service, or -1. */
export function isService(service: number, services: number | null): boolean {
  return isWhole(service, -1, services === null ? 2 ** 31 - 1 : services - 1);
}
