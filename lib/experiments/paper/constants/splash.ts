/** Constants of SPLASHOS. */
import { listed, type Constant } from './constant.js';

const SPLASH = 'lib/guest/splash';

/** All of them. */
export const SPLASH_CONSTANTS: readonly Constant[] = [
  ...listed(
    { file: `${SPLASH}/splash-os.ts`, kind: 'fitted', source: '14 instructions in all, UTLB_MISS of IRIX in Table 2' },
    { REFILL_COMPUTE: 'instructions of the refill of SPLASHOS besides its operations' },
  ),
  ...listed(
    { file: `${SPLASH}/splash-os.ts`, kind: 'estimated', source: 'ours' },
    { START_CYCLES: 'instructions of a turn in which a processor waits for memory to be set up' },
  ),
  ...listed(
    { file: `${SPLASH}/files.ts`, kind: 'estimated', source: 'ours' },
    { CALL_CYCLES: 'instructions of a call for a file', WORD_CYCLES: 'instructions of a word copied' },
  ),
  ...listed(
    { file: `${SPLASH}/synchronisation.ts`, kind: 'estimated', source: 'ours' },
    {
      BACK_OFF_CYCLES: 'wait after a store-conditional that failed',
      MOST_DOUBLINGS: 'doublings of it',
      DIFFERENT: 'threads that wait for different times',
    },
  ),
  ...listed(
    { file: `${SPLASH}/threads.ts`, kind: 'published', source: 'MIPS calling convention: s0 to s8, sp, gp, ra' },
    { SAVED_WORDS: 'registers that a switch of threads saves' },
  ),
  ...listed(
    {
      file: `${SPLASH}/nfs-files.ts`,
      kind: 'estimated',
      source: 'ours; a hard mount of 4.4BSD sends again after a second',
    },
    {
      'USUAL.pollCycles': 'cycles between looks for an answer',
      'USUAL.polls': 'looks until a call is sent again',
      LINE_CYCLES: 'instructions of a line copied',
    },
  ),
  ...listed(
    { file: `${SPLASH}/rpc-client.ts`, kind: 'published', source: '4.4BSD, recalled: up to 64 times as long' },
    { MOST_DOUBLINGS: 'doublings of the time until a call is sent again' },
  ),
];
