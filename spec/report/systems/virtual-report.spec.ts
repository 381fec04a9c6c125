import { describe, expect, it } from '@jest/globals';
import { ActivitySamples } from '../../../lib/experiments/systems/activity-samples.js';
import { commodityGuests } from '../../../lib/experiments/systems/virtual-commodity.js';
import { virtualReportHtml } from '../../../lib/report/systems/virtual-report.js';
import { VIRTUAL_SAMPLED_PARTS, type VirtualResult } from '../../../lib/experiments/systems/virtual-result.js';
import { virtualText } from '../../../lib/report/tables/virtual.js';
import { VIRTUAL_PARTS } from '../../../lib/report/systems/virtual-words.js';
import { VirtualRun } from '../../../lib/experiments/systems/virtual.js';
import { irix } from '../../../lib/guest/commodity/profiles/irix.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import { smallWorkload } from '../../experiments/native-fixture.js';
import { DRAWING } from '../../experiments/report-fixture.js';

function small(): VirtualRun {
  const guest = { workload: smallWorkload(), processors: 1 };
  const guests = commodityGuests({ profile: irix, guests: [guest, guest] });
  return new VirtualRun({ guests, machine: presets['disco-1997']({ nodes: 2 }), seed: 1 });
}

const result = small().run();
const report = (changes: Partial<VirtualResult> = {}): string =>
  virtualReportHtml({
    ...{ result: { ...result, ...changes }, drawing: DRAWING },
    ...{ generatedBy: 'disco-sim', command: 'disco-sim vm' },
  });

/** As SPLASHOS is: without disks, locks and switches. */
const library: Partial<VirtualResult> = {
  switches: null,
  disks: [],
  guests: result.guests.map(guest => ({ ...guest, locks: [] })),
};

/** A run in which no time passed. */
const nothing: Partial<VirtualResult> = {
  elapsedNs: 0,
  time: Object.fromEntries(VIRTUAL_PARTS.map(({ part }) => [part, 0])) as unknown as VirtualResult['time'],
  ...{ services: [], work: [], disks: [], queues: [] },
  samples: {
    sliceNs: 100_000,
    parts: { user: [], 'user stall': [], kernel: [], synchronisation: [], monitor: [], idle: [] },
  },
};

describe('the report of a virtual run', () => {
  it('has a place for each of its links', () => {
    for (const page of [report(), report(library), report(nothing)]) {
      const links = [...page.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id!);
      expect(links.length).toBeGreaterThan(8);
      for (const id of links) expect(page).toContain(`id="${id}"`);
    }
  });

  it('leaves out what a run has nothing of', () => {
    const page = report(library);
    for (const absent of ['Changes to the kernels', 'pages mapped', 'Disks and misses', 'Placement:'])
      expect(page).not.toContain(absent);
    expect(page).toContain('>Misses</h2>');
    expect(report()).toContain('pages mapped');
    expect(report(nothing)).not.toContain('id="queues"');
  });

  it('tells what was done to pages, and how long it took', () => {
    const placement = { hotPages: 7, migrations: 4, migrationNs: 8000, replications: 2, replicationNs: 6000 };
    const page = report({ placement, shootdown: { requests: 11, interrupts: 12, entries: 13 } });
    expect(page).toContain('Placement: 7 hot pages');
    for (const cell of ['2.00 µs', '3.00 µs', '11', '12', '13']) expect(page).toContain(`<td>${cell}</td>`);
    expect(report({ shootdown: { requests: 0, interrupts: 0, entries: 0 } })).not.toContain('Shootdown');
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
    const uses = Object.fromEntries(Object.keys(result.memory.virtual).map(use => [use, bytes]));
    const memory = { virtual: uses, machine: uses } as VirtualResult['memory'];
    // One is that of the time, in percent.
    expect(report({ memory }).match(/class="mark"/g)).toHaveLength(1);
  });

  it('says who runs what if guests differ, as the text does', () => {
    const [first, second] = result.guests;
    const guests = [first!, { ...second!, description: '<b>&' }];
    expect(report()).toContain('each guest: two children that write a file each');
    expect(report({ guests })).toContain('guest 1: &lt;b&gt;&amp;');
    expect(virtualText({ ...result, guests })).toContain('\n  guest 1: <b>&\n');
  });

  it('says that a run is partial, and bears one in which nothing happened', () => {
    expect(report({ partial: 'stopped' })).toContain('PARTIAL: stopped');
    expect(report(nothing)).toContain('nothing ran');
  });
});

describe('the samples of a virtual run', () => {
  it('change nothing, however many are taken', () => {
    const run = small();
    const more = new ActivitySamples(run.machine.processors, VIRTUAL_SAMPLED_PARTS);
    // A sample settles the processors: once more, and again when nothing is left to settle.
    while (run.advance()) for (let times = 0; times < 3; times++) more.take();
    expect(run.result()).toEqual(result);
  });
});
