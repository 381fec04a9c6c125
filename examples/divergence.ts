/** Two runs that should be equal and are not: the first event at which a program with a fault leaves one without is found. */
import * as disco from 'disco-sim';

/** Four processors of Disco's machine count together; the third has a fault from its hundredth step on. */
function machine(faulty: boolean): disco.Machine {
  const made = disco.buildMachine(disco.presets['disco-1997']({ nodes: 4 }), { seed: 1997 });
  function* count(me: number): disco.Program {
    for (let step = 0; step < 200; step++) {
      yield disco.compute(me + 1);
      yield disco.store(4 * me, faulty && me === 2 && step >= 100 ? step + 1 : step);
    }
  }
  const software = new disco.FlatMemory(made.map, { nodeOfPage: () => 0, refillCycles: 14 });
  made.load(
    software,
    made.processors.map((_, me) => count(me)),
  );
  return made;
}

const same = disco.firstDivergence(
  () => machine(false),
  () => machine(false),
);
console.log(same === null ? 'two runs of the program: no divergence' : disco.divergenceText(same));

const found = disco.firstDivergence(
  () => machine(false),
  () => machine(true),
);
console.log(`with the fault: ${found === null ? 'no divergence' : disco.divergenceText(found)}`);
