/** Constants of how systems are put together for a run, and of the runs of the paper. */
import { listed, type Constant } from './constant.js';

const SYSTEMS = 'lib/experiments/systems';

/** All of them. */
export const SYSTEM_CONSTANTS: readonly Constant[] = [
  ...listed(
    { file: `${SYSTEMS}/choices.ts`, kind: 'published', source: 'Disco, SOSP 1997, Table 1 and section 5' },
    {
      'workloadChoices.pmake.make.instancesOf[1].pmake[1].jobs': 'compilations at a time of a make',
      'workloadChoices.engineering.make.each.max[1].round[0]': 'simulations of each kind for a processor',
      'workloadChoices.raytrace.make.raytrace[1].threads.min[1]': 'threads of raytrace at most',
    },
  ),
  ...listed(
    { file: `${SYSTEMS}/guests/commodity-guest.ts`, kind: 'published', source: 'IRIX, recalled: 100 ticks a second' },
    { TICK_NS: 'clock tick of the kernel' },
  ),
  ...listed(
    { file: `${SYSTEMS}/guests/commodity-guest.ts`, kind: 'estimated', source: 'no source' },
    {
      'makeKernel.CommodityKernel[0].sliceTicks': 'ticks of a time slice',
      'CommodityGuest.FileServices[1].descriptors': 'files that a process has open',
      'CommodityGuest.FileServices[1].readAheadPages': 'pages that are read ahead',
      'CommodityGuest.FileServices[1].flushTicks': 'ticks between write-backs of dirty pages',
      'makeKernel.CommodityKernel[0].mostProcesses': 'processes at most, for each of which the kernel has a record',
    },
  ),
  ...listed(
    {
      file: `${SYSTEMS}/guests/guest-nfs.ts`,
      kind: 'published',
      source: 'IRIX, recalled: nfsd and biod are started four times each unless told otherwise',
    },
    { NFSDS: 'threads of a server of NFS', BIODS: 'daemons of a client for each file system that it mounts' },
  ),
  ...listed(
    { file: `${SYSTEMS}/guests/guest-nfs.ts`, kind: 'estimated', source: 'no source; no workload opens any' },
    { SOCKETS: 'sockets of a process' },
  ),
  ...listed(
    {
      file: `${SYSTEMS}/guests/nfs-guests.ts`,
      kind: 'published',
      source: 'Disco, SOSP 1997, sections 5.3 and 5.4: 96 MB and 32 MB',
    },
    { SERVER_PARTS: 'memory of the guest that serves files, where the others have 1' },
  ),
  ...listed(
    { file: `${SYSTEMS}/guests/splash-program.ts`, kind: 'estimated', source: 'ours' },
    {
      'SCHEDULER.spinTurns': 'turns of a loop before a thread of SPLASHOS lets others run',
      'SCHEDULER.turnCycles': 'instructions of a turn',
    },
  ),
  ...listed(
    {
      file: `${SYSTEMS}/hosts/monitor-host.ts`,
      kind: 'estimated',
      source: 'as much as the kernel itself writes at once',
    },
    { PAGES_AT_ONCE: 'pages of a command by which programs are read, before anything is measured' },
  ),
  ...listed(
    { file: `${SYSTEMS}/hosts/monitor-host.ts`, kind: 'estimated', source: 'ours: what records and trees need' },
    {
      GUEST_RECORDS: 'pages that the monitor gets for a guest',
      PROCESSOR_RECORDS: 'pages that it gets for a virtual processor',
    },
  ),
  ...listed(
    { file: `${SYSTEMS}/hosts/system-disks.ts`, kind: 'estimated', source: 'ours' },
    { 'FILE_SYSTEM.blocks': 'blocks of a file system', 'FILE_SYSTEM.inodes': 'its inodes' },
  ),
  ...listed(
    {
      file: `${SYSTEMS}/plan.ts`,
      kind: 'estimated',
      source: 'ours: guests wait for each other before anything is measured',
    },
    { WAIT_CYCLES: 'cycles between looks for the others', LOOK_CYCLES: 'cycles between looks for the start' },
  ),
  ...listed(
    { file: `${SYSTEMS}/paper-workloads.ts`, kind: 'published', source: 'Disco, SOSP 1997, section 5.5' },
    {
      'SMALL_CACHE.processors': 'processors of raytrace in Figure 8',
      'SMALL_CACHE.l2Bytes': 'its second-level cache',
    },
  ),
  ...listed(
    { file: 'lib/experiments/paper/runs.ts', kind: 'published', source: 'Disco, SOSP 1997, sections 5.2 to 5.5' },
    {
      'SMALL_L2.l2KB': 'second-level cache of raytrace in Figure 8',
      'onOne.common.processors': 'processors of Figure 5 and Table 2',
      'pmakeOnEight.processors': 'processors of Figures 6 and 7',
      'PAPER_RUNS.pmake-8 1VM.pmakeOnEight[0]': 'virtual machines of the first bar',
      'PAPER_RUNS.pmake-8 2VM.pmakeOnEight[0]': 'of the second',
      'PAPER_RUNS.pmake-8 4VM.pmakeOnEight[0]': 'of the third',
      'PAPER_RUNS.pmake-8 8VM.pmakeOnEight[0]': 'of the fourth',
      'PAPER_RUNS.pmake-8 8VM/nfs.pmakeOnEight[0]': 'of the fifth, with one that serves the files',
      'PAPER_RUNS.radix-8 IRIX.processors': 'processors of RADIX',
      'PAPER_RUNS.radix-8 SPLASHOS.processors': 'processors of RADIX on SPLASHOS',
      'PAPER_RUNS.engineering-8 IRIX.placed[1]': 'processors of engineering in Figure 8',
      'PAPER_RUNS.engineering-8 Disco.placed[1]': 'under the monitor',
      'PAPER_RUNS.engineering-8 UMA.placed[1]': 'on the bus-based machine',
      'PAPER_RUNS.raytrace-16 IRIX.placed[1]': 'processors of raytrace in Figure 8',
      'PAPER_RUNS.raytrace-16 Disco.placed[1]': 'under the monitor',
      'PAPER_RUNS.raytrace-16 UMA.placed[1]': 'on the bus-based machine',
    },
  ),
  ...listed(
    {
      file: 'lib/experiments/paper/runs.ts',
      kind: 'estimated',
      source: 'ours: long enough, since no rate depends on it',
    },
    {
      'steady.full': "part of the paper's length that workloads with a window run for",
      'PLACED.engineering.full': 'the same of engineering in Figure 8',
      'PLACED.raytrace.full': 'and of raytrace',
      'WARM_UP.full': 'milliseconds in which pages are placed before Figure 8 is measured',
    },
  ),
];
