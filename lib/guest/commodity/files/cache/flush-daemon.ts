/** What the kernel's daemon does that writes back what was left dirty. */
import type { Code, KernelCore, KernelThread } from '../../../../system/code.js';
import type { DiskFileSystem } from '../disk/disk-file-system.js';
import type { PageCache } from './page-cache.js';

/** Pages are written back when they have been dirty for so long: 10 seconds. */
export const FLUSH_AGE_NS = 10e9;

/**
 * The body of the daemon's thread, which never ends. After each `pause` it starts writing back the pages that have been
 * dirty for `ageNs` nanoseconds, and does not wait for them.
 */
export function* flushDaemon(
  thread: KernelThread,
  core: KernelCore,
  cache: PageCache,
  fileSystems: () => readonly DiskFileSystem[],
  pause: () => Code,
  ageNs: number,
): Code<never> {
  for (;;) {
    yield* pause();
    yield* core.work('bdflush');
    for (const fileSystem of fileSystems()) yield* fileSystem.update(thread);
    yield* cache.writeBack.flushOld(thread, ageNs);
  }
}
