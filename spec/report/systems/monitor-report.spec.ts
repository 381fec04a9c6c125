import { describe, expect, it } from '@jest/globals';
import { ActivitySamples } from '../../../lib/experiments/systems/activity-samples.js';
import { systemReportHtml } from '../../../lib/report/systems/report.js';
import type { MonitorResult, SystemResult } from '../../../lib/experiments/systems/system-result.js';
import { systemText } from '../../../lib/report/tables/system.js';
import { PARTS } from '../../../lib/report/systems/words.js';
import { SystemRun } from '../../../lib/experiments/systems/system-run.js';
import { monitoredOptions, withMonitor } from '../../experiments/systems/fixture.js';
import { DRAWING } from '../../experiments/report-fixture.js';

const small = (): SystemRun => new SystemRun(monitoredOptions(2));

const result = withMonitor(small().run());

/** With another monitor's part. */
const monitored = (changes: Partial<MonitorResult>): Pick<SystemResult, 'monitor'> => ({
  monitor: { ...result.monitor, ...changes },
});

const report = (changes: Partial<SystemResult> = {}): string =>
  systemReportHtml({
    ...{ result: { ...result, ...changes }, drawing: DRAWING },
    ...{ generatedBy: 'disco-sim', command: 'disco-sim vm' },
  });

/** As SPLASHOS is: without disks, locks and switches. */
const library: Partial<SystemResult> = {
  switches: null,
  disks: [],
  guests: result.guests.map(guest => ({ ...guest, locks: [] })),
};

/** A run in which no time passed. */
const nothing: Partial<SystemResult> = {
  elapsedNs: 0,
  time: Object.fromEntries(PARTS.map(({ part }) => [part, 0])) as unknown as SystemResult['time'],
  ...{ services: [], disks: [], queues: [], ...monitored({ work: [] }) },
  samples: {
    sliceNs: 100_000,
    parts: { user: [], 'user stall': [], kernel: [], synchronisation: [], monitor: [], idle: [] },
  },
};

describe('the report of a run under the monitor', () => {
  it('has a place for each of its links', () => {
    for (const page of [report(), report(library), report(nothing)]) {
      const links = [...page.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
      expect(links.length).toBeGreaterThan(8);
      for (const id of links) expect(page).toContain(`id="${id}"`);
    }
  });

  it('leaves out what a run has nothing of', () => {
    const page = report(library);
    for (const absent of ['Changes to the kernels', 'pages mapped', '>Disks</h2>', 'Placement:'])
      expect(page).not.toContain(absent);
    expect(page).toContain('>Misses</h2>');
    expect(report()).toContain('pages mapped');
    expect(report(nothing)).not.toContain('id="queues"');
  });

  it('tells what was done to pages, and how long it took', () => {
    const placement = { hotPages: 7, migrations: 4, migrationNs: 8000, replications: 2, replicationNs: 6000 };
    const page = report(monitored({ placement, shootdown: { requests: 11, interrupts: 12, entries: 13 } }));
    expect(page).toContain('Placement: 7 hot pages');
    for (const cell of ['2.00 µs', '3.00 µs', '11', '12', '13']) expect(page).toContain(`<td>${cell}</td>`);
    expect(report(monitored({ shootdown: { requests: 0, interrupts: 0, entries: 0 } }))).not.toContain('Shootdown');
  });

  it('shows causes of misses where they are known', () => {
    const causes = {
      user: { cold: 1011, capacity: 1022, communication: 1033 },
      kernel: { cold: 1044, capacity: 1055, communication: 1066 },
    };
    const page = report({ misses: { ...result.misses, causes } });
    for (const number of ['1,011', '1,066']) expect(page).toContain(`<td>${number}</td>`);
    expect(report({ misses: { ...result.misses, causes: null } })).not.toContain('by cause');
  });

  it('marks no hundred in a picture of memory', () => {
    const bytes = 40 * 2 ** 20;
    const uses = Object.fromEntries(Object.keys(result.monitor.memory.virtual).map(use => [use, bytes]));
    const memory = { virtual: uses, machine: uses } as MonitorResult['memory'];
    // Two are those of the time, in percent: of all processors, and of each.
    expect(report(monitored({ memory })).match(/class="mark"/g)).toHaveLength(2);
  });

  it('says who runs what if guests differ, as the text does', () => {
    const [first, second] = result.guests;
    const guests = [first, { ...second, description: '<b>&' }];
    expect(report()).toContain('each guest: two children that write a file each');
    expect(report({ guests })).toContain('guest 1: &lt;b&gt;&amp;');
    expect(systemText({ ...result, guests })).toContain('\n  guest 1: <b>&\n');
  });

  it('says that a run is partial, and bears one in which nothing happened', () => {
    expect(report({ partial: 'stopped' })).toContain('PARTIAL: stopped');
    expect(report(nothing)).toContain('nothing ran');
  });
});

describe('the samples of a run', () => {
  it('change nothing, however many are taken', () => {
    const run = small();
    const more = new ActivitySamples(run.machine.processors);
    // A sample settles the processors: once more, and again when nothing is left to settle.
    while (run.advance()) for (let times = 0; times < 3; times++) more.take();
    expect(run.result()).toEqual(result);
  });
});
