import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeMissLog } from '../../../lib/placement/log/decode.js';
import { encodeMissLog } from '../../../lib/placement/log/encode.js';
import { memoryOf } from '../../../lib/placement/log/header.js';
import { MissLog } from '../../../lib/placement/log/miss-log.js';
import '../../support/property-seed.js';
import { anyLog, header, logOf, missesOf } from './logs.js';

const small = logOf(header(2), [
  { timeNs: 300, node: 1, page: 5 },
  { timeNs: 300, node: 0, thread: 7, page: 200, store: true },
]);

/** The line of JSON of a file, changed, with the records as they are. */
function withHeader(change: (line: string) => string): Uint8Array {
  const bytes = encodeMissLog(small);
  const end = bytes.indexOf(10);
  const line = change(new TextDecoder().decode(bytes.subarray(0, end)));
  return Uint8Array.from([...new TextEncoder().encode(line), ...bytes.subarray(end)]);
}

describe('a file of a miss log', () => {
  it('holds what the log holds', () =>
    fc.assert(
      fc.property(anyLog, log => {
        const read = decodeMissLog(encodeMissLog(log));
        expect(read.header).toEqual(log.header);
        expect(missesOf(read)).toEqual(missesOf(log));
      }),
    ));

  it('is a line of JSON and records of numbers, as docs/miss-log.md has them', () => {
    const bytes = encodeMissLog(small);
    const end = bytes.indexOf(10);
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)))).toEqual({
      format: 'disco-sim miss log',
      version: 1,
      ...header(2),
      misses: 2,
    });
    // 300 and 200 take two bytes: 300 = 2 * 128 + 44, 200 = 128 + 72.
    expect([...bytes.subarray(end + 1)]).toEqual([128 + 44, 2, 2, 1, 5, 0, 1, 7, 128 + 72, 1]);
  });

  it('takes some five bytes a miss', () => {
    const log = new MissLog(header(8));
    for (let miss = 0; miss < 10_000; miss++) log.add(miss * 100, miss % 8, miss % 8, (miss * 7) % 3000, false);
    expect(encodeMissLog(log).length / log.length).toBeLessThan(5.2);
  });

  const refused: [what: string, bytes: () => Uint8Array, message: string][] = [
    ['nothing', () => new Uint8Array(0), 'x.misses is cut short: it ends after 0 bytes, within its header'],
    ['the start of a header', () => encodeMissLog(small).subarray(0, 20), 'is cut short: it ends after 20 bytes'],
    ['half a header', () => encodeMissLog(small).subarray(0, 90), 'is cut short or damaged: a header is one line'],
    ['another file', () => new TextEncoder().encode('NTR1 and what follows it, whatever it is'), 'x.misses is not a miss log: it begins with "NTR1 and what follows it, whate"'],
    ['no records', () => encodeMissLog(small).subarray(0, -10), 'its header states 2 misses of at least 4 bytes, but 0 bytes follow it'],
    ['half a record', () => encodeMissLog(small).subarray(0, -1), 'x.misses is cut short: it ends within miss 1'],
    ['more than it states', () => Uint8Array.from([...encodeMissLog(small), 0]), 'x.misses has 1 bytes after the 2 misses that its header states'],
    ['a count beyond the file', () => withHeader(line => line.replace('"misses":2', '"misses":1e15')), 'states 1000000000000000 misses of at least 4 bytes, but 10 bytes'],
    ['no count', () => withHeader(line => line.replace('"misses":2', '"misses":"2"')), 'x.misses, header: misses is "2"; give a whole number'],
    ['a later version', () => withHeader(line => line.replace('"version":1', '"version":2')), 'x.misses has version 2 of the format; this program reads version 1'],
    ['no JSON', () => withHeader(line => line.slice(0, -1)), 'x.misses has a damaged header: '],
    ['a page of 1000 bytes', () => withHeader(line => line.replace('4096', '1000')), 'x.misses, header: pageBytes is 1000; give a power of two'],
    ['a node too few', () => withHeader(line => line.replace('"tiers":[0,0]', '"tiers":[0]')), 'x.misses, header: tiers has 1 elements for 2 nodes'],
    ['a latency that is none', () => withHeader(line => line.replace('[300,900]', '[300,null]')), 'x.misses, header: an element of latencyNs is null; give a number from 0'],
    ['an unknown fact', () => withHeader(line => line.replace('"data"', '"date"')), 'x.misses, header: records has "date"; there are thread, write'],
    ['a node that does not exist', () => withHeader(line => line).map((byte, at, all) => (at === all.length - 9 ? 0 : at === all.length - 8 ? 9 : byte)), 'x.misses, miss 0: node is 4; give a whole number from 0 to 1'],
    ['a node without processors', () => withHeader(line => line.replace('"processors":[true,true]', '"processors":[true,false]')), 'x.misses, miss 0: node is 1, which has no processors'],
    ['a number without an end', () => Uint8Array.from([...encodeMissLog(small).subarray(0, -10), ...new Array<number>(12).fill(255)]), 'x.misses, miss 0: a number has more than 8 bytes'],
  ]; // prettier-ignore
  it.each(refused)('is refused if it is %s', (_, bytes, message) => {
    expect(() => decodeMissLog(bytes(), 'x.misses')).toThrow(message);
    expect(() => decodeMissLog(bytes(), 'x.misses')).toThrow(RangeError);
  });

  it('with cut, flipped or foreign bytes is a log or refused by name', () =>
    fc.assert(
      fc.property(
        anyLog,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
        fc.nat(),
        fc.uint8Array({ maxLength: 5 }),
        (log, flips, cut, appended) => {
          const whole = encodeMissLog(log);
          const bytes = Uint8Array.from([...whole.subarray(0, whole.length - (cut % whole.length)), ...appended]);
          for (const [at, value] of flips) bytes[at % bytes.length] = value;
          let read: MissLog;
          try {
            read = decodeMissLog(bytes, 'x.misses');
          } catch (error) {
            expect((error as Error).constructor).toBe(RangeError);
            expect((error as Error).message).toMatch(/^x\.misses[ ,]/);
            return;
          }
          expect(missesOf(decodeMissLog(encodeMissLog(read)))).toEqual(missesOf(read));
        },
      ),
      { numRuns: 500 },
    ));

  it('with a flipped record is a log or refused by name', () =>
    fc.assert(
      fc.property(anyLog, fc.nat(), fc.integer({ min: 1, max: 255 }), (log, place, flip) => {
        const bytes = encodeMissLog(log);
        const records = bytes.length - bytes.indexOf(10) - 1;
        fc.pre(records > 0);
        bytes[bytes.length - 1 - (place % records)] ^= flip;
        try {
          for (const { node } of missesOf(decodeMissLog(bytes, 'x.misses'))) expect(node).toBeLessThan(log.nodes);
        } catch (error) {
          if ((error as Error).constructor !== RangeError) throw error;
          expect((error as Error).message).toMatch(/^x\.misses[ ,]/);
        }
      }),
      { numRuns: 500 },
    ));
});

