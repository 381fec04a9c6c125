import { describe, expect, it } from '@jest/globals';
import { machineFrame } from '../../lib/messages/addresses.js';
import type { InterruptMessage } from '../../lib/messages/coherence-messages.js';
import {
  block,
  call,
  clearFrame,
  compute,
  copyFrame,
  interrupt,
  load,
  machineLoad,
  machineStore,
  store,
  wait,
  type Operation,
  type Program,
} from '../../lib/processor/operations.js';
import { Context } from '../../lib/processor/context.js';
import type { Processor } from '../../lib/processor/processor.js';
import { packReference, ReferenceKind } from '../../lib/processor/references.js';
import { Activity } from '../../lib/processor/software.js';
import { PlainSoftware } from '../system/plain-software.js';
import { defaults, matrix, wire, wordsOf, type Machine, type MachineOptions } from '../system/wire.js';

/** Answers an interrupt, or a call, with the operations given. */
class Answers extends PlainSoftware {
  readonly taken: number[] = [];
  private readonly operations: readonly Operation[];

  constructor(operations: readonly Operation[]) {
    super();
    this.operations = operations;
  }

  override interrupt(_processor: Processor, message: InterruptMessage): Context {
    this.taken.push(message.code);
    return new Context(run(this.operations), Activity.Interrupt);
  }

  override call(): Context {
    return new Context(run(this.operations), Activity.PageMoving);
  }
}

function* run(operations: readonly Operation[], results: number[] = []): Program {
  for (const operation of operations) results.push(yield operation);
}

/** Programs by processor, run to the end on a small machine; what their operations returned. */
function execute(
  programs: readonly (readonly Operation[])[],
  changes: Partial<MachineOptions> = {},
  answer: readonly Operation[] = [],
): { machine: Machine; results: number[][]; software: Answers } {
  const machine = wire(changes.processors?.length ?? 1, changes);
  const software = new Answers(answer);
  const results = machine.cpus.map(() => [] as number[]);
  machine.cpus.forEach((cpu, i) => cpu.load(software, programs[i] ? run(programs[i], results[i]) : null));
  expect(machine.sim.run()).toBe('finished');
  for (const cpu of machine.cpus) cpu.settle();
  return { machine, results, software };
}

const two = { processors: [2], frames: [64] };
const PAGE = defaults(1).pageBytes;

describe('a processor', () => {
  it('gives a program what it loads, stores and calls for', () => {
    const { results } = execute([
      [store(8, 7), load(8), load(12), machineStore(machineFrame(3), 4, 9), machineLoad(machineFrame(3), 4), call(0)],
    ]);
    expect(results[0]).toEqual([7, 7, 0, 9, 9, 0]);
  });

  it('gives no value for packed references, whatever was loaded before', () => {
    const words = Int32Array.of(packReference(2 * PAGE, ReferenceKind.Load));
    const packed = { words, gaps: Uint16Array.of(1) };
    const { results } = execute([[store(0, 77), load(0), block(packed, 0, 1)]]);
    expect(results[0]).toEqual([77, 77, 0]);
  });

  it('keeps the value of a load for its program while an interrupt is served', () => {
    // The last load hits the second level about tick 1160; the interrupt comes in each tick around it.
    const values = Array.from({ length: 60 }, (_, delay) => {
      const { results, software } = execute(
        [
          [store(0, 77), load(64), compute(1000), load(0)],
          [compute(1080 + delay), interrupt(0, 1, 0)],
        ],
        { ...two, l1: { sizeBytes: 64, ways: 1, lineBytes: 32 }, l2Ticks: 9 },
        [compute(3), machineLoad(machineFrame(9), 0)],
      );
      expect(software.taken).toEqual([1]);
      return results[0].at(-1);
    });
    expect(new Set(values)).toEqual(new Set([77]));
  });

  it('copies a frame although an interrupt comes whose handler clears another', () => {
    const words = Array.from({ length: 8 }, (_, line) => store(2 * PAGE + 64 * line, line + 1));
    for (let delay = 0; delay < 60; delay++) {
      const { machine } = execute(
        [
          [...words, copyFrame(machineFrame(2), machineFrame(5), 30)],
          [compute(1150 + 20 * delay), interrupt(0, 1, 0)],
        ],
        { ...two, l2: { sizeBytes: 4096, ways: 2, lineBytes: 64 } },
        [clearFrame(machineFrame(7), 1)],
      );
      const copied = Array.from({ length: 8 }, (_, line) => wordsOf(machine, 5 * 8 + line)[0]);
      expect(copied).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    }
  });

  it('leaves zeros behind when it clears a frame, also when the lines have left its caches', () => {
    const { machine, results } = execute([
      [
        ...[store(2 * PAGE, 5), load(4 * PAGE), load(6 * PAGE), load(8 * PAGE)], // one set: the written line leaves
        ...[clearFrame(machineFrame(2), 1), load(4 * PAGE), load(6 * PAGE), load(8 * PAGE)], // and leaves again, cleared
        load(2 * PAGE),
      ],
    ]);
    expect(results[0].at(-1)).toBe(0);
    expect(wordsOf(machine, 2 * 8)[0]).toBe(0);
  });

  it('may have any number of lines on their way out', () => {
    // Twenty lines of a far node leave for lines of its own, and no acknowledgement comes meanwhile.
    const far = Array.from({ length: 20 }, (_, i) => machineLoad(machineFrame(64 + (i >> 3)), 64 * (i & 7)));
    const near = Array.from({ length: 20 }, (_, i) => machineLoad(machineFrame(i >> 3), 64 * (i & 7)));
    const { results } = execute([[...far, ...near]], {
      processors: [1, 0],
      frames: [64, 64],
      topology: matrix(2, 100_000),
      l2: { sizeBytes: 2048, ways: 1, lineBytes: 64 },
    });
    expect(results[0]).toHaveLength(40);
  });
});

