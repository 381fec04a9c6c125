/** Guests of which one serves the files of all by NFS. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ns } from '../../../lib/engine/time.js';
import type { Disk } from '../../../lib/devices/disk.js';
import { commodityGuests, type CommodityGuest } from '../../../lib/experiments/systems/guests/commodity-guest.js';
import { withNfsServer } from '../../../lib/experiments/systems/guests/nfs-guests.js';
import type { SystemOptions } from '../../../lib/experiments/systems/plan.js';
import { SystemRun } from '../../../lib/experiments/systems/system-run.js';
import {
  close,
  exit,
  open,
  OpenFlag,
  read,
  stat,
  sync,
  write,
} from '../../../lib/guest/commodity/calls/system-calls.js';
import { irix } from '../../../lib/guest/commodity/profiles/irix.js';
import { NO_SWITCHES, type KernelSwitches } from '../../../lib/guest/commodity/switches.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import { load, store, type Program } from '../../../lib/processor/operations.js';
import { GuestError } from '../../../lib/system/guest-error.js';
import type { GuestWorkload } from '../../../lib/workloads/guest-workload.js';
import { monitoredOptions, monitorOf, withMonitor } from './fixture.js';

const MEMORY = 0x100000;
const PAGE = 4096;
const MB = 2 ** 20;
/** Pages of the source, and of what is written: with an end that is no whole page. */
const SOURCE = 6;
const WRITTEN = 3 * PAGE + 400;
const ON: KernelSwitches = {
  ...NO_SWITCHES,
  ...{ zeroedPages: true, freePages: true, alignedMessages: true, outsideLinks: true, remap: true },
};

/** Reads a source, writes an object from it, and looks at both. `pages` of memory are touched besides. */
function workload(number: number, pages = 4): GuestWorkload {
  function* main(): Program {
    const source = yield open('/work/f.c');
    const bytes = yield read(source, MEMORY, SOURCE * PAGE);
    yield close(source);
    for (let page = SOURCE; page < SOURCE + pages; page++) yield store(MEMORY + page * PAGE, page);
    const object = yield open('/work/f.o', OpenFlag.Write | OpenFlag.Create);
    const written = yield write(object, MEMORY, WRITTEN);
    yield close(object);
    yield sync();
    const good = bytes === SOURCE * PAGE && written === WRITTEN && (yield stat('/work/f.o')) === WRITTEN;
    // The page that was read last, to see that what was mapped is what was sent.
    yield exit(good && (yield load(MEMORY + (SOURCE - 1) * PAGE)) !== 0 ? 0 : 2);
  }
  const regions = [{ kind: 'zero', first: MEMORY / PAGE, pages: SOURCE + pages }] as const;
  return {
    name: 'copies',
    description: 'a file that is read and written',
    executables: new Map([['/main', { path: null, regions, program: main }]]),
    disks: [
      { mount: '/', tree: { '/etc/motd': { bytes: 100, content: 1 } } },
      { mount: '/work/', tree: { '/f.c': { bytes: SOURCE * PAGE, content: 100 + number } } },
    ],
    start: [{ path: '/main', args: [] }],
  };
}

interface Case {
  readonly switches?: Partial<KernelSwitches>;
  readonly nfs?: boolean;
  readonly guests?: number;
  /** Of each client. */
  readonly memoryBytes?: number;
  /** Pages that each guest touches. */
  readonly pages?: readonly number[];
  readonly changes?: Partial<SystemOptions>;
}

function make({ switches = {}, nfs = true, guests = 2, memoryBytes = 8 * MB, pages = [], changes = {} }: Case) {
  const own = Array.from({ length: guests }, (_, number) => ({
    workload: workload(number, pages[number]),
    processors: 1,
  }));
  const made = nfs ? withNfsServer(own, memoryBytes) : own;
  return new SystemRun(
    monitoredOptions(guests, {
      guests: commodityGuests({ profile: irix, switches: { ...ON, ...switches }, guests: made }),
      // Half of what the guests have together.
      machine: machineOf(8 * MB),
      ...changes,
    }),
  );
}

/** What a run counted of pages between its guests. */
function counted(run: SystemRun) {
  const { delivery, stats } = monitorOf(run).disco.devices.subnet;
  const [server, client] = run.guests as readonly CommodityGuest[];
  return {
    ...delivery.stats,
    lost: stats.noBuffer + stats.noMemory + stats.unclaimed,
    remapped: client.kernel.hints.statistics.remapped,
    sharedBroken: monitorOf(run).disco.memory.work.copied,
    server: server.nfs!.network.mbufs.inUse,
  };
}

/** Two processors with so many bytes each. */
const machineOf = (memoryBytes: number) => ({
  ...presets['disco-1997']({ nodes: 2 }),
  nodes: { count: 2, processors: 1, memoryBytes },
});

const first = make({});
const result = withMonitor(first.run());
const now = counted(first);

/** Sectors of a disk that are not empty, as digests of their words. */
function contentOf(run: SystemRun, guest: number, mount: string): string[] {
  const { disks, machine } = run.host;
  const { name } = disks.find(disk => disk.guest === guest && disk.mount === mount)!;
  const disk = machine.devices.get(name)!.component as Disk;
  return Array.from({ length: 4096 }, (_, sector) => disk.peek(sector))
    .filter(words => words.some(word => word !== 0))
    .map(words => createHash('sha1').update(words.join()).digest('hex'))
    .sort();
}

