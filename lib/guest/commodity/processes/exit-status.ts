/** The status that a process has whom the kernel ends. */
import { ExceptionCode } from '../../../processor/registers.js';
import { KSEG0 } from '../../../processor/segments.js';
import { ErrorNumber } from '../../../system/code.js';
import { KILLED } from './process.js';

/** The status of who is ended by a fault that could not be served. */
export function statusOf(error: number): number {
  switch (error) {
    case ErrorNumber.ENOMEM:
      return KILLED.memory;
    case ErrorNumber.EFAULT:
      return KILLED.segmentation;
    default:
      return KILLED.bus;
  }
}

/** The status of who is ended by another exception. */
export function statusOfException(code: number, address: number): number {
  switch (code) {
    case ExceptionCode.AddressLoad:
    case ExceptionCode.AddressStore:
      return address >= KSEG0 ? KILLED.segmentation : KILLED.bus;
    case ExceptionCode.BusInstruction:
    case ExceptionCode.BusData:
      return KILLED.bus;
    default:
      return KILLED.illegal;
  }
}
