/** Drawings as they were looked at last. */
import { join } from 'node:path';
import { describe, it } from '@jest/globals';
import { draw } from '../../../lib/machine/drawing/draw.js';
import { presetNames, presets } from '../../../lib/machine/presets/presets.js';
import type { MachineSpecification } from '../../../lib/machine/specification/specification.js';
import { expectGolden } from '../../support/golden.js';

const disco = presets['disco-1997']({ nodes: 4 });
const with_ = (changes: Partial<MachineSpecification>): MachineSpecification => ({ ...disco, ...changes });
const link = { latencyNs: 20, flitNs: 10 };
const routers = { nodesPerRouter: 1, attach: link, link };

const MACHINES: Readonly<Record<string, MachineSpecification>> = {
  ...Object.fromEntries(presetNames.map(name => [name, presets[name]()])),
  ...Object.fromEntries(
    [1, 2, 16, 20, 64, 128].map(nodes => [`disco-1997 ${nodes}`, presets['disco-1997']({ nodes })]),
  ),
  'seven processors a node': with_({ nodes: { count: 4, processors: 7, memoryBytes: 2 ** 22 } }),
  'forty processors on one node': with_({ nodes: { count: 1, processors: 40, memoryBytes: 2 ** 22 } }),
  'a ring': with_({ network: { ...disco.network, topology: { kind: 'ring', routers: 4, ...routers } } }),
  'a mesh': with_({ network: { ...disco.network, topology: { kind: 'mesh', columns: 2, rows: 2, ...routers } } }),
  'there and back': with_({
    nodes: { count: 2, processors: 1, memoryBytes: 2 ** 22 },
    network: {
      ...disco.network,
      topology: {
        kind: 'matrix',
        latencyNs: [
          [0, 50],
          [70, 0],
        ],
        flitNs: 10,
      },
    },
  }),
};

describe('drawings', () => {
  it('look as they did', () => {
    const texts = Object.entries(MACHINES).flatMap(([name, machine]): [string, string][] => {
      const { svg, mermaid } = draw(machine);
      return [
        [`${name}, svg`, svg],
        [`${name}, mermaid`, mermaid],
      ];
    });
    expectGolden(join(__dirname, 'golden.json'), Object.fromEntries(texts));
  });
});
