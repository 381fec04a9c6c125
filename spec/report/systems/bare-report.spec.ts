import { describe, expect, it } from '@jest/globals';
import type { LockResult, SystemResult } from '../../../lib/experiments/systems/system-result.js';
import { systemReportHtml } from '../../../lib/report/systems/report.js';
import { systemText } from '../../../lib/report/tables/system.js';
import { PARTS } from '../../../lib/report/systems/words.js';
import { bareResult } from '../../experiments/systems/fixture.js';
import { DRAWING } from '../../experiments/report-fixture.js';

const result = bareResult(2);
const report = (changes: Partial<SystemResult> = {}): string =>
  systemReportHtml({ result: { ...result, ...changes }, drawing: DRAWING, generatedBy: 'disco-sim' });

const CAUSES = {
  user: { cold: 11, capacity: 22, communication: 33 },
  kernel: { cold: 44, capacity: 55, communication: 66 },
};

const withLocks = (locks: readonly LockResult[]): Pick<SystemResult, 'guests'> => ({
  guests: [{ ...result.guests[0], locks }],
});

/** A run in which no time passed. */
const nothing: Partial<SystemResult> = {
  elapsedNs: 0,
  time: Object.fromEntries(PARTS.map(({ part }) => [part, 0])) as unknown as SystemResult['time'],
  services: [],
  guests: [{ ...result.guests[0], locks: [] }],
  disks: [],
  queues: [],
  samples: {
    sliceNs: 100_000,
    parts: { user: [], 'user stall': [], kernel: [], synchronisation: [], monitor: [], idle: [] },
  },
};

describe('the report of a run on a bare machine', () => {
  it('needs nothing from anywhere and has no script', () => {
    const page = report();
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toMatch(/<script|<link|<img|\ssrc=|https?:(?!\/\/www\.w3\.org)/);
    expect([...page.matchAll(/href="([^"]*)"/g)].every(([, to]) => to.startsWith('#'))).toBe(true);
  });

  it('has a place for each of its links', () => {
    const page = report();
    const links = [...page.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
    expect(links.length).toBe(11);
    for (const id of links) expect(page).toContain(`id="${id}"`);
  });

  it('gives equal bytes for equal results', () => {
    expect(report()).toBe(systemReportHtml({ result: bareResult(2), drawing: DRAWING, generatedBy: 'disco-sim' }));
  });

  it('has a bar for each processor and a row for each service', () => {
    const page = report();
    for (const { path } of result.processors) expect(page).toContain(`>${path}<title>`);
    for (const name of ['fork', 'execve', 'DEMAND_ZERO']) expect(page).toContain(`<th scope="row">${name}</th>`);
    expect(page).not.toContain('<th scope="row">boot</th>');
  });

  it('shows causes of misses where they are known, and the waiting for locks', () => {
    const locks = [{ name: 'memlock', acquisitions: 9, contended: 3, waitedNs: 4567 }];
    const page = report({ misses: { ...result.misses, causes: CAUSES }, ...withLocks(locks) });
    for (const number of ['11', '66', '4.57 µs']) expect(page).toContain(`<td>${number}</td>`);
  });

  it('says how many processes ran', () => {
    const ran = (processes: number): string => report({ guests: [{ ...result.guests[0], processes }] });
    expect(ran(10)).toContain('10 processes.');
    expect(ran(1)).toContain('1 process.');
  });

  it('says that a run is partial', () => {
    expect(report({ partial: 'stopped' })).toContain('PARTIAL: stopped');
  });

  it('bears a run in which nothing happened', () => {
    expect(report(nothing)).toContain('nothing ran');
    expect(systemText({ ...result, ...nothing })).toContain('0.00');
  });

  it('escapes what it did not write itself', () => {
    expect(report({ guests: [{ ...result.guests[0], description: '<b>&' }] })).toContain('&lt;b&gt;&amp;');
  });
});

describe('the table of a run on a bare machine', () => {
  it('adds up to 100 and to the time of all processors', () => {
    const [, percent, ms] = /^ all +(\S+) +(\S+)$/m.exec(systemText(result))!;
    expect(percent).toBe('100.00');
    expect(Number(ms)).toBeCloseTo((2 * result.elapsedNs) / 1e6, 2);
  });

  it('has no line with blanks at its end', () => {
    for (const line of systemText(result).split('\n')) expect(line).toBe(line.trimEnd());
  });

  it('says that a run is partial, and shows causes where they are known', () => {
    const text = systemText({ ...result, partial: 'stopped', misses: { ...result.misses, causes: CAUSES } });
    expect(text).toContain('\n! PARTIAL: stopped\n');
    expect(text).toMatch(/^ communication +33 +66$/m);
  });

  it('says that no lock was contended, or shows those that were', () => {
    const lock = { name: 'memlock', acquisitions: 8, contended: 2, waitedNs: 1000 };
    expect(systemText({ ...result, ...withLocks([{ ...lock, contended: 0 }]) })).toContain(
      'locks, none of them contended',
    );
    expect(systemText({ ...result, ...withLocks([lock]) })).toMatch(/^ memlock +8 +2 +25\.00 +1\.00 µs$/m);
  });
});
