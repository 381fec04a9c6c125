import { describe, expect, it } from '@jest/globals';
import { alea } from 'seedrandom';
import { summarise } from '../../../lib/traces/summary.js';
import { syntheticTrace, type MixedOptions } from '../../../lib/traces/synthetic/synthetic.js';
import { workingSet, zipf } from '../../../lib/traces/synthetic/locality.js';
import { migratory, producerConsumer, readShared } from '../../../lib/traces/synthetic/sharing.js';
import { sequential, strided, uniform } from '../../../lib/traces/synthetic/walks.js';
import type { RecordedStream } from '../../../lib/traces/trace.js';
import { expectConsistent, listing } from '../reading.js';

const seed = 'synthetic 1';
const random = () => alea(seed);
const base: MixedOptions = {
  streams: 2,
  references: 6,
  baseAddress: 0x10000,
  footprintBytes: 0x4000,
  streamDistanceBytes: 0x4000,
  gapInstructions: 3,
  storePercent: 0,
};
const addresses = ({ words }: RecordedStream): number[] => Array.from(words, word => word & ~3);
const never = (): number => {
  throw new Error('drew a number');
};

describe('synthetic walks', () => {
  it('go word by word through private footprints, and draw nothing when all are loads', () => {
    const streams = sequential({ ...base, footprintBytes: 16 }, never);
    expect(streams.map(listing)).toEqual([
      ['load 10000 +3', 'load 10004 +3', 'load 10008 +3', 'load 1000c +3', 'load 10000 +3', 'load 10004 +3'],
      ['load 14000 +3', 'load 14004 +3', 'load 14008 +3', 'load 1400c +3', 'load 14000 +3', 'load 14004 +3'],
    ]);
    expect(streams[0]).toMatchObject({ tail: 0, marks: [], counts: { instructions: 18, loads: 6, stores: 0 } });
  });

  it('go in strides, and all store when told so', () => {
    const [one] = strided({ ...base, storePercent: 100, strideBytes: 0x1800 }, never);
    expect(listing(one)).toEqual([
      'store 10000 +3',
      'store 11800 +3',
      'store 13000 +3',
      'store 10000 +3',
      'store 11800 +3',
      'store 13000 +3',
    ]);
  });

  it('jump evenly, with the share of stores that was asked for', () => {
    const [one] = uniform({ ...base, references: 40000, footprintBytes: 16, storePercent: 30 }, random());
    const counts = [0, 0, 0, 0];
    for (const address of addresses(one)) counts[(address - 0x10000) / 4]++;
    // Binomial: 10000 expected per word with a deviation of 87, 12000 stores with one of 92; five deviations.
    for (const count of counts) expect(Math.abs(count - 10000)).toBeLessThan(435);
    expect(Math.abs(one.counts.stores - 12000)).toBeLessThan(460);
    expectConsistent(one);
  });
});

describe('synthetic locality', () => {
  it('follows the law of Zipf: the frequency of item k is that of item 1 over k', () => {
    const references = 100000;
    const [one] = zipf({ ...base, references, footprintBytes: 64 * 4096, itemBytes: 4096, exponent: 1 }, random());
    const counts = new Array<number>(64).fill(0);
    for (const address of addresses(one)) counts[(address - 0x10000) >> 12]++;
    let harmonic = 0;
    for (let k = 1; k <= 64; k++) harmonic += 1 / k;
    counts.forEach((count, i) => {
      const expected = references / (i + 1) / harmonic;
      expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected));
    });
  });

  it.each([
    [0, 1],
    [0.5, 2],
    [1.25, 2 ** 2.5],
    [2, 16],
    [3.75, 2 ** 7.5],
  ])('with exponent %d has item 1 %d times as often as item 4', (exponent, ratio) => {
    const [one] = zipf({ ...base, references: 200000, footprintBytes: 16, itemBytes: 4, exponent }, random());
    const counts = [0, 0, 0, 0];
    for (const address of addresses(one)) counts[(address - 0x10000) / 4]++;
    expect(Math.abs(counts[0] / ratio - counts[3])).toBeLessThan(
      5 * Math.sqrt(counts[3]) + (5 * Math.sqrt(counts[0])) / ratio,
    );
  });

  it('stays in one working set for a phase, then moves', () => {
    const [one] = workingSet(
      {
        ...base,
        references: 3000,
        footprintBytes: 2 ** 20,
        workingSetBytes: 8192,
        phaseReferences: 1000,
        alignBytes: 4096,
      },
      random(),
    );
    const phases = [0, 1000, 2000].map(start => addresses(one).slice(start, start + 1000));
    const pages = phases.map(phase => [...new Set(phase.map(address => address >>> 12))].sort((a, b) => a - b));
    for (const [first, second, ...more] of pages) expect([second - first, more.length]).toEqual([1, 0]);
    expect(new Set(pages.map(String)).size).toBe(3);
  });
});

