/**
 * What guests yield and throw costs themselves only. The bystander (support/bystander.ts) computes beside them; what it finds is
 * compared with a run in which it is alone.
 */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { StallError } from '../../lib/engine/errors.js';
import { us } from '../../lib/engine/time.js';
import { checkDisco } from '../../lib/monitor/check-disco.js';
import type { Disco } from '../../lib/monitor/disco.js';
import type { VirtualProcessor } from '../../lib/monitor/processors/virtual-processor.js';
import type { GuestSystem, VirtualMachine } from '../../lib/monitor/virtual-machine.js';
import { Context } from '../../lib/processor/context.js';
import * as op from '../../lib/processor/operations.js';
import { ExceptionCode, Register, Status } from '../../lib/processor/registers.js';
import { Activity, type Cpu, type Exception } from '../../lib/processor/software.js';
import { DONE, monitored, startBystander, type Findings } from './support/bystander.js';

const SEED = 1997;
const SLICE_US = 200;
let doors = 0;
const reference = { ...op.block({ words: new Int32Array(2), gaps: new Uint16Array(2) }, 0, 2) };

/** What a run must give. */
interface Right {
  readonly values: readonly number[];
  readonly output: string;
}

/** The bystander without anybody beside it. */
const alone: Right = (() => {
  const { machine, disco } = monitored(SEED);
  const { virtual, findings } = startBystander(disco);
  machine.run();
  return { values: findings.values, output: virtual.console.output };
})();

/** A machine with the bystander, on which others may be started before it runs. */
function beside(seed: number | string = SEED) {
  const { machine, disco } = monitored(seed);
  const bystander = startBystander(disco);
  const slice = machine.simulation.ticks(us(SLICE_US));
  let until = 0;
  /** A slice. False if nothing is under way: all others are over, or wait for what never comes, once the bystander is done. */
  const runs = (): boolean => {
    try {
      return machine.run({ until: (until += slice) }) !== 'finished';
    } catch (error) {
      if (error instanceof StallError && bystander.findings.values.at(-1) === DONE) return false;
      throw error;
    }
  };
  /** Runs until the bystander is done, then `most` slices more or until the others have stopped, and holds it to what is right. */
  const check = (others: readonly VirtualMachine[], most = 100): void => {
    for (let left = most; left > 0;) {
      if (!runs()) break;
      if (bystander.findings.values.at(-1) !== DONE) continue;
      left = others.every(({ state }) => state === 'stopped') ? 0 : left - 1;
    }
    expect(right(bystander)).toEqual(alone);
    expect(bystander.virtual.failure).toBeNull();
    expect(checkDisco(disco)).toEqual([]);
  };
  /** Runs on to the end of everything, with all destroyed: what they held is free again. */
  const finish = (others: readonly VirtualMachine[]): void => {
    for (const other of others) disco.destroy(other);
    disco.destroy(bystander.virtual);
    for (let run = 0; run < 4000 && runs(); run++);
    for (const other of others) expect(other.state).toBe('destroyed');
    expect(checkDisco(disco)).toEqual([]);
  };
  return { machine, disco, bystander, check, finish };
}

function right({ virtual, findings }: { virtual: VirtualMachine; findings: Findings }): Right {
  return { values: findings.values, output: virtual.console.output };
}

/** Starts a guest on processor 0, where the bystander begins. */
function start(disco: Disco, system: GuestSystem, contexts: readonly Context[], name = 'hostile'): VirtualMachine {
  const homes = contexts.map((_, number) => number % 2);
  const virtual = disco.create({
    ...{ name, processors: contexts.length, memoryBytes: 32 * 4096, homes },
    disks: [{ disk: 'disk1', mode: 'copy-on-write' }],
  });
  disco.start(virtual, system, contexts);
  return virtual;
}

const kernel = (program: op.Program): Context => new Context(program, Activity.Kernel);

/** Takes exceptions down and skips what was at fault. */
class Skipping implements GuestSystem {
  readonly taken: Exception[] = [];

  exception(cpu: Cpu, exception: Exception): Context | null {
    this.taken.push(exception);
    (cpu as VirtualProcessor).context?.complete(0);
    return null;
  }
}

