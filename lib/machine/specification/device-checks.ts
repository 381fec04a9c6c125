/** Whether devices fit the machine and each other. */
import type { Path, Report } from './checks.js';
import { deviceNames, mediumOf, type DeviceSpecification } from './device-specification.js';
import { nodesOf } from './nodes.js';
import type { MachineSpecification } from './specification.js';
import { suggestion } from '../../engine/suggestion.js';

/** Names that other parts of a machine have. */
const TAKEN = /^(controller|bridge|network|cpu\d+|node\d+)$/;

/** Names are unique, segments exist and have cards, addresses are unique on their segment, phases lie within periods. */
export function checkDevices({ devices = [] }: MachineSpecification, report: Report): void {
  const names = deviceNames(devices);
  const segments = new Map<string, number[]>();
  devices.forEach((device, i) => {
    if (device.kind === 'network-segment' && !segments.has(device.name)) segments.set(device.name, []);
    const path: Path = ['devices', i, 'name'];
    if (TAKEN.test(names[i])) report(path, `${names[i]} is the name of another part of a machine`);
    const first = names.indexOf(names[i]);
    if (first !== i) report(path, `devices[${first}] is called ${names[i]}, too`);
  });
  devices.forEach((device, i) => {
    if (device.kind === 'network-card') checkCard(device, ['devices', i], segments, report);
    if (device.kind === 'timer' && device.phaseNs >= device.periodNs)
      report(
        ['devices', i, 'phaseNs'],
        `a phase of ${device.phaseNs} ns is not within a period of ${device.periodNs} ns`,
      );
  });
  devices.forEach((device, i) => {
    if (device.kind === 'network-segment' && segments.get(device.name)!.length === 0)
      report(['devices', i], `no network card is on ${device.name}; leave it out`);
  });
}

type Card = Extract<DeviceSpecification, { readonly kind: 'network-card' }>;

function checkCard({ segment, address }: Card, path: Path, segments: Map<string, number[]>, report: Report): void {
  const addresses = segments.get(segment);
  if (addresses === undefined) {
    const hint = suggestion(segment, [...segments.keys()]);
    report([...path, 'segment'], `there is no network-segment called ${segment}${hint}`);
    return;
  }
  if (addresses.includes(address))
    report([...path, 'address'], `another card on ${segment} has the address ${address}`);
  addresses.push(address);
}

/** Nodes and processors of devices exist. */
export function checkDevicePlaces(specification: MachineSpecification, report: Report): void {
  const nodes = nodesOf(specification);
  const processors = nodes.reduce((sum, node) => sum + node.processors, 0);
  (specification.devices ?? []).forEach((device, i) => {
    const path: Path = ['devices', i];
    if ('node' in device && device.node >= nodes.length)
      report([...path, 'node'], `there is no node ${device.node}; the last one is ${nodes.length - 1}`);
    const noProcessor = (key: string, processor: number): void => {
      if (processor >= processors)
        report([...path, key], `there is no processor ${processor}; the last one is ${processors - 1}`);
    };
    if (device.kind === 'console') noProcessor('interruptTo', device.interruptTo);
    if (device.kind === 'timer') noProcessor('processor', device.processor);
  });
}

/** The times of devices that have to be whole numbers of ticks. Mechanical ones need not. */
export function deviceTimes({ devices = [] }: MachineSpecification): { path: Path; ns: number }[] {
  return devices.flatMap((device, i) => {
    const path: Path = ['devices', i];
    if (device.kind === 'timer')
      return (['periodNs', 'phaseNs'] as const).map(key => ({ path: [...path, key], ns: device[key] }));
    if (device.kind === 'network-segment')
      return [{ path: [...path, 'medium', 'byteNs'], ns: mediumOf(device.medium).byteNs }];
    return [];
  });
}
