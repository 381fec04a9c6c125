/** The questions. The first value of each axis, or the one of the paper, is what others are compared with. */
import { NO_SWITCHES } from '../../guest/commodity/switches.js';
import type { WhatIf } from './whatif.js';

const BARS = ['elapsedNs', 'time.user', 'time.kernel', 'time.synchronisation', 'time.monitor', 'time.idle'];
/** Switches without which nothing changes where there is no network are left out. */
const OF_A_NETWORK = ['alignedMessages', 'outsideLinks', 'remap'];
const SWITCHES = Object.keys(NO_SWITCHES).filter(name => !OF_A_NETWORK.includes(name));

/** All questions by name. */
export const WHAT_IFS = {
  'second-level-tlb': {
    title: 'What if the monitor had another second-level TLB?',
    about:
      'One virtual machine with pmake on one processor, with second-level TLBs of 64 to 4096 entries and without one. Watch the monitor’s time, and the misses that it forwards to the guest.',
    paper:
      'Section 4.2.2: the second-level TLB makes a guest see a machine with a TLB much larger than the hardware’s; its size is not given. The model has 1024 entries.',
    grid: { entries: [0, 64, 256, 1024, 4096] },
    quick: { entries: [0, 1024] },
    baseline: { entries: 1024 },
    metrics: ['elapsedNs', 'time.kernel', 'time.monitor', 'monitor.counts.forwardedMisses'],
  },
  'remote-latency': {
    title: 'What if remote memory were nearer, or farther away?',
    about:
      'RADIX on eight processors, under IRIX on the bare machine and on SPLASHOS under Disco, with remote reads that take 1.2 to 10 times as long as local ones.',
    paper: 'Section 5.1: 300 ns for a local miss and 900 ns for a remote one, a ratio of 3.',
    grid: { system: ['irix', 'splashos'], ratio: [1.2, 2, 3, 5, 10] },
    quick: { system: ['splashos'], ratio: [1.2, 3] },
    baseline: { ratio: 3 },
    metrics: ['elapsedNs', 'time.user', 'time.userLocalStall', 'time.userRemoteStall', 'misses.localShare'],
  },
  switches: {
    title: 'What if IRIX had not been changed?',
    about:
      'One virtual machine with pmake on one processor, with all changes to the kernel and without one of them at a time. Those of the network show only where there is one.',
    paper:
      'Section 4.3: privileged instructions are patched, zeroed pages are asked of the monitor, which is told of free pages and idling. The paper measured none of them alone.',
    grid: { without: ['nothing', ...SWITCHES] },
    quick: { without: ['nothing', 'zeroedPages'] },
    baseline: { without: 'nothing' },
    metrics: ['elapsedNs', 'time.kernel', 'time.monitor', 'monitor.counts.traps', 'monitor.counts.emulated'],
  },
  nodes: {
    title: 'What if the machine were smaller, or larger?',
    about:
      'RADIX with a thread on each of 1 to 64 nodes, the same keys on all, a quarter of SPLASH-2’s, under IRIX on the bare machine and on SPLASHOS under Disco.',
    paper:
      'Section 5.4: on eight processors IRIX spends half of RADIX in the kernel, and SPLASHOS takes a third of the time. Other sizes were not measured.',
    grid: { system: ['irix', 'splashos'], nodes: [1, 4, 8, 16, 64] },
    quick: { system: ['splashos'], nodes: [1, 8] },
    baseline: { nodes: 8 },
    metrics: ['elapsedNs', 'time.user', 'time.userRemoteStall', 'time.kernel', 'time.synchronisation'],
  },
  guests: {
    title: 'What if the machine were cut into more virtual machines?',
    about:
      'Sixteen makes on sixteen processors, a file each, in 1 to 16 virtual machines. So short a run waits for its disks most of the time: watch synchronisation.',
    paper:
      'Section 5.4: on eight processors one virtual machine takes 136 % of the time of the bare machine, two 92, four 64 and eight 60, because kernels with less to share wait less for each other.',
    grid: { guests: [1, 2, 4, 8, 16] },
    quick: { guests: [1, 4] },
    baseline: { guests: 1 },
    metrics: BARS,
  },
  today: {
    title: 'What if FLASH were a machine of today?',
    about:
      'RADIX on eight nodes of FLASH and on two sockets of 2017 to 2019, under IRIX on the bare machine and on SPLASHOS under Disco. The monitor’s handlers keep their instructions.',
    paper: null,
    grid: { system: ['irix', 'splashos'], machine: ['disco-1997', 'xeon-2s', 'epyc-2s'] },
    quick: { system: ['splashos'], machine: ['disco-1997', 'xeon-2s'] },
    baseline: { machine: 'disco-1997' },
    metrics: ['elapsedNs', 'time.user', 'time.userRemoteStall', 'time.kernel', 'time.monitor', 'time.synchronisation'],
  },
  linux: {
    title: 'What if the guest were Linux?',
    about:
      'pmake on one processor, under the kernel with the profile of IRIX and with that of Linux 6.1 on MIPS, whose steps were counted; on the bare machine and under Disco.',
    paper: 'Section 4.3 tells what was changed in IRIX 5.3. No other commodity system was run.',
    grid: { system: ['irix', 'linux-mips'], host: ['bare', 'Disco'] },
    quick: { system: ['linux-mips'], host: ['bare', 'Disco'] },
    baseline: { host: 'bare' },
    metrics: BARS,
  },
} as const satisfies Record<string, WhatIf>;

/** The name of a question. */
export type WhatIfName = keyof typeof WHAT_IFS;
