/**
 * The least that a processor's hit path can do: a TLB and two caches in one loop over typed arrays, without coherence,
 * events, traps or statistics. The baseline of the processor's throughput: what it adds costs the difference.
 *
 * TLB: 64 entries, fully associative, pseudo-random replacement, 4 KB pages, behind a direct-mapped micro-TLB of 64.
 * L1: 32 KB, 2-way, lines of 32 bytes. L2: 1 MB, 2-way, lines of 128 bytes, inclusive. Both LRU and write-back.
 * One Int32 per reference as in lib/processor/references.ts: a byte address whose two low bits are the kind.
 */
import { runBenchmarks } from './harness.mjs';

const STORE = 1;
const TLB_ENTRIES = 64;
const L1_SETS = 512;
const L2_SETS = 4096;
const TLB_REFILL_CYCLES = 40;
const L2_CYCLES = 10;
const MEMORY_CYCLES = 100;

/** The page table: a fixed permutation of 2^20 pages, computed so that it takes no memory. */
const pageFrame = page => Math.imul(page, 2731) & 0xfffff;

/** Runs the references through cold caches. Long, because it is one loop over local arrays. */
export function plainLoop(words) {
  const microPages = new Int32Array(TLB_ENTRIES).fill(-1);
  const microFrames = new Int32Array(TLB_ENTRIES);
  const tlbPages = new Int32Array(TLB_ENTRIES).fill(-1);
  const tlbFrames = new Int32Array(TLB_ENTRIES);
  // Ways of a set stand side by side; `next` is the way to replace.
  const l1Lines = new Int32Array(2 * L1_SETS).fill(-1);
  const l1Dirty = new Uint8Array(2 * L1_SETS);
  const l1Next = new Uint8Array(L1_SETS);
  const l2Lines = new Int32Array(2 * L2_SETS).fill(-1);
  const l2Dirty = new Uint8Array(2 * L2_SETS);
  const l2Next = new Uint8Array(L2_SETS);
  let cycles = 0;
  let tlbMisses = 0;
  let l1Misses = 0;
  let l2Misses = 0;
  let random = 1;

  const count = words.length;
  for (let i = 0; i < count; i++) {
    const word = words[i];
    const page = word >>> 12;

    const micro = (page ^ (page >> 6)) & (TLB_ENTRIES - 1);
    let frame;
    if (microPages[micro] === page) frame = microFrames[micro];
    else {
      let entry = 0;
      while (entry < TLB_ENTRIES && tlbPages[entry] !== page) entry++;
      if (entry === TLB_ENTRIES) {
        tlbMisses++;
        cycles += TLB_REFILL_CYCLES;
        random = (Math.imul(random, 1103515245) + 12345) | 0;
        entry = (random >>> 16) & (TLB_ENTRIES - 1);
        const old = tlbPages[entry];
        const oldMicro = (old ^ (old >> 6)) & (TLB_ENTRIES - 1);
        if (microPages[oldMicro] === old) microPages[oldMicro] = -1;
        tlbPages[entry] = page;
        tlbFrames[entry] = pageFrame(page);
      }
      frame = tlbFrames[entry];
      microPages[micro] = page;
      microFrames[micro] = frame;
    }

    const address = (frame << 12) | (word & 0xffc);
    const line = address >>> 5;
    const set = line & (L1_SETS - 1);
    let way = set << 1;
    if (l1Lines[way] === line) l1Next[set] = 1;
    else if (l1Lines[way + 1] === line) {
      l1Next[set] = 0;
      way++;
    } else {
      l1Misses++;
      const line2 = address >>> 7;
      const set2 = line2 & (L2_SETS - 1);
      const way2 = set2 << 1;
      if (l2Lines[way2] === line2) {
        l2Next[set2] = 1;
        cycles += L2_CYCLES;
      } else if (l2Lines[way2 + 1] === line2) {
        l2Next[set2] = 0;
        cycles += L2_CYCLES;
      } else {
        l2Misses++;
        cycles += MEMORY_CYCLES;
        const victim = way2 + l2Next[set2];
        l2Next[set2] ^= 1;
        if (l2Lines[victim] !== -1) {
          // Inclusion: the four L1 lines of the victim go with it. Its data goes to memory, which costs nothing here.
          for (let part = l2Lines[victim] << 2, end = part + 4; part < end; part++) {
            const at = (part & (L1_SETS - 1)) << 1;
            if (l1Lines[at] === part) {
              l1Lines[at] = -1;
              l1Dirty[at] = 0;
            } else if (l1Lines[at + 1] === part) {
              l1Lines[at + 1] = -1;
              l1Dirty[at + 1] = 0;
            }
          }
        }
        l2Lines[victim] = line2;
        l2Dirty[victim] = 0;
      }
      way += l1Next[set];
      l1Next[set] ^= 1;
      if (l1Dirty[way] !== 0) {
        const below = l1Lines[way] >>> 2;
        const at = (below & (L2_SETS - 1)) << 1;
        if (l2Lines[at] === below) l2Dirty[at] = 1;
        else if (l2Lines[at + 1] === below) l2Dirty[at + 1] = 1;
      }
      l1Lines[way] = line;
      l1Dirty[way] = 0;
    }
    if ((word & 3) === STORE) l1Dirty[way] = 1;
    cycles++;
  }
  return { cycles, l1Misses, l2Misses, tlbMisses };
}

/**
 * References with the locality of a small program, about 31 % stores: half of them to a stack of 2 KB, most others to a
 * table of 8 KB, the rest sequential and random over 2 MB.
 */
export function syntheticWords(count) {
  const words = new Int32Array(count);
  let state = 88172645 | 0;
  let sequential = 0;
  let walk = 0;
  for (let i = 0; i < count; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const draw = state >>> 0;
    const choice = draw & 1023;
    const rest = draw >>> 10;
    let address;
    if (choice < 500) address = 0x700000 + (rest & 511) * 4;
    else if (choice < 984) address = 0x600000 + (walk = (walk + ((rest & 3) << 2)) & 8191);
    else if (choice < 1008) address = 0x100000 + (sequential = (sequential + 4) & 0x1fffff);
    else if (choice < 1018) address = 0x400000 + (rest & 0x7ff) * 32;
    else address = 0x800000 + (rest & 0x7fff) * 64;
    words[i] = (address & ~3) | (draw >>> 28 < 5 ? STORE : 0);
  }
  return words;
}

/** The baseline alone: references per second. */
export const benchmarks = [
  {
    name: 'plain loop',
    count: 4_000_000,
    baseline: count => {
      const words = syntheticWords(count);
      return () => plainLoop(words).cycles;
    },
  },
];

if (process.argv[1] === import.meta.filename) runBenchmarks(benchmarks);
