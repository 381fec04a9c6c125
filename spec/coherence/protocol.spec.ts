import { describe, expect, it } from '@jest/globals';
import { mesi } from '../../lib/coherence/protocols/mesi.js';
import { moesi } from '../../lib/coherence/protocols/moesi.js';
import { mosi } from '../../lib/coherence/protocols/mosi.js';
import { msi } from '../../lib/coherence/protocols/msi.js';
import { defineProtocol, type CoherenceProtocol, type ProtocolSource } from '../../lib/coherence/protocol.js';
import type { AnyTable } from '../../lib/coherence/print.js';

type Source = ProtocolSource<'I' | 'IS_D' | 'S', 'I' | 'V'>;

const read: Source = {
  name: 'reads',
  cache: {
    states: ['I', 'IS_D', 'S'],
    stable: ['I', 'S'],
    rows: [
      ['I', 'load', ['sendGetS'], 'IS_D'],
      ['IS_D', 'load', ['stall']],
      ['IS_D', 'DataDir(ack=0)', ['keepData'], 'S'],
      ['S', 'load', ['hit']],
    ],
  },
  home: {
    states: ['I', 'V'],
    stable: ['I', 'V'],
    rows: [[['I', 'V'], 'GetS', ['sendData', 'addRequester'], 'V']],
  },
};

const withCacheRows = (...rows: Source['cache']['rows']): Source => ({ ...read, cache: { ...read.cache, rows } });

describe('a protocol', () => {
  it('is defined by two tables', () => {
    const { name, cache, home } = defineProtocol(read);
    expect([name, cache.name, home.name]).toEqual(['reads', 'reads cache', 'reads home']);
    expect(cache.does(cache.state('S'), cache.events.indexOf('load'), 'hit')).toBe(true);
  });

  it.each<[string, Source]>([
    [
      'reads cache: no rows lead from I to S',
      withCacheRows(['I', 'load', ['sendGetS'], 'IS_D'], ['IS_D', 'DataDir(ack=0)', [], 'I'], ['S', 'load', ['hit']]),
    ],
    [
      'reads cache: no row leads out of IS_D, which is not stable',
      withCacheRows(['I', 'load', ['sendGetS'], 'IS_D'], ['IS_D', ['load', 'DataDir(ack=0)'], ['stall']]),
    ],
    [
      'reads cache: load in IS_D stalls, so it can do nothing else and stays in IS_D',
      withCacheRows(
        ['I', 'load', ['sendGetS'], 'IS_D'],
        ['IS_D', 'DataDir(ack=0)', [], 'S'],
        ['IS_D', 'load', ['stall', 'sendGetS']],
      ),
    ],
    [
      'reads cache: load in IS_D stalls, so it can do nothing else and stays in IS_D',
      withCacheRows(
        ['I', 'load', ['sendGetS'], 'IS_D'],
        ['IS_D', 'DataDir(ack=0)', [], 'S'],
        ['IS_D', 'load', ['stall'], 'S'],
      ),
    ],
    [
      'reads cache: sendPutS sends PutS, for which reads home has no row',
      withCacheRows(...read.cache.rows, ['S', 'evict', ['sendPutS']]),
    ],
    [
      'reads home: sendExclusive sends DataExcl, for which reads cache has no row',
      { ...read, home: { ...read.home, rows: [[['I', 'V'], 'GetS', ['sendExclusive'], 'V']] } },
    ],
    [
      'reads cache: there is no row for store in I, so no reason why it is not reached',
      { ...read, cache: { ...read.cache, unreached: [['I', 'store', 'nobody writes']] } },
    ],
  ])('is refused: %s', (message, source) => {
    expect(() => defineProtocol(source)).toThrow(message);
  });
});

/** Cells of a table that are not empty, by state. */
function perState(table: AnyTable): Record<string, number> {
  const filled = (state: number): number =>
    table.events.filter((_, event) => table.cells[state * table.events.length + event] !== null).length;
  return Object.fromEntries(table.states.map((state, number) => [state, filled(number)]));
}

const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);

// The rows of the Primer's tables 8.1 to 8.4 and of our combinations, one cell each. A GetM that home stalls, or that
// meets sharers and an owner, is one row there; here a sharer's and a non-sharer's are two events.
describe.each<[CoherenceProtocol, Record<string, number>, number, Record<string, number>, number]>([
  [
    msi,
    {
      ...{ I: 2, S: 4, M: 5 },
      ...{ IS_D: 6, IM_AD: 10, IM_A: 7, SM_AD: 10, SM_A: 7 },
      ...{ MI_A: 6, SI_A: 5, II_A: 4 },
    },
    66,
    { I: 4, S: 8, M: 5, S_D: 8 + 1 },
    25 + 1,
  ],
  [
    mesi,
    {
      ...{ I: 2, S: 4, E: 5, M: 5 },
      ...{ IS_D: 9, IM_AD: 10, IM_A: 7, SM_AD: 10, SM_A: 7 },
      ...{ MI_A: 6, EI_A: 6, SI_A: 5, II_A: 4 },
    },
    80,
    { I: 5, S: 10, E: 7, M: 6, S_D: 10 + 1 },
    38 + 1,
  ],
  [
    mosi,
    {
      ...{ I: 2, S: 4, M: 5, O: 5 },
      ...{ IS_D: 6, IM_AD: 12, IM_A: 7, SM_AD: 13, SM_A: 7, OM_AC: 8, OM_A: 7 },
      ...{ MI_A: 6, OI_A: 6, SI_A: 5, II_A: 4 },
    },
    97,
    { I: 5, S: 8, M: 6, O: 10 + 1 },
    29 + 1,
  ],
  [
    moesi,
    {
      ...{ I: 2, S: 4, E: 5, M: 5, O: 5 },
      ...{ IS_D: 9, IM_AD: 12, IM_A: 7, SM_AD: 13, SM_A: 7, OM_AC: 8, OM_A: 7 },
      ...{ MI_A: 6, EI_A: 6, OI_A: 6, SI_A: 5, II_A: 4 },
    },
    111,
    { I: 6, S: 9, E: 8, M: 7, O: 12 + 1 },
    42 + 1,
  ],
])('$name', ({ cache, home }, cacheCells, cacheSum, homeCells, homeSum) => {
  it('has the rows of its source', () => {
    expect(perState(cache)).toEqual(cacheCells);
    expect(sum(cacheCells)).toBe(cacheSum);
    expect(perState(home)).toEqual(homeCells);
    expect(sum(homeCells)).toBe(homeSum);
  });

  it('is at rest in one-letter states and in no other', () => {
    for (const table of [cache, home])
      expect(table.states.filter((_, state) => table.stable[state])).toEqual(
        table.states.filter(state => state.length === 1),
      );
  });
});
