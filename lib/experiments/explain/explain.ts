/** One event, watched on the bare machine and under the monitor. */
import { suggestion } from '../../engine/suggestion.js';
import { VERSION } from '../../engine/version.js';
import { EXPLAINED_EVENTS, type ExplainedEvent, type ExplainedEventName } from './events.js';
import { Recorder, type Recording } from './recorder.js';

/** What was seen in one system. Plain data. */
export interface ExplainedSide extends Recording {
  readonly name: string;
  /** In what it differs from the other side, if not only by the monitor; null if it does not. */
  readonly note: string | null;
  /** Of the whole run: the same as if nobody had watched. */
  readonly fingerprint: string;
}

/** An event, step by step. Plain data. Times are in ticks. */
export interface Explanation {
  readonly version: string;
  readonly event: ExplainedEventName;
  readonly title: string;
  readonly about: string;
  readonly tickNs: number;
  /** The bare machine, then what is compared with it. */
  readonly sides: readonly ExplainedSide[];
}

/** Throws a RangeError for an event that there is not. */
export function explainedEventOf(name: string): ExplainedEvent {
  if (Object.hasOwn(EXPLAINED_EVENTS, name)) return EXPLAINED_EVENTS[name as ExplainedEventName];
  const names = Object.keys(EXPLAINED_EVENTS);
  throw new RangeError(`there is no event ${name}${suggestion(name, names) || ';'} there are ${names.join(', ')}`);
}

/** Runs the systems of an event and says what was seen. */
export function explain(name: string): Explanation {
  const { title, about, sides, window } = explainedEventOf(name);
  let tickNs = 0;
  const seen = sides.map(({ name: system, note, prepare }): ExplainedSide => {
    const { machine, names, run } = prepare();
    const recorder = new Recorder(machine, window(), names);
    run();
    if (recorder.recording === null) throw new Error(`${name} did not happen on ${system}`);
    const { simulation } = machine;
    tickNs = simulation.time.ns(1);
    return { name: system, note, fingerprint: simulation.fingerprint.toString(), ...recorder.recording };
  });
  return { version: VERSION, event: name as ExplainedEventName, title, about, tickNs, sides: seen };
}
