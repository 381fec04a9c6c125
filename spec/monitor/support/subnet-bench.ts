/** Virtual machines without processors, with cards on a subnet: what drivers would do is done by pieces. */
import type { DeviceHost } from '../../../lib/monitor/devices/virtual-device.js';
import type { Pmap } from '../../../lib/monitor/memory/pmap.js';
import type { MonitorCpu } from '../../../lib/monitor/monitor-cpu.js';
import type { Steps } from '../../../lib/monitor/steps.js';
import { Subnet } from '../../../lib/monitor/subnet/subnet.js';
import type { VirtualCard } from '../../../lib/monitor/subnet/virtual-card.js';
import { compute, machineLoad, machineStore, wait } from '../../../lib/processor/operations.js';
import { PlainMemory } from './plain-memory.js';
import { StepsBench, type Piece, type StepsBenchOptions } from './steps-bench.js';

export const SENT = 40;
export const RECEIVED = 41;
export const PAGES = 16;

/** An interrupt: code, and its two integers. */
export type Interrupt = readonly [code: number, a: number, b: number];

/** Part of a page. */
export type Place = readonly [page: number, offset: number, bytes: number];

export class TestHost implements DeviceHost {
  readonly processors = 2;
  readonly pmap: Pmap;
  readonly interrupts: Interrupt[] = [];
  stopped = false;
  card!: VirtualCard;
  private readonly memory: PlainMemory;

  constructor(memory: PlainMemory, machine: number) {
    this.memory = memory;
    this.pmap = memory.pmap(machine, PAGES);
  }

  *interrupt(cpu: MonitorCpu, _to: number, code: number, a: number, b: number): Steps {
    // Who gives two interrupts at once by two processors has no order.
    yield compute(50 + 400 * cpu.number);
    if (!this.stopped) this.interrupts.push([code, a, b]);
  }

  /** As the guest stores a word. */
  *store(cpu: MonitorCpu, physical: number, offset: number, value: number): Steps {
    const page = (yield* this.memory.ownPage(cpu, this.pmap, physical, false))!;
    yield machineStore(page.frame, offset, value);
  }

  *fill(cpu: MonitorCpu, physical: number, value: (word: number) => number): Steps {
    for (let word = 0; word < 1024; word++) yield* this.store(cpu, physical, 4 * word, value(word));
  }

  *load(cpu: MonitorCpu, physical: number, offset: number): Steps<number> {
    const page = (yield* this.memory.pageAt(cpu, this.pmap, physical))!;
    return yield machineLoad(page.frame, offset);
  }

  *words(cpu: MonitorCpu, physical: number, offset: number, bytes: number): Steps<number[]> {
    const words: number[] = [];
    for (let at = 0; at < bytes; at += 4) words.push(yield* this.load(cpu, physical, offset + at));
    return words;
  }

  post(cpu: MonitorCpu, tag: number, ...pieces: readonly Place[]): Steps {
    return this.card.command(cpu, { op: 'post', pieces: pieces.map(piece), ...this.reply(tag, RECEIVED) });
  }

  send(cpu: MonitorCpu, to: number, tag: number, ...pieces: readonly Place[]): Steps {
    return this.card.command(cpu, { op: 'send', to, pieces: pieces.map(piece), ...this.reply(tag, SENT) });
  }

  /** What the destruction of the machine does. */
  *stop(cpu: MonitorCpu): Steps {
    this.stopped = true;
    yield* this.card.close(cpu);
    for (let page = 0; page < PAGES; page++) yield* this.memory.discard(this.pmap, page);
  }

  private reply(tag: number, interruptCode: number) {
    return { tag, interruptTo: 1, interruptCode };
  }
}

function piece([frame, offset, bytes]: Place) {
  return { frame, offset, bytes };
}

/** Machine k has the address 100 + k and runs on no processor in particular. */
export class SubnetBench extends StepsBench {
  readonly memory: PlainMemory;
  readonly subnet: Subnet;
  readonly hosts: readonly TestHost[];

  constructor(machines: number, { buffers = 8, ...options }: StepsBenchOptions & { readonly buffers?: number } = {}) {
    super({ nodes: 3, ...options });
    this.memory = new PlainMemory(this.frames, this.space, this.cpus);
    const { memory, space, code, cpus } = this;
    this.subnet = new Subnet({ memory, space, code, cpus, pageBytes: 4096 });
    this.hosts = Array.from({ length: machines }, (_, machine) => new TestHost(memory, machine));
    this.hosts.forEach((host, k) => {
      host.card = this.subnet.attach(host, { name: 'net0', address: 100 + k, buffers, node: k % cpus.length });
    });
  }

  /** A piece in which all processors wait for each other. */
  meeting(): Piece {
    const { cpus } = this;
    let come = 0;
    return function* () {
      come++;
      for (const { processor } of cpus) processor.wake();
      while (come < cpus.length) yield wait();
    };
  }
}
