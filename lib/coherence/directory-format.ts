/** The formats of a directory: what an entry remembers of its sharers, and how many entries and pointers there are. */
import type { CoherenceProtocol } from './protocol.js';
import { plainObject, shown } from '../engine/checks.js';
import { CoarseVector } from './sharers/coarse-vector.js';
import { FullVector } from './sharers/full-vector.js';
import { LimitedPointers } from './sharers/limited-pointers.js';
import { PointerLists } from './sharers/pointer-lists.js';
import type { SharerCounts, Sharers } from './sharers/sharers.js';
import type { Table } from './table.js';
import { withRecall, withSharerEviction, withSupersets } from './variants.js';

/** A format of a directory, with its sizes. Sharers are processors. */
export type DirectoryFormat =
  /** A bit for each processor and line. */
  | { readonly format: 'full' }
  /** A vector that is exact within one octant of so many processors, and beyond has a bit for each group of them. */
  | { readonly format: 'coarse'; readonly bits: number }
  /** So many pointers to sharers; with more, everybody is invalidated. */
  | { readonly format: 'limited-broadcast'; readonly pointers: number }
  /** So many pointers to sharers, at least 2; the oldest sharer goes when another comes. */
  | { readonly format: 'limited-evict'; readonly pointers: number }
  /** Entries, each with a full bit vector, for so many lines at once; the least recently used is recalled for another. */
  | { readonly format: 'sparse'; readonly sets: number; readonly ways: number }
  /** A header for each line with room for one sharer, and one pool of list cells for all others. */
  | { readonly format: 'dynamic-pointers'; readonly cells: number };

/** Names of the formats. */
export const DIRECTORY_FORMATS = [
  'full',
  'coarse',
  'limited-broadcast',
  'limited-evict',
  'sparse',
  'dynamic-pointers',
] as const satisfies readonly DirectoryFormat['format'][];

/** The sharers of a format, for so many processors, without entries yet. Throws a RangeError for sizes that make none. */
export function makeSharers(format: DirectoryFormat, processors: number, counts: SharerCounts): Sharers {
  plainObject(format, 'the format of a directory');
  switch (format.format) {
    case 'full':
    case 'sparse':
      return new FullVector(processors);
    case 'coarse':
      return new CoarseVector(processors, format.bits, counts);
    case 'limited-broadcast':
      return new LimitedPointers(processors, format.pointers, true, counts);
    case 'limited-evict':
      // A reader of an owned line brings the owner with it.
      if (format.pointers < 2)
        throw new RangeError('sharers can be evicted from two pointers on; use broadcast with one');
      return new LimitedPointers(processors, format.pointers, false, counts);
    case 'dynamic-pointers':
      return new PointerLists(format.cells, counts);
    default:
      throw new RangeError(
        `there is no format of directories ${shown((format as DirectoryFormat).format)}; there are ${DIRECTORY_FORMATS.join(', ')}`,
      );
  }
}

/** A protocol with the rows that a format needs; the protocol itself if it needs none. Builds tables: once for a machine. */
export function protocolFor(protocol: CoherenceProtocol, format: DirectoryFormat): CoherenceProtocol {
  switch (format.format) {
    case 'full':
      return protocol;
    case 'coarse':
    case 'limited-broadcast':
      return withSupersets(protocol);
    case 'limited-evict':
      return withSharerEviction(protocol);
    case 'sparse':
    case 'dynamic-pointers':
      return withRecall(protocol);
  }
}

/** Throws an Error unless a protocol has the rows that a format needs. */
export function checkFormat(protocol: CoherenceProtocol, format: DirectoryFormat): void {
  const { cache, home } = protocol;
  const needs: Readonly<Record<DirectoryFormat['format'], boolean>> = {
    full: true,
    coarse: knows(cache, 'Inv', 'I'),
    'limited-broadcast': knows(cache, 'Inv', 'I'),
    'limited-evict': knows(home, 'GetS(no room)', 'S'),
    sparse: knows(home, 'recall', 'S'),
    'dynamic-pointers': knows(home, 'recall', 'S'),
  };
  if (!needs[format.format])
    throw new Error(
      `${protocol.name} has no rows for a ${format.format} directory; give caches and homes protocolFor(protocol, format)`,
    );
}

function knows<Event extends string>(table: Table<string, Event>, event: NoInfer<Event>, state: string): boolean {
  return table.cells[table.cell(state, event)] !== null;
}
