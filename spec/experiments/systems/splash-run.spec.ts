/** SPLASHOS in virtual machines, and on the bare machine. */
import { describe, expect, it } from '@jest/globals';
import { GuestImages } from '../../../lib/experiments/systems/guests/guest-images.js';
import { splashProgram, type SplashProgram } from '../../../lib/experiments/systems/guests/splash-program.js';
import {
  systemOptions,
  type NamedMonitorOptions,
  type NamedRunOptions,
} from '../../../lib/experiments/systems/named-runs.js';
import { physicalPage } from '../../../lib/messages/addresses.js';
import { systemText } from '../../../lib/report/tables/system.js';
import { PARTS } from '../../../lib/report/systems/words.js';
import { splashGuests } from '../../../lib/experiments/systems/guests/splash-guest.js';
import { SystemRun } from '../../../lib/experiments/systems/system-run.js';
import type { SystemOptions } from '../../../lib/experiments/systems/plan.js';
import type { SplashOS } from '../../../lib/guest/splash/splash-os.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import { checkDisco } from '../../../lib/monitor/check-disco.js';
import { load, store } from '../../../lib/processor/operations.js';
import { recordedProgram, type ThreadedProgram } from '../../../lib/workloads/splash-threads.js';
import { threadImages } from '../../../lib/workloads/images/user-image.js';
import { open } from '../../guest/recorded/traces.js';
import { monitorOf, withMonitor } from './fixture.js';
import { beginningOf, handmadeTrace } from '../../workloads/splash-recordings.js';

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

/** Pages that each thread of `exchange` has for itself. */
const OWN = 3;

/** Threads fill pages of their own, meet, and read those of the next thread. `found` is what they have read. */
function exchange(threads: number): SplashProgram & { readonly found: number[][]; readonly linked: SplashOS[] } {
  const found = Array.from({ length: threads }, (): number[] => []);
  const linked: SplashOS[] = [];
  const program: ThreadedProgram = {
    ...{ name: 'exchange', threads, programPages: OWN * threads, lines: 2 },
    link: os => {
      linked.push(os);
      const base = os.allocate(OWN * threads * 4096);
      const at = (thread: number, page: number): number => base + (OWN * (thread % threads) + page) * 4096;
      const barrier = os.barrier();
      return function* (thread) {
        const { number } = thread;
        for (let page = 0; page < OWN; page++) yield store(at(number, page), 10 * number + page);
        yield* barrier.meet(thread);
        for (let page = 0; page < OWN; page++) found[number].push(yield load(at(number + 1, page)));
      };
    },
  };
  return { program, description: 'threads that read what others have written', found, linked };
}

/** A run of one guest, with a thread to a processor unless said otherwise. */
function optionsFor(
  splash: SplashProgram,
  changes: Partial<SystemOptions> & { processors?: number } = {},
): SystemOptions {
  const { processors = splash.program.threads, ...others } = changes;
  return {
    host: { kind: 'disco' },
    guests: splashGuests({ guests: [{ ...splash, processors }] }),
    machine: presets['disco-1997']({ nodes: processors }),
    seed: 1,
    ...others,
  };
}

/** The first hundredth of the recorded threads of the radix sort. */
function shortRadix(): SplashProgram {
  const part = open('radix-16').trace.streams.map(stream => beginningOf(stream, Math.floor(stream.words.length / 100)));
  const program = recordedProgram(threadImages(handmadeTrace(part)));
  return { program: { ...program, name: 'radix' }, description: 'the beginning of a sort' };
}

