/**
 * Recorded threads cut at their synchronisation, without the recorded library's own code: what it did between asking and having,
 * spinning, queueing and calling its system, is left out, because a user-level library of the guest takes its place.
 */
import type { RecordedStream, TraceMark } from '../traces/trace.js';

/** What a thread wants of the others. Locks and semaphores by their recorded address. */
export type UserRequest =
  | { readonly sync: 'meet' }
  | { readonly sync: 'acquire' | 'release'; readonly lock: number }
  | { readonly sync: 'post' | 'wait'; readonly semaphore: number };

/** References `from` up to `to`, which may be none, and what the thread wants then; null at the end. */
export interface UserStep {
  readonly from: number;
  readonly to: number;
  readonly request: UserRequest | null;
}

/**
 * Cuts a thread. What begins before the recorded window is taken to begin with it, and what ends behind it to end with it. The
 * last step has no request.
 */
export function* userSteps({ marks, words }: RecordedStream): Generator<UserStep, void> {
  let from = 0;
  /** Inside the library. */
  let away = false;
  for (const mark of marks) {
    const side = sideOf(mark);
    if (side === null || (away && side === 'in')) continue;
    if (!away) yield { from, to: mark.at, request: requestOf(mark) };
    from = mark.at;
    away = side === 'in';
  }
  yield { from: away ? words.length : from, to: words.length, request: null };
}

/** Whether a mark is where the thread enters the library, or where it is back. */
function sideOf({ kind }: TraceMark): 'in' | 'out' | null {
  switch (kind) {
    case 'barrier-enter':
    case 'lock-request':
    case 'lock-release':
    case 'post-begin':
    case 'wait':
      return 'in';
    case 'barrier-leave':
    case 'lock-acquired':
    case 'lock-released':
    case 'post':
    case 'waited':
      return 'out';
    default:
      return null;
  }
}

function requestOf(mark: TraceMark): UserRequest {
  switch (mark.kind) {
    case 'barrier-enter':
    case 'barrier-leave':
      return { sync: 'meet' };
    case 'lock-request':
    case 'lock-acquired':
      return { sync: 'acquire', lock: mark.lock };
    case 'lock-release':
    case 'lock-released':
      return { sync: 'release', lock: mark.lock };
    case 'post-begin':
    case 'post':
      return { sync: 'post', semaphore: mark.semaphore };
    case 'wait':
    case 'waited':
      return { sync: 'wait', semaphore: mark.semaphore };
    default:
      throw new Error(`a mark of kind ${mark.kind} asks for nothing`);
  }
}
