import { describe, expect, it } from '@jest/globals';
import { instancesOf } from '../../../lib/experiments/systems/guests/instances.js';
import { SAMPLED_PARTS } from '../../../lib/experiments/systems/system-result.js';
import { PARTS } from '../../../lib/report/systems/words.js';
import { SystemRun } from '../../../lib/experiments/systems/system-run.js';
import { GuestError } from '../../../lib/system/guest-error.js';
import { exit } from '../../../lib/guest/commodity/calls/system-calls.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import { compute, store } from '../../../lib/processor/operations.js';
import { measure } from '../../../lib/workloads/guest-workload.js';
import { bareOptions, bareResult, smallWorkload } from './fixture.js';

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

describe('a run on a bare machine', () => {
  it('splits the time of all processors and of each without a gap', () => {
    const result = bareResult(2);
    for (const { time } of [result, ...result.processors])
      expect(sum(PARTS.map(({ part }) => time[part]))).toBeCloseTo(100, 9);
    expect(sum(Object.values(result.activities))).toBeCloseTo(100, 9);
    expect(sum(result.services.map(({ share }) => share))).toBeCloseTo(100, 9);
  });

  it('counts the services that its programs asked for', () => {
    const counts = Object.fromEntries(bareResult(2).services.map(({ name, count }) => [name, count]));
    // The parent and two children; `exit` of each, and 64 pages of each child.
    expect(counts).toMatchObject({ fork: 2, execve: 2, exit: 3, wait: 2, open: 2, write: 2, close: 2, unlink: 2 });
    expect(counts['DEMAND_ZERO']).toBe(128);
  });

  it('is over when its last process is, within a look of a tenth of a millisecond', () => {
    // Each child computes for 2 ms; there is a processor for each.
    const { elapsedNs, partial, guests } = bareResult(2);
    expect([partial, guests[0].processes]).toEqual([null, 3]);
    expect(elapsedNs % 100_000).toBe(0);
    expect(elapsedNs).toBeGreaterThan(2e6);
    expect(elapsedNs).toBeLessThan(60e6);
  });

  it('is the same again, and the same without run-ahead', () => {
    const result = bareResult(2);
    expect(bareResult(2)).toEqual(result);
    expect(bareResult(2, { runAhead: false })).toEqual(result);
  });

  it('yields plain data', () => {
    const result = bareResult(2);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('says where the time went as it passed: the slices add up to the whole', () => {
    const { samples, elapsedNs, time } = bareResult(2);
    const slices = samples.parts.idle.length;
    expect(slices * samples.sliceNs).toBe(elapsedNs);
    for (let slice = 0; slice < slices; slice++)
      expect(sum(SAMPLED_PARTS.map(part => samples.parts[part][slice]))).toBeCloseTo(100, 9);
    expect(sum(samples.parts.idle) / slices).toBeCloseTo(time.idle, 9);
    expect(sum(samples.parts.synchronisation) / slices).toBeCloseTo(time.synchronisation, 9);
  });

  it('can be stopped, and says so', () => {
    const whole = bareResult();
    const run = new SystemRun(bareOptions());
    const part = run.run(elapsedNs => elapsedNs < 1e6);
    expect([part.partial, part.elapsedNs]).toEqual(['stopped before its end', 1e6]);
    while (run.advance());
    expect(run.result()).toEqual(whole);
  });

  it('counts locks, disks and queues of the workload alone, not of booting', () => {
    const { guests, disks, queues } = bareResult();
    const { locks } = guests[0];
    const memlock = locks.find(({ name }) => name === 'memlock')!;
    expect(memlock.acquisitions).toBeGreaterThan(128);
    expect(memlock.contended).toBe(0);
    // Mounting read both disks before; the workload uses the second one.
    expect(locks.filter(({ name }) => name.startsWith('disk 0'))).toEqual([]);
    expect(disks.map(({ name, mount, reads }) => [name, mount, reads])).toEqual([
      ['disk0', '/', 0],
      ['disk1', '/home/', 1],
    ]);
    expect(sum(queues.map(({ served }) => served))).toBeGreaterThan(0);
  });

  it('measures a window from its marks on, for as long as that says', () => {
    const program = {
      path: null,
      regions: [],
      *program() {
        yield compute(4_000_000);
        yield measure();
        yield compute(40_000_000);
      },
    };
    const result = bareResult(1, {
      workload: smallWorkload({
        executables: new Map([['/parent', program]]),
        window: { marks: 1, ns: 5e6 },
      }),
    });
    expect([result.elapsedNs, result.partial]).toEqual([5e6, null]);
    expect(result.time.user).toBeGreaterThan(95);
  });
});

describe('a run on a bare machine that cannot be', () => {
  const machine = (megabytes: number) => {
    const preset = presets['disco-1997']({ nodes: 1 });
    return { ...preset, nodes: { count: 1, processors: 1, memoryBytes: megabytes * 2 ** 20 } };
  };

  it('is refused on a machine without memory for the kernel', () => {
    expect(() => bareResult(1, { machine: machine(1) })).toThrow(
      /^small on disco-1997 with 1 MB: the kernel needs \d+ pages of memory, but there are 256; give the machine more memory$/,
    );
  });

  it('is refused for a guest with other processors, for several guests, and for a host that does not exist', () => {
    const { guests } = bareOptions(1);
    expect(() => new SystemRun({ ...bareOptions(2), guests })).toThrow(
      new GuestError('a guest on a bare machine has all of its processors: 2 on disco-1997, not 1'),
    );
    const several = { ...guests, plans: [...guests.plans, ...guests.plans] };
    expect(() => new SystemRun({ ...bareOptions(1), guests: several })).toThrow('a bare machine has one guest, not 2');
    const host = { kind: 'xen' } as never;
    expect(() => new SystemRun({ ...bareOptions(1), host })).toThrow('there is no host xen; there are bare, disco');
  });

  it('ends when memory is exhausted', () => {
    const program = {
      path: null,
      regions: [{ kind: 'zero', first: 0x100, pages: 4096 }] as const,
      *program() {
        for (let page = 0; page < 4096; page++) yield store(0x100000 + page * 4096, 1);
      },
    };
    const workload = smallWorkload({ executables: new Map([['/parent', program]]) });
    expect(() => bareResult(1, { workload, machine: machine(6) })).toThrow(
      new GuestError('small on disco-1997 with 6 MB: memory is exhausted; give the machine more memory'),
    );
  });

  it('ends when a program that it started fails', () => {
    const program = {
      path: null,
      regions: [],
      *program() {
        yield exit(3);
      },
    };
    const workload = smallWorkload({ executables: new Map([['/parent', program]]) });
    expect(() => bareResult(1, { workload })).toThrow('/parent ended with status 3, not 0');
  });

  it('ends when a program is not there', () => {
    const workload = smallWorkload({ start: [{ path: '/missing', args: [] }] });
    expect(() => bareResult(1, { workload })).toThrow('/missing cannot be started: error -2');
  });
});

describe('several instances of a workload', () => {
  it('run side by side, each with its own disk, and tell what they start who they are', () => {
    const workload = instancesOf(3, number => smallWorkload({}, `/work${number}/`));
    expect(workload.disks.map(({ mount }) => mount)).toEqual(['/', '/work0/', '/work1/', '/work2/']);
    expect(workload.start.map(({ args }) => args)).toEqual([['0'], ['1'], ['2']]);
    const { services, guests, disks } = bareResult(2, { workload });
    // Each has read the tables of inodes and names of its own disk.
    expect(disks.slice(1).map(({ reads }) => reads > 0)).toEqual([true, true, true]);
    expect(guests[0].processes).toBe(9);
    expect(services.find(({ name }) => name === 'execve')?.count).toBe(6);
  });

  it('are the workload itself if there is one', () => {
    const workload = smallWorkload();
    expect(instancesOf(1, () => workload)).toBe(workload);
  });
});
