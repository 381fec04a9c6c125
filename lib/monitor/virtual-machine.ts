/** A virtual machine: what it was asked to be, and what it has. */
import type { Context } from '../processor/context.js';
import type { Cpu, Exception } from '../processor/software.js';
import { VirtualConsole } from './devices/virtual-console.js';
import type { VirtualDevice } from './devices/virtual-device.js';
import type { Pmap } from './memory/pmap.js';
import type { MonitorArena } from './monitor-space.js';
import type { VirtualProcessor } from './processors/virtual-processor.js';

/** An operating system, as hardware or a monitor sees it: the same object runs on either. */
export interface GuestSystem {
  /** Answers an exception of a processor, as `SystemSoftware.exception`. */
  exception(cpu: Cpu, exception: Exception): Context | null;
  /** Names of its services, by number. */
  readonly services?: readonly string[];
}

/** A disk of a virtual machine. */
export interface VirtualDiskSpecification {
  /** Name of the machine's disk behind it. */
  readonly disk: string;
  /** `private`: the machine's disk itself, for one virtual machine at a time. `copy-on-write`: shared, and what is written is lost. */
  readonly mode: 'private' | 'copy-on-write';
  /** Of a copy-on-write disk: other virtual machines see what is written. Not unless given. */
  readonly visible?: boolean;
}

/** What a virtual machine is to be. Plain data. */
export interface VirtualMachineSpecification {
  /** For people; no two that exist have the same. */
  readonly name: string;
  /** Virtual processors, at least 1. */
  readonly processors: number;
  /** Physical memory, a multiple of the page. */
  readonly memoryBytes: number;
  /** The processor of the machine that each virtual one begins on; in turn from the virtual machine's number on unless given. */
  readonly homes?: readonly number[];
  readonly disks?: readonly VirtualDiskSpecification[];
  /** Its address on the subnet; not on it unless given. */
  readonly address?: number;
}

/** What a virtual machine is put together from. */
export interface MachineParts {
  readonly pmap: Pmap;
  readonly processors: readonly VirtualProcessor[];
  readonly devices: readonly VirtualDevice[];
  readonly arena: MonitorArena;
}

/** A created virtual machine. Its state is for reading; see `Disco` for what can be done to it. No lock: it is changed between yields only. */
export class VirtualMachine {
  readonly number: number;
  readonly specification: VirtualMachineSpecification;
  readonly pmap: Pmap;
  readonly processors: readonly VirtualProcessor[];
  /** Disks in the order of the specification, the network card if it has one, the console, the clock. */
  readonly devices: readonly VirtualDevice[];
  /** What the monitor has to know of it. */
  readonly arena: MonitorArena;
  state: 'created' | 'started' | 'stopped' | 'destroyed' = 'created';
  /** Why the monitor ended it: what its guest threw, or that there was no memory for it. Null if it did not. */
  failure: string | null = null;
  /** What its guest threw, with its stack; undefined if it threw nothing. */
  thrown: unknown = undefined;
  system: GuestSystem | null = null;

  constructor(number: number, specification: VirtualMachineSpecification, parts: MachineParts) {
    this.number = number;
    this.specification = specification;
    this.pmap = parts.pmap;
    this.processors = parts.processors;
    this.devices = parts.devices;
    this.arena = parts.arena;
  }

  /** For people. */
  get name(): string {
    return this.specification.name;
  }

  /** Its console: `output` is what its guest has written there. The guest's driver addresses it by its place in `devices`. */
  get console(): VirtualConsole {
    return this.devices.find(device => device instanceof VirtualConsole)!;
  }

  /** The bridge that its devices are behind, as its guest addresses them: the number after its last processor. */
  get bridge(): number {
    return this.specification.processors;
  }
}
