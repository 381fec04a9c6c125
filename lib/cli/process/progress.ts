/** How far a command is: told to the process that listens, and drawn as a line on a terminal. */
import { writeSync } from 'node:fs';
import { clock } from './account.js';
import { statusLine, type Status } from './status.js';

/** Milliseconds between two tellings. */
const EVERY_MS = 100;

/** How far a command is, in two forms. */
export interface HowFar {
  /** For the line of progress, which also says how fast and how long. */
  readonly line: string;
  /** For everything else: `3 of 25 runs finished`. */
  readonly far: string;
}

/** What a command tells while it works. There is one, as there is one standard error. */
export class Progress {
  private readonly stream: NodeJS.WriteStream;
  private descriptor: number | null = null;
  private told = 0;
  private drawn = false;

  constructor(stream: NodeJS.WriteStream) {
    this.stream = stream;
  }

  /** From now on it is told on a descriptor, too. The process ends if nothing reads there any more: then nothing could stop it. */
  connect(descriptor: number): void {
    this.descriptor = descriptor;
  }

  /** Says once what the whole command does. */
  does(what: string): void {
    this.tell({ does: what });
  }

  /** Says what it is at, before a stretch that may be long. */
  at(far: string): void {
    this.show({ line: far, far });
  }

  /** Called often; looks ten times a second how far it is. */
  update(look: () => HowFar): void {
    if (performance.now() - this.told >= EVERY_MS) this.show(look());
  }

  /** A file is incomplete from now on, until null is told. */
  partial(path: string | null): void {
    this.tell({ partial: path });
  }

  /** Removes the line, before anything is printed. */
  clear(): void {
    if (this.drawn) this.stream.write('\r\x1b[K');
    this.drawn = false;
  }

  /** A message on standard error. */
  remark(message: string): void {
    this.clear();
    this.stream.write(`disco-sim: ${message}\n`);
  }

  private show({ line, far }: HowFar): void {
    this.told = performance.now();
    this.tell({ far });
    if (!this.stream.isTTY) return;
    this.stream.write(`\r\x1b[K${line.slice(0, (this.stream.columns || 80) - 1)}`);
    this.drawn = true;
  }

  private tell(status: Status): void {
    if (this.descriptor === null) return;
    try {
      // At once, and not in the next turn of the event loop: the next stretch may be long.
      writeSync(this.descriptor, statusLine(status));
    } catch {
      process.exit(1);
    }
  }
}

/** The one of this process. */
export const progress = new Progress(process.stderr);

/** How fast a job is whose length is known. */
export class JobPace {
  private readonly total: number;
  private readonly unit: string;
  private readonly started = performance.now();

  /** `total` is the number of references, or of what `unit` says, of the whole job. */
  constructor(total: number, unit = 'references') {
    this.total = total;
    this.unit = unit;
  }

  /** ` 43 %  1.2 M references/s  0:10 left`; `done` counts from the start of the job. */
  line(done: number): string {
    const seconds = (performance.now() - this.started) / 1000;
    const rate = done / seconds;
    const left = rate > 0 ? (this.total - done) / rate : 0;
    return `${String(this.percent(done)).padStart(3)} %  ${perSecond(rate)} ${this.unit}/s  ${clock(left)} left`;
  }

  /** `43 % of the job`. */
  far(done: number): string {
    return `${this.percent(done)} % of the job`;
  }

  private percent(done: number): number {
    return this.total === 0 ? 100 : Math.floor((100 * done) / this.total);
  }
}

/** How fast a search is whose end is not known. */
export class SearchPace {
  private readonly started = performance.now();

  /** `120 k states, 30 k states/s, 70 k steps/s, 0:04`. */
  line(states: number, steps: number): string {
    const seconds = (performance.now() - this.started) / 1000;
    return `${perSecond(states)} states, ${perSecond(states / seconds)} states/s, ${perSecond(steps / seconds)} steps/s, ${clock(seconds)}`;
  }
}

/** How fast simulated time passes. */
export class SimulatedPace {
  private readonly expectedNs: number;
  /** When simulated time began to count: the rate leaves out what comes before. */
  private begun = performance.now();

  /** `expectedNs` is the simulated time of the whole run, roughly. */
  constructor(expectedNs: number) {
    this.expectedNs = expectedNs;
  }

  /** The run is still being prepared. */
  notBegun(): void {
    this.begun = performance.now();
  }

  /** `123.4 of about 800 ms  4.2 simulated ms/s  2:41 left`. */
  line(doneNs: number): string {
    const nsPerMs = doneNs / (performance.now() - this.begun);
    const left = Math.max(0, this.expectedNs - doneNs) / nsPerMs / 1000;
    return `${this.simulated(doneNs)}  ${(nsPerMs / 1e3).toFixed(1)} simulated ms/s  ${clock(left)} left`;
  }

  /** `123.4 of about 800 ms of simulated time`. */
  far(doneNs: number): string {
    return `${this.simulated(doneNs)} of simulated time`;
  }

  private simulated(doneNs: number): string {
    const done = (doneNs / 1e6).toFixed(1);
    // Longer than expected: how long is not known.
    return doneNs > this.expectedNs ? `${done} ms` : `${done} of about ${(this.expectedNs / 1e6).toFixed(0)} ms`;
  }
}

function perSecond(rate: number): string {
  return rate < 1e6 ? `${(rate / 1e3).toFixed(0)} k` : `${(rate / 1e6).toFixed(1)} M`;
}
