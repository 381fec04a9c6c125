/** Names of what native runs are made of, for tables and reports. */
import type { NativePart, NativeResult, NativeService } from '../../experiments/systems/native-result.js';

/** The parts of the time: who, doing what. */
export const NATIVE_PARTS: readonly { readonly part: NativePart; readonly mode: string; readonly name: string }[] = [
  { part: 'user', mode: 'user', name: 'instructions' },
  { part: 'userCache', mode: 'user', name: 'second-level cache' },
  { part: 'userLocalStall', mode: 'user', name: 'local memory stall' },
  { part: 'userRemoteStall', mode: 'user', name: 'remote memory stall' },
  { part: 'kernel', mode: 'kernel', name: 'instructions' },
  { part: 'kernelLocalStall', mode: 'kernel', name: 'local memory stall' },
  { part: 'kernelRemoteStall', mode: 'kernel', name: 'remote memory stall' },
  { part: 'synchronisation', mode: 'kernel', name: 'synchronisation' },
  { part: 'idle', mode: 'idle', name: '' },
];

/** Services that are none: states that time is accounted to. */
const STATES = ['user', 'idle', 'boot'];

/** The services proper, the one with most time first. */
export function servicesByShare({ services }: NativeResult): NativeService[] {
  return services.filter(({ name }) => !STATES.includes(name)).sort((a, b) => b.share - a.share);
}

/** Time of all services together, in percent of the time of all processors. */
export function systemShare(result: NativeResult): number {
  return servicesByShare(result).reduce((sum, { share }) => sum + share, 0);
}

/** `pmake on irix: 8 processors of disco-1997`. */
export function nativeTitle({ workload, profile, machine, processors }: NativeResult): string {
  const several = processors.length === 1 ? '1 processor' : `${processors.length} processors`;
  return `${workload} on ${profile}: ${several} of ${machine.name}`;
}
