import { describe, expect, it } from '@jest/globals';
import { StatisticsRegistry } from '../../lib/engine/statistics.js';
import { wire } from '../system/wire.js';
import { ring } from './probes.js';

describe('statistics', () => {
  it('are reported with path, unit and definition, in order of construction', () => {
    const registry = new StatisticsRegistry();
    const bank = registry.define('bank', { served: ['requests', 'requests served'], busy: ['ticks', 'time spent'] });
    registry.define('wire', { sent: ['messages', 'messages sent'] });
    bank.served = 3;
    expect(registry.report()).toEqual([
      { path: 'bank', name: 'served', unit: 'requests', definition: 'requests served', value: 3 },
      { path: 'bank', name: 'busy', unit: 'ticks', definition: 'time spent', value: 0 },
      { path: 'wire', name: 'sent', unit: 'messages', definition: 'messages sent', value: 0 },
    ]);
  });

  it('are all set to 0 by one reset, and go on counting from there', () => {
    const { sim, talkers } = ring(5, 20);
    sim.run({ events: 50 });
    expect(sim.statistics().some(({ value }) => value > 0)).toBe(true);
    sim.resetStatistics();
    expect(sim.statistics().every(({ value }) => value === 0)).toBe(true);
    const before = talkers.map(talker => talker.heard.length);
    sim.run();
    expect(talkers.map(talker => talker.stats.heard)).toEqual(talkers.map((t, i) => t.heard.length - before[i]));
  });

  it('of a whole machine each have a unit and a definition', () => {
    const statistics = wire(2).sim.statistics();
    expect(statistics.length).toBeGreaterThan(20);
    for (const { path, name, unit, definition } of statistics) {
      expect([path, name, unit]).not.toContain('');
      expect(definition.split(' ').length).toBeGreaterThan(1);
    }
  });
});
