/**
 * The profile `linuxMips`: lengths of services as counted on an unmodified Linux 6.1 kernel on a MIPS32 processor (mean
 * instructions per instance, exclusive, everything cached), over the same kernel model as `irix`. MEASURED, not fitted: a
 * modern kernel does more work per service than one of 1997, and the model's locks, copies and table updates come on top of
 * a step, so a step has what remains of the count. How a count is divided among the steps of its service, and lines of text and
 * data, are ESTIMATED. Faults on files map one page here and up to sixteen there.
 */
import type { Profile, Step } from '../profile.js';
import { NETWORK_STEPS } from './network-steps.js';
import { step } from './step.js';

/** What was counted, in instructions: the project's own measurement, described in docs/guest.md. */
const STEPS: Readonly<Record<string, Step>> = {
  // A null system call takes 180 in all.
  entry: step(70, 3, { processor: [1, 0.1] }),
  exit: step(50, 2, { processor: [1, 0.1] }),
  'exit path': step(50, 2, { processor: [1, 0.1] }),
  'system call': step(60, 3, { processor: [1, 0.1] }),
  getpid: step(10, 1, {}),
  // Linux walks its tables in the refill handler and has no slow refill; 47 for an entry that is present and not valid.
  'quick fault': step(47, 3, { processor: [1, 0.1] }),
  // 3758, of which clearing the page is 1100 or so.
  'demand zero': step(1900, 60, { memory: [6, 0.2] }),
  'page alloc': step(500, 14, { memory: [8, 0.4] }),
  'page free': step(160, 6, { memory: [6, 0.4] }),
  // 6437 with the copy of the page.
  'copy fault': step(3900, 90, { memory: [6, 0.2] }),
  // 9260 for sixteen pages.
  'file fault': step(3000, 80, { memory: [6, 0.15], files: [4, 0.1] }),
  switch: step(600, 24, { scheduler: [6, 0.3], processor: [2, 0.1] }),
  setrun: step(400, 16, { scheduler: [5, 0.4] }),
  clock: step(10_000, 380, { scheduler: [12, 0.2], processor: [3, 0.2] }),
  fork: step(56_000, 690, { memory: [30, 0.1], scheduler: [16, 0.1], files: [16, 0.1] }),
  'fork page': step(120, 4, { memory: [2, 0.3] }),
  sproc: step(24_500, 600, { memory: [16, 0.1], scheduler: [16, 0.1] }),
  execve: step(125_000, 1500, { memory: [40, 0.08], files: [40, 0.12], buffers: [16, 0.05], constants: [20, 0.1] }),
  'exit process': step(74_000, 680, { memory: [30, 0.1], scheduler: [16, 0.1], files: [16, 0.1] }),
  'exit thread': step(20000, 400, { scheduler: [8, 0.2], memory: [4, 0.1] }),
  'exit pages': step(300, 10, { memory: [6, 0.2] }),
  'attach text': step(200, 8, { memory: [2, 0.2] }),
  wait: step(8170, 358, { scheduler: [10, 0.2] }),
  brk: step(2000, 113, { memory: [4, 0.1] }),
  semaphore: step(1400, 80, { scheduler: [4, 0.1] }),
  sginap: step(700, 50, { scheduler: [4, 0.1] }),
  // 7754 to open a file that exists, 26 808 to make one, 1743 to close it.
  open: step(2600, 100, { files: [10, 0.2], constants: [4, 0.1] }),
  namei: step(1500, 50, { files: [6, 0.25] }),
  'name cache': step(450, 16, { files: [4, 0.3] }),
  'directory search': step(1600, 40, { files: [4, 0.2] }),
  iget: step(700, 20, { files: [6, 0.3] }),
  falloc: step(500, 16, { files: [4, 0.3] }),
  'vn hold': step(90, 4, { files: [2, 0.3] }),
  'vn rele': step(160, 6, { files: [2, 0.3] }),
  create: step(12_000, 400, { files: [20, 0.2] }),
  ialloc: step(4000, 80, { files: [10, 0.2] }),
  ifree: step(4000, 80, { files: [10, 0.2] }),
  iupdate: step(1000, 30, { files: [4, 0.2], buffers: [2, 0.1] }),
  balloc: step(6000, 200, { files: [8, 0.2], buffers: [4, 0.1] }),
  truncate: step(9000, 200, { files: [10, 0.2] }),
  remove: step(18_000, 600, { files: [20, 0.2] }),
  close: step(1500, 90, { files: [6, 0.25] }),
  // 1768 for a byte; 4552 and 5913 for 4 KB with the copy.
  read: step(1450, 90, { files: [6, 0.15], buffers: [3, 0.1] }),
  write: step(2800, 150, { files: [6, 0.15], buffers: [4, 0.1] }),
  lseek: step(230, 16, { files: [2, 0.2] }),
  stat: step(3000, 120, { files: [8, 0.2] }),
  dup: step(300, 12, { files: [2, 0.2] }),
  fdup: step(400, 14, { files: [4, 0.3] }),
  'page hash': step(180, 8, { buffers: [4, 0.4] }),
  bread: step(2500, 90, { buffers: [6, 0.25] }),
  bwrite: step(2500, 90, { buffers: [6, 0.25] }),
  bdflush: step(5000, 100, { buffers: [20, 0.4] }),
  strategy: step(4000, 120, { buffers: [6, 0.2] }),
  'disk interrupt': step(6300, 276, { buffers: [8, 0.15], scheduler: [4, 0.05] }),
  pipe: step(5200, 177, { files: [8, 0.2] }),
  'pipe read': step(2200, 110, { files: [4, 0.2] }),
  'pipe write': step(2600, 120, { files: [4, 0.2] }),
  sync: step(2000, 60, { files: [8, 0.2] }),
  console: step(2000, 30, {}),
  ...NETWORK_STEPS,
};

/** See the head of this file. */
export const linuxMips: Profile = {
  name: 'linuxMips',
  source: 'counts of Linux 6.1 on MIPS32 (34Kf), recorded 2026; nothing fitted',
  steps: STEPS,
  textBytes: 4 * 2 ** 20, // estimated, so that steps fill as much of it as of IRIX's: a quarter
  copyLineCycles: 87, // (4552 - 1768) instructions for 4 KB, in 32 lines
  zeroLineCycles: 35, // 1100 instructions for 4 KB
  refillCycles: 14, // 23 in all: two more loads through its tables and the moves around them
  doubleMissCycles: 47, // as its handler for an entry that is not valid; its page tables need no TLB
  lazyTables: false, // a fault maps the pages around it as well
  tablesAtExec: false,
  wiredTables: 0,
  spinCycles: 4,
};
