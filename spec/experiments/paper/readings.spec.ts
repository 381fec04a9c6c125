import { describe, expect, it } from '@jest/globals';
import { figure5 } from '../../../lib/experiments/paper/experiments/figure-5.js';
import { figure6 } from '../../../lib/experiments/paper/experiments/figure-6.js';
import { figure7 } from '../../../lib/experiments/paper/experiments/figure-7.js';
import { figure8, table3 } from '../../../lib/experiments/paper/experiments/figure-8.js';
import { table2 } from '../../../lib/experiments/paper/experiments/table-2.js';
import { paperExperiments } from '../../../lib/experiments/paper/paper.js';
import type { PaperExperiment, RunsOf } from '../../../lib/experiments/paper/experiment.js';
import type { PaperRunName } from '../../../lib/experiments/paper/runs.js';
import { PAPER_RUNS } from '../../../lib/experiments/paper/runs.js';
import { allRuns, made } from './made.js';

type Runs = RunsOf<PaperRunName>;

function ours<Name extends PaperRunName>(experiment: PaperExperiment<Name>, runs: Runs, configuration: string) {
  const own = experiment.readings(runs).filter(row => row.configuration === configuration);
  return Object.fromEntries(own.map(row => [row.quantity, row.ours]));
}

function holds<Name extends PaperRunName>(experiment: PaperExperiment<Name>, runs: Runs, statement: RegExp) {
  const own = experiment.orders(runs).filter(order => statement.test(order.statement));
  return own.map(order => order.holds);
}

describe('Figure 5', () => {
  it('is relative to the time of the whole job, with the monitor in parts of its own', () => {
    const guest = made({
      ...{ elapsedNs: 1.5e8, 'time.user': 30, 'time.userLocalStall': 10, 'time.kernel': 20 },
      ...{ 'time.synchronisation': 4, 'time.monitor': 16, 'time.monitorRemoteStall': 4, 'time.idle': 16 },
    });
    const bars = ours(figure5, allRuns({ 'pmake-1 Disco': guest }), 'pmake, Disco');
    expect(bars).toEqual({ user: 60, kernel: 36, Disco: 30, idle: 24 });
  });

  it('compares windows by the time for as much work', () => {
    const bare = made({ 'time.user': 80, 'time.kernel': 20 });
    const guest = made({ 'time.user': 40, 'time.kernel': 10, 'time.monitor': 50 });
    const runs = allRuns({ 'database-1 IRIX': bare, 'database-1 Disco': guest });
    expect(ours(figure5, runs, 'database, Disco')).toEqual({ user: 80, kernel: 20, Disco: 100, idle: 0 });
    expect(ours(figure5, runs, 'database, IRIX')).toEqual({ user: 80, kernel: 20, idle: 0 });
  });
});

describe('Table 2', () => {
  const bare = made({
    ...{ 'service.open.count': 10, 'service.open.meanNs': 1000 },
    ...{ 'service.UTLB_MISS.count': 100, 'service.UTLB_MISS.meanNs': 10 },
  });
  const guest = made({
    ...{ 'service.open.count': 20, 'service.open.meanNs': 1100, 'work.open.TLB writes': 0.002 },
    ...{ 'work.open.exceptions': 0.001, 'work.open.privileged instructions': 0.001 },
    ...{ 'work.open.monitor calls': 0.004, 'work.open.kernel TLB faults': 0.006 },
    ...{ 'service.UTLB_MISS.count': 10, 'service.UTLB_MISS.meanNs': 10, 'work.user.TLB faults': 0.0012 },
  });
  const runs = allRuns({ 'pmake-1 IRIX': bare, 'pmake-1 Disco': guest });

  it('has parts of the time of a call under IRIX, which add up to the slowdown', () => {
    const open = ours(table2, runs, 'open');
    // 0.002 % of 100 ms are 2000 ns, 100 for each of 20 calls, of 1000 ns each under IRIX.
    expect(open['kernel']).toBeCloseTo(1.1);
    expect(open['TLB writes']).toBeCloseTo(0.1);
    expect(open['other privileged']).toBeCloseTo(0.1);
    expect(open['monitor calls, page faults']).toBeCloseTo(0.2);
    expect(open['kernel TLB faults']).toBeCloseTo(0.3);
    expect(open['slowdown']).toBeCloseTo(1.8);
    expect(open['mean, IRIX']).toBeCloseTo(1);
  });

  it('compares the fast refill as a whole: the monitor answers most of its misses', () => {
    const refill = ours(table2, runs, 'UTLB_MISS');
    expect(refill['kernel']).toBeCloseTo(0.1);
    expect(refill['TLB writes']).toBeCloseTo(1.2);
  });

  it('counts pairs of parts in another order than the paper’s', () => {
    // The paper: kernel 1.16, kernel TLB faults 0.30, TLB writes 0.08, other privileged 0.06, calls 0.02.
    expect(ours(table2, runs, 'open')['parts out of rank']).toBe(2);
  });
});

