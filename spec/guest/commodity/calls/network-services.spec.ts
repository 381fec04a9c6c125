import { describe, expect, it } from '@jest/globals';
import type { Disk } from '../../../../lib/devices/disk.js';
import { ErrorNumber } from '../../../../lib/system/code.js';
import { FileServices } from '../../../../lib/guest/commodity/calls/file-services.js';
import { makeFileSystem } from '../../../../lib/guest/commodity/files/disk/make-file-system.js';
import type { CommodityKernel } from '../../../../lib/guest/commodity/kernel.js';
import {
  NetworkServices,
  rootHandle,
  type KernelNetworkOptions,
} from '../../../../lib/guest/commodity/calls/network-services.js';
import type { KernelSwitches } from '../../../../lib/guest/commodity/switches.js';
import {
  bind,
  closeSocket,
  recvfrom,
  sendto,
  socket,
} from '../../../../lib/guest/commodity/network/sockets/datagram-calls.js';
import {
  close,
  fork,
  OpenFlag,
  open,
  read,
  stat,
  unlink,
  waitForChild,
  write,
} from '../../../../lib/guest/commodity/calls/system-calls.js';
import type { DeviceSpecification } from '../../../../lib/machine/specification/device-specification.js';
import type { Machine } from '../../../../lib/machine/machine.js';
import { load, store, type Program } from '../../../../lib/processor/operations.js';
import { FakeMonitor } from '../fake-monitor.js';
import { HEAP, withKernel } from '../running.js';

const AT = HEAP * 4096;
const FROM = AT + 64 * 4096;
const CLIENT = 11;
const SERVER = 12;
const { EADDRINUSE, EBADF, EFAULT, EINVAL, EMFILE, EMSGSIZE, ENOENT, ESTALE, ETIMEDOUT } = ErrorNumber;

const DEVICES: readonly DeviceSpecification[] = [
  { kind: 'disk', node: 0, model: 'hp97560', scheduling: 'fcfs', immediateReport: false },
  { kind: 'network-segment', name: 'lan', medium: 'ethernet-10' },
  { kind: 'network-card', node: 0, segment: 'lan', address: CLIENT, buffers: 24 },
  { kind: 'network-card', node: 0, segment: 'lan', address: SERVER, buffers: 24 },
];

interface Case {
  readonly main: () => Program;
  readonly cards?: boolean;
  readonly nfs?: boolean;
  readonly switches?: Partial<KernelSwitches>;
  readonly monitored?: boolean;
  readonly network?: Partial<KernelNetworkOptions>;
  readonly mounted?: (result: unknown) => void;
  readonly handle?: readonly number[];
  readonly mapped?: boolean;
  readonly runAhead?: boolean;
}

/** A kernel with a disk and two stations, joined by a segment or looping back, that runs `main` to its end. */
function play({ main, cards = false, nfs = false, switches = {}, monitored = false, ...more }: Case) {
  let network!: NetworkServices;
  let files!: FileServices;
  const running = withKernel({
    devices: DEVICES,
    runAhead: more.runAhead ?? true,
    programs: { main },
    kernel: { switches, mapped: more.mapped ?? false },
    ...(monitored && { software: (kernel, machine) => new FakeMonitor(kernel, machine) }),
    *first(kernel, thread) {
      yield* files.start(thread);
      yield* network.start(thread);
      if (nfs) {
        yield* network.exportNfs(thread, ['/'], 2, {}, 1);
        const handle = more.handle ?? rootHandle(1);
        const client = yield* network.mountNfs(thread, '/far', { address: SERVER, port: 2049 }, handle, cards ? 0 : 1);
        more.mounted?.(typeof client === 'number' ? client : client.stats);
      }
      yield* kernel.processes.spawn(thread, 'main', []);
      while (kernel.processes.count > 0) yield* kernel.firstEnded.sleep(thread);
    },
    prepare({ kernel, machine }) {
      files = filesOf(kernel, machine);
      network = new NetworkServices(kernel, files, {
        stations: [CLIENT, SERVER].map((address, number) => ({
          address,
          card: cards ? cardOf(machine, number) : null,
          interruptTo: 0,
        })),
        sockets: 4,
        biods: 2,
        ...more.network,
      });
    },
  });
  running.machine.run({ until: 40_000_000_000 });
  expect(running.kernel.processes.count).toBe(0);
  return { ...running, network, files, segment: running.machine.segments.get('lan')! };
}

