/** What the monitor's time is accounted to: which guest's service it was for, and what kind of work it was. */
import { describe, expect, it } from '@jest/globals';
import { ns } from '../../lib/engine/time.js';
import { SERVICES, type ServiceName } from '../../lib/guest/commodity/services.js';
import { systemCall } from '../../lib/guest/commodity/calls/system-calls.js';
import { WORK, work, workServices, type Work } from '../../lib/monitor/work.js';
import type { SecondLevelOptions } from '../../lib/monitor/processors/second-level-tlb.js';
import { presets } from '../../lib/machine/presets/presets.js';
import { versionCall } from '../../lib/system/monitor-calls.js';
import {
  annotate,
  compute,
  load,
  monitorCall,
  readRegister,
  store,
  writeRegister,
  type Program,
} from '../../lib/processor/operations.js';
import { entryLo, Register } from '../../lib/processor/registers.js';
import { HEAP } from '../guest/commodity/running.js';
import { mapPair } from '../processor/privileged.js';
import { startPlain } from './support/plain-guest.js';
import { runGuests, withGuests, type VirtualRunning } from './support/virtual.js';

/** The cycle of 400 MHz. */
const CYCLE_NS = 2.5;

const indexOf = (service: ServiceName, kind?: Work): number =>
  kind === undefined ? SERVICES.indexOf(service) : work(kind, SERVICES.indexOf(service), SERVICES.length);

/** Time of a service, or of a kind of work for it, in cycles. */
const timeOf = ({ machine }: VirtualRunning, service: ServiceName, kind?: Work): number =>
  machine.processors[0].services!.account.ticks[indexOf(service, kind)] / machine.simulation.ticks(ns(CYCLE_NS));

const countOf = ({ machine }: VirtualRunning, service: ServiceName, kind?: Work): number =>
  machine.processors[0].services!.counts[indexOf(service, kind)];

/** A program alone on a processor whose TLB is too small for the kernel. */
function run(main: () => Program, secondLevelTlb: SecondLevelOptions | null): VirtualRunning {
  return runGuests({
    guests: [{ programs: { main } }],
    disco: { secondLevelTlb, services: SERVICES },
    specification: { processor: { ...presets['disco-1997']({ nodes: 1 }).processor, tlbEntries: 3 } },
  });
}

function* calls(): Program {
  for (let i = 0; i < 100; i++) yield systemCall('getpid');
}

/** Goes through more pages than even the virtual TLB has entries for, again and again. */
function* walks(): Program {
  for (let i = 0; i < 800; i++) yield load((HEAP + (i % 200)) * 4096);
}

describe('a TLB miss of the guest’s kernel', () => {
  it('that the second level answers belongs to the service that missed', () => {
    const { machine, disco } = withGuests({
      ...{ guests: [], disco: { services: ['first', 'second'] } },
      specification: { processor: { ...presets['disco-1997']({ nodes: 1 }).processor, tlbEntries: 3 } },
    });
    const pageOf = (pair: number): number => 4 + 2 * pair;
    function* program(): Program {
      yield annotate(1);
      for (let pair = 0; pair < 8; pair++)
        yield* mapPair(
          pair,
          pageOf(pair),
          entryLo(pageOf(pair), true, false),
          entryLo(pageOf(pair) + 1, true, false),
          1,
        );
      for (let turn = 0; turn < 200; turn++) yield load(pageOf(turn % 8) * 4096);
    }
    startPlain(disco, [program()], () => null);
    machine.run();
    expect(disco.statistics.secondLevelHits).toBeGreaterThan(100);
    const { ticks } = machine.processors[0].services!.account;
    // A hit takes 17 instructions and a load.
    expect(ticks[work('kernel TLB faults', 1, 2)] / machine.simulation.ticks(ns(CYCLE_NS))).toBeGreaterThan(17 * 100);
    expect(ticks[work('TLB faults', 1, 2)]).toBe(0);
  });

  it('in the segment where it sees physical memory belongs to it as well, and no handler of the guest serves it', () => {
    const running = run(calls, null);
    const { relocatedMisses } = running.disco.statistics;
    expect(relocatedMisses).toBeGreaterThan(500);
    // Each is a full trap: 36 and 28 instructions to enter and to leave, 40 between, and 36 registers saved and restored.
    expect(timeOf(running, 'getpid', 'kernel TLB faults')).toBeGreaterThan(100 * 100);
    expect(timeOf(running, 'getpid', 'kernel TLB faults')).toBeLessThan(140 * 1.5 * relocatedMisses);
    expect(countOf(running, 'UTLB_MISS')).toBe(0);
    expect(timeOf(running, 'UTLB_MISS')).toBe(0);
  });
});

