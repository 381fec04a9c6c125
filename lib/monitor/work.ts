/** What the monitor's time is accounted to: kinds of work, each for every service of the guests. */

/** Kinds of work. The first columns are those of Table 2 of the Disco paper; page faults of the monitor are among its `monitor calls`. */
export const WORK = [
  'TLB writes',
  'privileged instructions',
  'monitor calls',
  'kernel TLB faults',
  'TLB faults',
  'interrupts',
  'exceptions',
] as const;

/** A kind of work. */
export type Work = (typeof WORK)[number];

/** Names of services by number: those of the guests, then each kind of work for each of them. */
export function workServices(guest: readonly string[]): readonly string[] {
  return [...guest, ...WORK.flatMap(kind => guest.map(service => `${service}: ${kind}`))];
}

/** The service that work for a service of a guest is accounted to, out of `services` of guests. */
export function work(kind: Work, service: number, services: number): number {
  return services * (1 + WORK.indexOf(kind)) + (service % services);
}
