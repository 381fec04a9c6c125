/**
 * The virtual subnet: like an Ethernet between virtual machines, with an address for each card and without a limit to the
 * length of frames. Content that is a page is mapped into the receiver's memory rather than copied. Disco, section 4.2.5.
 */
import type { Reply } from '../../messages/device-command.js';
import { BROADCAST, isAddress } from '../../devices/network-segment.js';
import { DeviceStatus } from '../../messages/device-status.js';
import { load } from '../../processor/operations.js';
import type { GuestPiece } from '../devices/guest-command.js';
import type { DeviceHost } from '../devices/virtual-device.js';
import { DiscoError } from '../errors.js';
import type { Pmap } from '../memory/pmap.js';
import type { MonitorCode } from '../monitor-code.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import { Delivery, type DeliveryOptions } from './delivery.js';
import type { Fragment, Frame } from './frame.js';
import type { Gateway } from './gateway.js';
import { VirtualCard, type VirtualCardOptions } from './virtual-card.js';
import type { Code } from '../../system/code.js';

/** A subnet. Frames that are lost are no error to their sender, as on Ethernet. */
export class Subnet {
  readonly code: MonitorCode;
  readonly pageBytes: number;
  readonly delivery: Delivery;
  /**
   * Frames carried and their bytes. Frames lost: to addresses that nobody has, to cards without buffers for them, to machines
   * that were stopped meanwhile, and for want of memory at either end. What was mapped and copied: see `delivery`.
   */
  readonly stats = { frames: 0, bytes: 0, unclaimed: 0, noBuffer: 0, stopped: 0, noMemory: 0 };
  /** The way out, or null. */
  gateway: Gateway | null = null;
  private readonly options: DeliveryOptions;
  /** No lock: what is below is looked at and changed between yields only. */
  private readonly cards = new Map<number, VirtualCard>();
  /** Records of cards that are gone, by node and size: the monitor's data are never given back. */
  private readonly records = new Map<string, number[]>();

  constructor(options: DeliveryOptions) {
    this.options = options;
    this.code = options.code;
    this.pageBytes = options.pageBytes;
    this.delivery = new Delivery(options);
  }

  /** Makes a card of a virtual machine. Throws a DiscoError for an address that is taken or none, or without buffers. */
  attach(host: DeviceHost, options: VirtualCardOptions): VirtualCard {
    const { address, buffers, name } = options;
    if (!isAddress(address) || address === BROADCAST)
      throw new DiscoError(`${name}: ${address} is no address of a card: 0 to 2^48 - 2`);
    const other = this.cards.get(address);
    if (other !== undefined)
      throw new DiscoError(
        `${name} of ${host.pmap.name}: the address ${address} is that of ${other.name} of ${other.host.pmap.name}; give it another`,
      );
    if (this.gateway !== null && !this.gateway.allows(address))
      throw new DiscoError(
        `${name} of ${host.pmap.name}: the address ${address} is that of another machine outside; give it another`,
      );
    if (!Number.isSafeInteger(buffers) || buffers < 1)
      throw new DiscoError(`${name}: a card holds at least one buffer, not ${buffers}`);
    const card = new VirtualCard(this, host, options);
    this.cards.set(address, card);
    return card;
  }

  /** The card of an address, or undefined. */
  card(address: number): VirtualCard | undefined {
    return this.cards.get(address);
  }

  /** Takes a card off. For the card, which ends what is under way. */
  detach(card: VirtualCard): void {
    if (this.cards.get(card.address) === card) this.cards.delete(card.address);
  }

  /** The pages of a frame, pinned; null if there is no memory for one of them. */
  *gather(cpu: MonitorCpu, pmap: Pmap, pieces: readonly GuestPiece[]): Code<readonly Fragment[] | null> {
    const { memory } = this.options;
    const fragments: Fragment[] = [];
    for (const { physical, offset, bytes } of pieces) {
      yield this.code.step('translate piece');
      yield load(pmap.address(physical));
      const content = yield* memory.pageAt(cpu, pmap, physical, false);
      if (content === null) {
        yield* this.letGo(cpu, fragments);
        return null;
      }
      memory.pin(content);
      fragments.push({ content, offset, bytes, page: bytes === this.pageBytes });
    }
    return fragments;
  }

  /**
   * Brings a frame to whom it is for and lets its pages go. Returns a DeviceStatus for the sender, or null: then the
   * gateway has the frame, and will answer.
   */
  *carry(cpu: MonitorCpu, frame: Frame, sender: VirtualCard | null, reply: Reply | null): Code<number | null> {
    const { stats, gateway } = this;
    yield this.code.step('subnet frame');
    stats.frames++;
    stats.bytes += frame.bytes;
    const receivers = this.receiversOf(frame);
    for (const card of receivers) yield* card.receive(cpu, frame);
    const outside = frame.to === BROADCAST || receivers.length === 0;
    if (outside && sender !== null && gateway !== null && frame.to !== frame.from)
      return yield* gateway.send(cpu, frame, sender, reply!);
    if (receivers.length === 0) stats.unclaimed++;
    yield* this.letGo(cpu, frame.fragments);
    return DeviceStatus.Ok;
  }

  /** Unpins the pages of a frame. */
  *letGo(cpu: MonitorCpu, fragments: readonly Fragment[]): Code {
    for (const { content } of fragments) yield* this.options.memory.unpin(cpu, content);
  }

  /** Memory of the monitor for a card. */
  recordFor(node: number, bytes: number): number {
    return this.records.get(`${node}/${bytes}`)?.pop() ?? this.options.space.allocate(node, bytes);
  }

  /** Takes it back. */
  recordBack(node: number, bytes: number, record: number): void {
    const key = `${node}/${bytes}`;
    this.records.set(key, [...(this.records.get(key) ?? []), record]);
  }

  private receiversOf({ from, to }: Frame): readonly VirtualCard[] {
    if (to === BROADCAST) return [...this.cards.values()].filter(({ address }) => address !== from);
    const card = to === from ? undefined : this.cards.get(to);
    return card === undefined ? [] : [card];
  }
}
