/**
 * Kernels without a machine: executes kernel code on words of memory, threads interleaved at random, and finds threads that
 * wait for ever, sleep where they must not, or touch memory that nobody has taken.
 */
import { randomStream, type RandomStream } from '../../../../lib/engine/random.js';
import type { Channel, Code, KernelCore, KernelThread, SleepLock, Spinlock } from '../../../../lib/system/code.js';
import { compute, Op, wait, type Operation } from '../../../../lib/processor/operations.js';

const PAGE_BYTES = 4096;
const PAGES_AT = 2 ** 31;
const DATA_AT = 2 ** 32;
const STEP_NS = 2000;
const TICK_NS = 10_000_000;

interface Waiter {
  woken: boolean;
}

class Thread implements KernelThread {
  readonly id: number;
  readonly name: string;
  readonly record = DATA_AT;
  readonly interrupt: boolean;
  readonly spinlocks = new Set<string>();
  readonly code: Code;
  readonly kernel: TestKernel;
  waiter: Waiter | null = null;
  waitsFor = '';
  value = 0;
  done = false;

  constructor(kernel: TestKernel, id: number, name: string, interrupt: boolean, body: (thread: KernelThread) => Code) {
    this.kernel = kernel;
    this.id = id;
    this.name = name;
    this.interrupt = interrupt;
    this.code = body(this);
  }
}

/** The threads of all kernels, and time. */
export class Fabric {
  readonly random: RandomStream;
  nowNs = 0;
  private threads: Thread[] = [];
  private readonly events: { readonly atNs: number; readonly run: () => void }[] = [];
  private nextTickNs = TICK_NS;
  private readonly kernels: TestKernel[] = [];
  private nextId = 1;

  constructor(seed: number) {
    this.random = randomStream(String(seed), 'fabric');
  }

  kernel(pages: number): TestKernel {
    const kernel = new TestKernel(this, pages);
    this.kernels.push(kernel);
    return kernel;
  }

  start(kernel: TestKernel, name: string, interrupt: boolean, body: (thread: KernelThread) => Code): { done: boolean } {
    const thread = new Thread(kernel, this.nextId++, name, interrupt, body);
    this.threads.push(thread);
    return thread;
  }

  after(ns: number, run: () => void): void {
    this.events.push({ atNs: this.nowNs + ns, run });
  }

  /** Runs until all of `awaited` are done. Throws an Error that says who waits for what when that takes too long. */
  run(awaited: readonly { readonly done: boolean }[], limitNs = 2e12): void {
    const end = this.nowNs + limitNs;
    while (!awaited.every(thread => thread.done)) {
      if (this.nowNs > end) throw new Error(`nothing comes of it: ${this.waiting().join('; ')}`);
      this.turn();
    }
  }

  /** Runs for a time. */
  runFor(ns: number): void {
    for (const end = this.nowNs + ns; this.nowNs < end;) this.turn();
  }

  private waiting(): string[] {
    return this.threads.map(({ name, waiter, waitsFor }) => `${name} ${waiter === null ? 'runs' : waitsFor}`);
  }

  private turn(): void {
    const ready = this.threads.filter(({ waiter }) => waiter === null || waiter.woken);
    const next = Math.min(this.nextTickNs, ...this.events.map(({ atNs }) => atNs));
    if (ready.length === 0) this.nowNs = Math.max(this.nowNs, next);
    for (const event of this.events.filter(({ atNs }) => atNs <= this.nowNs)) {
      this.events.splice(this.events.indexOf(event), 1);
      event.run();
    }
    if (this.nowNs >= this.nextTickNs) this.tick();
    if (ready.length === 0) return;
    const thread = ready[this.random.below(ready.length)];
    for (let steps = 1 + this.random.below(12); steps > 0; steps--) if (!this.step(thread)) break;
  }

  private tick(): void {
    this.nextTickNs += TICK_NS;
    for (const kernel of this.kernels) {
      kernel.tickNs = this.nowNs;
      for (const body of kernel.onTick) this.start(kernel, 'tick', true, body);
    }
  }

