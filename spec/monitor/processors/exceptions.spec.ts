/** Exceptions of a guest's kernel: what they are, where they are taken, and where they come from, as on the bare machine. */
import { describe, expect, it } from '@jest/globals';
import { buildMachine } from '../../../lib/machine/machine.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import { Disco } from '../../../lib/monitor/disco.js';
import { Context } from '../../../lib/processor/context.js';
import { load, readRegister, store, writeRegister, type Program } from '../../../lib/processor/operations.js';
import { entryLo, ExceptionCode, Register, Status, Vector } from '../../../lib/processor/registers.js';
import { Activity, type Exception } from '../../../lib/processor/software.js';
import { boot, mapPair } from '../../processor/privileged.js';
import { startPlain } from '../support/plain-guest.js';

/** In ksseg, of a pair that is mapped read-only and not at all. */
const MAPPED = 0xc0004000;
const UNMAPPED = 0xc0010000;
/** Of no word. */
const WRONG = MAPPED + 2;

const SHOWN = [Register.Cause, Register.BadVAddr, Register.EntryHi, Register.Context];

/** What a kernel sees of an exception. */
interface Seen {
  readonly code: number;
  readonly vector: number;
  readonly address: number;
  /** What EPC points at: the main program, the handler, or nobody. */
  readonly from: string;
}

/** Misses and faults with and without exception level, and in a handler that leaves it. */
function* program(read: number[]): Program {
  yield* mapPair(3, MAPPED >>> 12, entryLo(4, false, false), 0);
  yield load(UNMAPPED);
  yield store(UNMAPPED, 1);
  yield load(MAPPED + 4096);
  yield store(MAPPED + 4096, 1);
  yield store(MAPPED, 1);
  yield writeRegister(Register.Status, Status.EXL);
  yield load(UNMAPPED);
  yield store(UNMAPPED, 1);
  yield writeRegister(Register.Status, 0);
  for (const register of SHOWN) read.push(yield readRegister(register));
  yield load(WRONG);
}

/** Looks at registers, leaves exception level, takes an exception that nobody handles, and one at exception level again. */
function* handler(read: number[]): Program {
  for (const register of SHOWN) read.push(yield readRegister(register));
  yield writeRegister(Register.Status, 0);
  yield load(UNMAPPED);
  yield writeRegister(Register.Status, Status.EXL);
  yield load(UNMAPPED);
}

/** A kernel that answers the first exception about the wrong address with the handler, and skips what takes any other. */
function kernel(main: Context, seen: Seen[], read: number[]): (exception: Exception) => Context | null {
  let handling: Context | null = null;
  return ({ code, vector, address, context }) => {
    const from = context === null ? 'nobody' : context === main ? 'main' : 'handler';
    seen.push({ code, vector, address: address >>> 0, from });
    // At exception level EPC does not say who goes on.
    (handling === null || handling.done ? main : handling).complete();
    return address === WRONG ? (handling = new Context(handler(read), Activity.Kernel)) : null;
  };
}

function virtually(main = program): { seen: Seen[]; read: number[] } {
  const [seen, read]: [Seen[], number[]] = [[], []];
  const preset = presets['disco-1997']({ nodes: 1 });
  const nodes = { count: 1, processors: 1, memoryBytes: 512 * 4096 };
  const disco = new Disco(buildMachine({ ...preset, nodes }, { seed: 1 }));
  let answer: ((exception: Exception) => Context | null) | null = null;
  const { virtual } = startPlain(disco, [main(read)], exception => answer!(exception));
  answer = kernel(virtual.processors[0].context!, seen, read);
  disco.machine.run();
  return { seen, read };
}

function bare(main = program): { seen: Seen[]; read: number[] } {
  const [seen, read]: [Seen[], number[]] = [[], []];
  let answer: ((exception: Exception) => Context | null) | null = null;
  boot(
    [main(read)],
    exception => {
      answer ??= kernel(exception.context!, seen, read);
      return answer(exception);
    },
    { tlbEntries: 64 },
  );
  return { seen, read };
}

describe('exceptions of a guest', () => {
  it('are what they are on the bare machine, where they are, and from where', () => {
    const { seen, read } = virtually();
    const { TlbLoad, TlbStore, Modified, AddressLoad } = ExceptionCode;
    const { Refill, General } = Vector;
    expect(seen.map(({ code, vector, address, from }) => [code, vector, address, from])).toEqual([
      [TlbLoad, Refill, UNMAPPED, 'main'],
      [TlbStore, Refill, UNMAPPED, 'main'],
      [TlbLoad, General, MAPPED + 4096, 'main'],
      [TlbStore, General, MAPPED + 4096, 'main'],
      [Modified, General, MAPPED, 'main'],
      [TlbLoad, General, UNMAPPED, 'nobody'],
      [TlbStore, General, UNMAPPED, 'nobody'],
      [AddressLoad, General, WRONG, 'main'],
      [TlbLoad, Refill, UNMAPPED, 'handler'],
      [TlbLoad, General, UNMAPPED, 'main'],
    ]);
    expect({ seen, read }).toEqual(bare());
  });

  it('leave Status as it was when their handlers end, whatever those have written there', () => {
    function* main(read: number[]): Program {
      for (const status of [Status.IM, Status.IM | Status.EXL]) {
        yield writeRegister(Register.Status, status);
        yield load(WRONG);
        read.push(yield readRegister(Register.Status));
      }
    }
    const { read } = virtually(main);
    // The handler reads four registers each time.
    expect([read[4], read[9]]).toEqual([Status.IM, Status.IM | Status.EXL]);
    expect(read).toEqual(bare(main).read);
  });
});
