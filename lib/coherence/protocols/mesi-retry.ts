/**
 * MESI with a home that refuses instead of making requests wait, in the manner of the SGI Origin 2000 (Laudon and Lenoski,
 * The SGI Origin: A ccNUMA Highly Scalable Server, 1997) and of Stanford FLASH's Nak, sharing write-back and FAck.
 * A forward makes home busy until the old owner's revision message comes: the data after a read, a Transfer without data
 * after ownership has moved. What a busy home is asked for meanwhile it answers with a Nak, and the cache asks again.
 *
 * Unlike the Origin: no speculative reply from home, acknowledgements and forwards as in mesi.ts, and explicit PutS
 * and PutE. A clean line that left silently would leave home with sharers and owners that are none, and caches would
 * have to answer forwards and invalidations for lines that they do not have.
 */
import { defineProtocol } from '../protocol.js';
import { changing } from '../rows.js';
import type { Row } from '../table.js';
import type { CacheAction, CacheEvent, HomeAction, HomeEvent } from '../vocabulary.js';
import { MESI_CACHE_ROWS } from './mesi.js';

const CACHE_STATES = [
  'I', 'IS_D', 'IM_AD', 'IM_A', 'S', 'SM_AD', 'SM_A', 'E', 'M', 'MI_A', 'EI_A', 'SI_A', 'II_A',
] as const; // prettier-ignore
type CacheState = (typeof CACHE_STATES)[number];

/** Those of MESI; but an owner tells home that it has handed the line on, and a request that is refused is made again. */
const cacheRows: readonly Row<CacheState, CacheEvent, CacheAction>[] = [
  ...changing<CacheState, CacheEvent, CacheAction>(MESI_CACHE_ROWS, [
    [['E', 'M'], 'Fwd-GetM', ['sendDataToRequester', 'sendTransfer'], 'I'],
    [['MI_A', 'EI_A'], 'Fwd-GetM', ['sendDataToRequester', 'sendTransfer'], 'II_A'],
  ]),

  ['IS_D', 'Nak', ['sendGetS']],
  // An upgrade that is refused keeps its copy; one that has lost it meanwhile asks again without.
  [['IM_AD', 'SM_AD'], 'Nak', ['sendGetM']],
];

/**
 * `E` is exclusive: home does not tell clean from dirty. `BusyS`: a read of an owned line is under way. `BusyE`: ownership
 * moves. `BusyI`: the new owner's write-back came before the old owner's Transfer.
 */
const HOME_STATES = ['I', 'S', 'E', 'BusyS', 'BusyE', 'BusyI'] as const;
type HomeState = (typeof HOME_STATES)[number];

const BUSY = ['BusyS', 'BusyE', 'BusyI'] as const;

const homeRows: readonly Row<HomeState, HomeEvent, HomeAction>[] = [
  ['I', 'GetS', ['sendExclusive', 'setOwner'], 'E'],
  ['I', 'GetM(non-sharer)', ['sendData', 'setOwner'], 'E'],

  ['S', 'GetS', ['sendData', 'addRequester']],
  ['S', ['GetM(sharer)', 'GetM(non-sharer)'], ['sendData', 'sendInvToOthers', 'clearSharers', 'setOwner'], 'E'],
  ['S', 'PutS(not last)', ['removeRequester', 'sendPutAck']],
  ['S', 'PutS(last sharer)', ['removeRequester', 'sendPutAck'], 'I'],
  [
    'S',
    ['PutM(non-owner, sharer)', 'PutE(non-owner, sharer)'],
    ['removeRequester', 'sendPutAck'],
    { some: 'S', none: 'I' },
  ],

  ['E', 'GetS', ['forwardGetS', 'addRequester', 'addOwner', 'clearOwner'], 'BusyS'],
  ['E', 'GetM(non-sharer)', ['forwardGetM', 'setOwner'], 'BusyE'],
  ['E', 'PutM(owner)', ['writeMemory', 'clearOwner', 'sendPutAck'], 'I'],
  ['E', 'PutE(owner)', ['clearOwner', 'sendPutAck'], 'I'],

  [BUSY, ['GetS', 'GetM(non-sharer)'], ['sendNak']],
  ['BusyS', 'GetM(sharer)', ['sendNak']],
  ['BusyS', 'Data', ['writeMemory'], 'S'],
  [
    'BusyS',
    ['PutS(not last)', 'PutS(last sharer)', 'PutM(non-owner, sharer)', 'PutE(non-owner, sharer)'],
    ['removeRequester', 'sendPutAck'],
  ],
  ['BusyE', 'Transfer', [], 'E'],
  ['BusyE', 'PutM(owner)', ['writeMemory', 'clearOwner', 'sendPutAck'], 'BusyI'],
  ['BusyI', 'Transfer', [], 'I'],

  [['I', 'E', ...BUSY], ['PutS(not a sharer)', 'PutM(non-owner)', 'PutE(non-owner)'], ['sendPutAck']],
  ['S', ['PutS(not a sharer)', 'PutM(non-owner)', 'PutE(non-owner)'], ['sendPutAck'], { some: 'S', none: 'I' }],
];

/** MESI with a home that refuses requests for busy lines. */
export const mesiRetry = defineProtocol({
  name: 'MESI-retry',
  cache: {
    states: CACHE_STATES,
    stable: ['I', 'S', 'E', 'M'],
    rows: cacheRows,
    unreached: [[['IM_A', 'SM_A'], 'Inv-Ack', 'takes two acknowledgements that are missing', 3]],
  },
  home: {
    states: HOME_STATES,
    stable: ['I', 'S', 'E'],
    rows: homeRows,
    unreached: [
      [
        ['S', 'BusyS'],
        ['PutS(not a sharer)', 'PutM(non-owner)', 'PutE(non-owner)'],
        'takes two other caches that share the line',
        3,
      ],
      [['BusyE', 'BusyI'], 'PutS(not a sharer)', 'takes two other caches between which ownership moves', 3],
    ],
  },
});
