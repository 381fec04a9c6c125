/** The largest and the least that doors take, and one more: numbers of rooms that no other spec has at its limit. */
import { describe, expect, it } from '@jest/globals';
import { FramePool } from '../lib/system/frame-pool.js';
import { AddressMap } from '../lib/messages/address-map.js';
import { PageCounters } from '../lib/memory/page-counters.js';
import { presets } from '../lib/machine/presets/presets.js';
import { resolve, type MachineSpecification } from '../lib/machine/specification/specification.js';
import { missCounting } from '../lib/placement/policies/counters/miss-counting.js';
import { Tlb } from '../lib/processor/tlb.js';
import { fromMatrix } from '../lib/topology/shapes/from-matrix.js';
import { replicateUntil } from '../lib/experiments/sweeps/replicate.js';

const counters = { threshold: 64, sampling: 1, bits: 16, delayTicks: 0, resetTicks: 1000 };
const disco = presets['disco-1997']({ nodes: 4 });
const link = { latencyNs: 1000, flitNs: 10 };
const routed = (routers: object): MachineSpecification => ({
  ...disco,
  network: {
    ...disco.network,
    topology: { kind: 'ring', routers: 4, nodesPerRouter: 1, attach: link, link },
    routers: { virtualChannels: 2, bufferFlits: 4, pipelineCycles: 1, creditCycles: 1, ...routers },
  },
});
const map = new AddressMap({ frames: [16], processors: [1], pageBytes: 4096, lineBytes: 128 });

describe('limits', () => {
  it.each<[string, (value: number) => unknown, least: number, most: number]>([
    ['entries of a TLB', value => new Tlb(value), 1, 1024],
    ['cycles of a credit', value => resolve(routed({ creditCycles: value })), 0, 64],
    ['the number of a home', value => new PageCounters(4, value, counters), 0, 3],
    ['virtual channels', value => resolve(routed({ virtualChannels: value })), 2, 16],
    ['flits of a buffer', value => resolve(routed({ bufferFlits: value })), 1, 1024],
    ['cycles of a router', value => resolve(routed({ pipelineCycles: value })), 1, 64],
  ])('%s', (_, make, least, most) => {
    for (const value of [least, most]) expect(() => make(value)).not.toThrow();
    for (const value of [least - 1, most + 1]) expect(() => make(value)).toThrow();
  });

  it.each<[string, () => unknown, string]>([
    ['a frame pool without a map', () => new FramePool(null as never, 4), 'a frame pool: map'],
    [
      'frames that are no list',
      () => new AddressMap({ ...map, frames: 4, processors: [1] } as never),
      'frames is 4; give an array',
    ],
    [
      'a number in place of relative',
      () => replicateUntil({ run: () => ({ ms: 1 }), metric: 'ms', halfWidth: 1, relative: 1 } as never),
      'relative',
    ],
    ['a policy with a number for a flag', () => missCounting({ migrate: 1 } as never), 'missCounting: '],
  ])('%s is refused by name', (_, make, says) => expect(make).toThrow(says));
});

describe('a frame pool', () => {
  it('gives frames that were given back by their colours, on any node', () => {
    const two = new AddressMap({ frames: [15, 16], processors: [1, 1], pageBytes: 4096, lineBytes: 128 });
    const pool = new FramePool(two, 4);
    const frames = Array.from({ length: 16 }, (_, page) => pool.take(1, page));
    for (const frame of frames) expect(frame).toBeGreaterThanOrEqual(0);
    const [zero, one] = frames.slice(0, 2);
    pool.give(zero);
    pool.give(one);
    expect([pool.take(1, 1), pool.take(1, 0)]).toEqual([one, zero]);
  });
});

describe('a network from a matrix', () => {
  it('has a link for every pair, with its latency', () => {
    const latencies = [
      [0, 12, 13],
      [21, 0, 23],
      [31, 32, 0],
    ];
    const topology = fromMatrix(latencies, 1);
    for (const [from, to] of [
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 2],
      [2, 0],
      [2, 1],
    ]) {
      const route = [...topology.route(from, to)].map(index => topology.links[index]);
      expect(route.map(link => [link.from, link.to, link.latency])).toEqual([[from, to, latencies[from][to]]]);
    }
  });
});
