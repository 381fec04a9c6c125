/** What tables and reports of virtual runs say of guests. */
import { count, NONE } from './report-format.js';
import type { VirtualGuestResult } from './virtual-result.js';

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
