/** Handmade recordings of threads. */
import { packReference, ReferenceKind } from '../../lib/processor/references.js';
import type { RecordedStream, RecordedTrace, TraceMark } from '../../lib/traces/trace.js';

/** Text and data that all threads touch, far from each other. */
const TEXT = 0x400000;
const DATA = 0x7fff0000;

/** A thread that walks through a page of text and one of data. */
export function recording(thread: number, references: number, marks: readonly TraceMark[] = []): RecordedStream {
  const kinds = [ReferenceKind.Fetch, ReferenceKind.Load, ReferenceKind.Store];
  const words = Int32Array.from({ length: references }, (_, i) => {
    const kind = kinds[i % 3];
    const at = 4 * ((i * 7 + thread * 13) % 1024);
    return packReference((kind === ReferenceKind.Fetch ? TEXT : DATA) + at, kind);
  });
  const gaps = new Uint16Array(references).fill(1);
  return {
    words,
    gaps,
    marks: [...marks],
    tail: 5,
    counts: { instructions: references + 5, loads: references / 3, stores: references / 3 },
  };
}

/** A trace of threads. */
export function handmadeTrace(streams: readonly RecordedStream[]): RecordedTrace {
  return {
    name: 'handmade',
    format: 'spec',
    system: false,
    description: '',
    streams,
    lacks: [],
    remarks: [],
  };
}

/** The first references of a thread. */
export function beginningOf(stream: RecordedStream, references: number): RecordedStream {
  return {
    ...stream,
    words: stream.words.slice(0, references),
    gaps: stream.gaps.slice(0, references),
    marks: stream.marks.filter(({ at }) => at < references),
    tail: 0,
  };
}
