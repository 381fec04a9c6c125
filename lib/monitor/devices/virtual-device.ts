/** What a virtual machine's devices have in common, and what they may do to their machine. */
import type { CommandContent } from '../../messages/io-messages.js';
import type { Pmap } from '../memory/pmap.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { Code } from '../../system/code.js';

/** A virtual device. Content of commands is whatever a hostile guest sends. */
export interface VirtualDevice {
  readonly name: string;
  /** Executes a command of the guest's driver: what the real device of that kind takes, with physical pages where it has frames. */
  command(cpu: MonitorCpu, content: CommandContent): Code;
  /** Reads a register; NO_DEVICE if there is none. */
  read(cpu: MonitorCpu, register: number): Code<number>;
  /** Gives back all that it holds; transfers under way are waited for or end harmlessly. */
  close(cpu: MonitorCpu): Code;
}

/** The virtual machine that a device belongs to, as the device sees it. */
export interface DeviceHost {
  readonly pmap: Pmap;
  /** Virtual processors. */
  readonly processors: number;
  /** Interrupts a virtual processor: `code` from 1 up, and two integers. Does nothing once the machine is stopped. */
  interrupt(cpu: MonitorCpu, to: number, code: number, a: number, b: number): Code;
}
