/** NFS between kernels, against a plain model of files. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { randomStream } from '../../../../lib/engine/random.js';
import { ErrorNumber, type Code, type KernelThread } from '../../../../lib/system/code.js';
import type { Vnode } from '../../../../lib/guest/commodity/files/vnode.js';
import type { NfsVnode } from '../../../../lib/guest/commodity/network/nfs/nfs-vnode.js';
import type { Handle } from '../../../../lib/guest/commodity/network/nfs/nfs-protocol.js';
import { copy } from '../../../../lib/processor/operations.js';
import { run } from './hosts.js';
import { world, type Client, type WorldOptions } from './nfs-world.js';
import type { PlainFile } from './plain-files.js';

const SEED = 1997;

function* put(client: Client, thread: KernelThread, vnode: Vnode, buffer: number, offset: number, bytes: number[]) {
  for (let k = 0; k < bytes.length; k += 4)
    client.kernel.storeWord(
      buffer + k,
      (bytes[k] << 24) | ((bytes[k + 1] ?? 9) << 16) | ((bytes[k + 2] ?? 9) << 8) | (bytes[k + 3] ?? 9),
    );
  return yield* vnode.write(thread, offset, buffer, bytes.length);
}

function* take(client: Client, thread: KernelThread, vnode: Vnode, buffer: number, offset: number, bytes: number) {
  const count = yield* vnode.read(thread, offset, buffer, bytes);
  return Array.from({ length: Math.max(count, 0) }, (_, k) => client.kernel.byte(buffer + k));
}

function* mustFind(client: Client, thread: KernelThread, path: readonly string[]): Code<Vnode> {
  const vnode = yield* client.nfs.lookup(thread, path);
  if (typeof vnode === 'number') throw new Error(`${path.join('/')}: ${vnode}`);
  return vnode;
}

const bytesFrom = (seed: number, count: number): number[] =>
  Array.from({ length: count }, (_, k) => (seed * 31 + k * 7 + (k >> 8)) & 255);

/** Random operations of one thread on files of its own, checked as they return. */
function* player(client: Client, thread: KernelThread, who: string, seed: number, model: Map<string, number[]>): Code {
  const random = randomStream(String(seed), who);
  const buffer = client.buffer();
  for (let turn = 0; turn < 14; turn++) {
    const name = `${who}-${random.below(3)}`;
    const path = ['work', name];
    const known = model.get(name);
    const offset = 4 * random.below(4000);
    const length = 1 + random.below(7000);
    const choice = random.below(7);
    if (choice === 0) {
      const made = yield* client.nfs.create(thread, path, 'file');
      if (known !== undefined) expect(made).toBe(ErrorNumber.EEXIST);
      else {
        expect(made).toBeInstanceOf(Object);
        model.set(name, []);
      }
    } else if (known === undefined) expect(yield* client.nfs.lookup(thread, path)).toBe(ErrorNumber.ENOENT);
    else if (choice === 1 && random.below(2) === 0) {
      expect(yield* client.nfs.remove(thread, path)).toBe(0);
      model.delete(name);
    } else {
      const vnode = yield* mustFind(client, thread, path);
      yield* vnode.opened(thread);
      if (choice <= 3) {
        const bytes = bytesFrom(turn + seed, length);
        expect(yield* put(client, thread, vnode, buffer, offset, bytes)).toBe(length);
        while (known.length < offset + length) known.push(0);
        known.splice(offset, length, ...bytes);
      } else if (choice === 4) {
        expect(yield* vnode.truncate(thread, length)).toBe(0);
        known.length = Math.min(known.length, length);
        while (known.length < length) known.push(0);
      } else
        expect(yield* take(client, thread, vnode, buffer, offset, length)).toEqual(
          known.slice(offset, offset + length),
        );
      expect(vnode.size).toBe(known.length);
      if (random.below(2) === 0) yield* vnode.closed(thread);
    }
  }
}

