/**
 * The hold model: N processes, each of which schedules itself again. It times nothing but the queue of pending events
 * with its dispatch. After Jones, An Empirical Comparison of Priority-Queue and Event-Set Implementations (1986).
 * The k-th event dispatched draws delay k of one table, so every correct queue ends at the same time in the same order.
 *
 * Tried on the wheel and dropped, with 4096 pending events: records in rows of typed arrays (a quarter more cycles than
 * record objects, also with all of the wheel in one array); sorting a slot by counting instead of by insertion (a third
 * of the mispredicted branches, a fifth more instructions: no gain beyond the noise).
 */
import FastPriorityQueue from 'fastpriorityqueue';
import { WheelQueue } from '../../dist/engine/queue/wheel-queue.js';
import { runBenchmarks } from './harness.mjs';

const EVENTS = 1_000_000;
const DELAYS = 65536;

/** Integer delays, uniform from 1 to 1000. The generator is Marsaglia's xorshift32. */
function uniformDelays() {
  const delays = new Int32Array(DELAYS);
  let state = 2463534242 | 0;
  for (let i = 0; i < DELAYS; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    delays[i] = 1 + ((state >>> 0) % 1000);
  }
  return delays;
}

const delays = uniformDelays();

/** What both sides count: events, and a hash of who was dispatched when in the order. */
class Tally {
  dispatched = 0;
  order = 0;

  /** Notes a dispatch; returns the delay of the next event. */
  note(source) {
    this.order = (Math.imul(this.order, 31) + source) | 0;
    return delays[this.dispatched++ & (DELAYS - 1)];
  }
}

/** `fastpriorityqueue` as one would use it: an object per event, a closure per process, a comparator. */
function plainHold(processes) {
  return count => {
    const heap = new FastPriorityQueue((a, b) => {
      if (a.time !== b.time) return a.time < b.time;
      if (a.source !== b.source) return a.source < b.source;
      return a.seq < b.seq;
    });
    const tally = new Tally();
    let now = 0;
    let seq = 0;
    for (let source = 0; source < processes; source++) {
      const fn = () => {
        heap.add({ time: now + tally.note(source), source, seq: seq++, fn });
      };
      heap.add({ time: delays[source], source, seq: seq++, fn });
    }
    return () => {
      while (tally.dispatched < count) {
        const event = heap.poll();
        now = event.time;
        event.fn();
      }
      return `${now} ${tally.order}`;
    };
  };
}

/** One process on our queue: what a port or timer is in a simulation. */
class Process {
  constructor(queue, tally, source, count) {
    this.queue = queue;
    this.tally = tally;
    this.source = source;
    this.count = count;
  }

  fire(payload) {
    // The queue fires whole ticks: what is behind the last event counted must change nothing.
    if (this.tally.dispatched === this.count) return;
    this.queue.schedule(this.tally.note(this.source), this, payload, this.source);
  }
}

/** Our event queue behind the same workload. Adjust here when its interface changes. */
function wheelHold(processes) {
  return count => {
    const queue = new WheelQueue();
    const tally = new Tally();
    for (let source = 0; source < processes; source++) {
      queue.schedule(delays[source], new Process(queue, tally, source, count), null, source);
    }
    return () => {
      while (tally.dispatched < count) queue.fireTick();
      return `${queue.now} ${tally.order}`;
    };
  };
}

function holdOf(processes, target) {
  return {
    name: `hold ${processes}`,
    count: EVENTS,
    baseline: plainHold(processes),
    candidates: { wheel: wheelHold(processes) },
    targets: { wheel: target },
  };
}

/** Targets leave room below what a prototype reached: 2.4, 4.8 and 13 times the baseline. */
export const benchmarks = [holdOf(16, 1.5), holdOf(256, 3), holdOf(4096, 6)];

if (process.argv[1] === import.meta.filename) runBenchmarks(benchmarks);
