/**
 * disco-sim: cache-coherent NUMA machines and page placement policies, simulated event by event and deterministically.
 * @packageDocumentation
 */

// engine: events, time, ports, random streams, fingerprints, statistics
export * from './engine/booking.js';
export * from './engine/component.js';
export * from './engine/errors.js';
export * from './engine/observation/divergence.js';
export type { FiredEvent } from './engine/observation/event-window.js';
export { Fingerprint } from './engine/observation/fingerprint.js';
export * from './engine/observation/observer.js';
export * from './engine/port.js';
export * from './engine/queue/plain-queue.js';
export * from './engine/queue/queue.js';
export * from './engine/queue/wheel-queue.js';
export { randomStream, type RandomStream } from './engine/random.js';
export * from './engine/run-ahead/arrivals.js';
export * from './engine/run-ahead/runner.js';
export * from './engine/simulation.js';
export * from './engine/statistics.js';
export * from './engine/time-account.js';
export * from './engine/time.js';
export * from './engine/timer.js';
export * from './engine/version.js';

// topology: graphs of nodes and links, and their routes
export * from './topology/attachment.js';
export * from './topology/distance.js';
export * from './topology/graph.js';
export * from './topology/least-latency.js';
export * from './topology/shapes/crossbar.js';
export * from './topology/shapes/fat-tree.js';
export * from './topology/shapes/from-matrix.js';
export * from './topology/shapes/hypercube.js';
export * from './topology/shapes/mesh.js';
export * from './topology/shapes/ring.js';
export * from './topology/shapes/torus.js';
export * from './topology/topology.js';

// placement: policies that place pages, and what they are told
export * from './placement/decision-log.js';
export * from './placement/decision.js';
export * from './placement/evidence.js';
export {
  discoEngineeringCosts,
  discoRaytraceCosts,
  freeMoves,
  type MoveCosts,
  type MoveCostsPreset,
} from './placement/log/costs.js';
export { decodeMissLog } from './placement/log/decode.js';
export { encodeMissLog } from './placement/log/encode.js';
export { memoryOf, type MissLogHeader } from './placement/log/header.js';
export { MissLog, type LoggedMiss } from './placement/log/miss-log.js';
export { offlineOptimum, type OfflineOptimum } from './placement/log/optimum.js';
export * from './placement/policies/all.js';
export * from './placement/policies/counters/irix-origin.js';
export * from './placement/policies/counters/miss-counting.js';
export * from './placement/policies/counters/presets.js';
export * from './placement/policies/faults/ace.js';
export * from './placement/policies/faults/dash.js';
export * from './placement/policies/faults/dunx.js';
export * from './placement/policies/faults/platinum.js';
export * from './placement/policies/linux/autotiering.js';
export * from './placement/policies/linux/numa-balancing.js';
export * from './placement/policies/linux/tiering.js';
export * from './placement/policies/linux/tpp.js';
export * from './placement/policies/static/bind.js';
export * from './placement/policies/static/first-touch.js';
export * from './placement/policies/static/interleave.js';
export * from './placement/policies/static/preferred.js';
export * from './placement/policies/static/round-robin.js';
export * from './placement/policies/static/weighted-interleave.js';
export * from './placement/policies/tiering/carrefour.js';
export * from './placement/policies/tiering/colloid.js';
export * from './placement/policies/tiering/hemem.js';
export { memtis, type MemtisOptions } from './placement/policies/tiering/memtis.js';
export * from './placement/policies/tiering/nimble.js';
export * from './placement/policy.js';
export * from './placement/replay.js';
export * from './placement/views.js';

// messages: what caches, homes, bridges and devices say to each other, and the address map
export * from './messages/address-map.js';
export * from './messages/addresses.js';
export * from './messages/coherence-messages.js';
export type { Piece, Reply } from './messages/device-command.js';
export * from './messages/device-status.js';
export {
  DeviceCommand,
  DeviceRead,
  DeviceValue,
  DmaDone,
  DmaRequest,
  NO_DEVICE,
  type CommandContent,
  type IoMessage,
  type ToDevice,
} from './messages/io-messages.js';
export * from './messages/line-data.js';

