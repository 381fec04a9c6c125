/** Constants of the monitor. */
import { listed, type Constant } from './constant.js';

const COSTS = 'lib/monitor/costs.ts';
const REASONED =
  'instructions of the handler, reasoned from what it does; no number of a system under the monitor was looked at';
const SIZE = 'ours: what the structure has to hold';

/** All of them. */
export const MONITOR_CONSTANTS: readonly Constant[] = [
  ...listed(
    {
      file: COSTS,
      kind: 'fitted',
      source:
        'two columns of QUICK_FAULT in Table 2, TLB-write emulation 0.80 and other privileged instructions 0.56; once',
    },
    {
      'MONITOR_STEPS.enter': 'a trap: save and dispatch',
      'MONITOR_STEPS.leave': 'the way back from a trap',
      'MONITOR_STEPS.decode': 'decoding an instruction that traps',
      'MONITOR_STEPS.register access': 'a move to or from a virtual register',
      'MONITOR_STEPS.tlb write': 'a write to the virtual TLB',
    },
  ),
  ...listed(
    {
      file: COSTS,
      kind: 'fitted',
      source:
        'TLB-write emulation of UTLB_MISS in Table 2: 17 is 1.22 x 14 instructions; a listing of the path comes to 18 in the first way and 21 in the second',
    },
    { 'MONITOR_STEPS.refill hit': 'a hit of the second-level TLB' },
  ),
  ...listed(
    { file: COSTS, kind: 'estimated', source: REASONED },
    {
      'MONITOR_STEPS.refill miss': 'a miss of the second-level TLB, until the general handler',
      'MONITOR_STEPS.tlb probe': 'a look-up in the virtual TLB for the guest',
      'MONITOR_STEPS.exception return': 'a return from exception',
      'MONITOR_STEPS.inject': 'an exception handed to the guest',
      'MONITOR_STEPS.tlb miss': 'a search of the virtual TLB',
      'MONITOR_STEPS.page allocate': 'a machine page for a physical page',
      'MONITOR_STEPS.page free': 'a machine page given back',
      'MONITOR_STEPS.page share': 'a machine page shared, or no longer',
      'MONITOR_STEPS.copy-on-write': 'a copy on write besides the copying',
      'MONITOR_STEPS.monitor call': 'a monitor call: checks and dispatch',
      'MONITOR_STEPS.interrupt': 'an interrupt of the hardware',
      'MONITOR_STEPS.post': 'an interrupt for a virtual processor',
      'MONITOR_STEPS.schedule': 'the choice of the next virtual processor',
      'MONITOR_STEPS.context switch': 'a switch to it',
      'MONITOR_STEPS.tlb flush': 'all entries of the TLB written',
      'MONITOR_STEPS.drop translation': 'one entry taken out of the TLB',
      'MONITOR_STEPS.send interrupt': 'an interrupt sent to another processor',
      'MONITOR_STEPS.shootdown': 'an entry taken out because another processor asks',
      'MONITOR_STEPS.decision': 'counters read and the policy asked',
      'MONITOR_STEPS.device command': 'a command for a device',
      'MONITOR_STEPS.translate piece': 'an address of a command',
      'MONITOR_STEPS.tree node': 'a node of a tree by sectors',
      'MONITOR_STEPS.subnet frame': 'a frame on the subnet',
      'MONITOR_STEPS.subnet fragment': 'a fragment of it',
    },
  ),
  ...listed(
    { file: COSTS, kind: 'estimated', source: 'a listing: 16 stores of 8 bytes a line, as many loads, and the loop' },
    { COPY_LINE: 'a line copied', CLEAR_LINE: 'a line cleared' },
  ),
  ...listed(
    { file: 'lib/monitor/monitor-space.ts', kind: 'published', source: 'Disco, SOSP 1997, section 4.1' },
    { CODE_BYTES: "the monitor's code, copied to every node" },
  ),
  ...listed(
    { file: 'lib/monitor/options.ts', kind: 'published', source: 'Cellular Disco, SOSP 1999; Disco prints no size' },
    { 'DEFAULT_DISCO.secondLevelTlb.entries': 'entries of a second-level TLB' },
  ),
  ...listed(
    { file: 'lib/monitor/options.ts', kind: 'estimated', source: 'ours' },
    {
      'DEFAULT_DISCO.secondLevelTlb.ways': 'its ways',
      'DEFAULT_DISCO.quantumNs': 'time slice of a virtual processor, a tick of IRIX',
    },
  ),
  ...listed(
    {
      file: 'lib/monitor/processors/virtual-processor.ts',
      kind: 'published',
      source: 'MIPS R10000: as many as the hardware has',
    },
    { VIRTUAL_TLB_ENTRIES: 'pairs of pages in the TLB that a guest finds' },
  ),
  ...listed(
    { file: 'lib/monitor/processors/virtual-processor.ts', kind: 'estimated', source: SIZE },
    { RECORD_BYTES: 'record of a virtual processor' },
  ),
  ...listed(
    { file: 'lib/monitor/processors/second-level-tlb.ts', kind: 'estimated', source: SIZE },
    { SECOND_LEVEL_BYTES: 'an entry of a second-level TLB' },
  ),
  ...listed(
    { file: 'lib/monitor/processors/translations.ts', kind: 'estimated', source: SIZE },
    { TLB_ENTRY_BYTES: 'an entry of a virtual TLB' },
  ),
  ...listed(
    {
      file: 'lib/monitor/processors/scheduler.ts',
      kind: 'estimated',
      source: 'no source: enough that a timer is set before it is due',
    },
    { LEAST_COUNTS: 'the shortest time that a timer is set to' },
  ),
  ...listed(
    { file: 'lib/monitor/create-machine.ts', kind: 'estimated', source: 'what a MIPS handler in C saves' },
    { SAVED_REGISTERS: 'registers that a trap saves', REGISTER_BYTES: 'bytes of each' },
  ),
  ...listed(
    { file: 'lib/monitor/disco.ts', kind: 'estimated', source: SIZE },
    { CPU_RECORD_BYTES: "the monitor's record of a processor" },
  ),
  ...listed(
    { file: 'lib/monitor/memory/memmap.ts', kind: 'estimated', source: SIZE },
    { MEMMAP_ENTRY_BYTES: 'memmap entry of a frame' },
  ),
  ...listed(
    { file: 'lib/monitor/memory/pmap.ts', kind: 'estimated', source: SIZE },
    { PMAP_ENTRY_BYTES: 'pmap entry of a physical page' },
  ),
  ...listed(
    { file: 'lib/monitor/memory/placement.ts', kind: 'estimated', source: 'no source' },
    { LOOK_AT_PAGE: 'instructions to look at one page of many, for plans of a policy' },
  ),
  ...listed(
    { file: 'lib/monitor/memory/reclaim.ts', kind: 'estimated', source: 'no source' },
    { BATCH: 'frames that are taken back at once' },
  ),
  ...listed(
    { file: 'lib/monitor/memory/shootdown.ts', kind: 'estimated', source: SIZE },
    { 'Shootdown.map[0].allocate[1]': 'mailbox of a processor' },
  ),
  ...listed(
    { file: 'lib/monitor/disks/disk-job.ts', kind: 'estimated', source: 'no source' },
    { MOST_BLOCKS: 'blocks that a read holds at once' },
  ),
  ...listed(
    { file: 'lib/monitor/disks/sector-tree.ts', kind: 'estimated', source: SIZE },
    {
      NODE_ENTRIES: 'ranges or children of a node of a tree by sectors',
      'SectorTree.nodesPerInsert': 'nodes that are prepared for an insertion, for each level',
    },
  ),
  ...listed(
    { file: 'lib/monitor/disks/tree-nodes.ts', kind: 'estimated', source: SIZE },
    { NODE_BYTES: 'a node of a tree by sectors', TRIES: 'tries to get a page for nodes' },
  ),
  ...listed(
    { file: 'lib/monitor/disks/disk-cache.ts', kind: 'estimated', source: SIZE },
    { 'DiskCache.ended.ready.prepare[1]': 'nodes that are prepared for a block that was read' },
  ),
  ...listed(
    { file: 'lib/monitor/disks/virtual-disk.ts', kind: 'estimated', source: 'no source' },
    { MOST_COMMANDS: 'commands that a virtual disk has at once' },
  ),
  ...listed(
    { file: 'lib/monitor/devices/machine-devices.ts', kind: 'estimated', source: 'no source' },
    { CARD_BUFFERS: 'buffers of a virtual network card' },
  ),
  ...listed(
    { file: 'lib/monitor/subnet/virtual-card.ts', kind: 'estimated', source: SIZE },
    { HEAD_BYTES: 'head of the record of a virtual card', BUFFER_BYTES: 'a buffer in it' },
  ),
];