/** Writes and reads pages of a file that other threads of the same kernel write and read other pages of. */
function* sharer(client: Client, thread: KernelThread, who: number, of: number, seed: number, pages: number[]): Code {
  const random = randomStream(String(seed), `sharer ${who}`);
  const buffer = client.buffer();
  const vnode = yield* mustFind(client, thread, ['work', 'shared']);
  for (let turn = 0; turn < 8; turn++) {
    const index = who + of * random.below(3);
    if (pages[index] === 0 || random.below(2) === 0) {
      pages[index] = 1 + random.below(250);
      yield* put(client, thread, vnode, buffer, index * 4096, bytesFrom(pages[index], 4096));
    } else {
      const found = yield* take(client, thread, vnode, buffer, index * 4096, 4096);
      expect(found).toEqual(bytesFrom(pages[index], 4096));
    }
    if (random.below(4) === 0) yield* vnode.closed(thread);
  }
}

interface Game extends WorldOptions {
  readonly seed: number;
}

const games = fc.record({
  seed: fc.nat(1e6),
  nfsds: fc.constantFrom(1, 3),
  biods: fc.constantFrom(0, 2),
  capacity: fc.constantFrom(3, 12),
  host: fc.record({
    mbufs: fc.record({ aligned: fc.boolean(), links: fc.constantFrom('inside' as const, 'outside' as const) }),
  }),
  wire: fc.record({
    mtu: fc.constantFrom(Infinity, 1500),
    loss: fc.constantFrom(0, 0.03, 0.1),
    double: fc.constantFrom(0, 0.1),
    sendError: fc.constantFrom(0, 0.03),
    delayNs: fc.constantFrom(20_000, 2_000_000, 150_000_000),
  }),
  nfs: fc.record({
    attributeNs: fc.constantFrom(0, 200e6, 3e9),
    readAhead: fc.constantFrom(0, 2),
    writeBehind: fc.boolean(),
    checkOnOpen: fc.boolean(),
  }),
});

/** Random operations, whatever they answer. */
function* dabbler(client: Client, thread: KernelThread, who: string, seed: number): Code {
  const random = randomStream(String(seed), who);
  const buffer = client.buffer();
  for (let turn = 0; turn < 20; turn++) {
    const path = [...(random.below(2) === 0 ? ['work'] : []), `f${random.below(4)}`];
    const choice = random.below(6);
    if (choice === 0) yield* client.nfs.create(thread, path, 'file');
    if (choice === 1 && random.below(2) === 0) yield* client.nfs.remove(thread, path);
    const vnode = yield* client.nfs.lookup(thread, path);
    if (typeof vnode === 'number') continue;
    yield* vnode.opened(thread);
    if (choice === 2) yield* put(client, thread, vnode, buffer, 4 * random.below(3000), bytesFrom(turn, 5000));
    if (choice === 3) yield* take(client, thread, vnode, buffer, 4 * random.below(3000), 5000);
    if (choice === 4) yield* vnode.truncate(thread, random.below(9000));
    const index = random.below(3);
    const page = choice === 5 ? yield* vnode.page(thread, index) : 0;
    if (typeof page === 'object') yield* vnode.release(thread, index, page, random.below(2) === 0);
    yield* vnode.closed(thread);
  }
  yield* client.nfs.sync(thread);
}