describe('SPLASHOS on the monitor', () => {
  it('runs its program to the end, and threads see what others have written', () => {
    const splash = exchange(4);
    const { partial, guests, workload, system, switches, disks } = new SystemRun(optionsFor(splash)).run();
    expect([partial, workload, system, switches, disks]).toEqual([null, 'exchange', 'SPLASHOS', null, []]);
    expect(guests).toMatchObject([{ name: 'guest 0', processors: 4, processes: 1, locks: [] }]);
    expect(guests[0].endedNs).not.toBeNull();
    expect(splash.found).toEqual([0, 1, 2, 3].map(thread => [0, 1, 2].map(page => 10 * ((thread + 1) % 4) + page)));
  });

  it('has each page on the node of the thread that touched it first: page faults are left to the monitor', () => {
    const splash = exchange(4);
    const run = new SystemRun(optionsFor(splash));
    const { monitor } = withMonitor(run.run());
    const { pmap } = monitorOf(run).virtualGuests[0].virtual;
    const { firstPhysical } = splash.linked[0].memory;
    const homes = Array.from({ length: 4 * OWN }, (_, page) => pmap.get(physicalPage(firstPhysical + page))?.home);
    expect(homes).toEqual([0, 1, 2, 3].flatMap(node => Array<number>(OWN).fill(node)));
    // One for each of them: the library has touched its own before what is measured.
    expect(monitor.counts['pageFaults']).toBe(4 * OWN);
  });

  it('says what memory is used for: data of the library, and pages of the program', () => {
    const run = new SystemRun(optionsFor(exchange(2)));
    const { virtual, machine } = withMonitor(run.run()).monitor.memory;
    expect(virtual).toEqual(machine);
    expect([virtual['processes'], virtual['kernel text'], virtual['free in guest']]).toEqual([2 * OWN * 4096, 0, 0]);
    // A table of one page, and one page of lines.
    expect(virtual['kernel data']).toBe(2 * 4096);
    const { frames, machine: whole } = monitorOf(run).disco;
    expect(sum(Object.values(machine))).toBe((whole.map.frames - frames.allFree) * 4096);
  });

  it('gives everything back when its virtual machine is destroyed', () => {
    const run = new SystemRun(optionsFor(exchange(3)));
    run.run();
    const { disco, machine, virtualGuests } = monitorOf(run);
    expect(checkDisco(disco)).toEqual([]);
    disco.destroy(virtualGuests[0].virtual);
    machine.run();
    expect(checkDisco(disco)).toEqual([]);
    expect([...disco.memory.memmap.all()]).toEqual([]);
  });

  it.each([
    ['more threads than processors', 5, 2],
    ['more processors than threads', 2, 3],
  ])('runs %s', (_, threads, processors) => {
    const splash = exchange(threads);
    const { partial } = new SystemRun(optionsFor(splash, { processors })).run();
    expect([partial, splash.found.map(({ length }) => length)]).toEqual([null, Array(threads).fill(OWN)]);
  });

  it('shares processors with other guests', () => {
    const guests = splashGuests({ guests: [2, 2, 1].map(processors => ({ ...exchange(2), processors })) });
    const machine = presets['disco-1997']({ nodes: 2 });
    const { partial, guests: ended } = new SystemRun({ host: { kind: 'disco' }, guests, machine, seed: 1 }).run();
    expect([partial, ended.map(({ endedNs }) => endedNs !== null)]).toEqual([null, [true, true, true]]);
  });

  it('is refused without memory for the program', () => {
    const nodes = { count: 1, processors: 1, memoryBytes: 2 * 2 ** 20 };
    const large = exchange(1);
    const splash = { ...large, program: { ...large.program, programPages: 1000 } };
    const machine = { ...presets['disco-1997']({ nodes: 1 }), nodes };
    expect(() => new SystemRun(optionsFor(splash, { machine }))).toThrow(
      /^exchange in guest 0 with 1.6 MB: SPLASHOS and its program need 1002 pages of physical memory, but there are \d+; give the machine more memory$/,
    );
  });
});

describe('the beginning of the radix sort under SPLASHOS on the monitor', () => {
  const result = withMonitor(new SystemRun(optionsFor(shortRadix(), { processors: 8 })).run());

  it('splits the time of all processors without a gap, the monitor included', () => {
    const { time, activities, services, monitor } = result;
    expect(sum(PARTS.map(({ part }) => time[part]))).toBeCloseTo(100, 9);
    expect(sum(Object.values(activities))).toBeCloseTo(100, 9);
    expect(sum([...services, ...monitor.work].map(({ share }) => share))).toBeCloseTo(100, 9);
    expect(time.monitor).toBeGreaterThan(0);
  });

  it('is the same again, and the same without run-ahead', () => {
    expect(new SystemRun(optionsFor(shortRadix(), { processors: 8 })).run()).toEqual(result);
    expect(new SystemRun(optionsFor(shortRadix(), { processors: 8, runAhead: false })).run()).toEqual(result);
  });

  it('yields plain data, and text without a line on switches', () => {
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    const text = systemText(result);
    expect(text).toMatch(/^radix on SPLASHOS: 1 guest on 8 processors of disco-1997\n/);
    expect(text).not.toMatch(/NaN|undefined|null|kernels have on| $/m);
  });
});

describe('SPLASHOS on the bare machine', () => {
  it('is over when no processor has anything left to do, and everything is measured', () => {
    const splash = exchange(2);
    const options = optionsFor(splash, { host: { kind: 'bare', layout: 'interleaved' } });
    const { partial, monitor, guests, elapsedNs, layout } = new SystemRun(options).run();
    expect([partial, monitor, layout]).toEqual([null, null, 'interleaved']);
    expect(splash.found.map(({ length }) => length)).toEqual([OWN, OWN]);
    expect(guests).toMatchObject([{ name: 'disco-1997', endedNs: elapsedNs, processes: 1 }]);
  });
});

describe('a run of SPLASHOS by name', () => {
  const images = new GuestImages();
  const monitor: NamedMonitorOptions = { guests: 2, switches: [], policy: 'first-touch' };
  const named: NamedRunOptions = {
    workload: 'radix',
    system: 'splashos',
    machine: presets['disco-1997']({ nodes: 8 }),
    monitor,
    scale: 1,
    seed: '1997',
    images,
  };

  it('has the whole program in each guest', () => {
    const { guests } = systemOptions(named);
    expect(guests).toMatchObject({ system: 'SPLASHOS', switches: null });
    expect(guests.plans.map(({ workload, processors, disks }) => [workload, processors, disks])).toEqual([
      ['radix', 4, []],
      ['radix', 4, []],
    ]);
    expect(splashProgram('raytrace', { scale: 1, processors: 4, seed: '1', images }).program.threads).toBe(16);
  });

  it('is refused for what it does not run and does not have', () => {
    expect(() => systemOptions({ ...named, workload: 'pmake' })).toThrow(
      new RangeError('splashos does not run pmake; it runs radix, raytrace'),
    );
    expect(() => systemOptions({ ...named, monitor: { ...monitor, switches: ['remap'] } })).toThrow(
      new RangeError('splashos has no switches, but remap would be on; give none'),
    );
  });
});
