/** One reset covers everything that a machine counts, and changes nothing else. */
import { describe, expect, it } from '@jest/globals';
import { PlainQueue } from '../../lib/engine/queue/plain-queue.js';
import type { Booking } from '../../lib/engine/booking.js';
import type { Machine } from '../../lib/machine/machine.js';
import { presets } from '../../lib/machine/presets/presets.js';
import { compute, load, store, type Program } from '../../lib/processor/operations.js';
import { Activity } from '../../lib/processor/software.js';
import { build, pairPerNode } from './running.js';

function* sharing(processor: number): Program {
  for (let i = 0; i < 300; i++) {
    const address = ((Math.imul(i, 4) + processor * 64) & 0xfff) + 8192 * (i & 3);
    if (i % 3 === 0) yield store(address, i);
    else yield load(address);
    yield compute(i & 7);
  }
}

function loaded(): Machine {
  const counters = { threshold: 5, sampling: 3, bits: 11, delayNs: 100, resetNs: 1e8 };
  const machine = build(presets['disco-1997'](), { counters, queue: new PlainQueue() });
  machine.load(
    Object.assign(pairPerNode(machine), {
      interrupt: () => ({ program: [compute(10)].values(), activity: Activity.Interrupt }),
    }),
    machine.processors.map((_, i) => sharing(i)),
  );
  return machine;
}

/** All that is counted, by name; `largest` queues apart, which do not add up. */
function counted(machine: Machine): { sums: Record<string, number>; largest: number[] } {
  const { controllers, network, processors, simulation } = machine;
  for (const processor of processors) processor.settle();
  const sums: Record<string, number> = {};
  const largest: number[] = [];
  const booking = (name: string, { served, busyTicks, waitedTicks, largestQueue }: Booking): void => {
    Object.assign(sums, { [`${name} served`]: served, [`${name} busy`]: busyTicks, [`${name} waited`]: waitedTicks });
    largest.push(largestQueue);
  };
  for (const { path, name, value } of simulation.statistics()) sums[`${path}.${name}`] = value;
  for (const { path, occupancy, banks, counters } of controllers) {
    booking(path, occupancy);
    banks.forEach((bank, i) => booking(`${path} bank ${i}`, bank));
    Object.assign(sums, { [`${path} seen`]: counters!.seen, [`${path} counted`]: counters!.counted });
  }
  for (const { link, messages, flits, busyTicks, waitedTicks, largestQueue } of network.linkTraffic()) {
    messages.forEach((count, lane) => (sums[`link ${link} lane ${lane}`] = count));
    Object.assign(sums, { [`link ${link} flits`]: flits, [`link ${link} busy`]: busyTicks });
    sums[`link ${link} waited`] = waitedTicks;
    largest.push(largestQueue);
  }
  for (const { path, account, caches } of processors) {
    const { fills, upgrades, evictions, invalidations } = caches;
    for (const [name, value] of Object.entries({ fills, upgrades, evictions, invalidations }))
      sums[`${path} ${name}`] = value;
    account.ticks.forEach((ticks, i) => (sums[`${path} ${account.activities[i]}`] = ticks));
  }
  return { sums, largest };
}

describe('resetting what a machine counts', () => {
  it('sets everything to 0', () => {
    const machine = loaded();
    machine.run({ events: 2000 });
    const before = counted(machine);
    expect(Object.values(before.sums).filter(value => value > 0).length).toBeGreaterThan(100);
    expect(Math.max(...before.largest)).toBeGreaterThan(0);
    machine.simulation.resetStatistics();
    const after = counted(machine);
    expect(Object.entries(after.sums).filter(([, value]) => value !== 0)).toEqual([]);
    expect(Math.max(...after.largest)).toBe(0);
  });

  it('leaves the run as it is: both parts add up to the whole, to the tick', () => {
    const whole = loaded();
    whole.run();
    const machine = loaded();
    machine.run({ events: 2000 });
    const first = counted(machine);
    machine.simulation.resetStatistics();
    expect(machine.run()).toBe('finished');
    const second = counted(machine);
    const sums = Object.entries(first.sums).map(([name, value]) => [name, value + second.sums[name]] as const);
    expect(sums).toEqual(Object.entries(counted(whole).sums));
    expect(String(machine.simulation.fingerprint)).toBe(String(whole.simulation.fingerprint));
  });
});
