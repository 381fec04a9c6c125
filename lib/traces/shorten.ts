/** The beginning of a trace, for a quick look. */
import { numberAbove, plainObject } from '../engine/checks.js';
import { ReferenceKind } from '../processor/references.js';
import type { RecordedStream, RecordedTrace } from './trace.js';

/** The first part of every stream. `fraction` is above 0 and at most 1; 1 returns the trace itself. Throws a RangeError otherwise. */
export function shorten(trace: RecordedTrace, fraction: number): RecordedTrace {
  plainObject(trace, 'shorten: trace');
  numberAbove(fraction, 'the fraction of a trace', 0, 1);
  if (fraction === 1) return trace;
  return {
    ...trace,
    streams: trace.streams.map(stream => beginning(stream, Math.ceil(stream.words.length * fraction))),
    remarks: [
      ...trace.remarks,
      `Only the first ${Math.round(fraction * 100)} % of the references of each stream are replayed.`,
    ],
  };
}

function beginning(stream: RecordedStream, length: number): RecordedStream {
  const words = stream.words.subarray(0, length);
  const gaps = stream.gaps.subarray(0, length);
  const of = (kind: number): number => words.reduce((count, word) => count + ((word & 3) === kind ? 1 : 0), 0);
  return {
    words,
    gaps,
    marks: stream.marks.filter(mark => mark.at <= length),
    tail: 0,
    counts: {
      instructions: gaps.reduce((sum, gap) => sum + gap, 0),
      loads: of(ReferenceKind.Load),
      stores: of(ReferenceKind.Store),
    },
  };
}