describe('a miss log', () => {
  it('refuses what is no miss, with its number', () => {
    const log = logOf(header(2), [{ timeNs: 5 }]);
    expect(() => log.add(4, 0, 0, 0, false)).toThrow('miss 1: timeNs is 4; give a whole number of at least 5');
    expect(() => log.add(5.5, 0, 0, 0, false)).toThrow('miss 1: timeNs is 5.5');
    expect(() => log.add(5, 2, 0, 0, false)).toThrow('miss 1: node is 2; give a whole number from 0 to 1');
    expect(() => log.add(5, 0, -1, 0, false)).toThrow('miss 1: thread is -1');
    expect(() => log.add(5, 0, 0, 2 ** 24, false)).toThrow('miss 1: page is 16777216');
    expect(log.length).toBe(1);
  });

  it('shows a policy the machine of its header, with all frames free', () => {
    const view = memoryOf(header(2, { frames: [10, 0], processors: [true, false], tiers: [0, 1] }));
    const nodes = [0, 1];
    expect(nodes.map(node => [view.freeFrames(node), view.hasProcessors(node), view.tier(node)])).toEqual([
      [10, true, 0],
      [0, false, 1],
    ]);
    expect([view.latencyNs(0, 0), view.latencyNs(0, 1)]).toEqual([300, 900]);
  });
});