/** Two kernels with two players each on files of their own, and three sharers of a file on one. */
function play(game: Game, totals: { retransmissions: number; replayed: number; mapped: number }): void {
  const { fabric, wire, files, nfsServer, clients, leftOver } = world({ ...game, clients: 2 });
  const models = clients.map(() => new Map<string, number[]>());
  const pages = new Array<number>(9).fill(0);
  run(fabric, clients[0].kernel, 'mkdir', thread => clients[0].nfs.create(thread, ['work'], 'directory'));
  run(fabric, clients[0].kernel, 'create', thread => clients[0].nfs.create(thread, ['work', 'shared'], 'file'));
  const players = clients.flatMap((client, k) =>
    [0, 1].map(number => {
      const who = `player-${k}-${number}`;
      return client.kernel.start(who, thread => player(client, thread, who, game.seed, models[k]));
    }),
  );
  const sharers = [0, 1, 2].map(who =>
    clients[0].kernel.start(`sharer ${who}`, thread => sharer(clients[0], thread, who, 3, game.seed, pages)),
  );
  fabric.run([...players, ...sharers]);
  for (const { kernel, nfs } of clients) expect(run(fabric, kernel, 'sync', thread => nfs.sync(thread))).toBe(0);
  const work = files.find(['work']) as PlainFile;
  const contents = Object.fromEntries([...work.children].map(([name, file]) => [name, file.content()]));
  const shared = contents.shared;
  delete contents.shared;
  expect(contents).toEqual(Object.fromEntries(models.flatMap(model => [...model])));
  for (let index = 0; index * 4096 < shared.length; index++) {
    const expected = pages[index] === 0 ? new Array<number>(4096).fill(0) : bytesFrom(pages[index], 4096);
    expect(shared.slice(index * 4096, index * 4096 + 4096)).toEqual(expected);
  }
  expect(leftOver().every(left => left === 0)).toBe(true);
  totals.retransmissions += clients.reduce((sum, { rpc }) => sum + rpc.stats.retransmissions, 0);
  totals.replayed += nfsServer.rpc.stats.replayed;
  totals.mapped += wire.stats.mapped;
}

