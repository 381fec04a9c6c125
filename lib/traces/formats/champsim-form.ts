/**
 * Which of the two forms the records of a ChampSim trace have. Neither has a mark. A number of records is read as one form and as
 * the other: in the wrong form fields of addresses stand where flags, padding and instruction addresses belong.
 */

/** `standard`: records of 64 bytes. `cloudsuite`: records of 96 bytes. */
export type ChampsimForm = 'standard' | 'cloudsuite';

/** Where things stand in a record. */
export interface ChampsimLayout {
  readonly recordBytes: number;
  /** Offsets of the addresses that an instruction reads and writes. */
  readonly sources: readonly number[];
  readonly destinations: readonly number[];
  /** Bytes that belong to nothing, first and behind the last. */
  readonly unused: readonly (readonly [number, number])[];
  /** Offset of the two bytes that name the address space, or -1. */
  readonly addressSpace: number;
}

/** Both forms. */
export const champsimLayouts: Readonly<Record<ChampsimForm, ChampsimLayout>> = {
  standard: {
    recordBytes: 64,
    destinations: [16, 24],
    sources: [32, 40, 48, 56],
    unused: [],
    addressSpace: -1,
  },
  cloudsuite: {
    recordBytes: 96,
    destinations: [24, 32, 40, 48],
    sources: [56, 64, 72, 80],
    unused: [
      [18, 24],
      [90, 96],
    ],
    addressSpace: 88,
  },
};

/** What the records look like when read as a form. */
interface Fit {
  /** Records that are not all zeros. */
  readonly records: number;
  /** The part of them that cannot be records of this form: 0 to 1. */
  readonly impossible: number;
  /** The part of them that is followed by the next instruction in memory, or is a branch: 0 to 1. */
  readonly sequential: number;
}

/** What the content says: a form, or `either` if both are possible, or `neither`. `plain` if it could hardly be anything else. */
export interface ChampsimContent {
  readonly form: ChampsimForm | 'either' | 'neither';
  readonly plain: boolean;
}

/** Bytes that are looked at, a multiple of both sizes. */
const MOST_BYTES = 192 * 16384;
/** A form with more impossible records than this does not fit. */
const MOST_IMPOSSIBLE = 1 / 64;
/** How much more sequential one of two possible forms must be. */
const CLEARLY = 0.25;
/** What records must show to be taken for ChampSim without a name that says so. */
const PLAIN_RECORDS = 16;
const PLAIN_SEQUENTIAL = 0.75;
/** The longest instruction. */
const LONGEST = 16;

/** Looks at up to 3 MB of records. */
export function champsimContent(bytes: Uint8Array): ChampsimContent {
  const looked = bytes.subarray(0, Math.min(bytes.length, MOST_BYTES));
  const standard = fitOf(looked, champsimLayouts.standard);
  const cloudsuite = fitOf(looked, champsimLayouts.cloudsuite);
  const form = formOf(standard, cloudsuite);
  const fit = form === 'cloudsuite' ? cloudsuite : standard;
  const plain =
    (form === 'standard' || form === 'cloudsuite') &&
    fit.records >= PLAIN_RECORDS &&
    fit.impossible === 0 &&
    fit.sequential >= PLAIN_SEQUENTIAL;
  return { form, plain };
}

function formOf(standard: Fit, cloudsuite: Fit): ChampsimContent['form'] {
  const possible = ({ impossible }: Fit): boolean => impossible <= MOST_IMPOSSIBLE;
  if (!possible(standard) || !possible(cloudsuite))
    return possible(standard) ? 'standard' : possible(cloudsuite) ? 'cloudsuite' : 'neither';
  const difference = standard.sequential - cloudsuite.sequential;
  return Math.abs(difference) < CLEARLY ? 'either' : difference > 0 ? 'standard' : 'cloudsuite';
}

function fitOf(bytes: Uint8Array, layout: ChampsimLayout): Fit {
  const { recordBytes } = layout;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [records, impossible, sequential] = [0, 0, 0];
  let [high, low] = [0, 0];
  let branch = false;
  for (let at = 0; at + recordBytes <= bytes.length; at += recordBytes) {
    if (isZero(bytes, at, at + recordBytes)) continue;
    const nextHigh = view.getUint32(at + 4, true);
    const nextLow = view.getUint32(at, true);
    const distance = nextLow - low;
    if (records > 0 && (branch || (nextHigh === high && distance > 0 && distance < LONGEST))) sequential++;
    records++;
    if (isImpossible(bytes, at, layout) || (nextHigh | nextLow) === 0) impossible++;
    high = nextHigh;
    low = nextLow;
    branch = bytes[at + 8] === 1;
  }
  const of = (count: number, all: number): number => (all <= 0 ? 0 : count / all);
  // What is no whole record at the end, and not padding, cannot be of this form either.
  const rest = bytes.length - (bytes.length % recordBytes);
  if (!isZero(bytes, rest, bytes.length)) impossible = records = records + 1;
  return { records, impossible: of(impossible, records), sequential: of(sequential, records - 1) };
}

function isImpossible(bytes: Uint8Array, at: number, { unused }: ChampsimLayout): boolean {
  if (bytes[at + 8] > 1 || bytes[at + 9] > 1) return true;
  return unused.some(([from, to]) => !isZero(bytes, at + from, at + to));
}

/** Whether bytes are all zero. */
export function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0) return false;
  return true;
}
