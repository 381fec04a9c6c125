import { describe, expect, it } from '@jest/globals';
import { ns } from '../../../lib/engine/time.js';
import { RecordedGuest } from '../../../lib/guest/recorded/guest.js';
import type { SystemImage, SystemStep } from '../../../lib/guest/recorded/image.js';
import { packReference, ReferenceKind } from '../../../lib/processor/references.js';
import { ACTIVITIES, Activity } from '../../../lib/processor/software.js';
import { withRecording, type Running } from './running.js';
import { firstSteps, instructionsOf } from './slices.js';
import { imageOf, open } from './traces.js';

const start = open('pmake-2cpu-start').trace;
const unmapped = imageOf(start);
const mapped = imageOf(start, { mapped: true });
/** Long enough for faults, system calls, task switches and entries of TLB; short enough for a spec. */
const STEPS = 20000;

/** Instructions of the handlers that are not recorded. */
const LENGTHS = { refill: 23, kernelRefill: 11, invalid: 47 };

function finished(running: Running): Running {
  expect(running.machine.run()).toBe('finished');
  return running;
}

/** Ticks that all processors spent on activities, without stalls, in processor cycles of one tick. */
function cycles({ machine }: Running, ...activities: readonly number[]): number {
  return machine.processors.reduce(
    (sum, { account, systemStalls }) =>
      sum +
      activities.reduce(
        (own, activity) => own + account.ticks[activity] - systemStalls[2 * activity] - systemStalls[2 * activity + 1],
        0,
      ),
    0,
  );
}

