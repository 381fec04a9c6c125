/** The memory of a node: banks whose time is booked, and the values of lines that programs wrote. */
import { Booking } from '../engine/booking.js';
import type { Simulation } from '../engine/simulation.js';
import type { Ticks } from '../engine/time.js';
import type { Line } from '../messages/addresses.js';
import type { LineData } from '../messages/line-data.js';
import type { MemoryTiming } from './controller-options.js';

/** Lines of one node, interleaved over its banks. */
export class LineMemory {
  /** Occupancy of the banks. */
  readonly banks: readonly Booking[];
  private readonly simulation: Simulation;
  private readonly timing: MemoryTiming;
  /** A line that is not here reads as zeros. */
  private readonly values = new Map<Line, LineData>();

  constructor(simulation: Simulation, timing: MemoryTiming) {
    this.simulation = simulation;
    this.timing = timing;
    this.banks = Array.from({ length: timing.banks }, () => new Booking(simulation.calendars));
  }

  /** The value of a line, null for one without words. */
  value(line: Line): LineData | null {
    return this.values.size === 0 ? null : (this.values.get(line) ?? null);
  }

  /** Books a read that begins at `from` at the earliest; returns when the first word is there. */
  read(line: Line, from: Ticks): Ticks {
    return this.book(line, from) + this.timing.accessTicks;
  }

  /** Books a write that begins at `from` at the earliest, and keeps the value. */
  write(line: Line, data: LineData | null, from: Ticks): void {
    this.book(line, from);
    // A line without words reads as zeros, also if it had words before.
    if (data === null) this.values.delete(line);
    else this.values.set(line, data);
  }

  private book(line: Line, from: Ticks): Ticks {
    return this.banks[line % this.banks.length].book(this.simulation.now, from, this.timing.bankTicks);
  }
}
