/**
 * What guests yield and throw costs themselves only. The bystander (support/bystander.ts) computes beside them; what it finds is
 * compared with a run in which it is alone.
 */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { us } from '../../lib/engine/time.js';
import { checkDisco } from '../../lib/monitor/check-disco.js';
import type { Disco } from '../../lib/monitor/disco.js';
import type { VirtualProcessor } from '../../lib/monitor/processors/virtual-processor.js';
import type { GuestSystem, VirtualMachine } from '../../lib/monitor/virtual-machine.js';
import { Context } from '../../lib/processor/context.js';
import * as op from '../../lib/processor/operations.js';
import { ExceptionCode, Register, Status } from '../../lib/processor/registers.js';
import { Activity, type Cpu, type Exception } from '../../lib/processor/software.js';
import { DONE, monitored, startBystander, type Findings } from './support/bystander.js';

const SEED = 1997;
const SLICE_US = 200;
const reference = { ...op.block({ words: new Int32Array(2), gaps: new Uint16Array(2) }, 0, 2) };
/** As whatever a program yields is seen by the compiler. */
const yields = (value: unknown): op.Operation => value as op.Operation;

/** What a run must give. */
interface Right {
  readonly values: readonly number[];
  readonly output: string;
}

/** The bystander without anybody beside it. */
const alone: Right = (() => {
  const { machine, disco } = monitored(SEED);
  const { virtual, findings } = startBystander(disco);
  machine.run();
  return { values: findings.values, output: virtual.console.output };
})();

/** A machine with the bystander, on which others may be started before it runs. */
function beside(seed: number | string = SEED) {
  const { machine, disco } = monitored(seed);
  const bystander = startBystander(disco);
  const slice = machine.simulation.ticks(us(SLICE_US));
  let until = 0;
  /** Runs until the bystander is done and the others have stopped, `most` slices at most, and holds it to what is right. */
  const check = (others: readonly VirtualMachine[], most = 4000): void => {
    for (let run = 0; run < most; run++) {
      if (machine.run({ until: (until += slice) }) === 'finished') break;
      if (bystander.findings.values.at(-1) !== DONE) continue;
      if (others.every(({ state }) => state === 'stopped')) break;
    }
    expect(right(bystander)).toEqual(alone);
    expect(bystander.virtual.failure).toBeNull();
    expect(checkDisco(disco)).toEqual([]);
  };
  /** Runs on to the end of everything, with all destroyed: what they held is free again. */
  const finish = (others: readonly VirtualMachine[]): void => {
    for (const other of others) disco.destroy(other);
    disco.destroy(bystander.virtual);
    for (let run = 0; run < 4000 && machine.run({ until: (until += slice) }) !== 'finished'; run++);
    for (const other of others) expect(other.state).toBe('destroyed');
    expect(checkDisco(disco)).toEqual([]);
  };
  return { machine, disco, bystander, check, finish };
}

function right({ virtual, findings }: { virtual: VirtualMachine; findings: Findings }): Right {
  return { values: findings.values, output: virtual.console.output };
}

/** Starts a guest on processor 0, where the bystander begins. */
function start(disco: Disco, system: GuestSystem, contexts: readonly Context[], name = 'hostile'): VirtualMachine {
  const homes = contexts.map((_, number) => number % 2);
  const virtual = disco.create({
    ...{ name, processors: contexts.length, memoryBytes: 32 * 4096, homes },
    disks: [{ disk: 'disk1', mode: 'copy-on-write' }],
  });
  disco.start(virtual, system, contexts);
  return virtual;
}

const kernel = (program: op.Program): Context => new Context(program, Activity.Kernel);

/** Takes exceptions down and skips what was at fault. */
class Skipping implements GuestSystem {
  readonly taken: Exception[] = [];

  exception(cpu: Cpu, exception: Exception): Context | null {
    this.taken.push(exception);
    (cpu as VirtualProcessor).context?.complete(0);
    return null;
  }
}

describe('an operation that is none', () => {
  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'its program yields undefined, which is no operation; yield one, such as compute(5)'],
    ['null', null, 'its program yields null, which is no operation'],
    ['a text', 'load', 'its program yields "load", which is no operation'],
    ['a symbol', Symbol('x'), 'its program yields Symbol(x), which is no operation'],
    ['an unknown kind', { ...op.compute(1), kind: 99 }, 'there is no operation 99'],
    ['no kind', {}, 'there is no operation undefined'],
    ['a kind that is a text', { ...op.readRegister(1), kind: '20' }, 'there is no operation "20"'],
    ['a kind of its own making', { ...op.compute(1), kind: -1 }, 'there is no operation -1'],
    ['half a cycle', op.compute(0.5), 'computes from 0 to 2^40 whole cycles, not 0.5'],
    ['no number', { ...op.store(0, 0), b: '7' }, 'operation Store takes numbers, not 0,"7"'],
    ['a missing number', { kind: op.Op.Load }, 'operation Load takes numbers, not undefined'],
    ['a service that there is not', op.annotate(2 ** 31), 'annotate takes a service from 0 up, or -1, not 2147483648'],
    ['an activity that there is not', op.annotate(0, 99), 'annotate takes an activity from 0 to'],
    ['a spin without time', op.spinWhile(0, 0, 0), 'a turn of a spinning loop takes at least a whole cycle, not 0'],
    ['half a word', op.zero(0, 6, 1), 'copies and fills with zeros whole words, not 6 bytes'],
    ['references beyond their end', { ...reference, b: 3 }, 'within the 2 that there are, not 0 up to 3'],
    ['no references', { ...reference, references: null }, 'a block takes references: words in an Int32Array'],
    [
      'words in a proxy',
      { ...reference, references: { words: new Proxy(new Int32Array(2), {}), gaps: new Uint16Array(2) } },
      'a block takes references: words in an Int32Array',
    ],
    [
      'too few gaps',
      { ...reference, references: { words: new Int32Array(2), gaps: new Uint16Array(1) } },
      'a gap for each in a Uint16Array',
    ],
    ['what is no context', op.resume({} as Context), 'it resumes [object Object] is no context'],
    ['a getter that throws', { get kind() { throw new Error('no'); } }, 'its program yields what cannot be read'],
  ])('is a reserved instruction of its guest: %s', (_, value, message) => {
    const { disco, check } = beside();
    const system = new Skipping();
    let after = 0;
    const virtual = start(disco, system, [
      kernel(
        (function* (): op.Program {
          yield yields(value);
          after = yield op.readRegister(Register.PRId);
        })(),
      ),
    ]);
    check([virtual]);
    expect(virtual.failure).toBeNull();
    expect(after).not.toBe(0);
    // What is no context at all is a reserved instruction without more ado.
    expect(system.taken.map(({ code }) => code)).toEqual([ExceptionCode.ReservedInstruction]);
    if (message.includes('no context')) return;
    expect(system.taken[0]!.fault!.message).toContain(message);
    expect(system.taken[0]!.fault!.fatal).toBe(false);
  });
});
