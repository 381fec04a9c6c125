/** Every way in which a link breaks between a load-linked and a store-conditional, and what does not break it. */
import { describe, expect, it } from '@jest/globals';
import { Context } from '../../lib/processor/context.js';
import {
  annotate,
  call,
  compute,
  interrupt,
  load,
  loadLinked,
  monitorCall,
  readRegister,
  resume,
  returnFromException,
  store,
  storeConditional,
  writeRegister,
  zero,
  type Operation,
} from '../../lib/processor/operations.js';
import { entryLo, ExceptionCode, Mode, Register } from '../../lib/processor/registers.js';
import { Activity } from '../../lib/processor/software.js';
import { boot, each, enter, handler, LINE, mapPair, PAGE, skip, type Answer, type Code } from './privileged.js';

const KSEG0 = 0x80000000;
const WORD = KSEG0 + 8;

/** What a store-conditional in kernel mode returns after operations that come between, and what the word is then. */
function between(
  operations: readonly Operation[],
  other: readonly Operation[] = [],
  answer: Answer = skip(0),
): number[] {
  const results: number[] = [];
  boot(
    [
      (function* (): Code {
        yield* mapPair(0, 0x10, entryLo(4, false, true), entryLo(5, true, true));
        yield load(KSEG0 + 2048); // no stall between the two that could hide something
        yield loadLinked(WORD);
        yield* each(operations);
        results.push(yield storeConditional(WORD, 7), yield load(WORD));
      })(),
      each(other),
    ],
    answer,
    { processors: [2], frames: [64] },
  );
  return results;
}

const silent: Answer = () => null;
const completes: Answer = ({ context }) => {
  context!.complete();
  return handler([compute(2)]);
};

describe('a link', () => {
  it.each<[string, readonly Operation[], readonly Operation[]]>([
    ['nothing', [], []],
    ['time', [compute(1000)], []],
    [
      'loads and stores of its own processor, to its line, too',
      [store(WORD, 3), load(KSEG0 + 256), store(WORD + 4, 4)],
      [],
    ],
    ['loads by another processor', [compute(2000)], [compute(300), load(WORD)]],
    ['stores by another processor to another line', [compute(2000)], [compute(300), store(KSEG0 + LINE, 1)]],
    ['registers', [readRegister(Register.Status), writeRegister(Register.EntryHi, 5)], []],
    ['accounting', [annotate(0, Activity.Synchronisation)], []],
  ])('outlives %s', (_, mine, other) => {
    expect(between(mine, other, silent)).toEqual([1, 7]);
  });

  it.each<[string, readonly Operation[], readonly Operation[], Answer]>([
    ['a store by another processor', [compute(2000)], [compute(300), store(WORD, 1)], silent],
    ['a store to another word of its line', [compute(2000)], [compute(300), store(WORD + 4, 1)], silent],
    ['zeros by another processor', [compute(2000)], [compute(300), zero(KSEG0, LINE, 4)], silent],
    // The second level has four sets of two lines.
    ['the eviction of its line', [load(KSEG0 + 4 * LINE), load(KSEG0 + 8 * LINE)], [], silent],
    ['another store-conditional', [storeConditional(WORD + 4, 1)], [], silent],
    ['a store-conditional that succeeds', [storeConditional(WORD, 1)], [], silent],
    ['a store-conditional elsewhere', [storeConditional(KSEG0 + 1024, 1)], [], silent],
    ['a link to another word', [loadLinked(WORD + 4)], [], silent],
    ['a link to another line', [loadLinked(KSEG0 + LINE)], [], silent],
    ['an interrupt that nobody answers', [interrupt(0, 1, 0), compute(500)], [], silent],
    ['an interrupt', [interrupt(0, 1, 0), compute(500)], [], () => handler([compute(1)])],
    ['a call', [call(0)], [], completes],
    ['a monitor call', [monitorCall(0)], [], completes],
    ['a TLB refill', [load(0x400000)], [], completes],
    ['a store to a clean page', [store(0x10 * PAGE, 1)], [], completes],
    ['an address error', [load(WORD + 1)], [], completes],
    ['a bus error', [load(KSEG0 + 0x10000000)], [], completes],
  ])('breaks at %s', (_, mine, other, answer) => {
    const [stored, word] = between(mine, other, answer);
    expect(stored).toBe(0);
    expect(word).not.toBe(7);
  });

  it('breaks at a return from an exception, though the handler has made it itself', () => {
    const results: number[] = [];
    boot([enter(Mode.User, each([call(0)]))], ({ context }) => {
      context!.complete();
      const back = new Context(each([storeConditional(WORD, 7)], results), Activity.Kernel);
      return handler([loadLinked(WORD), writeRegister(Register.Status, 2), returnFromException(back)]);
    });
    expect(results).toEqual([0]);
  });

  it('breaks at the end of a handler, though the handler has made it itself', () => {
    const results: number[] = [];
    boot(
      [
        (function* (): Code {
          yield call(0);
          results.push(yield storeConditional(WORD, 7));
        })(),
      ],
      ({ context }) => {
        context!.complete();
        return handler([loadLinked(WORD)]);
      },
    );
    expect(results).toEqual([0]);
  });

  it('outlives a change of stacks, which is no return', () => {
    const results: number[] = [];
    const next = new Context(each([storeConditional(WORD, 7)], results), Activity.Kernel);
    boot([each([loadLinked(WORD), resume(next)])]);
    expect(results).toEqual([1]);
  });

  it('that a user’s refill breaks fails in user mode, and succeeds when it is tried again', () => {
    const results: number[] = [];
    const address = 0x12 * PAGE;
    const { taken } = boot(
      [
        enter(
          Mode.User,
          (function* (): Code {
            yield loadLinked(address);
            yield load(0x14 * PAGE); // its refill comes between
            results.push(yield storeConditional(address, 1));
            results.push(yield loadLinked(address), yield storeConditional(address, 2), yield load(address));
          })(),
        ),
      ],
      ({ address: bad }, { tlb }) => {
        tlb.writeRegisters((bad >>> 13) & 7, bad, entryLo(9, true, true), entryLo(10, true, true));
        return handler([compute(3)]);
      },
    );
    expect(taken.map(({ code }) => code)).toEqual([ExceptionCode.TlbLoad, ExceptionCode.TlbLoad]);
    expect(results).toEqual([0, 0, 1, 2]);
  });
});
