/**
 * What references do to a TLB and to caches, found without a machine: for calibrating a workload on the figures of a bare
 * machine. One program alone, no kernel, no coherence, no time.
 */
import { plainObject, wholeNumbers } from '../engine/checks.js';
import { randomStream, type RandomStream } from '../engine/random.js';
import { ReferenceKind, type References } from '../processor/references.js';
import { FirstLevel, Right, SecondLevel, type CacheGeometry } from '../processor/caches/set-array.js';
import { Tlb, Untranslated } from '../processor/tlb.js';

/** The hardware, and how often it sees the references. */
export interface StatisticsOptions {
  /** Entries of the TLB, each for a pair of pages; replaced at random, as `tlbwr` does, with nothing wired. */
  readonly tlbEntries: number;
  readonly l1i: CacheGeometry;
  readonly l1d: CacheGeometry;
  readonly l2: CacheGeometry;
  /** Times that the references run before they are counted: 0 starts cold, 1000 are the most. */
  readonly warmRounds: number;
}

/** Totals over the references. Misses per thousand instructions are `1000 * misses / instructions`. */
export interface ReferenceStatistics {
  readonly instructions: number;
  readonly loads: number;
  readonly stores: number;
  /** Lines entered, as they were cut by the reader. */
  readonly fetches: number;
  /** Distinct pages of 4 KB, and pairs of them. */
  readonly pages: number;
  readonly pairs: number;
  readonly tlbMisses: number;
  readonly l1iMisses: number;
  readonly l1dMisses: number;
  /** Misses of the second level, fetches included. */
  readonly l2Misses: number;
}

const USER_PAIRS = 2 ** 18;

/** Counts user references. Pairs of pages have frames in order of first touch, as from a fresh pool. */
export function referenceStatistics(references: References, options: StatisticsOptions): ReferenceStatistics {
  plainObject(references, 'referenceStatistics: references');
  plainObject(options, 'referenceStatistics');
  wholeNumbers(options, ['warmRounds'], 'referenceStatistics', 0, 1000);
  const model = new Model(options);
  for (let round = 0; round < options.warmRounds; round++) model.run(references);
  model.reset();
  return model.run(references);
}

class Model {
  private readonly tlb: Tlb;
  private readonly l1i: FirstLevel;
  private readonly l1d: FirstLevel;
  private readonly l2: SecondLevel;
  private readonly random: RandomStream = randomStream('reference statistics', 'tlb');
  private readonly frames = new Int32Array(USER_PAIRS).fill(-1);
  private readonly seen = new Uint8Array(2 * USER_PAIRS);
  private pairs = 0;
  private count = { tlb: 0, l1i: 0, l1d: 0, l2: 0, pages: 0, pairs: 0 };

  constructor({ tlbEntries, l1i, l1d, l2 }: StatisticsOptions) {
    this.tlb = new Tlb(tlbEntries);
    this.l1i = new FirstLevel('l1i', l1i);
    this.l1d = new FirstLevel('l1d', l1d);
    this.l2 = new SecondLevel('l2', l2, 0);
  }

  reset(): void {
    this.count = { tlb: 0, l1i: 0, l1d: 0, l2: 0, pages: 0, pairs: 0 };
    this.seen.fill(0);
  }

  run({ words, gaps }: References): ReferenceStatistics {
    const kinds = [0, 0, 0];
    let instructions = 0;
    for (let i = 0; i < words.length; i++) {
      const word = words[i];
      const kind = word & 3;
      instructions += gaps[i];
      kinds[kind]++;
      this.refer(this.translate(word >>> 12, kind), word & 0xffc, kind);
    }
    const { count, seen } = this;
    for (let page = 0; page < seen.length; page += 2) {
      count.pages += seen[page] + seen[page + 1];
      count.pairs += seen[page] | seen[page + 1];
    }
    return {
      instructions,
      loads: kinds[ReferenceKind.Load],
      stores: kinds[ReferenceKind.Store],
      fetches: kinds[ReferenceKind.Fetch],
      pages: count.pages,
      pairs: count.pairs,
      tlbMisses: count.tlb,
      l1iMisses: count.l1i,
      l1dMisses: count.l1d,
      l2Misses: count.l2,
    };
  }

  private translate(page: number, kind: number): number {
    this.seen[page] = 1;
    const frame = this.tlb.translate(page, kind);
    if (frame !== Untranslated.Missing) return frame;
    this.count.tlb++;
    const pair = page >>> 1;
    if (this.frames[pair] < 0) this.frames[pair] = this.pairs++;
    const even = 2 * this.frames[pair];
    const entry = { pair, space: 0, even, odd: even + 1, evenWritable: true, oddWritable: true };
    this.tlb.write(this.random.below(this.tlb.entries), entry);
    return even + (page & 1);
  }

  private refer(frame: number, offset: number, kind: number): void {
    const fetch = kind === ReferenceKind.Fetch;
    const first = fetch ? this.l1i : this.l1d;
    const line = lineOf(frame, offset, first.lineShift);
    if (first.touch(line, kind === ReferenceKind.Store)) return;
    first.fill(line, Right.Write);
    if (fetch) this.count.l1i++;
    else this.count.l1d++;
    const { l2 } = this;
    const below = lineOf(frame, offset, l2.lineShift);
    let slot = l2.find(below);
    if (slot < 0) {
      this.count.l2++;
      slot = l2.victim(below);
      l2.tags[slot] = below;
    }
    l2.touch(slot);
  }
}

function lineOf(frame: number, offset: number, shift: number): number {
  return (frame << (12 - shift)) | (offset >>> shift);
}
