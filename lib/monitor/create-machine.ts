/** Makes virtual machines: records in the monitor's memory near where their processors run, a pmap, and devices. */
import { InterruptMessage } from '../messages/coherence-messages.js';
import { MHz } from '../engine/time.js';
import type { Disco } from './disco.js';
import type { DeviceHost } from './devices/virtual-device.js';
import { MachinePage } from './memory/machine-page.js';
import type { Pmap } from './memory/pmap.js';
import type { MonitorArena } from './monitor-space.js';
import { SECOND_LEVEL_BYTES, SecondLevelTlb } from './processors/second-level-tlb.js';
import { RECORD_BYTES, VirtualProcessor } from './processors/virtual-processor.js';
import { VirtualMachine, type VirtualMachineSpecification } from './virtual-machine.js';

/** Registers that a trap saves: what a handler may use without being seen. */
const SAVED_REGISTERS = 18;
const REGISTER_BYTES = 8;
/** Interrupts of devices come from the bridge, and travel nowhere. */
const NO_FLITS = 1;

/** Makes it. The specification has no faults. */
export function createMachine(
  disco: Disco,
  number: number,
  specification: VirtualMachineSpecification,
): VirtualMachine {
  const { machine, space, memory } = disco;
  const arena = space.arena();
  const { name, processors: count, memoryBytes } = specification;
  const homes =
    specification.homes ?? Array.from({ length: count }, (_, i) => (number + i) % machine.processors.length);
  let pmap: Pmap | null = null;
  try {
    const node = machine.processors[homes[0]].nodeNumber;
    pmap = memory.pmaps.add(number, name, memoryBytes / machine.map.pageBytes, node, arena);
    const guest = pmap;
    const processors = homes.map((home, i) =>
      makeProcessor(disco, arena, { number: i, guest, machine: number, name, home }),
    );
    const devices = disco.devices.attach(hostOf(disco, number, pmap, count), specification, node);
    return new VirtualMachine(number, specification, { pmap, processors, devices, arena });
  } catch (error) {
    if (pmap !== null) memory.pmaps.remove(pmap);
    arena.free();
    throw error;
  }
}

interface Place {
  readonly number: number;
  readonly guest: object;
  readonly machine: number;
  readonly name: string;
  readonly home: number;
}

function makeProcessor(disco: Disco, arena: MonitorArena, place: Place): VirtualProcessor {
  const { machine, code, options, space } = disco;
  const { simulation, map } = machine;
  const node = machine.processors[place.home].nodeNumber;
  const record = arena.allocate(node, RECORD_BYTES);
  const special = arena.allocate(node, map.pageBytes);
  const frame = space.frameOf(special);
  const level = options.secondLevelTlb;
  const second = level === null ? null : new SecondLevelTlb(level);
  const saved = (store: boolean): { offset: number; store: boolean }[] =>
    Array.from({ length: SAVED_REGISTERS }, (_, i) => ({ offset: i * REGISTER_BYTES, store }));
  return new VirtualProcessor({
    ...place,
    record,
    // No page of the machine's memory that anybody could share or move: it has no number.
    special: { address: special, page: new MachinePage(-1, frame, map.homeOfFrame(frame)) },
    second:
      second === null || level === null
        ? null
        : { address: arena.allocate(node, level.entries * SECOND_LEVEL_BYTES), tlb: second },
    random: simulation.random(`disco.${place.machine}.${place.number}.tlb`),
    period: simulation.clock(MHz(machine.specification.processor.clockMHz)).period,
    now: () => simulation.now,
    enter: code.assemble('enter', record, saved(true)),
    leave: code.assemble('leave', record, saved(false)),
  });
}

function hostOf(disco: Disco, number: number, pmap: Pmap, processors: number): DeviceHost {
  return {
    pmap,
    processors,
    *interrupt(cpu, to, code, a, b) {
      const machine = disco.machines[number];
      const virtual = machine?.state === 'started' ? machine.processors[to] : undefined;
      if (virtual === undefined) return;
      yield* disco.scheduler.post(cpu, virtual, new InterruptMessage(NO_FLITS, code, processors, to, a, b));
    },
  };
}
