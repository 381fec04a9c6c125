/** What Carrefour does with one page, by the samples of an interval. */
import type { MemoryView, PageView } from '../../views.js';
import { allNodes } from '../support.js';
import type { Loads } from './controller-loads.js';

/** Samples of a page in an interval. */
export interface Samples {
  readonly byNode: number[];
  stores: number;
}

/** What is done with a sampled page. */
export interface Change {
  readonly action: 'migrate' | 'replicate';
  readonly to: number;
  readonly because: string;
}

/** What is allowed in an interval, and the load of controllers in the one before. */
export interface Allowed {
  readonly replication: boolean;
  readonly interleaving: boolean;
  readonly migration: boolean;
  /** Samples that a page needs to migrate. */
  readonly leastSamples: number;
  readonly loads: Loads;
}

/** What is done with a page that has samples; null for nothing. */
export function changeOf(
  { home, replicas }: PageView,
  { byNode, stores }: Samples,
  { replication, interleaving, migration, leastSamples, loads }: Allowed,
  memory: MemoryView,
): Change | null {
  const room = (node: number): boolean => memory.freeFrames(node) > 0 && node !== home && !replicas.includes(node);
  const users = allNodes(memory).filter(node => byNode[node] > 0);
  if (users.length > 1 && stores === 0 && replication) {
    const to = users
      .filter(room)
      .sort((a, b) => byNode[b] - byNode[a])
      .at(0);
    return to === undefined ? null : { action: 'replicate', to, because: 'read by several' };
  }
  if (replicas.length > 0) return null;
  if (users.length > 1) {
    if (!interleaving || memory.random.next() >= loads.excess(home)) return null;
    const to = loads.draw();
    return room(to) ? { action: 'migrate', to, because: 'spread' } : null;
  }
  const [user] = users;
  return migration && byNode[user] >= leastSamples && room(user)
    ? { action: 'migrate', to: user, because: 'used by one node' }
    : null;
}
