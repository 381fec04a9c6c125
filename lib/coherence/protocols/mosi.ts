/**
 * An MOSI directory protocol after section 8.4 of Sorin, Hill and Wood, A Primer on Memory Consistency and Cache
 * Coherence: a dirty line may be shared, its owner answers, and home never waits. Exploration (docs/coherence.md) asked
 * for two corrections of what was recalled: OM_A stalls Fwd-GetS, because an answer would let a reader survive the
 * upgrade, and AckCount keeps its place among the forwards.
 */
import { defineProtocol } from '../protocol.js';
import type { Row } from '../table.js';
import type { CacheAction, CacheEvent, HomeAction, HomeEvent } from '../vocabulary.js';

const CACHE_STATES = [
  'I', 'IS_D', 'IM_AD', 'IM_A', 'S', 'SM_AD', 'SM_A', 'M', 'O', 'OM_AC', 'OM_A', 'MI_A', 'OI_A', 'SI_A', 'II_A',
] as const; // prettier-ignore
type CacheState = (typeof CACHE_STATES)[number];

const LEAVING = ['MI_A', 'OI_A', 'SI_A', 'II_A'] as const;
const WAITING_TO_WRITE = ['IM_AD', 'IM_A', 'SM_AD', 'SM_A'] as const;

const cacheRows: readonly Row<CacheState, CacheEvent, CacheAction>[] = [
  ['I', 'load', ['sendGetS'], 'IS_D'],
  ['I', 'store', ['sendGetM'], 'IM_AD'],

  ['IS_D', ['load', 'store', 'evict', 'Inv'], ['stall']],
  ['IS_D', ['DataDir(ack=0)', 'DataOwner(ack=0)'], ['keepData'], 'S'],

  [['IM_AD', 'IM_A'], 'load', ['stall']],
  [['SM_AD', 'SM_A'], 'load', ['hit']],
  [WAITING_TO_WRITE, ['store', 'evict', 'Fwd-GetS', 'Fwd-GetM'], ['stall']],
  [['IM_AD', 'SM_AD'], ['DataDir(ack=0)', 'DataOwner(ack=0)'], ['keepData'], 'M'],
  [
    ['IM_AD', 'SM_AD'],
    ['DataDir(ack>0)[all acks were early]', 'DataOwner(ack>0)[all acks were early]'],
    ['keepData'],
    'M',
  ],
  ['IM_AD', ['DataDir(ack>0)', 'DataOwner(ack>0)'], ['keepData', 'addCount'], 'IM_A'],
  ['SM_AD', ['DataDir(ack>0)', 'DataOwner(ack>0)'], ['keepData', 'addCount'], 'SM_A'],
  ['SM_AD', 'Inv', ['sendInvAckToRequester'], 'IM_AD'],
  [[...WAITING_TO_WRITE, 'OM_AC', 'OM_A'], 'Inv-Ack', ['countOne']],
  [['IM_A', 'SM_A', 'OM_A'], 'Last-Inv-Ack', [], 'M'],

  ['S', 'load', ['hit']],
  ['S', 'store', ['sendGetM'], 'SM_AD'],
  ['S', 'evict', ['sendPutS'], 'SI_A'],
  ['S', 'Inv', ['sendInvAckToRequester'], 'I'],

  ['M', ['load', 'store'], ['hit']],
  ['M', 'evict', ['sendPutM'], 'MI_A'],
  ['M', 'Fwd-GetS', ['sendDataToRequester'], 'O'],
  [['M', 'O'], 'Fwd-GetM', ['sendDataToRequester'], 'I'],

  ['O', 'load', ['hit']],
  ['O', 'store', ['sendGetM'], 'OM_AC'],
  ['O', 'evict', ['sendPutO'], 'OI_A'],
  [['O', 'OM_AC'], 'Fwd-GetS', ['sendDataToRequester']],

  [['OM_AC', 'OM_A'], 'load', ['hit']],
  [['OM_AC', 'OM_A'], ['store', 'evict'], ['stall']],
  ['OM_AC', 'Fwd-GetM', ['sendDataToRequester'], 'IM_AD'],
  ['OM_AC', 'AckCount=0', [], 'M'],
  ['OM_AC', 'AckCount>0', ['addCount'], 'OM_A'],
  ['OM_A', ['Fwd-GetS', 'Fwd-GetM'], ['stall']],

  [LEAVING, ['load', 'store', 'evict'], ['stall']],
  [['MI_A', 'OI_A'], 'Fwd-GetS', ['sendDataToRequester'], 'OI_A'],
  [['MI_A', 'OI_A'], 'Fwd-GetM', ['sendDataToRequester'], 'II_A'],
  ['SI_A', 'Inv', ['sendInvAckToRequester'], 'II_A'],
  [LEAVING, 'Put-Ack', [], 'I'],
];

const HOME_STATES = ['I', 'S', 'M', 'O'] as const;
type HomeState = (typeof HOME_STATES)[number];

const homeRows: readonly Row<HomeState, HomeEvent, HomeAction>[] = [
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
    stable: ['I', 'S', 'M', 'O'],
    rows: homeRows,
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
