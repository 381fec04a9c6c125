/** A line of progress on a terminal; silent elsewhere. */

/** Shows what runs, how fast, and how long it will take. */
export class ProgressLine {
  private readonly stream: NodeJS.WriteStream;
  private readonly total: number;
  private readonly unit: string;
  private readonly started = performance.now();
  private shown = 0;
  private done = 0;

  /** `total` is the number of references, or of whatever `unit` says, of the whole job. */
  constructor(stream: NodeJS.WriteStream, total: number, unit = 'references') {
    this.stream = stream;
    this.total = total;
    this.unit = unit;
  }

  /** Called often; draws ten times a second. `done` counts from the start of the job. */
  update(label: string, done: number): void {
    this.done = done;
    const now = performance.now();
    if (!this.stream.isTTY || now - this.shown < 100) return;
    this.shown = now;
    const seconds = (now - this.started) / 1000;
    const rate = done / seconds;
    const left = rate > 0 ? (this.total - done) / rate : 0;
    const percent = Math.floor((100 * done) / this.total);
    const text = `${String(percent).padStart(3)} %  ${perSecond(rate)} ${this.unit}/s  ${clock(left)} left  ${label}`;
    this.stream.write(`\r\x1b[K${text.slice(0, (this.stream.columns || 80) - 1)}`);
  }

  /** Removes the line. */
  clear(): void {
    if (this.stream.isTTY) this.stream.write('\r\x1b[K');
  }

  /** How far it got, for a message: `43 % of the job after 0:12`. */
  summary(): string {
    const percent = this.total === 0 ? 100 : Math.floor((100 * this.done) / this.total);
    return `${percent} % of the job after ${clock((performance.now() - this.started) / 1000)}`;
  }
}

function perSecond(rate: number): string {
  return rate < 1e6 ? `${(rate / 1e3).toFixed(0)} k` : `${(rate / 1e6).toFixed(1)} M`;
}

/** Shows how far a search has come whose end nobody knows. */
export class SearchLine {
  private readonly stream: NodeJS.WriteStream;
  private readonly started = performance.now();
  private shown = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.stream = stream;
  }

  /** Called often; draws ten times a second. */
  update(label: string, states: number, steps: number): void {
    const now = performance.now();
    if (!this.stream.isTTY || now - this.shown < 100) return;
    this.shown = now;
    const seconds = (now - this.started) / 1000;
    const text = `${label}: ${perSecond(states)} states, ${perSecond(states / seconds)} states/s, ${perSecond(steps / seconds)} steps/s, ${clock(seconds)}`;
    this.stream.write(`\r\x1b[K${text.slice(0, (this.stream.columns || 80) - 1)}`);
  }

  /** Removes the line. */
  clear(): void {
    if (this.stream.isTTY) this.stream.write('\r\x1b[K');
  }
}

/** Shows how much time has been simulated, of about how much. */
export class SimulatedLine {
  private readonly stream: NodeJS.WriteStream;
  private readonly expectedNs: number;
  private readonly started = performance.now();
  private shown = 0;
  private doneNs = 0;
  /** When it had begun: the rate does not count what comes before. */
  private begun = 0;

  /** `expectedNs` is what the whole run will take of simulated time, roughly. */
  constructor(stream: NodeJS.WriteStream, expectedNs: number) {
    this.stream = stream;
    this.expectedNs = expectedNs;
  }

  /** Called often; draws ten times a second. */
  update(label: string, doneNs: number): void {
    this.doneNs = doneNs;
    const now = performance.now();
    if (doneNs === 0) this.begun = now;
    if (!this.stream.isTTY || now - this.shown < 100) return;
    this.shown = now;
    const text = doneNs === 0 ? label : `${this.simulated()}  ${this.pace(doneNs / (now - this.begun))}  ${label}`;
    this.stream.write(`\r\x1b[K${text.slice(0, (this.stream.columns || 80) - 1)}`);
  }

  /** Removes the line. */
  clear(): void {
    if (this.stream.isTTY) this.stream.write('\r\x1b[K');
  }

  /** How far it got, for a message: `123.4 of about 800 ms of simulated time after 0:12`. */
  summary(): string {
    return `${this.simulated()} of simulated time after ${clock((performance.now() - this.started) / 1000)}`;
  }

  private simulated(): string {
    const done = (this.doneNs / 1e6).toFixed(1);
    // Longer than expected: nobody knows how long.
    return this.doneNs > this.expectedNs ? `${done} ms` : `${done} of about ${(this.expectedNs / 1e6).toFixed(0)} ms`;
  }

  private pace(nsPerMs: number): string {
    const left = Math.max(0, this.expectedNs - this.doneNs) / nsPerMs / 1000;
    return `${(nsPerMs / 1e3).toFixed(1)} simulated ms/s  ${clock(left)} left`;
  }
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
