/** What the specs of all readers share. */
import { expect } from '@jest/globals';
import { ReferenceKind } from '../../lib/processor/references.js';
import { TraceError, type RecordedStream } from '../../lib/traces/trace.js';

const names = { [ReferenceKind.Load]: 'load', [ReferenceKind.Store]: 'store', [ReferenceKind.Fetch]: 'fetch' };

/** A stream as `kind address +gap`, addresses hexadecimal. */
export function listing({ words, gaps }: RecordedStream): string[] {
  return Array.from(
    words,
    (word, i) => `${names[(word & 3) as 0 | 1 | 2]} ${((word & ~3) >>> 0).toString(16)} +${gaps[i]}`,
  );
}

/** Gaps and tail add up, and counts are those of the references. */
export function expectConsistent({ words, gaps, tail, counts }: RecordedStream): void {
  const kinds = [0, 0, 0];
  for (const word of words) kinds[word & 3]++;
  expect([gaps.reduce((sum, gap) => sum + gap, tail), kinds[0], kinds[1]]).toEqual([
    counts.instructions,
    counts.loads,
    counts.stores,
  ]);
}

/** The message of the TraceError that `read` throws, or `no error`. Any other error is thrown on. */
export function problem(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof TraceError) return error.message;
    throw error;
  }
  return 'no error';
}

/** The bytes of a text. */
export function text(...lines: readonly string[]): Uint8Array {
  return new TextEncoder().encode(lines.map(line => `${line}\n`).join(''));
}
