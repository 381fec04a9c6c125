import { describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readNtr } from '../../lib/traces/ntr/ntr.js';
import { summarise } from '../../lib/traces/summary.js';
import type { RecordedTrace, TraceMark } from '../../lib/traces/trace.js';

const folder = join(process.cwd(), 'traces');
const files = readdirSync(folder).filter(file => file.endsWith('.ntr.gz'));

function open(file: string): { readonly trace: RecordedTrace; readonly counts: Record<string, unknown> } {
  const bytes = new Uint8Array(gunzipSync(readFileSync(join(folder, file))));
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes))) as {
    counts: Record<string, unknown>;
  };
  return { trace: readNtr(bytes, { name: file, fetchLineBytes: 128 }), counts: header.counts };
}

function tally(trace: RecordedTrace, key: (mark: TraceMark) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { marks } of trace.streams) for (const mark of marks) counts[key(mark)] = (counts[key(mark)] ?? 0) + 1;
  return counts;
}

describe.each(files)('%s', file => {
  const { trace, counts } = open(file);

  it('decodes to the instructions, loads and stores that the recorder counted', () => {
    const { streams } = summarise(trace);
    expect(streams.map(({ instructions, loads, stores }) => [instructions, loads, stores])).toEqual(
      counts['perStream'],
    );
    for (const { gaps, tail, counts: own } of trace.streams) {
      expect(gaps.reduce((sum, gap) => sum + gap, tail)).toBe(own.instructions);
    }
  });

  it('touches the pages that the recorder counted, class by class', () => {
    expect(summarise(trace).pages).toEqual(counts['pages']);
  });

  it('has its marks in order', () => {
    for (const { marks, words } of trace.streams) {
      expect(marks.every((mark, i) => mark.at <= words.length && (i === 0 || marks[i - 1].at <= mark.at))).toBe(true);
    }
  });
});

describe('the synchronisation of the recorded programs', () => {
  it('of radix: 16 threads at 15 barriers, one lock, and waits that find their posts', () => {
    const { trace } = open('radix-16.ntr.gz');
    const kinds = tally(trace, mark => mark.kind);
    expect(kinds).toMatchObject({ 'barrier-enter': 240, 'barrier-leave': 240, post: 93, waited: 90, note: 1 });
    expect(tally(trace, mark => ('lock' in mark ? `${mark.kind} ${mark.lock.toString(16)}` : 'other'))).toMatchObject({
      'lock-request 3b7f600c': 16,
      'lock-acquired 3b7f600c': 16,
      'lock-release 3b7f600c': 16,
      'lock-released 3b7f600c': 16,
    });
    const posts = tally(trace, mark => (mark.kind === 'post' ? String(mark.semaphore) : 'other'));
    const waits = tally(trace, mark => (mark.kind === 'waited' ? String(mark.semaphore) : 'other'));
    delete waits['other'];
    for (const [semaphore, count] of Object.entries(waits)) expect(posts[semaphore]).toBeGreaterThanOrEqual(count);
  });

  it('of raytrace: 3371 times a lock, released as it was acquired', () => {
    const { trace } = open('raytrace-car-16.ntr.gz');
    expect(tally(trace, mark => mark.kind)).toEqual({
      'lock-request': 3371,
      'lock-acquired': 3371,
      'lock-release': 3371,
      'lock-released': 3371,
    });
    expect(trace.remarks.join()).not.toContain('no load-linked address');
    for (const { marks } of trace.streams) {
      const held: number[] = [];
      for (const mark of marks) {
        if (mark.kind === 'lock-acquired') held.push(mark.lock);
        if (mark.kind === 'lock-released') expect(held.pop()).toBe(mark.lock);
      }
    }
  });
});
