/**
 * Which files have constants of the model, and which of their numbers are none. Numbers of every file are exempt by rule where they count
 * or index (numbers-in-code.ts). What is named here is exempt because of what it is: it changes no time and no miss, or has
 * only one possible value.
 */

/** Folders and files, from the root of the repository. */
export const SCOPE: readonly string[] = [
  'lib/machine/presets/disco-1997.ts',
  'lib/machine/build-devices.ts',
  'lib/processor/caches/private-caches.ts',
  'lib/system/mapped-kernel.ts',
  'lib/devices/presets.ts',
  'lib/devices/disk-mechanism.ts',
  'lib/placement/policies/counters/presets.ts',
  'lib/guest/commodity',
  'lib/guest/splash',
  'lib/monitor',
  'lib/workloads',
  'lib/experiments/systems',
  'lib/experiments/paper/runs.ts',
];

/** Units of the machine by name, in any file: the specification has them, and a file that has another value does not work. */
export const UNITS: ReadonlySet<string> = new Set(
  'PAGE_BYTES PAGE_SHIFT LINE_BYTES WORD_BYTES SECTOR_BYTES FETCH_BYTES FETCH_INSTRUCTIONS INSTRUCTION_BYTES USER_PAGES'.split(
    ' ',
  ),
);

/** By file, which numbers, `*` for all, separated by spaces. */
type Exempt = Readonly<Record<string, string>>;

const ADDRESSES: Exempt = {
  'lib/guest/commodity/address-layout.ts': '*',
  'lib/guest/commodity/boot.ts': 'REFILL_BASE',
  'lib/guest/commodity/files/cache/read-ahead.ts': 'LAST_READ',
  'lib/guest/commodity/step-blocks.ts': 'StepBlocks.place.allocate[1]',
  'lib/guest/splash/memory.ts': 'FIRST_PAGE',
  'lib/monitor/processors/emulation.ts': 'REGISTERS_OFFSET',
  'lib/monitor/processors/translations.ts': 'TLB_OFFSET RELOCATED',
  'lib/monitor/processors/virtual-processor.ts': 'SPECIAL',
  'lib/workloads/guest-program.ts': 'BUFFER',
  'lib/workloads/guest-threads.ts': 'ARENA',
  'lib/workloads/images/image-pages.ts': 'PAGES',
  'lib/workloads/images/pack-pages.ts': 'FIRST',
  'lib/workloads/images/user-streams.ts': 'VECTOR PAGES',
  'lib/workloads/radix-memory.ts': 'RadixMemory RadixMemory.textLine RadixMemory.counts',
  'lib/workloads/radix.ts': 'FIRST_PAGE',
};

/** Formats on disks and on the network, numbers of calls, interrupts, ports and states, and what identifies contents. */
const ENCODINGS: Exempt = {
  'lib/guest/commodity/calls/file-services.ts':
    'DISK_INTERRUPTS PIPE_NUMBERS FileServices.addDriver.port.start.pieces.map[0].bytes FileServices.pipe',
  'lib/guest/commodity/calls/system-calls.ts': '*',
  'lib/guest/commodity/files/byte-copy.ts': 'copyWithinWord copyWithinWord#2 mergeWord.mask',
  'lib/guest/commodity/files/cache/cache-entry.ts': 'CacheEntry.state.busy CacheEntry.state.busy#2',
  'lib/guest/commodity/files/cache/cache-group.ts': 'BUCKET_BYTES',
  'lib/guest/commodity/files/disk/bitmap.ts': '*',
  'lib/guest/commodity/files/disk/disk-layout.ts': '*',
  'lib/guest/commodity/files/file-content.ts': 'contentWord wordAt',
  'lib/guest/commodity/network/interface.ts': 'NetworkInterface.startNext',
  'lib/guest/commodity/network/nfs/nfs-client.ts': 'NfsClient.create.words[2]',
  'lib/guest/commodity/network/nfs/nfs-protocol.ts': '*',
  'lib/guest/commodity/network/nfs/nfs-server.ts': 'NfsServer.setAttributes',
  'lib/guest/commodity/network/presets.ts': 'RPC_CLIENT.clientPort NFS_SERVER.serverPort',
  'lib/guest/commodity/network/rpc/rpc-client.ts': 'XIDS',
  'lib/guest/commodity/network/rpc/rpc-message.ts': '*',
  'lib/guest/commodity/network/rpc/xdr.ts': 'XdrReader.next',
  'lib/guest/commodity/network/sockets/datagram-header.ts': '*',
  'lib/guest/commodity/network/sockets/socket-calls.ts': 'FIRST_PORT LAST_PORT SocketCalls.hand.error.zero[1]',
  'lib/guest/commodity/network/station.ts': 'NETWORK_INTERRUPTS CODES FROM MORE_FOLLOWS',
  'lib/guest/commodity/processes/process.ts': '*',
  'lib/guest/commodity/processes/processes.ts': 'Processes.begin.exit[1] Processes.wait',
  'lib/guest/splash/nfs-files.ts':
    'NfsFiles USUAL.port OVERHEAD_BYTES NfsFiles.find.named[2][2] NOT_SAID.fill[-1].Array[0]',
  'lib/guest/splash/synchronisation.ts': 'PARTIES_SHIFT ARRIVED',
  'lib/monitor/core.ts': '*',
  'lib/monitor/devices/machine-devices.ts': 'CONSOLE_INTERRUPT',
  'lib/monitor/disks/ground.ts': 'PAGE_SECTORS',
  'lib/monitor/memory/frame-contents.ts': 'frameContents.from[0].length',
  'lib/monitor/subnet/gateway.ts': 'Gateway.send Gateway.post.pieces.map[0].bytes',
  'lib/monitor/subnet/virtual-card.ts': 'MORE_FOLLOWS VirtualCard.execute.list.guestPieces[1].unit',
  'lib/workloads/images/heap-variants.ts': 'heapVariants.bytes',
  'lib/workloads/pmake.ts': 'MILLION pmake.sources./Makefile.content pmake.content',
  'lib/experiments/systems/guests/commodity-guest.ts': 'makeKernel.CommodityKernel[0].countsPerTick.round[0]',
  'lib/experiments/systems/guests/splash-program.ts': 'LINES',
};

