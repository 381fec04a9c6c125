/** A machine from a preset. What a producer on one node writes, a consumer on another reads. */
import { buildMachine, FlatMemory, load, presets, store, type Program } from 'disco-sim';

const [flag, item] = [0, 4096]; // a page each

function* producer(): Program {
  for (let i = 1; i <= 10; i++) {
    while ((yield load(flag)) !== 0);
    yield store(item, i * i);
    yield store(flag, i);
  }
}
function* consumer(): Program {
  let sum = 0;
  for (let i = 1; i <= 10; i++) {
    while ((yield load(flag)) !== i);
    sum += yield load(item);
    yield store(flag, 0);
  }
  console.log(`the squares add up to ${sum}`);
}

const machine = buildMachine(presets['disco-1997']({ nodes: 2 }), { seed: 1997 });
const memory = new FlatMemory(machine.map, { nodeOfPage: () => 1, refillCycles: 14 });
machine.load(memory, [producer(), consumer()]);
console.log(machine.run(), 'at', machine.elapsedNs, 'ns,', machine.simulation.fingerprint.toString());
for (const { path, stats } of machine.processors)
  console.log(`${path}: ${stats.localMisses} local and ${stats.remoteMisses} remote misses`);
