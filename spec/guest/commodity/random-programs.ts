/**
 * Random user programs that know what they must find. A thread stores to words of its own, in pages that all share, so
 * whatever it loads from them is decided by its own stores and by those of whom it descends from. Of other threads' words
 * it knows only that in a forked child they stay what they were, and that they are final when a thread has said so.
 */
import * as fc from 'fast-check';
import { ErrorNumber } from '../../../lib/system/code.js';
import { KILLED } from '../../../lib/guest/commodity/processes/process.js';
import {
  brk,
  exit,
  fork,
  getpid,
  semaphore,
  semaphorePost,
  semaphoreWait,
  sginap,
  sproc,
  waitForChild,
} from '../../../lib/guest/commodity/calls/system-calls.js';
import { compute, load, store, type Operation, type Program } from '../../../lib/processor/operations.js';
import { HEAP } from './running.js';

/** What a thread does, one after the other. */
export type Action =
  | { readonly kind: 'store' | 'load' | 'stable'; readonly page: number; readonly word: number }
  | { readonly kind: 'compute'; readonly cycles: number }
  | { readonly kind: 'fork' | 'sproc'; readonly body: Body; readonly gate: boolean; readonly join: boolean }
  | { readonly kind: 'brk'; readonly pages: number }
  | { readonly kind: 'wait' | 'yield' | 'inspect' | 'getpid' };

/** A program, and whether it ends by touching what it must not. */
export interface Body {
  readonly actions: readonly Action[];
  readonly crash: boolean;
}

/** Pages of the heap that are used, words of a page that a thread has, and the most threads. */
const PAGES = 6;
const WORDS = 4;
const MOST_THREADS = 40;
const { ECHILD } = ErrorNumber;

const word = fc.record({
  kind: fc.constantFrom('store' as const, 'store' as const, 'load' as const, 'load' as const, 'stable' as const),
  page: fc.nat({ max: PAGES - 1 }),
  word: fc.nat({ max: WORDS - 1 }),
});
const simple = fc.oneof(
  { weight: 8, arbitrary: word },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('compute' as const), cycles: fc.nat({ max: 30_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('brk' as const), pages: fc.integer({ min: 1, max: PAGES }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('wait' as const, 'yield' as const, 'inspect' as const, 'getpid' as const),
    }),
  },
);

/** Programs that make others, to a depth of three. */
export const bodies: fc.Arbitrary<Body> = fc.letrec<{ body: Body; action: Action }>(tie => ({
  body: fc.record({
    actions: fc.array(tie('action'), { maxLength: 12 }),
    crash: fc.boolean(),
  }),
  action: fc.oneof(
    { maxDepth: 3, depthSize: 'medium' },
    simple,
    fc.record({
      kind: fc.constantFrom('fork' as const, 'sproc' as const),
      body: tie('body'),
      gate: fc.boolean(),
      join: fc.boolean(),
    }) as fc.Arbitrary<Action>,
  ),
})).body;

/** What all threads write down: what they found wrong, and by thread all that they were told. */
export interface Notes {
  readonly wrong: string[];
  readonly told: number[][];
}

/** What a thread begins with. */
interface Start {
  /** What it knows of its memory, by address. Its own from here on. */
  readonly memory: Map<number, number>;
  /** Whose words in memory are its own: first its number, then those of whom it was forked from. */
  readonly slots: readonly number[];
  /** Pages of the heap. */
  readonly pages: number;
  /** It is the first thread of its process. */
  readonly first: boolean;
  /** Semaphores that it waits for at its beginning, and adds to at its end; -1 for none. */
  readonly gate: number;
  readonly join: number;
}

/** Numbers the bodies of a program, in the order of the text. */
function numbered(body: Body, numbers = new Map<Body, number>()): Map<Body, number> {
  numbers.set(body, numbers.size);
  for (const action of body.actions) if ('body' in action) numbered(action.body, numbers);
  return numbers;
}

const hasThreads = ({ actions }: Body): boolean => actions.some(({ kind }) => kind === 'sproc');
const addressOf = (slot: number, page: number, index: number): number =>
  (HEAP + page) * 4096 + (slot * WORDS + index) * 4;

/** A program of a body; `inspect` is the operation for the action of that name. */
export function programOf(body: Body, notes: Notes, inspect: () => Operation): () => Program {
  const numbers = numbered(body);
  const start = { memory: new Map(), slots: [0], pages: PAGES, first: true, gate: -1, join: -1 };
  return () => new RandomThread(body, start, { numbers, notes, inspect }).run();
}

/** What the threads of a program have in common: nothing that changes while they run, but what they write down. */
interface Common {
  readonly numbers: ReadonlyMap<Body, number>;
  readonly notes: Notes;
  readonly inspect: () => Operation;
}

class RandomThread {
  private readonly body: Body;
  private readonly start: Start;
  private readonly common: Common;
  private readonly number: number;
  private readonly memory: Map<number, number>;
  private readonly told: number[] = [];
  /** No other thread ever shares its space. */
  private readonly alone: boolean;
  /** Children that it has not heard of, with their status; -1 for one that depends on who ends last. */
  private readonly children = new Map<number, number>();
  private pages: number;
  private stored = 0;

