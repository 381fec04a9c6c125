import { describe, expect, it } from '@jest/globals';
import { fidelityExperiments, type FidelityRow } from '../../../lib/experiments/paper/fidelity.js';
import { fidelityText } from '../../../lib/report/tables/fidelity.js';
import type { SystemResult, SystemTime } from '../../../lib/experiments/systems/system-result.js';
import { FIGURE_5, FIGURE_7, FIGURE_8 } from '../../../lib/experiments/paper/published-disco.js';
import { bareResult } from '../systems/fixture.js';

const small = bareResult();
const NO_TIME: SystemTime = {
  monitor: 0,
  monitorLocalStall: 0,
  monitorRemoteStall: 0,
  user: 0,
  userCache: 0,
  userLocalStall: 0,
  userRemoteStall: 0,
  kernel: 0,
  kernelLocalStall: 0,
  kernelRemoteStall: 0,
  synchronisation: 0,
  idle: 0,
};

function rows(name: string, ...results: Partial<SystemResult>[]): FidelityRow[] {
  const experiment = fidelityExperiments.find(one => one.name === name)!;
  return experiment.rows(results.map(result => ({ ...small, ...result })));
}

const ours = (found: readonly FidelityRow[]) => Object.fromEntries(found.map(row => [row.quantity, row.ours]));

describe('what the paper says', () => {
  it.each([...Object.entries(FIGURE_5.bars), ...Object.entries(FIGURE_7.bars), ...Object.entries(FIGURE_8.numa)])(
    'of %s adds up to 100 for IRIX',
    (_, parts) => {
      expect(Object.values<number>(parts).reduce((sum, part) => sum + part, 0)).toBeCloseTo(100, 1);
    },
  );

  it('is what the experiments are named after', () => {
    expect(fidelityExperiments.map(({ name }) => name)).toEqual([
      ...['figure-5-pmake', 'figure-5-engineering', 'figure-5-raytrace', 'figure-5-database'],
      ...['table-2', 'figure-7-pmake', 'figure-7-radix', 'figure-8-engineering', 'figure-8-raytrace'],
    ]);
  });
});

describe('a figure', () => {
  it('5 has users with their stall, the kernel with its stall and its spinning, and idling', () => {
    const time = { ...NO_TIME, user: 40, userCache: 3, userLocalStall: 6.58, kernel: 15, kernelLocalStall: 2, synchronisation: 1, idle: 32.42 }; // prettier-ignore
    const found = rows('figure-5-pmake', { time });
    expect(ours(found)).toEqual({ user: 49.58, kernel: 18, idle: 32.42 });
    expect(found.map(({ within }) => within)).toEqual([true, true, true]);
  });

  it('5 is missed by more than two points', () => {
    const time = { ...NO_TIME, user: 49.58 + 2.01, kernel: 18.73, idle: 31.69 - 1.99 };
    expect(rows('figure-5-pmake', { time }).map(({ within }) => within)).toEqual([false, true, true]);
  });

  it('7 has the stall of users apart, and spinning apart from the kernel', () => {
    const time = { ...NO_TIME, user: 20, userCache: 1, userRemoteStall: 9, kernel: 10, kernelRemoteStall: 24, synchronisation: 22, idle: 14 }; // prettier-ignore
    expect(ours(rows('figure-7-pmake', { time }))).toEqual({
      ...{ user: 20, 'user stall': 10, kernel: 34, synchronisation: 22, idle: 14 },
    });
  });

  it('8 is relative to the run on the ccNUMA machine', () => {
    const numa = { time: { ...NO_TIME, user: 30, userLocalStall: 4, kernelLocalStall: 2, userRemoteStall: 64 } };
    const uma = { time: { ...NO_TIME, user: 60, userLocalStall: 40 }, elapsedNs: small.elapsedNs / 2 };
    const misses = { local: 20, remote: 80, causes: null };
    const found = rows('figure-8-engineering', { ...numa, misses }, uma);
    expect(found.map(({ configuration, quantity, ours: value }) => [configuration, quantity, value])).toEqual([
      ['IRIX, 8 processors, ccNUMA', 'exec', 30],
      ['IRIX, 8 processors, ccNUMA', 'local stall', 6],
      ['IRIX, 8 processors, ccNUMA', 'remote stall', 64],
      ['IRIX, 8 processors, ccNUMA', 'local share of misses', 20],
      ['IRIX, 8 processors, UMA', 'exec', 30],
      ['IRIX, 8 processors, UMA', 'local stall', 20],
      ['IRIX, 8 processors, UMA', 'remote stall', 0],
    ]);
  });

  it('8 has a smaller cache for raytrace, as in section 5.5', () => {
    const { runs } = fidelityExperiments.find(({ name }) => name === 'figure-8-raytrace')!;
    expect(runs).toEqual(
      ['disco-1997', 'uma'].map(machine => ({
        workload: 'raytrace',
        machine,
        processors: 16,
        scale: 0.02,
        l2Kilobytes: 256,
      })),
    );
  });
});

describe('Table 2', () => {
  it('has mean times in microseconds, which may be off by a twentieth', () => {
    const services = [
      { name: 'open', count: 3, meanNs: 44_000, share: 1 },
      { name: 'read', count: 3, meanNs: 24_200, share: 1 },
    ];
    const found = rows('table-2', { services });
    expect(found).toHaveLength(7);
    expect(found.find(({ quantity }) => quantity === 'open')).toMatchObject({ unit: 'us', ours: 44, within: true });
    expect(found.find(({ quantity }) => quantity === 'read')).toMatchObject({ ours: 24.2, within: false });
    // A service that never ran is not within anything.
    expect(found.find(({ quantity }) => quantity === 'execve')).toMatchObject({ ours: 0, within: false });
  });
});

describe('rows', () => {
  it('say where a number comes from, and that they are calibrated', () => {
    const found = [...rows('table-2', {}), ...rows('figure-8-raytrace', {}, {})];
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(['calibrated']));
    expect([...new Set(found.map(({ source }) => source))]).toEqual([
      'Disco, SOSP 1997, Table 2, printed in a table',
      'Disco, SOSP 1997, Figure 8, measured on the figure',
      'Disco, SOSP 1997, Figure 8, printed on the figure',
    ]);
  });

  it('make a table that counts those outside', () => {
    const time = { ...NO_TIME, user: 49.58, kernel: 18.73, idle: 31.69 };
    expect(fidelityText(rows('figure-5-pmake', { time }))).toMatch(/\n\n3 numbers, none outside$/);
    expect(fidelityText(rows('figure-5-pmake', { time: NO_TIME }))).toMatch(/OUTSIDE[^]*3 numbers, 3 outside$/);
  });
});
