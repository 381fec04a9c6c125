/** Constants of the workloads. */
import { listed, type Constant } from './constant.js';

const PMAKE = 'lib/workloads/pmake.ts';
const BARS_OF_5 = 'counts of services that Table 2 implies and the bars of IRIX in Figure 5, pmake';
const RADIX_LOOPS = 'lib/workloads/radix-loops.ts';
const RECORDED = 'counted in the recorded RADIX of Splash-3, compiled for MIPS (traces/radix-16)';
const BOUND = 'bounds of what a window needs: more than any processor executes';

/** All of them. */
export const WORKLOAD_CONSTANTS: readonly Constant[] = [
  ...listed(
    { file: PMAKE, kind: 'fitted', source: BARS_OF_5 },
    {
      FILES: 'files that one make compiles',
      HEADERS: 'headers on the root disk: the idle part of Figure 5',
      INCLUDED: 'headers that a file includes',
      'WORK.driver': 'instructions of the driver',
      'WORK.preprocess': 'instructions of the preprocessor',
      'WORK.compile': 'instructions of the compiler',
      'WORK.assemble': 'instructions of the assembler',
      ASSEMBLER_HEAP: 'pages of heap of the assembler',
      MAKE_WORK: 'instructions of make for a file',
      SOURCE: 'bytes of a source',
      HEADER: 'bytes of a header',
      PREPROCESSED: 'bytes of a preprocessed source',
      ASSEMBLY: 'bytes of an assembly file',
      OBJECT: 'bytes of an object file',
      READ_BYTES: 'bytes of a read',
      WRITE_BYTES: 'bytes of a write',
    },
  ),
  ...listed(
    { file: PMAKE, kind: 'fitted', source: 'the idle part of the IRIX bar of Figure 7, pmake' },
    { FILES_OF_SEVERAL: 'files of each make where several run side by side' },
  ),
  ...listed(
    { file: PMAKE, kind: 'estimated', source: 'no source' },
    {
      'pmake.sources./Makefile.bytes': 'bytes of the makefile',
      'programsOf.make.readAll[2]': 'instructions of make for its makefile',
      'programsOf.driver.run[0]': 'stages over which the work of the driver is spread',
      'programsOf.compile.readAll[2]': 'share of its work that the compiler does while it reads',
      'programsOf.compile.writeAll[3]': 'and while it writes',
      'programsOf.assemble.readAll[2]': 'share of its work that the assembler does while it reads',
      'programsOf.assemble.writeAll[3]': 'and while it writes',
    },
  ),
  ...listed(
    { file: 'lib/workloads/engineering.ts', kind: 'published', source: 'Disco, SOSP 1997, Table 1' },
    { WINDOW_NS: 'length of engineering' },
  ),
  ...listed(
    { file: 'lib/workloads/engineering.ts', kind: 'estimated', source: BOUND },
    { MOST_PER_NS: 'instructions in a nanosecond at most', START_UP_NS: 'time for its start at most' },
  ),
  ...listed(
    { file: 'lib/workloads/engineering.ts', kind: 'estimated', source: 'an address where nothing else is' },
    { 'DESIGN.first': 'first page of the design of engineering' },
  ),
  ...listed(
    {
      file: 'lib/workloads/engineering.ts',
      kind: 'fitted',
      source: 'bars of IRIX in Figure 8, engineering: stall beside execution, ccNUMA and UMA',
    },
    {
      'DESIGN.copies': 'pages that each recorded page of the design stands for',
      'DESIGN.references': 'references after which it stands for another',
    },
  ),
  ...listed(
    { file: 'lib/workloads/database.ts', kind: 'published', source: 'Disco, SOSP 1997, Table 1' },
    { WINDOW_NS: 'length of database' },
  ),
  ...listed(
    { file: 'lib/workloads/database.ts', kind: 'estimated', source: BOUND },
    { MOST_PER_NS: 'instructions in a nanosecond at most', START_UP_NS: 'time for its start at most' },
  ),
  ...listed(
    {
      file: 'lib/workloads/database.ts',
      kind: 'fitted',
      source: 'the bar of IRIX in Figure 5, database: user and kernel',
    },
    {
      'POOL.windows': 'windows of the pool of buffers',
      'POOL.pages': 'pages of a window',
      'POOL.references': 'references after which a page stands for another',
    },
  ),
  ...listed(
    { file: 'lib/workloads/database.ts', kind: 'measured', source: 'uses of pages in the recorded session of SQLite' },
    { MOST_USES: 'uses up to which a recorded page is one of the database' },
  ),
  ...listed(
    { file: 'lib/workloads/database.ts', kind: 'estimated', source: 'ours' },
    {
      'POOL.first': 'first page of the pool, where nothing else is',
      FILE_BYTES: 'bytes of the file that is read',
      READ_BYTES: 'bytes of a read',
      READ_EVERY: 'instructions between reads',
    },
  ),
  ...listed(
    { file: 'lib/workloads/raytrace.ts', kind: 'published', source: 'Disco, SOSP 1997, Table 1' },
    { WINDOW_NS: 'length of raytrace' },
  ),
  ...listed(
    { file: 'lib/workloads/raytrace.ts', kind: 'estimated', source: BOUND },
    { MOST_PER_NS: 'instructions in a nanosecond at most', START_UP_NS: 'time for its start at most' },
  ),
  ...listed(
    { file: 'lib/workloads/raytrace.ts', kind: 'estimated', source: 'an address where nothing else is' },
    { 'SCENE.first': 'first page of the scene' },
  ),
  ...listed(
    {
      file: 'lib/workloads/raytrace.ts',
      kind: 'fitted',
      source: 'bars of IRIX in Figure 8, raytrace: stall beside execution, UMA and ccNUMA',
    },
    {
      RAYS_PER_NUMBER: 'recorded rays that take one number under the lock',
      'SCENE.pages': 'pages that the scene wanders over',
      'SCENE.references': 'references after which a page of it stands for another',
    },
  ),
  ...listed(
    {
      file: 'lib/workloads/radix-sort.ts',
      kind: 'published',
      source: 'SPLASH-2 (ISCA 1995); the default of its program, recalled',
    },
    {
      RADIX: 'values of a digit',
      KEY_LIMIT: 'values of a key',
      DEFAULT_KEYS: 'keys; the Disco paper does not say how many',
    },
  ),
  ...listed(
    { file: RADIX_LOOPS, kind: 'measured', source: RECORDED },
    {
      'LINE.clear': 'line of text where clearing begins',
      'LINE.count': 'where counting begins',
      'LINE.sum': 'where summing begins',
      'LINE.copy': 'where copying begins',
      'LINE.merge': 'where merging begins',
      'LINE.add': 'where adding begins',
      'LINE.move': 'where moving begins',
      'RadixLoops.generate.fetch[1]': 'generate: instructions in its first line',
      'RadixLoops.generate': 'generate: lines with nothing but instructions, up to this one',
      'RadixLoops.generate.fetch[1]#2': 'generate: instructions in its second line',
      'RadixLoops.generate.fetch[1]#3': 'generate: instructions in each of the next lines',
      'RadixLoops.generate.store[1]': 'generate: instructions before the store',
      'RadixLoops.generate.fetch[0].line[0]': 'generate: its last line',
      'RadixLoops.generate.fetch[1]#4': 'generate: instructions in it',
      'RadixLoops.clear.overDigits[2].load[1]': 'clear: instructions before the load',
      'RadixLoops.clear.overDigits[2].store[1]': 'clear: instructions before the store',
      'RadixLoops.count.fetch[1]': 'count: instructions in its second line',
      'RadixLoops.count.store[1]': 'count: instructions before the store',
      'RadixLoops.sum.overDigits[2].load[1]': 'sum: instructions before the load',
      'RadixLoops.sum.overDigits[2].store[1]': 'sum: instructions before the store',
      'RadixLoops.copy.overDigits[1]': 'copy: references of a turn',
      'RadixLoops.copy.overDigits[2].store[1]': 'copy: instructions before the second store',
      'RadixLoops.merge.overDigits[1]': 'merge: references of a turn',
      'RadixLoops.add.overDigits[1]': 'add: references of a turn',
      'RadixLoops.add.overDigits[2].load[1]': 'add: instructions before the load',
      'RadixLoops.move.load[1]': 'move: instructions before the load of the place',
      'RadixLoops.merge.overDigits[2].store[1]': 'merge: instructions before the first store',
      'RadixLoops.merge.overDigits[2].store[1]#2': 'merge: instructions before the second store',
      'RadixLoops.add.overDigits[2].store[1]': 'add: instructions before the store',
      'RadixLoops.move.store[1]': 'move: instructions before the store of the key',
      'RadixLoops.move.store[1]#2': 'move: instructions before the store of the place',
    },
  ),
  ...listed(
    { file: 'lib/workloads/user-locks.ts', kind: 'estimated', source: 'ours, in the manner of Anderson 1990' },
    {
      LOCK_BYTES: 'bytes between words of locks, a line of the second level',
      FIRST_WAIT: 'instructions of the first wait for a lock',
      LONGEST_WAIT: 'instructions of the longest wait',
      PATIENCE: 'instructions after which a waiter gives up its processor',
      FIRST_BACK_OFF: 'instructions after a store-conditional that failed',
      MOST_DOUBLINGS: 'doublings of them',
    },
  ),
  ...listed(
    { file: 'lib/workloads/guest-program.ts', kind: 'estimated', source: 'ours' },
    {
      GAP: 'pages between pages of one region',
      'guestProgram.bufferPages': 'pages of the buffer for input and output',
    },
  ),
  ...listed(
    {
      file: 'lib/workloads/images/image-pages.ts',
      kind: 'published',
      source: 'MIPS ABI: segments are aligned to 64 KB; pages of a page table',
    },
    { NEAR: 'pages between touched pages of a module', REGION_NEAR: 'pages between pages of a region' },
  ),
];