/** What is yielded, and what is said of it; null for what is a reserved instruction without more ado. */
const MALFORMED: readonly (readonly [string, unknown, string | null])[] = [
  ['nothing', undefined, 'its program yields undefined, which is no operation; yield one, such as compute(5)'],
  ['null', null, 'its program yields null, which is no operation'],
  ['a text', 'load', 'its program yields "load", which is no operation'],
  ['a symbol', Symbol('x'), 'its program yields Symbol(x), which is no operation'],
  ['an unknown kind', { ...op.compute(1), kind: 99 }, 'there is no operation 99'],
  ['no kind', {}, 'there is no operation undefined'],
  ['a kind that is a text', { ...op.readRegister(1), kind: '20' }, 'there is no operation "20"'],
  ['a kind of its own making', { ...op.compute(1), kind: -1 }, 'there is no operation -1'],
  ['half a cycle', op.compute(0.5), 'computes from 0 to 2^40 whole cycles, not 0.5'],
  ['no number', { ...op.store(0, 0), b: '7' }, 'operation Store takes numbers, not 0,"7"'],
  ['a missing number', { kind: op.Op.Load }, 'operation Load takes numbers, not undefined'],
  ['a service that there is not', op.annotate(2 ** 31), 'annotate takes a service from 0 up, or -1, not 2147483648'],
  ['an activity that there is not', op.annotate(0, 99), 'annotate takes an activity from 0 to'],
  ['a spin without time', op.spinWhile(0, 0, 0), 'a turn of a spinning loop takes at least a whole cycle, not 0'],
  ['half a word', op.zero(0, 6, 1), 'copies and fills with zeros whole words, not 6 bytes'],
  ['references beyond their end', { ...reference, b: 3 }, 'within the 2 that there are, not 0 up to 3'],
  ['no references', { ...reference, references: null }, 'a block takes references: words in an Int32Array'],
  [
    'words in a proxy',
    { ...reference, references: { words: new Proxy(new Int32Array(2), {}), gaps: new Uint16Array(2) } },
    'a block takes references: words in an Int32Array',
  ],
  [
    'too few gaps',
    { ...reference, references: { words: new Int32Array(2), gaps: new Uint16Array(1) } },
    'a gap for each in a Uint16Array',
  ],
  ['a wait without a partner', op.wait(), 'it waits for system software to wake it'],
  ['what is no context', op.resume({} as Context), null],
  [
    'a getter that throws',
    {
      get kind() {
        throw new Error('no');
      },
    },
    'its program yields what cannot be read',
  ],
];

describe('an operation that is not valid', () => {
  it('is a reserved instruction of its guest', () => {
    const { disco, check } = beside();
    const system = new Skipping();
    const values = MALFORMED.map(([, value]) => value as op.Operation);
    const after: number[] = [];
    const program = function* (): op.Program {
      for (const value of values) {
        yield value;
        after.push(yield op.readRegister(Register.PRId));
      }
    };
    const virtual = start(disco, system, [kernel(program())]);
    check([virtual]);
    expect(virtual.failure).toBeNull();
    expect(after.filter(value => value !== 0)).toHaveLength(values.length);
    expect(system.taken.map(({ code }) => code)).toEqual(values.map(() => ExceptionCode.ReservedInstruction));
    for (const [number, [, , message]] of MALFORMED.entries()) {
      const { fault } = system.taken[number];
      if (message === null) expect(fault).toBeNull();
      else expect(fault).toMatchObject({ fatal: false, message: expect.stringContaining(message) });
    }
  });
});

const silly: readonly [string, () => unknown, string][] = [
  ['an Error', () => new TypeError('oh'), 'TypeError: oh'],
  ['a text', () => 'oh', '"oh"'],
  ['undefined', () => undefined, 'undefined'],
  ['null', () => null, 'null'],
  [
    'what cannot be shown',
    () => ({
      toString: () => {
        throw new Error('no');
      },
    }),
    'something that has no description',
  ],
  ['a long text', () => 'x'.repeat(10_000), `"${'x'.repeat(499)} ...`],
];

function throwing(value: unknown): never {
  throw value;
}