describe('a TLB miss of a user program', () => {
  it('that the second level answers is a TLB fault of nobody’s service', () => {
    const running = run(walks, { entries: 1024, ways: 2 });
    expect(timeOf(running, 'user', 'TLB faults')).toBeGreaterThan(17 * 300);
    expect(timeOf(running, 'user', 'kernel TLB faults')).toBe(0);
  });

  it('that goes to the guest is its UTLB_MISS, with emulation by kind', () => {
    const running = run(walks, null);
    expect(countOf(running, 'UTLB_MISS')).toBeGreaterThan(200);
    for (const kind of ['TLB writes', 'privileged instructions'] as const)
      expect(timeOf(running, 'UTLB_MISS', kind)).toBeGreaterThan(200 * 100);
  });
});

describe('a page fault of the monitor', () => {
  it('is counted with its calls, and not with TLB misses', () => {
    const { machine, disco } = withGuests({ guests: [], disco: { services: ['first', 'second'] } });
    function* program(): Program {
      yield annotate(1);
      yield* mapPair(0, 4, entryLo(2, true, false), entryLo(3, true, false), 1);
      yield store(4 * 4096, 7);
    }
    startPlain(disco, [program()], () => null);
    machine.run();
    expect(disco.statistics.pageFaults).toBe(1);
    const { ticks } = machine.processors[0].services!.account;
    const cycles = (kind: Work): number => ticks[work(kind, 1, 2)] / machine.simulation.ticks(ns(CYCLE_NS));
    // Clearing the page takes 20 instructions for each of 32 lines, saving and restoring 18 registers about a hundred.
    expect(cycles('monitor calls')).toBeGreaterThan(32 * 20 + 100);
    expect(cycles('kernel TLB faults')).toBe(0);
  });
});

describe('time of the monitor', () => {
  it('has a name for each kind of work and each service of the guests', () => {
    const names = workServices(['user', 'kernel']);
    expect(names.slice(0, 2)).toEqual(['user', 'kernel']);
    for (const kind of WORK)
      expect([work(kind, 0, 2), work(kind, 1, 2)].map(service => names[service])).toEqual([
        `user: ${kind}`,
        `kernel: ${kind}`,
      ]);
    expect(names).toHaveLength(2 * (1 + WORK.length));
  });

  it('is that of the trap, by what the trap is', () => {
    const services = ['first', 'second'];
    const { machine, disco } = withGuests({ guests: [], disco: { services } });
    function* program(): Program {
      yield annotate(1);
      for (let times = 0; times < 10; times++) yield monitorCall(versionCall());
      yield writeRegister(Register.Compare, ((yield readRegister(Register.Count)) + 1000) | 0);
      yield compute(10_000);
      yield load(0x80000000);
    }
    startPlain(disco, [program()], ({ context }) => {
      context!.complete();
      return null;
    });
    machine.run();
    const { ticks } = machine.processors[0].services!.account;
    const spent = WORK.filter(kind => ticks[work(kind, 1, 2)] > 0);
    expect(spent).toEqual(['privileged instructions', 'monitor calls', 'interrupts', 'exceptions']);
  });
});
