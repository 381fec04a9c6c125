/** Names of what runs of systems are made of, for tables and reports. */
import { WORK } from '../../monitor/work.js';
import type {
  GuestResult,
  LockResult,
  MonitorService,
  ServiceResult,
  SystemPart,
  SystemResult,
} from '../../experiments/systems/system-result.js';
import { count, counted, NONE } from '../format.js';

/** A part of the time: who, doing what. */
export interface PartWords {
  readonly part: SystemPart;
  readonly mode: string;
  readonly name: string;
}

/** All parts of the time. */
export const PARTS: readonly PartWords[] = [
  { part: 'user', mode: 'user', name: 'instructions' },
  { part: 'userCache', mode: 'user', name: 'second-level cache' },
  { part: 'userLocalStall', mode: 'user', name: 'local memory stall' },
  { part: 'userRemoteStall', mode: 'user', name: 'remote memory stall' },
  { part: 'kernel', mode: 'kernel', name: 'instructions' },
  { part: 'kernelLocalStall', mode: 'kernel', name: 'local memory stall' },
  { part: 'kernelRemoteStall', mode: 'kernel', name: 'remote memory stall' },
  { part: 'synchronisation', mode: 'kernel', name: 'synchronisation' },
  { part: 'monitor', mode: 'monitor', name: 'instructions' },
  { part: 'monitorLocalStall', mode: 'monitor', name: 'local memory stall' },
  { part: 'monitorRemoteStall', mode: 'monitor', name: 'remote memory stall' },
  { part: 'idle', mode: 'idle', name: '' },
];

/** The parts that a run can have: those of the monitor only with one. */
export function partsOf({ monitor }: Pick<SystemResult, 'monitor'>): readonly PartWords[] {
  return monitor === null ? PARTS.filter(({ mode }) => mode !== 'monitor') : PARTS;
}

/** States that time is accounted to, not services. Time of no service counts as `user`, as that of the monitor's idle loop. */
const STATES = ['user', 'idle', 'boot'];

/** The services proper, the one with most time first. */
export function servicesByShare({ services }: SystemResult): ServiceResult[] {
  return services.filter(({ name }) => !STATES.includes(name)).sort((a, b) => b.share - a.share);
}

/** Time of all services together, in percent of the time of all processors. */
export function systemShare(result: SystemResult): number {
  return servicesByShare(result).reduce((sum, { share }) => sum + share, 0);
}

/** `pmake on irix: 8 processors of disco-1997`, or `pmake on irix: 8 guests on 8 processors of disco-1997`. */
export function systemTitle(result: SystemResult): string {
  const { workload, system, guests, machine, monitor } = result;
  const processors = counted(processorCount(result), 'processor');
  if (monitor === null) return `${workload} on ${system}: ${processors} of ${machine.name}`;
  return `${workload} on ${system}: ${counted(guests.length, 'guest')} on ${processors} of ${machine.name}`;
}

/** The locks of all guests; locks of one name count as one. */
export function locksOfGuests({ guests }: Pick<SystemResult, 'guests'>): LockResult[] {
  const locks = new Map<string, LockResult>();
  for (const lock of guests.flatMap(guest => guest.locks)) {
    const { acquisitions = 0, contended = 0, waitedNs = 0 } = locks.get(lock.name) ?? {};
    locks.set(lock.name, {
      name: lock.name,
      acquisitions: acquisitions + lock.acquisitions,
      contended: contended + lock.contended,
      waitedNs: waitedNs + lock.waitedNs,
    });
  }
  return [...locks.values()];
}

/** Processors of the machine. */
export function processorCount({ machine }: Pick<SystemResult, 'machine'>): number {
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
export function servicesWithMonitor(result: SystemResult): ServiceRow[] {
  const { services, monitor, elapsedNs } = result;
  const work = monitor?.work ?? [];
  const percentNs = (elapsedNs * processorCount(result)) / 100;
  const shareOf = (service: string, kind: MonitorService['work']): number =>
    work.find(row => row.service === service && row.work === kind)?.share ?? 0;
  return services
    .map(({ name, count: times, share }): ServiceRow => {
      const byKind = WORK.map(kind => shareOf(name, kind));
      const kernel = STATES.includes(name) ? 0 : share;
      const all = byKind.reduce((sum, one) => sum + one, kernel);
      return { name, count: times, meanNs: times === 0 ? 0 : (all * percentNs) / times, kernel, monitor: byKind, all };
    })
    .filter(({ all }) => all > 0)
    .sort((a, b) => b.all - a.all);
}

/** `secondLevelHits` as `second level hits`. */
export function words(name: string): string {
  return name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
}

/** What guests run: `each guest: make -J2 of 8 files`, or who runs what. */
export function workOfGuests(guests: readonly GuestResult[]): string[] {
  const names = new Map<string, string[]>();
  for (const { name, description } of guests) names.set(description, [...(names.get(description) ?? []), name]);
  if (names.size === 1) return [`each guest: ${guests[0].description}`];
  return [...names].map(([description, own]) => `${own.join(', ')}: ${description}`);
}

/** Acquisitions of a guest's locks that found them held; a dash for a system without locks. */
export function contendedLocks({ locks }: GuestResult): string {
  return locks.length === 0 ? NONE : count(locks.reduce((sum, { contended }) => sum + contended, 0));
}
