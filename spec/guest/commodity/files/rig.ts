/**
 * Executes kernel code without a machine: a memory of words, threads that a seeded scheduler interleaves at every
 * operation, and the locks and channels of a kernel, which notice what a kernel must not do.
 */
import type { RandomStream } from '../../../../lib/engine/random.js';
import { randomStream } from '../../../../lib/engine/random.js';
import type { Channel, Code, KernelCore, KernelThread, SleepLock, Spinlock } from '../../../../lib/system/code.js';
import { Op, compute } from '../../../../lib/processor/operations.js';
import type { Operation } from '../../../../lib/processor/operations.js';

const PAGE = 4096;
const FRAMES = 0x80000000;
const KERNEL = 0xa0000000;

/** A thread, or an interrupt handler. */
class Runner implements KernelThread {
  readonly id: number;
  readonly name: string;
  readonly record = 0;
  readonly code: Generator<Operation, unknown, number>;
  /** Handlers must not sleep. */
  readonly handler: boolean;
  /** Does not keep the run from ending. */
  readonly daemon: boolean;
  readonly held = new Set<object>();
  blocked: (() => boolean) | null = null;
  why = '';
  result = 0;
  /** A copy under way. */
  moving: { operation: Operation; done: number } | null = null;

  constructor(
    id: number,
    name: string,
    make: (self: KernelThread) => Code<unknown>,
    handler: boolean,
    daemon: boolean,
  ) {
    this.id = id;
    this.name = name;
    this.code = make(this);
    this.handler = handler;
    this.daemon = daemon;
  }
}

/** The rig. Everything that happens follows from its seed. */
export class Rig implements KernelCore {
  readonly pageBytes = PAGE;
  readonly random: RandomStream;
  tickNs = 0;
  /** Operations executed. */
  steps = 0;
  /** Steps of `work`, by name. */
  readonly worked = new Map<string, number>();
  readonly freePages: number[] = [];
  /** Pages that are reclaimed at a time, at most. */
  reclaimMost = 4;
  /** What else may happen: a device offers something to do, or null. */
  readonly devices: (() => (() => void) | null)[] = [];
  private readonly reclaimers: ((thread: KernelThread, pages: number) => Code<number>)[] = [];
  private readonly words = new Map<number, Int32Array>();
  private runners: Runner[] = [];
  private current: Runner | null = null;
  private nextKernel = KERNEL;
  private nextId = 1;
  private readonly owned = new Set<number>();
  private readonly records: number;

  /** A kernel with so many physical pages, numbered from 1. */
  constructor(seed: string, pages: number) {
    this.random = randomStream(seed, 'rig');
    this.records = this.allocate('page records', (pages + 1) * 32);
    for (let page = 1; page <= pages; page++) {
      this.freePages.push(page);
      // What is in a page that nobody has written is nothing to rely on.
      this.pageWords(Math.floor((FRAMES + page * PAGE) / PAGE)).fill(0x5ca1ab1e);
    }
  }

  // The kernel's core.

  spinlock(name: string): Spinlock {
    return new RigSpinlock(this, name, this.allocate(name, 128));
  }

  channel(name: string): Channel {
    return new RigChannel(this, name);
  }

  sleepLock(name: string): SleepLock {
    return new RigSleepLock(this, name);
  }

  allocate(_name: string, bytes: number): number {
    const address = this.nextKernel;
    this.nextKernel += Math.ceil(bytes / 128) * 128;
    return address;
  }

  *takePage(thread: KernelThread): Code<number> {
    yield compute(1);
    if (this.freePages.length === 0)
      for (const reclaim of this.reclaimers) yield* reclaim(thread, 1 + this.random.below(this.reclaimMost));
    const page = this.freePages.splice(this.random.below(Math.max(this.freePages.length, 1)), 1)[0];
    if (page === undefined) return -1;
    this.owned.add(page);
    return page;
  }

  *givePage(_thread: KernelThread, page: number): Code {
    yield compute(1);
    if (!this.owned.delete(page)) throw new Error(`page ${page} is given back, but nobody has it`);
    this.pageWords(Math.floor(this.addressOf(page) / PAGE)).fill(0x0ddba11);
    this.freePages.push(page);
  }

  addressOf(page: number): number {
    return FRAMES + page * PAGE;
  }

  userRecordOf(page: number): number {
    return this.records + page * 32;
  }

  /** Counts in the second word of each object, as the kernel does. */
  *work(step: string, ...objects: readonly number[]): Code {
    this.worked.set(step, (this.worked.get(step) ?? 0) + 1);
    yield compute(10);
    for (const object of objects) this.write(object + 4, this.read(object + 4) + 1);
  }

  onPressure(reclaim: (thread: KernelThread, pages: number) => Code<number>): void {
    this.reclaimers.push(reclaim);
  }

  // Memory.

