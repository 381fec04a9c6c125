/**
 * A random tester of coherence in the manner of gem5's. A check owns four words of a line. Four processors drawn at
 * random store a new value to one word each; then a fifth loads the line and has to see all four. Several checks lie in
 * one line (false sharing), others a set apart (conflicts), and each has one access in flight: what they find are lost
 * values and lost messages. At every completion the copies of the line are counted: one writer, or readers. An access
 * that takes too long is stuck; at the end everything has to be at rest and in its place.
 */
import { plainObject, shown } from '../../engine/checks.js';
import type { CoherenceProtocol } from '../../coherence/protocol.js';
import { SimulationError } from '../../engine/errors.js';
import type { RandomStream } from '../../engine/random.js';
import { lineNumber, type Line } from '../../messages/addresses.js';
import type { RandomDriver, RandomDriverClient } from './driver.js';
import { LINE_BYTES, randomMachine, type RandomMachine } from './machine.js';
import {
  CHECK_WORDS,
  type RandomCheck,
  type RandomFailure,
  type RandomTestOptions,
  type RandomTestResult,
} from './options.js';
import { findUnrest } from './rest.js';

const PER_LINE = LINE_BYTES / 4 / CHECK_WORDS;
/** Of the checks, those that lie side by side in lines; the rest are a set apart. */
const NEIGHBOURS = 32;
/** Accesses between two looks for stuck ones. */
const LOOK = 1024;
/** Events between two such looks, for protocols that refuse: a retry is an event even if nothing is ever done. */
const LOOK_EVENTS = 1 << 16;

/** Runs a random test. Throws a RangeError for options that make no test; what the test finds is in its result. */
export function randomTest(options: RandomTestOptions): RandomTestResult {
  const tester = new RandomTester(options);
  tester.advance(Infinity);
  return tester.result();
}

/** A random test in the making, for those who watch its machine. */
export class RandomTester implements RandomDriverClient {
  readonly machine: RandomMachine;
  /** The values that checks have stored: by check, the number of the round. */
  readonly expected: Int32Array;
  /** The line of a check, and the first of its words. */
  readonly lineOf: Int32Array;
  readonly wordOf: Int32Array;
  /** Lines that the checks lie in. */
  readonly lines: readonly Line[];
  private readonly options: RandomTestOptions;
  private readonly random: RandomStream;
  /** Stores done of the round at hand, by check; 4 when it is to be loaded. */
  private readonly phase: Uint8Array;
  private readonly busy: Uint8Array;
  private started = 0;
  private completed = 0;
  private loads = 0;
  private nextLook = LOOK;
  private over = false;
  private fault: RandomFailure | null = null;

  constructor(options: RandomTestOptions) {
    plainObject(options, 'the options of a random test');
    plainObject(options.protocol, 'a random test: protocol');
    if (options.directory !== undefined) plainObject(options.directory, 'a random test: directory');
    for (const [name, least, most] of [
      ['accesses', 1, Number.MAX_SAFE_INTEGER],
      ['nodes', 1, 64],
      ['processorsPerNode', 1, 16],
      ['checks', 1, 1024],
      ['deadlockTicks', 1, Number.MAX_SAFE_INTEGER],
    ] as const)
      if (!(Number.isSafeInteger(options[name]) && options[name] >= least && options[name] <= most))
        throw new RangeError(`a random test has ${least} to ${most} ${name}, not ${shown(options[name])}`);
    this.options = options;
    this.machine = randomMachine(options);
    const { checks } = options;
    this.random = this.machine.simulation.random('random tester');
    this.expected = new Int32Array(checks);
    this.phase = new Uint8Array(checks);
    this.busy = new Uint8Array(checks);
    this.lineOf = Int32Array.from({ length: checks }, (_, check) => this.place(check));
    this.wordOf = Int32Array.from({ length: checks }, (_, check) => (check % PER_LINE) * CHECK_WORDS);
    this.lines = [...new Set(this.lineOf)].map(lineNumber);
    for (const driver of this.machine.drivers) {
      driver.drive(this);
      driver.pause(1 + this.random.below(8));
    }
    options.plant?.(this.machine);
  }

  /** Simulates so many events more, at most to the end or to the first failure. True if that is reached. */
  advance(events: number): boolean {
    if (this.over) return true;
    const { simulation } = this.machine;
    try {
      const end = simulation.events + events;
      while (!this.over && simulation.events < end) {
        const piece = LOOK_EVENTS - (simulation.events % LOOK_EVENTS);
        this.over = simulation.run({ events: Math.min(piece, end - simulation.events) }) === 'finished';
        if (simulation.events % LOOK_EVENTS === 0) this.findStuck();
      }
      const unrest = this.over ? findUnrest(this) : null;
      if (unrest !== null) this.fault = this.failure(unrest.check, unrest.message, unrest.line);
    } catch (error) {
      this.over = true;
      this.fault = this.explain(error);
    }
    return this.over;
  }

