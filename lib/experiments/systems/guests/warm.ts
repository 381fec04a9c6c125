/** Before what is measured: the paper excludes the effects of a cold start. */
import type { Code } from '../../../system/code.js';
import type { FileServices } from '../../../guest/commodity/calls/file-services.js';
import type { Thread } from '../../../guest/commodity/processes/threads.js';
import { GuestError } from '../../../system/guest-error.js';
import type { GuestWorkload } from '../../../workloads/guest-workload.js';

const PAGE_BYTES = 4096;

/**
 * Reads the programs of a workload into memory, up to so many pages with a command of the disk. Throws a GuestError for one
 * that is not on its disks.
 */
export function* warm(thread: Thread, { executables }: GuestWorkload, files: FileServices, pagesAtOnce: number): Code {
  for (const { path } of executables.values()) {
    if (path === null) continue;
    const file = yield* files.mounts.lookup(thread, path);
    if (typeof file === 'number') throw new GuestError(`${path} is not on any disk of the workload: error ${file}`);
    for (let index = 0; index * PAGE_BYTES < file.size; index++) {
      if (pagesAtOnce > 1 && index % pagesAtOnce === 0 && file.prefetch !== undefined)
        yield* file.prefetch(thread, index, pagesAtOnce);
      const page = yield* file.page(thread, index);
      if (typeof page === 'number') throw new GuestError(`${path} cannot be read: error ${page}`);
      yield* file.release(thread, index, page, false);
    }
    yield* file.closed(thread);
  }
}
