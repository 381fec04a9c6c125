import { describe, expect, it } from '@jest/globals';
import { machineFrame } from '../../lib/messages/addresses.js';
import { HOT_PAGE, type InterruptMessage } from '../../lib/messages/coherence-messages.js';
import { PageCounters, type PageCounterOptions } from '../../lib/memory/page-counters.js';
import { machineLoad, type Program } from '../../lib/processor/operations.js';
import { Context } from '../../lib/processor/context.js';
import type { Processor } from '../../lib/processor/processor.js';
import { Activity } from '../../lib/processor/software.js';
import { PlainSoftware } from '../system/plain-software.js';
import { wire } from '../system/wire.js';

const OPTIONS: PageCounterOptions = { threshold: 4, sampling: 1, bits: 11, delayTicks: 0, resetTicks: 1e9 };

function counters(changes: Partial<PageCounterOptions> = {}, home = 0): PageCounters {
  return new PageCounters(3, home, { ...OPTIONS, ...changes });
}

/** At which of `count` misses of node 1 an interrupt is raised. */
function reached(set: PageCounters, count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1).filter(() => set.miss(machineFrame(7), 1, 0));
}

describe('page counters', () => {
  it('report every multiple of the threshold', () => {
    expect(reached(counters(), 13)).toEqual([4, 8, 12]);
    expect(reached(counters({ threshold: 1 }), 3)).toEqual([1, 2, 3]);
  });

  it('say nothing to the home itself, whose misses they count', () => {
    const set = counters({}, 1);
    expect([reached(set, 13), set.snapshot(machineFrame(7), 0)[1]]).toEqual([[], 13]);
  });

  it('count by node and frame, and ownership requests and write-backs apart', () => {
    const set = counters();
    for (const node of [0, 1, 1, 2, 1]) set.miss(machineFrame(7), node, 0);
    set.miss(machineFrame(8), 2, 0);
    set.ownershipRequest(machineFrame(7), 0);
    set.ownershipRequest(machineFrame(7), 0);
    set.writeBack(machineFrame(7), 0);
    expect([...set.snapshot(machineFrame(7), 0)]).toEqual([1, 3, 1, 2, 1, 0]);
    expect([...set.snapshot(machineFrame(8), 0)]).toEqual([0, 0, 1, 0, 0, 0]);
    expect([...set.snapshot(machineFrame(9), 0)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('give away copies', () => {
    const set = counters();
    set.miss(machineFrame(7), 0, 0);
    set.snapshot(machineFrame(7), 0).fill(99);
    expect([...set.snapshot(machineFrame(7), 0)]).toEqual([1, 0, 0, 0, 0, 0]);
  });

  it('count one in so many misses of all', () => {
    const set = counters({ sampling: 3, threshold: 2 });
    expect(reached(set, 12)).toEqual([4, 10]); // misses 1, 4, 7 and 10 are counted
    expect([set.seen, set.counted, set.snapshot(machineFrame(7), 0)[1]]).toEqual([12, 4, 4]);
  });

  it('sample the misses of all nodes and frames by one count, but no stores', () => {
    const set = counters({ sampling: 2 });
    for (const [frame, node] of [[7, 1], [8, 2], [7, 2], [7, 1]] as const) set.miss(machineFrame(frame), node, 0); // prettier-ignore
    set.ownershipRequest(machineFrame(7), 0);
    expect([7, 8].map(frame => [...set.snapshot(machineFrame(frame), 0)].slice(0, 4))).toEqual([
      [0, 1, 1, 1],
      [0, 0, 0, 0],
    ]);
  });

  it('of a cleared frame begin at 0, and the others and the sampling go on', () => {
    const set = counters({ sampling: 2, threshold: 2 });
    set.miss(machineFrame(7), 1, 0);
    set.miss(machineFrame(8), 1, 0);
    set.ownershipRequest(machineFrame(7), 0);
    set.clear(machineFrame(7));
    expect([...set.snapshot(machineFrame(7), 0)]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(reached(set, 3)).toEqual([3]);
  });

  it('stay at their largest value, and say nothing there', () => {
    const set = counters({ bits: 3, threshold: 7 });
    expect(reached(set, 30)).toEqual([7]);
    for (let i = 0; i < 30; i++) {
      set.ownershipRequest(machineFrame(7), 0);
      set.writeBack(machineFrame(7), 0);
    }
    expect([...set.snapshot(machineFrame(7), 0)]).toEqual([0, 7, 0, 7, 7, 0]);
  });

  it('of a frame are cleared when it is next touched in a new interval', () => {
    const set = counters({ resetTicks: 100 });
    for (const now of [0, 50, 99]) set.miss(machineFrame(7), 1, now);
    expect([...set.snapshot(machineFrame(7), 99)]).toEqual([0, 3, 0, 0, 0, 0]);
    set.miss(machineFrame(7), 2, 100);
    expect([...set.snapshot(machineFrame(7), 100)]).toEqual([0, 0, 1, 0, 0, 1]);
    set.writeBack(machineFrame(7), 350);
    expect([...set.snapshot(machineFrame(7), 399)]).toEqual([0, 0, 0, 0, 1, 3]);
    expect([...set.snapshot(machineFrame(7), 400)]).toEqual([0, 0, 0, 0, 0, 4]);
  });

  it.each<[Partial<PageCounterOptions>, string]>([
    [{ threshold: 0 }, 'threshold is a whole number of at least 1, not 0'],
    [{ sampling: 0.5 }, 'sampling is a whole number of at least 1, not 0.5'],
    [{ delayTicks: -1 }, 'delayTicks is a whole number of at least 0, not -1'],
    [{ resetTicks: NaN }, 'resetTicks is a whole number of at least 1, not NaN'],
    [{ bits: 32 }, 'at most 31 bits, not 32'],
    [{ bits: 3, threshold: 8 }, 'a counter of 3 bits stays at 7 and never reaches a threshold of 8'],
  ])('with %p are refused', (changes, message) => {
    expect(() => counters(changes)).toThrow(message);
  });
});

/** Remembers the interrupts it takes. */
class Listener extends PlainSoftware {
  readonly heard: [time: number, message: InterruptMessage][] = [];

  override interrupt(processor?: Processor, message?: InterruptMessage): Context {
    this.heard.push([processor!.simulation.now, message!]);
    return new Context(nothing(), Activity.PageMoving);
  }
}

function* nothing(): Program {}

function* sweep(): Program {
  for (let line = 0; line < 8; line++) yield machineLoad(machineFrame(0), 64 * line);
}

describe('a home with page counters', () => {
  it('interrupts the processor of another node that misses so often, after the delay, with all counts', () => {
    const [quick, slow] = [0, 1000].map(delayTicks => {
      const { sim, cpus, homes } = wire(2, { counters: { ...OPTIONS, threshold: 8, delayTicks } });
      const software = new Listener();
      cpus[1].load(software, sweep());
      cpus[0].load(software, sweep()); // its own node: no interrupt
      sim.run();
      expect(homes[0].counters!.seen).toBe(16);
      expect(sim.statistics().find(({ path, name }) => path === 'node0.home' && name === 'hotPages')!.value).toBe(1);
      expect(cpus[1].stats.interrupts).toBe(1);
      return software.heard;
    });
    const [[time, message]] = quick;
    expect([message.code, message.a, message.b, message.to]).toEqual([HOT_PAGE, 0, 1, 1]);
    expect([...message.counts!].slice(1)).toEqual([8, 0, 0, 0]);
    expect(quick).toHaveLength(1);
    expect(slow[0][0]).toBeGreaterThan(time + 900);
  });

  it('shows every miss to an observer', () => {
    const { sim, cpus, homes } = wire(2);
    const seen: unknown[][] = [];
    homes[0].observeMisses((frame, node, _now, processor, store) => void seen.push([frame, node, processor, store]));
    cpus[1].load(new PlainSoftware(), sweep());
    sim.run();
    expect(seen).toEqual(Array.from({ length: 8 }, () => [0, 1, 1, false]));
  });
});