describe('a guest that throws', () => {
  it('in a program or in its kernel is ended with the message', () => {
    const { disco, check, finish } = beside();
    const guests = silly.flatMap(([name, make, text]) => {
      const value = make();
      const program = function* (): op.Program {
        yield op.compute(100);
        throwing(value);
      };
      const busy = function* (): op.Program {
        for (;;) yield op.compute(1000);
      };
      const throws: GuestSystem = { exception: () => throwing(value) };
      return [
        {
          virtual: start(disco, new Skipping(), [kernel(program()), kernel(busy())], name),
          value,
          failure: `its program threw ${text}`,
        },
        {
          virtual: start(disco, throws, [kernel([op.call('x')].values())], `${name} in its kernel`),
          value,
          failure: `its kernel threw ${text}`,
        },
      ];
    });
    const machines = guests.map(({ virtual }) => virtual);
    check(machines);
    for (const { virtual, value, failure } of guests) {
      expect(virtual).toMatchObject({ state: 'stopped', failure });
      expect(virtual.thrown).toBe(value);
      expect([...virtual.pmap.mapped()]).toEqual([]);
    }
    finish(machines);
  });

  it('in an interrupt, which is injected on the way back, is ended', () => {
    const { disco, check } = beside();
    const virtual = start(disco, { exception: () => throwing('interrupt') }, [
      kernel(
        (function* (): op.Program {
          yield op.writeRegister(Register.Compare, ((yield op.readRegister(Register.Count)) + 5000) | 0);
          for (;;) yield op.compute(500);
        })(),
      ),
    ]);
    check([virtual]);
    expect(virtual.failure).toBe('its kernel threw "interrupt"');
  });

  it('gives its memory to the machine that needs it', () => {
    const { machine, disco } = monitored(SEED);
    const pages = Math.ceil(disco.frames.allFree * 0.6);
    const greedy = (name: string): VirtualMachine => {
      const virtual = disco.create({ name, processors: 1, memoryBytes: pages * 4096 });
      const program = function* (): op.Program {
        for (let page = 0; page < pages; page++)
          if ((yield op.monitorCall({ call: 'zeroed page', page })) !== 0) throw new Error(`no memory at ${page}`);
        throw new Error('enough');
      };
      disco.start(virtual, new Skipping(), [kernel(program())]);
      machine.run();
      return virtual;
    };
    for (const name of ['first', 'second']) expect(greedy(name).failure).toBe('its program threw Error: enough');
    expect(checkDisco(disco)).toEqual([]);
  });
});

describe('a program that is not valid', () => {
  const PROGRAMS: readonly (readonly [string, unknown, string])[] = [
    ['no object', undefined, 'its program threw TypeError'],
    ['without next', {}, 'its program threw TypeError'],
    ['with a next that is a number', { next: 7 }, 'its program threw TypeError'],
    ['with results that are none', { next: () => undefined }, 'its program yields what cannot be read'],
    ['with results that are numbers', { next: () => 5 }, 'its program yields undefined, which is no operation'],
    [
      'that yields one object for ever',
      ((one: op.Operation) => ({ next: () => ({ done: false, value: one }) }))(op.compute(0)),
      'its program yielded 1000000 operations without any time passing',
    ],
  ];
  it('ends its guest', () => {
    const { disco, check } = beside();
    // A kernel that gives up at the first reserved instruction, as real ones do.
    const system = { exception: (_cpu: Cpu, { fault }: Exception) => throwing(new Error(fault?.message)) };
    const machines = PROGRAMS.map(([name, program]) => start(disco, system, [kernel(program as op.Program)], name));
    check(machines);
    for (const [number, [, , message]] of PROGRAMS.entries()) expect(machines[number].failure).toContain(message);
  });
});

