import { describe, expect, it } from '@jest/globals';
import { ReferenceKind, packReference } from '../../lib/processor/references.js';
import { summarise } from '../../lib/traces/summary.js';
import type { RecordedStream, RecordedTrace, TraceMark } from '../../lib/traces/trace.js';
import { problem } from './reading.js';

const { Load, Store, Fetch } = ReferenceKind;

function stream(references: readonly (readonly [number, number])[], marks: readonly TraceMark[] = []): RecordedStream {
  const words = Int32Array.from(references, ([address, kind]) => packReference(address, kind));
  const count = (kind: number): number => references.filter(one => one[1] === kind).length;
  const counts = { instructions: words.length, loads: count(Load), stores: count(Store) };
  return { words, gaps: new Uint16Array(words.length).fill(1), marks, tail: 0, counts };
}

function trace(system: boolean, ...streams: RecordedStream[]): RecordedTrace {
  return { name: 't', format: 'test', system, description: '', streams, lacks: [], remarks: [] };
}

describe('a summary', () => {
  it('sorts pages by who uses them and how', () => {
    const one = stream([[0x400000, Fetch], [0x1000, Load], [0x2000, Load], [0x3000, Load], [0x400ffc, Load], [0x500000, Fetch]]); // prettier-ignore
    const two = stream([[0x2004, Load], [0x3004, Store], [0x3008, Store], [0x400000, Fetch]]); // prettier-ignore
    expect(summarise(trace(false, one, two))).toEqual({
      streams: [
        { instructions: 6, loads: 4, stores: 0, fetches: 2, dataPages: 4 },
        { instructions: 4, loads: 1, stores: 2, fetches: 1, dataPages: 2 },
      ],
      pages: {
        codeOnly: 1,
        data: 4,
        dataAlsoCode: 1,
        dataOneStream: 2,
        dataSharedReadOnly: 1,
        dataSharedWritten: 1,
        refsOneStream: 2,
        refsSharedReadOnly: 2,
        refsSharedWritten: 3,
        writesToSharedWritten: 2,
      },
    });
  });

  it('goes by physical page, task and segment in whole-system traces', () => {
    const marks: TraceMark[] = [
      { kind: 'map', at: 0, page: 1, physical: 9 },
      { kind: 'map', at: 0, page: 0xc0000, physical: 9 },
      { kind: 'task', at: 2, task: 5 },
      { kind: 'map', at: 2, page: 1, physical: 10 },
      { kind: 'map', at: 3, page: 1, physical: 11 },
    ];
    const system = stream([[0x1000, Load], [0xc0000000, Load], [0x1000, Load], [0x1000, Load], [0xc0000000, Load], [0x8000b000, Load], [0xa000b000, Load]], marks); // prettier-ignore
    expect(summarise(trace(true, system))).toMatchObject({
      streams: [{ dataPages: 3 }],
      pages: { data: 3, refsOneStream: 7 },
    });
  });

  it('needs a mapping for every mapped page', () => {
    const marks: TraceMark[] = [{ kind: 'map', at: 0, page: 1, physical: 9 }, { kind: 'task', at: 1, task: 5 }]; // prettier-ignore
    const read = () => summarise(trace(true, stream([[0x1000, Load], [0x1000, Load]], marks))); // prettier-ignore
    expect(problem(read)).toBe('t: stream 0: virtual page 0x1 of task 5 has no mapping');
  });
});
