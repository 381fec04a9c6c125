import { expect, it } from '@jest/globals';
import { ethernet10, fddi, IRIX_TICK_NS } from '../../lib/devices/presets.js';

it('media and the clock have the rates that their sources say', () => {
  // A byte at 10 and at 100 Mbit/s; 100 ticks a second.
  expect([8e9 / ethernet10.byteNs, 8e9 / fddi.byteNs, 1e9 / IRIX_TICK_NS]).toEqual([10e6, 100e6, 100]);
  // An Ethernet frame carries 1500 bytes, FDDI what RFC 1390 leaves of 4500.
  expect([ethernet10.mtuBytes, fddi.mtuBytes]).toEqual([1500, 4352]);
});