function filesOf(kernel: CommodityKernel, machine: Machine): FileServices {
  const { bridge, index, component } = machine.devices.get('disk0')!;
  const tree = { 'there.txt': { content: 'what the server has\n' }, large: { content: 5, bytes: 8 * 4096 + 12 } };
  for (const [sector, words] of makeFileSystem({ blocks: 2048, inodes: 64 }, tree))
    (component as Disk).poke(sector, words);
  const disks = [{ bridge, device: index, interruptTo: 0, mount: '/' }];
  return new FileServices(kernel, { disks, descriptors: 8, readAheadPages: 2, flushTicks: 100 });
}

function cardOf(machine: Machine, number: number) {
  const { bridge, index } = machine.devices.get(`card${number}`)!;
  return { bridge, device: index, mtuBytes: 1500, buffers: 24 };
}

/** Words of a buffer as a function of where they are. */
const wordAt = (k: number): number => (k * 2654435761) | 0;

function* fill(address: number, words: number): Generator<ReturnType<typeof store>, void, number> {
  for (let k = 0; k < words; k++) yield store(address + 4 * k, wordAt(k));
}

function* faultsOf(address: number, words: number): Generator<ReturnType<typeof load>, number, number> {
  let faults = 0;
  for (let k = 0; k < words; k++) if ((yield load(address + 4 * k)) !== wordAt(k)) faults++;
  return faults;
}

/** Nobody has lost a buffer, or has one too many. */
function stray({ network }: { network: NetworkServices }): number {
  const ring = network.stations.reduce((sum, { transport }) => sum + transport.network.ring, 0);
  return network.mbufs.inUse - ring;
}

const JOINED = [
  ['loop back', false],
  ['cross the segment', true],
] as const;

