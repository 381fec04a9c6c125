/** References cut into pieces of about equal length, which a process executes as blocks. */
import { ReferenceKind, type References } from '../../processor/references.js';
import type { TraceMark } from '../../traces/trace.js';

/** References `from` up to, not including, `to`. A segment begins with a fetch, behind a system call, or where the references do. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  /** The sum of its gaps. */
  readonly instructions: number;
  /** Whether a recorded system call follows. */
  readonly call: boolean;
}

/**
 * Cuts references into segments of about `instructions` instructions, from half of it to little more: at the last recorded
 * system call in the second half of a segment, else at the first fetch behind its end. Together they are all references.
 */
export function cutSegments(
  references: References,
  marks: readonly TraceMark[],
  instructions: number,
): readonly Segment[] {
  if (!Number.isSafeInteger(instructions) || instructions < 1)
    throw new RangeError(`a segment has a positive number of instructions, not ${instructions}`);
  const { words, gaps } = references;
  const calls = marks.filter(({ kind }) => kind === 'system-call').map(({ at }) => at);
  const segments: Segment[] = [];
  const cut = (to: number, executed: number, call: boolean): void => {
    segments.push({ from: segments.at(-1)?.to ?? 0, to, instructions: executed, call });
  };
  let executed = 0;
  let next = 0;
  /** The last call in the second half, and the instructions before it. */
  let callAt = -1;
  let callExecuted = 0;
  for (let i = 0; i < words.length; i++) {
    for (; next < calls.length && calls[next] <= i; next++) {
      if (calls[next] !== i || executed < instructions / 2) continue;
      callAt = i;
      callExecuted = executed;
    }
    if (executed >= instructions && (callAt >= 0 || (words[i] & 3) === ReferenceKind.Fetch)) {
      const here = callAt < 0 || callAt === i;
      cut(here ? i : callAt, here ? executed : callExecuted, callAt >= 0);
      executed -= here ? executed : callExecuted;
      callAt = -1;
    }
    executed += gaps[i];
  }
  if (words.length > 0) cut(words.length, executed, calls.at(-1) === words.length);
  return segments;
}
