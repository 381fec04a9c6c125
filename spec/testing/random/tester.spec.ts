/** The random tester finds nothing where nothing is wrong, and what is planted. */
import { describe, expect, it } from '@jest/globals';
import { mesiRetry } from '../../../lib/coherence/protocols/mesi-retry.js';
import { mesi } from '../../../lib/coherence/protocols/mesi.js';
import type { CoherenceMessage } from '../../../lib/messages/coherence-messages.js';
import { Kind } from '../../../lib/messages/coherence-messages.js';
import type { RandomMachine } from '../../../lib/testing/random/machine.js';
import { RANDOM_TOPOLOGIES, type RandomCheck, type RandomTestOptions } from '../../../lib/testing/random/options.js';
import { shrinkRandomTest, shrunkText } from '../../../lib/testing/random/shrink.js';
import { RandomTester, randomTest } from '../../../lib/testing/random/tester.js';
import { both, faulty, inCells, newCells, to, without } from '../../system/faulty-protocol.js';

const OPTIONS: RandomTestOptions = {
  ...{
    seed: 'spec',
    accesses: 10_000,
    protocol: mesi,
    nodes: 4,
    processorsPerNode: 2,
    topology: 'mesh',
    network: 'booking',
  },
  ...{ checks: 80, jitter: true, deadlockTicks: 50_000 },
};

const options = (changes: Partial<RandomTestOptions>): RandomTestOptions => ({ ...OPTIONS, ...changes });

/** Passes the messages of all homes through a change; what it turns into null is lost. */
const tampering =
  (change: (message: CoherenceMessage) => CoherenceMessage | null) =>
  ({ controllers }: RandomMachine): void => {
    for (const port of controllers.flatMap(({ processors, network }) => [...processors, network])) {
      const forward = port.forward.bind(port);
      port.forward = (message, departs) => {
        const other = 'line' in message ? change(message) : message;
        if (other !== null) forward(other, departs);
      };
    }
  };

let lost = 0;

interface Fault {
  readonly what: string;
  readonly changes: Partial<RandomTestOptions>;
  readonly by: readonly RandomCheck[];
}

const ANY_TIME = newCells(['I', 'S', 'E', 'M', 'MI_A', 'SI_A', 'II_A', 'IS_D'], ['Inv-Ack'], []);

const FAULTS: readonly Fault[] = [
  {
    what: 'a shared copy survives an invalidation',
    changes: { protocol: faulty({ cache: inCells(['S'], ['Inv'], to('S')) }) },
    by: ['single writer'],
  },
  {
    what: 'a sharer is forgotten',
    changes: { protocol: faulty({ home: inCells(['S'], ['GetS'], without('addRequester')) }) },
    by: ['single writer'],
  },
  {
    what: 'the owner keeps M after a Fwd-GetM',
    changes: { protocol: faulty({ cache: inCells(['M'], ['Fwd-GetM'], to('M')) }) },
    by: ['single writer'],
  },
  {
    what: 'dirty data is lost on write-back',
    changes: { protocol: faulty({ home: inCells(['E', 'M'], ['PutM(owner)'], without('writeMemory')) }) },
    by: ['load returns the last store'],
  },
  {
    what: 'dirty data is lost on downgrade',
    changes: { protocol: faulty({ home: inCells(['S_D'], ['Data'], without('writeMemory')) }) },
    by: ['load returns the last store'],
  },
  {
    what: 'the requester does not wait for acknowledgements',
    changes: {
      protocol: faulty({
        cache: both(
          inCells(['IM_AD', 'SM_AD'], ['DataDir(ack>0)'], () => ({ actions: ['keepData'], some: 'M', none: 'M' })),
          ANY_TIME,
        ),
      }),
    },
    by: ['single writer'],
  },
  {
    what: 'an Inv in IS_D is answered early',
    changes: {
      protocol: faulty({
        cache: inCells(['IS_D'], ['Inv'], cell => ({ ...cell, actions: ['sendInvAckToRequester'] })),
      }),
    },
    by: ['single writer'],
  },
  {
    what: 'home answers a GetS in S_D from memory',
    changes: {
      protocol: faulty({
        home: inCells(['S_D'], ['GetS'], cell => ({ ...cell, actions: ['sendData', 'addRequester'] })),
      }),
    },
    by: ['load returns the last store', 'single writer'],
  },
  {
    what: 'an Inv in SI_A is swallowed',
    changes: { protocol: faulty({ cache: inCells(['SI_A'], ['Inv'], without('sendInvAckToRequester')) }) },
    by: ['everybody finishes'],
  },
  {
    what: 'M is dropped before the Put-Ack',
    changes: { protocol: faulty({ cache: inCells(['M'], ['evict'], to('I')) }) },
    by: ['protocol'],
  },
  {
    what: 'home forgets to invalidate',
    changes: {
      protocol: faulty({ home: inCells(['S'], ['GetM(sharer)', 'GetM(non-sharer)'], without('sendInvToOthers')) }),
    },
    by: ['everybody finishes'],
  },
  {
    what: 'one Put-Ack in a thousand is lost',
    changes: { plant: tampering(message => (message.kind === Kind.PutAck && ++lost % 1000 === 0 ? null : message)) },
    by: ['everybody finishes', 'at rest in the end'],
  },
  {
    what: 'home forgets its last owner',
    changes: { protocol: faulty({ home: inCells(['I'], ['GetM(non-sharer)'], without('setOwner')) }) },
    by: ['protocol'],
  },
  // A home that refuses: what waits for it asks for ever, so that something can always move.
  {
    what: 'home stays busy after a Transfer',
    changes: { protocol: faulty({ home: inCells(['BusyE'], ['Transfer'], to('BusyE')) }, mesiRetry) },
    by: ['everybody finishes'],
  },
  {
    what: 'home stays busy after a read',
    changes: { protocol: faulty({ home: inCells(['BusyS'], ['Data'], to('BusyS')) }, mesiRetry) },
    by: ['everybody finishes'],
  },
  {
    what: 'a Nak is dropped',
    changes: { protocol: faulty({ cache: inCells(['IS_D'], ['Nak'], without('sendGetS')) }, mesiRetry) },
    by: ['everybody finishes'],
  },
  {
    what: 'a revision does not reach memory',
    changes: { protocol: faulty({ home: inCells(['BusyS'], ['Data'], without('writeMemory')) }, mesiRetry) },
    by: ['load returns the last store'],
  },
  {
    what: 'a Nak is taken for a grant',
    changes: {
      protocol: faulty(
        { cache: inCells(['SM_AD'], ['Nak'], () => ({ actions: [], some: 'M', none: 'M' })) },
        mesiRetry,
      ),
    },
    by: ['load returns the last store', 'single writer'],
  },
  {
    what: 'a busy home answers a GetS from memory',
    changes: {
      protocol: faulty(
        { home: inCells(['BusyS', 'BusyE'], ['GetS'], cell => ({ ...cell, actions: ['sendData', 'addRequester'] })) },
        mesiRetry,
      ),
    },
    by: ['load returns the last store', 'single writer', 'protocol'],
  },
];

