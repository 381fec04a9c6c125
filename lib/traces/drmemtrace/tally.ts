/** What a drmemtrace recording holds beyond references, counted and put into words. */
import type { ReferenceFact } from '../../placement/policy.js';
import { ARCHITECTURES, FIRST_CUSTOM_MARKER, FileType, KNOWN_FILE_TYPE, MARKERS, NEWEST_VERSION } from './format.js';

/** Names that are listed before the rest is only counted. */
const MOST_NAMES = 16;

/** Counts of records by what they are. */
export class Tally {
  /** Bits of the file types of all parts together. */
  fileType = 0;
  /** The newest version of a part. */
  version = 0;
  /** Parts whose header has no version: those of cores that idled from the start. */
  unversioned = 0;
  /** Instructions that the program executed, by markers of filtered recordings. */
  executed = 0n;
  private readonly counts = new Map<string, number>();
  private readonly unknownMarkers = new Set<number>();
  private readonly customMarkers = new Set<number>();
  private unknownBits = 0n;

  /** Counts a record that is passed over. */
  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** How many were counted. */
  of(what: string): number {
    return this.counts.get(what) ?? 0;
  }

  /** How many were counted; they are not among those passed over. */
  take(what: string): number {
    const count = this.of(what);
    this.counts.delete(what);
    return count;
  }

  /** Counts a marker. */
  marker(kind: number): void {
    const name = MARKERS[kind];
    if (name === undefined) {
      (kind >= FIRST_CUSTOM_MARKER ? this.customMarkers : this.unknownMarkers).add(kind);
      this.count(kind >= FIRST_CUSTOM_MARKER ? 'markers of the user' : 'unknown markers');
    } else if (name !== '') {
      this.count(name);
    }
  }

  /** Takes the file type of a part. */
  type(high: number, low: number): void {
    this.unknownBits |= (BigInt(high) << 32n) | BigInt((low & ~KNOWN_FILE_TYPE) >>> 0);
    this.fileType |= low & KNOWN_FILE_TYPE;
  }

  has(bits: number): boolean {
    return (this.fileType & bits) !== 0;
  }

  /** What the recording lacks. */
  lacks(): ReferenceFact[] {
    const lacks: ReferenceFact[] = [];
    if (this.has(FileType.InstructionOnly)) lacks.push('write');
    if (this.of('timestamps') === 0) lacks.push('time');
    const { Filtered, DataFiltered, InstructionOnly, KernelInstructionsOnly, InstructionsFiltered } = FileType;
    if (this.has(Filtered | DataFiltered | InstructionOnly | KernelInstructionsOnly)) lacks.push('data');
    if (this.has(Filtered | InstructionsFiltered)) lacks.push('instruction');
    return lacks;
  }

  /** The headlines: what is not recorded, and what this reader does not know. */
  warnings(instructions: number): string[] {
    return [...this.missing(instructions), ...this.unknown()];
  }

  /** One sentence with all that was passed over, or none. */
  passedOver(): string[] {
    if (this.counts.size === 0) return [];
    const parts = [...this.counts].map(([what, count]) => `${count} ${what}`);
    return [`Passed over: ${parts.join(', ')}.`];
  }

  private missing(instructions: number): string[] {
    const { Filtered, DataFiltered, InstructionOnly, KernelInstructionsOnly, InstructionsFiltered } = FileType;
    const sentences: string[] = [];
    if (this.has(InstructionOnly))
      sentences.push(
        'No loads and stores are recorded (file type: instructions only): figures and policies of data mean nothing.',
      );
    if (this.has(Filtered | DataFiltered))
      sentences.push(
        'Loads and stores that hit a small cache of the recorder are missing (file type: data filtered): times and shares of misses mean nothing.',
      );
    if (this.has(Filtered | InstructionsFiltered))
      sentences.push(
        'Instructions that hit a small cache of the recorder are missing (file type: instructions filtered): times mean nothing.',
      );
    if (this.has(KernelInstructionsOnly))
      sentences.push(
        'The kernel code of system calls is recorded without its loads and stores (file type: kernel instructions only).',
      );
    if (this.executed > 0n)
      sentences.push(`Of the ${this.executed} instructions that its threads executed, ${instructions} are recorded.`);
    const ends = this.of(MARKERS[23]);
    if (this.has(FileType.FilteredWarmUp))
      sentences.push(
        `The filter is a warm-up: ${ends === 0 ? 'no stream goes' : ends === 1 ? '1 stream goes' : `${ends} streams go`} on unfiltered after it.`,
      );
    return sentences;
  }

  private unknown(): string[] {
    const sentences: string[] = [];
    if (this.version > NEWEST_VERSION)
      sentences.push(
        `The trace has version ${this.version}; this reader knows up to ${NEWEST_VERSION} and took it for that.`,
      );
    if (this.unversioned > 0)
      sentences.push(`${several(this.unversioned, 'part')} without a version, as of a core that idled from the start.`);
    if (this.unknownBits > 0n)
      sentences.push(
        `The file type has bits 0x${this.unknownBits.toString(16)}, which this reader does not know: what they say is not respected.`,
      );
    if (this.unknownMarkers.size > 0)
      sentences.push(`Markers ${listed(this.unknownMarkers)} are not known to this reader and were passed over.`);
    if (this.customMarkers.size > 0)
      sentences.push(`Markers ${listed(this.customMarkers)} are the recorder's user's own and were passed over.`);
    return sentences;
  }
}

/** The architecture that a file type names, or undefined. */
export function architectureOf(fileType: number): { readonly bit: number; readonly name: string } | undefined {
  const found = ARCHITECTURES.find(([bit]) => (fileType & bit) !== 0);
  return found === undefined ? undefined : { bit: found[0], name: found[1] };
}

/** `3 parts`. */
export function several(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** Names with commas; of many only the first, and how many there are. */
export function listed(names: Iterable<string | number | bigint>): string {
  const all = [...names].map(String);
  if (all.length <= MOST_NAMES) return all.join(', ');
  return `${all.slice(0, MOST_NAMES).join(', ')} and ${all.length - MOST_NAMES} more`;
}
