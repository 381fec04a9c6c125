/**
 * The profile `irix`: a kernel of 1997 whose services take the times of the IRIX column of the Disco paper's Table 2.
 *
 * CALIBRATED. The lengths of steps were chosen so that a uniprocessor pmake on the bare machine `disco-1997`
 * shows those times (within 10 %, `npm run fidelity`); nothing that runs on a monitor was looked at. How many references an
 * instruction makes, and over how many lines they go, follows the measured profile of Linux 6.1 on MIPS in proportion.
 * Services that Table 2 does not list (wait, unlink, stat, ...) have about the lengths that were measured there; fork and exit
 * have two thirds of them, chosen with the kernel's share of Figure 5 and Figure 7 in view. How much of an allocation is under
 * memlock, and how many lines it touches, was fitted on Figure 7's IRIX bar for pmake; that it is contended arises.
 */
import type { Profile, Step } from '../profile.js';
import { NETWORK_STEPS } from './network-steps.js';
import { step } from './step.js';

/** Lengths in instructions and lines of text. Which of them are fitted on what: lib/experiments/paper/constants/steps.ts. */
const STEPS: Readonly<Record<string, Step>> = {
  // Crossing the kernel's border: registers saved and restored, the frame decoded.
  entry: step(90, 4, { processor: [1, 0.1] }),
  exit: step(70, 3, { processor: [1, 0.1] }),
  'exit path': step(70, 3, { processor: [1, 0.1] }),
  'system call': step(60, 3, { processor: [1, 0.1] }),
  // QUICK_FAULT, 5 us. Lines of text as counted for a fault on a page that is in memory, 92 with entry and exit.
  'quick fault': step(1520, 85, { processor: [1, 0.1], memory: [2, 0.05] }),
  // DEMAND_ZERO, 21 us, of which the clearing of the page is half.
  'demand zero': step(450, 14, { memory: [2, 0.05], processor: [1, 0.05] }),
  'page alloc': step(2650, 36, { memory: [30, 0.6] }),
  'page free': step(400, 9, { memory: [7, 0.6] }),
  'copy fault': step(1600, 40, { memory: [6, 0.2] }),
  'file fault': step(1600, 44, { memory: [6, 0.15], files: [4, 0.1] }),
  switch: step(260, 10, { scheduler: [4, 0.4], processor: [1, 0.1] }),
  setrun: step(140, 5, { scheduler: [3, 0.5] }),
  clock: step(3500, 90, { scheduler: [4, 0.2], processor: [2, 0.2] }),
  fork: step(29000, 290, { memory: [24, 0.1], scheduler: [12, 0.1], files: [10, 0.1] }),
  'fork page': step(120, 4, { memory: [2, 0.3] }),
  sproc: step(6000, 120, { memory: [10, 0.1], scheduler: [12, 0.1] }),
  execve: step(18200, 440, { memory: [40, 0.08], files: [40, 0.12], buffers: [16, 0.05], constants: [20, 0.1] }),
  'attach text': step(200, 8, { memory: [2, 0.2] }),
  'exit process': step(36000, 330, { memory: [24, 0.1], scheduler: [12, 0.1], files: [10, 0.1] }),
  'exit thread': step(6000, 120, { scheduler: [8, 0.2], memory: [4, 0.1] }),
  'exit pages': step(300, 10, { memory: [6, 0.2] }),
  wait: step(9000, 200, { scheduler: [6, 0.2] }),
  brk: step(700, 24, { memory: [3, 0.1] }),
  semaphore: step(500, 16, { scheduler: [2, 0.1] }),
  // Files: open 42 us, read of 4 KB 23 us, write of 1 KB 12 us.
  open: step(1690, 36, { files: [7, 0.2], constants: [4, 0.1] }),
  namei: step(1500, 40, { files: [4, 0.25] }),
  'name cache': step(350, 10, { files: [4, 0.3] }),
  'directory search': step(1600, 24, { files: [4, 0.2] }),
  iget: step(700, 20, { files: [4, 0.3] }),
  falloc: step(500, 14, { files: [4, 0.3] }),
  'vn hold': step(90, 4, { files: [2, 0.3] }),
  'vn rele': step(160, 6, { files: [2, 0.3] }),
  create: step(20000, 400, { files: [16, 0.2] }),
  ialloc: step(3000, 50, { files: [10, 0.2] }),
  ifree: step(2500, 50, { files: [10, 0.2] }),
  iupdate: step(700, 20, { files: [4, 0.2], buffers: [2, 0.1] }),
  balloc: step(500, 14, { files: [6, 0.2] }),
  truncate: step(3000, 60, { files: [8, 0.2] }),
  remove: step(25000, 400, { files: [14, 0.2] }),
  close: step(1700, 40, { files: [4, 0.25] }),
  read: step(1070, 22, { files: [4, 0.15], buffers: [3, 0.1] }),
  write: step(450, 12, { files: [4, 0.15], buffers: [3, 0.1] }),
  lseek: step(200, 8, { files: [2, 0.2] }),
  stat: step(4000, 80, { files: [8, 0.2] }),
  dup: step(200, 8, { files: [2, 0.2] }),
  fdup: step(300, 10, { files: [4, 0.3] }),
  'page hash': step(180, 8, { buffers: [4, 0.4] }),
  bread: step(900, 24, { buffers: [6, 0.25] }),
  bwrite: step(900, 24, { buffers: [6, 0.25] }),
  bdflush: step(2000, 40, { buffers: [20, 0.4] }),
  strategy: step(1500, 40, { buffers: [4, 0.2] }),
  'disk interrupt': step(6000, 120, { buffers: [6, 0.15], scheduler: [2, 0.05] }),
  pipe: step(2500, 50, { files: [8, 0.2] }),
  'pipe read': step(900, 24, { files: [4, 0.2] }),
  'pipe write': step(900, 24, { files: [4, 0.2] }),
  sync: step(1000, 24, { files: [8, 0.2] }),
  sginap: step(300, 10, { scheduler: [2, 0.1] }),
  getpid: step(10, 1, {}),
  console: step(2000, 30, {}),
  ...NETWORK_STEPS,
};

/** See the head of this file. */
export const irix: Profile = {
  name: 'irix',
  source: 'Disco, SOSP 1997, Table 2, IRIX column (fitted); proportions of Linux 6.1 on MIPS32 (measured)',
  steps: STEPS,
  textBytes: 420 * 4096, // 1.64 MB: IRIX text in Figure 6
  copyLineCycles: 40, // 32 memory operations of 8 bytes and the loop around them
  zeroLineCycles: 20, // 16 stores of 8 bytes and the loop
  refillCycles: 6, // with two loads, three moves to and from coprocessor 0, a TLB write and a return, and the misses of the loads: 14, 0.035 us at 400 MHz
  doubleMissCycles: 20, // the segment table is looked up and checked; ours
  lazyTables: true, // page tables are filled lazily (Disco, section 5.4), and there are about 150 QUICK_FAULTs a process (Table 2)
  tablesAtExec: true, // growreg of System V (M. J. Bach, The Design of the UNIX Operating System, 1986, section 6.5.3)
  wiredTables: 7, // IRIX for the R4000 wired eight entries in all (recalled)
  spinCycles: 4, // load, branch and their delay slots
};
