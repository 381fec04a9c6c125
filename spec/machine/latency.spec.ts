import { describe, expect, it } from '@jest/globals';
import { presets } from '../../lib/machine/presets.js';
import { build, measuredReadNs, measuredDirtyReadNs } from './running.js';

it('x', () => {
  const s = presets['disco-1997']();
  expect([measuredReadNs(s, 0, 0), measuredReadNs(s, 0, 3), build(s).readLatencyNs(0, 3)]).toEqual([300, 900, 900]);
  const u = presets.uma();
  expect([measuredReadNs(u, 0, 0), build(u).readLatencyNs(0, 0), measuredDirtyReadNs(u, 0,0,0)]).toEqual([300, 300,300]);
  expect(() => build({ ...s, tickPs: 2501, nodes: [{procesors: 3}], network: {...s.network, topology: {kind: 'mech'}} } as any)).toThrow('x');
});