  /** The words of a page of virtual memory. */
  pageWords(page: number): Int32Array {
    let words = this.words.get(page);
    if (words === undefined) this.words.set(page, (words = new Int32Array(PAGE / 4)));
    return words;
  }

  read(address: number): number {
    if (address % 4 !== 0 || address < 0) throw new Error(`address error at ${address}`);
    return this.pageWords(Math.floor(address / PAGE))[(address % PAGE) / 4];
  }

  write(address: number, word: number): void {
    if (address % 4 !== 0 || address < 0) throw new Error(`address error at ${address}`);
    this.pageWords(Math.floor(address / PAGE))[(address % PAGE) / 4] = word;
  }

  /** Bytes of memory, from the most significant of a word. */
  bytes(address: number, count: number): number[] {
    const bytes = new Array<number>(count);
    this.eachByte(address, count, (words, word, shift, k) => (bytes[k] = (words[word] >>> shift) & 255));
    return bytes;
  }

  putBytes(address: number, bytes: ArrayLike<number>): void {
    this.eachByte(address, bytes.length, (words, word, shift, k) => {
      words[word] = (words[word] & ~(255 << shift)) | (bytes[k] << shift);
    });
  }

  private eachByte(
    address: number,
    count: number,
    act: (words: Int32Array, word: number, shift: number, k: number) => void,
  ): void {
    for (let k = 0; k < count;) {
      const words = this.pageWords(Math.floor((address + k) / PAGE));
      for (let at = (address + k) % PAGE; at < PAGE && k < count; at++, k++) act(words, at >> 2, 24 - (at & 3) * 8, k);
    }
  }

  // Execution.

  /** Starts a thread. */
  start(name: string, make: (self: KernelThread) => Code<unknown>, daemon = false): void {
    this.runners.push(new Runner(this.nextId++, name, make, false, daemon));
  }

  /** Starts an interrupt handler, on a processor of its own. */
  interrupt(name: string, make: (self: KernelThread) => Code): void {
    this.runners.push(new Runner(this.nextId++, name, make, true, false));
  }

  /** Runs until all threads have ended. Throws an Error at a deadlock, or if there is no end to it. */
  run(most = 5_000_000): void {
    for (const end = this.steps + most; this.runners.some(runner => !runner.daemon); this.steps++) {
      if (this.steps >= end) throw new Error(`no end after ${most} steps: ${this.describe()}`);
      this.tickNs += 1000;
      this.step();
    }
    if (this.devices.some(device => device() !== null)) this.settle();
  }

  /** Executes one piece of code to its end; its value. */
  call<T>(make: (self: KernelThread) => Code<T>): T {
    let value: T | undefined;
    this.start('call', function* (self) {
      value = yield* make(self);
    });
    this.run();
    return value as T;
  }

  /** Pages that somebody has. */
  get pagesInUse(): number {
    return this.owned.size;
  }

  /** Lets devices finish what nobody waits for. */
  private settle(): void {
    for (let device; (device = this.devices.map(one => one()).find(act => act !== null)) !== undefined;) device();
    if (this.runners.some(runner => !runner.daemon)) this.run();
  }

  private step(): void {
    const offer = this.offer();
    const useDevice = offer !== null && this.random.below(20) === 0;
    const runner = useDevice ? null : this.ready();
    if (runner !== null) this.advance(runner);
    else if (offer !== null) offer();
    else throw new Error(`deadlock: ${this.describe()}`);
  }

  /** Something that a device might do now. */
  private offer(): (() => void) | null {
    const count = this.devices.length;
    if (count === 0) return null;
    const first = this.random.below(count);
    for (let k = 0; k < count; k++) {
      const offer = this.devices[(first + k) % count]();
      if (offer !== null) return offer;
    }
    return null;
  }

  /** A thread that can go on. */
  private ready(): Runner | null {
    const count = this.runners.length;
    const first = this.random.below(count);
    for (let k = 0; k < count; k++) {
      const runner = this.runners[(first + k) % count];
      if (runner.blocked === null || runner.blocked()) return runner;
    }
    return null;
  }

  private describe(): string {
    return this.runners.map(runner => `${runner.name} ${runner.blocked === null ? 'runs' : runner.why}`).join('; ');
  }

  private advance(runner: Runner): void {
    this.current = runner;
    runner.blocked = null;
    if (runner.moving !== null) this.move(runner);
    else {
      const next = runner.code.next(runner.result);
      if (next.done === true) this.end(runner);
      else this.execute(runner, next.value);
    }
    this.current = null;
  }

  private end(runner: Runner): void {
    if (runner.held.size > 0) throw new Error(`${runner.name} ends with a lock`);
    this.runners = this.runners.filter(one => one !== runner);
  }

