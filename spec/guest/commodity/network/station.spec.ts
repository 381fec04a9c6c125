/** Stations over cards that scatter, as those of a monitor's subnet do: NFS moves pages without copying them. */
import { describe, expect, it } from '@jest/globals';
import { physicalPage } from '../../../../lib/messages/addresses.js';
import type { Code, KernelThread } from '../../../../lib/system/code.js';
import type { CommodityKernel } from '../../../../lib/guest/commodity/kernel.js';
import { MbufPool } from '../../../../lib/guest/commodity/network/mbufs.js';
import { NfsClient } from '../../../../lib/guest/commodity/network/nfs/nfs-client.js';
import type { Handle } from '../../../../lib/guest/commodity/network/nfs/nfs-protocol.js';
import { NfsServer } from '../../../../lib/guest/commodity/network/nfs/nfs-server.js';
import { CHANGED_MBUFS } from '../../../../lib/guest/commodity/network/presets.js';
import { RpcClient } from '../../../../lib/guest/commodity/network/rpc/rpc-client.js';
import { NETWORK_INTERRUPTS, StationPort } from '../../../../lib/guest/commodity/network/station.js';
import { Transport } from '../../../../lib/guest/commodity/network/sockets/transport.js';
import type { Vnode } from '../../../../lib/guest/commodity/files/vnode.js';
import { copy } from '../../../../lib/processor/operations.js';
import { randomStream } from '../../../../lib/engine/random.js';
import { scatter, type ReceiveBuffer } from '../../../../lib/monitor/subnet/scatter.js';
import { Fabric, type TestKernel } from './fabric.js';
import { RPC, run, SERVER, TRANSPORT } from './hosts.js';
import { NFS } from './nfs-world.js';
import { ForgetfulPages, PlainFiles } from './plain-files.js';

type Piece = { readonly frame: number; readonly offset: number; readonly bytes: number };
interface Command {
  readonly op: string;
  readonly to: number;
  readonly pieces: readonly Piece[];
  readonly tag: number;
  readonly interruptTo: number;
  readonly interruptCode: number;
}
type Interrupts = Map<number, (a: number, b: number, thread: KernelThread) => Code>;

interface Card {
  readonly kernel: TestKernel;
  readonly interrupts: Interrupts;
  readonly posted: ReceiveBuffer[];
  readonly pending: (readonly [code: number, a: number, b: number])[];
  serving: boolean;
}

const MORE = 1 << 30;

/** A monitor's subnet as kernels see it. */
class Subnet {
  readonly cards = new Map<number, Card>();
  /** Pages that a frame had whole, and those of them that could be mapped. */
  readonly stats = { pages: 0, mapped: 0, frames: 0 };

  attach(address: number, kernel: TestKernel, interrupts: Interrupts): void {
    this.cards.set(address, { kernel, interrupts, posted: [], pending: [], serving: false });
    kernel.onCommand = command => this.command(address, command as Command);
  }

  private command(address: number, { op, to, pieces, tag, interruptTo, interruptCode }: Command): void {
    const reply = { tag, interruptTo, interruptCode };
    const own = this.cards.get(address)!;
    if (op === 'send') {
      this.carry(own.kernel, to, pieces);
      return void this.interrupt(address, interruptCode, tag, 0);
    }
    const list = pieces.map(({ frame, offset, bytes }) => ({ physical: physicalPage(frame), offset, bytes }));
    own.posted.push({ reply, pieces: list, bytes: list[0].bytes, page: list[0].bytes === 4096 });
  }

  private carry(from: TestKernel, to: number, pieces: readonly Piece[]): void {
    const card = this.cards.get(to)!;
    this.stats.frames++;
    const extents = pieces.map(({ bytes }) => ({ bytes, page: bytes === 4096 }));
    this.stats.pages += extents.filter(({ page }) => page).length;
    const filled = scatter(extents, card.posted)!;
    for (const { buffer, copies, remapped } of filled) {
      const whole = { fragment: remapped, from: 0, to: buffer.pieces[0] };
      if (remapped >= 0) this.stats.mapped++;
      for (const part of remapped >= 0 ? [whole] : copies) {
        const source = from.addressOf(pieces[part.fragment].frame) + pieces[part.fragment].offset + part.from;
        const target = card.kernel.addressOf(part.to.physical) + part.to.offset;
        for (let k = 0; k < part.to.bytes; k += 4) card.kernel.storeWord(target + k, from.loadWord(source + k));
      }
    }
    for (const [i, { buffer, bytes }] of filled.entries())
      this.interrupt(to, buffer.reply.interruptCode, buffer.reply.tag, i < filled.length - 1 ? bytes | MORE : bytes);
  }

  /** One after the other, as a processor takes them. */
  private interrupt(address: number, code: number, a: number, b: number): void {
    const card = this.cards.get(address)!;
    card.pending.push([code, a, b]);
    if (card.serving) return;
    card.serving = true;
    card.kernel.interrupt('card', function* (thread) {
      for (let next = card.pending.shift(); next !== undefined; next = card.pending.shift())
        yield* card.interrupts.get(next[0])!(next[1], next[2], thread);
      card.serving = false;
    });
  }
}

