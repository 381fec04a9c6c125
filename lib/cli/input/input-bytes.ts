/**
 * The bytes of an input: a file or a pipe, plain or gzip. They are read and inflated piece by piece, and counted before they
 * are kept. What follows from the beginning is found before the rest is read.
 */
import { constants, createReadStream, open as openCallback, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import { sizeText, type MemoryLimit } from '../../traces/memory-limit.js';
import { TraceError } from '../../traces/trace.js';
import { UsageError } from '../errors.js';

/** How an input is read. */
export interface InputOptions {
  readonly memory: MemoryLimit;
  /** Called with the inflated bytes at the beginning whenever they have doubled, before more are read. May throw. */
  readonly check: (beginning: Uint8Array) => void;
}

/** The most bytes of an input, inflated. */
const LARGEST = 2 ** 31 - 1;
const open = promisify(openCallback);
const PIECE_BYTES = 2 ** 18;
const FIRST_BYTES = 2 ** 20;

/**
 * Reads all of an input and inflates it if it is gzip. `name` is the trace's, for errors. The bytes count in the limit until the
 * caller releases them. Throws a UsageError for what cannot be read, a TraceError for damaged data and when the limit is met,
 * and what `check` throws.
 */
export async function readInput(path: string, name: string, { memory, check }: InputOptions): Promise<Uint8Array> {
  const { stream, sizeBytes } = await opened(path);
  if (sizeBytes > LARGEST) {
    stream.destroy();
    throw new UsageError(
      `cannot read ${path}: it has ${sizeText(sizeBytes)}, at most ${sizeText(LARGEST)} can be read`,
    );
  }
  const collected = new Collected(name, memory, check);
  try {
    for await (const piece of inflated(stream)) collected.add(piece);
  } catch (error) {
    collected.release();
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('Z_') === true)
      throw new TraceError(`${name}: the compressed data are damaged or cut short: ${message}`);
    throw code === undefined ? error : new UsageError(`cannot read ${path}: ${message}`);
  } finally {
    stream.destroy();
  }
  return collected.finish();
}

/** Reads a text of at most `most` bytes. Throws a UsageError for what cannot be read, or is larger. */
export async function readText(path: string, most: number): Promise<string> {
  const { stream } = await opened(path);
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      pieces.push(piece);
      length += piece.length;
      if (length > most) throw new Error(`it has more than ${sizeText(most)}, which is the most that is read`);
    }
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${(error as Error).message}`);
  } finally {
    stream.destroy();
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Why a file cannot be read or written, in words. */
export function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file or folder';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return message;
  }
}

interface Opened {
  readonly stream: Readable;
  /** What a file has now; 0 for a pipe. */
  readonly sizeBytes: number;
}

async function opened(path: string): Promise<Opened> {
  try {
    const found = await stat(path);
    refuse(found);
    if (found.isFile()) {
      const file = await open(path, 'r');
      return { stream: createReadStream(path, { fd: file, highWaterMark: PIECE_BYTES }), sizeBytes: found.size };
    }
    // Opened without waiting for a writer, which nothing could interrupt; reading waits for it.
    const pipe = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return { stream: new Socket({ fd: pipe, readable: true, writable: false }), sizeBytes: 0 };
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${reason(error)}`);
  }
}

/** Devices have no end, and folders and sockets no bytes. */
function refuse(found: Stats): void {
  if (found.isDirectory()) throw new Error('it is a folder');
  if (!found.isFile() && !found.isFIFO()) throw new Error('it is a device or a socket; give a file or a pipe');
}

/** The pieces of an input, inflated if it begins as gzip does. */
async function* inflated(stream: Readable): AsyncGenerator<Uint8Array> {
  let head = Buffer.alloc(0);
  for await (const piece of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    head = Buffer.concat([head, piece]);
    if (head.length > 1) break;
  }
  async function* all(): AsyncGenerator<Buffer> {
    yield head;
    if (!stream.readableEnded) yield* stream as AsyncIterable<Buffer>;
  }
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* all();
    return;
  }
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  pipeline(Readable.from(all()), gunzip, () => undefined); // errors come out of gunzip
  yield* gunzip as AsyncIterable<Buffer>;
}

/** Bytes put together in an array that doubles. */
class Collected {
  private bytes = new Uint8Array(FIRST_BYTES);
  private length = 0;
  private readonly name: string;
  private readonly memory: MemoryLimit;
  private readonly check: (beginning: Uint8Array) => void;

  constructor(name: string, memory: MemoryLimit, check: (beginning: Uint8Array) => void) {
    this.name = name;
    this.memory = memory;
    this.check = check;
  }

  add(piece: Uint8Array): void {
    this.memory.hold(piece.length, this.name, `${sizeText(this.length)} of the input are read, inflated`);
    while (this.length + piece.length > this.bytes.length) this.grow();
    this.bytes.set(piece, this.length);
    this.length += piece.length;
  }

  finish(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  release(): void {
    this.memory.release(this.length);
  }

  private grow(): void {
    if (this.bytes.length === LARGEST)
      throw new TraceError(
        `${this.name}: more than ${sizeText(LARGEST)}, inflated, which is the most that can be read`,
      );
    this.check(this.bytes.subarray(0, this.length));
    // What is not written yet takes no memory; what is there takes it twice until it is copied.
    this.memory.hold(this.length, this.name, `${sizeText(this.length)} of the input are read, inflated`);
    const bytes = new Uint8Array(Math.min(LARGEST, 2 * this.bytes.length));
    bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
    this.memory.release(this.length);
  }
}