describe('time of a processor', () => {
  it('in a stall belongs to the stall, wherever the run is interrupted to look', () => {
    const { sim, cpus } = wire(1);
    cpus[0].load(new PlainSoftware(), run([load(0)]));
    sim.runUntil(40);
    cpus[0].settle();
    expect(cpus[0].account.report()).toEqual({ user: 1, 'local stall': 39 });
  });

  it('is the cycles of what it computes', () => {
    const { machine } = execute([[compute(10), compute(0), compute(5)]], { period: 3 });
    expect(machine.cpus[0].account.report()).toEqual({ user: 45 });
  });
});

describe('packed references', () => {
  it('count gaps as cycles and hits as nothing', () => {
    const words = Int32Array.from([0, 0, 32, 0].map(address => packReference(address, ReferenceKind.Load)));
    const gaps = Uint16Array.from([5, 1, 0, 4]);
    const { machine } = execute([[block({ words, gaps }, 0, 4)]], { l2Ticks: 6 });
    const { cpuWire, timing, memory } = machine.options;
    // One miss, then the other half of its line is in the second level.
    expect(machine.cpus[0].account.report()).toEqual({
      user: 10,
      cache: 6,
      'local stall': 2 * cpuWire + timing.lookupLocal + memory.accessTicks,
    });
  });
});

/** Loads a word again and again while the other processor of the node does its part; what it found, with and without run-ahead. */
function watch(
  before: readonly Operation[],
  other: readonly Operation[],
  answer: readonly Operation[] = [],
): { ahead: number[]; present: number[] } {
  const looks = Array.from({ length: 100 }, () => [compute(10), load(0)]).flat();
  const rest = Array.from({ length: 15 }, () => compute(10));
  const [ahead, present] = [true, false].map(runAhead => {
    const { results } = execute([[load(0), ...rest, ...before, ...looks], other], { ...two, runAhead }, answer);
    return results[0].slice(1 + rest.length + before.length).filter((_, i) => i % 2 === 1);
  });
  return { ahead, present };
}

describe('a processor that runs ahead', () => {
  it('sees what a processor of its node does about a message that is still under way to it', () => {
    // The only event pending is the answer to the other, which stores as soon as it has it.
    const { ahead, present } = watch([], [compute(100), load(64), store(0, 1)]);
    expect(present).toContain(1);
    expect(ahead).toEqual(present);
  });

  it('is interrupted by itself on time', () => {
    const { ahead, present } = watch([interrupt(0, 1, 0)], [], [machineStore(machineFrame(0), 0, 1)]);
    expect(present).toContain(1);
    expect(ahead).toEqual(present);
  });

  it('sees what a processor does that it has just woken', () => {
    const [ahead, present] = [true, false].map(runAhead => {
      const machine = wire(1, { ...two, runAhead });
      const found: number[] = [];
      const looks = Array.from({ length: 100 }, () => [compute(10), load(0)]).flat();
      const software = new Waker(machine.cpus);
      machine.cpus[0].load(software, run([load(0), compute(1000), call(1), ...looks], found));
      machine.cpus[1].load(software, run([wait(), store(0, 1)]));
      machine.sim.run();
      return found;
    });
    expect(present).toContain(1);
    expect(ahead).toEqual(present);
  });
});

/** A call wakes the processor of that number. */
class Waker extends PlainSoftware {
  private readonly cpus: readonly Processor[];

  constructor(cpus: readonly Processor[]) {
    super();
    this.cpus = cpus;
  }

  override call(_processor?: Processor, request?: unknown): number {
    this.cpus[request as number].wake();
    return 0;
  }
}