  /** How it stands. */
  result(): RandomTestResult {
    const { simulation, drivers } = this.machine;
    return {
      accesses: this.completed,
      loads: this.loads,
      stores: this.completed - this.loads,
      misses: drivers.reduce((sum, driver) => sum + driver.misses, 0),
      events: simulation.events,
      ticks: simulation.now,
      fingerprint: simulation.fingerprint.toString(),
      failure: this.fault,
    };
  }

  /** For the drivers. */
  next(driver: RandomDriver): void {
    if (this.started >= this.options.accesses) return;
    const check = this.random.below(this.busy.length);
    if (this.busy[check] === 1) {
      driver.pause(1 + this.random.below(4));
      return;
    }
    this.busy[check] = 1;
    this.started++;
    const done = this.phase[check];
    const line = lineNumber(this.lineOf[check]);
    if (done === CHECK_WORDS) driver.load(check, line);
    else driver.store(check, line, this.wordOf[check] + done, this.value(check, done, 1));
  }

  /** For the drivers. */
  done(driver: RandomDriver): void {
    const { check, line } = driver;
    this.completed++;
    this.busy[check] = 0;
    if (this.phase[check] === CHECK_WORDS) {
      this.loads++;
      this.checkLoad(driver, check, line);
      this.phase[check] = 0;
    } else if (++this.phase[check] === CHECK_WORDS) this.expected[check]++;
    this.checkCopies(line);
    if (this.completed >= this.nextLook) this.look();
    driver.pause(1 + this.random.below(4));
  }

  /** The protocol under test. */
  get protocol(): CoherenceProtocol {
    return this.machine.protocol;
  }

  /** The value of a word of a check; `ahead` rounds from the one that is stored whole. */
  private value(check: number, word: number, ahead = 0): number {
    return ((this.expected[check] + ahead) * CHECK_WORDS + word) ^ (check << 24);
  }

  /** What was stored last in a word of a check; 0 before its first store. */
  stored(check: number, word: number): number {
    const ahead = this.phase[check] < CHECK_WORDS && word < this.phase[check] ? 1 : 0;
    return ahead === 0 && this.expected[check] === 0 ? 0 : this.value(check, word, ahead);
  }

  private place(check: number): number {
    const { map } = this.machine;
    const block = check < NEIGHBOURS ? Math.floor(check / PER_LINE) : check;
    const node = block % map.nodes;
    const lines = map.pageBytes / map.lineBytes;
    // Neighbours fill lines one after the other, the others lie in every fourth: all in one of the two sets.
    const local = check < NEIGHBOURS ? Math.floor(block / map.nodes) : 4 * Math.floor(block / map.nodes);
    const perNode = lines * (map.firstFrame[node + 1] - map.firstFrame[node]);
    return map.firstFrame[node] * lines + (local % perNode);
  }

  private checkLoad(driver: RandomDriver, check: number, line: Line): void {
    const { loaded } = driver;
    for (let word = 0; word < CHECK_WORDS; word++) {
      const found = loaded === null ? 0 : loaded[this.wordOf[check] + word];
      if (found !== this.value(check, word))
        throw new Failed(
          'load returns the last store',
          `${driver.path} found ${found} in word ${this.wordOf[check] + word} of line ${line}, not ${this.value(check, word)}`,
          line,
        );
    }
  }

  private checkCopies(line: Line): void {
    const { drivers } = this.machine;
    let readers = 0;
    let writers = 0;
    for (const { caches } of drivers) {
      if (caches.wouldMiss(line, false)) continue;
      readers++;
      if (!caches.wouldMiss(line, true)) writers++;
    }
    if (writers > 1 || (writers === 1 && readers > 1)) {
      const copies = drivers
        .filter(({ caches }) => !caches.wouldMiss(line, false))
        .map(({ path, caches }) => `${path} has it in ${caches.stateOf(line)}`);
      throw new Failed('single writer', `line ${line}: ${copies.join(', ')}`, line);
    }
  }

  private look(): void {
    this.nextLook = this.completed + LOOK;
    this.findStuck();
  }

  private findStuck(): void {
    const { simulation, drivers } = this.machine;
    for (const { path, issued, line, caches } of drivers)
      if (issued >= 0 && simulation.now - issued > this.options.deadlockTicks)
        throw new Failed(
          'everybody finishes',
          `${path} has waited ${simulation.now - issued} ticks for line ${line} (${caches.stateOf(line)})`,
          line,
        );
  }

  private explain(error: unknown): RandomFailure {
    if (error instanceof Failed) return this.failure(error.check, error.message, error.line);
    if (!(error instanceof SimulationError)) throw error;
    const stuck = this.machine.drivers.find(driver => driver.issued >= 0);
    if (error.name === 'StallError') return this.failure('everybody finishes', error.message, stuck?.line ?? -1);
    return this.failure('protocol', error.message, Number(/\bline (\d+)/.exec(error.message)?.[1] ?? -1));
  }

  private failure(check: RandomCheck, message: string, line: number): RandomFailure {
    return { check, message, line, access: this.completed, tick: this.machine.simulation.now };
  }
}

/** A check has failed. */
class Failed extends Error {
  readonly check: RandomCheck;
  readonly line: number;

  constructor(check: RandomCheck, message: string, line: number) {
    super(message);
    this.check = check;
    this.line = line;
  }
}
