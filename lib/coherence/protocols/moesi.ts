/**
 * MOESI with a directory: MESI's exclusive state joined to MOSI's owned one. A clean owner may be in O, so a line in O is
 * not always dirty. The combination is this library's own, proved sound by exploration (docs/coherence.md).
 */
import { defineProtocol } from '../protocol.js';
import { changing } from '../rows.js';
import type { Row } from '../table.js';
import type { CacheAction, CacheEvent, HomeAction, HomeEvent } from '../vocabulary.js';
import { MOSI_CACHE_ROWS, MOSI_HOME_ROWS } from './mosi.js';

const CACHE_STATES = [
  'I', 'IS_D', 'IM_AD', 'IM_A', 'S', 'SM_AD', 'SM_A', 'E', 'M', 'O', 'OM_AC', 'OM_A', 'MI_A', 'EI_A', 'OI_A', 'SI_A',
  'II_A',
] as const; // prettier-ignore
type CacheState = (typeof CACHE_STATES)[number];

/** Those of MOSI, and what a clean line that no other cache has adds to them. */
const cacheRows: readonly Row<CacheState, CacheEvent, CacheAction>[] = [
  ...MOSI_CACHE_ROWS,

  ['IS_D', ['Fwd-GetS', 'Fwd-GetM'], ['stall']],
  ['IS_D', 'DataExcl', ['keepData'], 'E'],

  ['E', 'load', ['hit']],
  ['E', 'store', ['hit'], 'M'],
  ['E', 'evict', ['sendPutE'], 'EI_A'],
  ['E', 'Fwd-GetS', ['sendDataToRequester'], 'O'],
  ['E', 'Fwd-GetM', ['sendDataToRequester'], 'I'],

  ['EI_A', ['load', 'store', 'evict'], ['stall']],
  ['EI_A', 'Fwd-GetS', ['sendDataToRequester'], 'OI_A'],
  ['EI_A', 'Fwd-GetM', ['sendDataToRequester'], 'II_A'],
  ['EI_A', 'Put-Ack', [], 'I'],
];

const HOME_STATES = ['I', 'S', 'E', 'M', 'O'] as const;
type HomeState = (typeof HOME_STATES)[number];

const homeRows: readonly Row<HomeState, HomeEvent, HomeAction>[] = [
  ...changing<HomeState, HomeEvent, HomeAction>(MOSI_HOME_ROWS, [['I', 'GetS', ['sendExclusive', 'setOwner'], 'E']]),

  ['E', 'GetS', ['forwardGetS', 'addRequester'], 'O'],
  ['E', 'GetM(non-sharer)', ['forwardGetM', 'setOwner'], 'M'],
  ['E', 'PutM(owner)', ['writeMemory', 'clearOwner', 'sendPutAck'], 'I'],
  ['E', 'PutE(owner)', ['clearOwner', 'sendPutAck'], 'I'],
  ['E', ['PutS(not a sharer)', 'PutM(non-owner)', 'PutO(non-owner)'], ['sendPutAck']],

  ['O', 'PutE(owner)', ['clearOwner', 'sendPutAck'], { some: 'S', none: 'I' }],
  [HOME_STATES, 'PutE(non-owner)', ['sendPutAck']],
];

/** MOESI whose home never waits. */
export const moesi = defineProtocol({
  name: 'MOESI',
  cache: {
    states: CACHE_STATES,
    stable: ['I', 'S', 'E', 'M', 'O'],
    rows: cacheRows,
    unreached: [
      [['IM_A', 'SM_A', 'OM_A'], 'Inv-Ack', 'takes two acknowledgements that are missing', 3],
      [
        ['IM_AD', 'SM_AD'],
        ['DataOwner(ack>0)', 'DataOwner(ack>0)[all acks were early]'],
        'takes an owner and a sharer beside the requester',
        3,
      ],
    ],
  },
  home: {
    states: HOME_STATES,
    stable: ['I', 'S', 'E', 'M', 'O'],
    rows: homeRows,
    unreached: [
      [
        'O',
        ['PutS(not last)', 'PutS(not a sharer)', 'PutM(non-owner)', 'PutE(non-owner)', 'PutO(non-owner)'],
        'takes an owner and a sharer beside the one that leaves',
        3,
      ],
      [
        'S',
        ['PutS(not a sharer)', 'PutM(non-owner)', 'PutE(non-owner)', 'PutO(non-owner)'],
        'takes two other caches that share the line',
        3,
      ],
    ],
  },
});
