/** Where requests of a machine waited: controllers, memory banks and links. */
import type { Booking } from '../../engine/booking.js';
import type { Ticks } from '../../engine/time.js';
import type { Machine } from '../../machine/machine.js';

/** One place at which requests queue. Plain data. */
export interface QueueResult {
  readonly kind: 'controller' | 'bank' | 'link';
  readonly name: string;
  /** Requests served. */
  readonly served: number;
  /** Busy fraction of the elapsed time. */
  readonly utilisation: number;
  readonly meanWaitNs: number;
  /** The most requests that waited at once. */
  readonly largestQueue: number;
}

/** All queues of a machine, with what they counted in the last `elapsed` ticks. */
export function queuesOf({ simulation, controllers, network }: Machine, elapsed: Ticks): QueueResult[] {
  const row = (
    kind: QueueResult['kind'],
    name: string,
    queue: Pick<Booking, 'served' | 'busyTicks' | 'waitedTicks' | 'largestQueue'>,
  ): QueueResult => ({
    kind,
    name,
    served: queue.served,
    utilisation: elapsed === 0 ? 0 : queue.busyTicks / elapsed,
    meanWaitNs: queue.served === 0 ? 0 : simulation.time.ns(queue.waitedTicks) / queue.served,
    largestQueue: queue.largestQueue,
  });
  return [
    ...controllers.map(controller => row('controller', controller.path, controller.occupancy)),
    ...controllers.flatMap(controller =>
      controller.banks.map((bank, i) => row('bank', `${controller.path}.bank${i}`, bank)),
    ),
    ...network.linkTraffic().map(link =>
      row('link', `${link.from} -> ${link.to}`, {
        ...link,
        served: link.messages.reduce((sum, count) => sum + count, 0),
      }),
    ),
  ];
}
