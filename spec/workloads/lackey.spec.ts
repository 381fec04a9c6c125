import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readLackey } from '../../lib/workloads/lackey.js';
import { expectConsistent, listing, problem, text } from './reading.js';

const options = { name: 'run.lackey', fetchLineBytes: 64 };
// The beginning of /bin/true under Valgrind 3.19, shortened; the last two lines are made up.
const excerpt = text(
  '==3720== Lackey, an example Valgrind tool',
  '==3720== Command: /bin/true',
  '==3720== ',
  'I  0401ab70,3',
  'I  0401ab73,5',
  ' S 1fff000778,8',
  'I  0401b770,1',
  ' S 1fff000770,8',
  'I  0401b77f,5',
  ' L 1fff000ffc,8',
  'I  0401b784,5',
  ' M 04a1d9f2,4',
  '==3720== Exit code:       0',
);

describe('the Lackey reader', () => {
  const trace = readLackey(excerpt, options);

  it('renumbers pages, merges fetches, splits at pages and expands modifications', () => {
    expect(listing(trace.streams[0])).toEqual([
      'fetch b70 +0', // page pair 0401a000 is number 0
      'store 2778 +1', // pair 1fff000000 is number 1
      'fetch 1770 +1',
      'store 2770 +0',
      'fetch 1780 +1', // the instruction at 77f reaches into the next line
      'load 2ffc +0',
      'load 3000 +0',
      'load 59f0 +1',
      'store 59f0 +0',
    ]);
  });

  it('counts each I as an instruction', () => {
    expect(trace.streams[0].counts).toEqual({ instructions: 5, loads: 3, stores: 3 });
    expect(trace.streams[0].tail).toBe(1);
    expectConsistent(trace.streams[0]);
  });

  it('carries into the upper half where an access crosses 4 GB', () => {
    const crossing = readLackey(text('I  200000000,4', ' L 1fffffffc,8'), options);
    expect(listing(crossing.streams[0])).toEqual(['fetch 0 +0', 'load 3ffc +0', 'load 0 +0']);
  });

  it('says what is missing and what was changed', () => {
    expect(trace).toMatchObject({ format: 'lackey', system: false, lacks: ['thread', 'time'] });
    expect(trace.remarks.join(' ')).toContain('3 pairs');
    expect(trace.remarks.join(' ')).toContain('1 accesses cross a 4 KB page');
  });

  it.each([
    ['', /line 1: the text ends without/],
    ['==1== only Valgrind', /line 2: the text ends without/],
    ['hello', /line 1: expected "I {2}address,size"/],
    ['I 0401ab70,3', /line 1: expected/],
    ['I  xyz,3', /line 1: expected an address, a hexadecimal number/],
    ['I  0401ab70;3', /line 1: expected a comma/],
    ['I  0401ab70,', /line 1: expected a size/],
    ['I  0401ab70,0', /line 1: a size of 0 bytes/],
    ['I  0401ab70,99999999999', /line 1: a size is too large/],
    ['I  0401ab70,3 ', /line 1: expected the end of the line/],
    ['I  0401ab70,3\n L 11112222333344445,8', /line 2: an address has more than 64 bits/],
    ['I  0401ab70,3\n\n L 1,8', /line 2: expected/],
  ])('refuses %j with the line number', (content, message) => {
    expect(problem(() => readLackey(text(content).subarray(0, content.length), options))).toMatch(message);
  });

  it('gives a consistent trace or a TraceError for any change of bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(excerpt.length - 1), fc.nat(255)), { maxLength: 4 }),
        fc.nat(excerpt.length),
        (changes, length) => {
          const bytes = excerpt.slice(0, length);
          for (const [at, value] of changes) bytes[at] = value;
          problem(() => readLackey(bytes, options).streams.forEach(expectConsistent));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
