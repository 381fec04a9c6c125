/** The machine's devices as the monitor shares them out, and the devices of a virtual machine made from them. */
import type { Disk } from '../../devices/disk.js';
import type { Machine } from '../../machine/machine.js';
import { FIRST_DEVICE_INTERRUPT } from '../core.js';
import type { DiskGround } from '../disks/ground.js';
import { SharedDisk } from '../disks/shared-disk.js';
import { VirtualDisk } from '../disks/virtual-disk.js';
import { DiscoError } from '../errors.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import { Gateway } from '../subnet/gateway.js';
import { resolveGateway, type GatewaySpecification } from '../subnet/gateway-specification.js';
import { Subnet } from '../subnet/subnet.js';
import type { VirtualDiskSpecification, VirtualMachineSpecification } from '../virtual-machine.js';
import type { DeviceHost, VirtualDevice } from './virtual-device.js';
import { VirtualClock } from './virtual-clock.js';
import { VirtualConsole } from './virtual-console.js';
import type { Code } from '../../system/code.js';

/** What devices stand on. */
export interface DeviceGround extends DiskGround {
  readonly machine: Machine;
  readonly consoleCharacters: number;
  /** Without faults. */
  readonly gateway: GatewaySpecification | null;
  /** Takes down who serves the interrupts of a code. */
  serve(code: number, service: (cpu: MonitorCpu, a: number, b: number) => Code): void;
}

/** Receive buffers of a virtual card. Ours. */
export const CARD_BUFFERS = 64;
/** Characters typed that wait at a virtual console. */
const INPUT_CHARACTERS = 256;
/** The code of a virtual console's interrupts, when something is typed. */
export const CONSOLE_INTERRUPT = 8;

/** All of them. */
export class MachineDevices {
  /** @internal */
  readonly subnet: Subnet;
  /** By name of the machine's disk. @internal */
  readonly disks = new Map<string, SharedDisk>();
  private readonly ground: DeviceGround;
  /** Interrupt codes given out. */
  private codes = 0;

  /** Throws a DiscoError if there is no memory for the gateway. */
  constructor(ground: DeviceGround) {
    this.ground = ground;
    const { memory, space, code, machine, gateway } = ground;
    this.subnet = new Subnet({ memory, space, code, pageBytes: machine.map.pageBytes });
    if (gateway !== null) this.subnet.gateway = this.makeGateway(gateway);
  }

  /** The devices of a virtual machine: its disks, the network card if it has an address, the console, the clock. Throws a DiscoError for disks and addresses that others have. */
  attach(host: DeviceHost, { disks = [], address }: VirtualMachineSpecification, node: number): VirtualDevice[] {
    const { code, consoleCharacters, machine } = this.ground;
    const made: VirtualDevice[] = this.attachDisks(host, disks);
    try {
      if (address !== undefined)
        made.push(this.subnet.attach(host, { name: 'network card', address, buffers: CARD_BUFFERS, node }));
    } catch (error) {
      disks.forEach(({ disk }, number) => this.diskOf(disk).withdraw(made[number] as VirtualDisk));
      throw error;
    }
    made.push(
      new VirtualConsole(host, code, {
        name: 'console',
        outputCharacters: consoleCharacters,
        inputCharacters: INPUT_CHARACTERS,
        interruptTo: 0,
        interruptCode: CONSOLE_INTERRUPT,
      }),
      new VirtualClock(code, { name: 'clock', unit: 'us', epoch: 0, nowNs: () => machine.elapsedNs }),
    );
    return made;
  }

  /** All or none. */
  private attachDisks(host: DeviceHost, disks: readonly VirtualDiskSpecification[]): VirtualDisk[] {
    const made: VirtualDisk[] = [];
    try {
      for (const [number, { disk, mode, visible = false }] of disks.entries()) {
        const name = `disk ${number}`;
        made.push(
          new VirtualDisk(host, this.diskOf(disk), mode === 'private' ? { name, mode } : { name, mode, visible }),
        );
      }
    } catch (error) {
      made.forEach((disk, number) => this.diskOf(disks[number].disk).withdraw(disk));
      throw error;
    }
    return made;
  }

  /** The shared disk behind a disk of the machine, made when it is first wanted. */
  private diskOf(name: string): SharedDisk {
    const present = this.disks.get(name);
    if (present !== undefined) return present;
    const { machine } = this.ground;
    const { bridge, index, node, component } = machine.devices.get(name)!;
    const { sectors } = (component as Disk).mechanism;
    const interruptCode = this.serve((cpu, tag, status) => disk.interrupt(cpu, tag, status));
    const disk = new SharedDisk(this.ground, { name, node, bridge, index, sectors, interruptCode });
    this.disks.set(name, disk);
    return disk;
  }

  /** Its buffers are still to be posted. */
  private makeGateway(specification: GatewaySpecification): Gateway {
    const { memory, space, machine } = this.ground;
    const { subnet } = this;
    const { card, ...asked } = resolveGateway(specification, machine);
    const { bridge, index, node } = machine.devices.get(card)!;
    const needed = asked.buffers * Math.ceil(asked.mtuBytes / subnet.pageBytes);
    if (needed > memory.frames.allFree)
      throw new DiscoError(
        `the receive buffers of the gateway need ${needed} frames, and ${memory.frames.allFree} are free; give it fewer`,
      );
    const gateway: Gateway = new Gateway({
      ...asked,
      subnet,
      memory,
      space,
      bridge,
      device: index,
      node,
      sentCode: this.serve((cpu, tag, status) => gateway.sent(cpu, tag, status)),
      receivedCode: this.serve((cpu, tag, bytes) => gateway.received(cpu, tag, bytes)),
    });
    return gateway;
  }

  /** A code for interrupts of a device of the machine, and who serves them. */
  private serve(service: (cpu: MonitorCpu, a: number, b: number) => Code): number {
    const code = FIRST_DEVICE_INTERRUPT + this.codes++;
    this.ground.serve(code, service);
    return code;
  }
}
