/** Store buffers, fences and linked accesses on wired machines: what they cost, and what they never do. */
import { describe, expect, it } from '@jest/globals';
import { randomStream } from '../../lib/engine/random.js';
import {
  compute,
  fence,
  interrupt,
  load,
  loadLinked,
  store,
  storeConditional,
  type Program,
} from '../../lib/processor/operations.js';
import { Context } from '../../lib/processor/context.js';
import { Activity } from '../../lib/processor/software.js';
import { PlainSoftware } from './plain-software.js';
import { matrix, wire, wordsOf, type Machine, type MachineOptions } from './wire.js';

const LINE = 64;
const PAGE = 512;
const BUFFERS = [0, 1, 4];

/** Runs a program for each processor of a machine to the end. */
function run(
  programs: readonly Program[],
  changes: Partial<MachineOptions> = {},
  plant?: (m: Machine) => void,
): Machine {
  const machine = wire(programs.length, { topology: matrix(programs.length, 19), tlbEntries: 16, ...changes });
  plant?.(machine);
  const software = new PlainSoftware();
  machine.cpus.forEach((cpu, i) => cpu.load(software, programs[i]));
  machine.sim.run();
  for (const cpu of machine.cpus) cpu.settle();
  return machine;
}

/** Increments a counter with linked accesses until it has succeeded so often. */
function* increments(address: number, times: number, seed: string): Program {
  const random = randomStream('increments', seed);
  for (let done = 0; done < times;) {
    const value = yield loadLinked(address);
    yield compute(random.below(20));
    done += yield storeConditional(address, value + 1);
    yield compute(random.below(60));
  }
}

/** Takes a lock, changes two words that have to stay equal, and gives the lock back. */
function* locked(times: number, seed: string, faults: string[]): Program {
  const random = randomStream('locked', seed);
  const [lock, a, b] = [0, 4 * LINE, 9 * LINE];
  for (let i = 0; i < times; i++) {
    for (;;) {
      if ((yield loadLinked(lock)) === 0 && (yield storeConditional(lock, 1)) === 1) break;
      yield compute(1 + random.below(40));
    }
    const left = yield load(a);
    yield compute(random.below(30));
    const right = yield load(b);
    if (left !== right) faults.push(`${seed} found ${left} and ${right}`);
    yield store(a, left + 1);
    yield store(b, right + 1);
    yield store(lock, 0);
    yield compute(random.below(50));
  }
}

describe('linked accesses', () => {
  it.each(BUFFERS)('lose no increment of six processors, with %s entries of store buffer', storeBuffer => {
    const programs = Array.from({ length: 6 }, (_, i) => increments(0, 40, `${i}`));
    expect(wordsOf(run(programs, { storeBuffer }), 0)[0]).toBe(240);
  });

  it('lose increments if an invalidation does not break the link', () => {
    const programs = Array.from({ length: 6 }, (_, i) => increments(0, 40, `${i}`));
    const machine = run(programs, {}, ({ cpus }) => {
      for (const { caches } of cpus) {
        let linked = -1;
        const set = (line: number): void => void (line >= 0 && (linked = line));
        Object.defineProperty(caches, 'linkedLine', { get: () => linked, set });
      }
    });
    expect(wordsOf(machine, 0)[0]).toBeLessThan(240);
  });

  it.each(BUFFERS)('make a lock that excludes, with %s entries of store buffer', storeBuffer => {
    const faults: string[] = [];
    const machine = run(
      Array.from({ length: 5 }, (_, i) => locked(30, `${i}`, faults)),
      { storeBuffer },
    );
    expect(faults).toEqual([]);
    expect([wordsOf(machine, 4)[0], wordsOf(machine, 9)[0]]).toEqual([150, 150]);
  });

  it('succeed once per link', () => {
    const seen: number[] = [];
    run([
      (function* (): Program {
        yield loadLinked(0);
        seen.push(yield storeConditional(0, 7), yield storeConditional(0, 8), yield load(0));
        yield loadLinked(0);
        seen.push(yield storeConditional(4, 9));
      })(),
    ]);
    expect(seen).toEqual([1, 0, 7, 0]);
  });

  it('fail after the line was evicted, and after a handler has returned', () => {
    const seen: number[] = [];
    class Interrupted extends PlainSoftware {
      override interrupt(): Context {
        return new Context([compute(3)].values(), Activity.Interrupt);
      }
    }
    const machine = wire(1, { topology: matrix(1, 19), tlbEntries: 16 });
    machine.cpus[0].load(
      new Interrupted(),
      (function* (): Program {
        for (let i = 0; i < 12; i++) yield load(i * PAGE);
        // The second level has four sets of two lines.
        yield loadLinked(0);
        for (let i = 1; i < 3; i++) yield load(i * 4 * LINE);
        seen.push(yield storeConditional(0, 1));
        yield loadLinked(0);
        yield interrupt(0, 1, 0);
        yield compute(500);
        seen.push(yield storeConditional(0, 2));
        yield loadLinked(0);
        yield compute(500);
        seen.push(yield storeConditional(0, 3), yield load(0));
      })(),
    );
    machine.sim.run();
    expect(seen).toEqual([0, 0, 1, 3]);
  });
});

