/** The disks of a run: models of the machine's, and the file systems on them. */
import type { Disk } from '../../../devices/disk.js';
import { makeFileSystem } from '../../../guest/commodity/files/disk/make-file-system.js';
import type { Machine } from '../../../machine/machine.js';
import type { DiskSpecification } from '../../../machine/specification/device-specification.js';
import type { MachineSpecification } from '../../../machine/specification/specification.js';
import type { GuestWorkload } from '../../../workloads/guest-workload.js';

/** A disk of the machine. */
export interface MachineDisk {
  readonly name: string;
  /** Number of the guest that has it for itself; -1 for a root that all share. */
  readonly guest: number;
  readonly mount: string;
  /** The node that it is attached to. */
  readonly node: number;
}

/** Disk blocks of 4096 bytes that a file system is made with. */
const FILE_SYSTEM = { blocks: 65536, inodes: 4096 };
/** Where the kernel's text is on the root disk, a block of 4096 bytes: after the file system. */
export const BOOT_BLOCK = FILE_SYSTEM.blocks;

/** A machine with these disks, too: the HP 97560 that the Disco paper's machine has. */
export function withDisks(machine: MachineSpecification, disks: readonly MachineDisk[]): MachineSpecification {
  const devices = disks.map(({ name, node }): DiskSpecification => ({
    kind: 'disk',
    name,
    node,
    model: 'hp97560',
    scheduling: 'fcfs',
    immediateReport: false,
  }));
  return { ...machine, devices: [...(machine.devices ?? []), ...devices] };
}

/** Puts the file system of a guest onto a disk. */
export function fillDisk(machine: Machine, { name, mount }: MachineDisk, trees: GuestWorkload['disks']): void {
  const { tree } = trees.find(disk => disk.mount === mount)!;
  const disk = machine.devices.get(name)!.component as Disk;
  for (const [sector, words] of makeFileSystem(FILE_SYSTEM, tree)) disk.poke(sector, words);
}