  /** One operation of a thread; false if it cannot go on now. */
  private step(thread: Thread): boolean {
    this.nowNs += STEP_NS;
    thread.waiter = null;
    thread.kernel.current = thread;
    const { done, value } = thread.code.next(thread.value);
    if (done === true) {
      if (thread.spinlocks.size > 0) throw new Error(`${thread.name} ends with ${[...thread.spinlocks].join()}`);
      thread.done = true;
      this.threads = this.threads.filter(other => other !== thread);
      return false;
    }
    thread.value = thread.kernel.execute(value);
    return thread.waiter === null;
  }
}

/** A kernel's core over plain words. */
export class TestKernel implements KernelCore {
  readonly pageBytes = PAGE_BYTES;
  readonly onTick: ((thread: KernelThread) => Code)[] = [];
  tickNs = 0;
  current: Thread | null = null;
  /** Chance that there is no page although there is one. */
  shortage = 0;
  readonly steps = new Set<string>();
  /** What devices do with a command. */
  onCommand: (command: unknown) => void = () => {
    throw new Error('there are no devices');
  };
  private readonly fabric: Fabric;
  private readonly words: Int32Array;
  private readonly data = new Map<number, number>();
  private readonly free: number[] = [];
  private readonly taken: Uint8Array;
  private readonly reclaimers: ((thread: KernelThread, pages: number) => Code<number>)[] = [];
  private allocated = DATA_AT;
  private readonly records: number;

  constructor(fabric: Fabric, pages: number) {
    this.fabric = fabric;
    this.words = new Int32Array((pages * PAGE_BYTES) / 4);
    this.taken = new Uint8Array(pages);
    this.records = this.allocate('page records', pages * 32);
    for (let page = pages - 1; page >= 0; page--) this.free.push(page);
  }

  get freePages(): number {
    return this.free.length;
  }

  start(name: string, body: (thread: KernelThread) => Code): { done: boolean } {
    return this.fabric.start(this, name, false, body);
  }

  interrupt(name: string, body: (thread: KernelThread) => Code): { done: boolean } {
    return this.fabric.start(this, name, true, body);
  }

  spinlock(name: string): Spinlock {
    let owner: Thread | null = null;
    const self = () => this.current!;
    return {
      name,
      address: this.allocate(name, 128),
      *acquire() {
        if (owner === self()) throw new Error(`${owner.name} acquires ${name} twice`);
        while (owner !== null) yield compute(1);
        owner = self();
        owner.spinlocks.add(name);
        yield compute(1);
      },
      *release() {
        yield compute(1);
        if (owner !== self()) throw new Error(`${self().name} releases ${name} of ${owner?.name}`);
        owner.spinlocks.delete(name);
        owner = null;
        yield compute(1);
      },
    };
  }

  channel(name: string): Channel {
    const waiters: Waiter[] = [];
    const sleep = (): Thread => this.current!;
    return {
      name,
      *sleep(thread, lock) {
        const waiter = { woken: false };
        waiters.push(waiter);
        if (lock !== undefined) yield* lock.release(thread);
        yield* sleepOn(sleep(), waiter, name);
        if (lock !== undefined) yield* lock.acquire(thread);
      },
      *wakeOne() {
        yield compute(1);
        const waiter = waiters.shift();
        if (waiter !== undefined) waiter.woken = true;
        return waiter !== undefined;
      },
      *wakeAll() {
        yield compute(1);
        for (const waiter of waiters.splice(0)) waiter.woken = true;
      },
    };
  }

  sleepLock(name: string): SleepLock {
    let owner: Thread | null = null;
    const waiters: Waiter[] = [];
    const self = () => this.current!;
    return {
      name,
      *acquire() {
        if (owner === self()) throw new Error(`${owner.name} acquires ${name} twice`);
        noSpinlocks(self(), name);
        yield compute(1);
        while (owner !== null) {
          const waiter = { woken: false };
          waiters.push(waiter);
          yield* sleepOn(self(), waiter, `${name} of ${owner.name}`);
        }
        owner = self();
      },
      *release() {
        yield compute(1);
        if (owner !== self()) throw new Error(`${self().name} releases ${name} of ${owner?.name}`);
        owner = null;
        for (const waiter of waiters.splice(0)) waiter.woken = true;
      },
    };
  }

