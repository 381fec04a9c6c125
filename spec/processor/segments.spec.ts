import { describe, expect, it } from '@jest/globals';
import { machineFrame } from '../../lib/messages/addresses.js';
import {
  load,
  machineLoad,
  machineStore,
  returnFromException,
  store,
  writeRegister,
} from '../../lib/processor/operations.js';
import { Context } from '../../lib/processor/context.js';
import { entryLo, ExceptionCode, Mode, Register } from '../../lib/processor/registers.js';
import { KSEG0, KSEG1, KSEG3, KSSEG, permits, unmapped } from '../../lib/processor/segments.js';
import { Activity } from '../../lib/processor/software.js';
import { wordsOf } from '../system/wire.js';
import { boot, each, enter, mapPair, MODES, PAGE, skip, statusOf, type Code } from './privileged.js';

const { Kernel, Supervisor, User } = Mode;
const DENIED = -1;

/** Segments by their first and last word, the modes that may use them, and whether they bypass the TLB. */
const SEGMENTS: [string, number, number, readonly number[], boolean][] = [
  ['kuseg', 0, KSEG0 - 4, [Kernel, Supervisor, User], false],
  ['kseg0', KSEG0, KSEG1 - 4, [Kernel], true],
  ['kseg1', KSEG1, KSSEG - 4, [Kernel], true],
  ['ksseg', KSSEG, KSEG3 - 4, [Kernel, Supervisor], false],
  ['kseg3', KSEG3, 0xfffffffc, [Kernel], false],
];

describe('a segment', () => {
  it.each(SEGMENTS)(
    '%s is for its modes from its first word to its last, mapped or not',
    (_, from, to, modes, bypasses) => {
      for (const address of [from, to]) {
        const page = address >>> 12;
        expect(unmapped(page)).toBe(bypasses);
        for (const [, mode] of MODES) expect(permits(mode, page)).toBe(modes.includes(mode));
      }
    },
  );

  it.each(SEGMENTS)('%s is reached, or refused, in each mode by loads and stores', (_, from, __, modes, bypasses) => {
    for (const [, mode] of MODES) {
      const results: number[] = [];
      const { taken } = boot(
        [
          (function* (): Code {
            yield* mapPair(0, from >>> 12, entryLo(4, true, true), entryLo(5, true, true));
            yield machineStore(machineFrame(bypasses ? 0 : 4), 8, 77);
            yield* enter(mode, each([load(from + 8), store(from + 12, 5), load(from + 12)], results));
          })(),
        ],
        skip(DENIED),
      );
      const may = modes.includes(mode);
      expect(results).toEqual(may ? [77, 5, 5] : [DENIED, DENIED, DENIED]);
      const { AddressLoad, AddressStore } = ExceptionCode;
      expect(taken.map(({ code }) => code)).toEqual(may ? [] : [AddressLoad, AddressStore, AddressLoad]);
    }
  });

  it('kseg0 and kseg1 are one memory, whatever the layout, and end with it', () => {
    // Physical pages are dealt over two nodes: a machine whose memory is interleaved.
    const layout = Int32Array.from({ length: 128 }, (_, page) => (page >> 1) + (page % 2) * 64);
    const results: number[] = [];
    const { machine, taken } = boot(
      [
        (function* (): Code {
          for (let page = 0; page < 128; page++) yield store(KSEG0 + page * PAGE + 4 * page, page + 1);
          for (let page = 0; page < 128; page++) results.push(yield load(KSEG1 + page * PAGE + 4 * page));
          yield store(KSEG0 + 128 * PAGE, 1);
          yield load(KSEG1 + 128 * PAGE);
          yield load(KSSEG - 4);
        })(),
        null,
      ],
      skip(),
      { layout, processors: [1, 1] },
    );
    expect(results).toEqual(Array.from({ length: 128 }, (_, page) => page + 1));
    const inFrames = Array.from(layout, (frame, page) => {
      const byte = 4 * page;
      return wordsOf(machine, frame * 64 + (byte >> 6))[(byte & 63) >> 2];
    });
    expect(inFrames).toEqual(results);
    expect(taken.map(({ code, address }) => [code, address])).toEqual(
      [KSEG0 + 128 * PAGE, KSEG1 + 128 * PAGE, KSSEG - 4].map(address => [ExceptionCode.BusData, address]),
    );
  });

  it('ksseg and kuseg are mapped through the layout, too', () => {
    const layout = Int32Array.of(0, 9, 3, 7, 5);
    const { machine } = boot(
      [
        (function* (): Code {
          yield* mapPair(0, 0xc0000, entryLo(1, true, true), entryLo(3, true, true));
          yield* mapPair(1, 0, entryLo(2, true, true), entryLo(4, true, true));
          yield* each([store(KSSEG, 1), store(KSSEG + PAGE, 2), store(0, 3), store(PAGE, 4)]);
        })(),
      ],
      undefined,
      { layout },
    );
    expect([9, 7, 3, 5].map(frame => wordsOf(machine, frame * 64)[0])).toEqual([1, 2, 3, 4]);
  });
});

describe('what the kernel has looked up', () => {
  it('is not there for the user, however often they take turns', () => {
    const seen: number[] = [];
    const { taken } = boot(
      [
        (function* (): Code {
          yield* mapPair(0, 0xc0000, entryLo(4, true, true), entryLo(5, true, true));
          yield store(KSEG0 + 64, 1);
          yield* enter(
            User,
            (function* (): Code {
              for (let i = 0; i < 3; i++) seen.push(yield load(KSEG0 + 64));
            })(),
          );
        })(),
      ],
      ({ context }) => {
        context!.complete(DENIED);
        return new Context(each([load(KSEG0 + 64), store(KSEG0 + 64, 1), load(KSSEG)]), Activity.Kernel);
      },
    );
    expect(taken.map(({ code }) => code)).toEqual(seen.map(() => ExceptionCode.AddressLoad));
    expect(seen).toEqual([DENIED, DENIED, DENIED]);
  });

  it('is looked up again after the mode has changed by a register, an exception and a return', () => {
    const results: number[] = [];
    boot(
      [
        (function* (): Code {
          yield* mapPair(0, 0xc0000, entryLo(4, true, true), entryLo(5, true, true));
          results.push(yield store(KSSEG, 7)); // kernel: may
          yield writeRegister(Register.Status, statusOf(Supervisor));
          results.push(yield load(KSSEG), yield load(KSEG0)); // may, may not
          results.push(yield machineLoad(machineFrame(4), 0)); // may not
        })(),
      ],
      skip(DENIED),
    );
    expect(results).toEqual([7, 7, DENIED, DENIED]);
  });

  it('does not show through when a user program gives way to one in another mode', () => {
    const results: number[] = [];
    boot(
      [
        (function* (): Code {
          yield* mapPair(0, 0xc0000, entryLo(4, true, true), entryLo(5, true, true));
          yield store(KSSEG, 7);
          yield* enter(Supervisor, each([load(KSSEG), machineLoad(machineFrame(4), 0)], results));
        })(),
      ],
      ({ code, context }) => {
        context!.complete(DENIED);
        if (code !== ExceptionCode.CoprocessorUnusable) return null;
        return new Context(
          each([
            load(KSSEG),
            writeRegister(Register.Status, statusOf(User, 2)),
            returnFromException(new Context(each([load(KSSEG)], results))),
          ]),
          Activity.Kernel,
        );
      },
    );
    expect(results).toEqual([7, DENIED]);
  });
});
