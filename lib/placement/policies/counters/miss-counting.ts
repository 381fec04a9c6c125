/**
 * Migration and replication by counted cache misses.
 * The rule of Verghese, Devine, Gupta and Rosenblum (ASPLOS 1996), which Disco (section 4.2.3) took into the monitor.
 */
import { finiteNumber, flag, numberAbove, plainObject, shown } from '../../../engine/checks.js';
import { placeNear } from '../static/first-touch.js';
import { collapse, migrate, replicate, stay } from '../../decision.js';
import type { Decision } from '../../decision.js';
import type { CounterSettings } from '../../evidence.js';
import type { PlacementPolicy } from '../../policy.js';
import type { MemoryView, PageView } from '../../views.js';

/** All numbers of the policy. None has a default: Disco prints no values; `presets.ts` has sets with their sources. */
export interface MissCountingOptions extends Omit<CounterSettings, 'threshold'> {
  /** Counted misses of one node on one page that make the page hot: the counter threshold. A positive integer. */
  readonly trigger: number;
  /** A page is shared if another node, the home included, has at least this many counted misses. From 1 to `trigger`. */
  readonly sharing: number;
  /** A shared page is replicated only while its counted writes are below this number; 0 never, 1 only if unwritten. */
  readonly writes: number;
  /** A private page is migrated only while its moves since the last reset are below this number; 0 never. */
  readonly moves: number;
  /** Whether private pages may migrate. */
  readonly migration: boolean;
  /** Whether shared pages may be replicated. */
  readonly replication: boolean;
}

/**
 * A policy that places by first touch, moves a hot page to its only user and copies a hot read-shared page to each user.
 * A page that has replicas counts as shared, whatever its counters say. Called `migrate-replicate`, `migrate` or
 * `replicate` after what is switched on. Keeps no state. Throws a RangeError for options that cannot mean anything.
 */
export function missCounting(options: MissCountingOptions): PlacementPolicy {
  check(options);
  const { trigger, sampling, bits, delayNs, resetNs, replication } = options;
  const name = nameOf(options);
  return {
    name,
    wants: replication ? ['hot-page', 'replica-write'] : ['hot-page'],
    needs: replication ? ['thread', 'write', 'data'] : ['thread', 'data'],
    counters: { threshold: trigger, sampling, bits, delayNs, resetNs },
    decide(evidence, page, memory) {
      switch (evidence.kind) {
        case 'first-touch':
          return placeNear(evidence.node, memory);
        case 'hot-page':
          return onHotPage(evidence.node, page, memory, options);
        case 'replica-write':
          return collapse('written');
        default:
          throw new Error(`${name} was given '${evidence.kind}' evidence; it wants 'hot-page' and 'replica-write'`);
      }
    },
  };
}

function onHotPage(node: number, page: PageView, memory: MemoryView, options: MissCountingOptions): Decision {
  if (node === page.home || page.replicas.includes(node)) return stay('already local');
  if (page.frozen) return stay('frozen');
  return isShared(node, page, options.sharing)
    ? onShared(node, page, memory, options)
    : onPrivate(node, page, memory, options);
}

/** The home's own misses count like any other's, so a page is not taken from processors that use it where it is. */
function isShared(node: number, page: PageView, sharing: number): boolean {
  return page.replicas.length > 0 || page.misses.some((count, other) => other !== node && count >= sharing);
}

function onShared(node: number, page: PageView, memory: MemoryView, options: MissCountingOptions): Decision {
  if (!options.replication) return stay('shared');
  if (page.writes >= options.writes) return stay('write-shared');
  if (memory.freeFrames(node) === 0) return stay('no free frame');
  return replicate(node, 'read-shared');
}

function onPrivate(node: number, page: PageView, memory: MemoryView, options: MissCountingOptions): Decision {
  if (!options.migration) return stay('one user');
  if (page.moves >= options.moves) return stay('moved too often');
  if (memory.freeFrames(node) === 0) return stay('no free frame');
  return migrate(node, 'one user');
}

function nameOf({ migration, replication }: MissCountingOptions): string {
  if (migration && replication) return 'migrate-replicate';
  return migration ? 'migrate' : 'replicate';
}

function check(options: MissCountingOptions): void {
  plainObject(options, 'missCounting');
  const { trigger, sharing, bits, delayNs, resetNs } = options;
  for (const key of ['trigger', 'sharing', 'sampling'] as const) checkInteger(key, options[key], 1);
  for (const key of ['writes', 'moves'] as const) checkInteger(key, options[key], 0);
  checkInteger('bits', bits, 1, 31);
  for (const key of ['migration', 'replication'] as const) flag(options[key], `missCounting: ${key}`);
  finiteNumber(delayNs, 'missCounting: delayNs');
  numberAbove(resetNs, 'missCounting: resetNs', 0);
  if (sharing > trigger) {
    const way = 'lower sharing or raise trigger, or two nodes that miss alike each look like the only user';
    throw new RangeError(`missCounting: sharing ${sharing} is above trigger ${trigger}; ${way}`);
  }
  if (trigger > 2 ** bits - 1) {
    const way = 'use wider counters or a lower trigger';
    throw new RangeError(
      `missCounting: trigger ${trigger} is above ${2 ** bits - 1}, where ${bits}-bit counters stop; ${way}`,
    );
  }
  if (!options.migration && !options.replication) {
    throw new RangeError('missCounting: migration and replication are both false; switch one on or use firstTouch()');
  }
}

function checkInteger(name: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw outside(name, value, most === 31 ? `an integer from ${least} to 31` : `an integer from ${least} up`);
}

function outside(name: string, value: number, range: string): RangeError {
  return new RangeError(`missCounting: ${name} is ${shown(value)}; it must be ${range}`);
}