describe('an answer that is not valid', () => {
  const forged = (changes: object): Context => Object.assign(kernel([op.compute(5)].values()), changes);
  const ANSWERS: readonly (readonly [string, unknown, string])[] = [
    ['undefined', undefined, 'its kernel answers exception 8 with undefined; give a context or null'],
    ['a number', 5, 'with 5; give a context or null'],
    ['an object', {}, 'with [object Object]; give a context or null'],
    ['what looks like a context', Object.create(kernel([].values())), 'give a context or null'],
    ['a proxy of a context', new Proxy(kernel([].values()), {}), 'give a context or null'],
    ['an activity that there is not', forged({ activity: 99 }), 'answers with a context with activity 99'],
    ['a service that is no number', forged({ service: 'x' }), 'answers with a context with service "x"'],
    ['time that is no number', forged({ owed: NaN }), 'answers with a context that owes NaN ticks'],
    ['half a tick', forged({ owed: 0.5 }), 'answers with a context that owes 0.5 ticks'],
    ['an operation of its own', forged({ operation: op.compute(0.5) }), 'answers with a context with operation'],
    ['a line that is not valid', forged({ line: [1] }), 'answers with a context with line 1'],
    [
      'who it interrupted is none',
      forged({ interrupted: {} }),
      'answers with a context that interrupted [object Object]',
    ],
  ];
  it('ends its guest', () => {
    const { disco, check } = beside();
    const machines = ANSWERS.map(([name, answer]) =>
      start(disco, { exception: () => answer as Context }, [kernel([op.call('x')].values())], name),
    );
    check(machines);
    for (const [number, [, , message]] of ANSWERS.entries()) expect(machines[number].failure).toContain(message);
  });
});

describe('a context of others', () => {
  /** Tries to execute it in every way that there is; each is refused, and its own program continues. */
  function* grabs(context: Context, done: number[]): op.Program {
    yield op.resume(context);
    done.push(1);
    yield op.returnFromException(context);
    done.push(2);
  }

  it('cannot be executed by another guest', () => {
    const { disco, bystander, check } = beside();
    const done: number[] = [];
    const system = new Skipping();
    const virtual = start(disco, system, [kernel(grabs(bystander.context, done))]);
    check([virtual]);
    expect(done).toEqual([1, 2]);
    const { ReservedInstruction, CoprocessorUnusable } = ExceptionCode;
    expect(system.taken.map(({ code }) => code)).toEqual([ReservedInstruction, CoprocessorUnusable]);
  });

  it('cannot be executed by another processor of the same guest while it is executed', () => {
    const { disco, check } = beside();
    const done: number[] = [];
    const own = kernel(
      (function* (): op.Program {
        for (let i = 0; i < 200; i++) yield op.compute(1000);
        done.push(3);
      })(),
    );
    const system = new Skipping();
    const virtual = start(disco, system, [own, kernel(grabs(own, done))]);
    check([virtual]);
    expect(done).toEqual([1, 2, 3]);
    expect(system.taken[0].fault!.message).toBe('it resumes a context that another processor executes');
  });

  it('cannot be what a context returns to at its end, nor bring a Status of its own choice', () => {
    const { disco, bystander, check } = beside();
    const thief = kernel([op.compute(5)].values());
    thief.interrupted = bystander.context;
    thief.status = Status.IM;
    const virtual = start(disco, new Skipping(), [kernel([op.resume(thief)].values())]);
    check([virtual]);
    expect(virtual.failure).toBe('its program returns to a context of another guest');
  });

  it('is refused at the door', () => {
    const { disco, bystander } = beside();
    const door = (contexts: Context[]): VirtualMachine =>
      start(disco, new Skipping(), contexts, `at the door ${doors++}`);
    expect(() => door([bystander.context])).toThrow('processor 0 cannot begin with a context of another guest');
    const one = kernel([].values());
    expect(() => door([one, one])).toThrow('processor 1 cannot begin with a context that another processor executes');
    expect(() => door([{} as Context])).toThrow('processor 0 cannot begin with [object Object] is no context');
  });
});

