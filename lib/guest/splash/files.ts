/** Files of SPLASHOS, which has no file system: a network part reads and writes them over NFS, or memory has them. */
import { annotate, compute, load, store } from '../../processor/operations.js';
import { USER_PROGRAM } from '../../processor/context.js';
import { Activity } from '../../processor/software.js';
import type { SplashLock } from './synchronisation.js';
import type { SplashThread } from './threads.js';
import type { Code } from '../../system/code.js';

/** Whoever serves files. Offsets and lengths are bytes, multiples of 4. */
export interface SplashFiles {
  /** Reads into the program's memory. The bytes that there were, or -1 if there is no such file. */
  read(thread: SplashThread, path: string, offset: number, bytes: number, address: number): Code<number>;
  /** Writes from the program's memory; makes the file if there is none. The bytes that were written, or -1 if it cannot. */
  write(thread: SplashThread, path: string, offset: number, bytes: number, address: number): Code<number>;
}

/** Instructions of a call besides the loop that copies, and of a turn of that. */
const CALL_CYCLES = 200;
const WORD_CYCLES = 2;

/** Files that are words in the host's memory: no disk, no network, one reader or writer at a time. */
export class MemoryFiles implements SplashFiles {
  /** Words by path; for looking at when the run is over. Guarded by `lock`. */
  readonly files = new Map<string, number[]>();
  private readonly lock: SplashLock;

  constructor(lock: SplashLock) {
    this.lock = lock;
  }

  *read(thread: SplashThread, path: string, offset: number, bytes: number, address: number): Code<number> {
    yield* beginCall(this.lock, thread);
    const file = this.files.get(path);
    const words = file?.slice(offset / 4, (offset + bytes) / 4) ?? [];
    for (let i = 0; i < words.length; i++) {
      yield compute(WORD_CYCLES);
      yield store(address + 4 * i, words[i]);
    }
    yield* endCall(this.lock, thread);
    return file === undefined ? -1 : 4 * words.length;
  }

  *write(thread: SplashThread, path: string, offset: number, bytes: number, address: number): Code<number> {
    yield* beginCall(this.lock, thread);
    let file = this.files.get(path);
    if (file === undefined) this.files.set(path, (file = []));
    while (file.length < offset / 4) file.push(0);
    for (let i = 0; i < bytes / 4; i++) {
      yield compute(WORD_CYCLES);
      file[offset / 4 + i] = yield load(address + 4 * i);
    }
    yield* endCall(this.lock, thread);
    return bytes;
  }
}

/** Begins a call of a library that keeps files, under its lock. From here on at the present: processors share the files. */
export function* beginCall(lock: SplashLock, thread: SplashThread): Code {
  yield* lock.acquire(thread);
  yield annotate(-1, Activity.Kernel);
  yield compute(CALL_CYCLES);
}

/** Ends it. */
export function* endCall(lock: SplashLock, thread: SplashThread): Code {
  yield annotate(-1, Activity.User);
  thread.context!.activity = USER_PROGRAM;
  yield* lock.release();
}