// coherence: protocols as tables, sharers, variants
export { NO_EVENT, classifyAtCache, classifyAtHome } from './coherence/classify.js';
export * from './coherence/directory-format.js';
export * from './coherence/meanings.js';
export * from './coherence/print.js';
export * from './coherence/protocol.js';
export * from './coherence/protocols/mesi-retry.js';
export { mesi } from './coherence/protocols/mesi.js';
export { moesi } from './coherence/protocols/moesi.js';
export { mosi } from './coherence/protocols/mosi.js';
export { msi } from './coherence/protocols/msi.js';
export * from './coherence/protocols/protocols.js';
export { CACHE_SENDS, Count, HOME_SENDS, Receiver, type Send } from './coherence/sends.js';
export * from './coherence/sharers/coarse-vector.js';
export * from './coherence/sharers/full-vector.js';
export * from './coherence/sharers/limited-pointers.js';
export * from './coherence/sharers/pointer-lists.js';
export * from './coherence/sharers/sharers.js';
export * from './coherence/table.js';
export * from './coherence/variants.js';
export * from './coherence/vocabulary.js';

// processor: processors with caches, TLB and registers, and the operations of programs
export * from './processor/caches/miss-causes.js';
export * from './processor/caches/private-caches.js';
export type { MissSample, MissSampler } from './processor/caches/miss-sampler.js';
export * from './processor/caches/set-array.js';
export * from './processor/context.js';
export type { ServiceAccounts } from './processor/execution/accounts.js';
export type { ExecutionObserver } from './processor/execution-observer.js';
export * from './processor/io-bridge.js';
export * from './processor/operations.js';
export * from './processor/processor.js';
export * from './processor/references.js';
export * from './processor/registers.js';
export * from './processor/segments.js';
export * from './processor/software.js';
export * from './processor/system-unit.js';
export * from './processor/tlb.js';

// memory: homes of lines, with controllers, directories and page counters
export type {
  ControllerTiming,
  DirectorySettings,
  MemoryTiming,
  MessageLengths,
  NodeControllerOptions,
} from './memory/controller-options.js';
export * from './memory/directory.js';
export * from './memory/node-controller.js';
export * from './memory/page-counters.js';
export type { MissObserver } from './memory/page-misses.js';
export * from './memory/sparse-entries.js';

// interconnect: the two networks between nodes
export * from './interconnect/network.js';
export type { RouterFaults } from './interconnect/router-fabric.js';
export { RouterNetwork, type RouterNetworkOptions } from './interconnect/router-network.js';
export { routerFaults, type RouterOptions } from './interconnect/router-options.js';

// devices: disks, network cards, consoles, clocks
export * from './devices/console.js';
export type { DiskCommand } from './devices/disk-command.js';
export * from './devices/disk-mechanism.js';
export { DISK_SCHEDULINGS, type DiskScheduling } from './devices/disk-queue.js';
export * from './devices/disk.js';
export * from './devices/interval-timer.js';
export * from './devices/network-card.js';
export type { NetworkCardCommand, PostCommand, SendCommand } from './devices/network-command.js';
export {
  BROADCAST,
  FrameSent,
  NetworkFrame,
  NetworkSegment,
  type NetworkMedium,
  type NetworkSegmentOptions,
} from './devices/network-segment.js';
export * from './devices/presets.js';
export * from './devices/time-of-day-clock.js';

// machine: whole machines, with specifications, presets and drawings
export type { AttachedDevice, DeviceKind, DeviceKinds } from './machine/build-devices.js';
export * from './machine/drawing/draw.js';
export * from './machine/flat-memory.js';
export * from './machine/latency.js';
export * from './machine/machine.js';
export * from './machine/physical-layout.js';
export * from './machine/presets/presets.js';
export * from './machine/presets/published.js';
export type * from './machine/specification/device-specification.js';
export * from './machine/specification/specification-error.js';
export * from './machine/specification/specification.js';

// system: what monitors and operating systems have in common
export {
  ErrorNumber,
  type Channel,
  type Code,
  type KernelCore,
  type KernelThread,
  type SharedSleepLock,
  type SleepLock,
  type Spinlock,
} from './system/code.js';
export * from './system/frame-pool.js';
export * from './system/guest-error.js';
export type { PageChange, PlacedPage, PlacementMechanism } from './system/placement-mechanism.js';
export type { ActionWork, PlacementWork } from './system/placement-work.js';
export type { PolicySettings } from './system/policy-host.js';

