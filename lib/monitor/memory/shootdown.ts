/**
 * TLB shootdown: translations of a page are taken out on exactly the processors that have some, as the backmaps say; on
 * this one directly, on others by an interrupt that they acknowledge. Disco, sections 4.1 and 4.2.3.
 */
import { interrupt, load, store, wait } from '../../processor/operations.js';
import type { MonitorCode } from '../monitor-code.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { MonitorSpace } from '../monitor-space.js';
import { processorOf } from './hardware-tlb.js';
import type { MachinePage } from './machine-page.js';
import type { Pmap } from './pmap.js';
import type { Code } from '../../system/code.js';

/** Interrupt code of a shootdown; its integer is the number of the request. */
export const SHOOTDOWN = 1;

/** Which translations of a page; all that are not excluded by one of these. */
export interface Reach {
  /** Only those that allow stores. */
  readonly writable?: boolean;
  /** Only those of processors of these nodes. */
  readonly nodes?: readonly number[];
  /** Only those of a virtual machine, or that may be. */
  readonly owner?: Pmap;
}

/** What shootdowns came to. */
export interface ShootdownWork {
  /** Times that there was anything to take out. */
  requests: number;
  /** Processors interrupted. */
  interrupts: number;
  /** TLB entries taken out. */
  entries: number;
}

interface Request {
  readonly page: MachinePage;
  readonly writable: boolean;
  readonly initiator: MonitorCpu;
  outstanding: number;
}

/** Takes translations out of hardware TLBs. One for the machine. */
export class Shootdown {
  readonly work: ShootdownWork = { requests: 0, interrupts: 0, entries: 0 };
  private readonly cpus: readonly MonitorCpu[];
  private readonly code: MonitorCode;
  /** Virtual address of a line for each processor, on its node, where it finds acknowledgements. */
  private readonly mailboxes: readonly number[];
  /** By number; one that is done is free again. No lock: looked at and changed between yields only. */
  private readonly requests: (Request | null)[] = [];

  /** Throws a DiscoError if there is no memory for the mailboxes. */
  constructor(cpus: readonly MonitorCpu[], space: MonitorSpace, code: MonitorCode) {
    this.cpus = cpus;
    this.code = code;
    this.mailboxes = cpus.map(({ node }) => space.allocate(node, 4));
  }

  /**
   * Takes translations of a page out. When it is done there are none but those loaded meanwhile: whoever calls it has said
   * before, by `busy` or by a holder more, that there are to be none of that kind.
   */
  *drop(cpu: MonitorCpu, page: MachinePage, reach: Reach = {}): Code {
    const concerned = this.concerned(page, reach);
    if (concerned.length === 0) return;
    this.work.requests++;
    const others = concerned.filter(other => other !== cpu);
    if (others.length < concerned.length) yield* this.dropHere(cpu, page, reach.writable === true);
    if (others.length === 0) return;
    const request: Request = {
      page,
      writable: reach.writable === true,
      initiator: cpu,
      outstanding: others.length,
    };
    const number = this.numberOf(request);
    this.work.interrupts += others.length;
    for (const other of others) {
      yield this.code.step('send interrupt');
      yield interrupt(other.number, SHOOTDOWN, number);
    }
    while (request.outstanding > 0) yield wait();
    yield load(this.mailboxes[cpu.number]);
    this.requests[number] = null;
  }

  /** The handler of a shootdown interrupt at its target. Never waits. */
  *acknowledge(cpu: MonitorCpu, number: number): Code {
    const request = this.requests[number];
    if (request === null || request === undefined)
      throw new Error(`${cpu.processor.path}: there is no shootdown ${number} to acknowledge`);
    const { page, writable, initiator } = request;
    // A block: what the store buffer holds has reached the caches before the translations go.
    yield this.code.step('shootdown');
    yield* this.dropHere(cpu, page, writable);
    yield store(this.mailboxes[initiator.number], number);
    if (--request.outstanding === 0) initiator.processor.wake();
  }

  /** Sets what is counted to 0. */
  resetStatistics(): void {
    Object.assign(this.work, { requests: 0, interrupts: 0, entries: 0 });
  }

  private *dropHere(cpu: MonitorCpu, page: MachinePage, writable: boolean): Code {
    const dropped = cpu.hardware.dropPage(page, writable);
    this.work.entries += dropped;
    for (let i = 0; i < dropped; i++) yield this.code.step('drop translation');
  }

  /** Processors that have such translations now, ascending. */
  private concerned(page: MachinePage, { writable, nodes, owner }: Reach): MonitorCpu[] {
    const numbers = new Set<number>();
    for (const mapping of page.mappings) {
      const cpu = this.cpus[processorOf(mapping, this.cpus[0].hardware.entries)];
      if (writable === true && !cpu.hardware.mayWrite(mapping)) continue;
      if (nodes !== undefined && !nodes.includes(cpu.node)) continue;
      if (owner !== undefined && cpu.hardware.owner !== null && cpu.hardware.owner !== owner) continue;
      numbers.add(cpu.number);
    }
    return [...numbers].sort((a, b) => a - b).map(number => this.cpus[number]);
  }

  private numberOf(request: Request): number {
    const free = this.requests.indexOf(null);
    if (free < 0) return this.requests.push(request) - 1;
    this.requests[free] = request;
    return free;
  }
}
