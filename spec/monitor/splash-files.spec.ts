/** SPLASHOS in a virtual machine, whose files are those of a commodity kernel in another one: NFS over the subnet. */
import { describe, expect, it } from '@jest/globals';
import { FileServices } from '../../lib/guest/commodity/calls/file-services.js';
import { makeFileSystem } from '../../lib/guest/commodity/files/disk/make-file-system.js';
import { NetworkServices, rootHandle } from '../../lib/guest/commodity/calls/network-services.js';
import { close, open, OpenFlag, read } from '../../lib/guest/commodity/calls/system-calls.js';
import { NfsFiles } from '../../lib/guest/splash/nfs-files.js';
import { SplashNetwork } from '../../lib/guest/splash/network.js';
import { SplashOS } from '../../lib/guest/splash/splash-os.js';
import type { SplashThread } from '../../lib/guest/splash/threads.js';
import { checkDisco } from '../../lib/monitor/check-disco.js';
import type { Disco } from '../../lib/monitor/disco.js';
import type { VirtualMachine } from '../../lib/monitor/virtual-machine.js';
import { compute, load, store, type Program } from '../../lib/processor/operations.js';
import { HEAP } from '../guest/commodity/running.js';
import { startGuest, startMain, withGuests, type GuestSetup } from './support/virtual.js';
import type { Code } from '../../lib/system/code.js';

const SERVER = 12;
const CLIENT = 11;
const WORDS = 3 * 1024 + 5;
const wordAt = (word: number): number => (word * 2654435761) | 0;

/** What a program of the server has found in the file. */
interface Seen {
  done: boolean;
  words: number[];
}

/** A kernel with a disk that it serves; a program of it reads `/keys` when the client is done. */
function server(seen: Seen): GuestSetup {
  let files!: FileServices;
  let network!: NetworkServices;
  function* main(): Program {
    while (!seen.done) yield compute(100_000);
    const file = yield open('/keys', OpenFlag.Read);
    const bytes = yield read(file, HEAP * 4096, 4 * WORDS + 64);
    for (let word = 0; word < bytes / 4; word++) seen.words.push(yield load(HEAP * 4096 + 4 * word));
    yield close(file);
  }
  return {
    programs: { main },
    kernel: { switches: { alignedMessages: true, outsideLinks: true, remap: true } },
    machine: { disks: [{ disk: 'disk0', mode: 'private' }], address: SERVER },
    prepare(kernel, virtual) {
      const disk = { bridge: virtual.bridge, device: 0, interruptTo: 0, mount: '/' };
      files = new FileServices(kernel, { disks: [disk], descriptors: 8, readAheadPages: 2, flushTicks: 100 });
      const card = { bridge: virtual.bridge, device: 1, mtuBytes: 9000, buffers: 24, scatters: true };
      const stations = [{ address: SERVER, card, interruptTo: 0 }];
      network = new NetworkServices(kernel, files, { stations, sockets: 4, biods: 0 });
    },
    *first(kernel, thread) {
      yield* files.start(thread);
      yield* network.start(thread);
      yield* network.exportNfs(thread, ['/'], 2);
      yield* startMain(kernel, thread);
    },
  };
}

/** Starts SPLASHOS on two processors, with files over NFS. */
function startSplash(
  disco: Disco,
  link: (os: SplashOS) => (thread: SplashThread) => Code,
): { readonly os: SplashOS; readonly virtual: VirtualMachine; readonly files: NfsFiles } {
  const pages = 256;
  const virtual = disco.create({ name: 'splash', processors: 2, memoryBytes: pages * 4096, address: CLIENT });
  const os = new SplashOS({
    ...{ processors: 2, threads: 2, programPages: 16, dataPages: 12, pages, mapped: true },
    scheduler: { spinTurns: 4, turnCycles: 6 },
  });
  const card = { address: CLIENT, bridge: virtual.bridge, device: 0, mtuBytes: Infinity };
  const network = new SplashNetwork(os, { card, buffers: 4, interruptTo: 0, interruptCode: 32 });
  const files = new NfsFiles(os, network, {
    server: { address: SERVER, port: 2049 },
    root: rootHandle(1),
  });
  os.files = files;
  disco.start(
    virtual,
    os,
    os.boot(link(os)).map(context => context!),
  );
  return { os, virtual, files };
}

describe('SPLASHOS on the monitor with files over NFS', () => {
  it('writes a file of a commodity kernel on the subnet, and another thread reads it back', () => {
    const seen: Seen = { done: false, words: [] };
    const found: number[] = [];
    const results: number[] = [];
    const running = withGuests({
      ...{ processors: 3, guests: [] },
      devices: [{ kind: 'disk', node: 0, model: 'hp97560', scheduling: 'fcfs', immediateReport: false }],
    });
    const { machine, disco } = running;
    for (const [sector, words] of makeFileSystem({ blocks: 2048, inodes: 64 }, {}))
      machine.device('disk0', 'disk').poke(sector, words);
    startGuest(disco, server(seen), 0);
    const { virtual, files } = startSplash(disco, os => {
      const [from, to] = [os.allocate(4 * WORDS), os.allocate(4 * WORDS + 64)];
      const barrier = os.barrier();
      return function* (thread) {
        if (thread.number === 0) {
          for (let word = 0; word < WORDS; word++) yield store(from + 4 * word, wordAt(word));
          results.push(yield* os.files.write(thread, '/keys', 0, 4 * WORDS, from));
        }
        yield* barrier.meet(thread);
        if (thread.number === 1) {
          results.push(yield* os.files.read(thread, '/keys', 0, 4 * WORDS + 64, to));
          results.push(yield* os.files.read(thread, '/other', 0, 64, to + 4 * WORDS));
          for (let word = 0; word < WORDS; word++) found.push(yield load(to + 4 * word));
          seen.done = true;
        }
      };
    });
    machine.run({ until: 5_000_000_000 });
    expect(results).toEqual([4 * WORDS, 4 * WORDS, -1]);
    expect(found.findIndex((word, index) => word !== wordAt(index))).toBe(-1);
    expect(seen.words).toEqual(found);
    // CREATE after a LOOKUP, four pages out, four pages in and LOOKUP of what is not there; the server was not up at first.
    expect(files.stats).toMatchObject({ calls: 11, retransmissions: 1, timeouts: 0, badReplies: 0 });
    expect(disco.devices.subnet.delivery.stats.pagesRemapped).toBeGreaterThanOrEqual(3);
    expect(checkDisco(disco)).toEqual([]);
    disco.destroy(virtual);
    machine.run({ until: 61_000_000_000 });
    expect(checkDisco(disco)).toEqual([]);
  });
});
