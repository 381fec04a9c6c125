/** Plausible results without a simulator: five programs on four configurations, the same at every call. */
import { disco1997, uma as umaMachine } from '../../lib/machine/presets/disco-1997.js';
import { resolve } from '../../lib/machine/specification/specification.js';
import type { RunResult } from '../../lib/experiments/replay/result.js';
import { ACTIVITIES } from '../../lib/processor/software.js';

const PROGRAMS = [
  { name: 'radix', streams: 16, system: false, remote: 0.62, movable: 0.15, elapsedNs: 61e6, volume: 240 },
  { name: 'raytrace', streams: 16, system: false, remote: 0.83, movable: 0.75, elapsedNs: 93e6, volume: 400 },
  { name: 'pmake', streams: 8, system: true, remote: 0.41, movable: 0.35, elapsedNs: 48e6, volume: 180 },
  { name: 'database', streams: 8, system: true, remote: 0.72, movable: 0.6, elapsedNs: 55e6, volume: 320 },
  { name: 'verilog', streams: 8, system: true, remote: 0.3, movable: 0.7, elapsedNs: 39e6, volume: 90 },
] as const;

type Program = (typeof PROGRAMS)[number];

const CONFIGURATIONS = [
  ['first-touch', 'disco-1997'],
  ['round-robin', 'disco-1997'],
  ['migrate-replicate', 'disco-1997'],
  ['first-touch', 'uma'],
] as const;

/** Twenty results. */
export function manyResults(): RunResult[] {
  return PROGRAMS.flatMap(program => CONFIGURATIONS.map(([policy, machine]) => result(program, policy, machine)));
}

/** The first result, with changes. */
export function oneResult(changes: Partial<RunResult> = {}): RunResult {
  return { ...result(PROGRAMS[0], 'first-touch', 'disco-1997'), ...changes };
}

/** A run in which nothing happened. */
export function emptyResult(): RunResult {
  const { placement, trace, machine } = oneResult();
  return oneResult({
    machine,
    trace: { ...trace, name: 'nothing' },
    elapsedNs: 0,
    events: 0,
    references: 0,
    time: {},
    processors: [],
    misses: { local: 0, remote: 0 },
    tlbMisses: 0,
    placement: {
      ...placement,
      pages: 0,
      hotPages: 0,
      migrations: 0,
      replications: 0,
      collapses: 0,
      ...{ promotions: 0, demotions: 0, exchanges: 0, pingPongs: 0, bytesMoved: 0 },
      ...{ hintFaults: 0, unmappings: 0, samples: 0, plans: 0 },
      decisions: [],
    },
    queues: [],
    locality: { windowNs: 0, local: [], remote: [], pages: [] },
  });
}

/** A stand-in for what `draw` makes of a machine. */
export const DRAWING =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 120" width="480" height="120">' +
  [0, 1, 2, 3]
    .map(
      i =>
        `<g><rect x="${10 + 118 * i}" y="10" width="106" height="60" fill="#eef2f7" stroke="#4a5561"/>` +
        `<text x="${63 + 118 * i}" y="45" text-anchor="middle" font-size="13">node ${i}</text></g>`,
    )
    .join('') +
  '<path d="M63 70v30h354v-30M181 70v30M299 70v30" fill="none" stroke="#4a5561" stroke-width="2"/></svg>';

function result(program: Program, policy: string, machine: string): RunResult {
  const draw = numbers(program.name + policy + machine);
  const uma = machine === 'uma';
  const moving = policy === 'migrate-replicate';
  const spread = policy === 'round-robin' ? 1 - 1 / 16 : program.remote;
  const remote = uma ? 0 : moving ? spread * (1 - 0.8 * program.movable) : spread;
  const slow = 1 + 0.9 * remote + 0.05 * draw() - 0.9 * program.remote;
  const elapsedNs = Math.round(program.elapsedNs * Math.max(0.35, slow));
  const misses = 1e6 * (program.volume / 200);
  const parts = activities(elapsedNs, program, remote, moving, draw);
  const processors = processorsOf(program, parts, misses, remote, uma);
  const time = Object.fromEntries(ACTIVITIES.map(name => [name, sum(processors.map(p => p.time[name] ?? 0))]));
  return {
    version: '0.1.0',
    seed: '1997',
    fingerprint: Array.from({ length: 16 }, () => Math.floor(16 * draw()).toString(16)).join(''),
    partial: null,
    machine: resolve((uma ? umaMachine : disco1997)({ nodes: program.streams })),
    trace: traceOf(program),
    policy,
    elapsedNs,
    events: Math.round(9 * misses),
    references: Math.round(30 * misses),
    time,
    processors,
    misses: { local: sum(processors.map(p => p.localMisses)), remote: sum(processors.map(p => p.remoteMisses)) },
    tlbMisses: sum(processors.map(p => p.tlbMisses)),
    placement: placementOf(program, policy, uma, draw),
    queues: queuesOf(uma, remote, draw),
    locality: localityOf(program, elapsedNs, spread, remote, uma, moving, draw),
  };
}

function traceOf({ name, streams, system }: Program): RunResult['trace'] {
  return {
    name,
    format: 'NTR1',
    system,
    description: `The ${name} program, ${streams} streams, recorded between its start and end marks.`,
    copies: 1,
    streams,
    lacks: system ? ['time'] : [],
    remarks: system ? ['The last block of each stream may be missing.'] : [],
  };
}

