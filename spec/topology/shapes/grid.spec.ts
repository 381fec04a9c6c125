import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hypercube } from '../../../lib/topology/shapes/hypercube.js';
import { mesh } from '../../../lib/topology/shapes/mesh.js';
import { ring } from '../../../lib/topology/shapes/ring.js';
import { torus } from '../../../lib/topology/shapes/torus.js';
import { meanRouterLinks, routers, vertices } from '../routes.js';

const attach = { latency: 2, ticksPerFlit: 1 };
const link = { latency: 5, ticksPerFlit: 3 };
const one = { nodesPerRouter: 1, attach, link };

describe('a mesh', () => {
  it.each([
    [1, 1, 0],
    [4, 1, 6],
    [4, 4, 48],
    [8, 8, 224], // 2(c-1)r + 2c(r-1)
    [3, 5, 44],
  ])('of %p by %p has two links per node and %p between routers', (columns, rows, between) => {
    const { nodes, routers: count, links } = mesh({ columns, rows, ...one });
    expect([nodes, count]).toEqual([columns * rows, columns * rows]);
    expect(links).toHaveLength(2 * nodes + between);
    expect(links.filter(({ latency, ticksPerFlit }) => latency === 5 && ticksPerFlit === 3)).toHaveLength(between);
  });

  it('is routed along the row first, then the column', () => {
    const topology = mesh({ columns: 4, rows: 4, ...one });
    expect(routers(topology, 0, 15)).toEqual([0, 1, 2, 3, 7, 11, 15]);
    expect(routers(topology, 15, 0)).toEqual([15, 14, 13, 12, 8, 4, 0]);
    expect(routers(topology, 12, 3)).toEqual([12, 13, 14, 15, 11, 7, 3]);
  });

  it('never turns from the column back into the row', () => {
    const size = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(size, size, fc.nat(), fc.nat(), (columns, rows, a, b) => {
        const topology = mesh({ columns, rows, ...one });
        const path = routers(topology, a % topology.nodes, b % topology.nodes);
        const steps = path.slice(1).map((router, i) => Math.abs(router - path[i]));
        const inRow = steps.filter(step => step === 1).length;
        if (columns > 1) expect(steps.slice(0, inRow).every(step => step === 1)).toBe(true);
        const [dx, dy] = [
          Math.abs(((a % topology.nodes) % columns) - ((b % topology.nodes) % columns)),
          rowsApart(a, b),
        ];
        expect(steps).toHaveLength(dx + dy);

        function rowsApart(a: number, b: number): number {
          return Math.abs(Math.floor((a % topology.nodes) / columns) - Math.floor((b % topology.nodes) / columns));
        }
      }),
    );
  });

  it('of 8 by 8 takes 5.25 links between routers on average', () => {
    expect(meanRouterLinks(mesh({ columns: 8, rows: 8, ...one }))).toBe(5.25); // 2(k^2-1)/(3k)
  });

  it('can have several nodes on each router', () => {
    const topology = mesh({ columns: 2, rows: 2, nodesPerRouter: 2, attach, link });
    expect([topology.name, topology.nodes, topology.routers]).toEqual(['mesh 2x2, 2 nodes per router', 8, 4]);
    expect(vertices(topology, 0, 1)).toEqual([0, 8, 1]);
    expect(vertices(topology, 1, 7)).toEqual([1, 8, 9, 11, 7]);
  });
});

