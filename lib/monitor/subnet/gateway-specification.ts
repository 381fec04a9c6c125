/** The gateway as an option of the monitor: which network card of the machine it takes for itself, and what goes over it. */
import { BROADCAST, isAddress } from '../../devices/network-segment.js';
import { mediumOf, type NetworkCardSpecification } from '../../machine/specification/device-specification.js';
import type { Machine } from '../../machine/machine.js';
import { suggestion } from '../../engine/suggestion.js';

/** A way from the virtual subnet to a real network. Plain data; what is left out is as DEFAULT_GATEWAY and each field say. */
export interface GatewaySpecification {
  /** Name of the machine's network card. It is the monitor's own from then on. */
  readonly card: string;
  /** Address of the virtual card that gets what comes in for nobody else. That of the real card unless given. */
  readonly defaultReceiver?: number;
  /** Byte offset of a word, a multiple of 4, in which frames name their receiver; null if they do not. */
  readonly receiverOffset?: number | null;
  /** Receive buffers that the monitor posts, up to what the card holds: as many unless given. */
  readonly buffers?: number;
  /** Frames that may be on their way out at once; more are dropped. */
  readonly most?: number;
  /** Addresses outside, which no virtual machine may have. Those of the other cards of its segment unless given. */
  readonly outside?: readonly number[];
}

/** The place of the receiver in datagrams of the commodity kernel, and as many frames as a virtual card has buffers. */
export const DEFAULT_GATEWAY = { receiverOffset: 16, most: 64 } as const;

const FIELDS: readonly string[] = ['card', 'defaultReceiver', 'receiverOffset', 'buffers', 'most', 'outside'];
const WORD_BYTES = 4;

/** A gateway with everything said, and the longest frame of its medium. Of a specification without faults. */
export function resolveGateway(
  specification: GatewaySpecification,
  machine: Machine,
): Required<GatewaySpecification> & { readonly mtuBytes: number } {
  const { address, buffers, segment } = cardsOf(machine).get(specification.card)!;
  const { devices = [] } = machine.specification;
  const medium = devices.flatMap(device =>
    device.kind === 'network-segment' && device.name === segment ? [mediumOf(device.medium)] : [],
  );
  const others = [...cardsOf(machine).values()].filter(card => card.segment === segment && card.address !== address);
  const outside = others.map(card => card.address);
  const { mtuBytes } = medium[0];
  return { ...DEFAULT_GATEWAY, defaultReceiver: address, buffers, outside, ...specification, mtuBytes };
}

/** Faults of a gateway, each a sentence; none if it can be made on the machine. */
export function gatewayFaults(specification: GatewaySpecification, machine: Machine): string[] {
  if (typeof specification !== 'object') return [`gateway: ${String(specification)} is no object that names a card`];
  const { card, defaultReceiver, receiverOffset, buffers, most, outside } = specification;
  const faults = Object.keys(specification)
    .filter(name => !FIELDS.includes(name))
    .map(name => `gateway.${name}: there is no such field${suggestion(name, FIELDS)}`);
  const real = cardsOf(machine).get(card);
  if (real === undefined) faults.push(`gateway.card: ${noCard(card, machine)}`);
  if (defaultReceiver !== undefined && !isCard(defaultReceiver))
    faults.push(`gateway.defaultReceiver: ${defaultReceiver} is no address of a card`);
  const offset = receiverOffset ?? 0;
  if (!(Number.isSafeInteger(offset) && offset >= 0 && offset % WORD_BYTES === 0))
    faults.push(`gateway.receiverOffset: ${offset} is neither null nor a multiple of ${WORD_BYTES} from 0`);
  for (const [name, count] of Object.entries({ buffers, most }))
    if (count !== undefined && !(Number.isSafeInteger(count) && count >= 1))
      faults.push(`gateway.${name}: ${count} is no integer from 1`);
  if (real !== undefined && buffers !== undefined && buffers > real.buffers)
    faults.push(`gateway.buffers: ${card} holds ${real.buffers} buffers, not ${buffers}`);
  if (outside !== undefined && !(Array.isArray(outside) && outside.every(isCard)))
    faults.push(`gateway.outside: ${JSON.stringify(outside)} is no list of addresses of cards`);
  if (faults.length === 0) {
    const complete = resolveGateway(specification, machine);
    if (complete.outside.includes(complete.defaultReceiver))
      faults.push(
        `gateway.defaultReceiver: ${complete.defaultReceiver} is outside, where no virtual machine is; choose another`,
      );
  }
  return faults;
}

function noCard(card: unknown, machine: Machine): string {
  const kind = machine.devices.get(card as string)?.kind;
  if (kind !== undefined) return `${String(card)} is a ${kind}, not a network-card`;
  return `the machine has no network card ${String(card)}${suggestion(String(card), [...cardsOf(machine).keys()])}`;
}

function cardsOf({ specification }: Machine): Map<string, NetworkCardSpecification> {
  const { devices = [] } = specification;
  return new Map(devices.flatMap(device => (device.kind === 'network-card' ? [[device.name!, device]] : [])));
}

function isCard(address: unknown): address is number {
  return isAddress(address) && address !== BROADCAST;
}