/** Values for fields of operations: what they take, and what they do not. */
const plausible = fc.oneof(
  fc.nat({ max: 70 }),
  fc.nat({ max: 1 << 17 }),
  fc.integer(),
  fc.constantFrom(-1, 4096, 8192),
);
const silliness = fc.constantFrom<unknown>(
  ...[NaN, 0.5, -0.25, Infinity, 2 ** 53, 2 ** 60, -(2 ** 40), '7', '', 'length', null, undefined, true, 10n, {}, []],
  ...[{ valueOf: () => throwing('valueOf') }, () => 1, Symbol('field')],
);
const field = fc.oneof({ weight: 7, arbitrary: plausible }, { weight: 1, arbitrary: silliness });
const KINDS = Object.values(op.Op);
const kind = fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...KINDS) }, { weight: 1, arbitrary: field });
const words = fc.constantFrom<unknown>(
  ...[Int32Array.from([2, 64, 4097, -62]), new Int32Array(0), [2, 64], new Float64Array(4), null, { length: 4 }],
  new Proxy(new Int32Array(4), {}),
);
const gaps = fc.constantFrom<unknown>(new Uint16Array(4), new Uint16Array(1), [0, 0, 0, 0], undefined);
const references = fc.oneof(fc.record({ words, gaps }), silliness);

/** What the program of a hostile processor does next. */
interface Deed {
  readonly kind: unknown;
  readonly numbers: readonly unknown[];
  readonly references: unknown;
  /** A number of something in the pool of requests. */
  readonly request: number;
  readonly dress: (typeof DRESSES)[number];
  /** In user mode. */
  readonly user: boolean;
}

/** How an operation is given: as it is; with fields that are left out; with getters, of which some throw; and so on. */
const DRESSES = ['plain', 'plain', 'plain', 'partial', 'fickle', 'throwing', 'proxy', 'bare', 'changing'] as const;

const deed: fc.Arbitrary<Deed> = fc.record({
  ...{ kind, references, request: fc.nat({ max: 1000 }), dress: fc.constantFrom(...DRESSES) },
  numbers: fc.tuple(field, field, field, field),
  user: fc.nat({ max: 9 }).map(one => one === 0),
});

function dressed({ kind: given, numbers: [a, b, c, d], references: refs, dress }: Deed, request: unknown): unknown {
  const plain: Record<string, unknown> = { kind: given, a, b, c, d, references: refs, request };
  switch (dress) {
    case 'partial':
      return { kind: given, a, request };
    case 'fickle': {
      let looks = 0;
      const fickle = {};
      for (const name of Object.keys(plain))
        Object.defineProperty(fickle, name, { get: () => (looks++ < 8 ? plain[name] : 1e9) });
      return fickle;
    }
    case 'throwing':
      return Object.defineProperty(plain, 'abcd'.charAt(Number(request === null)), { get: () => throwing('getter') });
    case 'proxy':
      return new Proxy(plain, {});
    case 'bare':
      return given;
    case 'changing':
      // Still held by the program, which changes it as soon as it may.
      queueMicrotask(() => (plain['a'] = 0.5));
      return plain;
    case 'plain':
      return plain;
  }
}

/** Hostile machines beside the bystander; some are ended by what they do. */
interface Game {
  readonly machines: readonly (readonly (readonly Deed[])[])[];
  readonly seed: number;
  /** Of how many exceptions one is answered with nonsense, or thrown; 0 for none. */
  readonly nonsense: number;
}

const game: fc.Arbitrary<Game> = fc.record({
  machines: fc.array(fc.array(fc.array(deed, { minLength: 150, maxLength: 250 }), { minLength: 1, maxLength: 2 }), {
    minLength: 1,
    maxLength: 3,
  }),
  seed: fc.nat({ max: 1000 }),
  nonsense: fc.constantFrom(0, 0, 150),
});

/** Does deeds, each after its timer has been set: what takes too long or waits is interrupted, and skipped by the handler. */
function* does(deeds: Iterator<Deed>, pool: readonly unknown[], sums: Sums): op.Program {
  for (let next = deeds.next(); next.done !== true; next = deeds.next()) {
    sums.operations++;
    yield op.writeRegister(Register.Compare, ((yield op.readRegister(Register.Count)) + 300) | 0);
    if (next.value.user) yield op.writeRegister(Register.Status, Status.IE | Status.IM | (2 << 3));
    yield dressed(next.value, pool[next.value.request % pool.length]) as op.Operation;
  }
}

interface Sums {
  operations: number;
  malformed: number;
}

/** Skips everything; now and then answers with nonsense. */
class Hostile implements GuestSystem {
  private readonly nonsense: number;
  private readonly sums: Sums;
  private exceptions = 0;

