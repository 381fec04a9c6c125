/** The time of a native run in the parts that figures of the Disco paper have. */
import type { SystemResult } from '../systems/system-result.js';

/** Percent by the name of the part. */
export type Parts = Readonly<Record<string, number>>;

/** Figure 5: user with its stall, kernel with its stall and spinning, idle. */
export function figure5({ time }: SystemResult): Parts {
  return {
    user: time.user + time.userCache + time.userLocalStall + time.userRemoteStall,
    kernel: time.kernel + time.kernelLocalStall + time.kernelRemoteStall + time.synchronisation,
    idle: time.idle,
  };
}

/** Figure 7: waiting for the second-level cache counts as user stall. */
export function figure7({ time }: SystemResult): Parts {
  return {
    user: time.user,
    'user stall': time.userCache + time.userLocalStall + time.userRemoteStall,
    kernel: time.kernel + time.kernelLocalStall + time.kernelRemoteStall,
    synchronisation: time.synchronisation,
    idle: time.idle,
  };
}

/** Figure 8: memory stall of users and kernel, and all the rest; the figure has no part for idling or spinning. */
export function exec({ time }: SystemResult): Parts {
  return {
    exec: time.user + time.userCache + time.kernel + time.synchronisation + time.idle,
    'local stall': time.userLocalStall + time.kernelLocalStall,
    'remote stall': time.userRemoteStall + time.kernelRemoteStall,
  };
}

/** Parts of one run relative to the time that another takes for as many user instructions, which is the same work. */
export function scaled(parts: Parts, run: SystemResult, base: SystemResult): Parts {
  const factor = run.time.user === 0 ? 0 : base.time.user / run.time.user;
  return Object.fromEntries(Object.entries(parts).map(([name, percent]) => [name, percent * factor]));
}

/** Percent of the misses that were local. */
export function localPercent({ misses: { local, remote } }: SystemResult): number {
  return local + remote === 0 ? 0 : (100 * local) / (local + remote);
}