describe('files of a server', () => {
  it('are those of a plain model, whatever the wire loses, doubles and delays', () => {
    const totals = { retransmissions: 0, replayed: 0, mapped: 0 };
    fc.assert(
      fc.property(games, game => play(game, totals)),
      { seed: SEED, numRuns: 25, endOnFailure: true },
    );
    expect(totals.retransmissions).toBeGreaterThan(300);
    expect(totals.replayed).toBeGreaterThan(30);
    expect(totals.mapped).toBeGreaterThan(30);
  });

  it('show another client what was written before it opened them, once attributes are old', () => {
    const { fabric, clients, leftOver } = world({ clients: 2 });
    const [a, b] = clients;
    const write = (seed: number) =>
      run(fabric, a.kernel, 'write', function* (thread) {
        const made = yield* a.nfs.create(thread, ['f'], 'file');
        const vnode = typeof made === 'number' ? yield* mustFind(a, thread, ['f']) : made;
        yield* put(a, thread, vnode, a.buffer(), 0, bytesFrom(seed, 6000));
        yield* vnode.closed(thread);
      });
    const read = () =>
      run(fabric, b.kernel, 'read', function* (thread) {
        const vnode = yield* mustFind(b, thread, ['f']);
        return yield* take(b, thread, vnode, b.buffer(), 0, 8192);
      });
    write(1);
    expect(read()).toEqual(bytesFrom(1, 6000));
    write(2);
    // Attributes are believed for 3 s, and pages with them, but for those that the cache has forgotten.
    fabric.runFor(3.1e9);
    expect(read()).toEqual(bytesFrom(2, 6000));
    expect(leftOver()).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('are written once, and read once, by daemons ahead of who reads', () => {
    const { fabric, nfsServer, clients } = world({ clients: 2, capacity: 100 });
    const [a, b] = clients;
    run(fabric, a.kernel, 'write', function* (thread) {
      const vnode = (yield* a.nfs.create(thread, ['f'], 'file')) as Vnode;
      for (let k = 0; k < 8; k++) yield* put(a, thread, vnode, a.buffer(), k * 4096, bytesFrom(k, 4096));
      yield* vnode.closed(thread);
    });
    expect([nfsServer.stats.writes, nfsServer.stats.bytesWritten, a.nfs.daemons.length]).toEqual([8, 32_768, 2]);
    run(fabric, b.kernel, 'read', function* (thread) {
      const vnode = yield* mustFind(b, thread, ['f']);
      for (let k = 0; k < 8; k++) yield* take(b, thread, vnode, b.buffer(), k * 4096, 4096);
    });
    fabric.runFor(1e9);
    // The cache of these specs forgets a page now and then, but no more than a few.
    expect(nfsServer.stats.reads).toBeGreaterThanOrEqual(8);
    expect(nfsServer.stats.reads).toBeLessThan(12);
    expect(b.nfs.daemons.stats.aheads).toBeGreaterThanOrEqual(7);
  });

  it('go away with their server: ETIMEDOUT after so many tries', () => {
    const { fabric, wire, clients, leftOver } = world({ rpc: { tries: 3 } });
    const [a] = clients;
    const made = run(fabric, a.kernel, 'create', thread => a.nfs.create(thread, ['f'], 'file')) as Vnode;
    run(fabric, a.kernel, 'write', thread => put(a, thread, made, a.buffer(), 0, bytesFrom(1, 100)));
    wire.lose = () => true;
    expect(run(fabric, a.kernel, 'sync', thread => a.nfs.sync(thread))).toBe(ErrorNumber.ETIMEDOUT);
    expect(run(fabric, a.kernel, 'lookup', thread => a.nfs.lookup(thread, ['g']))).toBe(ErrorNumber.ETIMEDOUT);
    // A page stays dirty until the server takes it.
    wire.lose = () => false;
    expect(run(fabric, a.kernel, 'sync', thread => a.nfs.sync(thread))).toBe(0);
    expect(leftOver()).toEqual([0, 0, 0, 0]);
    expect(a.rpc.stats.timeouts).toBe(2);
  });

  it('tell who synchronises them of an error when they were closed', () => {
    const { fabric, wire, clients, leftOver } = world({ rpc: { tries: 2 } });
    const [a] = clients;
    const vnode = run(fabric, a.kernel, 'create', thread => a.nfs.create(thread, ['f'], 'file')) as Vnode;
    run(fabric, a.kernel, 'write', thread => put(a, thread, vnode, a.buffer(), 0, bytesFrom(1, 100)));
    wire.lose = () => true;
    run(fabric, a.kernel, 'close', thread => vnode.closed(thread));
    wire.lose = () => false;
    const sync = () => run(fabric, a.kernel, 'sync', thread => vnode.sync!(thread));
    expect([sync(), sync(), a.rpc.stats.timeouts]).toEqual([ErrorNumber.ETIMEDOUT, 0, 1]);
    expect(leftOver()).toEqual([0, 0, 0, 0]);
  });

  it('keep what is written to a page while it is being written back', () => {
    const { fabric, wire, files, clients, leftOver } = world();
    const [a] = clients;
    const write = (vnode: Vnode, seed: number) =>
      run(fabric, a.kernel, 'write', thread => put(a, thread, vnode, a.buffer(), 0, bytesFrom(seed, 4096)));
    const vnode = run(fabric, a.kernel, 'create', thread => a.nfs.create(thread, ['f'], 'file')) as Vnode;
    // A daemon writes the page; the server has it, but nobody hears of it.
    wire.lose = from => from === 1;
    write(vnode, 1);
    fabric.runFor(50e6);
    expect((files.find(['f']) as PlainFile).content()).toEqual(bytesFrom(1, 4096));
    write(vnode, 2);
    wire.lose = () => false;
    run(fabric, a.kernel, 'sync', thread => a.nfs.sync(thread));
    expect((files.find(['f']) as PlainFile).content()).toEqual(bytesFrom(2, 4096));
    expect(leftOver()).toEqual([0, 0, 0, 0]);
  });

  it('are not changed by a late duplicate of what was written before', () => {
    const { fabric, wire, files, nfsServer, clients } = world({ biods: 0 });
    const [a] = clients;
    let first: readonly number[] | null = null;
    wire.lose = (from, _, words) => {
      if (from === 2 && words.length > 1024) first ??= words;
      return false;
    };
    run(fabric, a.kernel, 'write', function* (thread) {
      const vnode = (yield* a.nfs.create(thread, ['f'], 'file')) as Vnode;
      for (const seed of [1, 2]) {
        yield* put(a, thread, vnode, a.buffer(), 0, bytesFrom(seed, 4096));
        yield* vnode.closed(thread);
      }
    });
    wire.carry(2, 1, [first!]);
    fabric.runFor(50e6);
    expect((files.find(['f']) as PlainFile).content()).toEqual(bytesFrom(2, 4096));
    expect([nfsServer.stats.writes, nfsServer.rpc.stats.replayed]).toEqual([2, 1]);
  });

  it('are held by the server until a reply that refers to them is sent', () => {
    const { fabric, wire, server, files, clients, leftOver } = world({ wire: { delayNs: 1e6 }, biods: 0 });
    const [a] = clients;
    const held: number[] = [];
    wire.onRead = (port, bytes) => {
      if (port === server.port && bytes > 4096) held.push(files.root.held());
    };
    run(fabric, a.kernel, 'write and read', function* (thread) {
      const vnode = (yield* a.nfs.create(thread, ['f'], 'file')) as Vnode;
      yield* put(a, thread, vnode, a.buffer(), 0, bytesFrom(1, 4096));
      yield* vnode.sync!(thread);
      yield* a.pages.dropFrom(thread, vnode.id, 0);
      yield* take(a, thread, vnode, a.buffer(), 0, 4096);
    });
    expect(held).toEqual([1]);
    expect(leftOver()).toEqual([0, 0, 0, 0]);
  });

  it('do not become shorter by attributes that were overtaken', () => {
    const { fabric, clients } = world();
    const [a] = clients;
    const vnode = run(fabric, a.kernel, 'write', function* (thread) {
      const made = (yield* a.nfs.create(thread, ['f'], 'file')) as NfsVnode;
      yield* put(a, thread, made, a.buffer(), 0, bytesFrom(1, 100));
      yield* made.closed(thread);
      return made;
    });
    a.nfs.io.take(vnode, { kind: 'file', size: 0, version: 1, fileId: 1 }, false);
    expect([vnode.size, vnode.suspect]).toEqual([100, false]);
  });

  it('have zeros where they were cut and grew again, whatever was being read ahead', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.constantFrom(20_000, 2_000_000), (seed, delayNs) => {
        const { fabric, clients, leftOver } = world({ seed, capacity: 100, wire: { delayNs }, nfs: { readAhead: 4 } });
        const [a] = clients;
        run(fabric, a.kernel, 'cut', function* (thread) {
          const vnode = (yield* a.nfs.create(thread, ['f'], 'file')) as NfsVnode;
          const buffer = a.buffer();
          for (let turn = 0; turn < 6; turn++) {
            yield* put(a, thread, vnode, buffer, 0, bytesFrom(turn, 20_000));
            yield* vnode.sync(thread);
            yield* a.pages.dropFrom(thread, vnode.id, 0);
            yield* take(a, thread, vnode, buffer, 0, 4096 * fabric.random.below(3));
            const cut = 4 * fabric.random.below(4000);
            expect(yield* vnode.truncate(thread, cut)).toBe(0);
            expect(yield* vnode.truncate(thread, 20_000)).toBe(0);
            const found = yield* take(a, thread, vnode, buffer, 0, 20_000);
            expect(found).toEqual(bytesFrom(turn, 20_000).fill(0, cut));
          }
        });
        expect(leftOver()).toEqual([0, 0, 0, 0]);
      }),
      { seed: SEED, numRuns: 6, endOnFailure: true },
    );
  });

  it('of several file systems are served at one port, each by its number', () => {
    const { fabric, nfsServer, clients, more } = world({ more: 2 });
    const [{ kernel, nfs }] = clients;
    const seen = [1, 2].map(number => {
      const root = run(fabric, kernel, 'mountd', thread => nfsServer.mount(thread, number)) as Handle;
      run(fabric, kernel, 'mount', thread => nfs.mount(thread, root) as never);
      run(fabric, kernel, 'create', thread => nfs.create(thread, [`f${number}`], 'file') as never);
      return root[0];
    });
    expect(seen).toEqual([78, 79]); // after that of the first, 77
    expect(more.map(({ root }) => [...root.children.keys()])).toEqual([['f1'], ['f2']]);
    // No server has the number after the last.
    expect(run(fabric, kernel, 'mount', thread => nfs.mount(thread, [80, 1, 0, 0, 0, 0, 0, 0]))).toBe(
      ErrorNumber.ESTALE,
    );
  });

  it('are stale when another client has removed them', () => {
    const { fabric, clients, nfsServer, leftOver } = world({ clients: 2 });
    const [a, b] = clients;
    const vnode = run(fabric, a.kernel, 'create', thread => a.nfs.create(thread, ['f'], 'file')) as Vnode;
    run(fabric, a.kernel, 'write', thread => put(a, thread, vnode, a.buffer(), 0, bytesFrom(1, 100)));
    expect(run(fabric, b.kernel, 'remove', thread => b.nfs.remove(thread, ['f']))).toBe(0);
    expect(run(fabric, a.kernel, 'sync', thread => a.nfs.sync(thread))).toBe(ErrorNumber.ESTALE);
    expect(run(fabric, a.kernel, 'read', thread => vnode.read(thread, 0, a.buffer(), 4))).toBe(ErrorNumber.ESTALE);
    expect([nfsServer.stats.stale, nfsServer.handles]).toEqual([1, 1]);
    expect(leftOver()).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it.each([
    ['a name that is no name', ErrorNumber.EACCES, (a: Client, t: KernelThread) => a.nfs.create(t, ['a/b'], 'file')],
    ['a name that is too long', -78, (a: Client, t: KernelThread) => a.nfs.create(t, ['x'.repeat(256)], 'file')],
    ['a path through a file', -20, (a: Client, t: KernelThread) => a.nfs.lookup(t, ['f', 'g'])],
    ['a directory that is not empty', -93, (a: Client, t: KernelThread) => a.nfs.remove(t, ['d'])],
    ['the root', ErrorNumber.EACCES, (a: Client, t: KernelThread) => a.nfs.remove(t, [])],
    ['what is there', ErrorNumber.EEXIST, (a: Client, t: KernelThread) => a.nfs.create(t, ['d'], 'file')],
    [
      'the content of a directory',
      -21,
      function* (a: Client, t: KernelThread): Code<number> {
        return yield* (yield* mustFind(a, t, ['d'])).read(t, 0, a.buffer(), 4);
      },
    ],
    [
      'part of a word',
      ErrorNumber.EINVAL,
      function* (a: Client, t: KernelThread): Code<number> {
        return yield* (yield* mustFind(a, t, ['f'])).read(t, 2, a.buffer(), 4);
      },
    ],
    [
      'more than a file holds',
      ErrorNumber.EFBIG,
      function* (a: Client, t: KernelThread): Code<number> {
        return yield* (yield* mustFind(a, t, ['f'])).write(t, 2 ** 31 - 4, a.buffer(), 8);
      },
    ],
  ])('refuse %s', (_, error, attempt) => {
    const { fabric, clients, leftOver } = world();
    const [a] = clients;
    run(fabric, a.kernel, 'set up', function* (thread) {
      yield* a.nfs.create(thread, ['f'], 'file');
      yield* a.nfs.create(thread, ['d'], 'directory');
      yield* a.nfs.create(thread, ['d', 'e'], 'file');
    });
    expect(run(fabric, a.kernel, 'attempt', thread => attempt(a, thread) as Code<unknown>)).toBe(error);
    expect(leftOver()).toEqual([0, 0, 0, 0]);
  });

  it('come in whole pages by a call of the monitor, if there is one', () => {
    const remapped: number[] = [];
    const remap = function* (_thread: KernelThread, from: number, to: number): Code {
      remapped.push(to);
      yield copy(from, to, 4096, 0);
    };
    const { fabric, clients } = world({ clients: 2, nfs: { remap }, host: { mbufs: { aligned: true } }, biods: 0 });
    const [a, b] = clients;
    run(fabric, a.kernel, 'write', function* (thread) {
      const vnode = (yield* a.nfs.create(thread, ['f'], 'file')) as Vnode;
      yield* put(a, thread, vnode, a.buffer(), 0, bytesFrom(1, 3 * 4096 + 100));
      yield* vnode.closed(thread);
    });
    const found = run(fabric, b.kernel, 'read', function* (thread) {
      return yield* take(b, thread, yield* mustFind(b, thread, ['f']), b.buffer(), 0, 20_000);
    });
    expect(found).toEqual(bytesFrom(1, 3 * 4096 + 100));
    // Three whole pages; the rest is copied.
    expect(remapped.length).toBe(3);
  });

  it('lose no buffer and hold no page when several clients have the same names, and memory is short', () => {
    let failures = 0;
    fc.assert(
      fc.property(games, fc.constantFrom(0, 0.2), (game, shortage) => {
        const { fabric, server, clients, leftOver } = world({ ...game, clients: 2 });
        run(fabric, clients[0].kernel, 'mkdir', thread => clients[0].nfs.create(thread, ['work'], 'directory'));
        for (const { kernel } of [server, ...clients]) kernel.shortage = shortage;
        fabric.run(
          clients.flatMap((client, k) =>
            [0, 1].map(number =>
              client.kernel.start(`dabbler ${k}-${number}`, thread =>
                dabbler(client, thread, `${k}-${number}`, game.seed),
              ),
            ),
          ),
        );
        for (const { kernel } of [server, ...clients]) kernel.shortage = 0;
        for (const { kernel, nfs } of clients) run(fabric, kernel, 'sync', thread => nfs.sync(thread));
        expect(leftOver()).toEqual([0, 0, 0, 0, 0, 0]);
        failures += clients.reduce((sum, { nfs }) => sum + nfs.stats.errors, 0);
      }),
      { seed: SEED, numRuns: 20, endOnFailure: true },
    );
    expect(failures).toBeGreaterThan(100);
  });

  it('survive peers whose messages are damaged on purpose', () => {
    let damaged = 0;
    let noticed = 0;
    fc.assert(
      fc.property(games, game => {
        const { fabric, wire, server, nfsServer, clients, leftOver } = world({
          ...game,
          rpc: { tries: 4 },
          clients: 2,
        });
        const random = randomStream(String(game.seed), 'damage');
        wire.lose = (from, to, words) => {
          if (random.below(3) > 0) return false;
          const bad = words.slice(0, random.below(3) === 0 ? 7 + random.below(words.length) : words.length);
          for (let k = random.below(3); k > 0; k--)
            bad[7 + random.below(Math.min(40, words.length - 6))] = [0, 1, -1, 2 ** 31 - 1, 8193][random.below(5)];
          // The length in the header is that of the frame, so that damage is not found there.
          bad[0] = (0x4511 << 16) | (4 * (bad.length - 7));
          damaged++;
          fabric.after(1000, () => wire.ports.get(to)!.deliver(from, [Array.from(bad, word => word | 0)]));
          return random.below(2) === 0;
        };
        fabric.run(
          clients.map((client, k) =>
            client.kernel.start(`dabbler ${k}`, thread => dabbler(client, thread, `${k}`, game.seed)),
          ),
        );
        wire.lose = () => false;
        for (const { kernel, nfs } of clients) run(fabric, kernel, 'sync', thread => nfs.sync(thread));
        const left = leftOver();
        // Of pages, only those may be left that a client could not write back; of buffers, none.
        expect([left[0], left[1], left[2], left[3]]).toEqual([0, 0, 0, 0]);
        const { malformed, refused } = nfsServer.rpc.stats;
        noticed += malformed + refused + nfsServer.stats.stale + server.transport.stats.malformed;
      }),
      { seed: SEED, numRuns: 25, endOnFailure: true },
    );
    expect(damaged).toBeGreaterThan(500);
    expect(noticed).toBeGreaterThan(50);
  });
});