describe('datagrams of programs', () => {
  it.each(JOINED)('%s whole, with the address of their sender', (_how, cards) => {
    const seen: number[] = [];
    const sizes = [4, 100, 104, 1468, 4096, 20_000];
    const played = play({
      cards,
      *main() {
        const receiver = yield socket(1);
        const sender = yield socket(cards ? 0 : 1);
        seen.push(yield bind(receiver, 700), yield bind(sender, 800));
        for (const bytes of sizes) {
          yield* fill(AT, bytes / 4);
          seen.push(yield sendto(sender, AT, bytes, SERVER, 700));
          for (let k = 0; k < bytes / 4; k++) yield store(FROM + 4 * k, 0);
          seen.push(yield recvfrom(receiver, FROM, 65_504, AT + 32, 1e9));
          seen.push(yield load(AT + 32), yield load(AT + 36), yield* faultsOf(FROM, bytes / 4));
        }
      },
    });
    const from = cards ? CLIENT : SERVER;
    expect(seen).toEqual([0, 0, ...sizes.flatMap(bytes => [bytes, bytes, from, 800, 0])]);
    // 20 000 bytes in frames of up to 1472 of data after the header: 14. 4096: 3.
    expect(played.segment.stats.frames).toBe(cards ? 4 + 3 + 14 : 0);
    expect(stray(played)).toBe(0);
  });

  it('are given to whoever receives at the port, from another process, in order', () => {
    const seen: number[] = [];
    play({
      *main() {
        yield fork(function* () {
          const to = yield socket(1);
          yield bind(to, 700);
          for (let k = 0; k < 3; k++) {
            seen.push(yield recvfrom(to, AT, 64));
            seen.push(yield load(AT));
          }
        });
        // The child is not there yet: what comes for no port is lost.
        const from = yield socket(1);
        yield recvfrom(yield* bound(from, 9), AT, 4, 0, 20e6);
        for (let k = 1; k <= 3; k++) {
          yield store(AT, k);
          yield sendto(from, AT, 4 * k, SERVER, 700);
        }
        yield waitForChild();
      },
    });
    expect(seen).toEqual([4, 1, 8, 2, 12, 3]);
  });

  it('may be lost: who waits is told at a tick', () => {
    const seen: number[] = [];
    const { network } = play({
      *main() {
        const number = yield* bound(yield socket(1), 700);
        seen.push(yield sendto(number, AT, 8, SERVER, 701));
        seen.push(yield recvfrom(number, AT, 8, 0, 30e6));
        seen.push(yield sendto(number, AT, 8, CLIENT, 700));
        seen.push(yield recvfrom(number, AT, 8, 0, 30e6));
      },
    });
    expect(seen).toEqual([8, ETIMEDOUT, 8, ETIMEDOUT]);
    expect(network.stations[1].transport.stats.noPort).toBe(1);
    expect(stray({ network })).toBe(0);
  });

  it('are lost beyond what fits a socket, and the rest arrives', () => {
    const seen: number[] = [];
    const played = play({
      *main() {
        const number = yield* bound(yield socket(1), 700);
        for (let k = 0; k < 20; k++) {
          yield store(AT, k);
          yield sendto(number, AT, 4, SERVER, 700);
        }
        while ((yield recvfrom(number, AT, 4, 0, 20e6)) > 0) seen.push(yield load(AT));
      },
    });
    expect(seen).toEqual(Array.from({ length: 16 }, (_, k) => k));
    expect(stray(played)).toBe(0);
  });

  it('that are longer than the memory given lose their end', () => {
    const seen: number[] = [];
    play({
      *main() {
        const number = yield* bound(yield socket(1), 700);
        yield* fill(AT, 100);
        yield sendto(number, AT, 400, SERVER, 700);
        yield store(FROM + 40, 77);
        seen.push(yield recvfrom(number, FROM, 40), yield* faultsOf(FROM, 10), yield load(FROM + 40));
      },
    });
    expect(seen).toEqual([40, 0, 77]);
  });

  it('are refused for what cannot be', () => {
    const seen: number[] = [];
    const { network } = play({
      *main() {
        const a = yield socket(1);
        const b = yield socket(0);
        seen.push(a, b, yield socket(2), yield socket(0), yield socket(0), yield socket(0));
        seen.push(yield bind(a, 0), yield bind(a, 65_536), yield bind(7, 5), yield bind(a, 2049), yield bind(a, 6));
        seen.push(yield bind(2, 2049), yield bind(3, 2048), yield closeSocket(3));
        yield fork(function* () {
          seen.push(yield bind(a, 5)); // sockets are not inherited
          const own = yield socket(1);
          seen.push(yield bind(own, 2049));
        });
        yield waitForChild();
        seen.push(yield sendto(a, AT, 65_508, SERVER, 5), yield sendto(a, AT, 6, SERVER, 5));
        seen.push(yield sendto(a, 0x7ffffffc, 8, SERVER, 5), yield sendto(a, 0x80000000, 8, SERVER, 5));
        seen.push(yield sendto(a, 0x1000, 8, SERVER, 5), yield recvfrom(a, AT + 2, 4, 0, 1));
        seen.push(yield sendto(a, AT, 8, SERVER, 2049), yield recvfrom(a, 0x1000, 8));
        seen.push(yield sendto(a, AT, 8, SERVER, 2049), yield recvfrom(a, AT, 8, 0x1000));
        seen.push(yield recvfrom(b, AT, 8, 0, 1), yield closeSocket(a), yield recvfrom(a, AT, 4), yield closeSocket(a));
      },
    });
    expect(seen).toEqual([
      ...[0, 1, EINVAL, 2, 3, EMFILE],
      ...[EINVAL, EINVAL, EBADF, 0, EINVAL],
      ...[0, 0, 0],
      ...[EBADF, EADDRINUSE],
      ...[EMSGSIZE, EINVAL],
      ...[EFAULT, EINVAL], // an address above 2^31 - 1 is none
      ...[EFAULT, EINVAL],
      ...[8, EFAULT],
      ...[8, EFAULT],
      ...[EINVAL, 0, EBADF, EBADF],
    ]);
    expect(stray({ network })).toBe(0);
  });

  it('leave a port free again when their process has ended, and its kernel data are used again', () => {
    const seen: number[] = [];
    const { kernel } = play({
      *main() {
        for (let k = 0; k < 10; k++) {
          yield fork(function* () {
            seen.push(yield bind(yield socket(1), 700));
          });
          yield waitForChild();
        }
      },
    });
    expect(seen).toEqual(new Array<number>(10).fill(0));
    expect(kernel.lockStatistics().filter(({ name }) => name === 'socket')).toHaveLength(1 + 2); // and those of the two RPC clients
  });
});

function* bound(number: number, port: number): Generator<ReturnType<typeof bind>, number, number> {
  yield bind(number, port);
  return number;
}