  allocate(_name: string, bytes: number): number {
    const address = this.allocated;
    this.allocated += Math.ceil(bytes / 128) * 128;
    return address;
  }

  *takePage(thread: KernelThread): Code<number> {
    noSpinlocks(this.current!, 'a page');
    yield compute(1);
    if (this.fabric.random.next() < this.shortage) return -1;
    if (this.free.length === 0) for (const reclaim of this.reclaimers) yield* reclaim(thread, 4);
    const page = this.free.pop();
    if (page === undefined) return -1;
    this.taken[page] = 1;
    this.words.fill(0xdeadbeef | 0, (page * PAGE_BYTES) / 4, ((page + 1) * PAGE_BYTES) / 4);
    return page;
  }

  *givePage(_thread: KernelThread, page: number): Code {
    yield compute(1);
    if (this.taken[page] !== 1) throw new Error(`page ${page} is given back, but nobody has taken it`);
    this.taken[page] = 0;
    this.free.push(page);
  }

  addressOf(page: number): number {
    return PAGES_AT + page * PAGE_BYTES;
  }

  userRecordOf(page: number): number {
    return this.records + page * 32;
  }

  *work(step: string): Code {
    this.steps.add(step);
    yield compute(1);
  }

  onPressure(reclaim: (thread: KernelThread, pages: number) => Code<number>): void {
    this.reclaimers.push(reclaim);
  }

  loadWord(address: number): number {
    if (address % 4 !== 0) throw new Error(`address error at ${address.toString(16)}`);
    if (address >= DATA_AT && address < this.allocated) return this.data.get(address) ?? 0;
    return this.words[this.wordOf(address)];
  }

  storeWord(address: number, value: number): void {
    if (address % 4 !== 0) throw new Error(`address error at ${address.toString(16)}`);
    if (address >= DATA_AT && address < this.allocated) this.data.set(address, value | 0);
    else this.words[this.wordOf(address)] = value;
  }

  byte(address: number): number {
    return (this.loadWord(address - (address % 4)) >>> (24 - 8 * (address % 4))) & 255;
  }

  execute({ kind, a, b, c, request }: Operation): number {
    switch (kind) {
      case Op.DeviceCommand:
        this.onCommand(request);
        return 0;
      case Op.Load:
        return this.loadWord(a);
      case Op.Store:
        this.storeWord(a, b);
        return 0;
      case Op.Copy:
        if (c % 4 !== 0) throw new Error(`address error: ${c} bytes`);
        for (let k = 0; k < c; k += 4) this.storeWord(b + k, this.loadWord(a + k));
        return 0;
      case Op.Zero:
        if (c % 4 !== 0) throw new Error(`address error: ${c} bytes`);
        for (let k = 0; k < c; k += 4) this.storeWord(a + k, 0);
        return 0;
      case Op.Compute:
      case Op.Wait:
        return 0;
      default:
        throw new Error(`operation ${kind} is not for this`);
    }
  }

  private wordOf(address: number): number {
    const page = Math.floor((address - PAGES_AT) / PAGE_BYTES);
    if (this.taken[page] !== 1) throw new Error(`${this.current?.name} touches ${address.toString(16)}, which is free`);
    return (address - PAGES_AT) / 4;
  }
}

function noSpinlocks(thread: Thread, name: string): void {
  if (thread.interrupt) throw new Error(`an interrupt (${thread.name}) would sleep for ${name}`);
  if (thread.spinlocks.size > 0)
    throw new Error(`${thread.name} would sleep for ${name} with ${[...thread.spinlocks].join()} held`);
}

function* sleepOn(thread: Thread, waiter: Waiter, name: string): Code {
  noSpinlocks(thread, name);
  while (!waiter.woken) {
    thread.waiter = waiter;
    thread.waitsFor = name;
    yield wait();
  }
}
