/**
 * Which format a trace is in, and its reader. Content decides; a name only where the content has no mark of its own.
 */
import { plainObject } from '../../engine/checks.js';
import { champsimContent } from './champsim-form.js';
import { champsimForm, readChampsim, type ChampsimForm } from './champsim.js';
import { readDinero } from './dinero.js';
import { readDrmemtrace } from '../drmemtrace/drmemtrace.js';
import { looksLikeDrmemtrace } from '../drmemtrace/format.js';
import { readLackey } from './lackey.js';
import { withMemory } from '../memory-limit.js';
import { readNtr } from '../ntr/ntr.js';
import { TraceError, type ReadOptions, type RecordedTrace } from '../trace.js';

/** The formats that can be read. The part behind the dash is the form. */
export const traceFormats = [
  'NTR1',
  'lackey',
  'din',
  'dinero-extended',
  'dinero-binary',
  'champsim',
  'champsim-cloudsuite',
  'drmemtrace',
] as const;
/** One of `traceFormats`. */
export type TraceFormat = (typeof traceFormats)[number];

/** Formats by how a file name ends, for binary formats without a magic and for texts that begin with remarks. */
const endings: readonly (readonly [string, TraceFormat])[] = [
  ['.ntr', 'NTR1'],
  ['.lackey', 'lackey'],
  ['.din', 'din'],
  ['.xdin', 'dinero-extended'],
  ['.d4b', 'dinero-binary'],
  ['.champsim', 'champsim'],
  ['.champsimtrace', 'champsim'],
  ['.cloudsuite', 'champsim-cloudsuite'],
  ['.memtrace', 'drmemtrace'],
];
/** Forms of ChampSim by format. */
const champsimForms: Partial<Record<TraceFormat, ChampsimForm>> = {
  champsim: 'standard',
  'champsim-cloudsuite': 'cloudsuite',
};
const firstLines: readonly (readonly [RegExp, TraceFormat])[] = [
  [/^(I {2}| [LSM] )[0-9a-fA-F]+,\d+\r?$/, 'lackey'],
  [/^==\d+== /, 'lackey'],
  [/^[ \t]*[rwimcvRWIMCV][ \t]+(0[xX])?[0-9a-fA-F]+[ \t]+(0[xX])?[0-9a-fA-F]+([ \t\r]|$)/, 'dinero-extended'],
  [/^[ \t]*(0[xX])?0*[0-5][ \t]+(0[xX])?[0-9a-fA-F]+([ \t\r]|$)/, 'din'],
];
const mostLine = 4096;

/**
 * The format of decompressed bytes. `name` is the file's. Throws a TraceError for compressed files, and for files that
 * fit nothing, with the formats to choose from.
 */
export function detectFormat(bytes: Uint8Array, name: string): TraceFormat {
  if (bytes.length === 0) throw new TraceError(`${name}: the file is empty`);
  refuseCompressed(bytes, name);
  const found = byContent(bytes) ?? endings.find(([ending]) => name.toLowerCase().endsWith(ending))?.[1];
  if (found !== undefined)
    return champsimForms[found] === undefined ? found : champsimFormat(bytes, champsimForms[found]);
  const { form, plain } = champsimContent(bytes);
  if (plain) return form === 'standard' ? 'champsim' : 'champsim-cloudsuite';
  const known = `${traceFormats.join(', ')}; name one explicitly, or use a file name that ends in ${endings.map(([ending]) => ending).join(' ')}`;
  throw new TraceError(`${name}: neither content nor name fits a known format: ${known}`);
}

/** Reads decompressed bytes in the given format, or in the one that `detectFormat` finds. */
export function readTrace(
  bytes: Uint8Array,
  settings: ReadOptions,
  format: TraceFormat = detectFormat(bytes, nameOf(settings)),
): RecordedTrace {
  const options = withMemory(settings);
  switch (format) {
    case 'NTR1':
      return readNtr(bytes, options);
    case 'lackey':
      return readLackey(bytes, options);
    case 'din':
      return readDinero(bytes, options, 'din');
    case 'dinero-extended':
      return readDinero(bytes, options, 'extended');
    case 'dinero-binary':
      return readDinero(bytes, options, 'binary');
    case 'champsim':
      return readChampsim(bytes, options, 'standard');
    case 'champsim-cloudsuite':
      return readChampsim(bytes, options, 'cloudsuite');
    case 'drmemtrace':
      return readDrmemtrace([{ name: options.name, bytes }], options);
    default:
      throw new TraceError(`${options.name}: unknown format ${String(format)}; known are ${traceFormats.join(', ')}`);
  }
}

/** A name says that it is ChampSim; content says which form, unless both are possible. */
function champsimFormat(bytes: Uint8Array, named: ChampsimForm): TraceFormat {
  return champsimForm(bytes, named) === 'standard' ? 'champsim' : 'champsim-cloudsuite';
}

function byContent(bytes: Uint8Array): TraceFormat | undefined {
  const line = String.fromCharCode(...bytes.subarray(0, mostLine)).split('\n', 1)[0];
  if (line.startsWith('NTR1')) return 'NTR1';
  if (looksLikeDrmemtrace(bytes)) return 'drmemtrace';
  return firstLines.find(([pattern]) => pattern.test(line))?.[1];
}

function refuseCompressed(bytes: Uint8Array, name: string): void {
  if (startsWith(bytes, 0x1f, 0x8b)) throw new TraceError(`${name}: compressed with gzip; decompress it first`);
  if (startsWith(bytes, 0xfd, 0x37, 0x7a)) throw new TraceError(`${name}: compressed with xz; decompress it first`);
  if (startsWith(bytes, 0x04, 0x22, 0x4d, 0x18))
    throw new TraceError(`${name}: compressed with lz4; decompress it first`);
  if (startsWith(bytes, 0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50))
    throw new TraceError(`${name}: compressed with snappy; decompress it first`);
  if (startsWith(bytes, 0x50, 0x4b, 3, 4))
    throw new TraceError(`${name}: a zip archive; read its entries with zipEntries and readZipEntry first`);
}

function startsWith(bytes: Uint8Array, ...first: readonly number[]): boolean {
  return first.every((byte, i) => bytes[i] === byte);
}

function nameOf(options: ReadOptions): string {
  plainObject(options, 'the options of a reader');
  return options.name;
}
