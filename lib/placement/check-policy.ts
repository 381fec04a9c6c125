/** Whether an object is a policy: what a host looks at before it asks one anything. */
import { callable, finiteNumber, list, numberAbove, plainObject, string, wholeNumber } from '../engine/checks.js';
import type { CounterSettings, MemoryView, PlacementPolicy } from './policy.js';

/** Throws a RangeError, naming the field, unless `policy` has all that the interface asks for. */
export function checkPolicy(policy: PlacementPolicy): void {
  plainObject(policy, 'the policy');
  string(policy.name, 'the name of the policy');
  const where = `the policy ${policy.name}`;
  list(policy.wants, `${where}: wants`);
  list(policy.needs, `${where}: needs`);
  callable(policy.decide, `${where}: decide`);
  if (policy.counters !== undefined) checkCounters(policy.counters, `${where}: counters`);
}

/** Throws a RangeError, naming the setting, unless counters can be set so. `where` says whose settings they are. */
export function checkCounters(settings: CounterSettings, where: string): void {
  plainObject(settings, where);
  const { threshold, sampling, bits, delayNs, resetNs } = settings;
  wholeNumber(bits, `${where}.bits`, 1, 31);
  wholeNumber(threshold, `${where}.threshold`, 1, 2 ** bits - 1);
  wholeNumber(sampling, `${where}.sampling`, 1);
  finiteNumber(delayNs, `${where}.delayNs`);
  numberAbove(resetNs, `${where}.resetNs`, 0);
}

/** Throws a RangeError, naming the field, unless `memory` is what a policy may ask. */
export function checkMemoryView(memory: MemoryView): void {
  plainObject(memory, 'the memory');
  wholeNumber(memory.nodes, 'the memory: nodes', 1);
  callable(memory.freeFrames, 'the memory: freeFrames');
  callable(memory.latencyNs, 'the memory: latencyNs');
}
