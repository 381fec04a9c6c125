import { describe, expect, it } from '@jest/globals';
import type { Code, KernelThread } from '../../../lib/system/code.js';
import type { CommodityKernel } from '../../../lib/guest/commodity/kernel.js';
import type { Executable } from '../../../lib/guest/commodity/processes/process.js';
import { SERVICES, type ServiceName } from '../../../lib/guest/commodity/services.js';
import { execve, fork, waitForChild } from '../../../lib/guest/commodity/calls/system-calls.js';
import type { CachedPage, Vnode } from '../../../lib/guest/commodity/files/vnode.js';
import { compute, load, store, type Program } from '../../../lib/processor/operations.js';
import { executable, runKernel, SHORT, TEXT, type Running } from './running.js';

/** Pages that the program has, and those that it looks at. */
const PAGES = 16;
const TOUCHED = [0, 1, 5, 6, 15];
/** Of a processor of disco-1997. */
const CYCLE_NS = 2.5;

/** A file without a disk: each page is made when it is first asked for, which takes a while. */
class MadeFile implements Vnode {
  readonly kind = 'file';
  readonly id = 1;
  readonly size = PAGES * 4096;
  /** Pages in the order in which they were asked for. */
  readonly asked: number[] = [];
  private readonly kernel: CommodityKernel;
  private readonly pages = new Map<number, CachedPage>();

  constructor(kernel: CommodityKernel) {
    this.kernel = kernel;
  }

  *page(thread: KernelThread, index: number): Code<CachedPage> {
    this.asked.push(index);
    yield compute(20_000);
    let made = this.pages.get(index);
    if (made === undefined) {
      const page = yield* this.kernel.takePage(thread);
      made = { page, address: this.kernel.addressOf(page), holds: 0 };
      this.pages.set(index, made);
      yield store(made.address, 100 + index);
    }
    made.holds++;
    return made;
  }

  *release(_thread: KernelThread, _index: number, page: CachedPage): Code {
    page.holds--;
    yield compute(1);
  }

  read(): Code<number> {
    throw new Error('nobody reads it');
  }

  write(): Code<number> {
    throw new Error('nobody writes it');
  }

  truncate(): Code<number> {
    throw new Error('nobody shortens it');
  }

  *opened(): Code {
    yield compute(1);
  }

  *closed(): Code {
    yield compute(1);
  }
}

/** Runs a program of a file in so many processes, one after the other or all at once, and says what it saw. */
function run(
  children: number,
  together: boolean,
  lazyTables = true,
  quickFault = 40,
): { running: Running; file: MadeFile; seen: number[] } {
  const seen: number[] = [];
  function* program(): Program {
    for (const page of TOUCHED) seen.push(yield load((TEXT + page) * 4096));
  }
  function* main(): Program {
    for (let child = 0; child < children; child++) {
      yield fork(function* () {
        yield execve('program');
      });
      if (!together) yield waitForChild();
    }
    if (together) for (let child = 0; child < children; child++) yield waitForChild();
  }
  const ofFile: Executable = { ...executable(program), path: '/program' };
  const made: { file: MadeFile | null } = { file: null };
  const running = runKernel({
    processors: together ? children : 1,
    programs: {},
    kernel: {
      profile: {
        ...SHORT,
        lazyTables,
        steps: { ...SHORT.steps, 'quick fault': { ...SHORT.steps['quick fault'], instructions: quickFault } },
      },
      executables: new Map([
        ['main', executable(main)],
        ['program', ofFile],
      ]),
    },
    prepare: ({ kernel }) => {
      const file = (made.file = new MadeFile(kernel));
      kernel.contents.fileOf = function* () {
        yield compute(1);
        return file;
      };
    },
  });
  return { running, file: made.file!, seen };
}

/** Instances of services on all processors. */
function counts({ machine }: Running, ...names: ServiceName[]): number[] {
  return names.map(name =>
    machine.processors.reduce((sum, { services }) => sum + services!.counts[SERVICES.indexOf(name)], 0),
  );
}

const CONTENT = TOUCHED.map(page => 100 + page);

describe('text that is in memory', () => {
  it('is entered page by page, at first access, without asking for the file again', () => {
    const { running, file, seen } = run(3, false);
    expect(seen).toEqual([...CONTENT, ...CONTENT, ...CONTENT]);
    expect(file.asked).toEqual(TOUCHED);
    expect(counts(running, 'FILE_FAULT', 'QUICK_FAULT')).toEqual([5, 10]);
  });

  it('is there from the start where kernels attach it', () => {
    const { running, file, seen } = run(3, false, false);
    expect(seen).toEqual([...CONTENT, ...CONTENT, ...CONTENT]);
    expect(file.asked).toEqual(TOUCHED);
    expect(counts(running, 'FILE_FAULT', 'QUICK_FAULT')).toEqual([5, 0]);
  });

  it('is brought once, however many want it at the same time', () => {
    const { file, seen } = run(4, true);
    expect(seen).toHaveLength(20);
    expect([...seen].sort((a, b) => a - b)).toEqual(CONTENT.flatMap(word => [word, word, word, word]));
    expect([...file.asked].sort((a, b) => a - b)).toEqual(TOUCHED);
  });

  it('is entered by one process at a time, the whole fault long', () => {
    const instructions = 4_000_000;
    const { running, file, seen } = run(4, true, true, instructions);
    expect([seen.length, file.asked.length]).toEqual([20, 5]);
    // Fifteen entries one after the other; at the same time, each process would do its five beside those of the others.
    expect(running.machine.elapsedNs).toBeGreaterThan(15 * instructions * CYCLE_NS);
  });
});
