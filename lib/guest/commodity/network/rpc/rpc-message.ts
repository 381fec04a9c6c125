/** Headers of remote procedure calls (RFC 1057), without credentials. */
import type { Code } from '../../../../system/code.js';
import type { XdrReader } from './xdr.js';

const CALL = 0;
const REPLY = 1;
const RPC_VERSION = 2;
const MOST_CREDENTIAL_BYTES = 400;

/** What became of a call before its procedure had a say; 0 is success. */
export const Accept = { SUCCESS: 0, PROG_UNAVAIL: 1, PROG_MISMATCH: 2, PROC_UNAVAIL: 3, GARBAGE_ARGS: 4 } as const;

/** Whom a call is for. */
export interface CallHeader {
  /** Transaction: unsigned, different in all calls of a client for a long time. */
  readonly xid: number;
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
}

/** Words of the header of a call. */
export function callWords({ xid, program, version, procedure }: CallHeader): number[] {
  return [xid, CALL, RPC_VERSION, program, version, procedure, 0, 0, 0, 0];
}

/** Words of the header of a reply. */
export function replyWords(xid: number, accept: number): number[] {
  return [xid, REPLY, 0, 0, 0, accept];
}

/** Reads the header of a call; null if it is none. */
export function* readCall(reader: XdrReader): Code<CallHeader | null> {
  const [xid, direction, rpc, program, version, procedure] = yield* reader.words(6);
  if (reader.truncated || direction !== CALL || rpc !== RPC_VERSION) return null;
  for (let k = 0; k < 2; k++) {
    yield* reader.word();
    yield* reader.opaque(MOST_CREDENTIAL_BYTES);
  }
  return reader.truncated ? null : { xid, program, version, procedure };
}

/** Reads the header of a reply but for its transaction; -1 if it is none or the call was denied, else the Accept. */
export function* readReply(reader: XdrReader): Code<number> {
  const [direction, denied] = yield* reader.words(2);
  yield* reader.word();
  yield* reader.opaque(MOST_CREDENTIAL_BYTES);
  const accept = yield* reader.word();
  return reader.truncated || direction !== REPLY || denied !== 0 ? -1 : accept;
}
