/**
 * Watches one event on a machine: where it begins and ends, what each processor executes meanwhile, and which lines travel over the
 * network. The machine is built with `runAhead: false`: otherwise the operations of user programs would be fetched too early.
 */
import type { Observer } from '../../engine/observation/observer.js';
import type { Message } from '../../engine/port.js';
import type { Machine } from '../../machine/machine.js';
import type { Line } from '../../messages/addresses.js';
import { CoherenceMessage } from '../../messages/coherence-messages.js';
import type { Processor } from '../../processor/processor.js';
import { ACTIVITIES } from '../../processor/software.js';
import { ProcessorWatch } from './processor-watch.js';
import type { Recording, Step } from './recording.js';
import type { EventWindow, Moment } from './windows.js';
import type { StepNames } from './words.js';

/** The beginning of the event, and what its processor's account had then. */
interface Beginning {
  readonly at: number;
  readonly account: Float64Array;
  readonly processor: number;
}

/** Watches a machine from its making until the event is over. */
export class Recorder implements Observer {
  /** What was seen; null until the event is over. */
  recording: Recording | null = null;
  /** Which step of its software a block of references is. */
  readonly names: StepNames;
  private readonly machine: Machine;
  private readonly window: EventWindow;
  private readonly watches: readonly ProcessorWatch[];
  private readonly steps: Step[] = [];
  private began: Beginning | null = null;

  /** Watches from now on. */
  constructor(machine: Machine, window: EventWindow, names: StepNames) {
    this.machine = machine;
    this.window = window;
    this.names = names;
    this.watches = machine.processors.map(processor => new ProcessorWatch(processor, this));
    machine.simulation.observer = this;
  }

  /** Ticks since the beginning of the event. */
  get now(): number {
    return this.sinceBeginning(this.machine.simulation.now);
  }

  /** Ticks from the beginning of the event to a time. */
  sinceBeginning(time: number): number {
    return time - this.began!.at;
  }

  /** The node that is the home of a line. */
  homeOf(line: Line): number {
    return this.machine.map.homeOfLine(line);
  }

  /** For the simulation. */
  sent(from: string, to: string, message: Message, _now: number, arrives: number): void {
    if (this.began === null || !(message instanceof CoherenceMessage)) return;
    // A device asks under a number beyond the processors.
    const watch = this.watches[message.requester] as ProcessorWatch | undefined;
    watch?.sent(from, to, message, arrives);
  }

  /** Whether a step begins at a moment of a processor: the event has begun, and does not end with it. */
  includes(processor: Processor, moment: Moment): boolean {
    if (this.began === null) {
      if (!this.window.begins(moment)) return false;
      this.began = {
        at: this.machine.simulation.now,
        account: processor.account.ticks.slice(),
        processor: processor.processor,
      };
      return true;
    }
    if (processor.processor !== this.began.processor || !this.window.ends(moment)) return true;
    this.finish(processor, this.began);
    return false;
  }

  /** Takes a step that is over. Of other processors than the event's only handlers matter. */
  keep(step: Step): void {
    const own = step.processor === this.began!.processor;
    if (own || (step.actor !== 'user' && step.actor !== 'idle')) this.steps.push(step);
  }

  private finish({ account, processor }: Processor, began: Beginning): void {
    const ticks = account.ticks.map((now, activity) => now - began.account[activity]);
    const activities = ACTIVITIES.map((name, index): [string, number] => [name, ticks[index]]);
    this.recording = {
      processor,
      ticks: ticks.reduce((sum, part) => sum + part, 0),
      activities: Object.fromEntries(activities.filter(([, part]) => part !== 0)),
      steps: this.steps.sort((a, b) => a.at - b.at),
    };
    this.machine.simulation.observer = null;
    for (const watch of this.watches) watch.stop();
  }
}
