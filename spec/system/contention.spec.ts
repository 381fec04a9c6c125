/** What refusing costs beside blocking, on one line that many processors want to write. */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProtocolName } from '../../lib/coherence/protocols/protocols.js';
import { compute, load, store, type Operation, type Program } from '../../lib/processor/operations.js';
import { migrate, migratory, type VisitCosts } from './contention.js';

const PAGE = readFileSync(join(__dirname, '..', '..', 'docs', 'coherence.md'), 'utf8');

/** Instructions between two visits of a processor, and processors. */
const STREAMS = [
  [10_000, 15],
  [1000, 2],
  [1000, 4],
  [1000, 8],
  [1000, 15],
  [0, 15],
] as const;

const costs = STREAMS.map(([between, sharers]) => ({
  ...{ between, sharers },
  blocking: migrate({ protocol: 'MESI', sharers, between }),
  refusing: migrate({ protocol: 'MESI-retry', sharers, between }),
}));

describe('a line that migrates', () => {
  it('costs what docs/coherence.md says', () => {
    const table = PAGE.split('\n')
      .filter(line => /^\| \d+ +\| \d+ +\| [\d.,]+ \/ /.test(line))
      .map(line => line.replace(/ +/g, ' '));
    expect(table).toEqual(
      costs.map(({ between, sharers, blocking, refusing }) => {
        const both = (show: (cost: VisitCosts) => string): string => `${show(blocking)} / ${show(refusing)}`;
        const row = [
          String(between),
          String(sharers),
          both(({ ns }) => (ns / 1000).toFixed(2)),
          both(({ messages }) => messages.toFixed(1)),
          both(({ stalled, naks }) => (stalled + naks).toFixed(1)),
          both(({ occupancy }) => `${(100 * occupancy).toFixed(0)} %`),
        ];
        return `| ${row.join(' | ')} |`;
      }),
    );
  });

  it('is asked for again as often as it is refused, and a home either makes wait or refuses', () => {
    for (const { blocking, refusing } of costs) {
      expect(refusing.retries).toBe(refusing.naks);
      expect([blocking.naks, blocking.retries, refusing.stalled]).toEqual([0, 0, 0]);
    }
  });

  it.each([
    ['a write takes a Transfer on top', store(0, 1), 1],
    ['a read takes nothing: its revision is what a blocking home waits for as well', load(0), 0],
  ])('without contention: %s', (_, second, more) => {
    const messages = (protocol: ProtocolName): number => {
      const machine = migratory(protocol, node => (node === 1 ? once(store(0, 1)) : node === 2 ? late(second) : null));
      return machine.network.stats.messages;
    };
    expect(messages('MESI-retry') - messages('MESI')).toBe(more);
  });
});

function* once(operation: Operation): Program {
  yield operation;
}

function* late(operation: Operation): Program {
  yield compute(10_000);
  yield operation;
}
