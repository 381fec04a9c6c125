/** Whether an object is a policy: what a host looks at before it asks one anything. */
import {
  callable,
  finiteNumber,
  flag,
  list,
  numberAbove,
  plainObject,
  shown,
  string,
  wholeNumber,
} from '../engine/checks.js';
import { suggestion } from '../engine/suggestion.js';
import type {
  CounterSettings,
  EvidenceKind,
  HintSettings,
  PlanSettings,
  SampledLevel,
  SamplingSettings,
} from './evidence.js';
import type { PlacementPolicy } from './policy.js';
import type { MemoryView } from './views.js';

/** The settings that a kind of evidence is produced by. */
const SETTINGS: Readonly<Record<EvidenceKind, 'counters' | 'hints' | 'sampling' | 'plans' | null>> = {
  'first-touch': null,
  'counted-miss': 'counters',
  'hot-page': 'counters',
  'replica-write': null,
  'hint-fault': 'hints',
  'sampled-access': 'sampling',
  interval: 'plans',
  'memory-pressure': 'plans',
};
const KINDS = Object.keys(SETTINGS) as EvidenceKind[];
const LEVELS: readonly SampledLevel[] = ['miss', 'remote-miss'];

/** Throws a RangeError, naming the field, unless `policy` has all that the interface asks for. */
export function validatePolicy(policy: PlacementPolicy): void {
  plainObject(policy, 'the policy');
  string(policy.name, 'the name of the policy');
  const where = `the policy ${policy.name}`;
  list(policy.wants, `${where}: wants`);
  list(policy.needs, `${where}: needs`);
  callable(policy.decide, `${where}: decide`);
  if (policy.counters !== undefined) validateCounters(policy.counters, `${where}: counters`);
  if (policy.hints !== undefined) validateHints(policy.hints, `${where}: hints`);
  if (policy.sampling !== undefined) validateSampling(policy.sampling, `${where}: sampling`);
  if (policy.plans !== undefined) validatePlans(policy.plans, `${where}: plans`);
  for (const kind of policy.wants) {
    if (!KINDS.includes(kind))
      throw new RangeError(
        `${where} wants ${shown(kind)}${suggestion(String(kind), KINDS) || ';'} there are ${KINDS.join(', ')}`,
      );
    const settings = SETTINGS[kind];
    if (settings !== null && policy[settings] === undefined)
      throw new RangeError(`${where} wants ${kind} but has no ${settings}; set its ${settings} field`);
    if (settings === 'plans') callable(policy.plan, `${where} wants ${kind}: plan`);
  }
}

/**
 * Throws a RangeError, naming kinds and host, if a policy wants evidence that a host does not produce.
 * @param produced the kinds that the host produces
 */
export function refuseUnproduced(policy: PlacementPolicy, host: string, produced: readonly EvidenceKind[]): void {
  const missing = policy.wants.filter(kind => !produced.includes(kind));
  if (missing.length > 0)
    throw new RangeError(
      `the policy ${policy.name} wants ${missing.join(', ')}, which ${host} does not produce; it produces ${produced.join(', ')}`,
    );
}

/** Throws a RangeError, naming the setting, unless counters can be set so. `where` says whose settings they are. */
export function validateCounters(settings: CounterSettings, where: string): void {
  plainObject(settings, where);
  const { threshold, sampling, bits, delayNs, resetNs } = settings;
  wholeNumber(bits, `${where}.bits`, 1, 31);
  wholeNumber(threshold, `${where}.threshold`, 1, 2 ** bits - 1);
  wholeNumber(sampling, `${where}.sampling`, 1);
  finiteNumber(delayNs, `${where}.delayNs`);
  numberAbove(resetNs, `${where}.resetNs`, 0);
}

function validateHints(settings: HintSettings, where: string): void {
  plainObject(settings, where);
  numberAbove(settings.periodNs, `${where}.periodNs`, 0);
  wholeNumber(settings.pages, `${where}.pages`, 1);
  flag(settings.slowOnly, `${where}.slowOnly`);
}

function validateSampling(settings: SamplingSettings, where: string): void {
  plainObject(settings, where);
  const { period, skid, level, stores, buffer } = settings;
  wholeNumber(period, `${where}.period`, 1);
  wholeNumber(skid, `${where}.skid`, 0, period - 1);
  wholeNumber(buffer, `${where}.buffer`, 1, 2 ** 20);
  flag(stores, `${where}.stores`);
  if (!LEVELS.includes(level))
    throw new RangeError(`${where}.level is ${shown(level)}; it must be one of ${LEVELS.join(', ')}`);
}

function validatePlans(settings: PlanSettings, where: string): void {
  plainObject(settings, where);
  const { intervalNs, most, lowWatermark } = settings;
  numberAbove(intervalNs, `${where}.intervalNs`, 0);
  wholeNumber(most, `${where}.most`, 1);
  finiteNumber(lowWatermark, `${where}.lowWatermark`, 0, 1);
  if (lowWatermark === 1) throw new RangeError(`${where}.lowWatermark is 1; it must be below 1, or it would never end`);
}

/** Throws a RangeError, naming the field, unless `memory` is what a policy may ask. */
export function validateMemoryView(memory: MemoryView): void {
  plainObject(memory, 'the memory');
  wholeNumber(memory.nodes, 'the memory: nodes', 1);
  for (const what of ['frames', 'freeFrames', 'hasProcessors', 'tier', 'latencyNs', 'load', 'linkLoad'] as const)
    callable(memory[what], `the memory: ${what}`);
}