/** What may be asked for at most, and when a run that does not go on is given up. */
const LIMITS: Exempt = {
  'lib/devices/disk-mechanism.ts': 'MOST_MS',
  'lib/guest/commodity/calls/console-services.ts': 'MOST_TEXT',
  'lib/guest/commodity/files/mount.ts': 'LONGEST_PATH',
  'lib/guest/commodity/kernel-options.ts': 'MOST_PAGES',
  'lib/guest/commodity/kernel.ts': 'STALL_TICKS',
  'lib/guest/commodity/locks/semaphores.ts': 'MOST',
  'lib/guest/commodity/network/sockets/socket-calls.ts': 'MOST_PORT',
  'lib/guest/commodity/network/sockets/transport.ts': 'Transport.bind',
  'lib/guest/commodity/network/station.ts': 'MOST_ADDRESS',
  'lib/guest/commodity/processes/arguments.ts': 'isInteger.most',
  'lib/guest/commodity/step-blocks.ts': 'LONGEST_GAP',
  'lib/monitor/devices/guest-command.ts': 'MOST_PIECES',
  'lib/monitor/devices/machine-devices.ts': 'INPUT_CHARACTERS',
  'lib/monitor/disks/virtual-disk.ts': 'MOST_SECTORS',
  'lib/monitor/machine-checks.ts': '*',
  'lib/monitor/options.ts': 'DEFAULT_DISCO.consoleCharacters MOST_NS',
  'lib/monitor/processors/second-level-tlb.ts': 'SecondLevelTlb',
  'lib/monitor/subnet/virtual-card.ts': 'MOST_PIECES',
  'lib/workloads/radix-loops.ts':
    'RadixLoops.generate.writer.Writer[0] RadixLoops.count.writer.Writer[0] RadixLoops.move.writer.Writer[0]',
  'lib/experiments/systems/guests/commodity-guest.ts': 'MOST_PAGES',
  'lib/experiments/systems/hosts/monitor-host.ts': 'MOST_BYTES',
};

/** How results are drawn, how far a run is, how often the simulator looks at it, and runs that are too short to be judged. */
const OF_THE_SIMULATOR: Exempt = {
  'lib/machine/presets/disco-1997.ts': 'disco1997.wheelSlots',
  'lib/experiments/systems/activity-samples.ts': 'MOST_SLICES',
  'lib/experiments/systems/choices.ts': ['pmake', 'engineering', 'database', 'raytrace', 'radix']
    .map(name => `workloadChoices.${name}.expectedNs`)
    .concat('workloadChoices.raytrace.expectedNs.min[1]')
    .join(' '),
  'lib/experiments/systems/guests/guest-images.ts': 'SEGMENT',
  'lib/experiments/systems/system-run.ts': 'LOOK_NS',
  'lib/experiments/paper/runs.ts':
    'uniprocessor.usual uniprocessor.quick multiprocessor.usual multiprocessor.quick steady.usual steady.quick PLACED.engineering.usual PLACED.engineering.quick PLACED.raytrace.usual PLACED.raytrace.quick WARM_UP.usual',
};

/** What no experiment of the paper uses: recorded systems as guests, and the gateway to a network outside. */
const NOT_OF_THE_PAPER: Exempt = {
  'lib/monitor/subnet/gateway-specification.ts': '*',
  'lib/workloads/images/system-image.ts': '*',
  'lib/workloads/images/system-roles.ts': '*',
  'lib/workloads/images/system-steps.ts': '*',
};

/** All that are exempt by name: `file: number`, or `file: *`. */
export const EXEMPT: readonly string[] = [ADDRESSES, ENCODINGS, LIMITS, OF_THE_SIMULATOR, NOT_OF_THE_PAPER].flatMap(
  group => Object.entries(group).flatMap(([file, names]) => names.split(' ').map(name => `${file}: ${name}`)),
);
