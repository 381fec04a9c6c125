/**
 * The MSI directory protocol of Sorin, Hill and Wood, A Primer on Memory Consistency and Cache Coherence, tables 8.1
 * and 8.2: three hops, explicit PutS, stalling, acknowledgements counted by the requester. The tables were recalled and
 * proved sound by exploration (docs/coherence.md); a cell that is not listed cannot be reached.
 */
import { defineProtocol } from '../protocol.js';
import type { Row } from '../table.js';
import type { CacheAction, CacheEvent, HomeAction, HomeEvent } from '../vocabulary.js';

const CACHE_STATES = ['I', 'IS_D', 'IM_AD', 'IM_A', 'S', 'SM_AD', 'SM_A', 'M', 'MI_A', 'SI_A', 'II_A'] as const;
type CacheState = (typeof CACHE_STATES)[number];

const LEAVING = ['MI_A', 'SI_A', 'II_A'] as const;
const WAITING_TO_WRITE = ['IM_AD', 'IM_A', 'SM_AD', 'SM_A'] as const;

/** MSI at caches; other protocols add to it. */
export const MSI_CACHE_ROWS: readonly Row<CacheState, CacheEvent, CacheAction>[] = [
  ['I', 'load', ['sendGetS'], 'IS_D'],
  ['I', 'store', ['sendGetM'], 'IM_AD'],

  ['IS_D', ['load', 'store', 'evict', 'Inv'], ['stall']],
  ['IS_D', ['DataDir(ack=0)', 'DataOwner(ack=0)'], ['keepData'], 'S'],

  [['IM_AD', 'IM_A'], 'load', ['stall']],
  [['SM_AD', 'SM_A'], 'load', ['hit']],
  [WAITING_TO_WRITE, ['store', 'evict', 'Fwd-GetS', 'Fwd-GetM'], ['stall']],
  [['IM_AD', 'SM_AD'], ['DataDir(ack=0)', 'DataDir(ack>0)[all acks were early]'], ['keepData'], 'M'],
  ['IM_AD', 'DataDir(ack>0)', ['keepData', 'addCount'], 'IM_A'],
  ['SM_AD', 'DataDir(ack>0)', ['keepData', 'addCount'], 'SM_A'],
  ['IM_AD', 'DataOwner(ack=0)', ['keepData'], 'M'],
  ['SM_AD', 'Inv', ['sendInvAckToRequester'], 'IM_AD'],
  [WAITING_TO_WRITE, 'Inv-Ack', ['countOne']],
  [['IM_A', 'SM_A'], 'Last-Inv-Ack', [], 'M'],

  ['S', 'load', ['hit']],
  ['S', 'store', ['sendGetM'], 'SM_AD'],
  ['S', 'evict', ['sendPutS'], 'SI_A'],
  ['S', 'Inv', ['sendInvAckToRequester'], 'I'],

  ['M', ['load', 'store'], ['hit']],
  ['M', 'evict', ['sendPutM'], 'MI_A'],
  ['M', 'Fwd-GetS', ['sendDataToRequester', 'sendDataToHome'], 'S'],
  ['M', 'Fwd-GetM', ['sendDataToRequester'], 'I'],

  [LEAVING, ['load', 'store', 'evict'], ['stall']],
  ['MI_A', 'Fwd-GetS', ['sendDataToRequester', 'sendDataToHome'], 'SI_A'],
  ['MI_A', 'Fwd-GetM', ['sendDataToRequester'], 'II_A'],
  ['SI_A', 'Inv', ['sendInvAckToRequester'], 'II_A'],
  [LEAVING, 'Put-Ack', [], 'I'],
];

const HOME_STATES = ['I', 'S', 'M', 'S_D'] as const;
type HomeState = (typeof HOME_STATES)[number];

/** MSI at homes; other protocols add to it. */
export const MSI_HOME_ROWS: readonly Row<HomeState, HomeEvent, HomeAction>[] = [
  ['I', 'GetS', ['sendData', 'addRequester'], 'S'],
  ['I', 'GetM(non-sharer)', ['sendData', 'setOwner'], 'M'],

  ['S', 'GetS', ['sendData', 'addRequester']],
  ['S', ['GetM(sharer)', 'GetM(non-sharer)'], ['sendData', 'sendInvToOthers', 'clearSharers', 'setOwner'], 'M'],
  ['S', 'PutS(not last)', ['removeRequester', 'sendPutAck']],
  ['S', 'PutS(last sharer)', ['removeRequester', 'sendPutAck'], 'I'],
  ['S', 'PutM(non-owner, sharer)', ['removeRequester', 'sendPutAck'], { some: 'S', none: 'I' }],

  ['M', 'GetS', ['forwardGetS', 'addRequester', 'addOwner', 'clearOwner'], 'S_D'],
  ['M', 'GetM(non-sharer)', ['forwardGetM', 'setOwner']],
  ['M', 'PutM(owner)', ['writeMemory', 'clearOwner', 'sendPutAck'], 'I'],

  ['S_D', ['GetS', 'GetM(sharer)', 'GetM(non-sharer)'], ['stall']],
  ['S_D', 'Data', ['writeMemory'], 'S'],
  ['S_D', ['PutS(not last)', 'PutS(last sharer)', 'PutM(non-owner, sharer)'], ['removeRequester', 'sendPutAck']],

  [['I', 'M', 'S_D'], ['PutS(not a sharer)', 'PutM(non-owner)'], ['sendPutAck']],
  ['S', ['PutS(not a sharer)', 'PutM(non-owner)'], ['sendPutAck'], { some: 'S', none: 'I' }],
];

/** MSI with a blocking home. */
export const msi = defineProtocol({
  name: 'MSI',
  cache: {
    states: CACHE_STATES,
    stable: ['I', 'S', 'M'],
    rows: MSI_CACHE_ROWS,
    unreached: [[['IM_A', 'SM_A'], 'Inv-Ack', 'takes two acknowledgements that are missing', 3]],
  },
  home: {
    states: HOME_STATES,
    stable: ['I', 'S', 'M'],
    rows: MSI_HOME_ROWS,
    unreached: [['S_D', ['PutS(not a sharer)', 'PutM(non-owner)'], 'takes two other caches that share the line', 3]],
  },
});
