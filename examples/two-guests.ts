/** Two virtual machines under the monitor share a disk, and one tells the other over the virtual subnet what it has read. */
import * as disco from 'disco-sim';

const [kind, model, scheduling] = ['disk', 'hp97560', 'fcfs'] as const;
const devices = [{ kind, name: 'disk0', node: 0, model, scheduling, immediateReport: false }];
const machine = disco.buildMachine({ ...disco.presets['disco-1997']({ nodes: 2 }), devices }, { seed: 1997 });
for (const [at, words] of disco.makeFileSystem(
  { blocks: 4096, inodes: 256 },
  { '/data': { bytes: 40_960, content: 7 } },
))
  machine.device('disk0', 'disk').poke(at, words);
const monitor = new disco.Disco(machine);
const memory = 0x100000; // of the programs: 16 pages
const readData = () => disco.open('/data');
function* writer(): disco.Program {
  yield disco.read(yield readData(), memory, 40_960);
  yield disco.compute(400_000_000); // a second, so that the other one listens
  yield disco.systemCall('socket', 'sendto', yield disco.systemCall('socket', 'make', 0), memory, 8192, 2, 99);
}
function* reader(): disco.Program {
  const socket = yield disco.systemCall('socket', 'make', 0);
  yield disco.systemCall('socket', 'bind', socket, 99);
  yield disco.read(yield readData(), memory, 40_960);
  const bytes = yield disco.systemCall('socket', 'recvfrom', socket, memory + 40_960, 8192, 0, Infinity);
  const [own, sent] = [yield disco.load(memory + 4), yield disco.load(memory + 40_964)];
  console.log(`${bytes} bytes came; what was sent ${own === sent ? 'is' : 'is not'} what is on the disk`);
}
const guests = [writer, reader].map((program, number) => {
  const virtual = monitor.create({
    ...{ name: `guest ${number}`, processors: 1, memoryBytes: 2 ** 23, address: number + 1 },
    disks: [{ disk: 'disk0', mode: 'copy-on-write' }],
  });
  const executables = new Map([
    ['main', { path: null, regions: [{ kind: 'zero', first: 0x100, pages: 16 }], program }],
  ] as const);
  const sizes = { processors: 1, pages: 2048, mostProcesses: 16, mapped: true };
  const times = { countsPerTick: 2_000_000, tickNs: 10e6, sliceTicks: 10 };
  const kernel = new disco.CommodityKernel({ profile: disco.irix, executables, ...sizes, ...times });
  const disks = [{ bridge: virtual.bridge, device: 0, interruptTo: 0, mount: '/' }];
  const files = new disco.FileServices(kernel, { disks, descriptors: 64, readAheadPages: 8, flushTicks: 100 });
  const card = { bridge: virtual.bridge, device: 1, mtuBytes: 9000, buffers: 24, scatters: true };
  const stations = [{ address: number + 1, card, interruptTo: 0 }];
  const network = new disco.NetworkServices(kernel, files, { stations, sockets: 4, biods: 1 });
  const first = function* (thread: disco.Thread): disco.Code {
    yield* files.start(thread);
    yield* network.start(thread);
    const process = (yield* kernel.processes.spawn(thread, 'main', [])) as disco.GuestProcess;
    while (!process.ended) yield* kernel.firstEnded.sleep(thread);
  };
  monitor.start(virtual, kernel, kernel.boot(first));
  return virtual;
});
console.log(machine.run(), 'at', machine.elapsedNs / 1e6, 'ms,', machine.simulation.fingerprint.toString());
const [pages, others] = guests.map(({ pmap }) => [...pmap.mapped()].map(([, page]) => page));
console.log(`${pages!.filter(page => others!.includes(page)).length} pages are in the memory of both guests`);
