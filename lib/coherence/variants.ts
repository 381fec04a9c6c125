/**
 * What a protocol has to know in addition when the directory keeps less than the exact sharers of every line for ever:
 * rows on top of the literature's tables, so that those stay as they are. For protocols whose stable states are named I, S,
 * E, M and O.
 */
import { defineProtocol, type CoherenceProtocol, type ProtocolSource } from './protocol.js';
import { without } from './rows.js';
import type { Row, Table, UnreachedRow } from './table.js';
import type { CacheAction, CacheEvent, HomeAction, HomeEvent } from './vocabulary.js';

type CacheRow = Row<string, CacheEvent, CacheAction>;
type HomeRow = Row<string, HomeEvent, HomeAction>;
type HomeReason = UnreachedRow<string, HomeEvent>;

const REQUESTS = ['GetS', 'GetM(owner)', 'GetM(sharer)', 'GetM(non-sharer)'] as const;
const DIRTY_OR_CLEAN = ['PutM', 'PutE', 'PutO'] as const;

/**
 * The protocol for a home that knows a superset of the sharers. An Inv may find a cache that has no copy any more, or none
 * yet. In I, IM_AD and II_A it is acknowledged. In IS_D it cannot wait, because the GetS may be behind the very request
 * that waits for the acknowledgement; so it is acknowledged at once, and in IS_D_I the data, when they come, serve the one
 * load that waits and are dropped: that load is ordered before the store, so sequential consistency holds, though the
 * store may have completed. DataExcl in IS_D_I says that home knew of no copy when it served the GetS, after all that.
 * Home in S may be left with sharers that are none.
 */
export function withSupersets(protocol: CoherenceProtocol): CoherenceProtocol {
  const { cache, home } = protocol;
  const waits = (event: CacheEvent): boolean => cache.does(cache.state('IS_D'), cache.events.indexOf(event), 'stall');
  const cacheRows: CacheRow[] = [
    [['I', 'IM_AD', 'II_A', 'IS_D_I'], 'Inv', ['sendInvAckToRequester']],
    ['IS_D', 'Inv', ['sendInvAckToRequester'], 'IS_D_I'],
    ['IS_D_I', (['load', 'store', 'evict', 'Fwd-GetS', 'Fwd-GetM'] as const).filter(waits), ['stall']],
    ['IS_D_I', ['DataDir(ack=0)', 'DataOwner(ack=0)'], ['loadOnce'], 'I'],
    ...(has(cache, 'IS_D', 'DataExcl') ? [['IS_D_I', 'DataExcl', ['keepData'], 'E'] as const] : []),
    // The Inv was about an earlier copy: a request that is refused has not been served.
    ...(has(cache, 'IS_D', 'Nak') ? [['IS_D_I', 'Nak', ['sendGetS'], 'IS_D'] as const] : []),
  ];
  const homeRows: HomeRow[] = ['S', 'O', 'S_D'].flatMap(state =>
    DIRTY_OR_CLEAN.filter(
      put => has(home, state, `${put}(non-owner)`) && !has(home, state, `${put}(non-owner, sharer)`),
    ).map((put): HomeRow => {
      const next = state === 'S' ? { some: 'S', none: 'I' } : state;
      return [state, `${put}(non-owner, sharer)`, ['removeRequester', 'sendPutAck'], next];
    }),
  );
  const late = 'a third cache has to have made home forget who shares';
  return extended(protocol, 'supersets', {
    cache: {
      states: ['IS_D_I'],
      rows: cacheRows,
      unreached: home.states.includes('E') ? [['II_A', 'Inv', late, 3]] : [],
    },
    home: {
      states: [],
      rows: homeRows,
      unreached: homeRows.flatMap(([state, event]) =>
        state === 'O' || (state === 'S' && home.states.includes('O') && home.states.includes('E'))
          ? [[state, event, late, 3] as const]
          : [],
      ),
      // Somebody who does not share may be among the sharers.
      reached: ['O PutS(not last)'],
    },
  });
}

/**
 * The protocol for a home that may want an entry back. It asks all copies in, as if it were a requester itself, and counts
 * the answers in R; the owner's data go to memory. Requests wait meanwhile; Puts come too late and are acknowledged.
 */
export function withRecall(protocol: CoherenceProtocol): CoherenceProtocol {
  const { home } = protocol;
  const owned = ['E', 'M'].filter(state => home.states.includes(state));
  const puts = DIRTY_OR_CLEAN.map(put => `${put}(non-owner)` as const).filter(event => has(home, 'I', event));
  const rows: HomeRow[] = [
    ['S', 'recall', ['countCopies', 'sendInvToOthers', 'clearSharers'], 'R'],
    [owned, 'recall', ['countCopies', 'forwardGetM', 'clearOwner'], 'R'],
    ['R', ['GetS', 'GetM(non-sharer)'], ['stall']],
    ['R', ['PutS(not a sharer)', ...puts], ['sendPutAck']],
    ['R', 'Inv-Ack', ['countOne']],
    ['R', 'Last-Inv-Ack', ['countOne'], 'I'],
    ['R', 'Last-Data', ['writeMemory', 'countOne'], 'I'],
  ];
  if (home.states.includes('O'))
    rows.push(
      ['O', 'recall', ['countCopies', 'forwardGetM', 'sendInvToOthers', 'clearSharers', 'clearOwner'], 'R'],
      // Only a line that is owned and shared has more to wait for than its data.
      ['R', 'Data', ['writeMemory', 'countOne']],
    );
  // Sharers may all leave while home waits for data; where it never waits there are sharers in S.
  else rows.push(['S', 'recall(no copies)', [], 'I']);
  return extended(protocol, 'recall', { cache: { states: [], rows: [] }, home: { states: ['R'], rows } });
}

