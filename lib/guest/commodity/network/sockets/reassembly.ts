/**
 * Datagrams of which parts have come. Parts may come in any order and more than once; parts that overlap otherwise spoil
 * the datagram. What is never completed is given up after a time, or when too much has been gathered.
 */
import type { DatagramHeader } from './datagram-header.js';
import type { Piece } from '../pieces.js';

/** How much is gathered, and for how long. */
export interface ReassemblyOptions {
  /** Most pieces (each in a buffer of its own) in all incomplete datagrams, from 1. */
  readonly reassemblyPieces: number;
  /** Nanoseconds after its first part when a datagram is given up. */
  readonly reassemblyNs: number;
}

interface Part {
  readonly offset: number;
  readonly bytes: number;
  readonly pieces: readonly Piece[];
}

interface Partial {
  readonly key: string;
  readonly parts: Part[];
  readonly until: number;
  /** Bytes of the whole datagram, -1 while the last part has not come. */
  total: number;
}

/** What became of a part: the whole datagram if it was the last one missing, and pieces to be freed. */
export interface Reassembled {
  readonly whole: readonly Piece[] | null;
  readonly unwanted: readonly Piece[];
}

/** Incomplete datagrams. Pure bookkeeping: the caller holds the lock, and frees what comes back as unwanted. */
export class Reassembly {
  readonly stats = { spoiled: 0, expired: 0, overflowed: 0, duplicates: 0 };
  private readonly options: ReassemblyOptions;
  /** In order of their first parts. */
  private readonly partials = new Map<string, Partial>();
  private pieces = 0;

  constructor(options: ReassemblyOptions) {
    this.options = options;
  }

  /** Incomplete datagrams. */
  get length(): number {
    return this.partials.size;
  }

  /** Adds a part that came now, without its header. */
  add(header: DatagramHeader, pieces: readonly Piece[], nowNs: number): Reassembled {
    const partial = this.partialOf(header, nowNs);
    const same = partial.parts.find(part => part.offset === header.offset && part.bytes === header.bytes);
    if (same !== undefined) {
      this.stats.duplicates++;
      return { whole: null, unwanted: pieces };
    }
    partial.parts.push({ offset: header.offset, bytes: header.bytes, pieces });
    this.pieces += pieces.length;
    const end = header.offset + header.bytes;
    const otherEnd = !header.more && partial.total >= 0 && partial.total !== end;
    if (!header.more) partial.total = end;
    if (otherEnd || spoiled(partial)) {
      this.stats.spoiled++;
      return { whole: null, unwanted: this.giveUp(partial) };
    }
    if (complete(partial)) return { whole: this.giveUp(partial), unwanted: [] };
    return { whole: null, unwanted: this.overflow() };
  }

  /** Gives up what is too old; returns its pieces. */
  expire(nowNs: number): readonly Piece[] {
    const unwanted: Piece[] = [];
    for (const partial of [...this.partials.values()]) {
      if (partial.until > nowNs) continue;
      this.stats.expired++;
      unwanted.push(...this.giveUp(partial));
    }
    return unwanted;
  }

  private partialOf(header: DatagramHeader, nowNs: number): Partial {
    const key = `${header.from}/${header.fromPort}/${header.toPort}/${header.id}`;
    let partial = this.partials.get(key);
    if (partial === undefined) {
      partial = { key, parts: [], until: nowNs + this.options.reassemblyNs, total: -1 };
      this.partials.set(key, partial);
    }
    return partial;
  }

  private overflow(): readonly Piece[] {
    const unwanted: Piece[] = [];
    while (this.pieces > this.options.reassemblyPieces) {
      this.stats.overflowed++;
      unwanted.push(...this.giveUp(this.partials.values().next().value!));
    }
    return unwanted;
  }

  /** Forgets a datagram; returns its pieces in order. */
  private giveUp(partial: Partial): readonly Piece[] {
    this.partials.delete(partial.key);
    partial.parts.sort((a, b) => a.offset - b.offset);
    const pieces = partial.parts.flatMap(part => part.pieces);
    this.pieces -= pieces.length;
    return pieces;
  }
}

function spoiled({ parts, total }: Partial): boolean {
  const sorted = [...parts].sort((a, b) => a.offset - b.offset);
  return sorted.some((part, k) => {
    const end = part.offset + part.bytes;
    return part.bytes === 0 || (k + 1 < sorted.length && end > sorted[k + 1].offset) || (total >= 0 && end > total);
  });
}

function complete({ parts, total }: Partial): boolean {
  return total >= 0 && parts.reduce((sum, part) => sum + part.bytes, 0) === total;
}
