import { describe, expect, it } from '@jest/globals';
import { explore, Explorer, type ExploreOptions } from '../../../lib/coherence/explore/explorer.js';
import { sequenceChart } from '../../../lib/coherence/explore/sequence-chart.js';
import { mesiRetry } from '../../../lib/coherence/protocols/mesi-retry.js';
import { mesi } from '../../../lib/coherence/protocols/mesi.js';
import { moesi } from '../../../lib/coherence/protocols/moesi.js';
import { mosi } from '../../../lib/coherence/protocols/mosi.js';
import { msi } from '../../../lib/coherence/protocols/msi.js';
import type { CoherenceProtocol } from '../../../lib/coherence/protocol.js';
import { withSupersets } from '../../../lib/coherence/variants.js';
import { withRows } from '../../../lib/coherence/with-rows.js';

describe('the states of a protocol', () => {
  // Counted by an independent program for the same model: states, steps, depth, and classes under renaming of caches.
  it.each<[string, CoherenceProtocol, number, number, number, number, number]>([
    ['MSI', msi, 2, 1358, 3340, 23, 706],
    ['MESI', mesi, 2, 1860, 4772, 24, 958],
    ['MSI', msi, 3, 38256, 133912, 29, 6950],
  ])('of %s are as many as published', (_, protocol, caches, states, steps, depth, orbits) => {
    const whole = explore(protocol, { caches, symmetry: false, oneKindOfData: true });
    expect([whole.states, whole.steps, whole.depth]).toEqual([states, steps, depth]);
    const classes = explore(protocol, { caches, oneKindOfData: true });
    expect([classes.states, classes.depth]).toEqual([orbits, depth]);
  });

  it.each<[string, CoherenceProtocol, number, number]>([
    ['MSI', msi, 3, 5],
    ['MESI', mesi, 3, 5],
    ['MOSI', mosi, 3, 6],
    ['MOESI', moesi, 3, 6],
    ['MESI-retry', mesiRetry, 3, 5],
  ])('of %s with 3 caches are sound, and every cell is reached', (_, protocol, two, three) => {
    const { complete, violation, stuck, lost, mostMessagesInFlight, cells } = explore(protocol, { caches: 3 });
    expect({ complete, violation, stuck, lost }).toEqual({ complete: true, violation: null, stuck: 0, lost: 0 });
    expect(cells.excused).toEqual([]);
    expect([cells.unexplained, cells.contradicted]).toEqual([[], []]);
    const fewer = explore(protocol, { caches: 2 });
    expect([fewer.violation, fewer.mostMessagesInFlight, mostMessagesInFlight]).toEqual([null, two, three]);
  });

  const NEED_THREE_TO_WRITE = ['cache IM_A Inv-Ack', 'cache SM_A Inv-Ack'];
  const OWNED_NEED_THREE = [
    'cache IM_A Inv-Ack',
    'cache IM_AD DataOwner(ack>0)',
    'cache IM_AD DataOwner(ack>0)[all acks were early]',
    'cache OM_A Inv-Ack',
    'cache SM_A Inv-Ack',
    'cache SM_AD DataOwner(ack>0)',
    'cache SM_AD DataOwner(ack>0)[all acks were early]',
  ];
  it.each<[string, CoherenceProtocol, string[]]>([
    ['MSI', msi, [...NEED_THREE_TO_WRITE, 'home S_D PutM(non-owner)', 'home S_D PutS(not a sharer)']],
    [
      'MESI',
      mesi,
      [
        ...NEED_THREE_TO_WRITE,
        ...['S', 'S_D'].flatMap(state =>
          ['PutE(non-owner)', 'PutM(non-owner)', 'PutS(not a sharer)'].map(event => `home ${state} ${event}`),
        ),
      ],
    ],
    [
      'MOSI',
      mosi,
      [
        ...OWNED_NEED_THREE,
        ...['PutM(non-owner)', 'PutO(non-owner)', 'PutS(not a sharer)', 'PutS(not last)'].map(e => `home O ${e}`),
      ],
    ],
    [
      'MOESI',
      moesi,
      [
        ...OWNED_NEED_THREE,
        ...['PutE(non-owner)', 'PutM(non-owner)', 'PutO(non-owner)', 'PutS(not a sharer)', 'PutS(not last)'].map(
          e => `home O ${e}`,
        ),
        ...['PutE(non-owner)', 'PutM(non-owner)', 'PutO(non-owner)', 'PutS(not a sharer)'].map(e => `home S ${e}`),
      ],
    ],
    [
      'MESI-retry',
      mesiRetry,
      [
        ...NEED_THREE_TO_WRITE,
        ...['S', 'BusyS'].flatMap(state =>
          ['PutE(non-owner)', 'PutM(non-owner)', 'PutS(not a sharer)'].map(event => `home ${state} ${event}`),
        ),
        ...['BusyE', 'BusyI'].map(state => `home ${state} PutS(not a sharer)`),
      ],
    ],
  ])('of %s with 2 caches miss just the cells that take a third', (_, protocol, cells) => {
    const { excused, unexplained, contradicted } = explore(protocol, { caches: 2 }).cells;
    expect(excused.map(({ cell }) => cell).sort()).toEqual([...cells].sort());
    expect([unexplained, contradicted]).toEqual([[], []]);
  });

  it('of MESI-retry are sound on networks without any order, if home also refuses Puts while busy and knows supersets', () => {
    // An Inv may also overtake the Put-Ack of a cache that home takes for a sharer. Three caches are sound too, in 20 s.
    const supersets = (protocol: CoherenceProtocol): CoherenceProtocol =>
      withRows(withSupersets(protocol), {
        cache: [[['MI_A', 'EI_A'], 'Inv', ['sendInvAckToRequester'], 'II_A']],
      });
    const late = ['PutM(non-owner)', 'PutE(non-owner)'] as const;
    const refusing = withRows(mesiRetry, {
      home: [
        ['BusyS', [...late, 'PutM(non-owner, sharer)', 'PutE(non-owner, sharer)'], ['sendNak']],
        [['BusyE', 'BusyI'], late, ['sendNak']],
      ],
      // Who has answered a forward meanwhile has less to put back.
      cache: [
        ['MI_A', 'Nak', ['sendPutM']],
        ['EI_A', 'Nak', ['sendPutE']],
        [['SI_A', 'II_A'], 'Nak', ['sendPutS']],
      ],
    });
    const both = explore(supersets(refusing), { caches: 2, forwards: 'bag' });
    expect([both.complete, both.violation, both.stuck, both.lost]).toEqual([true, null, 0, 0]);
    // Either alone is not enough.
    const found = (protocol: CoherenceProtocol): string | undefined =>
      explore(protocol, { caches: 2, forwards: 'bag' }).violation?.what;
    expect(found(supersets(mesiRetry))).toContain('Fwd-GetS cannot happen in I');
    expect(found(refusing)).toContain('Inv cannot happen in I');
  });

  it('with one cache have no races: nothing is ever shared or invalidated', () => {
    const { violation, cells } = explore(mesi, { caches: 1 });
    expect(violation).toBeNull();
    expect(cells.reached.filter(cell => /Inv|Fwd|GetM.sharer|not last/.test(cell))).toEqual([]);
    expect(cells.unexplained).toContain('cache S Inv');
  });

  it('with two lines are pairs of those of one, without those in which a cache asks for both', () => {
    const one = explore(mesi, { caches: 1 }).states;
    const pairs = explore(mesi, { caches: 1, lines: 2, symmetry: false });
    const asking = Math.sqrt(one ** 2 - pairs.states);
    expect(Number.isInteger(asking) && asking > 0).toBe(true);
    expect([pairs.violation, pairs.lost]).toEqual([null, 0]);
    // Pairs that differ only in which line is called first are one, but for those of equals.
    const { states } = explore(mesi, { caches: 1, lines: 2 });
    expect(states).toBe((pairs.states + one - asking) / 2);
  });

  it('with two lines and two caches are sound as far as a spec has time for', () => {
    const { violation, states } = explore(moesi, { caches: 2, lines: 2, limit: 10_000 });
    expect(violation).toBeNull();
    expect(states).toBeGreaterThan(10_000);
  });

  it('are the same whether explored at once or in slices', () => {
    const explorer = new Explorer(mesi, { caches: 2 });
    let slices = 1;
    while (!explorer.run(100)) slices++;
    expect(slices).toBeGreaterThan(10);
    expect(explorer.result()).toEqual(explore(mesi, { caches: 2 }));
  });

  it('are given up after a limit', () => {
    const { complete, states, violation, cells } = explore(mesi, { caches: 3, limit: 1000 });
    expect([complete, violation, cells.unexplained]).toEqual([false, null, []]);
    expect(states).toBeLessThan(1100);
  });

  it.each<[string, ExploreOptions]>([
    ['1 to 6 caches can be explored, not 7', { caches: 7 }],
    ['1 to 6 caches can be explored, not 0', { caches: 0 }],
    ['1 or 2 lines can be explored, not 3', { caches: 2, lines: 3 }],
    ['no network is called backward', { caches: 2, lanes: { Inv: 'backward' as never } }],
    ['no kind of message is called Invalidate', { caches: 2, lanes: { ['Invalidate' as never]: 'forward' } }],
  ])('are not explored: %s', (message, options) => {
    expect(() => explore(mesi, options)).toThrow(message);
  });
});

