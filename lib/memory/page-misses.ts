/** What a home tells the page counters and other watchers about the requests that it serves. */
import type { MachineFrame } from '../messages/addresses.js';
import { HOME, HOT_PAGE, InterruptMessage, Kind, type CoherenceMessage } from '../messages/coherence-messages.js';
import type { AddressMap } from '../messages/address-map.js';
import type { Ticks } from '../engine/time.js';
import type { NodeController } from './node-controller.js';
import type { NodeControllerOptions } from './controller-options.js';
import type { PageCounters } from './page-counters.js';

/**
 * Sees every miss that a home serves; for locality over time and miss logs. Must not act on the model.
 * @param requester the processor, or from the number of processors up the bridge of a node with devices
 * @param store whether it is a request for ownership
 */
export type MissObserver = (
  frame: MachineFrame,
  requesterNode: number,
  now: Ticks,
  requester: number,
  store: boolean,
) => void;

/** Counts requests by page and raises the hot-page interrupt. */
export class PageMisses {
  /** Sees every miss, or null. */
  observer: MissObserver | null = null;
  private readonly controller: NodeController;
  private readonly counters: PageCounters | null;
  private readonly map: AddressMap;
  private readonly node: number;
  private readonly controlFlits: number;
  private readonly delay: Ticks;

  constructor(controller: NodeController, counters: PageCounters | null, options: NodeControllerOptions) {
    this.controller = controller;
    this.counters = counters;
    this.map = options.map;
    this.node = options.node;
    this.controlFlits = options.flits.control;
    this.delay = options.counters === null ? 0 : options.counters.delayTicks;
  }

  /** A message that home serves at this time, not one that it refuses or lets wait. */
  served(message: CoherenceMessage, now: Ticks): void {
    const { kind, line } = message;
    const frame = this.map.frameOfLine(line);
    if (kind === Kind.GetS || kind === Kind.GetM) this.missed(frame, message, now);
    else if (kind === Kind.PutM || kind === Kind.PutO) this.counters?.writeBack(frame, now);
  }

  private missed(frame: MachineFrame, { kind, from }: CoherenceMessage, now: Ticks): void {
    const { map, counters, controller } = this;
    const requester = map.nodeOfProcessor[from];
    if (requester === this.node) controller.stats.localRequests++;
    else controller.stats.remoteRequests++;
    if (this.observer !== null) this.observer(frame, requester, now, from, kind === Kind.GetM);
    if (counters === null) return;
    if (kind === Kind.GetM) counters.ownershipRequest(frame, now);
    // No page moves to be near a device.
    if (from >= map.processors) return;
    if (!counters.miss(frame, requester, now)) return;
    controller.stats.hotPages++;
    const counts = counters.snapshot(frame, now);
    controller.toCache(
      new InterruptMessage(this.controlFlits, HOT_PAGE, HOME, from, frame, requester, counts),
      now + this.delay,
    );
  }
}
