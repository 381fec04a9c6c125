import { describe, expect, it } from '@jest/globals';
import type { RecordedStream, TraceMark } from '../../lib/traces/trace.js';
import { userSteps } from '../../lib/workloads/user-steps.js';

const stream = (references: number, ...marks: readonly TraceMark[]): RecordedStream => ({
  words: new Int32Array(references),
  gaps: new Uint16Array(references).fill(1),
  marks,
  tail: 0,
  counts: { instructions: references, loads: 0, stores: 0 },
});

const steps = (recorded: RecordedStream): string[] =>
  [...userSteps(recorded)].map(({ from, to, request }) => `${from}-${to} ${request?.sync ?? 'end'}`);

describe('steps of a recorded thread', () => {
  it('leave out what the recorded library did between asking and having', () => {
    const marks: TraceMark[] = [
      { kind: 'lock-request', at: 10, lock: 4 },
      { kind: 'lock-acquired', at: 13, lock: 4 },
      { kind: 'lock-release', at: 20, lock: 4 },
      { kind: 'lock-released', at: 22, lock: 4 },
      { kind: 'barrier-enter', at: 30 },
      { kind: 'barrier-leave', at: 35 },
    ];
    expect(steps(stream(40, ...marks))).toEqual(['0-10 acquire', '13-20 release', '22-30 meet', '35-40 end']);
  });

  it('take the beginning and the end of the window for those of a wait that it cuts', () => {
    const marks: TraceMark[] = [
      { kind: 'waited', at: 5, semaphore: 8 },
      { kind: 'post-begin', at: 30, semaphore: 8 },
    ];
    expect(steps(stream(40, ...marks))).toEqual(['0-5 wait', '5-30 post', '40-40 end']);
  });
});