const GETM = ['GetM(sharer)', 'GetM(non-sharer)'] as const;

describe('a planted fault', () => {
  it.each<[string, CoherenceProtocol, Partial<ExploreOptions>, string, string, number]>([
    [
      'home counts one acknowledgement too few',
      // With two caches there is at most one to count, and none is left when the sharers are cleared first.
      withRows(msi, { home: [['S', GETM, ['sendInvToOthers', 'clearSharers', 'sendData', 'setOwner'], 'M']] }),
      {},
      'SWMR',
      'cache 0 is in S, cache 1 is in M at the same time',
      6,
    ],
    [
      'the requester does not wait for acknowledgements',
      withRows(msi, { cache: [[['IM_AD', 'SM_AD'], 'DataDir(ack>0)', ['keepData'], 'M']] }),
      {},
      'SWMR',
      'cache 0 is in S, cache 1 is in M at the same time',
      6,
    ],
    [
      'an Inv in SM_AD is answered but the right kept',
      withRows(msi, { cache: [['SM_AD', 'Inv', ['sendInvAckToRequester']]] }),
      {},
      'SWMR',
      'cache 0 is in SM_AD, cache 1 is in M at the same time',
      9,
    ],
    [
      'an Inv in IS_D is answered at once, and the data then kept',
      withRows(msi, { cache: [['IS_D', 'Inv', ['sendInvAckToRequester']]] }),
      {},
      'SWMR',
      'cache 0 is in S, cache 1 is in M at the same time',
      8,
    ],
    [
      'home answers a GetS in S_D from memory',
      withRows(msi, { home: [['S_D', 'GetS', ['sendData', 'addRequester']]] }),
      {},
      'data value',
      'cache 1 reads 0, but 1 was stored last',
      13,
    ],
    [
      'home takes a write-back from who is no owner',
      withRows(msi, { home: [['I', 'PutM(non-owner)', ['writeMemory', 'sendPutAck']]] }),
      {},
      'data value',
      'memory is stale: home is in I with 0, but 1 was stored last',
      12,
    ],
    [
      'M is dropped without waiting for Put-Ack',
      // As published, home does not look who asks for a line in M; ours would refuse the owner's GetM just as early.
      withRows(msi, {
        cache: [['M', 'evict', ['sendPutM'], 'I']],
        home: [['M', 'GetM(owner)', ['forwardGetM', 'setOwner']]],
      }),
      {},
      'unexpected message',
      'MSI cache, changed: Put-Ack cannot happen in I',
      5,
    ],
    [
      'OM_A answers Fwd-GetS',
      withRows(mosi, { cache: [['OM_A', 'Fwd-GetS', ['sendDataToRequester']]] }),
      {},
      'SWMR',
      'cache 0 is in S, cache 1 is in M at the same time',
      16,
    ],
    [
      'AckCount travels with the responses',
      mosi,
      { lanes: { AckCount: 'response' } },
      'unexpected message',
      'MOSI cache: AckCount>0 cannot happen in IM_AD',
      12,
    ],
    ['forwards of MSI keep no order', msi, { forwards: 'bag' }, 'unexpected message', 'Inv cannot happen in I', 8],
    [
      'forwards of MESI keep no order',
      mesi,
      { forwards: 'bag' },
      'unexpected message',
      'Fwd-GetS cannot happen in I',
      8,
    ],
    [
      'forwards of MESI-retry keep no order',
      mesiRetry,
      { forwards: 'bag' },
      'unexpected message',
      'Fwd-GetS cannot happen in I',
      8,
    ],
    [
      'the revision of a read does not reach memory',
      withRows(mesiRetry, { home: [['BusyS', 'Data', [], 'S']] }),
      {},
      'data value',
      'memory is stale: home is in S with 0, but 1 was stored last',
      8,
    ],
    [
      'home answers a GetS from memory while a read is under way',
      withRows(mesiRetry, { home: [['BusyS', 'GetS', ['sendData', 'addRequester']]] }),
      {},
      'data value',
      'reads 0, but 1 was stored last',
      13,
    ],
    [
      'home answers a GetS from memory while ownership moves',
      withRows(mesiRetry, { home: [['BusyE', 'GetS', ['sendData', 'addRequester']]] }),
      {},
      'data value',
      'reads 0, but 1 was stored last',
      10,
    ],
    [
      'an upgrade that is refused gives up its copy without a word',
      withRows(mesiRetry, { cache: [['SM_AD', 'Nak', ['sendGetM'], 'IM_AD']] }),
      {},
      'unexpected message',
      'Inv cannot happen in IM_AD',
      13,
    ],
    [
      'an upgrade takes a refusal for a grant',
      withRows(mesiRetry, { cache: [['SM_AD', 'Nak', [], 'M']] }),
      {},
      'SWMR',
      'at the same time',
      10,
    ],
    [
      'home is not busy while ownership moves',
      withRows(mesiRetry, { home: [['E', 'GetM(non-sharer)', ['forwardGetM', 'setOwner']]] }),
      {},
      'unexpected message',
      'Transfer cannot happen in E',
      6,
    ],
    [
      'home takes the write-back of a new owner for the end of the transfer',
      withRows(mesiRetry, { home: [['BusyE', 'PutM(owner)', ['writeMemory', 'clearOwner', 'sendPutAck'], 'I']] }),
      {},
      'unexpected message',
      'Transfer cannot happen in I',
      9,
    ],
    ['forwards of MOSI keep no order', mosi, { forwards: 'bag' }, 'unexpected message', 'Inv cannot happen in I', 8],
  ])('is found by a shortest way: %s', (_, protocol, options, kind, what, depth) => {
    for (const symmetry of [false, true]) {
      const { complete, violation } = explore(protocol, { caches: 2, symmetry, ...options });
      expect(complete).toBe(false);
      expect(violation).toMatchObject({ kind, what: expect.stringContaining(what), depth });
      expect(violation!.steps).toHaveLength(kind === 'unexpected message' ? depth + 1 : depth);
    }
  });

  it('is found by its lack of progress alone: an Inv in SI_A is swallowed', () => {
    const swallowed = withRows(msi, { cache: [['SI_A', 'Inv', [], 'II_A']] });
    const { complete, stuck, lost, violation } = explore(swallowed, { caches: 2, symmetry: false });
    expect([complete, stuck]).toEqual([true, 24]);
    expect(lost).toBeGreaterThan(stuck);
    expect(violation).toMatchObject({
      kind: 'progress',
      what: 'something is outstanding, but no message can be taken (24 such states)',
    });
    expect(violation!.steps.map(step => step.text)).toContain('cache 0 takes Inv(for cache 1)');
  });

  it.each<[string, CoherenceProtocol]>([
    ['home stays busy after a Transfer', withRows(mesiRetry, { home: [['BusyE', 'Transfer', []]] })],
    ['home stays busy after data', withRows(mesiRetry, { home: [['BusyS', 'Data', ['writeMemory']]] })],
    ['a reader drops a Nak', withRows(mesiRetry, { cache: [['IS_D', 'Nak', []]] })],
    ['a writer drops a Nak', withRows(mesiRetry, { cache: [['IM_AD', 'Nak', []]] })],
    ['an upgrade drops a Nak', withRows(mesiRetry, { cache: [['SM_AD', 'Nak', []]] })],
    [
      'an owner on its way out moves ownership without a revision',
      withRows(mesiRetry, { cache: [[['MI_A', 'EI_A'], 'Fwd-GetM', ['sendDataToRequester'], 'II_A']] }),
    ],
  ])('is found by its lack of progress alone: %s', (_, protocol) => {
    const { complete, stuck, lost, violation } = explore(protocol, { caches: 2 });
    expect([complete, violation?.kind]).toEqual([true, 'progress']);
    // Where a request is open as well, it is refused again and again: something moves, but not to rest.
    expect(stuck).toBeGreaterThan(0);
    expect(lost).toBeGreaterThan(stuck);
  });

  it('is found although a retry can always be made: home refuses who asks it to write', () => {
    const refusing = withRows(mesiRetry, { home: [[['I', 'E'], 'GetM(non-sharer)', ['sendNak']]] });
    const { stuck, lost, violation } = explore(refusing, { caches: 2 });
    expect([stuck, violation?.kind]).toEqual([0, 'progress']);
    expect(violation!.what).toBe(`rest cannot be reached any more (${lost} such states)`);
  });

  it('is found although something can always move: two caches for ever hand a line to and fro', () => {
    // A write-back that is asked for again and again never lets its line come to rest.
    const restless = withRows(msi, { home: [['M', 'PutM(owner)', ['sendExclusive']]], cache: [['MI_A', 'DataExcl', ['sendPutM']]] }); // prettier-ignore
    const { stuck, lost, violation } = explore(restless, { caches: 1 });
    expect(stuck).toBe(0);
    expect(lost).toBeGreaterThan(0);
    expect(violation).toMatchObject({
      kind: 'progress',
      what: `rest cannot be reached any more (${lost} such states)`,
    });
  });

  it('is found when it floods the networks', () => {
    const flooding = withRows(msi, {
      cache: [['M', 'evict', ['sendPutM']]],
      home: [['M', 'PutM(owner)', ['stall']]],
    });
    expect(explore(flooding, { caches: 1 }).violation).toMatchObject({
      kind: 'unexpected message',
      what: 'more than 8 messages are in flight',
    });
  });

  it('is found when a state does not know what to do about a load', () => {
    const forgetful = withRows(msi, { cache: [['S', 'load', null]] });
    expect(explore(forgetful, { caches: 1 }).violation).toMatchObject({
      kind: 'unexpected message',
      what: 'MSI cache, changed: load cannot happen in S',
      depth: 3,
    });
  });

  it('is drawn as a sequence chart', () => {
    const hasty = withRows(msi, { cache: [[['IM_AD', 'SM_AD'], 'DataDir(ack>0)', ['keepData'], 'M']] });
    const found = explore(hasty, { caches: 2 });
    expect(sequenceChart(found.violation!, found)).toBe(`sequenceDiagram
  participant C0 as cache 0
  participant C1 as cache 1
  participant H0 as home
  Note over C0: load, I → IS_D
  Note over C1: store, I → IM_AD
  C0->>H0: GetS(from cache 0)
  Note over H0: I → S
  C1->>H0: GetM(from cache 1)
  Note over H0: S → M
  H0->>C1: DataDir(acks 1, value 0)
  Note over C1: IM_AD → M
  H0->>C0: DataDir(acks 0, value 0)
  Note over C0: IS_D → S
  Note over C0,H0: SWMR: cache 0 is in S, cache 1 is in M at the same time`);
  });

  it('of two lines names them, and marks the message that has no cell', () => {
    const found = explore(mesi, { caches: 2, lines: 2, forwards: 'bag' });
    const chart = sequenceChart(found.violation!, found).split('\n');
    expect(chart.slice(1, 5)).toEqual([
      '  participant C0 as cache 0',
      '  participant C1 as cache 1',
      '  participant H0 as home of line 0',
      '  participant H1 as home of line 1',
    ]);
    expect(chart.filter(line => line.includes('--x'))).toEqual([expect.stringMatching(/^ {2}H\d--xC\d: FwdGetS/)]);
    expect(chart.at(-1)).toContain('unexpected message: MESI cache: Fwd-GetS cannot happen in I');
  });
});
