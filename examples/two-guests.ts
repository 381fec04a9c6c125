/** Two virtual machines under the monitor share a disk, and one tells the other over the virtual subnet what it has read. */
import * as disco from 'disco-sim';

const [kind, name, model, scheduling] = ['disk', 'disk0', 'hp97560', 'fcfs'] as const;
const devices = [{ kind, name, node: 0, model, scheduling, immediateReport: false }];
const machine = disco.buildMachine({ ...disco.presets['disco-1997']({ nodes: 2 }), devices }, { seed: 1997 });
const content = disco.makeFileSystem({ blocks: 4096, inodes: 256 }, { '/data': { bytes: 40_960, content: 7 } });
for (const [sector, words] of content) machine.device(name, 'disk').poke(sector, words);
const monitor = new disco.Disco(machine);
const memory = 0x100000; // of the programs: 16 pages
const socket = (...args: readonly unknown[]) => disco.systemCall('socket', ...args);
function* program([address]: readonly string[]): disco.Program {
  const own = yield socket('make', 0);
  yield socket('bind', own, 99);
  yield disco.read(yield disco.open('/data'), memory, 40_960);
  if (address === '1') return void (yield socket('sendto', own, memory, 8192, 2, 99));
  console.log(yield socket('recvfrom', own, memory, 8192, 0, Infinity), 'bytes came from the other guest');
}
const main = { path: null, regions: [{ kind: 'zero', first: 0x100, pages: 16 }], program } as const;
const executables = new Map([['main', main]]);
const sizes = { processors: 1, pages: 2048, mostProcesses: 16, sliceTicks: 10, countsPerTick: 2e6, tickNs: 10e6 };
for (const address of [1, 2]) {
  const disks = [{ disk: name, mode: 'copy-on-write' }] as const;
  const virtual = monitor.create({ name: `guest ${address}`, processors: 1, memoryBytes: 2 ** 23, address, disks });
  const kernel = new disco.CommodityKernel({ profile: disco.irix, executables, mapped: true, ...sizes });
  const found = [{ bridge: virtual.bridge, device: 0, interruptTo: 0, mount: '/' }];
  const files = new disco.FileServices(kernel, { disks: found, descriptors: 64, readAheadPages: 8, flushTicks: 100 });
  const card = { bridge: virtual.bridge, device: 1, mtuBytes: 9000, buffers: 24, scatters: true };
  const stations = [{ address, card, interruptTo: 0 }];
  const network = new disco.NetworkServices(kernel, files, { stations, sockets: 4, biods: 1 });
  const first = function* (thread: disco.Thread): disco.Code {
    yield* files.start(thread);
    yield* network.start(thread);
    const process = (yield* kernel.processes.spawn(thread, 'main', [`${address}`])) as disco.GuestProcess;
    while (!process.ended) yield* kernel.firstEnded.sleep(thread);
  };
  monitor.start(virtual, kernel, kernel.boot(first));
}
console.log(machine.run(), 'at', machine.elapsedNs / 1e6, 'ms,', machine.simulation.fingerprint.toString());
console.log([...monitor.machines[0]!.pmap.mapped()].filter(([, { users }]) => users.length > 1).length, 'shared pages');
