/** The least system for a virtual machine: programs in kernel mode, and exceptions answered as a spec says. */
import { Context } from '../../../lib/processor/context.js';
import type { Program } from '../../../lib/processor/operations.js';
import { Activity, type Cpu, type Exception } from '../../../lib/processor/software.js';
import type { Disco } from '../../../lib/monitor/disco.js';
import type { GuestSystem, VirtualMachine, VirtualMachineSpecification } from '../../../lib/monitor/virtual-machine.js';
import { PAGE } from '../../processor/privileged.js';

/** What a system answers an exception with. */
export type GuestAnswer = (exception: Exception, cpu: Cpu) => Context | null;

/** A system that answers exceptions as it is told, and records them. */
export class PlainGuest implements GuestSystem {
  readonly taken: { readonly cpu: number; readonly code: number; readonly vector: number; readonly address: number }[] =
    [];
  private readonly answer: GuestAnswer;

  constructor(answer: GuestAnswer) {
    this.answer = answer;
  }

  exception(cpu: Cpu, exception: Exception): Context | null {
    const { code, vector, address } = exception;
    this.taken.push({ cpu: cpu.number, code, vector, address });
    return this.answer(exception, cpu);
  }
}

/** Creates and starts a virtual machine with a kernel-mode program on each processor. */
export function startPlain(
  disco: Disco,
  programs: readonly Program[],
  answer: GuestAnswer,
  specification: Partial<VirtualMachineSpecification> = {},
): { readonly virtual: VirtualMachine; readonly system: PlainGuest } {
  const system = new PlainGuest(answer);
  const virtual = disco.create({
    ...{ name: 'plain', processors: programs.length, memoryBytes: 64 * PAGE },
    ...specification,
  });
  disco.start(
    virtual,
    system,
    programs.map(program => new Context(program, Activity.Kernel)),
  );
  return { virtual, system };
}
