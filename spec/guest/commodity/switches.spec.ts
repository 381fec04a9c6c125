import { describe, expect, it } from '@jest/globals';
import { NO_SWITCHES, type KernelSwitches } from '../../../lib/guest/commodity/switches.js';
import { brk, exit, fork, sginap, waitForChild } from '../../../lib/guest/commodity/calls/system-calls.js';
import { MonitorError } from '../../../lib/system/monitor-calls.js';
import { load, monitorCall, store } from '../../../lib/processor/operations.js';
import { Register } from '../../../lib/processor/registers.js';
import { FakeMonitor, POISON } from './fake-monitor.js';
import { HEAP, runKernel, withKernel, type Running } from './running.js';

const PAGES = 24;
const wordOf = (page: number, line: number): number => (HEAP + page) * 4096 + line * 128;

/** Fills pages with poison, gives them back, and takes others: what it reads of those before it writes. */
function program(seen: number[]) {
  return function* main() {
    for (let round = 0; round < 3; round++) {
      for (let page = 0; page < PAGES; page++) yield store(wordOf(page, page), POISON);
      yield brk(HEAP);
      yield brk(HEAP + PAGES);
      for (let page = 0; page < PAGES; page++) seen.push(yield load(wordOf(page, page)));
    }
    yield store(wordOf(0, 0), 7);
    yield fork(function* () {
      seen.push(yield load(wordOf(0, 0)), yield load(wordOf(0, 1)));
      yield store(wordOf(0, 1), 8);
      yield exit(3);
    });
    yield sginap();
    seen.push(yield waitForChild(), yield load(wordOf(0, 1)));
  };
}

interface Outcome extends Running {
  readonly seen: number[];
  readonly monitor: FakeMonitor | null;
}

function outcome(
  switches: Partial<KernelSwitches> | undefined,
  monitored: boolean,
  arrange?: (m: FakeMonitor) => void,
) {
  const seen: number[] = [];
  let monitor: FakeMonitor | null = null;
  const running = runKernel({
    processors: 2,
    programs: { main: program(seen) },
    kernel: switches === undefined ? {} : { switches },
    ...(monitored && {
      software: (kernel, machine) => {
        monitor = new FakeMonitor(kernel, machine);
        arrange?.(monitor);
        return monitor;
      },
    }),
  });
  return { ...running, seen, monitor: monitor as FakeMonitor | null } satisfies Outcome;
}

const EXPECTED = [...Array.from({ length: 3 * PAGES }, () => 0), 7, 0, 2 * 256 + 3, 0];
const fingerprint = ({ machine }: Running): string => machine.simulation.fingerprint.toString();

