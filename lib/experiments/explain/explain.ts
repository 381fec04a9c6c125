/** One event, watched on the bare machine and under the monitor. */
import { suggestion } from '../../engine/suggestion.js';
import { VERSION } from '../../engine/version.js';
import { EXPLAINED_EVENTS, type EventSide, type ExplainedEventName } from './events.js';
import { Recorder } from './recorder.js';
import type { Recording } from './recording.js';
import type { EventWindow } from './windows.js';

/** What was seen in one system. Plain data. */
export interface ExplainedSide extends Recording {
  readonly name: string;
  /** In what it differs from the event of the bare machine, if not only by the monitor; null if it does not. */
  readonly note: string | null;
  /** Length of a tick. */
  readonly tickNs: number;
  /** Of the whole run: the same as of a run that is not watched. */
  readonly fingerprint: string;
}

/** An event, step by step. Plain data. */
export interface Explanation {
  readonly version: string;
  readonly event: ExplainedEventName;
  readonly title: string;
  readonly about: string;
  /** The bare machine, then what is compared with it. */
  readonly sides: readonly [bare: ExplainedSide, ...others: ExplainedSide[]];
}

/** The event of a name. Throws a RangeError if there is none. */
export function explainedEventName(name: string): ExplainedEventName {
  if (Object.hasOwn(EXPLAINED_EVENTS, name)) return name as ExplainedEventName;
  const names = Object.keys(EXPLAINED_EVENTS);
  throw new RangeError(`there is no event ${name}${suggestion(name, names) || ';'} there are ${names.join(', ')}`);
}

/** Runs the systems of an event and says what was seen. Throws a RangeError for a name that no event has. */
export function explain(name: string): Explanation {
  const event = explainedEventName(name);
  const { title, about, sides, window } = EXPLAINED_EVENTS[event];
  const [bare, ...others] = sides;
  return {
    version: VERSION,
    event,
    title,
    about,
    sides: [watched(bare, window()), ...others.map(side => watched(side, window()))],
  };
}

function watched({ name, note, prepare }: EventSide, window: EventWindow): ExplainedSide {
  const { machine, names, run } = prepare();
  const recorder = new Recorder(machine, window, names);
  run();
  if (recorder.recording === null) throw new Error(`the event did not happen on ${name}`);
  const { simulation } = machine;
  const [tickNs, fingerprint] = [simulation.time.ns(1), simulation.fingerprint.toString()];
  return { name, note, tickNs, fingerprint, ...recorder.recording };
}
