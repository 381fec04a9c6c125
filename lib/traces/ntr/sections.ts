/**
 * The outer form of an NTR1 file: magic, JSON header, and three sections of varints. After traces/FORMAT.md.
 */
import { sizeText } from '../memory-limit.js';
import { TraceError } from '../trace.js';
import { VarintReader } from './varints.js';

/** Totals that the recorder wrote into the header, and that the decoded streams must reach exactly. */
export interface NtrCounts {
  readonly streams: number;
  readonly blocks: number;
  readonly blockExecutions: number;
  readonly instructions: number;
  readonly loads: number;
  readonly stores: number;
  readonly marks: number;
  readonly maps: number;
  readonly taskSwitches: number;
  /** [instructions, loads, stores] by stream. */
  readonly perStream: readonly (readonly [number, number, number])[];
}

/** What the header says, checked. */
export interface NtrHeader {
  readonly system: boolean;
  readonly description: string;
  readonly counts: NtrCounts;
}

/** An NTR1 file taken apart. The readers stand at the beginning of their sections. */
export interface NtrSections {
  readonly header: NtrHeader;
  readonly table: VarintReader;
  readonly control: VarintReader;
  readonly addresses: VarintReader;
}

type Fields = Readonly<Record<string, unknown>>;
const mostStreams = 1024;
/** The largest section that is read, and the largest header. */
const mostSectionBytes = 2 ** 29;
const mostHeaderBytes = 2 ** 24;

/** Takes a decompressed NTR1 file apart. Throws a TraceError at a bad magic, header or section length, or trailing bytes. */
export function splitNtr(bytes: Uint8Array, trace: string): NtrSections {
  if (bytes.length < 4 || String.fromCharCode(...bytes.subarray(0, 4)) !== 'NTR1') {
    throw new TraceError(`${trace}: magic, byte 0: expected the characters NTR1`);
  }
  let end = 4;
  const section = (name: string): VarintReader => {
    const start = end + 4;
    if (start > bytes.length)
      throw new TraceError(`${trace}: ${name}, byte ${end}: the file ends inside the section length`);
    const length = sectionLength(bytes, end, name, trace);
    const rest = bytes.length - start;
    if (length > rest)
      throw new TraceError(
        `${trace}: ${name}, byte ${end}: section of ${length} bytes, but the file ends after ${rest}`,
      );
    end = start + length;
    return new VarintReader(bytes, start, end, trace, name);
  };
  const text = section('header');
  const header = readHeader(new TextDecoder().decode(bytes.subarray(text.at, text.end)), text);
  const sections = {
    header,
    table: section('block table'),
    control: section('control stream'),
    addresses: section('address stream'),
  };
  if (end !== bytes.length)
    throw new TraceError(`${trace}: end of file, byte ${end}: ${bytes.length - end} bytes after the last section`);
  return sections;
}

/**
 * The header and the beginning of the block table, from the beginning of a file; null if not even the header is there. The
 * reader of the table ends where the section will end, beyond the bytes that are there.
 */
export function startOfNtr(bytes: Uint8Array, trace: string): Pick<NtrSections, 'header' | 'table'> | null {
  if (bytes.length < 8) return null;
  const text = new VarintReader(bytes, 8, 8 + sectionLength(bytes, 4, 'header', trace), trace, 'header');
  const { end } = text;
  if (bytes.length < end + 4) return null;
  const header = readHeader(new TextDecoder().decode(bytes.subarray(8, end)), text);
  const length = sectionLength(bytes, end, 'block table', trace);
  return { header, table: new VarintReader(bytes, end + 4, end + 4 + length, trace, 'block table') };
}

/** The length that stands at a place. A section that is too large is refused before it is looked for. */
function sectionLength(bytes: Uint8Array, at: number, name: string, trace: string): number {
  const length = (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
  const most = name === 'header' ? mostHeaderBytes : mostSectionBytes;
  if (length > most)
    throw new TraceError(
      `${trace}: ${name}, byte ${at}: a section of ${length} bytes; at most ${most} (${sizeText(most)}) can be read, record shorter windows`,
    );
  return length;
}

function readHeader(text: string, place: VarintReader): NtrHeader {
  const header = fields(parse(text, place), 'the header', place);
  if (header['format'] !== 'NTR1') place.fail(`format is ${JSON.stringify(header['format'])}, expected "NTR1"`);
  const system = header['system'];
  if (typeof system !== 'boolean') return place.fail('system is not true or false');
  const info = fields(header['info'], 'info', place);
  const words = ['program', 'input', 'window', 'mode'].map(key => info[key]).filter(word => typeof word === 'string');
  return {
    system,
    description: words.join('; '),
    counts: readCounts(fields(header['counts'], 'counts', place), place),
  };
}

function readCounts(counts: Fields, place: VarintReader): NtrCounts {
  const total = (key: keyof NtrCounts): number => {
    const value = counts[key];
    return isCount(value) ? value : place.fail(`counts.${key} is not a count`);
  };
  const totals = {
    streams: total('streams'),
    blocks: total('blocks'),
    blockExecutions: total('blockExecutions'),
    instructions: total('instructions'),
    loads: total('loads'),
    stores: total('stores'),
    marks: total('marks'),
    maps: total('maps'),
    taskSwitches: total('taskSwitches'),
  };
  const { streams } = totals;
  const { perStream } = counts;
  if (streams < 1 || streams > mostStreams) place.fail(`counts.streams is ${streams}, expected 1 to ${mostStreams}`);
  if (!Array.isArray(perStream) || perStream.length !== streams)
    return place.fail(`counts.perStream is not a list of ${streams} streams`);
  return { ...totals, perStream: perStream.map(one => countsOfStream(one, place)) };
}

function countsOfStream(counts: unknown, place: VarintReader): NtrCounts['perStream'][number] {
  if (!Array.isArray(counts) || counts.length !== 3 || !counts.every(isCount))
    return place.fail('counts.perStream is not [instructions, loads, stores] by stream');
  const [instructions, loads, stores] = counts;
  return [instructions, loads, stores];
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function fields(value: unknown, what: string, place: VarintReader): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : place.fail(`${what} is not a JSON object`);
}

function parse(text: string, place: VarintReader): unknown {
  try {
    return JSON.parse(text); // the one way to learn that a text is not JSON
  } catch (error) {
    return place.fail(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