  constructor(body: Body, start: Start, common: Common) {
    this.body = body;
    this.start = start;
    this.common = common;
    this.number = common.numbers.get(body)!;
    this.memory = start.memory;
    this.pages = start.pages;
    this.alone = start.first && !hasThreads(body);
    common.notes.told[this.number] = this.told;
  }

  *run(): Program {
    const { gate, join, first } = this.start;
    if (gate >= 0) yield* this.ask(semaphoreWait(gate));
    if (!first) this.expect('its own words', yield* this.ask(load(addressOf(this.number, 0, 0))), 0);
    for (const action of this.body.actions) yield* this.act(action);
    if (join >= 0) yield* this.ask(semaphorePost(join));
    if (this.body.crash) yield load(4);
    yield exit(this.number & 127);
    this.common.notes.wrong.push(`thread ${this.number} goes on after its end`);
  }

  private *ask(operation: Operation): Generator<Operation, number, number> {
    const result = yield operation;
    this.told.push(result);
    return result;
  }

  private expect(what: string, found: number, wanted: number): void {
    if (found !== wanted) this.common.notes.wrong.push(`thread ${this.number} finds ${what} ${found}, not ${wanted}`);
  }

  private *act(action: Action): Generator<Operation, void, number> {
    switch (action.kind) {
      case 'store':
        yield* this.storeTo(this.own(action));
        return;
      case 'load':
        yield* this.check(this.own(action));
        return;
      case 'stable':
        if (this.alone) yield* this.stable(action);
        return;
      case 'compute':
        yield compute(action.cycles);
        return;
      case 'fork':
      case 'sproc':
        if (this.common.numbers.get(action.body)! < MOST_THREADS) yield* this.make(action);
        return;
      case 'brk':
        if (this.alone) yield* this.moveEnd(action.pages);
        return;
      case 'wait':
        if (this.alone) yield* this.waitOnce();
        return;
      case 'yield':
        this.expect('sginap', yield* this.ask(sginap()), 0);
        return;
      case 'inspect':
        this.expect('inspection', yield* this.ask(this.common.inspect()), 0);
        return;
      case 'getpid':
        yield* this.ask(getpid());
    }
  }

  /** The address of a word that is its own. */
  private own({ page, word }: { readonly page: number; readonly word: number }): number {
    const { slots } = this.start;
    return addressOf(slots[(page + word) % slots.length], page % this.pages, word);
  }

  private *storeTo(address: number): Generator<Operation, void, number> {
    const value = (this.number + 1) * 10_000 + ++this.stored;
    this.memory.set(address, value);
    yield store(address, value);
  }

  private *check(address: number): Generator<Operation, void, number> {
    this.expect(`at 0x${address.toString(16)}`, yield* this.ask(load(address)), this.memory.get(address) ?? 0);
  }

  /** A word of any thread is what it was a while ago, since nobody shares this space. */
  private *stable({
    page,
    word,
  }: {
    readonly page: number;
    readonly word: number;
  }): Generator<Operation, void, number> {
    const slot = (page * WORDS + word) % this.common.numbers.size;
    const address = addressOf(slot, page % this.pages, word);
    const before = yield* this.ask(load(address));
    yield compute(500 * (1 + word));
    yield* this.ask(sginap());
    this.expect(`at 0x${address.toString(16)}, later,`, yield* this.ask(load(address)), before);
  }

  private *moveEnd(pages: number): Generator<Operation, void, number> {
    this.expect('brk', yield* this.ask(brk(HEAP + pages)), 0);
    for (const address of [...this.memory.keys()]) if (address >= (HEAP + pages) * 4096) this.memory.delete(address);
    this.pages = pages;
  }

  private *waitOnce(): Generator<Operation, void, number> {
    const result = yield* this.ask(waitForChild());
    if (this.children.size === 0) {
      this.expect('wait', result, ECHILD);
      return;
    }
    const child = result >> 8;
    const status = this.children.get(child);
    this.children.delete(child);
    if (status !== -1) this.expect(`status of process ${child}`, result & 255, status ?? -1);
  }

  private *make({ kind, body, gate, join }: Extract<Action, { body: Body }>): Generator<Operation, void, number> {
    const { common, pages } = this;
    const number = common.numbers.get(body)!;
    const first = kind === 'fork';
    const gateNumber = gate ? yield* this.ask(semaphore(0)) : -1;
    const joinNumber = join ? yield* this.ask(semaphore(0)) : -1;
    const start: Start = {
      memory: first ? new Map(this.memory) : new Map(),
      slots: first ? [number, ...this.start.slots] : [number],
      ...{ pages, first, gate: gateNumber, join: joinNumber },
    };
    const program = (): Program => new RandomThread(body, start, common).run();
    const made = yield* this.ask(first ? fork(program) : sproc(program));
    if (made <= 0) common.notes.wrong.push(`thread ${this.number} cannot make another one: ${made}`);
    if (first) this.children.set(made, hasThreads(body) ? -1 : body.crash ? KILLED.segmentation : number & 127);
    yield* this.storeTo(addressOf(this.number, 0, 0));
    if (gate) yield* this.ask(semaphorePost(gateNumber));
    if (!join) return;
    yield* this.ask(semaphoreWait(joinNumber));
    // A thread that has said so does not store any more.
    if (!first)
      for (const address of start.memory.keys())
        this.expect('after a join', yield* this.ask(load(address)), start.memory.get(address)!);
  }
}
