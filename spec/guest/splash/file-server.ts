/** A small server of NFS as a thread of SPLASHOS, behind a card of its own: files are words in memory of the host. */
import {
  attributeWords,
  HANDLE_WORDS,
  MOST_NAME_BYTES,
  Nfs,
  type Handle,
} from '../../../lib/guest/commodity/network/nfs/nfs-protocol.js';
import { readCall, replyWords } from '../../../lib/guest/commodity/network/rpc/rpc-message.js';
import { XdrReader } from '../../../lib/guest/commodity/network/rpc/xdr.js';
import type { SplashDatagram, SplashNetwork } from '../../../lib/guest/splash/network.js';
import type { SplashThread } from '../../../lib/guest/splash/threads.js';
import { annotate, compute, load } from '../../../lib/processor/operations.js';
import { Activity } from '../../../lib/processor/software.js';
import type { Code } from '../../../lib/system/code.js';

const ENOENT = 2;
const ESTALE = 70;

/** What it serves, and how. */
export interface FileServer {
  /** By name, in one directory. */
  readonly files: Map<string, number[]>;
  /** Calls that came, those that it loses included. */
  calls: number;
  /** Loses a call of that number, from 1. */
  readonly loses: readonly number[];
  /** Handles given out so far are stale. */
  restarted: boolean;
  over: boolean;
}

/** The handle of its directory. */
export const ROOT: Handle = [7, 0, ...new Array<number>(HANDLE_WORDS - 2).fill(0)];

/** Serves calls until it is over. */
export function* serve(thread: SplashThread, network: SplashNetwork, server: FileServer): Code {
  const waiting: SplashDatagram[] = [];
  network.onDatagram = function* (datagram) {
    yield compute(10);
    waiting.push(datagram);
    return true;
  };
  yield annotate(-1, Activity.Kernel);
  yield* network.open();
  const names = new Map<number, string>();
  while (!server.over) {
    const call = waiting.shift();
    if (call === undefined) yield compute(400);
    else {
      if (!server.loses.includes(++server.calls)) yield* answer(network, server, call, names);
      yield* network.release(call.buffer);
    }
    yield* thread.giveWay();
  }
}

function* answer(
  network: SplashNetwork,
  server: FileServer,
  { data, from, toPort }: SplashDatagram,
  names: Map<number, string>,
): Code {
  const reader = new XdrReader([data]);
  const header = (yield* readCall(reader))!;
  const handle = yield* reader.words(HANDLE_WORDS);
  if (server.restarted) names.clear();
  server.restarted = false;
  const words = yield* result(server, header.procedure, handle, reader, names);
  while (network.unsent > 0) yield compute(100);
  yield* network.send(yield* network.compose(toPort, from, [...replyWords(header.xid, 0), ...words]));
}

function* result(
  { files }: FileServer,
  procedure: number,
  handle: Handle,
  reader: XdrReader,
  names: Map<number, string>,
): Code<number[]> {
  const attributes = (name: string): number[] =>
    attributeWords({ kind: 'file', size: 4 * files.get(name)!.length, version: 1, fileId: 1 });
  if (procedure === Nfs.LOOKUP || procedure === Nfs.CREATE) {
    const name = yield* reader.text(MOST_NAME_BYTES);
    if (procedure === Nfs.CREATE) files.set(name, []);
    if (!files.has(name)) return [ENOENT];
    const number = names.size + 1;
    names.set(number, name);
    return [0, ...[ROOT[0], number, ...ROOT.slice(2)], ...attributes(name)];
  }
  const name = names.get(handle[1]);
  if (name === undefined) return [ESTALE];
  const file = files.get(name)!;
  if (procedure === Nfs.READ) {
    const [offset, count] = yield* reader.words(2);
    const words = file.slice(offset / 4, (offset + count) / 4);
    return [0, ...attributes(name), 4 * words.length, ...words];
  }
  const [, offset, , bytes] = yield* reader.words(4);
  for (const piece of reader.data(bytes)!)
    for (let done = 0; done < piece.bytes; done += 4) file[(offset + done) / 4] = yield load(piece.address + done);
  return [0, ...attributes(name)];
}