function activities(
  elapsedNs: number,
  { system }: Program,
  remote: number,
  moving: boolean,
  draw: () => number,
): number[] {
  const weights = [
    30,
    system ? 12 : 0,
    6,
    14 * (1 - remote) + 1,
    60 * remote,
    2,
    1.5,
    moving ? 3 : 0,
    moving ? 1 : 0.2,
  ];
  const all = [...weights, system ? 1 : 9 + 4 * draw(), system ? 6 : 1];
  const total = sum(all);
  const parts = all.slice(0, -1).map(weight => Math.floor((elapsedNs * weight) / total));
  return [...parts, elapsedNs - sum(parts)];
}

function processorsOf(
  { streams }: Program,
  parts: readonly number[],
  misses: number,
  remote: number,
  uma: boolean,
): RunResult['processors'] {
  const each = Math.round(misses / streams);
  return Array.from({ length: streams }, (_, i) => ({
    path: `machine.node${uma ? 0 : i}.cpu${uma ? i : 0}`,
    node: uma ? 0 : i,
    time: Object.fromEntries(ACTIVITIES.map((name, a) => [name, parts[a]])),
    localMisses: each - Math.round(each * remote),
    remoteMisses: Math.round(each * remote),
    tlbMisses: Math.round(each / 20) + i,
  }));
}

function placementOf(
  { movable, volume }: Program,
  policy: string,
  uma: boolean,
  draw: () => number,
): RunResult['placement'] {
  const moving = policy === 'migrate-replicate' && !uma;
  const pages = 300 + 2 * volume;
  const scale = (n: number) => (moving ? Math.round(n * (0.8 + 0.4 * draw())) : 0);
  const [migrations, replications, collapses] = [scale(90 * movable), scale(260 * movable), scale(14 * movable)];
  const decisions = [
    { action: 'place', because: policy === 'round-robin' ? 'next in turn' : 'first touch', count: pages },
    { action: 'stay', because: 'write-shared', count: scale(400 * (1 - movable)) },
    { action: 'replicate', because: 'read-shared', count: replications },
    { action: 'migrate', because: 'one user', count: migrations },
    { action: 'stay', because: 'already local', count: scale(60) },
    { action: 'collapse', because: 'written', count: collapses },
    { action: 'stay', because: 'moved too often', count: scale(9) },
  ];
  return {
    pages,
    hotPages: sum(decisions.slice(1).map(({ count }) => count)),
    ...{ promotions: 0, demotions: 0, exchanges: 0, pingPongs: 0, bytesMoved: 4096 * (migrations + replications) },
    ...{ hintFaults: 0, unmappings: 0, samples: 0, plans: 0 },
    migrations,
    replications,
    collapses,
    meanMigrationNs: migrations > 0 ? 31_400 : 0,
    meanReplicationNs: replications > 0 ? 27_900 : 0,
    decisions: decisions.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count),
  };
}

function queuesOf(uma: boolean, remote: number, draw: () => number): RunResult['queues'] {
  const kinds = uma ? (['controller', 'bank'] as const) : (['controller', 'bank', 'link'] as const);
  return kinds.flatMap(kind =>
    Array.from({ length: uma ? 4 : 16 }, (_, i) => {
      const utilisation = Math.min(0.97, (kind === 'link' ? 0.2 : 0.5) * (0.3 + remote) * (0.4 + draw()));
      const meanWaitNs = Math.round((80 * utilisation) / (1 - utilisation));
      const name = kind === 'link' ? `node${i} to node${i ^ 1}` : `node${i}.${kind}`;
      return {
        kind,
        name,
        served: Math.round(2e5 * utilisation),
        utilisation,
        meanWaitNs,
        largestQueue: Math.ceil(20 * utilisation),
      };
    }),
  );
}

function localityOf(
  { name, volume, movable }: Program,
  elapsedNs: number,
  before: number,
  after: number,
  uma: boolean,
  moving: boolean,
  draw: () => number,
): RunResult['locality'] {
  const windowNs = 1e6;
  const windows = Math.ceil(elapsedNs / windowNs);
  const pages = Array.from({ length: 40 }, (_, rank) => {
    const movesAt = moving && draw() < movable ? Math.floor(windows * (0.05 + 0.4 * draw())) : Infinity;
    const begins = draw() < 0.3 ? Math.floor(windows * draw() * 0.6) : 0;
    const homeShare = uma ? 1 : Math.min(1, Math.max(0, 1 - before + 0.7 * (draw() - 0.5)));
    const local: number[] = [];
    const remote: number[] = [];
    for (let w = 0; w < windows; w++) {
      const active = w >= begins && draw() < 0.88;
      const misses = active ? Math.round((volume * (0.3 + 1.4 * draw() ** 3)) / (1 + rank / 6)) : 0;
      const share = w >= movesAt ? 0.97 : homeShare;
      local.push(Math.round(misses * share));
      remote.push(misses - local[w]);
    }
    return {
      label: `${rank % 5 === 0 ? 'text' : 'data'} 0x${(0x10020 + rank * 3).toString(16)}${name === 'pmake' ? ` of task ${1 + (rank % 4)}` : ''}`,
      local,
      remote,
    };
  });
  const settled = (w: number) => (moving ? after + (before - after) * Math.exp((-6 * w) / windows) : before);
  const all = Array.from({ length: windows }, () => Math.round(volume * 60 * (0.6 + 0.6 * draw())));
  const remote = all.map((n, w) => (uma ? 0 : Math.round(n * Math.min(1, settled(w) + 0.06 * (draw() - 0.5)))));
  return { windowNs, local: all.map((n, w) => n - remote[w]), remote, pages };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Numbers from 0 to 1 after a name: a linear congruential generator. */
function numbers(name: string): () => number {
  let state = [...name].reduce((hash, character) => (Math.imul(hash, 31) + character.codePointAt(0)!) >>> 0, 7);
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
