/**
 * Watches one event on a machine: what its processor executes from the beginning to the end, one step after the other, and
 * which lines go over the network meanwhile. The steps of the processor follow each other without a gap. The machine is built
 * with `runAhead: false`, or the steps of user programs would be fetched too early.
 */
import type { Observer } from '../../engine/observation/observer.js';
import type { Message } from '../../engine/port.js';
import type { Machine } from '../../machine/machine.js';
import { CoherenceMessage, Kind, KIND_NAMES } from '../../messages/coherence-messages.js';
import type { Context } from '../../processor/context.js';
import { Op, type Operation } from '../../processor/operations.js';
import type { Processor } from '../../processor/processor.js';
import { ACTIVITIES, Activity, type Exception, type Refill } from '../../processor/software.js';
import { actorOf, exceptionDeed, operationDeed, refillDeed, type Actor, type Deed, type StepNames } from './words.js';

/** A message about a line that a processor misses. */
export interface Hop {
  /** Ticks from the beginning of the event to its arrival. */
  readonly arrives: number;
  /** Path of the port that it arrives at. */
  readonly to: string;
  /** Its kind: see Kind. */
  readonly message: string;
}

/** A line that a processor asks its home for. */
export interface Miss {
  readonly line: number;
  readonly home: number;
  readonly remote: boolean;
  readonly store: boolean;
  /** Ticks from the beginning of the event to the request. */
  readonly at: number;
  /** Ticks to the last answer. */
  ticks: number;
  /** What was said about it, in the order of sending. */
  readonly hops: Hop[];
}

/** What one processor did without a pause. */
export interface Step extends Deed {
  readonly processor: number;
  readonly actor: Actor;
  /** It was interrupted before it was done, and begins or goes on here. */
  readonly again: boolean;
  /** Ticks from the beginning of the event. */
  readonly at: number;
  /** How long it took, misses included. */
  ticks: number;
  readonly misses: Miss[];
}

/** A moment in the execution of a processor. */
export type Moment =
  | { readonly kind: 'fetched'; readonly context: Context; readonly operation: Operation }
  | { readonly kind: 'entered'; readonly context: Context; readonly exception: Exception }
  | { readonly kind: 'continued'; readonly context: Context | null };

/**
 * Where an event begins and ends. `begins` is asked of each moment of each processor until it says true; from then on `ends` is asked of
 * each moment of that processor.
 */
export interface EventWindow {
  begins(moment: Moment): boolean;
  ends(moment: Moment): boolean;
}

/** What was seen. */
export interface Recording {
  /** The event's processor. */
  readonly processor: number;
  /** Ticks of the event, by the account that the processor keeps of its own time. */
  readonly ticks: number;
  /** The same by activity, without those that have none: see ACTIVITIES. */
  readonly activities: Readonly<Record<string, number>>;
  /** Steps of the event's processor, and among them those of handlers on other processors, by their beginning. */
  readonly steps: readonly Step[];
}

/** A refill that nobody says the end of: what its activity had before. */
interface PendingRefill {
  /** What is done again after it. */
  readonly operation: Operation | null;
  readonly activity: number;
  readonly before: number;
}

/** What one processor is at. */
class Watched {
  readonly processor: Processor;
  step: Step | null = null;
  context: Context | null = null;
  /** What the step stands for says nothing if it takes no time. */
  silent = false;
  refill: PendingRefill | null = null;
  miss: Miss | null = null;

  constructor(processor: Processor) {
    this.processor = processor;
  }
}

/** Watches a machine from its making on. */
export class Recorder implements Observer {
  /** What was seen; null until the event is over. */
  recording: Recording | null = null;
  private readonly machine: Machine;
  private readonly window: EventWindow;
  private readonly names: StepNames;
  private readonly watched: readonly Watched[];
  private readonly steps: Step[] = [];
  private began: { readonly at: number; readonly account: Float64Array; readonly processor: number } | null = null;

  /** Watches from now on. `names` says which step a block of references is. */
  constructor(machine: Machine, window: EventWindow, names: StepNames) {
    this.machine = machine;
    this.window = window;
    this.names = names;
    this.watched = machine.processors.map(processor => new Watched(processor));
    machine.simulation.observer = this;
    for (const watched of this.watched)
      watched.processor.observer = {
        fetched: (context, operation) => this.moment(watched, { kind: 'fetched', context, operation }),
        entered: (context, exception) => this.moment(watched, { kind: 'entered', context, exception }),
        continued: context => this.moment(watched, { kind: 'continued', context }),
        refilled: (page, refill) => this.refilled(watched, page, refill),
      };
  }

