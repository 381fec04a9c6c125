/** Files of SPLASHOS over a segment of the machine; the server is a thread behind another card. */
import { describe, expect, it } from '@jest/globals';
import { MemoryFiles } from '../../../lib/guest/splash/files.js';
import { NfsFiles } from '../../../lib/guest/splash/nfs-files.js';
import { SplashNetwork } from '../../../lib/guest/splash/network.js';
import type { SplashOS } from '../../../lib/guest/splash/splash-os.js';
import type { SplashThread } from '../../../lib/guest/splash/threads.js';
import type { DeviceSpecification } from '../../../lib/machine/specification/device-specification.js';
import type { Machine } from '../../../lib/machine/machine.js';
import { annotate, load, store } from '../../../lib/processor/operations.js';
import { Activity } from '../../../lib/processor/software.js';
import type { SplashBarrier } from '../../../lib/guest/splash/synchronisation.js';
import { ROOT, serve, type FileServer } from './file-server.js';
import { withSplash } from './running.js';
import type { Code } from '../../../lib/system/code.js';

const CLIENT = 11;
const SERVER = 12;
const WORDS = 600;
const wordAt = (word: number): number => (word * 2654435761) | 0;

/** What the threads of the client have. */
interface Place {
  readonly os: SplashOS;
  /** Memory of 2 * WORDS words. */
  readonly at: number;
  /** Of both. */
  readonly barrier: SplashBarrier;
  readonly server: FileServer;
}

interface Case {
  readonly medium?: 'ethernet-10' | 'fddi';
  readonly mapped?: boolean;
  readonly runAhead?: boolean;
  readonly loses?: readonly number[];
  readonly polls?: number;
  readonly tries?: number;
  readonly body: (thread: SplashThread, place: Place) => Code;
}

/** Two threads of a client on processors 0 and 2, a server on processor 1. */
function play({ medium = 'ethernet-10', loses = [], body, polls = 1000, tries = Infinity, ...setup }: Case) {
  const server: FileServer = { files: new Map([['scene', [5, 6, 7]]]), calls: 0, loses, restarted: false, over: false };
  let files!: NfsFiles;
  let network!: readonly SplashNetwork[];
  let left = 2;
  const devices: DeviceSpecification[] = [
    { kind: 'network-segment', name: 'lan', medium },
    { kind: 'network-card', node: 0, segment: 'lan', address: CLIENT, buffers: 4 },
    { kind: 'network-card', node: 1, segment: 'lan', address: SERVER, buffers: 4 },
  ];
  const cardOf = (machine: Machine, number: number, address: number) => {
    const { bridge, index } = machine.devices.get(`card${number}`)!;
    return { address, bridge, device: index, mtuBytes: medium === 'fddi' ? 4352 : 1500 };
  };
  const { machine, os } = withSplash({
    ...{ processors: 3, dataPages: 24, ...setup, devices },
    link(linked, built) {
      network = [CLIENT, SERVER].map(
        (address, number) =>
          new SplashNetwork(linked, {
            card: cardOf(built, number, address),
            ...{ buffers: 4, interruptTo: number, interruptCode: 32 + 2 * number },
          }),
      );
      files = new NfsFiles(linked, network[0], {
        ...{ server: { address: SERVER, port: 2049 }, root: ROOT, polls, tries },
      });
      linked.files = files;
      const place = { os: linked, at: linked.allocate(8 * WORDS), server };
      const [first, , last] = linked.threads;
      const barrier = linked.barrier([first, last]);
      return function* (thread) {
        if (thread.number === 1) return yield* serve(thread, network[1], server);
        yield* body(thread, { ...place, barrier });
        yield annotate(-1, Activity.Kernel);
        if (--left === 0) server.over = true;
      };
    },
  });
  expect(machine.run({ until: 20_000_000_000 })).toBe('finished');
  const malformed = network.map(({ stats }) => stats.malformed);
  return { server, machine, os, malformed, rpc: files.stats, transferBytes: files.transferBytes };
}

/** One thread writes, the other reads when it has. */
function writeAndRead(found: number[], results: number[]): Case['body'] {
  return function* (thread, { os: { files }, at, barrier }) {
    const to = at + 4 * WORDS;
    if (thread.number === 0) {
      for (let word = 0; word < WORDS; word++) yield store(at + 4 * word, wordAt(word));
      results.push(yield* files.write(thread, 'keys', 0, 4 * WORDS, at));
      // Nobody sends this memory any more.
      for (let word = 0; word < WORDS; word++) yield store(at + 4 * word, 0);
    }
    yield* barrier.meet(thread);
    if (thread.number === 0) return;
    results.push(yield* files.read(thread, 'keys', 8, 4 * WORDS, to));
    for (let word = 0; word < WORDS - 2; word++) found.push(yield load(to + 4 * word));
  };
}