describe('a store buffer', () => {
  /** A program that first loads a word of each page it will touch, so that TLB and tables are warm. */
  function* storing(stores: number, last: Program): Program {
    for (let i = 0; i < 8; i++) yield load(i * PAGE);
    for (let i = 0; i < stores; i++) yield store(i * PAGE + 2 * LINE, i + 1);
    for (let next = last.next(0); next.done !== true; next = last.next(0)) yield next.value;
  }

  /** Ticks that a processor stalls because of stores, and the time of the whole, beyond what it takes without them. */
  function cost(stores: number, storeBuffer: number, last: () => Program) {
    const [these, none] = [stores, 0].map(count => run([storing(count, last())], { storeBuffer }));
    const stalls = ({ cpus }: Machine): number => cpus[0].account.report()['local stall'] ?? 0;
    return { stalls: stalls(these) - stalls(none), ticks: these.sim.now - none.sim.now, machine: these };
  }

  function* computing(cycles: number): Program {
    yield compute(cycles);
  }

  function* fenced(): Program {
    yield fence();
    yield compute(5000);
  }

  it('hides the misses of stores behind what comes after them', () => {
    const blocking = cost(6, 0, () => computing(5000));
    const buffered = cost(6, 8, () => computing(5000));
    expect(blocking.stalls).toBeGreaterThan(6 * 50);
    expect(blocking.ticks).toBe(blocking.stalls + 6);
    expect([buffered.stalls, buffered.ticks]).toEqual([0, 6]);
  });

  it('lets the processor wait when it is full, and charges that', () => {
    const stalls = [0, 1, 3, 8].map(entries => cost(6, entries, () => computing(5000)).stalls);
    expect(stalls).toEqual([...stalls].sort((a, b) => b - a));
    expect(new Set(stalls).size).toBe(4);
  });

  it('is empty behind a fence, and when the program has ended', () => {
    const none = cost(6, 0, () => computing(5000)).stalls;
    const fence = cost(6, 8, fenced).stalls;
    // All but a cycle or so between one store and the next.
    expect(Math.abs(fence - none)).toBeLessThan(20);
    const { machine } = cost(6, 8, () => computing(1));
    expect(Array.from({ length: 6 }, (_, i) => wordsOf(machine, (i * PAGE) / LINE + 2)[0])).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('gives a store its turn after one load, however many loads follow', () => {
    const seen: number[] = [];
    run(
      [
        (function* (): Program {
          for (let i = 0; i < 8; i++) yield load(i * PAGE);
          yield store(2 * LINE, 1);
          for (let i = 0; i < 400; i++) yield load((i % 7) * PAGE + (i % 8) * LINE + 4);
        })(),
        (function* (): Program {
          yield compute(3000);
          seen.push(yield load(2 * LINE));
        })(),
      ],
      { storeBuffer: 4, frames: [64, 64] },
    );
    expect(seen).toEqual([1]);
  });
});
