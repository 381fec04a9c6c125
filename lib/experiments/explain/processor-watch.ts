/** Makes steps of what one processor executes: they follow each other without a gap, and each has the lines that it misses. */
import type { Line } from '../../messages/addresses.js';
import { Kind, KIND_NAMES, type CoherenceMessage } from '../../messages/coherence-messages.js';
import type { Context } from '../../processor/context.js';
import type { ExecutionObserver } from '../../processor/execution-observer.js';
import { Op, type Operation } from '../../processor/operations.js';
import type { Processor } from '../../processor/processor.js';
import { Activity, type Exception, type Refill } from '../../processor/software.js';
import type { Recorder } from './recorder.js';
import type { Hop, Miss, Step } from './recording.js';
import type { Moment } from './windows.js';
import { actorOf, exceptionDeed, operationDeed, refillDeed, type Actor, type Deed } from './words.js';

/** A miss whose last answer may be still to come. */
interface OpenMiss extends Miss {
  ticks: number;
  readonly hops: Hop[];
}

/** A step that is not over. */
interface OpenStep extends Omit<Step, 'ticks'> {
  readonly misses: OpenMiss[];
}

/** A refill, whose end is not announced: the access that begins anew after it, and what its activity had before. */
interface PendingRefill {
  readonly access: Deed;
  readonly activity: number;
  readonly before: number;
}

/** What a context does that has begun no operation. */
const NOTHING: Deed = { what: 'continue', touches: null, address: null, instructions: null };

/** Watches one processor. */
export class ProcessorWatch implements ExecutionObserver {
  private readonly processor: Processor;
  private readonly recorder: Recorder;
  private context: Context | null = null;
  private step: OpenStep | null = null;
  /** The step is left out if it takes no time. */
  private silent = false;
  private refill: PendingRefill | null = null;
  /** The last line that the step has missed. */
  private miss: OpenMiss | null = null;

  /** Watches from now on. */
  constructor(processor: Processor, recorder: Recorder) {
    this.processor = processor;
    this.recorder = recorder;
    processor.observer = this;
  }

  /** Watches no longer. */
  stop(): void {
    this.processor.observer = null;
  }

  /** For the processor. */
  fetched(context: Context, operation: Operation): void {
    this.next({ kind: 'fetched', context, operation });
  }

  /** For the processor. */
  entered(context: Context, exception: Exception): void {
    this.next({ kind: 'entered', context, exception });
  }

  /** For the processor. */
  continued(context: Context | null): void {
    this.next({ kind: 'continued', context });
  }

  /** For the processor. */
  refilled(page: number, refill: Refill): void {
    if (this.step === null) return;
    this.close();
    const { activity = Activity.TlbRefill } = refill;
    this.refill = { access: this.currentDeed(), activity, before: this.processor.account.ticks[activity] };
    this.silent = false;
    this.begin(activity === Activity.Monitor ? 'monitor' : 'kernel', refillDeed(page, refill));
  }

  /** A message was sent that concerns a line which this processor has asked for. */
  sent(from: string, to: string, { line, kind, from: sender, requester }: CoherenceMessage, arrives: number): void {
    if (this.step === null) return;
    const { recorder, processor } = this;
    const port = `${processor.path}.node`;
    const asks = kind === Kind.GetS || kind === Kind.GetM;
    if (asks && sender === requester && from === port) this.step.misses.push((this.miss = this.missOf(line, kind)));
    const { miss } = this;
    if (miss?.line !== line) return;
    miss.hops.push({ arrives: recorder.sinceBeginning(arrives), to, message: KIND_NAMES[kind] });
    if (to === port) miss.ticks = recorder.sinceBeginning(arrives) - miss.at;
  }

  private missOf(line: Line, kind: number): OpenMiss {
    const home = this.recorder.homeOf(line);
    const remote = home !== this.processor.nodeNumber;
    return { line, home, remote, store: kind === Kind.GetM, at: this.recorder.now, ticks: 0, hops: [] };
  }

  /** One step ends here, and the next one begins. */
  private next(moment: Moment): void {
    this.close();
    this.context = moment.context;
    if (this.recorder.includes(this.processor, moment)) this.open(moment);
  }

  private open(moment: Moment): void {
    this.silent = moment.kind === 'continued' || (moment.kind === 'fetched' && moment.operation.kind === Op.Annotate);
    switch (moment.kind) {
      case 'entered':
        return this.begin('hardware', exceptionDeed(moment.exception));
      case 'fetched':
        return this.begin(this.actor, this.currentDeed());
      case 'continued':
        return this.begin(this.actor, this.currentDeed(), true);
    }
  }

  private begin(actor: Actor, deed: Deed, again = false): void {
    const { processor } = this.processor;
    this.miss = null;
    this.step = { processor, actor, ...deed, again, at: this.recorder.now, misses: [] };
  }

  /** Whose code the processor executes. */
  private get actor(): Actor {
    return this.context === null ? 'idle' : actorOf(this.context);
  }

  private currentDeed(): Deed {
    const operation = this.context?.operation ?? null;
    return operation === null ? NOTHING : operationDeed(operation, this.actor, this.recorder.names);
  }

  private close(): void {
    const { step, refill } = this;
    if (step === null) return;
    this.step = this.refill = null;
    if (refill === null) this.keep(step, this.recorder.now);
    else this.keepRefill(step, refill);
  }

  /** After a refill the access began anew, which the processor does not announce: the account of its time says when. */
  private keepRefill(step: OpenStep, { access, activity, before }: PendingRefill): void {
    const end = step.at + this.processor.account.ticks[activity] - before;
    this.keep({ ...step, misses: step.misses.filter(({ at }) => at < end) }, end);
    const misses = step.misses.filter(({ at }) => at >= end);
    this.keep({ ...step, actor: this.actor, ...access, again: true, at: end, misses }, this.recorder.now);
  }

  private keep(step: OpenStep, end: number): void {
    const ticks = end - step.at;
    if (ticks > 0 || !this.silent) this.recorder.keep({ ...step, ticks });
  }
}
