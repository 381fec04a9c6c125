import { describe, expect, it } from '@jest/globals';
import { SERVICES, type ServiceName } from '../../../lib/guest/commodity/services.js';
import { fork, sproc, systemCall, waitForChild } from '../../../lib/guest/commodity/calls/system-calls.js';
import { compute, load, store, type Program } from '../../../lib/processor/operations.js';
import { inspection, runChecked } from './invariants.js';
import { HEAP, SHORT, STACK, type Running } from './running.js';

const PAGES = 6;
const addressOf = (page: number): number => (HEAP + page) * 4096;

function counts({ machine }: Running, ...names: ServiceName[]): number[] {
  return names.map(name =>
    machine.processors.reduce((sum, { services }) => sum + services!.counts[SERVICES.indexOf(name)], 0),
  );
}

/** One thread writes pages, and others of its space read them afterwards, on two processors. */
function readers(others: number, lazyTables: boolean): { running: Running; seen: number[] } {
  const seen: number[] = [];
  const flag = addressOf(PAGES);
  function* read(): Program {
    while ((yield load(flag)) === 0) yield compute(200);
    for (let page = 0; page < PAGES; page++) seen.push(yield load(addressOf(page)));
    yield inspection();
  }
  const running = runChecked({
    processors: 2,
    kernel: { profile: { ...SHORT, lazyTables } },
    programs: {
      *main() {
        yield store(flag, 0);
        for (let thread = 0; thread < others; thread++) yield sproc(read);
        for (let page = 0; page < PAGES; page++) yield store(addressOf(page), 10 + page);
        yield store(flag, 1);
        yield inspection();
      },
    },
  });
  return { running, seen };
}

const CONTENT = Array.from({ length: PAGES }, (_, page) => 10 + page);

describe('a program that is executed', () => {
  it.each([
    [true, 0],
    [false, 2],
  ])('has page tables for its own regions where a kernel makes them then: %s', (tablesAtExec, faults) => {
    const running = runChecked({
      kernel: { profile: { ...SHORT, tablesAtExec } },
      programs: {
        *main() {
          yield store(addressOf(0), 1);
          yield load(STACK * 4096);
          yield inspection();
        },
      },
    });
    // A fault for each table that is not there: the heap's and the stack's.
    expect(counts(running, 'other fault')).toEqual([faults]);
    expect(running.kernel.physical.census().table).toBe(0);
    expect(counts(running, 'DEMAND_ZERO')).toEqual([2]);
  });
});

describe('threads that share an address space', () => {
  it('enter pages that are in memory each for itself, and see the same', () => {
    const { running, seen } = readers(3, true);
    expect([...seen].sort((a, b) => a - b)).toEqual(CONTENT.flatMap(word => [word, word, word]));
    const [zero, quick] = counts(running, 'DEMAND_ZERO', 'QUICK_FAULT');
    // The flag's page as well.
    expect([zero, quick]).toEqual([PAGES + 1, 3 * (PAGES + 1)]);
  });

  it('do not where a kernel has them share their page tables', () => {
    const { running, seen } = readers(3, false);
    expect(seen).toHaveLength(3 * PAGES);
    const [zero] = counts(running, 'DEMAND_ZERO', 'QUICK_FAULT');
    expect(zero).toBe(PAGES + 1);
    expect(counts(running, 'QUICK_FAULT')[0]).toBeLessThan(PAGES);
  });

  it('all see the page that one of them gets for itself when it writes after a fork', () => {
    const seen: number[] = [];
    const page = addressOf(0);
    const [go, ready] = [addressOf(1), addressOf(2)];
    runChecked({
      processors: 2,
      programs: {
        *main() {
          yield store(page, 1);
          yield store(go, 0);
          yield sproc(function* () {
            seen.push(yield load(page));
            yield store(ready, 1);
            while ((yield load(go)) === 0) yield compute(200);
            // Its own tables had the page that is the child's now.
            seen.push(yield load(page));
            yield inspection();
          });
          while ((yield load(ready)) === 0) yield compute(200);
          yield fork(function* () {
            yield compute(400_000);
            seen.push(100 + (yield load(page)));
          });
          yield store(page, 2);
          yield store(go, 1);
          yield waitForChild();
          yield inspection();
        },
      },
    });
    expect(seen).toEqual([1, 2, 101]);
  });

  it('do not write to pages that are a child’s as well, whoever of them forked', () => {
    const seen: number[] = [];
    const page = addressOf(0);
    const written = addressOf(1);
    // Known to the host alone: a word for it would be a page to copy, after which nobody has old translations.
    let forked = false;
    // One processor, whose TLB keeps what either thread may write to.
    runChecked({
      processors: 1,
      programs: {
        *main() {
          for (const address of [page, written]) yield store(address, 0);
          yield sproc(function* () {
            yield store(page, 1);
            yield store(written, 1);
            while (!forked) {
              yield store(page, 1);
              yield systemCall('sginap');
            }
            yield store(page, 2);
          });
          while ((yield load(written)) === 0) yield systemCall('sginap');
          yield fork(function* () {
            for (let turn = 0; turn < 20; turn++) yield systemCall('sginap');
            seen.push(yield load(page));
          });
          forked = true;
          yield waitForChild();
          seen.push(yield load(page));
        },
      },
    });
    expect(seen).toEqual([1, 2]);
  });
});