/**
 * The protocol for a home that can name so many sharers and no more. The oldest has to go before the next may come: it is
 * invalidated on behalf of home, and everybody waits for its acknowledgement, in S_A or, beside an owner, in O_A.
 */
export function withSharerEviction(protocol: CoherenceProtocol): CoherenceProtocol {
  const { home } = protocol;
  const rows: HomeRow[] = [
    ['S', 'GetS(no room)', ['evictSharer', 'defer'], 'S_A'],
    ...leaving(home, 'S', 'S_A'),
    ['S_A', 'Last-Inv-Ack', ['countOne'], { some: 'S', none: 'I' }],
  ];
  const states = ['S_A'];
  if (home.states.includes('O')) {
    states.push('O_A');
    rows.push(['O', 'GetS(no room)', ['evictSharer', 'defer'], 'O_A'], ...leaving(home, 'O', 'O_A'), [
      'O_A',
      'Last-Inv-Ack',
      ['countOne'],
      'O',
    ]);
  }
  for (const state of home.states)
    for (const waits of ['stall', 'sendNak'] as const)
      if (home.does(home.state(state), home.events.indexOf('GetS'), waits))
        rows.push([state, 'GetS(no room)', [waits]]);
  return extended(protocol, 'sharer eviction', {
    cache: { states: [], rows: [], unreached: [['SM_A', 'Inv-Ack', TWO_NAMES]] },
    home: { states, rows, unreached: rows.flatMap(([state, event]) => evictionReasons(home, state, event)) },
  });
}

const TWO_NAMES = 'home names two sharers, of which the writer is one, so it counts on one acknowledgement';

/** Why small configurations with two pointers do not reach what sharer eviction adds. */
function evictionReasons(home: CoherenceProtocol['home'], states: HomeRow[0], events: HomeRow[1]): HomeReason[] {
  const owned = home.states.includes('O');
  return [states].flat().flatMap(state =>
    [events].flat().flatMap((event): HomeReason[] => {
      if (event === 'PutS(not last)' && /^[SO]_A$/.test(state))
        return [[state, event, 'of the two sharers that home can name one is on its way out: the other is the last']];
      if (state === 'BusyE' || state === 'BusyI')
        return [[state, event, 'there is room: nobody shares a line that is on its way to another owner']];
      if (state === 'O_A' && event.endsWith('(non-owner)') && event.startsWith('Put'))
        return [[state, event, 'an owner, two sharers, a reader and somebody who was late are five caches', 5]];
      if (state.startsWith('O')) return [[state, event, 'an owner, two sharers and a reader are four caches', 4]];
      if (owned && event.startsWith('Put') && event.endsWith('(non-owner)'))
        return [[state, event, 'two sharers, a reader and somebody who was late are four caches', 4]];
      if (/^(S|S_A|S_D|BusyS)$/.test(state)) return [[state, event, 'two pointers are enough for two caches', 3]];
      return [];
    }),
  );
}

/** What a state does with Puts, while a sharer is on its way out; and all requests wait. */
function leaving(home: CoherenceProtocol['home'], from: string, to: string): HomeRow[] {
  const rows = home.rows().flatMap(([state, event, actions, next]): HomeRow[] => {
    const name = event as HomeEvent;
    if (state !== from || !name.startsWith('Put')) return [];
    // The owner may leave meanwhile; that the last sharer has left is looked at when the acknowledgement is in.
    const { some } = next as { readonly some: string };
    return [[to, name, actions, some === from || some === 'I' ? to : `${some}_A`]];
  });
  const requests = REQUESTS.filter(event => has(home, from, event));
  // There is room now, but it is promised.
  return [...rows, [to, requests, ['stall']]];
}

interface Additions<R> {
  readonly states: readonly string[];
  /** These replace the rows of their cells. */
  readonly rows: readonly R[];
  readonly unreached?: readonly UnreachedRow<string, string>[];
  /** Cells, as `O GetS`, whose reason no longer holds. */
  readonly reached?: readonly string[];
}

function extended(
  protocol: CoherenceProtocol,
  what: string,
  more: { readonly cache: Additions<CacheRow>; readonly home: Additions<HomeRow> },
): CoherenceProtocol {
  return defineProtocol({
    name: `${protocol.name} with ${what}`,
    cache: side(protocol.cache, more.cache),
    home: side(protocol.home, more.home),
  });
}

function side<E extends string, A extends string>(
  table: Table<string, E, A>,
  { states, rows, unreached: more = [], reached = [] }: Additions<Row<string, E, A>>,
): ProtocolSource<string, string>['cache'] & ProtocolSource<string, string>['home'] {
  const unreached = [...table.unreached].flatMap(([cell, { reason, caches }]): UnreachedRow<string, E>[] => {
    const state = table.states[Math.floor(cell / table.events.length)];
    const event = table.events[cell % table.events.length];
    return reached.includes(`${state} ${event}`) ? [] : [[state, event, reason, caches]];
  });
  return {
    states: [...table.states, ...states],
    stable: table.states.filter((_, state) => table.stable[state]),
    rows: [...without(table.rows(), rows), ...rows],
    unreached: [...unreached, ...more],
  } as never;
}

/** Whether a table has a row for an event in a state, if it has the state at all. */
function has<E extends string>(
  table: Table<string, E, never> | Table<string, E, CacheAction> | Table<string, E, HomeAction>,
  state: string,
  event: E,
): boolean {
  return table.states.includes(state) && table.cells[table.cell(state, event)] !== null;
}
