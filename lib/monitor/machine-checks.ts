/** What is wrong with the specification of a virtual machine, all of it. */
import type { Machine } from '../machine/machine.js';
import { suggestion } from '../engine/suggestion.js';
import type { VirtualMachine, VirtualMachineSpecification } from './virtual-machine.js';

/** The most physical memory that a guest's relocated segment reaches: 255 MB (RELOCATED_SEGMENT up to the special page). */
const MOST_BYTES = 255 * 2 ** 20;

/** What can be said of a virtual machine, and of a disk of it. */
const FIELDS: readonly string[] = ['name', 'processors', 'memoryBytes', 'homes', 'disks', 'address'];
const DISK_FIELDS: readonly string[] = ['disk', 'mode', 'visible'];

/** Faults of a specification, each a sentence with the place and the way out; none if it can be made. */
export function machineFaults(
  specification: VirtualMachineSpecification,
  machine: Machine,
  present: readonly (VirtualMachine | null)[],
): string[] {
  const { name, processors, memoryBytes, homes, disks = [], address } = specification;
  const faults = unknownFields('', specification, FIELDS);
  const { pageBytes } = machine.map;
  if (typeof name !== 'string' || name === '') faults.push('name: a virtual machine has a name that is not empty');
  if (present.some(other => other !== null && other.name === name))
    faults.push(`name: there is a virtual machine ${name} already; choose another name`);
  if (!Number.isSafeInteger(processors) || processors < 1)
    faults.push(`processors: a virtual machine has 1 or more, not ${processors}`);
  if (!Number.isSafeInteger(memoryBytes) || memoryBytes < pageBytes || memoryBytes % pageBytes !== 0)
    faults.push(`memoryBytes: ${memoryBytes} is no multiple of the page of ${pageBytes} bytes`);
  else if (memoryBytes > MOST_BYTES)
    faults.push(`memoryBytes: ${memoryBytes} are more than the ${MOST_BYTES} that a guest's kernel segment reaches`);
  if (homes !== undefined && homes.length !== processors)
    faults.push(`homes: there are ${homes.length} for ${processors} virtual processors; give one for each`);
  for (const home of homes ?? [])
    if (!Number.isSafeInteger(home) || home < 0 || home >= machine.processors.length)
      faults.push(`homes: there is no processor ${home}; the machine has 0 to ${machine.processors.length - 1}`);
  const known = [...machine.devices].filter(([, { kind }]) => kind === 'disk').map(([disk]) => disk);
  for (const [number, asked] of disks.entries()) {
    const { disk, mode } = asked;
    faults.push(...unknownFields(`disks[${number}].`, asked, DISK_FIELDS));
    if (!known.includes(disk)) faults.push(`disks[${number}].disk: ${noDisk(disk, known, machine)}`);
    if (!['private', 'copy-on-write'].includes(mode))
      faults.push(`disks[${number}].mode: ${String(mode)} is neither private nor copy-on-write`);
  }
  if (address !== undefined && (!Number.isSafeInteger(address) || address < 0 || address > 0x7fffffff))
    faults.push(`address: ${address} is not from 0 to 2147483647`);
  return faults;
}

function noDisk(name: string, known: readonly string[], { devices }: Machine): string {
  const kind = devices.get(name)?.kind;
  if (kind === undefined) return `the machine has no disk ${name}${suggestion(name, known)}`;
  const instead = kind === 'network-card' ? '; give the virtual machine an address on the subnet instead' : '';
  return `${name} is a ${kind}, not a disk${instead}`;
}

function unknownFields(place: string, given: object, known: readonly string[]): string[] {
  return Object.keys(given)
    .filter(name => !known.includes(name))
    .map(name => `${place}${name}: there is no such field${suggestion(name, known)}`);
}