/** A kernel with what a station asks of one. */
function host(fabric: Fabric, subnet: Subnet, address: number, card: { readonly scatters: boolean }) {
  const kernel = fabric.kernel(400);
  const interrupts: Interrupts = new Map();
  const more = { interrupts, processors: [{}], options: { profile: { copyLineCycles: 16 } } };
  const mbufs = new MbufPool(kernel, { ...CHANGED_MBUFS, clusters: 96, reserve: 40 });
  const station = { address, interruptTo: 0, card: { bridge: 0, device: 0, mtuBytes: 1500, buffers: 24, ...card } };
  const ring = { bufferBytes: 4096, ring: TRANSPORT.receiveRing };
  const port = new StationPort(Object.assign(kernel, more) as unknown as CommodityKernel, station, 0, ring);
  const transport = new Transport(kernel, mbufs, port, TRANSPORT);
  port.connect(transport.network);
  subnet.attach(address, kernel, interrupts);
  kernel.onTick.push(thread => transport.tick(thread));
  run(fabric, kernel, 'open', thread => transport.network.open(thread));
  return { kernel, mbufs, transport, port, interrupts };
}

function world(scatters: boolean) {
  const fabric = new Fabric(3);
  const subnet = new Subnet();
  const server = host(fabric, subnet, 1, { scatters });
  const client = host(fabric, subnet, 2, { scatters });
  const files = new PlainFiles(server.kernel);
  const nfsd = new NfsServer(server.kernel, server.transport, [files], { ...SERVER, fsid: 7, synchronous: true });
  server.kernel.start('nfsd', thread => nfsd.nfsd(thread));
  const root = run(fabric, server.kernel, 'mountd', thread => nfsd.mount(thread)) as Handle;
  const rpc = new RpcClient(client.kernel, client.transport, RPC);
  client.kernel.onTick.push(thread => rpc.tick(thread));
  const pages = new ForgetfulPages(client.kernel, randomStream('3', 'pages'), 40);
  let remapped = 0;
  const nfs = new NfsClient(client.kernel, rpc, pages, {
    ...{ ...NFS, readAhead: 0, vnodeId: () => 1 },
    *remap(_thread, from, to) {
      expect([from % 4096, to % 4096]).toEqual([0, 0]);
      remapped++;
      yield copy(from, to, 4096, 0);
    },
  });
  run(fabric, client.kernel, 'mount', thread => nfs.mount(thread, root));
  return { fabric, subnet, server, client, files, nfs, remapped: () => remapped };
}

const PAGES = 5;

describe('a station over a card that scatters', () => {
  it('sends and receives pages of NFS in pages of their own, in both directions, to be mapped on', () => {
    const { fabric, subnet, server, client, files, nfs, remapped } = world(true);
    expect(server.port.mtu).toBe(Infinity);
    const buffer = client.kernel.allocate('user', 65_536);
    for (let k = 0; k < PAGES * 1024; k++) client.kernel.storeWord(buffer + 4 * k, k * 3);
    run(fabric, client.kernel, 'write', function* (thread) {
      const vnode = (yield* nfs.create(thread, ['f'], 'file')) as Vnode;
      yield* vnode.write(thread, 0, buffer, PAGES * 4096);
      yield* vnode.closed(thread);
    });
    // Each page is a frame: the client's page, aligned.
    expect(subnet.stats).toMatchObject({ pages: PAGES, mapped: PAGES });
    const file = files.find(['f']);
    expect(typeof file === 'number' ? file : file.content().length).toBe(PAGES * 4096);
    const seen: number[] = [];
    run(fabric, client.kernel, 'read', function* (thread) {
      const vnode = (yield* nfs.lookup(thread, ['f'])) as Vnode;
      yield* nfs.pages.dropFrom(thread, 1, 0);
      yield* vnode.read(thread, 0, buffer, PAGES * 4096);
      for (let k = 0; k < PAGES * 1024; k++) seen.push(client.kernel.loadWord(buffer + 4 * k));
    });
    expect(seen).toEqual(Array.from({ length: PAGES * 1024 }, (_, k) => k * 3));
    expect(subnet.stats.mapped).toBe(subnet.stats.pages);
    // The second of the two steps: from the buffer into the page cache.
    expect(subnet.stats.pages).toBe(PAGES + remapped());
    expect(remapped()).toBeGreaterThan(0);
    for (const { mbufs, transport } of [server, client]) expect(mbufs.inUse - transport.network.ring).toBe(0);
  });

  it('has the MTU of its card if it does not', () => {
    expect(world(false).server.port.mtu).toBe(1500);
  });

  it('drops a frame of which a buffer is none of its own, and keeps the others', () => {
    const { fabric, client, subnet } = world(true);
    const [buffer] = subnet.cards.get(2)!.posted;
    const before = client.transport.stats.malformed;
    const received = client.interrupts.get(NETWORK_INTERRUPTS + 1)!;
    const { ring } = client.transport.network;
    fabric.run([
      client.kernel.interrupt('card', function* (thread) {
        yield* received(buffer.reply.tag, 128 | MORE, thread);
        yield* received(399, 64, thread);
      }),
    ]);
    expect(client.transport.stats.malformed).toBe(before + 1);
    expect(client.transport.network.ring).toBe(ring);
    expect(client.mbufs.inUse).toBe(ring);
  });
});
