/**
 * An MOSI directory protocol after section 8.4 of Sorin, Hill and Wood, A Primer on Memory Consistency and Cache
 * Coherence: a dirty line may be shared, its owner answers, and home never waits. Exploration (docs/coherence.md) asked
 * for two corrections of what was recalled: OM_A stalls Fwd-GetS, because an answer would let a reader survive the
 * upgrade, and AckCount keeps its place among the forwards.
 */
import { defineProtocol } from '../protocol.js';
import { changing } from '../rows.js';
import type { Row } from '../table.js';
import type { CacheAction, CacheEvent, HomeAction, HomeEvent } from '../vocabulary.js';
import { MSI_CACHE_ROWS } from './msi.js';

const CACHE_STATES = [
  'I', 'IS_D', 'IM_AD', 'IM_A', 'S', 'SM_AD', 'SM_A', 'M', 'O', 'OM_AC', 'OM_A', 'MI_A', 'OI_A', 'SI_A', 'II_A',
] as const; // prettier-ignore
type CacheState = (typeof CACHE_STATES)[number];

/** MOSI at caches: MSI, whose owner keeps a line that it lets others read; MOESI adds to it. */
export const MOSI_CACHE_ROWS: readonly Row<CacheState, CacheEvent, CacheAction>[] = [
  ...changing<CacheState, CacheEvent, CacheAction>(MSI_CACHE_ROWS, [
    ['M', 'Fwd-GetS', ['sendDataToRequester'], 'O'],
    ['MI_A', 'Fwd-GetS', ['sendDataToRequester'], 'OI_A'],
  ]),

  // An owner's data may come beside sharers.
  ['SM_AD', 'DataOwner(ack=0)', ['keepData'], 'M'],
  [['IM_AD', 'SM_AD'], 'DataOwner(ack>0)[all acks were early]', ['keepData'], 'M'],
  ['IM_AD', 'DataOwner(ack>0)', ['keepData', 'addCount'], 'IM_A'],
  ['SM_AD', 'DataOwner(ack>0)', ['keepData', 'addCount'], 'SM_A'],

  ['O', 'load', ['hit']],
  ['O', 'store', ['sendGetM'], 'OM_AC'],
  ['O', 'evict', ['sendPutO'], 'OI_A'],
  [['O', 'OM_AC'], 'Fwd-GetS', ['sendDataToRequester']],
  ['O', 'Fwd-GetM', ['sendDataToRequester'], 'I'],

  [['OM_AC', 'OM_A'], 'load', ['hit']],
  [['OM_AC', 'OM_A'], ['store', 'evict'], ['stall']],
  [['OM_AC', 'OM_A'], 'Inv-Ack', ['countOne']],
  ['OM_AC', 'Fwd-GetM', ['sendDataToRequester'], 'IM_AD'],
  ['OM_AC', 'AckCount=0', [], 'M'],
  ['OM_AC', 'AckCount>0', ['addCount'], 'OM_A'],
  ['OM_A', ['Fwd-GetS', 'Fwd-GetM'], ['stall']],
  ['OM_A', 'Last-Inv-Ack', [], 'M'],

  ['OI_A', ['load', 'store', 'evict'], ['stall']],
  ['OI_A', 'Fwd-GetS', ['sendDataToRequester']],
  ['OI_A', 'Fwd-GetM', ['sendDataToRequester'], 'II_A'],
  ['OI_A', 'Put-Ack', [], 'I'],
];

const HOME_STATES = ['I', 'S', 'M', 'O'] as const;
type HomeState = (typeof HOME_STATES)[number];

/** MOSI at homes; MOESI adds to it. */
export const MOSI_HOME_ROWS: readonly Row<HomeState, HomeEvent, HomeAction>[] = [
  ['I', 'GetS', ['sendData', 'addRequester'], 'S'],
  ['I', 'GetM(non-sharer)', ['sendData', 'setOwner'], 'M'],

  ['S', 'GetS', ['sendData', 'addRequester']],
  ['S', ['GetM(sharer)', 'GetM(non-sharer)'], ['sendData', 'sendInvToOthers', 'clearSharers', 'setOwner'], 'M'],
  ['S', 'PutS(not last)', ['removeRequester', 'sendPutAck']],
  ['S', 'PutS(last sharer)', ['removeRequester', 'sendPutAck'], 'I'],

  ['M', 'GetS', ['forwardGetS', 'addRequester'], 'O'],
  ['M', 'GetM(non-sharer)', ['forwardGetM', 'setOwner']],
  ['M', 'PutM(owner)', ['writeMemory', 'clearOwner', 'sendPutAck'], 'I'],

  ['O', 'GetS', ['forwardGetS', 'addRequester']],
  ['O', 'GetM(owner)', ['sendAckCount', 'sendInvToOthers', 'clearSharers'], 'M'],
  ['O', ['GetM(sharer)', 'GetM(non-sharer)'], ['forwardGetM', 'sendInvToOthers', 'clearSharers', 'setOwner'], 'M'],
  ['O', ['PutS(not last)', 'PutS(last sharer)'], ['removeRequester', 'sendPutAck']],
  ['O', ['PutM(owner)', 'PutO(owner)'], ['writeMemory', 'clearOwner', 'sendPutAck'], { some: 'S', none: 'I' }],

  [HOME_STATES, ['PutS(not a sharer)', 'PutM(non-owner)', 'PutO(non-owner)'], ['sendPutAck']],
];

/** MOSI whose home never waits. */
export const mosi = defineProtocol({
  name: 'MOSI',
  cache: {
    states: CACHE_STATES,
    stable: ['I', 'S', 'M', 'O'],
    rows: MOSI_CACHE_ROWS,
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
    stable: ['I', 'S', 'M', 'O'],
    rows: MOSI_HOME_ROWS,
    unreached: [
      [
        'O',
        ['PutS(not last)', 'PutS(not a sharer)', 'PutM(non-owner)', 'PutO(non-owner)'],
        'takes an owner and a sharer beside the one that leaves',
        3,
      ],
    ],
  },
});