describe('files of a server', () => {
  it.each([
    ...JOINED.map(([how, cards]) => [how, cards, {}] as const),
    ['are mapped', false, { mapped: true }] as const,
  ])('are those of its disk, whichever way they are written and read: they %s', (_how, cards, more) => {
    const seen: number[] = [];
    const played = play({
      cards,
      nfs: true,
      ...more,
      *main() {
        seen.push(yield stat('/far/there.txt'), yield stat('/far/large'), yield stat('/far/none'));
        // Read both ways: the same.
        seen.push(yield* differ('/large', '/far/large', 8 * 1024 + 3));
        // Written far, read near.
        yield* fill(AT, 3000);
        const far = yield open('/far/new', OpenFlag.Write | OpenFlag.Create);
        seen.push(yield write(far, AT, 12_000), yield close(far));
        const near = yield open('/new');
        seen.push(yield read(near, FROM, 20_000), yield* faultsOf(FROM, 3000));
        // Written near, read far once attributes are old.
        const again = yield open('/there.txt', OpenFlag.Write);
        yield store(AT, 0x6e6f7721);
        seen.push(yield write(again, AT, 4));
        const other = yield open('/far/there.txt');
        seen.push(yield read(other, FROM, 4), yield load(FROM));
        seen.push(yield unlink('/far/new'), yield stat('/new'));
      },
    });
    const file = [20, 32_780, ENOENT];
    expect(seen).toEqual([...file, 0, 12_000, 0, 12_000, 0, 4, 4, 0x6e6f7721, 0, ENOENT]);
    // Every word of three files that went over the network is on the segment at least once.
    if (cards) expect(played.segment.stats.bytes).toBeGreaterThan(32_780 + 12_000);
    else expect(played.segment.stats.bytes).toBe(0);
    expect(stray(played)).toBe(0);
  });

  it("come in buffers that are counted as the network's, and lie in the page cache beside others", () => {
    const { kernel, files, network } = play({
      nfs: true,
      *main() {
        yield* differ('/large', '/far/large', 8 * 1024 + 3);
      },
    });
    expect(kernel.physical.census().network).toBeGreaterThanOrEqual(128); // two rings of 64
    expect(files.cache.size).toBeGreaterThanOrEqual(18);
    expect(network.mbufs.stats.failures).toBe(0);
  });

  it('are remapped by a monitor when buffers are aligned: remap', () => {
    const seen: number[] = [];
    const { kernel } = play({
      nfs: true,
      monitored: true,
      switches: { remap: true, alignedMessages: true, outsideLinks: true },
      *main() {
        seen.push(yield* differ('/large', '/far/large', 8 * 1024 + 3));
      },
    });
    expect(seen).toEqual([0]);
    expect(kernel.hints.statistics.remapped).toBe(8); // whole pages; the ninth has 12 bytes
  });

  it('are copied when buffers are not aligned: remap', () => {
    const seen: number[] = [];
    const { kernel } = play({
      nfs: true,
      monitored: true,
      switches: { remap: true },
      *main() {
        seen.push(yield* differ('/large', '/far/large', 8 * 1024 + 3));
      },
    });
    expect(seen).toEqual([0]);
    expect(kernel.hints.statistics.remapped).toBe(0);
  });

  it('arrive although datagrams are lost: calls are made again', () => {
    const seen: number[] = [];
    const played = play({
      cards: true,
      nfs: true,
      // Four frames at a time: a page and its header are three, and two daemons read ahead.
      network: { transport: { transmitSlots: 4, transmitQueue: 0 }, rpc: { retryNs: 50e6 } },
      *main() {
        seen.push(yield* differ('/large', '/far/large', 8 * 1024 + 3));
      },
    });
    const [client, server] = played.network.stations;
    expect(seen).toEqual([0]);
    expect(server.transport.network.stats.sendDrops).toBeGreaterThan(0);
    expect(client.rpc.stats.retransmissions).toBeGreaterThan(0);
    expect(stray(played)).toBe(0);
  });

  it('arrive alike with run-ahead of processors and without', () => {
    const [one, other] = [true, false].map(runAhead => {
      const { machine } = play({
        cards: true,
        nfs: true,
        runAhead,
        *main() {
          yield* differ('/there.txt', '/far/there.txt', 5);
        },
      });
      return [machine.simulation.fingerprint.toString(), machine.simulation.now];
    });
    expect(one).toEqual(other);
  });

  it('cannot be mounted by a handle that the server has not given out', () => {
    const told: unknown[] = [];
    play({ nfs: true, handle: rootHandle(2), mounted: result => told.push(result), *main() {} });
    expect(told).toEqual([ESTALE]);
  });
});

/** Words in which two files differ. */
function* differ(one: string, other: string, words: number): Generator<ReturnType<typeof load>, number, number> {
  const a = yield open(one);
  const b = yield open(other);
  let faults = 0;
  if ((yield read(a, AT, words * 4)) !== words * 4) faults += 10_000;
  if ((yield read(b, FROM, words * 4)) !== words * 4) faults += 100_000;
  for (let k = 0; k < words; k++) if ((yield load(AT + 4 * k)) !== (yield load(FROM + 4 * k))) faults++;
  yield close(a);
  yield close(b);
  return faults;
}
