/** What has to hold in every state, and what it means to be at rest. */
import type { Model } from './model.js';
import { cacheState, cacheValue, homeLatest, homeMemory, homeOwner, homeState } from './packing.js';

/** The kinds of faults that exploration finds. */
export type ViolationKind =
  /** A writer and another reader or writer. */
  | 'SWMR'
  /** A readable copy, or memory that nobody else answers for, without the last value stored. */
  | 'data value'
  /** A message, or an access, for which the receiver's state has no cell. */
  | 'unexpected message'
  /** A state in which something is outstanding and no message can be taken, or from which rest cannot be reached any more. */
  | 'progress';

/** What a state breaks. */
export interface Broken {
  readonly kind: ViolationKind;
  readonly what: string;
}

/** Single writer or many readers, and the value of every copy that may be read. Null if a state is sound. */
export function broken(model: Model, state: Uint16Array): Broken | null {
  const { layout, protocol } = model;
  const { readable, writable } = model.caches;
  const { caches, lines, block } = layout;
  for (let line = 0, at = 0; line < lines; line++, at += block) {
    let writers = 0;
    let readers = 0;
    let stale = -1;
    const home = state[at + caches];
    for (let cache = 0; cache < caches; cache++) {
      const word = state[at + cache];
      const name = cacheState(word);
      writers += writable[name];
      if (readable[name] === 0) continue;
      readers++;
      if (cacheValue(word) !== homeLatest(home)) stale = cache;
    }
    if (writers > 0 && readers > 1) return { kind: 'SWMR', what: `${holders(model, state, line)} at the same time` };
    if (stale >= 0)
      return {
        kind: 'data value',
        what: `cache ${stale} reads ${1 - homeLatest(home)}, but ${homeLatest(home)} was stored last`,
      };
    if (homeOwner(home) === 0 && protocol.home.stable[homeState(home)] && homeMemory(home) !== homeLatest(home))
      return {
        kind: 'data value',
        what: `memory is stale: home is in ${protocol.home.states[homeState(home)]} with ${homeMemory(home)}, but ${homeLatest(home)} was stored last`,
      };
  }
  return null;
}

/** Whether nothing is in flight and every cache and home is in a stable state. */
export function atRest(model: Model, state: Uint16Array): boolean {
  const { layout, protocol } = model;
  const { caches, lines, block, messages } = layout;
  if (state[messages] !== 0) return false;
  for (let line = 0, at = 0; line < lines; line++, at += block) {
    if (!protocol.home.stable[homeState(state[at + caches])]) return false;
    for (let cache = 0; cache < caches; cache++)
      if (!protocol.cache.stable[cacheState(state[at + cache])]) return false;
  }
  return true;
}

/** Who holds a line in which state: `cache 0 is in M, cache 1 is in S`. */
export function holders(model: Model, state: Uint16Array, line: number): string {
  const { layout, protocol } = model;
  const { readable } = model.caches;
  return Array.from({ length: layout.caches }, (_, cache) => cache)
    .filter(cache => readable[cacheState(state[line * layout.block + cache])] === 1)
    .map(cache => `cache ${cache} is in ${protocol.cache.states[cacheState(state[line * layout.block + cache])]}`)
    .join(', ');
}
