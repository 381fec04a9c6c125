/** Constants of the machine, its devices, and what the library has for all machines. */
import { listed, type Constant } from './constant.js';

const DISCO = 'lib/machine/presets/disco-1997.ts';
const DISKS = 'lib/devices/presets.ts';
const PAPER = 'Disco, SOSP 1997, section 5.1';
const R10000 = 'MIPS R10000 as recalled; the paper says "twice the R10000 clock" and no more';
const FLASH = 'FLASH as recalled (ISCA 1994)';
const SPLIT = 'ours: how the 300 and 900 ns that the paper prints are divided';

/** All of them. */
export const MACHINE_CONSTANTS: readonly Constant[] = [
  ...listed(
    { file: DISCO, kind: 'published', source: PAPER },
    {
      'disco1997.sizesOf[1].nodes': 'nodes unless given',
      'disco1997.sizesOf[1].l2Bytes': 'bytes of the second-level cache',
      MEMORY_BYTES: 'memory of a node',
      'disco1997.nodes.processors': 'processors of a node',
      'disco1997.pageBytes': 'bytes of a page',
      'disco1997.processor.l1i.sizeBytes': 'bytes of the first-level instruction cache',
      'disco1997.processor.l1d.sizeBytes': 'bytes of the first-level data cache',
      'uma.sizesOf[1].nodes': 'processors of the bus-based machine unless given',
      'uma.sizesOf[1].l2Bytes': 'bytes of its second-level cache',
    },
  ),
  ...listed(
    { file: DISCO, kind: 'published', source: R10000 },
    {
      'disco1997.tickPs': 'length of a tick, a cycle of the processor',
      'disco1997.processor.clockMHz': 'clock of the processor',
      'disco1997.processor.tlbEntries': 'pairs of pages in the TLB',
      'disco1997.processor.l1i.ways': 'ways of the first-level instruction cache',
      'disco1997.processor.l1i.lineBytes': 'its line',
      'disco1997.processor.l1d.ways': 'ways of the first-level data cache',
      'disco1997.processor.l1d.lineBytes': 'its line',
      'disco1997.processor.l2.ways': 'ways of the second-level cache',
      'disco1997.processor.l2.lineBytes': 'its line',
    },
  ),
  ...listed(
    { file: DISCO, kind: 'published', source: FLASH },
    {
      'disco1997.memory.accessNs': 'time of memory to the first word',
      'disco1997.controller.homeOccupancyNs': 'time that a request occupies the home',
      'disco1997.controller.passOccupancyNs': 'time that a message in passing occupies the controller',
      'disco1997.controller.forwardOutNs': 'controller, a forwarded request on its way out',
      'disco1997.controller.forwardInNs': 'controller, a forwarded request on its way in',
      'disco1997.network.flitBytes': 'bytes of a flit',
      'disco1997.network.headerBytes': 'bytes of the header of a message',
      'disco1997.network.topology.attach.flitNs': 'time of a flit on a link',
    },
  ),
  ...listed(
    { file: DISCO, kind: 'estimated', source: SPLIT },
    {
      'disco1997.busNs': 'bus between caches and controller',
      'disco1997.controller.requestOutNs': 'controller, a request on its way out',
      'disco1997.controller.lookupLocalNs': 'directory look-up for the own node',
      'disco1997.controller.lookupRemoteNs': 'directory look-up for another node',
      'disco1997.controller.responseOutNs': 'controller, an answer of a cache on its way out',
      'disco1997.controller.responseInNs': 'controller, an answer on its way in',
      'disco1997.network.topology.attach.latencyNs': 'a link of the crossbar',
      'disco1997.network.niNs': 'network interface',
    },
  ),
  ...listed(
    { file: DISCO, kind: 'estimated', source: 'ours' },
    {
      'disco1997.processor.l2HitNs': 'a hit of the second-level cache',
      'disco1997.memory.banks': 'banks of a node',
      'disco1997.memory.bankNs': 'time that a line occupies a bank',
    },
  ),
  ...listed(
    {
      file: DISCO,
      kind: 'estimated',
      source: 'ours: 300 ns for every miss (section 5.5), on a bus of 10 ns a request',
    },
    {
      'uma.memory.accessNs': 'bus-based machine, time of memory',
      'uma.memory.banks': 'bus-based machine, banks',
      'uma.memory.bankNs': 'bus-based machine, time that a line occupies a bank',
      'uma.controller.requestOutNs': 'bus-based machine, a request on its way out',
      'uma.controller.lookupLocalNs': 'bus-based machine, look-up',
      'uma.controller.lookupRemoteNs': 'bus-based machine, look-up for another node, of which there is none',
      'uma.controller.responseInNs': 'bus-based machine, an answer on its way in',
      'uma.controller.responseOutNs': 'bus-based machine, an answer of a cache on its way out',
      'uma.controller.homeOccupancyNs': 'bus-based machine, time that a request occupies the bus',
      'uma.controller.passOccupancyNs': 'bus-based machine, time that another message occupies the bus',
    },
  ),
  ...listed(
    {
      file: 'lib/processor/caches/private-caches.ts',
      kind: 'estimated',
      source: 'no source: enough that hardly a miss waits',
    },
    { LEAVING: 'lines of a second-level cache that may be on their way out' },
  ),
  ...listed(
    { file: 'lib/machine/build-devices.ts', kind: 'estimated', source: 'no source' },
    { BRIDGE_LINES: 'lines of the cache between a node and its devices' },
  ),
  ...listed(
    {
      file: 'lib/system/mapped-kernel.ts',
      kind: 'estimated',
      source: 'a listing: 11 instructions, of which five are operations',
    },
    { COMPUTE: "instructions of a refill of a mapped kernel's segment besides its operations" },
  ),
  ...listed(
    {
      file: DISKS,
      kind: 'published',
      source:
        'HP 97560: Ruemmler and Wilkes 1994, Kotz, Toh and Radhakrishnan 1994, recalled; equal in models of other simulators',
    },
    {
      'hp97560.cylinders': 'cylinders',
      'hp97560.tracksPerCylinder': 'tracks of a cylinder',
      'hp97560.sectorsPerTrack': 'sectors of a track',
      'hp97560.rotationsPerMinute': 'rotations a minute',
      'hp97560.seek.shortBaseMs': 'short seek, fixed part',
      'hp97560.seek.shortRootMs': 'short seek, for the root of the distance',
      'hp97560.seek.longFrom': 'cylinders from which a seek is long',
      'hp97560.seek.longBaseMs': 'long seek, fixed part',
      'hp97560.seek.longSlopeMs': 'long seek, for each cylinder',
      'hp97560.headSwitchMs': 'switch of heads',
      'hp97560.trackSkew': 'skew of tracks',
      'hp97560.cylinderSkew': 'skew of cylinders',
      'hp97560.overheadMs': "the controller's time for a command",
      'hp97560.busMBytesPerSecond': 'SCSI bus',
      'hp97560.cacheBytes': "the disk's cache",
    },
  ),
  ...listed(
    { file: DISKS, kind: 'published', source: 'IEEE 802.3, recalled' },
    {
      'ethernet10.byteNs': 'Ethernet, time of a byte',
      'ethernet10.overheadBytes': 'Ethernet, bytes around the data of a frame',
      'ethernet10.leastBytes': 'Ethernet, the least data of a frame',
      'ethernet10.mtuBytes': 'Ethernet, the most data of a frame',
    },
  ),
  ...listed(
    { file: DISKS, kind: 'published', source: 'FDDI and RFC 1390, recalled' },
    {
      'fddi.byteNs': 'FDDI, time of a byte',
      'fddi.overheadBytes': 'FDDI, bytes around the data of a frame',
      'fddi.mtuBytes': 'FDDI, the most data of a frame',
    },
  ),
  ...listed(
    { file: DISKS, kind: 'published', source: 'IRIX, recalled: 100 ticks a second' },
    { IRIX_TICK_NS: 'clock tick' },
  ),
  ...listed(
    {
      file: 'lib/placement/policies/counters/presets.ts',
      kind: 'published',
      source: 'Verghese, Devine, Gupta and Rosenblum, ASPLOS 1996, recalled; Disco prints no threshold',
    },
    {
      'verghese1996.options.trigger': 'placement: misses that make a page hot',
      'verghese1996.options.sharing': 'placement: misses of another node from which a page is shared',
      'verghese1996.options.writes': 'placement: writes from which a page is not replicated',
      'verghese1996.options.moves': 'placement: moves of a page in an interval',
      'verghese1996.options.resetNs': 'placement: the interval after which counters are reset',
      'verghese1996Engineering.options.trigger': 'placement: misses that make a page hot, for Engineering',
    },
  ),
  ...listed(
    {
      file: 'lib/placement/policies/counters/presets.ts',
      kind: 'estimated',
      source: 'ours: wide enough never to saturate, each miss counted, no delay',
    },
    {
      'verghese1996.options.sampling': 'placement: misses for one that is counted',
      'verghese1996.options.bits': 'placement: bits of a counter',
      'verghese1996.options.delayNs': 'placement: time until the interrupt of a hot page',
    },
  ),
];
