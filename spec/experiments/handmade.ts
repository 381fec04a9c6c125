/** Traces written down reference by reference. */
import { packReference, ReferenceKind } from '../../lib/processor/references.js';
import type { RecordedStream, RecordedTrace, TraceMark } from '../../lib/traces/trace.js';

/** A reference: what it does, where, and how many instructions after the one before. */
export type Line = readonly [kind: 'load' | 'store' | 'fetch', address: number, gap: number];

const KINDS = { load: ReferenceKind.Load, store: ReferenceKind.Store, fetch: ReferenceKind.Fetch };

/** A stream of these references. */
export function stream(lines: readonly Line[], marks: readonly TraceMark[] = [], tail = 0): RecordedStream {
  const count = (wanted: Line[0]): number => lines.filter(([kind]) => kind === wanted).length;
  return {
    words: Int32Array.from(lines, ([kind, address]) => packReference(address, KINDS[kind])),
    gaps: Uint16Array.from(lines, ([, , gap]) => gap),
    marks,
    tail,
    counts: {
      instructions: lines.reduce((sum, [, , gap]) => sum + gap, tail),
      loads: count('load'),
      stores: count('store'),
    },
  };
}

/** A trace of these streams: threads unless told. */
export function trace(streams: readonly RecordedStream[], changes: Partial<RecordedTrace> = {}): RecordedTrace {
  return {
    name: 'handmade',
    format: 'NTR1',
    system: false,
    description: '',
    streams,
    lacks: [],
    remarks: [],
    ...changes,
  };
}
