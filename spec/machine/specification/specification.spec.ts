/** What a specification may be, and what is said about one that may not. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FlatMemory } from '../../../lib/machine/flat-memory.js';
import { buildMachine } from '../../../lib/machine/machine.js';
import { presetNames, presets } from '../../../lib/machine/presets/presets.js';
import { SpecificationError } from '../../../lib/machine/specification/specification-error.js';
import { resolve, type MachineSpecification } from '../../../lib/machine/specification/specification.js';
import { compute } from '../../../lib/processor/operations.js';

const SEED = 20_261_122;

type Tree = { [key: string]: unknown };

/** A copy of `disco-1997` on a mesh, with one part replaced; `undefined` removes it. */
function withPart(path: readonly (string | number)[], value: unknown): Tree {
  const copy: Tree = { ...structuredClone(base()) };
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Tree;
  const last = path[path.length - 1];
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

function base(): MachineSpecification {
  const disco = presets['disco-1997']();
  const link = { latencyNs: 40, flitNs: 10 };
  return {
    ...disco,
    nodes: Array.from({ length: 4 }, () => ({ processors: 1, memoryBytes: 2 ** 20 })),
    network: {
      ...disco.network,
      topology: { kind: 'mesh', columns: 2, rows: 2, nodesPerRouter: 1, attach: link, link },
    },
  };
}

function faultsOf(specification: unknown): string[] {
  try {
    resolve(specification);
  } catch (error) {
    if (error instanceof SpecificationError) return error.faults.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

const edge = (a: number, b: number) => ({ a, b, latencyNs: 40, flitNs: 0 });
const graph = (...edges: object[]) => ({ kind: 'graph', routers: 1, edges });
const star = [edge(0, 4), edge(1, 4), edge(2, 4)];

/** A part, what it is replaced by, and what is said about it. */
const FAULTS: readonly (readonly [path: (string | number)[], value: unknown, faults: string[]])[] = [
  [['tickPs'], undefined, ['tickPs: is missing: a number']],
  [['tickPs'], '2500', ['tickPs: invalid input: expected number, received string; given "2500"']],
  [['tickPs'], 0, ['tickPs: too small: expected number to be >=1; given 0']],
  [['tikPs'], 1, ['tikPs: is unknown; did you mean tickPs?']],
  [['nodes', 2, 'memorybytes'], 1, ['nodes[2].memorybytes: is unknown; did you mean memoryBytes?']],
  [['nodes', 2, 'flavour'], 1, ['nodes[2].flavour: is unknown']],
  [['processor', 'clockMhz'], 1, ['processor.clockMhz: is unknown; did you mean clockMHz?']],
  [
    ['nodes', 3, 'memoryBytes'],
    5000,
    ['nodes[3].memoryBytes: 5000 bytes are not a multiple of the page of 4096; 4096 are'],
  ],
  [
    ['nodes', 3, 'memoryBytes'],
    'much',
    ['nodes[3].memoryBytes: invalid input: expected number, received string; given "much"'],
  ],
  [['nodes', 1], { processors: 0, memoryBytes: 0 }, ['nodes[1]: has neither processors nor memory; leave it out']],
  [['nodes'], 4, ['nodes: is none of the forms that are allowed here']],
  [['nodes'], { count: 4, processors: 0, memoryBytes: 4096 }, ['nodes: no node has a processor']],
  [['nodes'], { count: 4, processors: 1, memoryBytes: 0 }, ['nodes: no node has memory']],
  [
    ['nodes'],
    { count: 5, processors: 1, memoryBytes: 4096 },
    ['network.topology: a mesh of 2 by 2 routers with 1 on each has 4 nodes, but the machine has 5'],
  ],
  [
    ['nodes'],
    { count: 4, processors: 1, memoryBytes: 2 ** 36 },
    ['nodes: 274877906944 bytes of memory are more than 2^31 lines of 32 bytes, the shortest of any cache'],
  ],
  [['pageBytes'], 8192, ['pageBytes: invalid input: expected 4096; given 8192']],
  [
    ['processor', 'l1d', 'lineBytes'],
    256,
    ['processor.l1d.lineBytes: lines of 256 bytes do not fit second-level lines of 128'],
  ],
  [['processor', 'l2', 'ways'], 3, [
    'processor.l2: 1048576 bytes in 3 ways of 128-byte lines make 2730.6666666666665 sets, not a power of two',
  ]], // prettier-ignore
  [['processor', 'l2', 'sizeBytes'], 1_000_000, ['processor.l2.sizeBytes: 1000000 is not a power of two']],
  [
    ['processor', 'clockMHz'],
    333,
    ['processor.clockMHz: the period of 333 MHz is 3003.003003003003 ps, not a whole number of picoseconds'],
  ],
  [
    ['processor', 'l2HitNs'],
    21,
    ['processor.l2HitNs: 21 ns is not a whole number of ticks of 2500 ps; tickPs 500 would fit every time here'],
  ],
  [['busNs'], 0.0015, ['busNs: 0.0015 ns is 1.5 ps, not a whole number of picoseconds']],
  [['busNs'], 0, ['busNs: too small: expected number to be >=0.001; given 0']],
  [['memory', 'banks'], 1.5, ['memory.banks: invalid input: expected int, received number; given 1.5']],
  [['protocol'], 'MESIF', ['protocol: is none of MSI, MESI, MOSI, MOESI, MESI-retry; did you mean MESI?']],
  [
    ['directory'],
    { format: 'limited' },
    ['directory.format: is none of full, coarse, limited-broadcast, limited-evict, sparse, dynamic-pointers'],
  ],
  [
    ['directory'],
    { format: 'sparce', sets: 1, ways: 1 },
    [
      'directory.format: is none of full, coarse, limited-broadcast, limited-evict, sparse, dynamic-pointers; did you mean sparse?',
    ],
  ],
  [
    ['directory'],
    { format: 'limited-evict', pointers: 1 },
    ['directory.pointers: too small: expected number to be >=2; given 1'],
  ],
  [
    ['directory'],
    { format: 'dynamic-pointers', cells: 8, cellNs: 1.3 },
    ['directory.cellNs: 1.3 ns is not a whole number of ticks of 2500 ps; tickPs 100 would fit every time here'],
  ],
  [
    ['directory'],
    { format: 'coarse', bit: 8 },
    ['directory.bits: is missing: a number', 'directory.bit: is unknown; did you mean bits?'],
  ],
  [['protocol'], undefined, ['protocol: is missing: one of MSI, MESI, MOSI, MOESI, MESI-retry']],
  [['network', 'topology', 'kind'], 'meshes', [
    'network.topology.kind: is none of mesh, torus, ring, hypercube, fat-tree, crossbar, graph, matrix; did you mean mesh?',
  ]], // prettier-ignore
  [
    ['network', 'topology'],
    { kind: 'matrix', latencyNs: [[0, 1], [10]], flitNs: 0 },
    [
      'network.topology.latencyNs[1]: has 1 numbers, but there are 2 nodes; give each node one for each node',
      'network.topology: the matrix has 2 nodes, but the machine has 4',
      'network.topology.latencyNs[0][1]: 1 ns is not a whole number of ticks of 2500 ps; tickPs 500 would fit every time here',
    ],
  ],
  [['network', 'topology'], graph(...star, { from: 3, to: 4, latencyns: 40, flitNs: 0 }), [
    'network.topology.edges[3].latencyNs: is missing: a number',
    'network.topology.edges[3].latencyns: is unknown; did you mean latencyNs?',
  ]], // prettier-ignore
  [['network', 'topology'], graph(...star), ['network.topology.edges: vertex 0 cannot reach vertex 3; add an edge']],
  [
    ['network', 'topology'],
    graph(...star, { ...edge(3, 4), b: 9 }),
    ['network.topology.edges[3]: names vertex 9 of 0 to 4, nodes first'],
  ],
  [['network', 'topology'], graph(...star, edge(3, 3)), ['network.topology.edges[3]: leads nowhere; leave it out']],
  [['network', 'topology'], graph(...star, edge(0, 4)), [
    'network.topology.edges[3]: is a second link from vertex 0 to 4; join them into one',
    'network.topology.edges[3]: is a second link from vertex 4 to 0; join them into one',
  ]], // prettier-ignore
  [
    ['network', 'topology'],
    graph(...star, { from: 3, to: 4, latencyNs: 40, flitNs: 0 }),
    ['network.topology.edges: vertex 0 cannot reach vertex 3; add an edge'],
  ],
  [
    ['counters'],
    { threshold: 128, sampling: 1, bits: 7, delayNs: 0, resetNs: 1e8 },
    ['counters.threshold: a counter of 7 bits stays at 127 and never reaches 128'],
  ],
  [['wheelSlots'], 3000, ['wheelSlots: 3000 is not a power of two']],
];

describe('a specification', () => {
  it.each(presetNames)('%s resolves to itself, made explicit', preset => {
    const specification = presets[preset]();
    const resolved = resolve(specification);
    expect(resolve(resolved)).toEqual(resolved);
    expect(resolve(JSON.parse(JSON.stringify(resolved)))).toEqual(resolved);
    expect({ ...resolved, nodes: null }).toEqual({ ...specification, nodes: null });
    for (const node of resolved.nodes)
      expect(Object.keys(node)).toEqual(['processors', 'memoryBytes', 'memory', 'busNs']);
  });

  it('keeps nothing of its original', () => {
    const specification = base();
    const resolved = resolve(specification);
    expect(resolved.processor.l1d).not.toBe(specification.processor.l1d);
    expect(resolved.nodes[0].memory).not.toBe(specification.memory);
  });

  it.each(FAULTS)('with %j as %j is refused', (path, value, faults) => {
    expect(faultsOf(withPart(path, value))).toEqual(faults);
  });

  it.each([null, undefined, 7, 'disco-1997', [], {}])('is not %j', value => {
    expect(faultsOf(value).length).toBeGreaterThan(0);
  });

  it('is refused for all its faults at once', () => {
    const { name: _, ...rest } = base();
    const wrong = {
      ...rest,
      busNs: 61,
      memory: { accessNs: 140, banks: 0, bankNs: 160 },
      colour: 'red',
      wheelSlots: 1025,
    };
    expect(faultsOf(wrong)).toEqual([
      'name: is missing: a string',
      'memory.banks: too small: expected number to be >=1; given 0',
      'colour: is unknown',
      'wheelSlots: 1025 is not a power of two',
      'busNs: 61 ns is not a whole number of ticks of 2500 ps; tickPs 500 would fit every time here',
    ]);
    expect(() => resolve(wrong)).toThrow('the machine specification has 5 faults:\n  name: is missing');
  });
});

/** Paths to every part of a specification. */
function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, part]) =>
    pathsOf(part, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? inner : [path, ...inner];
}

const numbers = fc.oneof(
  fc.integer({ min: -4, max: 5000 }),
  fc.constantFrom(NaN, Infinity, 2 ** 31, 2 ** 53, 1e300, 1e-9, 0.5, 64, 4096),
  fc.double(),
);
const junk = fc.oneof(
  { weight: 4, arbitrary: numbers },
  fc.constantFrom(
    undefined,
    null,
    true,
    'mesh',
    'graph',
    'matrix',
    'crossbar',
    '',
    10n,
    () => 0,
    Symbol('s'),
    new Date(0),
  ),
  fc.anything({ maxDepth: 2 }),
);

type Change = (value: unknown) => unknown;

/** Makes something else of a part: junk, or a number that may do. */
const changes = fc.oneof(
  junk.map(
    (value): Change =>
      () =>
        value,
  ),
  fc.constantFrom(0, 0.5, 2, 3, 4, 1 / 3).map(
    (factor): Change =>
      value =>
        typeof value === 'number' ? value * factor : value,
  ),
);

/** Presets with a few parts replaced or added. */
const mutants = fc
  .constantFrom(...presetNames.map(name => presets[name]()), base())
  .chain(specification =>
    fc.tuple(
      fc.constant(specification),
      fc.array(
        fc.tuple(fc.constantFrom(...pathsOf(specification)), changes, fc.constantFrom('', '', '', 'x', '__proto__')),
        {
          minLength: 1,
          maxLength: 3,
        },
      ),
    ),
  )
  .map(([specification, list]) => {
    const copy: Tree = { ...structuredClone(specification) };
    for (const [path, change, suffix] of list) {
      let at = copy;
      for (const key of path.slice(0, -1)) if (typeof at[key] === 'object' && at[key] !== null) at = at[key] as Tree;
      const key = suffix === '__proto__' ? suffix : `${path[path.length - 1]}${suffix}`;
      const value = change(at[key]);
      Object.defineProperty(at, key, { value, enumerable: true, configurable: true, writable: true });
    }
    return copy;
  });

describe('whatever it is given', () => {
  it(`resolve returns or throws a SpecificationError, and what it returns is built and runs (seed ${SEED})`, () => {
    let built = 0;
    fc.assert(
      fc.property(mutants, specification => {
        if (faultsOf(specification).length > 0) return;
        built++;
        const machine = buildMachine(specification as never, { seed: 1 });
        const software = new FlatMemory(machine.map, { nodeOfPage: () => 0, refillCycles: 14 });
        machine.load(
          software,
          machine.processors.map(() => [compute(10)].values()),
        );
        expect(machine.run()).toBe('finished');
      }),
      { numRuns: 800, seed: SEED },
    );
    expect(built).toBeGreaterThan(100);
  });

  it(`resolve takes anything at all (seed ${SEED})`, () => {
    fc.assert(
      fc.property(fc.anything(), value => expect(faultsOf(value).length).toBeGreaterThan(0)),
      { numRuns: 300, seed: SEED },
    );
  });
});