  constructor(nonsense: number, sums: Sums) {
    this.nonsense = nonsense;
    this.sums = sums;
  }

  exception(cpu: Cpu, { code, fault }: Exception): Context | null {
    if (fault !== null && fault !== undefined) this.sums.malformed++;
    this.exceptions++;
    if (this.nonsense > 0 && this.exceptions % this.nonsense === 0)
      return this.exceptions % 2 === 0 ? ({} as Context) : throwing(code);
    (cpu as VirtualProcessor).context?.complete(0);
    if (code !== ExceptionCode.Interrupt && code !== ExceptionCode.CoprocessorUnusable) return null;
    const status = op.writeRegister(Register.Status, Status.IE | Status.IM | Status.EXL);
    return new Context([op.writeRegister(Register.Compare, 0), status].values(), Activity.Kernel);
  }
}

/** Requests: contexts of all kinds, calls of the monitor, commands of devices, and other values. */
function poolOf(others: readonly Context[], more: () => op.Program): unknown[] {
  const own = (changes: object = {}): Context => Object.assign(kernel(more()), changes);
  const pages = { from: 1, to: 2, page: 3 };
  const fickle = Object.defineProperty({ ...pages }, 'call', { get: () => throwing('call') });
  const changing = { call: 'zeroed page', page: 5 };
  setImmediate(() => (changing.page = 2 ** 31));
  const reply = { tag: 1, interruptTo: 0, interruptCode: 3 };
  const pieces = [{ frame: 3, offset: 0, bytes: 512 }];
  const commands = [
    ...['read', 'write'].map(name => ({ op: name, sector: 8, sectors: 1, pieces, ...reply })),
    { op: 'read', sector: 2 ** 40, sectors: 1, pieces, ...reply },
    { op: 'read', sector: 0, sectors: 1, pieces: [{ frame: 99, offset: -4, bytes: 1e9 }], ...reply },
    { op: 'write', sector: 0, sectors: 1, pieces: new Proxy([], { get: () => throwing('pieces') }), ...reply },
    { op: 'send', to: 1, pieces, ...reply, interruptTo: 'length' },
    { op: 'write', text: { toString: () => throwing('text') } },
    Object.defineProperty({}, 'op', { enumerable: true, get: () => throwing('op') }),
  ];
  const calls = ['version', 'zeroed page', 'free page', 'idle', 'remap', 'nothing'].map(call => ({ call, ...pages }));
  return [
    ...[null, undefined, {}, 'text', fickle, changing, ...others, own(), own({ activity: 99 }), own({ owed: NaN })],
    ...[own({ interrupted: others[0] }), own({ status: Status.IM }), own({ program: null })],
    ...[...calls, ...commands, ...commands.map(command => ({ call: 'device', device: 0, command }))],
    ...[
      { call: 'remap', from: 1, to: 1e9 },
      { call: 'zeroed page', page: 0.5 },
      { call: 'device', device: 'length' },
    ],
  ];
}

function play({ machines, seed, nonsense }: Game, sums: Sums): void {
  const { disco, bystander, check, finish } = beside(seed);
  const others = machines.map((processors, number) => {
    const contexts: Context[] = [];
    const pool: unknown[] = [];
    for (const deeds of processors) {
      const left = deeds.values();
      contexts.push(kernel(does(left, pool, sums)));
      pool.push(...poolOf([bystander.context, ...contexts], () => does(left, pool, sums)));
    }
    return start(disco, new Hostile(nonsense, sums), contexts, `hostile ${number}`);
  });
  check(others, 20);
  finish(others);
}

describe('a guest beside others that yield anything', () => {
  it('finds what it finds alone', () => {
    const sums: Sums = { operations: 0, malformed: 0 };
    // The seed says all: a game is long.
    fc.assert(
      fc.property(fc.nat(), seed => play(fc.sample(game, { seed, numRuns: 1 })[0], sums)),
      { seed: SEED, numRuns: 4, endOnFailure: true },
    );
    // Not in vain.
    expect(sums.operations).toBeGreaterThan(1000);
    expect(sums.malformed).toBeGreaterThan(200);
  });
});
