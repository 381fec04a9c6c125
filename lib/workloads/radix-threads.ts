/** The threads of the radix sort: their loops in order, and where they wait for each other. */
import { block } from '../processor/operations.js';
import type { References } from '../processor/references.js';
import type { Code } from '../system/code.js';
import { RadixLoops } from './radix-loops.js';
import type { RadixMemory } from './radix-memory.js';
import type { RadixSort } from './radix-sort.js';

/** How the threads of a sort wait for each other: whatever their operating system has. */
export interface SortSynchronisation {
  /** Waits until all threads have come. */
  meet(thread: number): Code;
  /** Says that a thread's node of the tree is there, to the one thread that waits for it. */
  post(thread: number): Code;
  /** Waits for the node of another thread. */
  wait(thread: number, other: number): Code;
}

/**
 * One thread: draws its keys, and takes its part in each pass. It counts the digits of its keys; the counts go up a tree, in
 * which each node waits for its right part only; a thread adds up the counts of those before it, and moves its keys.
 */
export function* sortingThread(
  thread: number,
  sort: RadixSort,
  memory: RadixMemory,
  synchronisation: SortSynchronisation,
): Code {
  const { passes, bounds, threads } = sort;
  const loops = new RadixLoops(memory);
  const own = { from: bounds[thread], to: bounds[thread + 1] };
  const [counts, sums, places] = [memory.counts(thread), memory.sums(thread), memory.places(thread)];
  yield* run(loops.generate(own));
  for (let pass = 0; pass < passes.length; pass++) {
    yield* synchronisation.meet(thread);
    yield* run(loops.clear(counts));
    yield* run(loops.count(counts, pass, passes[pass], own));
    yield* run(loops.sum(counts, sums));
    yield* synchronisation.meet(thread);
    yield* run(loops.copy({ counts, sums }, memory.node(thread, 0)));
    yield* climb(thread, threads, { loops, memory, synchronisation });
    yield* synchronisation.meet(thread);
    yield* run(loops.clear(places));
    for (let level = 0; level + 1 < memory.levels; level++)
      if ((thread & (1 << level)) !== 0)
        yield* run(loops.add(memory.node(thread & (-2 << level), level).counts, places));
    yield* run(loops.add(memory.node(0, memory.levels - 1).sums, places));
    yield* synchronisation.meet(thread);
    yield* run(loops.move(thread, pass, passes[pass], own));
  }
}

/** Merges nodes as long as this thread's is the left one, then gives its own to the thread at the left. */
function* climb(
  thread: number,
  threads: number,
  {
    loops,
    memory,
    synchronisation,
  }: { readonly loops: RadixLoops; readonly memory: RadixMemory; readonly synchronisation: SortSynchronisation },
): Code {
  for (let level = 0; level + 1 < memory.levels; level++) {
    if ((thread & (1 << level)) !== 0) {
      yield* synchronisation.post(thread);
      return;
    }
    const right = thread + (1 << level);
    // Without a right part the node above has the same counts.
    if (right >= threads) yield* run(loops.copy(memory.node(thread, level), memory.node(thread, level + 1)));
    else {
      yield* synchronisation.wait(thread, right);
      yield* run(loops.merge([memory.node(thread, level), memory.node(right, level)], memory.node(thread, level + 1)));
    }
  }
}

function* run(references: References): Code {
  yield block(references, 0, references.words.length);
}