describe('a torus', () => {
  it.each([
    [1, 1, 0],
    [2, 2, 8],
    [3, 1, 6],
    [4, 2, 24],
    [8, 8, 256],
  ])('of %p by %p has %p links between routers', (columns, rows, between) => {
    const { nodes, links } = torus({ columns, rows, ...one });
    expect(links).toHaveLength(2 * nodes + between);
  });

  it('of 8 by 8 takes 4 links between routers on average', () => {
    expect(meanRouterLinks(torus({ columns: 8, rows: 8, ...one }))).toBe(4); // k/2
  });

  it('is routed the shorter way round, along the row first', () => {
    const topology = torus({ columns: 5, rows: 5, ...one });
    expect(routers(topology, 0, 24)).toEqual([0, 4, 24]);
    expect(routers(topology, 0, 18)).toEqual([0, 4, 3, 23, 18]);
  });

  it('has both ways round where they are as long, and goes towards higher numbers unless told otherwise', () => {
    const topology = torus({ columns: 4, rows: 4, ...one });
    const ways = topology.routes!(0, 10).map(route =>
      [...route].slice(0, -1).map(link => topology.links[link].to - topology.nodes),
    );
    expect(ways).toEqual([
      [0, 1, 2, 6, 10],
      [0, 3, 2, 6, 10],
      [0, 1, 2, 14, 10],
      [0, 3, 2, 14, 10],
    ]);
    expect(topology.routes!(0, 5)).toEqual([topology.route(0, 5)]);
    expect(topology.datelines!.map(link => [topology.links[link].from, topology.links[link].to])).toContainEqual([
      19, 16,
    ]);
    expect(topology.datelines).toHaveLength(16);
    expect(routers(topology, 0, 10)).toEqual([0, 1, 2, 6, 10]);
    expect(routers(topology, 10, 0)).toEqual([10, 11, 8, 12, 0]);
  });
});

describe('a ring', () => {
  it('goes the shorter way round, and upwards at half-way', () => {
    const topology = ring({ routers: 6, ...one });
    expect(topology.links).toHaveLength(12 + 12);
    expect(routers(topology, 1, 5)).toEqual([1, 0, 5]);
    expect(routers(topology, 1, 4)).toEqual([1, 2, 3, 4]);
    expect(routers(topology, 4, 1)).toEqual([4, 5, 0, 1]);
  });

  it('of two routers has one link each way', () => {
    const topology = ring({ routers: 2, ...one });
    expect(topology.links).toHaveLength(4 + 2);
    expect(vertices(topology, 1, 0)).toEqual([1, 3, 2, 0]);
  });
});

describe('a hypercube', () => {
  it.each([0, 1, 2, 3, 6])('of dimension %p has as many links out of each router', dimension => {
    const { routers: count, nodes, links } = hypercube({ dimension, ...one });
    expect(count).toBe(2 ** dimension);
    expect(links).toHaveLength(2 * nodes + dimension * 2 ** dimension);
  });

  it('is routed lowest bit first', () => {
    const topology = hypercube({ dimension: 3, ...one });
    expect(routers(topology, 0, 7)).toEqual([0, 1, 3, 7]);
    expect(routers(topology, 6, 1)).toEqual([6, 7, 5, 1]);
  });

  it('has two nodes per router in an Origin 2000', () => {
    const topology = hypercube({ dimension: 4, nodesPerRouter: 2, attach, link });
    expect(topology.name).toBe('hypercube of dimension 4, 2 nodes per router');
    expect(topology.nodes).toBe(32);
    expect(routers(topology, 0, 31)).toEqual([0, 1, 3, 7, 15]);
  });
});

describe('a grid with bad options', () => {
  it.each([
    ['mesh: columns is 0; give a whole number from 1 to 1024', () => mesh({ columns: 0, rows: 1, ...one })],
    ['torus: rows is 2.5', () => torus({ columns: 4, rows: 2.5, ...one })],
    ['ring: routers is NaN', () => ring({ routers: NaN, ...one })],
    ['hypercube: dimension is 17; give a whole number from 0 to 16', () => hypercube({ dimension: 17, ...one })],
    ['hypercube: dimension is -1', () => hypercube({ dimension: -1, ...one })],
    ['mesh 2x2: nodesPerRouter is 0', () => mesh({ columns: 2, rows: 2, ...one, nodesPerRouter: 0 })],
    ['ring 4: nodesPerRouter is 1000000', () => ring({ routers: 4, ...one, nodesPerRouter: 1e6 })],
    [
      'mesh 2x2: link: a latency of 0 is not a positive whole number of ticks',
      () => mesh({ columns: 2, rows: 2, ...one, link: { latency: 0, ticksPerFlit: 1 } }),
    ],
    [
      'ring 4: attach: a latency of 1.5 is not a positive whole number of ticks',
      () => ring({ routers: 4, ...one, attach: { latency: 1.5, ticksPerFlit: 1 } }),
    ],
    [
      'ring 4: attach: -1 ticks per flit is not a whole number of at least 0',
      () => ring({ routers: 4, ...one, attach: { latency: 1, ticksPerFlit: -1 } }),
    ],
  ])('says: %s', (message, make) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });
});
