/**
 * Guests of which the first serves the files of all by NFS: the sixth configuration of Figure 7 of the Disco paper. Each keeps its
 * root; all other disks are the first guest's, and the others mount them.
 */
import { GuestError } from '../../../system/guest-error.js';
import type { GuestNetwork } from '../plan.js';
import type { CommodityGuestOptions } from './commodity-guest.js';

/** Address of the server on the subnet; those of the others come after it. */
const SERVER = 1;
/** Parts of memory that the server has: 96 MB where the others have 32 (sections 5.3 and 5.4 of the paper). */
const SERVER_PARTS = 3;

/**
 * The guests with their disks at the first one. `memoryBytes`: of each but the server, which has three times as much.
 * Throws a GuestError for fewer than two guests, and for a workload that has all its files on the root.
 */
export function withNfsServer(
  guests: readonly CommodityGuestOptions[],
  memoryBytes: number,
): readonly CommodityGuestOptions[] {
  if (guests.length < 2)
    throw new GuestError('with NFS one guest serves the others, but there is only one; give at least two');
  if (guests.some(({ workload }) => workload.disks.length < 2))
    throw new GuestError(
      `${guests[0].workload.name} has no disks but the root, which guests share anyway; NFS is for a workload that has, such as pmake`,
    );
  return guests.map((guest, number): CommodityGuestOptions => {
    const { workload } = guest;
    if (number > 0)
      return {
        ...guest,
        memoryBytes,
        workload: { ...workload, disks: workload.disks.slice(0, 1) },
        network: { address: SERVER + number, exports: [], mounts: mountsOf(guest, number) },
      };
    const served = guests.flatMap((client, owner) =>
      owner === 0 ? [] : workDisks(client).map(({ mount, tree }) => ({ mount: pathOf(owner, mount), tree })),
    );
    return {
      ...guest,
      memoryBytes: SERVER_PARTS * memoryBytes,
      workload: { ...workload, disks: [...workload.disks, ...served] },
      network: { address: SERVER, exports: served.map(({ mount }) => mount), mounts: [] },
    };
  });
}

function workDisks({ workload }: CommodityGuestOptions): CommodityGuestOptions['workload']['disks'] {
  return workload.disks.slice(1);
}

function mountsOf(guest: CommodityGuestOptions, number: number): GuestNetwork['mounts'] {
  return workDisks(guest).map(({ mount }) => ({ mount, server: SERVER, path: pathOf(number, mount) }));
}

/** Where the server has a disk of a guest. */
function pathOf(guest: number, mount: string): string {
  return `/guest${guest}${mount}`;
}