  private execute(runner: Runner, operation: Operation): void {
    const { kind, a, b } = operation;
    runner.result = 0;
    if (kind === Op.Load) runner.result = this.read(a);
    else if (kind === Op.Store) this.write(a, b);
    else if (kind === Op.Copy || kind === Op.Zero) runner.moving = { operation, done: 0 };
    else if (kind !== Op.Compute) throw new Error(`the rig does not know operation ${kind}`);
  }

  /** Some words of a copy; others may come in between. */
  private move(runner: Runner): void {
    const { operation, done } = runner.moving!;
    const { kind, a, b, c } = operation;
    if (c % 4 !== 0) throw new Error(`${c} bytes are no words`);
    const end = Math.min(c, done + (this.random.below(4) === 0 ? 4 * (1 + this.random.below(64)) : c));
    for (let at = done; at < end; at += 4) {
      if (kind === Op.Copy) this.write(b + at, this.read(a + at));
      else this.write(a + at, 0);
    }
    runner.moving!.done = end;
    if (end === c) runner.moving = null;
  }

  // For locks and channels.

  /** Who executes; throws if it is not the thread that it says it is. */
  self(thread: KernelThread): Runner {
    if (this.current !== thread) throw new Error(`${thread.name} is named by ${this.current?.name}`);
    return this.current;
  }

  /** Lets a thread wait until something holds. */
  *until(runner: Runner, why: string, holds: () => boolean): Code {
    do {
      runner.blocked = holds;
      runner.why = why;
      yield compute(1);
    } while (!holds());
  }
}

class RigSpinlock implements Spinlock {
  readonly name: string;
  readonly address: number;
  private readonly rig: Rig;
  private owner: Runner | null = null;

  constructor(rig: Rig, name: string, address: number) {
    this.rig = rig;
    this.name = name;
    this.address = address;
  }

  *acquire(thread: KernelThread): Code {
    const self = this.rig.self(thread);
    if (this.owner === self) throw new Error(`${self.name} acquires ${this.name} twice`);
    yield* this.rig.until(self, `spins on ${this.name}`, () => this.owner === null);
    this.owner = self;
    self.held.add(this);
    yield compute(1);
  }

  *release(thread: KernelThread): Code {
    yield compute(1);
    this.drop(thread);
    yield compute(1);
  }

  /** Releases it in no time. */
  drop(thread: KernelThread): void {
    const self = this.rig.self(thread);
    if (this.owner !== self) throw new Error(`${self.name} releases ${this.name}, which it does not hold`);
    this.owner = null;
    self.held.delete(this);
  }
}

class RigChannel implements Channel {
  readonly name: string;
  private readonly rig: Rig;
  private readonly sleepers: { awake: boolean }[] = [];

  constructor(rig: Rig, name: string) {
    this.rig = rig;
    this.name = name;
  }

  *sleep(thread: KernelThread, lock?: Spinlock): Code {
    const self = this.rig.self(thread);
    if (self.handler) throw new Error(`${self.name} sleeps on ${this.name}, but is an interrupt handler`);
    yield compute(1);
    const sleeper = { awake: false };
    this.sleepers.push(sleeper);
    (lock as RigSpinlock | undefined)?.drop(thread);
    if ([...self.held].some(held => held instanceof RigSpinlock))
      throw new Error(`${self.name} sleeps on ${this.name} with a lock`);
    yield* this.rig.until(self, `sleeps on ${this.name}`, () => sleeper.awake);
    if (lock !== undefined) yield* lock.acquire(thread);
  }

  *wakeOne(): Code<boolean> {
    yield compute(1);
    const sleeper = this.sleepers.shift();
    if (sleeper !== undefined) sleeper.awake = true;
    return sleeper !== undefined;
  }

  *wakeAll(): Code {
    yield compute(1);
    for (const sleeper of this.sleepers.splice(0)) sleeper.awake = true;
  }
}

class RigSleepLock implements SleepLock {
  readonly name: string;
  private readonly rig: Rig;
  private owner: Runner | null = null;

  constructor(rig: Rig, name: string) {
    this.rig = rig;
    this.name = name;
  }

  *acquire(thread: KernelThread): Code {
    const self = this.rig.self(thread);
    if (self.handler || [...self.held].some(lock => lock instanceof RigSpinlock))
      throw new Error(`${self.name} may not sleep on ${this.name}`);
    if (this.owner === self) throw new Error(`${self.name} acquires ${this.name} twice`);
    yield* this.rig.until(self, `waits for ${this.name}`, () => this.owner === null);
    this.owner = self;
    self.held.add(this);
    yield compute(1);
  }

  *release(thread: KernelThread): Code {
    yield compute(1);
    const self = this.rig.self(thread);
    if (this.owner !== self) throw new Error(`${self.name} releases ${this.name}, which it does not hold`);
    this.owner = null;
    self.held.delete(this);
    yield compute(1);
  }
}
