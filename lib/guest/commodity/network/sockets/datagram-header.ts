/** The header of a frame: what IP and UDP say, in seven words. */
import { load, store } from '../../../../processor/operations.js';
import type { Code } from '../../../../system/code.js';

/** Bytes of the header of a frame. */
export const HEADER_BYTES = 28;

/** Most bytes of a datagram: what fits into the 64 KB of IP, in words. */
export const MAX_DATAGRAM_BYTES = 65_504;

const MAGIC = 0x4511;

/** What the header of a frame says. */
export interface DatagramHeader {
  /** Bytes of data in this frame. */
  readonly bytes: number;
  /** The same in all frames of a datagram, different in those of others from the same sender for a long time. */
  readonly id: number;
  /** Of the frame's data in the datagram. */
  readonly offset: number;
  /** Whether this is not the last part. */
  readonly more: boolean;
  readonly from: number;
  readonly to: number;
  readonly fromPort: number;
  readonly toPort: number;
}

/** Writes a header at an address. */
export function* writeHeader(address: number, header: DatagramHeader): Code {
  yield store(address, (MAGIC << 16) | header.bytes);
  yield store(address + 4, header.id | 0);
  yield store(address + 8, (header.offset << 1) | Number(header.more));
  yield store(address + 12, header.from | 0);
  yield store(address + 16, header.to | 0);
  yield store(address + 20, (header.fromPort << 16) | header.toPort);
  yield store(address + 24, 0);
}

/** Reads a header; null if no sender of ours has written it. */
export function* readHeader(address: number): Code<DatagramHeader | null> {
  const first = yield load(address);
  const id = yield load(address + 4);
  const place = (yield load(address + 8)) >>> 0;
  const from = yield load(address + 12);
  const to = yield load(address + 16);
  const ports = yield load(address + 20);
  const header = {
    bytes: first & 0xffff,
    id: id | 0,
    offset: place >>> 1,
    more: (place & 1) === 1,
    from: from | 0,
    to: to | 0,
    fromPort: ports >>> 16,
    toPort: ports & 0xffff,
  };
  const inWords = header.bytes % 4 === 0 && header.offset % 4 === 0;
  const fits = header.offset + header.bytes <= MAX_DATAGRAM_BYTES;
  return first >>> 16 === MAGIC && inWords && fits ? header : null;
}
