/** Programs that replay a recorded stream: its references as blocks, its marks as calls of the kernel between them. */
import { plainObject, wholeNumber } from '../engine/checks.js';
import type { SystemEvent } from '../guest/bare/system-process.js';
import type { SyncRequest } from '../guest/bare/synchronisation.js';
import { block, call, compute, type Program } from '../processor/operations.js';
import type { RecordedStream, TraceMark } from './trace.js';

/** What a thread does between two operations of synchronisation: its references `from` up to `to`, which may be none. */
export interface ThreadStep {
  readonly from: number;
  readonly to: number;
  /** What it asks for then; null at the end of the stream. */
  readonly request: SyncRequest | null;
}

/** A recorded thread, cut where its synchronisation takes effect. The last step has no request. */
export function* threadSteps(stream: RecordedStream): Generator<ThreadStep, void> {
  plainObject(stream, 'the stream of a thread');
  let from = 0;
  for (const mark of stream.marks) {
    const request = syncRequest(mark);
    if (request === null) continue;
    yield { from, to: mark.at, request };
    from = mark.at;
  }
  yield { from, to: stream.words.length, request: null };
}

/** Replays a thread: its synchronisation is respected, its references are those recorded. */
export function* replayThread(stream: RecordedStream, delayCycles: number): Program {
  checkReplay(stream, delayCycles);
  if (delayCycles > 0) yield compute(delayCycles);
  for (const { from, to, request } of threadSteps(stream)) {
    if (to > from) yield block(stream, from, to);
    if (request !== null) yield call(request);
  }
  if (stream.tail > 0) yield compute(stream.tail);
}

/** Replays a processor of a recorded system: task switches and page mappings take no time of their own. */
export function* replaySystem(stream: RecordedStream, delayCycles: number): Program {
  checkReplay(stream, delayCycles);
  if (delayCycles > 0) yield compute(delayCycles);
  let from = 0;
  let events: SystemEvent[] = [];
  for (const mark of stream.marks) {
    const event = systemEvent(mark);
    if (event === null) continue;
    if (mark.at > from) {
      if (events.length > 0) yield call(events);
      yield block(stream, from, mark.at);
      from = mark.at;
      events = [];
    }
    events.push(event);
  }
  if (events.length > 0) yield call(events);
  if (stream.words.length > from) yield block(stream, from, stream.words.length);
  if (stream.tail > 0) yield compute(stream.tail);
}

function syncRequest(mark: TraceMark): SyncRequest | null {
  switch (mark.kind) {
    case 'barrier-enter':
    case 'barrier-leave':
      return { sync: mark.kind };
    case 'lock-acquired':
      return { sync: 'acquire', lock: mark.lock };
    case 'lock-released':
      return { sync: 'release', lock: mark.lock };
    case 'post':
      return { sync: 'post', semaphore: mark.semaphore };
    case 'waited':
      return { sync: 'wait', semaphore: mark.semaphore };
    default:
      return null;
  }
}

function systemEvent(mark: TraceMark): SystemEvent | null {
  if (mark.kind === 'task') return { event: 'task', task: mark.task };
  if (mark.kind === 'map') return { event: 'map', page: mark.page, physical: mark.physical };
  return null;
}

function checkReplay(stream: RecordedStream, delayCycles: number): void {
  plainObject(stream, 'the stream of a replay');
  wholeNumber(delayCycles, 'the delayCycles of a replay', 0, 2 ** 40);
}
