import { expect, it } from '@jest/globals';
import {
  CACHE_EVENT_MEANINGS,
  CACHE_STATE_MEANINGS,
  HOME_EVENT_MEANINGS,
  HOME_STATE_MEANINGS,
} from '../../lib/coherence/meanings.js';
import type { CoherenceProtocol } from '../../lib/coherence/protocol.js';
import { PROTOCOLS } from '../../lib/coherence/protocols/protocols.js';
import { withRecall, withSharerEviction, withSupersets } from '../../lib/coherence/variants.js';

const same = (protocol: CoherenceProtocol): CoherenceProtocol => protocol;
const tables = Object.values(PROTOCOLS).flatMap(protocol =>
  [same, withSupersets, withRecall, withSharerEviction].map(variant => variant(protocol)),
);

it.each([
  ['states of caches', tables.flatMap(({ cache }) => cache.states), CACHE_STATE_MEANINGS],
  ['states of homes', tables.flatMap(({ home }) => home.states), HOME_STATE_MEANINGS],
  ['events at caches', tables.flatMap(({ cache }) => cache.events), CACHE_EVENT_MEANINGS],
  ['events at homes', tables.flatMap(({ home }) => home.events), HOME_EVENT_MEANINGS],
])('all protocols use %s that have a meaning, and there is no other meaning', (_, used, meanings) => {
  expect([...new Set<string>(used)].sort()).toEqual(Object.keys(meanings).sort());
});
