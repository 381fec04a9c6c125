import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readLackey } from '../../../lib/traces/formats/lackey.js';
import { expectConsistent, listing, problem, text } from '../reading.js';

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
    ['I  0401ab70,3 x', /line 1: expected the end of the line/],
    ['I  0401ab70,3\n L 11112222333344445,8', /line 2: an address has more than 64 bits/],
    ['I  0401ab70,3\nL 1,8', /line 2: expected/],
    ['I  0401ab70,3\nprogram output', /line 2: expected.*--log-file/],
    ['I  0401ab70,3\nno newlineI  0493d350,6', /line 2: expected/],
  ])('refuses %j with the line number', (content, message) => {
    expect(problem(() => readLackey(text(content).subarray(0, content.length), options))).toMatch(message);
  });

  // As Valgrind 3.19 writes them, options in the comment. Each is put between two instructions.
  it.each([
    ['==4711== Lackey, an example Valgrind tool'],
    ['==4711== '],
    ['==00:00:00:00.782 4711== Command: /bin/true'], // --time-stamp=yes
    ['--4711-- Valgrind options:'], // -v
    ["--4711--    object doesn't have a symbol table"],
    ['--4711:1:debuglog DebugLog system started by Stage 2'], // -d on standard error
    ['==4711== error 2 No such file or directory'],
    ['>==4711== a Valgrind in a Valgrind'],
    ['**4711** region begins'], // VALGRIND_PRINTF
    ['**00:00:00:00.783 4711** one'],
    ['**4711** '],
    ['**4711**  L 10,4'],
    ['**4711** I  00401000,4'], // the text of the message: a message of nothing is not printed
    ['==4711==    at 0x10925E: VALGRIND_PRINTF_BACKTRACE (valgrind.h:6815)'],
    ['SB 0401ab70'], // --trace-superblocks=yes
    ['SYSCALL[4711,1](12) sys_brk ( 0x0 ) --> [pre-success] Success(0x4035000) '], // --trace-syscalls=yes
    ['SYSCALL[4711,1](334) unimplemented (by the kernel) syscall: 334! (ni_syscall)\n --> [pre-fail] Failure(0x26) '],
    ['--4711--   SCHED[1]:  acquired lock (VG_(client_syscall)[async])'], // --trace-sched=yes
    ['==4711== Process terminating with default action of signal 11 (SIGSEGV)'],
    ['==4711==  Access not within mapped region at address 0x0'],
    ['==4711==   SBs entered:   27,082'],
    ['==4711== FILE DESCRIPTORS: 6 open (3 std) at exit.'], // --track-fds=yes
    ['==4711==    V128          360          504        1,232'], // --detailed-counts=yes
    ["valgrind: the 'impossible' happened:"],
    [''],
    ['   '],
  ])('passes over %j', line => {
    const found = readLackey(
      text('I  00401000,4', ' L 00402000,4 ', line, ' S 00402008,4\t', 'I  00401004,4\r'),
      options,
    );
    expect(found.streams[0].counts).toEqual({ instructions: 2, loads: 1, stores: 1 });
  });

  it('passes over the tables that Valgrind prints after the exit code, and not before', () => {
    const profile = '<<< BEGIN SB Profile #1 (for the entire run)';
    const exit = '==1== Exit code:       0';
    expect(readLackey(text('I  00401000,4', exit, '', profile), options).streams[0].counts.instructions).toBe(1);
    expect(problem(() => readLackey(text('I  00401000,4', profile, exit), options))).toMatch(/line 2: expected/);
  });

  // A message without an end of line: the next reference stands behind it, and the next message has no beginning.
  it.each<[string, readonly string[], object]>([
    [
      'the next has no beginning',
      ['**1** no endI  00401004,5', ' S 00402000,8', 'next', '**1** last'],
      { instructions: 2, stores: 1 },
    ],
    ['the log ends', ['**1** no end L 00402000,5'], { instructions: 1, loads: 1 }],
    ['the next is empty', ['**1** no endI  00401004,5', '', '==1== Exit code:       0'], { instructions: 2 }],
    ['two in a row', ['**1** oneI  00401004,5', 'twoI  00401008,4', 'three'], { instructions: 3 }],
    ['a superblock follows', ['**1** no endSB 00401004', 'I  00401004,4', 'next'], { instructions: 2 }],
    [
      'the next has one, so it is its text',
      ['**1** see I  00401004,5', 'I  00401004,4', '**1** next'],
      { instructions: 2 },
    ],
  ])('reads what stands behind a message that did not end its line, if %s', (_, lines, counts) => {
    const found = readLackey(text('I  00401000,4', ...lines), options);
    expect(found.streams[0].counts).toMatchObject(counts);
  });

  it.each<[string, readonly string[], RegExp]>([
    [
      'a child that was forked',
      ['==11== x', 'I  00401000,4', '**12** child'],
      /line 3: process 12 writes into the log of process 11.*%p/,
    ],
    [
      'a child in its system calls',
      ['SYSCALL[11,1](57) sys_fork ()', 'SYSCALL[12,1](60) sys_exit ()'],
      /line 2: process 12/,
    ],
    ['a child with time stamps', ['--00:00:00:00.1 11-- x', '==00:00:00:00.2 12== x'], /line 2: process 12/],
    [
      'a program that was executed in its place',
      ['==11== Lackey, an example Valgrind tool', 'I  00401000,4', '==11== Lackey, an example Valgrind tool'],
      /line 3: a second program begins/,
    ],
  ])('refuses the lines of %s: references do not say whose they are', (_, lines, message) => {
    expect(problem(() => readLackey(text(...lines, 'I  00401000,4'), options))).toMatch(message);
  });

  it('remarks on threads that the log names, and on instructions that Lackey counted and that are not there', () => {
    const lines = ['SYSCALL[1,1](12) sys_brk ( 0x0 )', 'SYSCALL[1,2](12) sys_brk ( 0x0 )', 'I  00401000,4'];
    const found = readLackey(text(...lines, '==1==   guest instrs:  130,003'), options);
    expect(found.remarks.join(' ')).toMatch(/Lackey counted 130003 instructions, but the log has 1: .*names 2 threads/);
    expect(readLackey(text('I  00401000,4', '==1==   guest instrs:  1'), options).remarks.join(' ')).not.toContain(
      'counted 1',
    );
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