describe('guests of which one serves the files of all', () => {
  it('come to their end, with memory of their own sizes, more than there is, and the disks at the server', () => {
    expect(result.partial).toBeNull();
    expect(result.guests.map(({ memoryBytes }) => memoryBytes / MB)).toEqual([24, 8]);
    expect(result.disks.map(({ guest, mount }) => [guest, mount])).toEqual([
      [-1, '/'],
      [0, '/work/'],
      [0, '/guest1/work/'],
    ]);
  });

  it('write the same files as with disks of their own', () => {
    const local = make({ nfs: false });
    local.run();
    // The server writes what is delayed when it is 10 s old.
    const { simulation } = first.machine;
    first.machine.run({ until: simulation.now + simulation.ticks(ns(12e9)) });
    const [own, served] = [contentOf(local, 1, '/work/'), contentOf(first, 0, '/guest1/work/')];
    expect(own.length).toBeGreaterThan((SOURCE * PAGE + WRITTEN) / 512 - 1);
    expect(served).toEqual(own);
  });

  it('ask again for what they mount when the server did not listen yet, and lose nothing else', () => {
    expect(now.lost).toBe(1);
  });

  it('have pages mapped from one to the other, in both directions', () => {
    // The source comes to the client, and the three whole pages that it writes go to the server.
    expect(now.pagesRemapped).toBe(SOURCE + 3);
    expect(now.remapped).toBe(SOURCE);
    expect(result.monitor.counts).toMatchObject({ remaps: SOURCE, subnetRemaps: SOURCE + 3 });
  });

  it('copy in place of mapping without alignedMessages', () => {
    const run = make({ switches: { alignedMessages: false } });
    expect(run.run().partial).toBeNull();
    const without = counted(run);
    expect([without.pagesRemapped, without.remapped]).toEqual([0, 0]);
    expect(without.bytesCopied).toBeGreaterThan(now.bytesCopied + (SOURCE + 3) * PAGE - 1);
  });

  it('copy pages that were mapped when a buffer is freed without outsideLinks', () => {
    const run = make({ switches: { outsideLinks: false } });
    expect(run.run().partial).toBeNull();
    const without = counted(run);
    expect(without.pagesRemapped).toBe(SOURCE + 3);
    // The link goes into the first word of the buffer, which is the server's page, too.
    expect(without.sharedBroken).toBeGreaterThanOrEqual(now.sharedBroken + SOURCE + 3);
  });

  it('copy from the buffer into the page cache without remap', () => {
    const run = make({ switches: { remap: false } });
    expect(run.run().partial).toBeNull();
    const without = counted(run);
    expect([without.pagesRemapped, without.remapped]).toEqual([SOURCE + 3, 0]);
    const cached = (of: SystemRun): number => withMonitor(of.result()).monitor.memory.machine['buffer cache'];
    expect(cached(run) - cached(first)).toBeGreaterThanOrEqual(SOURCE * PAGE);
  });

  it('are the same again', () => {
    expect(make({}).run()).toEqual(result);
  });
});

describe('a guest that needs a page when the machine has none left', () => {
  it('is ended, and its name and the way out are said', () => {
    const run = make({ memoryBytes: 16 * MB, pages: [4, 1300], changes: { machine: machineOf(5 * MB) } });
    expect(run.run().partial).toMatch(
      /^the monitor ended 1 of 2 guests: guest 1: the machine has no memory left for physical page \d+; give it more memory, or run fewer virtual machines$/,
    );
  });

  it('ends the run if others have their files from it: they would wait for ever', () => {
    const run = make({ pages: [1700, 4], changes: { machine: machineOf(5 * MB) } });
    expect(() => run.run()).toThrow(
      /^guest 0, which has the files of guest 1, was ended by the monitor: the machine has no memory left/,
    );
  });
});

describe('a network of guests that cannot be', () => {
  const one = { workload: workload(0), processors: 1 };
  const network = (address: number, exports: string[], mounts: [number, string][]) => ({
    ...one,
    network: { address, exports, mounts: mounts.map(([server, path]) => ({ mount: '/far/', server, path })) },
  });

  it.each([
    [
      [network(1, ['/work/'], []), network(2, [], [[1, '/home/']])],
      /^guest 1 mounts \/home\/ of address 1, which no guest exports; there are \/work\/ of 1$/,
    ],
    [[network(1, ['/work/'], []), network(1, [], [])], /^two guests have the address 1; give each one of its own$/],
    [
      [network(1, ['/work/'], []), network(2, ['/work/'], [[1, '/work/']])],
      /^guest 1 exports \/work\/ and mounts \/work\/; a guest does one of both$/,
    ],
  ])('is refused', (guests, message) => {
    expect(() => commodityGuests({ profile: irix, guests })).toThrow(message);
  });

  it('is refused for one guest, for one without files of its own, and on the bare machine', () => {
    expect(() => withNfsServer([one], MB)).toThrow('there is only one; give at least two');
    const rootOnly = { ...one, workload: { ...one.workload, disks: one.workload.disks.slice(0, 1) } };
    expect(() => withNfsServer([rootOnly, rootOnly], MB)).toThrow('copies has no disks but the root');
    const guests = commodityGuests({ profile: irix, guests: [network(1, [], [])] });
    const bare = { ...monitoredOptions(1), host: { kind: 'bare', layout: 'linear' } as const, guests };
    expect(() => new SystemRun(bare)).toThrow(GuestError);
  });
});
