import { describe, expect, it } from '@jest/globals';
import { sharesOf } from '../../../lib/experiments/systems/named-runs.js';
import { MEMORY_USES, SAMPLED_PARTS } from '../../../lib/experiments/systems/system-result.js';
import { count, decimal } from '../../../lib/report/format.js';
import { systemReportHtml } from '../../../lib/report/systems/report.js';
import { systemText } from '../../../lib/report/tables/system.js';
import { PARTS } from '../../../lib/report/systems/words.js';
import { SystemRun } from '../../../lib/experiments/systems/system-run.js';
import { GuestError } from '../../../lib/system/guest-error.js';
import { exit } from '../../../lib/guest/commodity/calls/system-calls.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import { guestsWith, monitoredOptions, monitorOf, smallWorkload, withMonitor } from './fixture.js';

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

const small = monitoredOptions;
const results = new Map<number, ReturnType<typeof withMonitor>>();

/** A run of so many guests, each executed once for all cases. */
function resultOf(guests: number): ReturnType<typeof withMonitor> {
  const known = results.get(guests) ?? withMonitor(new SystemRun(small(guests)).run());
  results.set(guests, known);
  return known;
}

describe('a run under the monitor', () => {
  it('splits the time of all processors without a gap, the monitor included', () => {
    const { time, activities, services, monitor } = resultOf(2);
    expect(sum(PARTS.map(({ part }) => time[part]))).toBeCloseTo(100, 9);
    expect(sum(Object.values(activities))).toBeCloseTo(100, 9);
    expect(sum([...services, ...monitor.work].map(({ share }) => share))).toBeCloseTo(100, 9);
    expect(time.monitor).toBeGreaterThan(0);
  });

  it('counts the services that the programs of all guests asked for', () => {
    const counts = Object.fromEntries(resultOf(2).services.map(({ name, count }) => [name, count]));
    // Of each guest what a run on a bare machine counts: see bare-run.spec.
    expect(counts).toMatchObject({ fork: 4, execve: 4, exit: 6, wait: 4, open: 4, write: 4, close: 4, unlink: 4 });
    expect(counts['DEMAND_ZERO']).toBe(256);
  });

  it('shares what guests read from the root disk: the text of their kernels is in memory once', () => {
    const { virtual, machine } = resultOf(2).monitor.memory;
    expect(virtual['kernel text']).toBeGreaterThan(0);
    expect(virtual['kernel text']).toBe(2 * machine['kernel text']);
    expect(virtual['kernel data']).toBe(machine['kernel data']);
    expect(virtual.monitor).toBe(machine.monitor);
    for (const use of MEMORY_USES.filter(name => name !== 'disk cache'))
      expect(machine[use]).toBeLessThanOrEqual(virtual[use]);
  });

  it('says of every frame of the machine that is in use what for', () => {
    const run = new SystemRun(small(2));
    const { memory } = withMonitor(run.run()).monitor;
    const { frames, machine } = monitorOf(run).disco;
    expect(sum(Object.values(memory.machine))).toBe((machine.map.frames - frames.allFree) * machine.map.pageBytes);
  });

  it('gives each guest disks of its own and all of them the root', () => {
    const { disks } = resultOf(2);
    expect(disks.map(({ name, guest, mount }) => [name, guest, mount])).toEqual([
      ['disk0', -1, '/'],
      ['disk1', 0, '/home/'],
      ['disk2', 1, '/home/'],
    ]);
  });

  it('is the same again, and the same without run-ahead', () => {
    const result = resultOf(1);
    expect(new SystemRun(small(1)).run()).toEqual(result);
    expect(new SystemRun(small(1, { runAhead: false })).run()).toEqual(result);
  });

  it('yields plain data, and text', () => {
    const result = resultOf(2);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(systemText(result)).toMatch(/^small on irix: 2 guests on 2 processors of disco-1997\n/);
    expect(systemText(result)).not.toMatch(/NaN|undefined| $/m);
  });

  it('shows the course of the run in slices, the monitor apart', () => {
    const { samples, elapsedNs, time } = resultOf(2);
    const slices = samples.parts.user.length;
    expect(slices).toBe(Math.ceil(elapsedNs / samples.sliceNs));
    for (let slice = 0; slice < slices; slice++)
      expect(sum(SAMPLED_PARTS.map(part => samples.parts[part][slice]))).toBeCloseTo(100, 9);
    // The last slice may be shorter: it weighs less.
    const shares = samples.parts.monitor.map((share, slice) =>
      slice < slices - 1 ? share * samples.sliceNs : share * (elapsedNs - (slices - 1) * samples.sliceNs),
    );
    const monitor = time.monitor + time.monitorLocalStall + time.monitorRemoteStall;
    // At a sample, processors may be charged a few ticks ahead of the present: 3 of the 40,000 of a slice, here.
    expect(sum(shares) / elapsedNs).toBeCloseTo(monitor, 5);
  });

  it('fills a report with its figures, asking for nothing from anywhere', () => {
    const result = resultOf(2);
    const options = { result, drawing: '<svg></svg>', generatedBy: 'this', command: 'disco-sim vm --guests 2' };
    const page = systemReportHtml(options);
    expect(page).not.toMatch(/NaN|undefined|<script|src=|https?:/);
    const shown = [result.fingerprint, options.command, ...result.guests.map(({ name }) => name)];
    for (const part of [...shown, count(result.tlbMisses)]) expect(page).toContain(part);
    for (const { part } of PARTS)
      expect(page).toContain(`<span class="number">${decimal(result.time[part], 2)}</span>`);
    for (const use of MEMORY_USES)
      for (const of of [result.monitor.memory.virtual, result.monitor.memory.machine])
        expect(page).toContain(`<td>${decimal(of[use] / 2 ** 20, 2)}</td>`);
    expect(page).toContain(`<td>${count(result.monitor.counts['traps'])}</td>`);
    expect(systemReportHtml(options)).toBe(page);
  });

  it('can be stopped, and says so', () => {
    const run = new SystemRun(small(1));
    const part = run.run(elapsedNs => elapsedNs < 1e6);
    expect([part.partial, part.elapsedNs]).toEqual(['stopped before its end', 1e6]);
    while (run.advance());
    expect(run.result()).toEqual(resultOf(1));
  });

  it('lets guests share a processor', () => {
    const machine = presets['disco-1997']({ nodes: 1 });
    const { partial, guests, monitor } = withMonitor(new SystemRun(small(2, { machine })).run());
    expect([partial, guests.map(({ endedNs }) => endedNs !== null)]).toEqual([null, [true, true]]);
    expect(monitor.counts['switches']).toBeGreaterThan(0);
  });
});

