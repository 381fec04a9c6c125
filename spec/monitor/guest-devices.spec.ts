/** Guests with the devices that the monitor gives them: shared and private disks, and the subnet. */
import { describe, expect, it } from '@jest/globals';
import type { Code } from '../../lib/system/code.js';
import { FileServices } from '../../lib/guest/commodity/calls/file-services.js';
import { makeFileSystem } from '../../lib/guest/commodity/files/disk/make-file-system.js';
import type { CommodityKernel } from '../../lib/guest/commodity/kernel.js';
import { NetworkServices, rootHandle } from '../../lib/guest/commodity/calls/network-services.js';
import { close, OpenFlag, open, read, sync, write } from '../../lib/guest/commodity/calls/system-calls.js';
import type { Thread } from '../../lib/guest/commodity/processes/threads.js';
import type { DeviceSpecification } from '../../lib/machine/specification/device-specification.js';
import type { VirtualMachine } from '../../lib/monitor/virtual-machine.js';
import { compute, load, store, type Operation, type Program } from '../../lib/processor/operations.js';
import { HEAP } from '../guest/commodity/running.js';
import { startGuest, startMain, withGuests, type GuestSetup, type VirtualRunning } from './support/virtual.js';

const AT = HEAP * 4096;
const PAGES = 4;
const WORDS = PAGES * 1024;
const SWITCHES = {
  ...{ patchedPrivileged: true, zeroedPages: true, freePages: true, idleHint: true },
  ...{ alignedMessages: true, outsideLinks: true, remap: true },
};
const DISK: DeviceSpecification = {
  ...{ kind: 'disk', node: 0, model: 'hp97560', scheduling: 'fcfs', immediateReport: false },
};
const LARGE = { large: { content: 5, bytes: PAGES * 4096 } };

function make(running: VirtualRunning, disk: string): void {
  for (const [sector, words] of makeFileSystem({ blocks: 2048, inodes: 64 }, LARGE))
    running.machine.device(disk, 'disk').poke(sector, words);
}

/** The content of a file, as a user program finds it. */
function* contentOf(path: string): Generator<Operation, number[], number> {
  const file = yield open(path, OpenFlag.Read);
  yield read(file, AT, PAGES * 4096);
  const words: number[] = [];
  for (let word = 0; word < WORDS; word += 64) words.push(yield load(AT + 4 * word));
  yield close(file);
  return words;
}

function* change(path: string, value: number): Generator<Operation, void, number> {
  const file = yield open(path, OpenFlag.Write);
  for (let word = 0; word < 1024; word++) yield store(AT + 4 * word, value);
  yield write(file, AT, 4096);
  yield sync();
  yield close(file);
}

interface Services {
  kernel: CommodityKernel | null;
  files: FileServices | null;
  network: NetworkServices | null;
}

/** A guest with the disk that its machine has, and a station on the subnet if it has an address. */
function guest(
  main: () => Program,
  machine: Partial<VirtualMachine['specification']>,
  more?: (services: Services, kernel: CommodityKernel, thread: Thread) => Code,
): GuestSetup & { readonly services: Services } {
  const services: Services = { kernel: null, files: null, network: null };
  return {
    services,
    programs: { main },
    machine,
    kernel: { switches: SWITCHES },
    prepare(kernel, virtual) {
      services.kernel = kernel;
      const { disks = [], address } = virtual.specification;
      services.files = new FileServices(kernel, {
        disks: disks.map((_, device) => ({ bridge: virtual.bridge, device, interruptTo: 0, mount: '/' })),
        ...{ descriptors: 8, readAheadPages: 2, flushTicks: 100 },
      });
      if (address === undefined) return;
      const card = { bridge: virtual.bridge, device: disks.length, mtuBytes: 9000, buffers: 24, scatters: true };
      services.network = new NetworkServices(kernel, services.files, {
        ...{ stations: [{ address, card, interruptTo: 0 }], sockets: 4, biods: 2 },
      });
    },
    *first(kernel, thread) {
      yield* services.files!.start(thread);
      if (services.network !== null) yield* services.network.start(thread);
      if (more !== undefined) yield* more(services, kernel, thread);
      yield* startMain(kernel, thread);
    },
  };
}

