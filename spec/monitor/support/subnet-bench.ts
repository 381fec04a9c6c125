/** Virtual machines without processors, with cards on a subnet: what drivers would do is done by pieces. */
import { machineFrame, physicalPage } from '../../../lib/messages/addresses.js';
import type { DeviceHost } from '../../../lib/monitor/devices/virtual-device.js';
import type { MachinePage } from '../../../lib/monitor/memory/machine-page.js';
import type { Pmap } from '../../../lib/monitor/memory/pmap.js';
import type { MonitorCpu } from '../../../lib/monitor/monitor-cpu.js';
import { Subnet } from '../../../lib/monitor/subnet/subnet.js';
import type { VirtualCard } from '../../../lib/monitor/subnet/virtual-card.js';
import { compute, wait } from '../../../lib/processor/operations.js';
import { MemoryBench, type MemoryBenchOptions } from './memory-bench.js';
import type { Piece } from './steps-bench.js';
import type { Code } from '../../../lib/system/code.js';

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
  private readonly bench: MemoryBench;
  private readonly machine: number;

  constructor(bench: MemoryBench, machine: number) {
    this.bench = bench;
    this.machine = machine;
    this.pmap = bench.pmaps[machine]!;
  }

  *interrupt(cpu: MonitorCpu, _to: number, code: number, a: number, b: number): Code {
    // Who gives two interrupts at once by two processors has no order.
    yield compute(50 + 400 * cpu.number);
    if (!this.stopped) this.interrupts.push([code, a, b]);
  }

  /** As the guest stores a word. */
  *store(cpu: MonitorCpu, physical: number, offset: number, value: number): Code {
    yield* this.bench.write(cpu, this.machine, physical, offset / 4, value);
  }

  *fill(cpu: MonitorCpu, physical: number, value: (word: number) => number): Code {
    for (let word = 0; word < 1024; word++) yield* this.store(cpu, physical, 4 * word, value(word));
  }

  load(cpu: MonitorCpu, physical: number, offset: number): Code<number> {
    return this.bench.read(cpu, this.machine, physical, offset / 4);
  }

  *words(cpu: MonitorCpu, physical: number, offset: number, bytes: number): Code<number[]> {
    const words: number[] = [];
    for (let at = 0; at < bytes; at += 4) words.push(yield* this.load(cpu, physical, offset + at));
    return words;
  }

  post(cpu: MonitorCpu, tag: number, ...pieces: readonly Place[]): Code {
    return this.card.command(cpu, { op: 'post', pieces: pieces.map(piece), ...this.reply(tag, RECEIVED) });
  }

  send(cpu: MonitorCpu, to: number, tag: number, ...pieces: readonly Place[]): Code {
    return this.card.command(cpu, { op: 'send', to, pieces: pieces.map(piece), ...this.reply(tag, SENT) });
  }

  /** What the destruction of the machine does. */
  *stop(cpu: MonitorCpu): Code {
    this.stopped = true;
    yield* this.card.close(cpu);
    for (let page = 0; page < PAGES; page++) yield* this.discard(cpu, page);
  }

  discard(cpu: MonitorCpu, page: number): Code {
    return this.bench.memory.discard(cpu, this.pmap, physicalPage(page));
  }

  private reply(tag: number, interruptCode: number) {
    return { tag, interruptTo: 1, interruptCode };
  }
}

function piece([frame, offset, bytes]: Place) {
  return { frame, offset, bytes };
}

/** Machine k has the address 100 + k and runs on no processor in particular. */
export class SubnetBench extends MemoryBench {
  readonly subnet: Subnet;
  readonly hosts: readonly TestHost[];
  private hidden: number[] = [];

  constructor(machines: number, { buffers = 8, ...options }: MemoryBenchOptions & { readonly buffers?: number } = {}) {
    super(machines, PAGES, { nodes: 3, ...options });
    const { memory, space, code, cpus } = this;
    this.subnet = new Subnet({ memory, space, code, pageBytes: 4096 });
    this.hosts = this.pmaps.map((_, machine) => new TestHost(this, machine));
    this.hosts.forEach((host, k) => {
      host.card = this.subnet.attach(host, { name: 'net0', address: 100 + k, buffers, node: k % cpus.length });
    });
  }

  /** All machine pages. */
  get pages(): readonly MachinePage[] {
    return [...this.memory.memmap.all()];
  }

  /** Takes all memory away, but for so many frames. */
  leave(frames: number): void {
    for (let frame = this.frames.takeNear(0, 0); frame >= 0; frame = this.frames.takeNear(0, 0))
      this.hidden.push(frame);
    while (this.frames.allFree < frames) this.frames.give(machineFrame(this.hidden.pop()!));
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