describe('a run under the monitor that cannot be', () => {
  it('is refused without guests, and for guests with different roots', () => {
    expect(() => new SystemRun(small(1, { guests: guestsWith([]) }))).toThrow(
      new GuestError('there is no guest; give at least one'),
    );
    const other = smallWorkload({ disks: [{ mount: '/', tree: {} }] });
    const guests = guestsWith([smallWorkload(), other]);
    expect(() => new SystemRun(small(2, { guests }))).toThrow(/that of guest 1 has other files than that of guest 0/);
  });

  it('is refused on a machine without memory for the kernels', () => {
    const nodes = { count: 1, processors: 1, memoryBytes: 2 * 2 ** 20 };
    const machine = { ...presets['disco-1997']({ nodes: 1 }), nodes };
    expect(() => new SystemRun(small(1, { machine }))).toThrow(
      /^small in guest 0 with 1.6 MB: the kernel needs \d+ pages of memory/,
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
    const run = new SystemRun(small(1, { guests: guestsWith([workload]) }));
    expect(() => run.run()).toThrow('/parent ended with status 3, not 0');
    // Beside another guest it costs only itself.
    const both = new SystemRun(small(2, { guests: guestsWith([workload, smallWorkload()]) })).run();
    expect(both.partial).toMatch(/^the monitor ended 1 of 2 guests: .*\/parent ended with status 3, not 0/);
    expect(both.guests.map(({ failure, endedNs }) => [failure !== null, endedNs !== null])).toEqual([
      [true, false],
      [false, true],
    ]);
    expect(systemText(both)).toMatch(/^ guest 0 .* failed /m);
  });
});

describe('the shares of guests', () => {
  it('are as equal as can be, and at least a processor', () => {
    expect([sharesOf(8, 8), sharesOf(8, 3), sharesOf(1, 2)]).toEqual([Array(8).fill(1), [3, 3, 2], [1, 1]]);
    expect(() => sharesOf(8, 0)).toThrow('guests is 0; give a whole number from 1');
  });
});