/** Machine pages that both machines map. */
function pagesOfBoth(a: VirtualMachine, b: VirtualMachine): number {
  const ofA = new Set([...a.pmap.mapped()].map(([, page]) => page));
  return new Set([...b.pmap.mapped()].map(([, page]) => page).filter(page => ofA.has(page))).size;
}

const SHARED = { disks: [{ disk: 'disk0', mode: 'copy-on-write' as const }] };
const LIMIT = { until: 60_000_000_000 };

describe('guests that share a disk', () => {
  it('read the same content, once from the disk, into the same machine pages', () => {
    const seen: number[][] = [];
    function* main(): Program {
      seen.push(yield* contentOf('/large'));
    }
    const running = withGuests({ processors: 2, guests: [], devices: [DISK] });
    make(running, 'disk0');
    const [a, b] = [0, 1].map(number => startGuest(running.disco, guest(main, SHARED), number));
    running.machine.run(LIMIT);
    expect(seen).toHaveLength(2);
    expect(seen[0]).toEqual(seen[1]);
    expect(new Set(seen[0]).size).toBeGreaterThan(10);
    expect(pagesOfBoth(a.virtual, b.virtual)).toBeGreaterThanOrEqual(PAGES);
    // Nothing is read twice: what the second guest wants is in memory.
    const { real, cache } = running.disco.devices.disks.get('disk0')!;
    expect(real.stats.sectorsRead).toBe(8 * cache.pages.size);
  });

  it('do not see what the other writes', () => {
    const seen: number[][] = [];
    const writes = function* (): Program {
      yield* change('/large', 77);
      seen.push(yield* contentOf('/large'));
    };
    const reads = function* (): Program {
      yield compute(400_000_000); // a second: the other has written by then
      seen.push(yield* contentOf('/large'));
    };
    const running = withGuests({ processors: 2, guests: [], devices: [DISK] });
    make(running, 'disk0');
    [writes, reads].forEach((main, number) => startGuest(running.disco, guest(main, SHARED), number));
    running.machine.run(LIMIT);
    expect(seen).toHaveLength(2);
    expect(seen[0].slice(0, 16).every(word => word === 77)).toBe(true);
    expect(seen[1].slice(0, 16).some(word => word === 77)).toBe(false);
    expect(seen[0].slice(16)).toEqual(seen[1].slice(16));
  });
});

describe('guests on the subnet', () => {
  it('share the pages of files that one has from the other by NFS', () => {
    const seen: number[][] = [];
    let served = false;
    const server = guest(
      function* (): Program {
        seen.push(yield* contentOf('/large'));
        yield compute(1_200_000_000);
      },
      { disks: [{ disk: 'disk0', mode: 'private' }], address: 12 },
      function* ({ network }, _kernel, thread) {
        yield* network!.exportNfs(thread, ['/'], 2);
        served = true;
      },
    );
    const client = guest(
      function* (): Program {
        seen.push(yield* contentOf('/far/large'));
      },
      { ...SHARED, disks: [{ disk: 'disk1', mode: 'copy-on-write' }], address: 11 },
      function* ({ network }, _kernel, thread) {
        while (!served) yield compute(100_000);
        const mounted = yield* network!.mountNfs(thread, '/far', { address: 12, port: 2049 }, rootHandle(1));
        expect(typeof mounted).toBe('object');
      },
    );
    const running = withGuests({ processors: 2, guests: [], devices: [DISK, { ...DISK, node: 1 }] });
    make(running, 'disk0');
    make(running, 'disk1');
    const [a, b] = [server, client].map((setup, number) => startGuest(running.disco, setup, number));
    running.machine.run(LIMIT);
    expect(seen).toHaveLength(2);
    expect(seen[0]).toEqual(seen[1]);
    const { delivery, stats } = running.disco.devices.subnet;
    expect(stats.frames).toBeGreaterThan(4);
    expect(delivery.stats.pagesRemapped).toBeGreaterThanOrEqual(PAGES);
    // From the server's page cache to the client's, by way of its network buffers, without a copy.
    expect(pagesOfBoth(a.virtual, b.virtual)).toBeGreaterThanOrEqual(PAGES);
    expect(client.services.kernel!.hints.statistics.remapped).toBeGreaterThanOrEqual(PAGES);
  });
});