  /** For the simulation. */
  sent(from: string, to: string, message: Message, _now: number, arrives: number): void {
    if (this.began === null || !(message instanceof CoherenceMessage)) return;
    const { line, kind, requester } = message;
    const watched = this.watched[requester];
    if (watched === undefined || watched.step === null) return;
    if (message.from === requester && from === `${watched.processor.path}.node` && isRequest(kind))
      this.missed(watched, message);
    const { miss } = watched;
    if (miss?.line !== line) return;
    miss.hops.push({ arrives: arrives - this.began.at, to, message: KIND_NAMES[kind] });
    if (to === `${watched.processor.path}.node`) miss.ticks = arrives - this.began.at - miss.at;
  }

  private missed(watched: Watched, { line, kind }: CoherenceMessage): void {
    const home = this.machine.map.homeOfLine(line);
    const remote = home !== watched.processor.nodeNumber;
    watched.miss = { line, home, remote, store: kind === Kind.GetM, at: this.now, ticks: 0, hops: [] };
    watched.step!.misses.push(watched.miss);
  }

  /** Ticks since the beginning of the event. */
  private get now(): number {
    return this.machine.simulation.now - this.began!.at;
  }

  private moment(watched: Watched, moment: Moment): void {
    const { window, machine } = this;
    const { processor, account } = watched.processor;
    watched.context = moment.context;
    if (this.began === null) {
      if (!window.begins(moment)) return;
      this.began = { at: machine.simulation.now, account: account.ticks.slice(), processor };
    } else this.close(watched);
    if (processor === this.began.processor && window.ends(moment)) this.finish(watched);
    else this.open(watched, moment);
  }

  private open(watched: Watched, moment: Moment): void {
    const { context } = moment;
    watched.silent = moment.kind === 'continued';
    if (moment.kind === 'entered') return this.begin(watched, 'hardware', exceptionDeed(moment.exception));
    const actor = context === null ? 'idle' : actorOf(context);
    if (moment.kind === 'continued')
      return this.begin(watched, actor, this.deedOf(context?.operation ?? null, actor), true);
    watched.silent = moment.operation.kind === Op.Annotate;
    this.begin(watched, actor, this.deedOf(moment.operation, actor));
  }

  private begin(watched: Watched, actor: Actor, deed: Deed, again = false): void {
    const { processor } = watched.processor;
    watched.miss = null;
    watched.step = { processor, actor, ...deed, again, at: this.now, ticks: 0, misses: [] };
  }

  private deedOf(operation: Operation | null, actor: Actor): Deed {
    return operation === null ? NOTHING : operationDeed(operation, actor, this.names);
  }

  private refilled(watched: Watched, page: number, refill: Refill): void {
    if (this.began === null) return;
    this.close(watched);
    const { activity = Activity.TlbRefill } = refill;
    const operation = watched.context?.operation ?? null;
    watched.refill = { operation, activity, before: watched.processor.account.ticks[activity] };
    watched.silent = false;
    this.begin(watched, activity === Activity.Monitor ? 'monitor' : 'kernel', refillDeed(page, refill));
  }

  /** The step of a processor is over. After a refill the access began anew in between: when, the account of time says. */
  private close(watched: Watched): void {
    const { step, refill, context } = watched;
    if (step === null) return;
    const end = this.now;
    watched.step = null;
    if (refill === null) return this.keep(watched, step, end);
    watched.refill = null;
    const between = step.at + watched.processor.account.ticks[refill.activity] - refill.before;
    const actor = context === null ? 'idle' : actorOf(context);
    const [before, after] = [true, false].map(early => step.misses.filter(({ at }) => at < between === early));
    this.keep(watched, { ...step, misses: before }, between);
    const deed = this.deedOf(refill.operation, actor);
    this.keep(watched, { ...step, ...deed, actor, again: true, at: between, misses: after }, end);
  }

  /** Of other processors only handlers matter. */
  private keep(watched: Watched, step: Step, end: number): void {
    step.ticks = end - step.at;
    if (watched.silent && step.ticks === 0) return;
    const own = watched.processor.processor === this.began!.processor;
    if (own || (step.actor !== 'user' && step.actor !== 'idle')) this.steps.push(step);
  }

  private finish({ processor }: Watched): void {
    const { machine, steps } = this;
    const { account } = this.began!;
    const ticks = processor.account.ticks.map((now, activity) => now - account[activity]);
    const activities = ACTIVITIES.map((name, index): [string, number] => [name, ticks[index]]);
    this.recording = {
      processor: processor.processor,
      ticks: ticks.reduce((sum, part) => sum + part, 0),
      activities: Object.fromEntries(activities.filter(([, part]) => part !== 0)),
      steps: steps.sort((a, b) => a.at - b.at),
    };
    machine.simulation.observer = null;
    for (const { processor: one } of this.watched) one.observer = null;
  }
}

/** What a context does that has nothing begun. */
const NOTHING: Deed = { what: 'goes on', touches: null };

function isRequest(kind: number): boolean {
  return kind === Kind.GetS || kind === Kind.GetM;
}