describe.each([
  ['kseg0', unmapped],
  ['the mapped segment', mapped],
] as const)('a recorded system with its kernel in %s', (_, image) => {
  const slice = firstSteps(image, STEPS);
  const wanted = instructionsOf(slice);
  const running = finished(withRecording(slice));
  const { machine, guest } = running;
  const { statistics } = guest;

  it('executes as many user instructions as are recorded, exactly', () => {
    expect(cycles(running, Activity.User)).toBe(wanted.user);
  });

  it('executes as many kernel instructions as are recorded, and those of its own handlers and additions', () => {
    const secondLevel = machine.processors.reduce(
      (sum, { stats, account }) =>
        sum +
        stats.secondLevelHits * machine.simulation.ticks(ns(machine.specification.processor.l2HitNs)) -
        account.ticks[Activity.Cache],
      0,
    );
    const { refills, kernelRefills, invalidEntries, addedPrivileged, addedStores } = statistics;
    const own =
      LENGTHS.refill * refills +
      LENGTHS.kernelRefill * kernelRefills +
      LENGTHS.invalid * invalidEntries +
      addedPrivileged +
      addedStores;
    // A handler that a nested refill of the kernel's segment cuts short begins again, so there some are counted twice.
    const found = cycles(running, Activity.Kernel, Activity.TlbRefill) - secondLevel;
    if (image.mapped) expect(found).toBeLessThanOrEqual(wanted.kernel + own);
    else expect(found).toBe(wanted.kernel + own);
  });

  it('executes each recorded privileged operation, with an exception and a return where the recording has them', () => {
    expect(statistics).toMatchObject({
      privileged: wanted.privileged + wanted.returns,
      entries: wanted.entries,
      returns: wanted.returns,
    });
  });

  it('spends no time on anything else', () => {
    const expected = [Activity.User, Activity.Kernel, Activity.Cache, Activity.LocalStall, Activity.RemoteStall];
    const allowed = [...expected, Activity.TlbRefill, Activity.Idle].map(activity => ACTIVITIES[activity]);
    for (const { account } of machine.processors)
      expect(Object.keys(account.report()).filter(name => !(allowed as string[]).includes(name))).toEqual([]);
  });

  it('never has a kernel page in a TLB that leads elsewhere than the kernel thinks', () => {
    const other = withRecording(slice);
    const wrong: string[] = [];
    for (let events = 2000, end = ''; end !== 'finished'; events += 2000) {
      end = other.machine.run({ events });
      for (const { tlb } of other.machine.processors)
        for (const { page, frame } of tlb.mappings())
          if (image.mapped && page >= image.base >>> 12 && frame !== other.machine.layout![page - (image.base >>> 12)])
            wrong.push(page.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  it('has the same fingerprint without run-ahead', () => {
    const other = finished(withRecording(slice, { runAhead: false }));
    expect(other.machine.simulation.fingerprint.toString()).toBe(machine.simulation.fingerprint.toString());
    expect(other.guest.statistics).toEqual(statistics);
  });
});

describe('a recorded system', () => {
  it('adds a privileged operation to each di and ei if the processor is to have none', () => {
    const slice = firstSteps(unmapped, 4000);
    const one = finished(withRecording(slice)).guest.statistics;
    const two = finished(withRecording(slice, { statusPairs: true })).guest.statistics;
    const switches = slice.streams
      .flatMap(({ steps }) => steps)
      .filter(step => step.kind === 'privileged' && (step.operation === 'di' || step.operation === 'ei')).length;
    expect(switches).toBeGreaterThan(100);
    expect(two.addedPrivileged - one.addedPrivileged).toBe(switches);
  });

  it('refuses a memory that does not hold its pages and page tables', () => {
    const { pages } = new RecordedGuest({ image: unmapped, pages: 10000 });
    expect(() => new RecordedGuest({ image: unmapped, pages: pages - 1 })).toThrow(
      `pmake-2cpu-start needs ${pages} pages of physical memory, not ${pages - 1}`,
    );
  });

  it('says so when the recording uses a page before it maps it', () => {
    const words = [0x10000, 0x11000].map(address => packReference(address, ReferenceKind.Load));
    expect(() => withRecording(handmade(words, [{ kind: 'map', page: 0x10, physical: 1 }])).machine.run()).toThrow(
      'the recording uses page 0x11 before it maps it',
    );
    expect(() => withRecording(handmade(words, [])).machine.run()).toThrow('before it maps anything near');
  });

  it('finds the page where a mapping that replaced another leads, though the TLB still had the old one', () => {
    const load = packReference(0x10000, ReferenceKind.Load);
    const { machine } = finished(
      withRecording(
        handmade(
          [load, load],
          [{ kind: 'map', page: 0x10, physical: 1 }],
          [
            { kind: 'enter', cause: 'system call', status: false },
            { kind: 'map', page: 0x10, physical: 2 },
            { kind: 'return', to: 'user', status: false },
          ],
        ),
      ),
    );
    const frames = [...machine.processors[0].tlb.mappings()].filter(({ page }) => page === 0x10);
    expect(frames.map(({ frame }) => frame)).toEqual([machine.layout![2]]);
  });

  it('makes a new entry good that was in the TLB before the other page of its pair was mapped', () => {
    const words = [0x10000, 0x11000].map(address => packReference(address, ReferenceKind.Store));
    const { guest } = finished(
      withRecording(
        handmade(
          words,
          [{ kind: 'map', page: 0x10, physical: 1 }],
          [
            { kind: 'enter', cause: 'fault', status: false },
            { kind: 'map', page: 0x11, physical: 2 },
            { kind: 'return', to: 'user', status: false },
          ],
        ),
      ),
    );
    expect(guest.statistics).toMatchObject({ refills: 1, invalidEntries: 1 });
  });

  it('goes on where the kernel was when an exception in the kernel returns', () => {
    const nested: SystemStep[] = [
      { kind: 'enter', cause: 'system call', status: false },
      { kind: 'enter', cause: 'interrupt', status: false },
      { kind: 'compute', instructions: 10, user: false },
      { kind: 'return', to: 'kernel', status: false },
      { kind: 'compute', instructions: 1000, user: false },
      { kind: 'return', to: 'user', status: false },
    ];
    const load = packReference(0x10000, ReferenceKind.Load);
    const { machine } = finished(
      withRecording(handmade([load, load], [{ kind: 'map', page: 0x10, physical: 1 }], nested)),
    );
    const { account } = machine.processors[0].services!;
    // With three operations each: Status when it begins and ends, and the return.
    expect(account.report()).toMatchObject({ 'system call': 1003, interrupt: 13 });
  });

  it('gives all identifiers anew when tasks have used them up', () => {
    const tasks = Array.from({ length: 300 }, (_, i): SystemStep[] => [
      { kind: 'enter', cause: 'interrupt', status: false },
      { kind: 'task', task: i + 1 },
      { kind: 'map', page: 0x10, physical: 1 + (i % 3) },
      { kind: 'return', to: 'user', status: false },
      { kind: 'run', from: 0, to: 1, user: true },
    ]).flat();
    const image = handmade([packReference(0x10000, ReferenceKind.Load)], [{ kind: 'map', page: 0x10, physical: 0 }]);
    const stream = { ...image.streams[0], steps: [...image.streams[0].steps, ...tasks] };
    const { guest, machine } = finished(withRecording({ ...image, streams: [stream] }));
    expect(guest.statistics.refills).toBe(301);
    const live = [...machine.processors[0].tlb.mappings()].filter(({ page }) => page === 0x10);
    expect(new Set(live.map(({ space }) => space)).size).toBe(live.length);
  });
});

/** One processor that executes a reference in user mode, then `between`, then the next reference. */
function handmade(
  words: readonly number[],
  before: readonly SystemStep[],
  between: readonly SystemStep[] = [],
): SystemImage {
  const run = (from: number): SystemStep => ({ kind: 'run', from, to: from + 1, user: true });
  const steps = [...before, ...words.flatMap((_, i) => (i === 0 ? [run(i)] : [...between, run(i)]))];
  return {
    ...unmapped,
    pages: 8,
    refillVector: 0x80003000,
    streams: [{ words: Int32Array.from(words), gaps: new Uint16Array(words.length).fill(1), steps }],
  };
}
