/** An operating system on a machine: a program forks, its child sends a number through a pipe, and a file gets it. */
import * as disco from 'disco-sim';

const [kind, model, scheduling] = ['disk', 'hp97560', 'fcfs'] as const;
const devices = [{ kind, name: 'disk0', node: 0, model, scheduling, immediateReport: false }];
const specification = { ...disco.presets['disco-1997']({ nodes: 2 }), devices };
const machine = disco.buildMachine(specification, { seed: 1997, layout: 'interleaved' });
const { bridge, index: device } = machine.devices.get('disk0')!;
const tree = { '/data': { bytes: 10_000, content: 7 } };
for (const [sector, words] of disco.makeFileSystem({ blocks: 4096, inodes: 256 }, tree))
  machine.device('disk0', 'disk').poke(sector, words);

const memory = 0x100000; // of the programs: 16 pages, cleared when they are touched
function* child(writing: number): disco.Program {
  yield disco.store(memory, (yield disco.stat('/data')) + 1);
  yield disco.write(writing, memory, 4);
}
function* main(): disco.Program {
  const ends = yield disco.pipe();
  const number = yield disco.fork(() => child(ends & 0xffff));
  yield disco.read(ends >>> 16, memory, 4);
  console.log(`process ${number} sent ${yield disco.load(memory)}`);
  const file = yield disco.open('/new', disco.OpenFlag.Write | disco.OpenFlag.Create);
  yield disco.write(file, memory, 4);
  console.log(`status ${(yield disco.waitForChild()) & 255}, /new has ${yield disco.stat('/new')} bytes`);
}
const program = { path: null, regions: [{ kind: 'zero', first: 0x100, pages: 16 }], program: main } as const;
const sizes = { processors: 2, pages: machine.map.frames, mostProcesses: 16, mapped: false };
const times = { countsPerTick: 2_000_000, tickNs: 10e6, sliceTicks: 10 }; // Count runs at half of 400 MHz
const executables = new Map([['main', program]]);
const kernel = new disco.CommodityKernel({ profile: disco.irix, executables, ...sizes, ...times });
const disks = [{ bridge, device, interruptTo: 0, mount: '/' }];
const files = new disco.FileServices(kernel, { disks, descriptors: 64, readAheadPages: 8, flushTicks: 100 });
function* first(thread: disco.Thread): disco.Code {
  yield* files.start(thread);
  const process = (yield* kernel.processes.spawn(thread, 'main', [])) as disco.GuestProcess;
  while (!process.ended) yield* kernel.firstEnded.sleep(thread);
}
machine.load(kernel, kernel.boot(first));
console.log(machine.run(), 'at', machine.elapsedNs / 1e6, 'ms,', machine.simulation.fingerprint.toString());
