/** Reads miss logs from bytes that may be anything: what is not in order is refused with its place and what is expected. */
import { shown, wholeNumber } from '../../engine/checks.js';
import { MISS_LOG_START, MISS_LOG_VERSION } from './encode.js';
import { checkedHeader, type MissLogHeader } from './header.js';
import { MissLog } from './miss-log.js';

/** A record has four numbers of a byte or more. */
const SHORTEST_RECORD = 4;
/** The header ends within as many bytes: that of 1024 nodes has about ten million. */
const LONGEST_HEADER = 2 ** 25;
const NEWLINE = 10;

/**
 * The log that a file holds. Throws a RangeError that begins with `name` for bytes that are not a whole miss log. Takes no
 * more memory than a small multiple of the size of `bytes`, whatever they state.
 */
export function decodeMissLog(bytes: Uint8Array, name = 'the miss log'): MissLog {
  if (!(bytes instanceof Uint8Array))
    throw new RangeError(`decodeMissLog: bytes is ${shown(bytes)}; give a Uint8Array`);
  const { header, misses, end } = readHeader(bytes, name);
  const held = bytes.length - end;
  if (misses > held / SHORTEST_RECORD)
    throw new RangeError(
      `${name} is cut short: its header states ${misses} misses of at least ${SHORTEST_RECORD} bytes, but ${held} bytes follow it`,
    );
  const log = new MissLog(header, misses);
  const reader = new RecordReader(bytes, end, name);
  let timeNs = 0;
  for (let at = 0; at < misses; at++) {
    reader.miss = at;
    timeNs += reader.number();
    const nodeAndStore = reader.number();
    const thread = reader.number();
    const page = reader.number();
    try {
      log.add(timeNs, Math.floor(nodeAndStore / 2), thread, page, nodeAndStore % 2 === 1);
    } catch (error) {
      throw new RangeError(`${name}, ${(error as Error).message}`, { cause: error });
    }
  }
  reader.finish(misses);
  return log;
}

interface ReadHeader {
  readonly header: MissLogHeader;
  readonly misses: number;
  /** Where the records begin. */
  readonly end: number;
}

function readHeader(bytes: Uint8Array, name: string): ReadHeader {
  const start = textOf(bytes.subarray(0, MISS_LOG_START.length));
  if (start !== MISS_LOG_START)
    throw new RangeError(
      bytes.length < MISS_LOG_START.length && MISS_LOG_START.startsWith(start)
        ? `${name} is cut short: it ends after ${bytes.length} bytes, within its header`
        : `${name} is not a miss log: it begins with ${shown(start)}, and a miss log begins with ${MISS_LOG_START}`,
    );
  const end = bytes.subarray(0, LONGEST_HEADER).indexOf(NEWLINE);
  if (end < 0)
    throw new RangeError(
      `${name} is cut short or damaged: a header is one line of JSON, but no line ends within its first ${Math.min(bytes.length, LONGEST_HEADER)} bytes`,
    );
  const fields = parsed(textOf(bytes.subarray(0, end)), name);
  const { version, misses } = fields;
  if (version !== MISS_LOG_VERSION)
    throw new RangeError(
      `${name} has version ${shown(version)} of the format; this program reads version ${MISS_LOG_VERSION}: record the run anew`,
    );
  wholeNumber(misses, `${name}, header: misses`);
  return { header: checkedHeader(fields, `${name}, header`), misses: misses as number, end: end + 1 };
}

function parsed(line: string, name: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new RangeError(`${name} has a damaged header: ${(error as Error).message}; it is one line of JSON`, {
      cause: error,
    });
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The most bytes of a number: 2^53 has 54 bits. */
const LONGEST_NUMBER = 8;

/** Numbers one after the other, as `RecordWriter` writes them. */
class RecordReader {
  /** The number of the miss that is read, for messages. */
  miss = 0;
  private readonly bytes: Uint8Array;
  private readonly name: string;
  private at: number;

  constructor(bytes: Uint8Array, at: number, name: string) {
    this.bytes = bytes;
    this.at = at;
    this.name = name;
  }

  number(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < LONGEST_NUMBER; count++) {
      if (this.at === this.bytes.length)
        throw new RangeError(`${this.name} is cut short: it ends within miss ${this.miss}`);
      const byte = this.bytes[this.at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    throw new RangeError(
      `${this.name}, miss ${this.miss}: a number has more than ${LONGEST_NUMBER} bytes at byte ${this.at}; the file is damaged`,
    );
  }

  /** Throws unless everything was read. */
  finish(misses: number): void {
    const left = this.bytes.length - this.at;
    if (left > 0)
      throw new RangeError(`${this.name} has ${left} bytes after the ${misses} misses that its header states`);
  }
}
