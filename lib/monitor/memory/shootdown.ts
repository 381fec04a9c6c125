/**
 * Taking translations of a machine page out of TLBs: on exactly the processors whose TLB has one, as the backmaps say. A
 * processor does it itself for its own; others are interrupted, and acknowledge in a line of whoever asked.
 */
import { interrupt, load, store, wait } from '../../processor/operations.js';
import type { MonitorCode } from '../monitor-code.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { MonitorSpace } from '../monitor-space.js';
import type { Steps } from '../steps.js';
import { processorOf } from './hardware-tlb.js';
import type { MachinePage } from './machine-page.js';

/** Interrupt code of a request; its integer is the number of the request. */
export const SHOOTDOWN = 1;

/** Which translations are to go. */
export interface Scope {
  /** Those only that may write. */
  readonly writable?: boolean;
  /** Those only in TLBs of this node. */
  readonly node?: number;
}

interface Request {
  readonly page: MachinePage;
  readonly writable: boolean;
  readonly initiator: MonitorCpu;
  outstanding: number;
}

/** Drops translations, wherever they are. */
export class Shootdown {
  /** Requests that needed others, interrupts sent for them, and entries dropped anywhere. */
  readonly statistics = { requests: 0, interrupts: 0, entries: 0 };
  private readonly cpus: readonly MonitorCpu[];
  private readonly code: MonitorCode;
  /** A line for each processor, where the others acknowledge. */
  private readonly mailboxes: readonly number[];
  private readonly requests: (Request | null)[] = [];

  constructor(cpus: readonly MonitorCpu[], space: MonitorSpace, code: MonitorCode) {
    this.cpus = cpus;
    this.code = code;
    this.mailboxes = cpus.map(({ node }) => space.allocate(node, 1));
  }

  /** When this returns, no TLB has such a translation of the page. Whoever must not load one meanwhile marks the page busy. */
  *drop(cpu: MonitorCpu, page: MachinePage, { writable = false, node }: Scope = {}): Steps {
    const holders = this.holders(page, node);
    if (holders.has(cpu.number)) yield* this.dropHere(cpu, page, writable);
    holders.delete(cpu.number);
    if (holders.size === 0) return;
    this.statistics.requests++;
    const request: Request = { page, writable, initiator: cpu, outstanding: holders.size };
    const free = this.requests.indexOf(null);
    const number = free < 0 ? this.requests.push(request) - 1 : free;
    this.requests[number] = request;
    for (const holder of holders) {
      this.statistics.interrupts++;
      yield this.code.step('send interrupt');
      yield interrupt(holder, SHOOTDOWN, number);
    }
    while (request.outstanding > 0) yield wait();
    yield load(this.mailboxes[cpu.number]);
    this.requests[number] = null;
  }

  /** Serves a request of another processor. It does not wait. */
  *acknowledge(cpu: MonitorCpu, number: number): Steps {
    const { page, writable, initiator } = this.requests[number]!;
    yield this.code.step('shootdown');
    yield* this.dropHere(cpu, page, writable);
    yield store(this.mailboxes[initiator.number], number);
    const request = this.requests[number]!;
    if (--request.outstanding === 0) initiator.processor.wake();
  }

  private *dropHere(cpu: MonitorCpu, page: MachinePage, writable: boolean): Steps {
    const dropped = cpu.hardware.dropPage(page, writable);
    this.statistics.entries += dropped;
    for (let entry = 0; entry < dropped; entry++) yield this.code.step('drop translation');
  }

  /** Numbers of processors, ascending. */
  private holders(page: MachinePage, node: number | undefined): Set<number> {
    const { entries } = this.cpus[0]!.hardware;
    const numbers = [...page.mappings].map(mapping => processorOf(mapping, entries));
    const wanted = node === undefined ? numbers : numbers.filter(number => this.cpus[number]!.node === node);
    return new Set(wanted.sort((a, b) => a - b));
  }
}
