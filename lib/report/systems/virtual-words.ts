/** Names of what virtual runs are made of, for tables and reports. */
import { WORK } from '../../monitor/work.js';
import { NATIVE_PARTS } from './native-words.js';
import { count, counted, NONE } from '../format.js';
import type {
  MonitorService,
  VirtualGuestResult,
  VirtualPart,
  VirtualResult,
} from '../../experiments/systems/virtual-result.js';

/** States that time is accounted to, not services. Who has none counts as `user`: the monitor's idle loop does. */
const STATES = ['user', 'idle', 'boot'];

/** The parts of the time: who, doing what. The monitor's come before idling. */
export const VIRTUAL_PARTS: readonly { readonly part: VirtualPart; readonly mode: string; readonly name: string }[] = [
  ...NATIVE_PARTS.filter(({ part }) => part !== 'idle'),
  { part: 'monitor', mode: 'monitor', name: 'instructions' },
  { part: 'monitorLocalStall', mode: 'monitor', name: 'local memory stall' },
  { part: 'monitorRemoteStall', mode: 'monitor', name: 'remote memory stall' },
  ...NATIVE_PARTS.filter(({ part }) => part === 'idle'),
];

/** `pmake on irix: 8 guests on 8 processors of disco-1997`. */
export function virtualTitle({ workload, profile, guests, machine }: VirtualResult): string {
  const processors = processorCount({ machine });
  return `${workload} on ${profile}: ${counted(guests.length, 'guest')} on ${counted(processors, 'processor')} of ${machine.name}`;
}

/** Processors of the machine. */
export function processorCount({ machine }: Pick<VirtualResult, 'machine'>): number {
  return machine.nodes.reduce((sum, { processors }) => sum + processors, 0);
}

/** A service of the guests with all that was spent on it. */
export interface ServiceRow {
  readonly name: string;
  readonly count: number;
  readonly meanNs: number;
  /** Percent of the time that the kernel itself took. */
  readonly kernel: number;
  /** By kind of work. */
  readonly monitor: readonly number[];
  readonly all: number;
}

/** Services with what the monitor did for them, most time first. Shares are percent of the time of all processors. */
export function servicesWithMonitor(result: VirtualResult): ServiceRow[] {
  const { services, work, elapsedNs } = result;
  const percentNs = (elapsedNs * processorCount(result)) / 100;
  const shareOf = (service: string, kind: MonitorService['work']): number =>
    work.find(row => row.service === service && row.work === kind)?.share ?? 0;
  return services
    .map(({ name, count: times, share }): ServiceRow => {
      const monitor = WORK.map(kind => shareOf(name, kind));
      const kernel = STATES.includes(name) ? 0 : share;
      const all = monitor.reduce((sum, one) => sum + one, kernel);
      return { name, count: times, meanNs: times === 0 ? 0 : (all * percentNs) / times, kernel, monitor, all };
    })
    .filter(({ all }) => all > 0)
    .sort((a, b) => b.all - a.all);
}

/** `secondLevelHits` as `second level hits`. */
export function words(name: string): string {
  return name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
}

/** What guests run: `each guest: make -J2 of 8 files`, or who runs what. */
export function workOfGuests(guests: readonly VirtualGuestResult[]): string[] {
  const names = new Map<string, string[]>();
  for (const { name, description } of guests) names.set(description, [...(names.get(description) ?? []), name]);
  if (names.size === 1) return [`each guest: ${guests[0]!.description}`];
  return [...names].map(([description, own]) => `${own.join(', ')}: ${description}`);
}

/** Acquisitions of a guest's locks that found them held; a dash for a system without locks. */
export function contendedLocks({ locks }: VirtualGuestResult): string {
  return locks.length === 0 ? NONE : count(locks.reduce((sum, { contended }) => sum + contended, 0));
}