const ALL = Array.from({ length: WORDS }, (_, word) => wordAt(word));

describe('files of SPLASHOS over NFS', () => {
  it.each([
    ['ethernet-10', false, 1024],
    ['ethernet-10', true, 1024],
    ['fddi', false, 4096],
  ] as const)('are written to and read from a server over %s, mapped: %s', (medium, mapped, transferBytes) => {
    const [found, results]: number[][] = [[], []];
    const played = play({ medium, mapped, body: writeAndRead(found, results) });
    expect(results).toEqual([4 * WORDS, 4 * (WORDS - 2)]);
    expect(found).toEqual(ALL.slice(2));
    expect(played.server.files.get('keys')).toEqual(ALL);
    expect(played.transferBytes).toBe(transferBytes);
    expect(played.rpc).toMatchObject({ retransmissions: 0, timeouts: 0, badReplies: 0, strayReplies: 0 });
  });

  it('are the same without run-ahead', () => {
    const prints = [true, false].map(runAhead => {
      const { machine } = play({ runAhead, body: writeAndRead([], []) });
      return machine.simulation.fingerprint.toString();
    });
    expect(prints[0]).toBe(prints[1]);
  });

  it('are asked for again when a call is lost', () => {
    const [found, results]: number[][] = [[], []];
    const { rpc, server } = play({ loses: [1, 4, 5], body: writeAndRead(found, results) });
    expect(found).toEqual(ALL.slice(2));
    expect(rpc).toMatchObject({ retransmissions: 3, timeouts: 0 });
    expect(server.calls).toBe(rpc.calls + 3);
  });

  it('are right though calls are sent again that were not lost, and replies come twice', () => {
    const [found, results]: number[][] = [[], []];
    const { rpc, server, malformed } = play({ polls: 10, body: writeAndRead(found, results) });
    expect(found).toEqual(ALL.slice(2));
    expect(server.files.get('keys')).toEqual(ALL);
    // No frame was still to be sent when its memory changed.
    expect(malformed).toEqual([0, 0]);
    expect(rpc.retransmissions).toBeGreaterThan(4);
    expect(rpc.strayReplies).toBeGreaterThan(4);
  });

  it('are found again when the server has forgotten their handles', () => {
    const results: number[] = [];
    play({
      *body(thread, { os: { files }, at, server }) {
        if (thread.number !== 0) return;
        results.push(yield* files.read(thread, 'scene', 0, 8, at));
        server.restarted = true;
        results.push(yield* files.read(thread, 'scene', 4, 8, at), yield load(at));
      },
    });
    expect(results).toEqual([8, 8, 6]);
  });

  it('are not there if the server has none of that name, or does not answer', () => {
    const results: number[] = [];
    const { rpc } = play({
      ...{ loses: [2, 3], tries: 2, polls: 200 },
      *body(thread, { os: { files }, at }) {
        if (thread.number !== 0) return;
        results.push(yield* files.read(thread, 'nothing', 0, 8, at));
        results.push(yield* files.read(thread, 'scene', 0, 8, at));
      },
    });
    expect(results).toEqual([-1, -1]);
    expect(rpc).toMatchObject({ calls: 2, timeouts: 1, retransmissions: 1 });
  });

  it('need a frame with room for data, and library data for buffers', () => {
    const card = { address: CLIENT, bridge: 9, device: 0, mtuBytes: 120 };
    const network = { card, buffers: 2, interruptTo: 0, interruptCode: 32 };
    const made = (options: Partial<typeof network>, dataPages: number): void => {
      withSplash({
        ...{ processors: 1, dataPages },
        link: os => {
          const made = new SplashNetwork(os, { ...network, ...options });
          new NfsFiles(os, made, { server: { address: SERVER, port: 2049 }, root: ROOT });
          expect(os.files).toBeInstanceOf(MemoryFiles);
          return function* () {};
        },
      });
    };
    expect(() => made({}, 8)).toThrow('frames of 92 bytes have no room for files');
    expect(() => made({ buffers: 4 }, 8)).toThrow('the data of SPLASHOS have no 2 pages left; give it more dataPages');
  });
});