describe('Figure 6', () => {
  const MB = 2 ** 20;

  it('has the kernel’s own account on the bare machine, and two kinds under the monitor', () => {
    const bare = made({
      ...{ 'memory.kernel': 4 * MB, 'memory.table': MB, 'memory.text': 2 * MB },
      ...{ 'memory.file': 14 * MB, 'memory.user': 9 * MB },
    });
    const four = made({
      ...{ 'monitor.memory.virtual.buffer cache': 30 * MB, 'monitor.memory.machine.buffer cache': 12 * MB },
      ...{ 'monitor.memory.machine.disk cache': 3 * MB, 'monitor.memory.machine.monitor': 5 * MB },
    });
    const runs = allRuns({ 'pmake-8 IRIX': bare, 'pmake-8 4VM': four });
    expect(ours(figure6, runs, 'IRIX')).toEqual({ 'IRIX data': 5, 'IRIX text': 2, 'buffer cache': 14 });
    expect(ours(figure6, runs, '4VMs, V')).toMatchObject({ 'buffer cache': 30 });
    const machine = { 'IRIX data': 0, 'IRIX text': 0, 'buffer cache': 15, Disco: 5 };
    expect(ours(figure6, runs, '4VMs, M')).toEqual(machine);
    expect(Object.keys(ours(figure6, runs, '8VMs/nfs, V'))).toEqual(Object.keys(machine));
  });
});

describe('Figure 7', () => {
  it('shows orders that hold, and that do not', () => {
    const lasting = (ms: number) => made({ elapsedNs: ms * 1e6 });
    const runs = allRuns({
      ...{ 'pmake-8 1VM': lasting(120), 'pmake-8 2VM': lasting(90) },
      ...{ 'pmake-8 4VM': lasting(95), 'pmake-8 8VM': lasting(60), 'pmake-8 8VM/nfs': lasting(86) },
    });
    expect(holds(figure7, runs, /one guest/)).toEqual([true]);
    expect(holds(figure7, runs, /in eight guests/)).toEqual([true]);
    expect(holds(figure7, runs, /over NFS/)).toEqual([true]);
    for (const ms of [59, 101])
      expect(holds(figure7, { ...runs, 'pmake-8 8VM/nfs': lasting(ms) }, /over NFS/)).toEqual([false]);
    expect(holds(figure7, runs, /four than two/)).toEqual([false]);
    expect(holds(figure7, runs, /SPLASHOS/)).toEqual([false]);
  });

  it('takes the share of communication of the kernel’s misses without the first ones', () => {
    const bare = made({
      'kernelMisses.cold': 1000,
      'kernelMisses.capacity': 100,
      'kernelMisses.communication': 300,
    });
    const bars = ours(figure7, allRuns({ 'pmake-8 IRIX': bare }), 'pmake, IRIX');
    expect(bars['kernel stall on communication']).toBe(75);
  });
});

describe('Figure 8 and Table 3', () => {
  const numa = made({
    ...{ 'time.user': 30, 'time.kernel': 2, 'time.idle': 3 },
    ...{ 'time.userRemoteStall': 60, 'time.kernelLocalStall': 5 },
  });
  const disco = made({
    ...{ 'time.user': 60, 'time.monitor': 20, 'time.userLocalStall': 20, 'misses.localShare': 0.8 },
    ...{ 'monitor.placement.migrations': 50, 'monitor.placement.migrationNs': 50 * 60_000 },
  });
  const runs = allRuns({ 'engineering-8 IRIX': numa, 'engineering-8 Disco': disco });

  it('counts idling as execution, and compares by the time for as much work', () => {
    const bare = { exec: 35, 'local stall': 5, 'remote stall': 60 };
    expect(ours(figure8, runs, 'engineering, IRIX')).toMatchObject(bare);
    const moved = { exec: 30, 'local stall': 10, 'remote stall': 0, Disco: 10, 'local share of misses': 80 };
    expect(ours(figure8, runs, 'engineering, Disco')).toEqual(moved);
    expect(holds(figure8, runs, /^engineering: Disco is faster/)).toEqual([true]);
  });

  it('has rates by simulated second, and the mean time of one', () => {
    expect(ours(table3, runs, 'engineering, migration')).toEqual({ rate: 500, 'time of one': 60 });
    expect(ours(table3, runs, 'engineering, replication')).toEqual({ rate: 0, 'time of one': 0 });
  });
});

describe('all experiments', () => {
  it('name only runs that exist, and rows that are told apart', () => {
    for (const { name, runs, readings } of paperExperiments) {
      for (const run of runs) expect(PAPER_RUNS).toHaveProperty([run]);
      const rows = readings(allRuns());
      const keys = rows.map(({ configuration, quantity }) => `${name} ${configuration} ${quantity}`);
      expect(new Set(keys).size).toBe(keys.length);
      for (const { ours: value, tolerance, paper } of rows) {
        expect([value, tolerance, paper].every(Number.isFinite)).toBe(true);
        expect(tolerance).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('predict at least ninety numbers, none of them in the rows that were fitted', () => {
    const rows = paperExperiments.flatMap(({ readings }) => readings(allRuns()));
    const predicted = rows.filter(({ kind }) => kind === 'predicted');
    expect(predicted.length).toBeGreaterThanOrEqual(90);
    expect(predicted.filter(({ configuration }) => /^(QUICK_FAULT|UTLB_MISS)$/.test(configuration))).toEqual([]);
  });
});
