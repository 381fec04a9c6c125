import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomStream } from '../../lib/engine/random.js';
import { Context } from '../../lib/processor/context.js';
import {
  annotate,
  call,
  compute,
  interrupt,
  load,
  resume,
  store,
  wait,
  type Operation,
} from '../../lib/processor/operations.js';
import { entryLo, ExceptionCode, Mode } from '../../lib/processor/registers.js';
import { Activity } from '../../lib/processor/software.js';
import { boot, each, enter, handler, PAGE, type Answer, type Code } from './privileged.js';

const KSEG0 = 0x80000000;
const NAMES = ['none', 'first', 'second', 'third'];

/** Annotations of all kinds among other operations. */
function mixed(seed: string, length: number, base: number, counts: number[]): Operation[] {
  const random = randomStream('mixed', seed);
  return Array.from({ length }, () => {
    const address = base + random.below(4) * PAGE + 64 * random.below(4);
    switch (random.below(5)) {
      case 0: {
        const service = random.below(NAMES.length);
        const counted = random.below(2) === 1;
        if (counted) counts[service]++;
        // The user's own, and one of the system's activities in handlers.
        const activity = base < KSEG0 ? -1 : [-1, Activity.Kernel, Activity.PageFault][random.below(3)];
        return annotate(service, activity, counted);
      }
      case 1:
        return store(address, 1);
      case 2:
        return load(address);
      case 3:
        return base < KSEG0 ? call(random.below(100)) : compute(random.below(9));
      default:
        return compute(random.below(40));
    }
  });
}

describe('annotations', () => {
  it('split the time of a processor by service, to the tick, and count instances', () => {
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), fc.integer({ min: 1, max: 3 }), (seed, runAhead, period) => {
        const counts = NAMES.map(() => 0);
        let calls = 0;
        const answer: Answer = ({ code, context, address }, { tlb }) => {
          if (code === ExceptionCode.SystemCall) {
            context!.complete();
            return handler(mixed(`${seed} ${calls++}`, 10, KSEG0, counts));
          }
          if (code !== ExceptionCode.Interrupt)
            tlb.writeRegisters((address >>> 13) & 1, address, entryLo(8, true, true), entryLo(9, true, true));
          return handler([annotate(3), compute(3)]);
        };
        const { machine } = boot(
          [
            enter(Mode.User, each(mixed(`${seed}`, 60, 0, counts))),
            each(Array.from({ length: 20 }, () => [compute(67), interrupt(0, 1, 0)]).flat()),
          ],
          answer,
          { runAhead, period, tlbEntries: 2 },
          NAMES,
        );
        for (const { account, services } of machine.cpus) {
          const sum = (ticks: Float64Array): number => ticks.reduce((total, part) => total + part, 0);
          expect([sum(account.ticks), sum(services!.account.ticks)]).toEqual([machine.sim.now, machine.sim.now]);
        }
        expect([...machine.cpus[0].services!.counts]).toEqual(counts);
      }),
      { numRuns: 60 },
    );
  });

  it('are of the context, which keeps its service while others come on top', () => {
    const other = new Context(each([compute(30)]), Activity.Kernel);
    const { machine } = boot(
      [each([compute(4), annotate(1), compute(10), call(0), compute(20), annotate(2, -1, true), resume(other)])],
      ({ context }) => {
        context!.complete();
        return handler([compute(100), annotate(3, Activity.PageFault, true), compute(200)]);
      },
      {},
      NAMES,
    );
    const [{ account, services }] = machine.cpus;
    // The one cycle of the resume is the second's; the handler before its annotation, and the other stack, are nobody's.
    expect(services!.account.report()).toEqual({ none: 4 + 100 + 30, first: 30, second: 1, third: 200 });
    expect([...services!.counts]).toEqual([0, 0, 1, 1]);
    expect(account.report()).toEqual({ kernel: 4 + 30 + 1 + 30, interrupt: 100, 'page fault': 200 });
  });

  it('take no time, ahead of the clock or not, and change none', () => {
    const run = (annotated: boolean, runAhead: boolean) => {
      const program = (function* (): Code {
        for (let i = 0; i < 50; i++) {
          if (annotated) yield annotate(1 + (i % 3));
          yield compute(i);
          yield load(KSEG0 + 64 * (i % 9));
        }
      })();
      const { machine } = boot([program, each([compute(300), store(KSEG0, 1)])], undefined, { runAhead }, NAMES);
      return [machine.sim.now, machine.sim.fingerprint.toString(), machine.cpus[0].account.report()];
    };
    expect(run(true, true)).toEqual(run(false, true));
    expect(run(true, false)).toEqual(run(false, true));
  });

  it('give stalls and waits to the service that has them', () => {
    const { machine } = boot(
      [each([annotate(1), load(KSEG0), annotate(2), wait()]), each([compute(500), interrupt(0, 1, 0)])],
      (_, cpu) => {
        cpu.wake();
        return null;
      },
      { processors: [2], frames: [64] },
      NAMES,
    );
    const { first, second, none = 0 } = machine.cpus[0].services!.account.report();
    // A load that misses: a cycle, two wires, the look-up and memory, as spec/system/wire.ts says.
    expect(first).toBe(1 + 23 + 5 + 29 + 23);
    expect(first + second + none).toBe(machine.sim.now);
  });

  it('begin anew with the statistics', () => {
    const { machine } = boot([each([annotate(1, -1, true), compute(10)])], undefined, {}, NAMES);
    const [cpu] = machine.cpus;
    cpu.resetStatistics();
    expect([cpu.services!.account.report(), [...cpu.services!.counts]]).toEqual([{}, [0, 0, 0, 0]]);
  });

  it('without services only change the activity', () => {
    const { machine } = boot([each([annotate(7, Activity.PageMoving, true), compute(10)])]);
    expect(machine.cpus[0].services).toBeNull();
    expect(machine.cpus[0].account.report()).toEqual({ 'page moving': 10 });
  });
});
