/** Numbers that no operation takes. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SimulationError } from '../../lib/engine/errors.js';
import { machineFrame } from '../../lib/messages/addresses.js';
import {
  annotate,
  block,
  clearFrame,
  compute,
  copy,
  copyFrame,
  interrupt,
  load,
  loadLinked,
  machineLoad,
  machineStore,
  readRegister,
  spinWhile,
  store,
  storeConditional,
  writeRegister,
  zero,
  type Operation,
} from '../../lib/processor/operations.js';
import { Activity } from '../../lib/processor/software.js';
import { boot, each, LINE, PAGE } from './privileged.js';

const KSEG0 = 0x80000000;
const NAMES = ['none', 'first', 'second'];
const CHANGES = { processors: [2], frames: [16] };
const references = { words: Int32Array.from([KSEG0 | 2, KSEG0 | 66]), gaps: Uint16Array.from([0, 0]) };

/** Runs an operation in kernel mode; whatever exception it takes, it is skipped. */
function run(operation: Operation, services: readonly string[] | null = NAMES): void {
  const { machine } = boot(
    [each([operation, compute(5)]), null],
    ({ context }) => {
      context?.complete(0);
      return null;
    },
    CHANGES,
    services ?? undefined,
  );
  expect(Number.isSafeInteger(machine.sim.now)).toBe(true);
}

describe('numbers of operations', () => {
  it.each<[string, Operation]>([
    ['computes from 0 to 2^40 whole cycles, not -1', compute(-1)],
    ['computes from 0 to 2^40 whole cycles, not 1.5', compute(1.5)],
    ['computes from 0 to 2^40 whole cycles, not NaN', compute(NaN)],
    ['computes from 0 to 2^40 whole cycles, not Infinity', compute(Infinity)],
    [`not ${2 ** 40 + 1}`, compute(2 ** 40 + 1)],
    ['executes references within the 2 that there are, not 0 up to 3', block(references, 0, 3)],
    ['executes references within the 2 that there are, not 2 up to 1', block(references, 2, 1)],
    ['executes references within the 2 that there are, not -1 up to 1', block(references, -1, 1)],
    ['there are frames 0 to 15, not 16', machineLoad(machineFrame(16), 0)],
    ['there are frames 0 to 15, not -1', machineStore(machineFrame(-1), 0, 7)],
    ['a word lies at a multiple of 4 below the 4096 bytes of a frame, not at 4096', machineLoad(machineFrame(0), PAGE)],
    ['a word lies at a multiple of 4 below the 4096 bytes of a frame, not at 6', machineStore(machineFrame(0), 6, 7)],
    ['there are frames 0 to 15, not 0.5', copyFrame(machineFrame(0.5), machineFrame(1), 8)],
    ['there are frames 0 to 15, not 99', copyFrame(machineFrame(1), machineFrame(99), 8)],
    ['a line takes from 0 to 2^40 whole cycles, not -8', copyFrame(machineFrame(1), machineFrame(2), -8)],
    ['there are frames 0 to 15, not NaN', clearFrame(machineFrame(NaN), 8)],
    ['a line takes from 0 to 2^40 whole cycles, not 0.1', clearFrame(machineFrame(1), 0.1)],
    ['copies and fills with zeros whole words, not 6 bytes', copy(KSEG0, KSEG0 + PAGE, 6, 8)],
    ['copies and fills with zeros whole words, not -4 bytes', zero(KSEG0, -4, 8)],
    ['a line takes from 0 to 2^40 whole cycles, not NaN', zero(KSEG0, 4, NaN)],
    ['a turn of a spinning loop takes at least a whole cycle, not 2.5', spinWhile(KSEG0, 0, 2.5)],
    ['interrupts processors 0 to 1, not 2', interrupt(2, 1, 0)],
    ['interrupts with a code from 1 up, not 0', interrupt(1, 0, 0)],
    ['annotate takes one of the 3 services that the software names, or -1, not 3', annotate(3)],
    ['annotate takes one of the 3 services that the software names, or -1, not 1.5', annotate(1.5)],
    ['annotate takes an activity from 0 to', annotate(-1, 99)],
    ['its program yields 42, which is no operation; yield one, such as compute(5)', 42 as never],
    ['its program yields undefined, which is no operation', undefined as never],
    ['its program yields null, which is no operation', null as never],
    ['there is no operation 99', { ...compute(5), kind: 99 } as never],
    ['there is no operation "20"', { ...readRegister(1), kind: '20' } as never],
    ['there is no operation undefined', {} as Operation],
  ])('%s', (message, operation) => {
    expect(() => run(operation)).toThrow(message);
    expect(() => run(operation)).toThrow(/^node0\.cpu0: .*\(at tick \d+, seed /s);
  });

  it('are services from 0 up where the software names none', () => {
    expect(() => run(annotate(7), null)).not.toThrow();
    expect(() => run(annotate(0.5), null)).toThrow('annotate takes a service from 0 up, or -1, not 0.5');
  });

  it.each<[string, Operation]>([
    ['no cycles', compute(0)],
    ['most cycles', compute(2 ** 40)],
    ['no references', block(references, 2, 2)],
    ['all references', block(references, 0, 2)],
    ['the last frame', clearFrame(machineFrame(15), 0)],
    ['the last word', machineStore(machineFrame(15), PAGE - 4, 1)],
    ['no bytes', copy(KSEG0, KSEG0 + PAGE, 0, 0)],
    ['a line', zero(KSEG0, LINE, 1)],
    ['another processor', interrupt(1, 1, -1)],
    ['an activity', annotate(2, Activity.Kernel, true)],
  ])('go to the ends: %s', (_, operation) => run(operation));

  it('end a run with an error that says where, or leave its time a whole number, whatever they are', () => {
    const number = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.integer({ min: -4, max: 70 }),
      fc.nat({ max: 2 * PAGE }).map(offset => KSEG0 + offset),
    );
    const make = fc.constantFrom<(a: number, b: number, c: number, d: number) => Operation>(
      compute,
      (a, b) => block(references, a, b),
      ...[load, loadLinked, store, storeConditional, copy, zero],
      (a, b) => machineLoad(machineFrame(a), b),
      (a, b, c) => machineStore(machineFrame(a), b, c),
      (a, b) => clearFrame(machineFrame(a), b),
      (a, b, c) => copyFrame(machineFrame(a), machineFrame(b), c),
      ...[readRegister, writeRegister, interrupt],
      (a, b, c) => annotate(a, b, c > 0),
    );
    fc.assert(
      fc.property(make, number, number, number, number, (operation, a, b, c, d) => {
        try {
          run(operation(a, b, Math.min(c, 4 * PAGE), d));
        } catch (error) {
          if (!(error instanceof SimulationError)) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });
});
