import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Directory } from '../../lib/memory/directory.js';
import { lineNumber } from '../../lib/messages/addresses.js';

const SHIFT = 3;
const FIRST = 100;

function full(processors: number, firstFrame: number, frameShift: number): Directory {
  const counts = { overflows: 0, largestPool: 0 };
  return new Directory({ processors, firstFrame, frameShift, format: { format: 'full' }, counts });
}

interface Step {
  readonly kind: 'add' | 'remove' | 'clear' | 'own' | 'state';
  readonly frame: number;
  readonly line: number;
  readonly processor: number;
}

const frames = fc.oneof(fc.nat({ max: 5 }), fc.constantFrom(1023, 1024, 5000, 100_000));
const steps = fc.array(
  fc.record({
    kind: fc.constantFrom<Step['kind']>('add', 'add', 'add', 'add', 'remove', 'clear', 'own', 'state'),
    frame: frames,
    line: fc.nat({ max: (1 << SHIFT) - 1 }),
    processor: fc.nat(),
  }),
  { maxLength: 150 },
);

describe('a directory', () => {
  it('keeps for each line what a set would, for any number of processors', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), steps, (processors, list) => {
        const directory = full(processors, FIRST, SHIFT);
        const model = new Map<number, { sharers: Set<number>; owner: number; state: number }>();
        for (const { kind, frame, line: offset, processor: draw } of list) {
          const line = (FIRST + frame) * (1 << SHIFT) + offset;
          const processor = draw % processors;
          const entry = directory.entry(lineNumber(line));
          let known = model.get(line);
          if (!known) model.set(line, (known = { sharers: new Set(), owner: -1, state: 0 }));
          if (kind === 'add') {
            directory.sharers.add(entry, processor);
            known.sharers.add(processor);
          } else if (kind === 'remove') {
            directory.sharers.remove(entry, processor);
            known.sharers.delete(processor);
          } else if (kind === 'clear') {
            directory.sharers.clear(entry);
            known.sharers.clear();
          } else if (kind === 'own') directory.owner[entry] = known.owner = processor;
          else directory.state[entry] = known.state = draw % 5;
          expect(directory.sharers.has(entry, processor)).toBe(known.sharers.has(processor));
        }
        for (const [line, { sharers, owner, state }] of model) {
          const entry = directory.entry(lineNumber(line));
          expect(walk(directory, entry)).toEqual([...sharers].sort((a, b) => a - b));
          expect([directory.sharers.count(entry), directory.owner[entry], directory.state[entry]]).toEqual([
            sharers.size,
            owner,
            state,
          ]);
        }
        expect(directory.frames).toBe(new Set([...model.keys()].map(line => line >> SHIFT)).size);
      }),
    );
  });

  it.each([31, 32, 33, 63, 64, 65, 128])('finds all of %p sharers', processors => {
    const directory = full(processors, 0, 0);
    const entry = directory.entry(lineNumber(0));
    for (let p = 0; p < processors; p++) directory.sharers.add(entry, p);
    expect(walk(directory, entry)).toEqual(Array.from({ length: processors }, (_, p) => p));
    expect(directory.sharers.next(entry, processors - 1)).toBe(-1);
  });

  it('numbers entries by frame, in the order in which frames are first asked for', () => {
    const directory = full(4, FIRST, SHIFT);
    const line = (frame: number, offset: number): number => (FIRST + frame) * 8 + offset;
    expect([line(7, 3), line(2, 0), line(7, 0), line(2, 7)].map(each => directory.entry(lineNumber(each)))).toEqual([
      3, 8, 0, 15,
    ]);
    expect(directory.frames).toBe(2);
  });
});

function walk(directory: Directory, entry: number): number[] {
  const found: number[] = [];
  for (let p = directory.sharers.next(entry, -1); p >= 0; p = directory.sharers.next(entry, p)) found.push(p);
  return found;
}
