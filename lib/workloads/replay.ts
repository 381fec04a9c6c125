/** Programs that replay a recorded stream: its references as blocks, its marks as calls of the kernel between them. */
import type { SystemEvent } from '../guest/system-process.js';
import type { SyncRequest } from '../guest/synchronisation.js';
import { block, call, compute, type Program } from '../processor/operations.js';
import type { RecordedStream, TraceMark } from './trace.js';

/** Replays a thread: its synchronisation is respected, its references are those recorded. */
export function* replayThread(stream: RecordedStream, delayCycles: number): Program {
  if (delayCycles > 0) yield compute(delayCycles);
  let from = 0;
  for (const mark of stream.marks) {
    const request = syncRequest(mark);
    if (request === null) continue;
    if (mark.at > from) yield block(stream, from, mark.at);
    from = mark.at;
    yield call(request);
  }
  if (stream.words.length > from) yield block(stream, from, stream.words.length);
  if (stream.tail > 0) yield compute(stream.tail);
}

/** Replays a processor of a recorded system: task switches and page mappings take no time of their own. */
export function* replaySystem(stream: RecordedStream, delayCycles: number): Program {
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
