import { describe, expect, it } from '@jest/globals';
import { GuestError } from '../../../lib/system/guest-error.js';
import { SystemProcess, type SystemEvent } from '../../../lib/guest/bare/system-process.js';
import { call, compute, load, store, type Operation } from '../../../lib/processor/operations.js';
import { PAGE, kernelMachine, run, runChecked, type KernelMachine } from '../kernel-machine.js';

const tell = (...events: SystemEvent[]): Operation => call(events);
const task = (number: number): SystemEvent => ({ event: 'task', task: number });
const map = (page: number, physical: number): SystemEvent => ({ event: 'map', page, physical });
const KERNEL = 0xc0000;
const read = (page: number): Operation => load((page * PAGE) | 0);
const write = (page: number, value: number): Operation => store((page * PAGE) | 0, value);
/** Long enough for everything that another processor does before. */
const later = compute(100_000);

/** Runs programs, one per processor, as one recorded system; returns what the loads of each found. */
function play(programs: readonly (readonly Operation[])[], spaces = 255): { system: KernelMachine; found: number[][] } {
  const results = programs.map(() => [] as number[]);
  const process = new SystemProcess(0, spaces, '');
  const system = kernelMachine(
    programs.map((operations, i) => run(operations, results[i])),
    { process: () => process },
  );
  runChecked(system, 20);
  const isLoad = (i: number) => (_: number, k: number) => programs[i][k].kind === read(0).kind;
  return { system, found: results.map((values, i) => values.filter(isLoad(i))) };
}

describe('pages of a recorded system', () => {
  it('are those of the task at hand', () => {
    const { found } = play([
      [
        ...[tell(task(1), map(5, 10)), write(5, 1), tell(task(2), map(5, 11)), write(5, 2)],
        ...[tell(task(1)), read(5), tell(task(2)), read(5)],
      ],
    ]);
    expect(found).toEqual([[1, 2]]);
  });

  it('above 0xc0000000 are those of all tasks and processors', () => {
    const { found, system } = play([
      [tell(map(KERNEL, 10)), write(KERNEL, 1), tell(task(3)), read(KERNEL)],
      [later, tell(task(9)), read(KERNEL)],
    ]);
    expect(found).toEqual([[1], [1]]);
    expect(system.kernel.pages.pages.map(({ label }) => label)).toEqual(['physical page 0xa']);
  });

  it('are reached through the unmapped segments by their physical number', () => {
    const { found } = play([
      [tell(map(5, 10)), write(5, 1), read(0x8000a), read(0xa000a), write(0xa000a, 2), read(5), read(0x8000a)],
    ]);
    expect(found).toEqual([[1, 1, 2, 2]]);
  });

  it('have been there all along: neither a refill nor a first touch takes time', () => {
    const { system } = play([[tell(task(1), map(5, 10)), read(5), read(0x8000b)]]);
    const { 'local stall': stall, user, ...rest } = system.processors[0].account.report();
    // Two loads of a cycle each that miss in local memory: 300 ns, 120 ticks.
    expect([stall, user, rest]).toEqual([240, 2, {}]);
  });

  it('are an error if they are used before they are mapped', () => {
    const message = 'node0.cpu0: the trace uses page 0x5 of task 2 before it maps it';
    expect(() => play([[tell(task(1), map(5, 10), task(2)), read(5)]])).toThrow(new GuestError(message));
  });
});

describe('a mapping that is replaced', () => {
  it('is gone at once where that happens', () => {
    const { found } = play([
      [
        ...[tell(task(1), map(5, 10)), write(5, 1), tell(map(5, 11)), read(5)],
        ...[
          write(5, 2),
          tell(map(5, 10)),
          read(5),
          tell(map(KERNEL, 10)),
          read(KERNEL),
          tell(map(KERNEL, 11)),
          read(KERNEL),
        ],
      ],
    ]);
    expect(found).toEqual([[0, 1, 1, 2]]);
  });

  const elsewhere: readonly [string, number, readonly Operation[]][] = [
    ['switches the task', 5, [tell(task(1))]],
    ['switches the task, for kernel pages', KERNEL, [tell(task(1))]],
    ['hears of it', 5, [tell(map(5, 11))]],
    ['hears of it, for kernel pages', KERNEL, [tell(map(KERNEL, 11))]],
    ['switches the task after a change of its own', 5, [tell(map(40, 12)), tell(map(40, 13)), tell(task(1))]],
  ];
  it.each(elsewhere)('is used by another processor until that %s', (_, page, operations) => {
    const { found } = play([
      [tell(task(1), map(page, 10), map(40, 14)), write(page, 1), later, tell(map(page, 11)), write(page, 2)],
      [compute(50_000), tell(task(1)), read(page), later, later, read(page), ...operations, read(page)],
    ]);
    expect(found[1]).toEqual([1, 1, 2]);
  });

  it('makes no refill necessary if it is the same again', () => {
    const { system } = play([[tell(map(5, 10)), read(5), tell(task(1), task(0)), read(5)]]);
    expect(system.processors[0].stats.tlbMisses).toBe(1);
  });
});

describe('address space identifiers', () => {
  it('keep the translations of tasks apart without dropping any', () => {
    const back = [tell(task(1)), read(5), tell(task(2)), read(5)];
    const { system } = play([[tell(task(1), map(5, 10), task(2), map(5, 11)), ...back, ...back, ...back]]);
    expect(system.processors[0].stats.tlbMisses).toBe(2);
  });

  it.each([
    [1, 3],
    [0, 2], // the task before the first switch has an identifier, too
    [2, 0],
  ])('that tasks %d and %d have to share serve one of them at a time', (first, second) => {
    const { found } = play(
      [
        [
          ...(first === 0 ? [] : [tell(task(first))]),
          ...[tell(map(5, 10)), write(5, 1), tell(task(second), map(5, 11)), write(5, 2), read(5)],
          ...[tell(task(first)), read(5)],
        ],
      ],
      2,
    );
    expect(found).toEqual([[2, 1]]);
  });

  it('end at 255', () => {
    expect(() => new SystemProcess(100, 157, '')).toThrow(
      'address space identifiers end at 255; 100 to 256 do not fit',
    );
    expect(new SystemProcess(100, 156, '').recordedKernel).toBe(true);
  });
});
