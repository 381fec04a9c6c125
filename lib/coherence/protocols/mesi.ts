/**
 * The MESI directory protocol of Sorin, Hill and Wood, A Primer on Memory Consistency and Cache Coherence, chapter 8:
 * three hops, explicit PutS and PutE, stalling, acknowledgements counted by the requester. The tables were recalled and
 * proved sound by exploration (docs/coherence.md); a cell that is not listed cannot be reached.
 */
import { defineProtocol } from '../protocol.js';
import { changing } from '../rows.js';
import type { Row } from '../table.js';
import type { CacheAction, CacheEvent, HomeAction, HomeEvent } from '../vocabulary.js';
import { MSI_CACHE_ROWS, MSI_HOME_ROWS } from './msi.js';

const CACHE_STATES = [
  'I', 'IS_D', 'IM_AD', 'IM_A', 'S', 'SM_AD', 'SM_A', 'E', 'M', 'MI_A', 'EI_A', 'SI_A', 'II_A',
] as const; // prettier-ignore
type CacheState = (typeof CACHE_STATES)[number];

/** MESI at caches: MSI and what a clean line that no other cache has adds to it. */
export const MESI_CACHE_ROWS: readonly Row<CacheState, CacheEvent, CacheAction>[] = [
  ...MSI_CACHE_ROWS,

  ['IS_D', ['Fwd-GetS', 'Fwd-GetM'], ['stall']],
  ['IS_D', 'DataExcl', ['keepData'], 'E'],

  ['E', 'load', ['hit']],
  ['E', 'store', ['hit'], 'M'],
  ['E', 'evict', ['sendPutE'], 'EI_A'],
  ['E', 'Fwd-GetS', ['sendDataToRequester', 'sendDataToHome'], 'S'],
  ['E', 'Fwd-GetM', ['sendDataToRequester'], 'I'],

  ['EI_A', ['load', 'store', 'evict'], ['stall']],
  ['EI_A', 'Fwd-GetS', ['sendDataToRequester', 'sendDataToHome'], 'SI_A'],
  ['EI_A', 'Fwd-GetM', ['sendDataToRequester'], 'II_A'],
  ['EI_A', 'Put-Ack', [], 'I'],
];

const HOME_STATES = ['I', 'S', 'E', 'M', 'S_D'] as const;
type HomeState = (typeof HOME_STATES)[number];

const homeRows: readonly Row<HomeState, HomeEvent, HomeAction>[] = [
  ...changing<HomeState, HomeEvent, HomeAction>(MSI_HOME_ROWS, [['I', 'GetS', ['sendExclusive', 'setOwner'], 'E']]),

  ['E', 'GetS', ['forwardGetS', 'addRequester', 'addOwner', 'clearOwner'], 'S_D'],
  ['E', 'GetM(non-sharer)', ['forwardGetM', 'setOwner'], 'M'],
  ['E', 'PutM(owner)', ['writeMemory', 'clearOwner', 'sendPutAck'], 'I'],
  ['E', 'PutE(owner)', ['clearOwner', 'sendPutAck'], 'I'],
  ['E', ['PutS(not a sharer)', 'PutM(non-owner)'], ['sendPutAck']],

  [['I', 'E', 'M', 'S_D'], 'PutE(non-owner)', ['sendPutAck']],
  ['S', 'PutE(non-owner)', ['sendPutAck'], { some: 'S', none: 'I' }],
  ['S', 'PutE(non-owner, sharer)', ['removeRequester', 'sendPutAck'], { some: 'S', none: 'I' }],
  ['S_D', 'PutE(non-owner, sharer)', ['removeRequester', 'sendPutAck']],
];

/** MESI with a blocking home. */
export const mesi = defineProtocol({
  name: 'MESI',
  cache: {
    states: CACHE_STATES,
    stable: ['I', 'S', 'E', 'M'],
    rows: MESI_CACHE_ROWS,
    unreached: [[['IM_A', 'SM_A'], 'Inv-Ack', 'takes two acknowledgements that are missing', 3]],
  },
  home: {
    states: HOME_STATES,
    stable: ['I', 'S', 'E', 'M'],
    rows: homeRows,
    unreached: [
      [
        ['S', 'S_D'],
        ['PutS(not a sharer)', 'PutM(non-owner)', 'PutE(non-owner)'],
        'takes two other caches that share the line',
        3,
      ],
    ],
  },
});
