/** Constants of the commodity kernel but for the lengths of its steps. */
import { listed, type Constant } from './constant.js';

const KERNEL = 'lib/guest/commodity';
const NETWORK = 'lib/guest/commodity/network/presets.ts';
const COUNTED = 'counted on Linux 6.1 on MIPS32 (docs/guest.md)';
const RECORD = 'ours: lines of 128 bytes that what it describes fills';
const SPREAD = 'ours: odd, and prime to the number of pages, so that a step spreads evenly';

/** All of them. */
export const KERNEL_CONSTANTS: readonly Constant[] = [
  ...listed(
    {
      file: `${KERNEL}/profile.ts`,
      kind: 'estimated',
      source: 'no source: sizes in proportion to what the areas hold',
    },
    {
      'AREAS.stack.bytes': 'kernel stack of a thread',
      'AREAS.processor.bytes': 'private data of a processor',
      'AREAS.memory.bytes': 'data of memory management',
      'AREAS.scheduler.bytes': 'data of the scheduler',
      'AREAS.files.bytes': 'data of files',
      'AREAS.buffers.bytes': 'headers of buffers',
      'AREAS.network.bytes': 'data of the network',
      'AREAS.constants.bytes': 'tables that are only read',
    },
  ),
  ...listed(
    { file: `${KERNEL}/step-blocks.ts`, kind: 'measured', source: COUNTED },
    { LINES_PER_PAGE: 'lines of data that a step touches in a page' },
  ),
  ...listed(
    { file: `${KERNEL}/step-blocks.ts`, kind: 'estimated', source: 'no source' },
    {
      VARIANTS: 'variants of a step, each with lines of its own',
      HOT_SHARE: 'share of lines that all variants touch',
    },
  ),
  ...listed(
    {
      file: `${KERNEL}/step-blocks.ts`,
      kind: 'estimated',
      source: 'stores for each load in the services that were counted of Linux 6.1 on MIPS',
    },
    { WRITTEN_SHARE: 'share of lines that a step writes' },
  ),
  ...listed(
    { file: `${KERNEL}/step-blocks.ts`, kind: 'estimated', source: SPREAD },
    {
      LINE_STRIDE: 'lines between lines of a step in a page',
      PAGE_STRIDE: 'pages between pages of a step',
      'StepBlocks.forEach[0].variants.from[1].assemble[2]': 'where the lines of a variant begin',
      'interleave.keyed.flatMap[0].map[0].key': 'where in a step references of an area lie among the others',
    },
  ),
  ...listed(
    { file: `${KERNEL}/text-layout.ts`, kind: 'measured', source: COUNTED },
    {
      LINES_PER_PAGE: 'lines of text that a step executes in a page',
      NEIGHBOURS: 'runs of text for one that lies in the other page of a pair: 1.2 pages of a pair',
    },
  ),
  ...listed(
    { file: `${KERNEL}/text-layout.ts`, kind: 'estimated', source: 'the golden section, which spreads evenly' },
    { STRIDE: 'share of the text between runs of a step' },
  ),
  ...listed(
    {
      file: `${KERNEL}/kernel.ts`,
      kind: 'estimated',
      source: 'ours; Figure 6 suggests 82 bytes a page, which was not solved for',
    },
    {
      ARENA_BYTES: 'kernel data that is handed out while the kernel runs',
      ARENA_BYTES_PER_PAGE: 'kernel data for each page of memory',
      RECORD_BYTES: 'record of a process or thread, in lines',
    },
  ),
  ...listed(
    {
      file: `${KERNEL}/processes/scheduler.ts`,
      kind: 'estimated',
      source: 'ours; Bach 1986, section 8.1, bounds the last',
    },
    {
      AFFINITY_WINDOW: 'threads among which a processor looks for one that it ran last',
      MOST_PASSES: 'times that the first thread of the queue is passed over',
      MOST_AHEAD: 'time slices that a thread may be ahead of those that wait',
    },
  ),
  ...listed(
    {
      file: `${KERNEL}/files/byte-copy.ts`,
      kind: 'measured',
      source: '(4552 - 1768) instructions for 4 KB on Linux 6.1 on MIPS32',
    },
    { COPY_CYCLES_PER_LINE: 'instructions of a line copied, where a profile does not say' },
  ),
  ...listed(
    { file: `${KERNEL}/files/byte-copy.ts`, kind: 'estimated', source: 'a listing: 16 stores of 8 bytes and the loop' },
    { ZERO_CYCLES_PER_LINE: 'instructions of a line cleared, where a profile does not say' },
  ),
  ...listed(
    {
      file: `${KERNEL}/files/cache/page-cache-options.ts`,
      kind: 'estimated',
      source: 'ours: a cache of 16 MB, commands of 64 KB',
    },
    {
      'DEFAULT_PAGE_CACHE.locks': 'locks of the buffer cache',
      'DEFAULT_PAGE_CACHE.buckets': 'buckets of its hash',
      'DEFAULT_PAGE_CACHE.dirtyLimit': 'dirty pages above which writers write back',
      'DEFAULT_PAGE_CACHE.clusterPages': 'pages of the longest transfer',
    },
  ),
  ...listed(
    { file: `${KERNEL}/files/cache/page-cache.ts`, kind: 'estimated', source: RECORD },
    {
      CHANNELS: 'channels on which those that wait for pages sleep',
    },
  ),
  ...listed(
    { file: `${KERNEL}/files/cache/flush-daemon.ts`, kind: 'estimated', source: 'no source' },
    { FLUSH_AGE_NS: 'age of a dirty page that is written back' },
  ),
  ...listed(
    { file: `${KERNEL}/files/name-cache.ts`, kind: 'estimated', source: RECORD },
    { ENTRY_BYTES: 'a name in the name cache' },
  ),
  ...listed(
    { file: `${KERNEL}/files/disk/inode-table.ts`, kind: 'estimated', source: RECORD },
    { 'InodeTable.slot.record.allocate[1]': 'record of an inode' },
  ),
  ...listed(
    { file: `${KERNEL}/files/disk/disk-driver.ts`, kind: 'estimated', source: RECORD },
    { 'DiskDriver.allocate[1]': 'record of a disk' },
  ),
  ...listed(
    { file: `${KERNEL}/files/open-file.ts`, kind: 'estimated', source: RECORD },
    { 'OpenFileTable.slot.record.allocate[1]': 'record of an open file' },
  ),
  ...listed(
    { file: `${KERNEL}/files/pipe.ts`, kind: 'estimated', source: RECORD },
    { 'PipePool.slot.record.allocate[1]': 'record of a pipe' },
  ),
  ...listed(
    {
      file: `${KERNEL}/memory/physical-pages.ts`,
      kind: 'fitted',
      source: 'kernel data of the IRIX bar of Figure 6',
    },
    { DESCRIPTOR_BYTES: 'descriptor of a page (pfdat)' },
  ),
  ...listed(
    { file: `${KERNEL}/memory/physical-pages.ts`, kind: 'estimated', source: 'ours: half of the descriptor' },
    { USER_RECORD: 'where that part of it begins that belongs to whoever uses the page' },
  ),
  ...listed(
    { file: `${KERNEL}/memory/physical-pages.ts`, kind: 'estimated', source: 'no source' },
    { 'PhysicalPages.reclaim.reclaimer[1]': 'pages that are reclaimed at once' },
  ),
  ...listed(
    { file: `${KERNEL}/memory/space-contents.ts`, kind: 'estimated', source: 'no source' },
    { GIVEN_AT_ONCE: 'pages that are given back under one acquisition of memlock' },
  ),
  ...listed(
    { file: `${KERNEL}/memory/translations.ts`, kind: 'published', source: 'MIPS R4000 and R10000, as recalled' },
    { LAST_IDENTIFIER: 'the last address space identifier', TLB_ENTRIES: 'entries that a flush writes' },
  ),
  ...listed(
    { file: `${KERNEL}/locks/kernel-locks.ts`, kind: 'estimated', source: 'ours: enough that strangers hardly meet' },
    { SLEEP_LOCK_GUARDS: 'spinlocks that guard sleeping locks' },
  ),
  ...listed(
    {
      file: `${KERNEL}/locks/semaphores.ts`,
      kind: 'estimated',
      source: 'ours: a word, so that 32 semaphores share a line',
    },
    { 'Semaphores.make.address.allocate[1]': 'bytes of a semaphore' },
  ),
  ...listed(
    {
      file: `${KERNEL}/locks/spinlock.ts`,
      kind: 'estimated',
      source: 'ours: as long as a home with many waiters takes to serve all',
    },
    { 'backOff.min[1]': 'doublings of the wait for a lock' },
  ),
  ...listed(
    { file: `${KERNEL}/calls/file-services.ts`, kind: 'estimated', source: 'no source' },
    {
      NAMES: 'names that a file system keeps in memory',
      'FileServices.made.record.allocate[1]': 'record of open files of a process',
    },
  ),
  ...listed(
    { file: NETWORK, kind: 'estimated', source: 'ours' },
    {
      'ORIGINAL_MBUFS.smallPages': 'pages of small network buffers',
      'ORIGINAL_MBUFS.clusters': 'clusters of network buffers',
      'ORIGINAL_MBUFS.reserve': 'clusters that are kept for receiving',
      'TRANSPORT.transmitSlots': 'frames that a card has for sending',
      'TRANSPORT.receiveRing': 'frames that a card has for receiving',
      'TRANSPORT.reassemblyPieces': 'pieces of datagrams that wait for others',
      'RPC_CLIENT.calls': 'calls of a client at once',
      'NFS_SERVER.serverQueue': 'calls that wait for a server',
      'NFS_CLIENT.requests': 'requests of a mount at once',
    },
  ),
  ...listed(
    { file: NETWORK, kind: 'published', source: '4.4BSD, 4.3BSD Reno and RFC 1094, recalled; IRIX: acregmin' },
    {
      'TRANSPORT.transmitQueue': 'frames that wait for the card',
      'TRANSPORT.reassemblyNs': 'time that pieces wait',
      'RPC_CLIENT.retryNs': 'time until a call is sent again',
      'RPC_CLIENT.mostRetryNs': 'and at most',
      'NFS_SERVER.replyCache': 'calls that a server remembers',
      'NFS_CLIENT.attributeNs': 'time that attributes are believed',
      'NFS_CLIENT.readAhead': 'pages that are read ahead',
    },
  ),
  ...listed(
    { file: `${KERNEL}/network/mbufs.ts`, kind: 'published', source: '4.4BSD, recalled' },
    { SMALL_BYTES: 'a small network buffer' },
  ),
  ...listed(
    { file: `${KERNEL}/network/mbufs.ts`, kind: 'estimated', source: RECORD },
    { RECORD_BYTES: 'record of a cluster', 'MbufPool.heads.allocate[1]': 'heads of the free lists' },
  ),
  ...listed(
    { file: `${KERNEL}/network/nfs/nfs-transfer.ts`, kind: 'estimated', source: 'no source' },
    { MOST_READS: 'reads of a transfer under way at once' },
  ),
  ...listed(
    { file: `${KERNEL}/network/sockets/socket-calls.ts`, kind: 'estimated', source: 'no source' },
    { QUEUE: 'datagrams that wait at a socket' },
  ),
  ...listed(
    { file: `${KERNEL}/network/sockets/transport.ts`, kind: 'estimated', source: 'a listing of the loop' },
    { CHECKSUM_BYTES: 'bytes of a turn of the checksum', CHECKSUM_CYCLES: 'instructions of a turn' },
  ),
  ...[
    'interface.ts NetworkInterface',
    'nfs/nfs-client.ts NfsClient',
    'nfs/nfs-daemons.ts NfsDaemons',
    'nfs/nfs-server.ts NfsServer',
    'rpc/rpc-client.ts RpcClient',
    'rpc/rpc-server.ts RpcServer',
    'sockets/socket.ts Socket',
    'sockets/transport.ts Transport',
  ]
    .map(place => place.split(' '))
    .flatMap(([file, owner]) =>
      listed(
        { file: `${KERNEL}/network/${file}`, kind: 'estimated', source: RECORD },
        { [`${owner}.allocate[1]`]: `record of ${owner}` },
      ),
    ),
];