describe('switches of the commodity kernel', () => {
  it('change nothing while they are off', () => {
    const plain = outcome(undefined, false);
    expect(plain.seen).toEqual(EXPECTED);
    expect(fingerprint(outcome(NO_SWITCHES, false))).toBe(fingerprint(plain));
  });

  it('ask no monitor that is there while they are off', () => {
    const { monitor, seen } = outcome(NO_SWITCHES, true);
    expect(seen).toEqual(EXPECTED);
    expect(monitor!.calls).toEqual([]);
    expect([...monitor!.registers.read, ...monitor!.registers.written]).toEqual([]);
  });

  it.each(['alignedMessages', 'outsideLinks'] as const)('run on the bare machine: %s', name => {
    expect(outcome({ [name]: true }, false).seen).toEqual(EXPECTED);
  });

  it.each(['patchedPrivileged', 'zeroedPages', 'freePages', 'idleHint', 'remap'] as const)(
    'are refused at boot by the bare machine, by name: %s',
    name => {
      expect(() => outcome({ [name]: true }, false)).toThrow(`the kernel has ${name} switched on`);
    },
  );

  it('are refused by a monitor that is too old', () => {
    expect(() => outcome({ idleHint: true }, true, monitor => (monitor.version = 0))).toThrow(
      'idleHint: the monitor has version 0 of its interface, the kernel needs 1',
    );
  });

  it('have to be known', () => {
    const options = { programs: {}, kernel: { switches: { zeroPages: true } as Partial<KernelSwitches> } };
    expect(() => withKernel(options)).toThrow(
      'zeroPages: true is no switch of the kernel; those are patchedPrivileged',
    );
  });

  it('read and write registers on the special page: patchedPrivileged', () => {
    const { monitor, seen } = outcome({ patchedPrivileged: true }, true);
    expect(seen).toEqual(EXPECTED);
    const ordered = (registers: ReadonlySet<number>): number[] => [...registers].sort((a, b) => a - b);
    expect(ordered(monitor!.registers.read)).toEqual([Register.Context, Register.Status, Register.Cause, Register.EPC]);
    expect(ordered(monitor!.registers.written)).toEqual([
      Register.EntryLo0,
      Register.EntryLo1,
      Register.EntryHi,
      Register.Status,
      Register.EPC,
    ]);
    expect(monitor!.calls.map(({ call }) => call)).toEqual(['version', 'version']);
  });

  it('do so with the kernel in the mapped segment, too', () => {
    const seen: number[] = [];
    const { kernel } = runKernel({
      programs: { main: program(seen) },
      kernel: { mapped: true, switches: { patchedPrivileged: true, zeroedPages: true } },
      software: (...args) => new FakeMonitor(...args),
    });
    expect(seen).toEqual(EXPECTED);
    expect(kernel.hints.statistics.zeroed).toBeGreaterThan(3 * PAGES);
  });

  it('get pages of zeros from the monitor: zeroedPages', () => {
    const { monitor, seen, kernel } = outcome({ zeroedPages: true }, true);
    expect(seen).toEqual(EXPECTED);
    // Written to once, then read in three rounds; and the page tables of the two processes.
    expect(monitor!.count('zeroed page')).toBe(4 * PAGES + 2);
    expect(kernel.hints.statistics).toEqual({
      zeroed: monitor!.count('zeroed page'),
      freed: 0,
      remapped: 0,
      refused: 0,
    });
  });

  it('clear pages themselves when the monitor has none: zeroedPages', () => {
    const { monitor, seen, kernel } = outcome({ zeroedPages: true }, true, m => (m.refusal = MonitorError.NoMemory));
    expect(seen).toEqual(EXPECTED);
    expect(kernel.hints.statistics).toMatchObject({ zeroed: 0, refused: monitor!.count('zeroed page') });
  });

  it('tell the monitor of each page that becomes free, and do not miss its content: freePages', () => {
    const { monitor, seen, kernel } = outcome({ freePages: true }, true);
    expect(seen).toEqual(EXPECTED);
    expect(monitor!.count('free page')).toBe(kernel.physical.statistics.given);
    expect(monitor!.count('free page')).toBeGreaterThan(4 * PAGES);
  });

  it('idle by a call instead of waiting: idleHint', () => {
    const { monitor, seen } = outcome({ idleHint: true }, true);
    expect(seen).toEqual(EXPECTED);
    expect(monitor!.count('idle')).toBeGreaterThan(1);
  });

  it('work together', () => {
    const all = Object.fromEntries(Object.keys(NO_SWITCHES).map(name => [name, true]));
    expect(outcome(all, true).seen).toEqual(EXPECTED);
  });

  it('end a user who calls the monitor, whatever is on', () => {
    const { seen, kernel } = (() => {
      const told: number[] = [];
      const running = runKernel({
        programs: {
          *main() {
            yield fork(function* () {
              yield monitorCall({ call: 'version' });
            });
            told.push((yield waitForChild()) & 255);
          },
        },
        kernel: { switches: { zeroedPages: true } },
        software: (...args) => new FakeMonitor(...args),
      });
      return { ...running, seen: told };
    })();
    expect(seen).toEqual([132]); // an illegal instruction
    expect(kernel.processes.count).toBe(0);
  });
});