// monitor: Disco
export { checkDisco } from './monitor/check-disco.js';
export type { MachineDevices } from './monitor/devices/machine-devices.js';
export type { VirtualConsole, VirtualConsoleOptions } from './monitor/devices/virtual-console.js';
export type { DeviceHost, VirtualDevice } from './monitor/devices/virtual-device.js';
export { Disco, type DeviceService } from './monitor/disco.js';
export * from './monitor/errors.js';
export type { MachineMemory, MemoryWork } from './monitor/memory/machine-memory.js';
export type { MachinePage } from './monitor/memory/machine-page.js';
export * from './monitor/memory/memory-report.js';
export type { Placement as MonitorPlacement } from './monitor/memory/placement.js';
export type { Pmap } from './monitor/memory/pmap.js';
export type { MonitorCode } from './monitor/monitor-code.js';
export type { MonitorCpu } from './monitor/monitor-cpu.js';
export type { MonitorArena, MonitorSpace } from './monitor/monitor-space.js';
export { DEFAULT_DISCO, type DiscoOptions } from './monitor/options.js';
export type { Scheduler as MonitorScheduler } from './monitor/processors/scheduler.js';
export type { SecondLevelOptions } from './monitor/processors/second-level-tlb.js';
export type { VirtualProcessor, VirtualState } from './monitor/processors/virtual-processor.js';
export type { MonitorStatistics } from './monitor/statistics.js';
export type { GatewaySpecification } from './monitor/subnet/gateway-specification.js';
export type {
  GuestSystem,
  VirtualDiskSpecification,
  VirtualMachine,
  VirtualMachineSpecification,
} from './monitor/virtual-machine.js';
export { WORK as MONITOR_WORK, workServices, type Work as MonitorWork } from './monitor/work.js';

// guest: operating systems, which are the bare-machine kernel, the commodity kernel, the recorded system and SPLASHOS
export * from './guest/bare/bare-kernel.js';
export * from './guest/bare/costs.js';
export * from './guest/bare/pages.js';
export * from './guest/bare/process.js';
export * from './guest/bare/synchronisation.js';
export * from './guest/bare/system-process.js';
export * from './guest/bare/thread-process.js';
export { ConsoleServices, type KernelConsole } from './guest/commodity/calls/console-services.js';
export { FileServices, type FileOptions, type KernelDisk } from './guest/commodity/calls/file-services.js';
export { NetworkServices, rootHandle, type KernelNetworkOptions } from './guest/commodity/calls/network-services.js';
export * from './guest/commodity/calls/system-calls.js';
export type { CacheEntry } from './guest/commodity/files/cache/cache-entry.js';
export type { PageCache } from './guest/commodity/files/cache/page-cache.js';
export type { Completion, PageStore as DiskPageStore } from './guest/commodity/files/cache/page-store.js';
export type { WriteBack } from './guest/commodity/files/cache/write-back.js';
export type { DiskDriver } from './guest/commodity/files/disk/disk-driver.js';
export {
  makeFileSystem,
  type FileDescription,
  type FileSystemSize,
  type TreeDescription,
} from './guest/commodity/files/disk/make-file-system.js';
export type { FileContent } from './guest/commodity/files/file-content.js';
export type { MountTable } from './guest/commodity/files/mount.js';
export type { CachedPage, FileSystem, Vnode } from './guest/commodity/files/vnode.js';
export type { InterruptHandler } from './guest/commodity/handlers.js';
export type { KernelOptions } from './guest/commodity/kernel-options.js';
export { CommodityKernel } from './guest/commodity/kernel.js';
export type { KernelSpinlock, LockStatistics } from './guest/commodity/locks/spinlock.js';
export type {
  AddressSpace,
  Mapping as PageMapping,
  Region as MappedRegion,
  RegionKind,
} from './guest/commodity/memory/address-space.js';
export type { Hints } from './guest/commodity/memory/hints.js';
export type { PageTables } from './guest/commodity/memory/page-tables.js';
export type { PageUse, PhysicalPages } from './guest/commodity/memory/physical-pages.js';
export type { Translations } from './guest/commodity/memory/translations.js';
export type { MbufOptions } from './guest/commodity/network/mbufs.js';
export type { Remap as PageRemap } from './guest/commodity/network/nfs/client-pages.js';
export type { NfsClient, NfsClientOptions } from './guest/commodity/network/nfs/nfs-client.js';
export type { Handle as NfsHandle } from './guest/commodity/network/nfs/nfs-protocol.js';
export type { NfsServer, NfsServerOptions } from './guest/commodity/network/nfs/nfs-server.js';
export type { RpcClientOptions } from './guest/commodity/network/rpc/rpc-client.js';
export type { Endpoint as NetworkEndpoint, TransportOptions } from './guest/commodity/network/sockets/transport.js';
export type { KernelStation, StationCard } from './guest/commodity/network/station.js';
export type { CallHandler } from './guest/commodity/processes/process-calls.js';
export {
  KILLED,
  Process as GuestProcess,
  type Executable,
  type ProgramRegion,
} from './guest/commodity/processes/process.js';
export type { Processes, ProcessPart } from './guest/commodity/processes/processes.js';
export type { Scheduler } from './guest/commodity/processes/scheduler.js';
export type { KernelProcessor, Thread, ThreadState } from './guest/commodity/processes/threads.js';
export * from './guest/commodity/profile.js';
export { irix } from './guest/commodity/profiles/irix.js';
export { SERVICES, type ServiceName } from './guest/commodity/services.js';
export { NO_SWITCHES, type KernelSwitches } from './guest/commodity/switches.js';
export { RECORDED_SERVICES, RecordedGuest, type RecordedGuestOptions } from './guest/recorded/guest.js';
export type * from './guest/recorded/image.js';
export type { RecordedStatistics } from './guest/recorded/steps.js';
export { MemoryFiles, type SplashFiles } from './guest/splash/files.js';
export type { SplashMemory, SplashMemoryOptions } from './guest/splash/memory.js';
export { SplashNetwork, type SplashCard, type SplashNetworkOptions } from './guest/splash/network.js';
export { NfsFiles, type NfsFilesOptions } from './guest/splash/nfs-files.js';
export type { SplashRpcOptions } from './guest/splash/rpc-client.js';
export { SPLASH_SERVICES, SplashOS, type InterruptService, type SplashOptions } from './guest/splash/splash-os.js';
export type { SplashBarrier, SplashLock, SplashSemaphore } from './guest/splash/synchronisation.js';
export type { SchedulerOptions, SplashProcessor, SplashThread } from './guest/splash/threads.js';