describe('synthetic sharing', () => {
  const shared = { streams: 4, references: 64, baseAddress: 0, footprintBytes: 4 * 4096, gapInstructions: 2 };

  it('has one producer, and consumers that read all it wrote in its order', () => {
    const [producer, ...consumers] = producerConsumer({ ...shared, stepBytes: 1024 });
    expect(producer.counts).toMatchObject({ loads: 0, stores: 64 });
    for (const consumer of consumers) {
      expect(consumer.counts).toMatchObject({ loads: 64, stores: 0 });
      expect(addresses(consumer)).toEqual(addresses(producer));
    }
    expect(summarise(syntheticTrace('pc', [producer, ...consumers])).pages).toMatchObject({
      data: 4,
      dataSharedWritten: 4,
    });
  });

  it('hands every place from stream to stream, read and then written, never to two at once', () => {
    const streams = migratory({ ...shared, references: 128, stepBytes: 1024 });
    for (let i = 0; i < 128; i += 2) {
      const now = streams.map(stream => stream.words[i] & ~3);
      expect(new Set(now).size).toBe(4);
      for (const stream of streams)
        expect([stream.words[i] & 3, stream.words[i + 1]]).toEqual([0, (stream.words[i] & ~3) | 1]);
    }
    const visitors = streams.map(stream => addresses(stream).indexOf(0));
    expect(visitors).toEqual([0, 24, 16, 8]); // the place at 0 goes from stream 0 to 3, 2 and 1
    expect(streams.map(stream => new Set(addresses(stream)).size)).toEqual([16, 16, 16, 16]);
  });

  it('reads one footprint from all streams and never writes', () => {
    const streams = readShared({ ...shared, references: 1000 }, random());
    expect(summarise(syntheticTrace('rs', streams)).pages).toMatchObject({
      data: 4,
      dataSharedReadOnly: 4,
      refsSharedReadOnly: 4000,
    });
    expect(addresses(streams[0])).not.toEqual(addresses(streams[1]));
  });
});

describe('synthetic streams', () => {
  it('are the same for the same random numbers', () => {
    const options = { ...base, references: 500, storePercent: 40 };
    const local = { ...options, workingSetBytes: 4096, phaseReferences: 50, alignBytes: 4096 };
    const make = (): RecordedStream[][] => {
      const numbers = random();
      return [
        uniform(options, numbers),
        zipf({ ...options, itemBytes: 64, exponent: 0.75 }, numbers),
        workingSet(local, numbers),
      ];
    };
    expect(make()).toEqual(make());
  });

  it('become a trace that says what it is', () => {
    expect(syntheticTrace('s', sequential(base, never))).toMatchObject({
      name: 's',
      format: 'synthetic',
      system: false,
      lacks: [],
    });
    expect(() => syntheticTrace('none', [])).toThrow('trace none has no streams');
  });

  it.each([
    [{ streams: 0 }, /streams is 0/],
    [{ references: 1.5 }, /references is 1.5/],
    [{ gapInstructions: 65536 }, /gapInstructions is 65536/],
    [{ gapInstructions: 0 }, /gapInstructions is 0/],
    [{ storePercent: 101 }, /storePercent is 101/],
    [{ footprintBytes: 6 }, /footprintBytes is 6; it must be a multiple of 4/],
    [{ baseAddress: -4 }, /baseAddress is -4/],
    [{ baseAddress: 0x7fffc000 }, /the footprints end at 0x80004000/],
    [{ streamDistanceBytes: NaN }, /streamDistanceBytes is NaN/],
  ])('refuse %j', (change, message) => {
    expect(() => sequential({ ...base, ...change }, never)).toThrow(message);
    expect(() => uniform({ ...base, ...change }, never)).toThrow(RangeError);
  });

  it('refuse dimensions of their own that do not fit', () => {
    expect(() => strided({ ...base, strideBytes: 0x8000 }, never)).toThrow(/strideBytes is 32768/);
    expect(() => zipf({ ...base, itemBytes: 12, exponent: 1 }, never)).toThrow(
      /itemBytes \(12\) must divide footprintBytes/,
    );
    expect(() => zipf({ ...base, itemBytes: 16, exponent: 0.8 }, never)).toThrow(/exponent is 0.8/);
    expect(() => workingSet({ ...base, workingSetBytes: 0x8000, phaseReferences: 1, alignBytes: 4 }, never)).toThrow(
      /workingSetBytes/,
    );
    expect(() => workingSet({ ...base, workingSetBytes: 0x1000, phaseReferences: 0, alignBytes: 4 }, never)).toThrow(
      /phaseReferences is 0/,
    );
    expect(() => producerConsumer({ ...base, streams: 1, stepBytes: 64 })).toThrow(/at least two streams/);
    expect(() => migratory({ ...base, streams: 3, stepBytes: 64 })).toThrow(/256 steps, which 3 streams cannot divide/);
    expect(() => migratory({ ...base, stepBytes: 96 })).toThrow(/must divide footprintBytes/);
  });
});
