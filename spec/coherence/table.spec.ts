import { describe, expect, it } from '@jest/globals';
import { mesi } from '../../lib/coherence/protocols/mesi.js';
import type { AnyTable } from '../../lib/coherence/print.js';
import { Table, type Row } from '../../lib/coherence/table.js';
import { cellOf } from '../system/faulty-protocol.js';

type State = 'I' | 'V' | 'W';
type Event = 'get' | 'put';
type Action = 'hit' | 'stall';

function table(rows: readonly Row<State, Event, Action>[]): Table<State, Event, Action> {
  return new Table<State, Event, Action>({
    name: 'toy',
    states: ['I', 'V', 'W'],
    stable: ['I', 'V'],
    events: ['get', 'put'],
    actions: ['hit', 'stall'],
    rows,
  });
}

const named = (value: string): never => value as never;

describe('a protocol table', () => {
  it('has a cell for each state and event of a row, with its actions and the next state', () => {
    const toy = table([
      ['I', 'get', ['hit'], 'V'],
      [
        ['V', 'W'],
        ['get', 'put'],
        ['stall', 'hit'],
      ],
    ]);
    expect(cellOf(toy, 'I', 'get')).toEqual({ actions: ['hit'], some: 'V', none: 'V' });
    expect(cellOf(toy, 'I', 'put')).toBeNull();
    for (const state of ['V', 'W'])
      for (const event of ['get', 'put'])
        expect(cellOf(toy, state, event)).toEqual({ actions: ['stall', 'hit'], some: state, none: state });
    expect(toy.stable).toEqual([true, true, false]);
    expect([toy.does(0, 0, 'hit'), toy.does(0, 0, 'stall'), toy.does(0, 1, 'hit')]).toEqual([true, false, false]);
  });

  it('may let the sharers decide the next state', () => {
    const toy = table([['V', 'put', [], { some: 'V', none: 'I' }]]);
    expect(cellOf(toy, 'V', 'put')).toEqual({ actions: [], some: 'V', none: 'I' });
  });

  it.each<[string, Row<State, Event, Action>[]]>([
    ['by two rows', [['I', 'get', ['hit']], ['I', 'get', ['stall']]]], // prettier-ignore
    ['by lists that overlap', [[['I', 'V'], 'get', ['hit']], ['I', ['put', 'get'], ['stall']]]], // prettier-ignore
    ['by one row', [[['I', 'I'], 'get', ['hit']]]],
  ])('refuses a cell that is given twice, %s', (_, rows) => {
    expect(() => table(rows)).toThrow('toy: two rows for get in I');
  });

  it.each<[string, Row<State, Event, Action>]>([
    ['no state is called X; there are I, V, W', [named('X'), 'get', ['hit']]],
    ['no state is called X; there are I, V, W', ['I', 'get', ['hit'], named('X')]],
    ['no state is called X; there are I, V, W', ['I', 'get', ['hit'], { some: 'I', none: named('X') }]],
    ['no event is called X; there are get, put', ['I', named('X'), ['hit']]],
    ['no action is called X; there are hit, stall', ['I', 'get', [named('X')]]],
  ])('says that %s', (message, row) => {
    expect(() => table([row])).toThrow(`toy: ${message}`);
  });

  it('does not compile with a name that does not exist', () => {
    const rows: Row<State, Event, Action>[] = [
      // @ts-expect-error no such state
      ['X', 'get', []],
      // @ts-expect-error no such event
      ['I', 'X', []],
      // @ts-expect-error no such action
      ['I', 'get', ['X']],
    ];
    expect(rows).toHaveLength(3);
  });
});

/** Cells of a table that are not empty. */
function filled(t: AnyTable): string[] {
  return t.states.flatMap(state =>
    t.events.filter(event => cellOf(t, state, event) !== null).map(event => `${state} ${event}`),
  );
}

function perState(t: AnyTable): Record<string, number> {
  const count = (state: string): number => filled(t).filter(name => name.startsWith(`${state} `)).length;
  return Object.fromEntries(t.states.map(state => [state, count(state)]));
}

describe('MESI', () => {
  const { cache, home } = mesi;

  it('has the 80 rows of the literature at caches, one cell each', () => {
    expect(perState(cache)).toEqual({
      ...{ I: 2, S: 4, E: 5, M: 5 },
      ...{ IS_D: 9, IM_AD: 10, IM_A: 7, SM_AD: 10, SM_A: 7 },
      ...{ MI_A: 6, EI_A: 6, SI_A: 5, II_A: 4 },
    });
    expect(filled(cache)).toHaveLength(80);
  });

  it('has its 38 rows at homes, and one cell more', () => {
    // A GetM that has to wait in S_D is one row there; here a sharer's and a non-sharer's are two events.
    expect(perState(home)).toEqual({ I: 5, S: 10, E: 7, M: 6, S_D: 10 + 1 });
    expect(filled(home)).toHaveLength(38 + 1);
    expect(cellOf(home, 'S_D', 'GetM(sharer)')).toEqual(cellOf(home, 'S_D', 'GetM(non-sharer)'));
  });

  it('is at rest in I, S, E and M', () => {
    for (const table of [cache, home])
      expect(table.states.filter((_, state) => table.stable[state])).toEqual(['I', 'S', 'E', 'M']);
  });

  it('stalls without doing anything else, and without changing state', () => {
    for (const table of [cache, home])
      for (const state of table.states)
        for (const event of table.events) {
          const cell = cellOf(table, state, event);
          if (cell?.actions.includes('stall')) expect(cell).toEqual({ actions: ['stall'], some: state, none: state });
        }
  });

  it('stalls forwards only while data is on its way', () => {
    const stalled = filled(cache).filter(
      name => /Fwd|Inv$/.test(name) && cellOf(cache, ...(name.split(' ') as [string, string]))!.actions[0] === 'stall',
    );
    expect(stalled.map(name => name.split(' ')[0]).filter((state, i, all) => all.indexOf(state) === i)).toEqual([
      'IS_D',
      'IM_AD',
      'IM_A',
      'SM_AD',
      'SM_A',
    ]);
  });
});