describe('a random test', () => {
  it.each(RANDOM_TOPOLOGIES)('finds nothing wrong with MESI on a %s', topology => {
    for (const jitter of [true, false]) {
      const result = randomTest(options({ topology, jitter }));
      expect([result.failure, result.accesses]).toEqual([null, OPTIONS.accesses]);
      expect(result.misses).toBeGreaterThan(OPTIONS.accesses / 2);
    }
  });

  it.each([
    [1, 1],
    [1, 8],
    [16, 1],
  ])('finds nothing wrong with MESI on %i nodes of %i', (nodes, processorsPerNode) => {
    expect(randomTest(options({ nodes, processorsPerNode })).failure).toBeNull();
  });

  it('is the same for the same options, and another for another seed', () => {
    const fingerprint = (seed: string): string => randomTest(options({ seed, accesses: 3000 })).fingerprint;
    expect(fingerprint('a')).toBe(fingerprint('a'));
    expect(fingerprint('a')).not.toBe(fingerprint('b'));
  });

  it('goes on where it stopped', () => {
    const tester = new RandomTester(OPTIONS);
    let pieces = 1;
    while (!tester.advance(1000)) pieces++;
    expect(pieces).toBeGreaterThan(10);
    expect(tester.result()).toEqual(randomTest(OPTIONS));
  });

  it.each(FAULTS)('notices that $what', ({ changes, by }) => {
    lost = 0;
    const { failure } = randomTest(options(changes));
    expect(by).toContain(failure?.check);
  });

  it.each<[Partial<RandomTestOptions>, string]>([
    [{ accesses: 0 }, 'accesses, not 0'],
    [{ nodes: 65 }, 'a random test has 1 to 64 nodes, not 65'],
    [{ processorsPerNode: 0.5 }, 'a random test has 1 to 16 processorsPerNode, not 0.5'],
    [{ checks: 0 }, 'a random test has 1 to 1024 checks, not 0'],
  ])('with %p is refused', (changes, message) => {
    expect(() => randomTest(options(changes))).toThrow(message);
  });
});

describe('a failing random test', () => {
  it.each(FAULTS.slice(0, 4))('is made short when $what', ({ changes }) => {
    const shrunk = shrinkRandomTest(options(changes));
    expect(shrunk.failure.access).toBeLessThan(100);
    expect(shrunk.options.nodes * shrunk.options.processorsPerNode).toBeLessThanOrEqual(3);
    expect(randomTest(shrunk.options).failure).toEqual(shrunk.failure);
  });

  it('tells the history of its line', () => {
    const shrunk = shrinkRandomTest(options(FAULTS[0].changes));
    const text = shrunkText(shrunk);
    expect(shrunk.history.length).toBeGreaterThan(3);
    expect(shrunk.history.some(entry => entry.includes('sends Inv to'))).toBe(true);
    expect(text).toMatch(/^single writer: line \d+: .* has it in M/m);
    expect(text).toContain(`line ${shrunk.failure.line}, its last messages`);
  });

  it('cannot be made short if it does not fail', () => {
    expect(() => shrinkRandomTest(options({ accesses: 500 }))).toThrow('does not fail');
  });
});
