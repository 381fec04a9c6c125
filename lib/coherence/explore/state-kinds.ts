/** What the states of a cache are for, read off its table, so that the explorer knows no state by name. */
import { CARRIES_DATA } from '../../messages/coherence-messages.js';
import type { CoherenceProtocol } from '../protocol.js';
import { CACHE_SENT } from '../sends.js';
import { CACHE_ACTION, CACHE_EVENT } from '../vocabulary.js';

type CacheTable = CoherenceProtocol['cache'];

/** Whether acknowledgements are counted, by state: in others the count has no meaning. */
export function waitingStates(table: CacheTable): Uint8Array {
  return Uint8Array.from(table.states, (_, state) =>
    Number(has(table, state, CACHE_EVENT['Inv-Ack']) || has(table, state, CACHE_EVENT['Last-Inv-Ack'])),
  );
}

/** Whether a load or a store has asked for the line and not got it, by state: transient and not on the way out. */
export function requestStates(table: CacheTable): Uint8Array {
  return Uint8Array.from(table.states, (_, state) =>
    Number(!table.stable[state] && !has(table, state, CACHE_EVENT['Put-Ack'])),
  );
}

/** Whether the words of the line are here, by state: they are read or sent in it, or in one it becomes without new data. */
export function dataStates(table: CacheTable): Uint8Array {
  const width = table.events.length;
  const cells = table.cells.map(cell => Array.from(cell ?? []));
  const sendsData = (action: number): boolean => CARRIES_DATA[CACHE_SENT.kind[action]] === true;
  const result = new Uint8Array(table.states.length);
  for (let changed = true; changed;) {
    changed = false;
    for (let cell = 0; cell < table.cells.length; cell++) {
      const state = Math.floor(cell / width);
      if (result[state] === 1 || table.cells[cell] === null) continue;
      const used = cells[cell].some(action => action === CACHE_ACTION.hit || sendsData(action));
      const replaced = cells[cell].includes(CACHE_ACTION.keepData);
      if (!used && (result[table.next[cell]] === 0 || replaced)) continue;
      result[state] = 1;
      changed = true;
    }
  }
  return result;
}

/** Whether a load waits whose value may come late, by state: what it may find is followed from the time it asks. */
export function lateStates(table: CacheTable): Uint8Array {
  const width = table.events.length;
  const late = Uint8Array.from(table.states, (_, state) =>
    Number(table.events.some((_event, event) => table.cells[state * width + event]?.includes(CACHE_ACTION.loadOnce))),
  );
  const leads = (state: number): boolean =>
    !table.stable[state] &&
    has(table, state, CACHE_EVENT.Inv) &&
    late[table.next[state * width + CACHE_EVENT.Inv]] === 1;
  return late.map((is, state) => (is === 1 || leads(state) ? 1 : 0));
}

function has(table: CacheTable, state: number, event: number): boolean {
  return table.cells[state * table.events.length + event] !== null;
}
