/** Requests of guests to the monitor. A guest may ask for anything: what is wrong gets an error, and harms nobody. */
import { physicalPage } from '../../messages/addresses.js';
import type { Context } from '../../processor/context.js';
import {
  copiedRequest,
  MONITOR_VERSION,
  MonitorError,
  requestFault,
  type MonitorRequest,
} from '../../system/monitor-calls.js';
import type { Core } from '../core.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { VirtualMachine } from '../virtual-machine.js';
import { deviceAt, type Emulation } from './emulation.js';
import type { Scheduler } from './scheduler.js';
import type { VirtualProcessor } from './virtual-processor.js';
import type { Code } from '../../system/code.js';

/** Serves monitor calls. */
export class MonitorCalls {
  private readonly core: Core;
  private readonly scheduler: Scheduler;
  private readonly emulation: Emulation;

  constructor(core: Core, scheduler: Scheduler, emulation: Emulation) {
    this.core = core;
    this.scheduler = scheduler;
    this.emulation = emulation;
  }

  /** The operation at hand of the context is a monitor call of its kernel. */
  *serve(cpu: MonitorCpu, machine: VirtualMachine, virtual: VirtualProcessor, context: Context): Code {
    const { statistics, code } = this.core;
    const request = copiedRequest(context.operation!.request);
    yield code.step('monitor call');
    statistics.monitorCalls++;
    const fault = requestFault(request, machine.pmap.size);
    const result = fault !== 0 ? fault : yield* this.answer(cpu, machine, virtual, request as MonitorRequest);
    if (result < 0) statistics.refusedCalls++;
    context.complete(result);
  }

  private *answer(
    cpu: MonitorCpu,
    machine: VirtualMachine,
    virtual: VirtualProcessor,
    request: MonitorRequest,
  ): Code<number> {
    const { memory } = this.core;
    const { pmap } = machine;
    switch (request.call) {
      case 'version':
        return MONITOR_VERSION;
      case 'zeroed page':
        yield* memory.discard(cpu, pmap, physicalPage(request.page));
        return (yield* memory.pageAt(cpu, pmap, physicalPage(request.page), true)) === null ? MonitorError.NoMemory : 0;
      case 'free page':
        yield* memory.discard(cpu, pmap, physicalPage(request.page));
        return 0;
      case 'idle':
        this.scheduler.rest(virtual);
        return 0;
      case 'remap':
        if (request.from === request.to) return 0;
        if (!(yield* memory.duplicate(cpu, pmap, physicalPage(request.from), physicalPage(request.to))))
          return MonitorError.NoMemory;
        this.core.statistics.remaps++;
        return 0;
      case 'device': {
        const device = deviceAt(machine, request.device);
        if (device === undefined) return MonitorError.NoDevice;
        yield* this.emulation.command(cpu, device, request.command);
        return 0;
      }
    }
  }
}
