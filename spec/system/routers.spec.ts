/** Coherent machines on the detailed network: everything that is checked on booked links is checked here. */
import { describe, expect, it } from '@jest/globals';
import { randomStream } from '../../lib/engine/random.js';
import { PlainQueue } from '../../lib/engine/queue/plain-queue.js';
import { RouterNetwork } from '../../lib/interconnect/router-network.js';
import type { RouterOptions } from '../../lib/interconnect/router-options.js';
import { buildMachine } from '../../lib/machine/machine.js';
import { presets } from '../../lib/machine/presets/presets.js';
import { resolve, type MachineSpecification } from '../../lib/machine/specification/specification.js';
import { mesh } from '../../lib/topology/shapes/mesh.js';
import { ring } from '../../lib/topology/shapes/ring.js';
import type { Topology } from '../../lib/topology/topology.js';
import { runTester, runUnchecked } from './coherence-tester.js';
import type { Machine, MachineOptions } from './wire.js';

/** Small buffers, so that they fill up. */
const TIGHT: RouterOptions = { virtualChannels: 2, bufferFlits: 2, pipelineCycles: 3, creditCycles: 1 };

/** A network of routers for the machine that the tester makes of this seed. */
function routed(seed: number): Partial<MachineOptions> {
  // The tester draws the number of nodes first.
  const nodes = 1 + randomStream('tester', String(seed)).below(4);
  const cycle = 1 + (seed % 4);
  const timing = { latency: 3 * cycle, ticksPerFlit: cycle };
  const shape = { nodesPerRouter: 1, attach: timing, link: timing };
  const topology: Topology =
    seed % 2 === 0 ? ring({ routers: nodes, ...shape }) : mesh({ columns: nodes, rows: 1, ...shape });
  return { topology, routers: TIGHT };
}

/** What is not at rest in the network of a machine. */
function imbalance({ network }: Machine): string[] {
  if (!(network instanceof RouterNetwork)) throw new Error('this machine has no routers');
  return network.imbalance();
}

describe('a coherent machine on routers', () => {
  it('passes the random tester, and its network is at rest in the end', () => {
    for (let seed = 1; seed <= 60; seed++)
      expect([seed, imbalance(runTester({ seed, machine: routed(seed) }))]).toEqual([seed, []]);
  });

  it('does the same whether processors run ahead or not, and on any queue', () => {
    for (let seed = 1; seed <= 25; seed++) {
      const [ahead, behind, plain] = [
        { runAhead: true },
        { runAhead: false },
        { runAhead: true, queue: new PlainQueue() },
      ].map(changes => runUnchecked(seed, { ...routed(seed), ...changes }));
      expect(behind.sim.fingerprint.toString()).toBe(ahead.sim.fingerprint.toString());
      expect(plain.sim.fingerprint.toString()).toBe(ahead.sim.fingerprint.toString());
      expect(behind.network.stats).toEqual(ahead.network.stats);
    }
  });

  it('is caught by the tester when forwards may overtake', () => {
    const caught = Array.from({ length: 200 }, (_, i) => i + 1).some(seed => {
      try {
        runTester({ seed, machine: routed(seed), plant: unordered });
        return false;
      } catch {
        return true;
      }
    });
    expect(caught).toBe(true);
  });
});

/** Delivers every third forward late. */
function unordered({ network }: Machine): void {
  let count = 0;
  for (const port of network.nodes) {
    const forward = port.forward.bind(port);
    port.forward = (message, departs) =>
      forward(message, departs + (message.lane === 1 && count++ % 3 === 0 ? 200 : 0));
  }
}

/** The FLASH preset with links that suit routers of 5 ns cycles. */
function flash(changes: Partial<MachineSpecification['network']> = {}): MachineSpecification {
  const preset = presets['flash-1994']({ nodes: 4 });
  const link = { latencyNs: 40, flitNs: 5 };
  const { topology } = preset.network;
  if (!('link' in topology)) throw new Error('the preset has no routers');
  return {
    ...preset,
    network: {
      ...preset.network,
      topology: { ...topology, attach: link, link },
      routers: { ...TIGHT, bufferFlits: 8 },
      ...changes,
    },
  };
}

describe('a specification with routers', () => {
  it('builds a machine with the detailed network, and without them one that books links', () => {
    const specification = flash();
    expect(buildMachine(specification, { seed: 1 }).network).toBeInstanceOf(RouterNetwork);
    expect(buildMachine(flash({ routers: undefined }), { seed: 1 }).network).not.toBeInstanceOf(RouterNetwork);
    expect(resolve(specification).network.routers).toEqual({ ...TIGHT, bufferFlits: 8 });
  });

  it('counts the flits behind the first in the latency of a read', () => {
    const [routers, booked] = [flash(), flash({ routers: undefined })].map(specification =>
      buildMachine(specification, { seed: 1 }).readLatencyNs(0, 1),
    );
    const { flitBytes, headerBytes } = flash().network;
    const control = Math.ceil(headerBytes / flitBytes);
    const data = Math.ceil((headerBytes + flash().processor.l2.lineBytes) / flitBytes);
    expect(routers - booked).toBe((control - 1 + data - 1) * 5);
  });

  it.each<[string, Partial<MachineSpecification['network']>, string]>([
    ['a pipeline that no link has time for', { routers: { ...TIGHT, pipelineCycles: 9 } }, 'network.routers: the link of mesh'],
    ['no virtual channel', { routers: { ...TIGHT, virtualChannels: 0 } }, 'network.routers.virtualChannels: '],
    ['a word that is misspelt', { routers: { ...TIGHT, bufferFlit: 8 } as never }, 'network.routers.bufferFlit: is unknown; did you mean bufferFlits?'],
    ['a matrix', { topology: { kind: 'matrix', latencyNs: [[0, 40, 40, 40], [40, 0, 40, 40], [40, 40, 0, 40], [40, 40, 40, 0]], flitNs: 5 } }, 'network.routers: matrix 4x4 has no routers, only links between nodes; use the network that books links'],
  ])('is refused with %s', (_, changes, says) => {
    expect(() => resolve(flash(changes))).toThrow(says);
  }); // prettier-ignore
});
