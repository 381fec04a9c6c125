/**
 * Recorded threads as a program of SPLASHOS. Their references are those recorded, those of the recorded thread library
 * included; what makes them wait for each other are the locks, barriers and semaphores of SPLASHOS. The pages of the
 * program are moved together, in order and in pairs, because SPLASHOS has one table for one range of pages.
 */
import type { SplashOS } from '../guest/splash/splash-os.js';
import type { SplashBarrier, SplashLock, SplashSemaphore } from '../guest/splash/synchronisation.js';
import type { SplashThread } from '../guest/splash/threads.js';
import { block, compute } from '../processor/operations.js';
import type { SyncRequest } from '../guest/bare/synchronisation.js';
import { threadSteps, type ThreadStep } from '../traces/replay.js';
import type { RecordedStream } from '../traces/trace.js';
import type { ThreadImages } from './images/user-image.js';
import type { Code } from '../system/code.js';

const PAGE_SHIFT = 12;
const PAIR_BYTES = 2 << PAGE_SHIFT;

/** A program of threads that is linked with SPLASHOS. */
export interface ThreadedProgram {
  readonly name: string;
  readonly threads: number;
  /** Pages that SPLASHOS has to give it, and lines of the library's data that it uses. */
  readonly programPages: number;
  readonly lines: number;
  /** Gives the program its memory and synchronisation. What it returns is the body of each thread; see SplashOS.boot. */
  link(os: SplashOS): (thread: SplashThread) => Code;
}

/** Makes the program of the threads of a trace. */
export function recordedProgram(images: ThreadImages): ThreadedProgram {
  const pairs = [...new Set(images.pages.map(({ page }) => page >>> 1))].sort((a, b) => a - b);
  const steps = images.threads.map(stream => [...threadSteps(stream)]);
  const names = objectsOf(steps);
  return {
    name: images.name,
    threads: images.threads.length,
    programPages: 2 * pairs.length,
    lines: names.locks.size + names.semaphores.size + 2,
    link: os => {
      const base = os.allocate(pairs.length * PAIR_BYTES);
      const moved = new Map(pairs.map((pair, index) => [pair, (base >>> (PAGE_SHIFT + 1)) + index]));
      const objects: Objects = {
        barrier: os.barrier(),
        locks: new Map([...names.locks].map(lock => [lock, os.lock()])),
        semaphores: new Map([...names.semaphores].map(([id, initial]) => [id, os.semaphore(Math.max(0, initial))])),
      };
      const streams = images.threads.map(stream => ({ ...stream, words: move(stream.words, moved) }));
      return thread => replay(thread, streams[thread.number], steps[thread.number], objects);
    },
  };
}

interface Objects {
  readonly barrier: SplashBarrier;
  readonly locks: ReadonlyMap<number, SplashLock>;
  readonly semaphores: ReadonlyMap<number, SplashSemaphore>;
}

/** Locks, and semaphores with the waits that no post of the window answers: those posts lie before it. */
function objectsOf(threads: readonly (readonly ThreadStep[])[]): {
  readonly locks: ReadonlySet<number>;
  readonly semaphores: ReadonlyMap<number, number>;
} {
  const locks = new Set<number>();
  const semaphores = new Map<number, number>();
  for (const { request } of threads.flat()) {
    if (request?.sync === 'acquire') locks.add(request.lock);
    if (request?.sync === 'post' || request?.sync === 'wait') {
      const waits = semaphores.get(request.semaphore) ?? 0;
      semaphores.set(request.semaphore, waits + (request.sync === 'wait' ? 1 : -1));
    }
  }
  return { locks, semaphores };
}

function move(words: Int32Array, moved: ReadonlyMap<number, number>): Int32Array {
  const shift = PAGE_SHIFT + 1;
  const table = new Int32Array(1 << (32 - shift));
  for (const [pair, to] of moved) table[pair] = to;
  return words.map(word => (table[word >>> shift] << shift) | (word & (PAIR_BYTES - 1)));
}

function* replay(thread: SplashThread, stream: RecordedStream, steps: readonly ThreadStep[], objects: Objects): Code {
  const part = new ThreadPart(thread, objects);
  for (const { from, to, request } of steps) {
    if (to > from) yield block(stream, from, to);
    if (request !== null) yield* part.serve(request);
  }
  if (stream.tail > 0) yield compute(stream.tail);
  yield* part.end();
}

/** A thread's part in the synchronisation of all. A window may begin or end in the middle of any of it. */
class ThreadPart {
  private readonly thread: SplashThread;
  private readonly objects: Objects;
  private readonly held = new Set<number>();
  private arrived = false;

  constructor(thread: SplashThread, objects: Objects) {
    this.thread = thread;
    this.objects = objects;
  }

  *serve(request: SyncRequest): Code {
    const { thread } = this;
    const { locks, semaphores } = this.objects;
    switch (request.sync) {
      case 'barrier-enter':
        yield* this.leave();
        yield* this.arrive();
        return;
      case 'barrier-leave':
        // A window that begins inside a barrier leaves what nobody has entered.
        if (!this.arrived) yield* this.arrive();
        yield* this.leave();
        return;
      case 'acquire':
        if (this.held.has(request.lock)) return;
        yield* locks.get(request.lock)!.acquire(thread);
        this.held.add(request.lock);
        return;
      case 'release':
        // One that begins inside a critical section releases what nobody has acquired.
        if (this.held.delete(request.lock)) yield* locks.get(request.lock)!.release();
        return;
      case 'post':
        yield* semaphores.get(request.semaphore)!.post(thread);
        return;
      case 'wait':
        yield* semaphores.get(request.semaphore)!.wait(thread);
    }
  }

  /** Gives back what it holds, and comes to no barrier again. */
  *end(): Code {
    for (const lock of this.held) yield* this.objects.locks.get(lock)!.release();
    yield* this.leave();
    yield* this.objects.barrier.resign(this.thread);
  }

  private *arrive(): Code {
    this.arrived = true;
    yield* this.objects.barrier.arrive(this.thread);
  }

  private *leave(): Code {
    if (!this.arrived) return;
    this.arrived = false;
    yield* this.objects.barrier.leave(this.thread);
  }
}