// traces: references of real and synthetic programs
export * from './traces/drmemtrace/drmemtrace.js';
export * from './traces/formats/champsim.js';
export * from './traces/formats/detect.js';
export * from './traces/formats/dinero.js';
export * from './traces/formats/lackey.js';
export * from './traces/formats/zip.js';
export { MemoryLimit, USUAL_MEMORY_BYTES } from './traces/memory-limit.js';
export * from './traces/ntr/ntr.js';
export * from './traces/reference-statistics.js';
export * from './traces/replay.js';
export * from './traces/shorten.js';
export * from './traces/summary.js';
export * from './traces/synthetic/locality.js';
export * from './traces/synthetic/sharing.js';
export * from './traces/synthetic/synthetic.js';
export * from './traces/synthetic/walks.js';
export * from './traces/trace.js';

// litmus: litmus tests of memory order
export * from './litmus/classics.js';
export * from './litmus/condition.js';
export { litmusOfCycle } from './litmus/cycles.js';
export { cycleLitmusTests, litmusFamily } from './litmus/families.js';
export * from './litmus/litmus-test.js';
export * from './litmus/outcomes.js';
export { readLitmus } from './litmus/reader.js';
export * from './litmus/values.js';

// workloads: programs for the operating systems
export type { EngineeringImages } from './workloads/engineering.js';
export * from './workloads/guest-program.js';
export * from './workloads/guest-workload.js';
export { drawReferences, type DrawOptions, type Piece as DrawnPiece } from './workloads/images/draw-references.js';
export * from './workloads/images/heap-variants.js';
export type { ImagePage, ImageRegion, PageKind } from './workloads/images/image-pages.js';
export type { Segment } from './workloads/images/image-segments.js';
export * from './workloads/images/spread-pages.js';
export { systemImage, type SystemImageOptions } from './workloads/images/system-image.js';
export * from './workloads/images/user-image.js';
export type { UserStream, UserStreamOptions } from './workloads/images/user-streams.js';
export * from './workloads/pmake.js';
export { recordedProgram, type ThreadedProgram } from './workloads/splash-threads.js';

// testing: load for networks; the rest of the equipment for tests is in disco-sim/testing
export * from './testing/networks/load.js';
export * from './testing/networks/open-loop.js';
export * from './testing/networks/traffic.js';
