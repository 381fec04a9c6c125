/** A frame on the virtual subnet, and what the subnet needs of the machine's memory. */
import type { MachinePage } from '../memory/machine-page.js';
import type { Pmap } from '../memory/pmap.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { Steps } from '../steps.js';
import type { Extent } from './scatter.js';

/** Part of a frame: in a machine page that is pinned as long as the frame lives. */
export interface Fragment extends Extent {
  readonly content: MachinePage;
  readonly offset: number;
}

/** A frame. */
export interface Frame {
  /** Address of the sender: everybody else gets a broadcast. */
  readonly from: number;
  /** An address, or BROADCAST. */
  readonly to: number;
  readonly fragments: readonly Fragment[];
  readonly bytes: number;
}

/** What the subnet asks of the machine's memory: see MachineMemory, which is one. */
export interface SubnetMemory {
  /** The machine page of a physical page; null without memory. */
  pageAt(cpu: MonitorCpu, pmap: Pmap, physical: number, store: boolean): Steps<MachinePage | null>;
  /** A page without users. */
  take(cpu: MonitorCpu, node: number, colour: number, zeroed: boolean): Steps<MachinePage | null>;
  /** Makes a page that of one more physical page, read-only to all. */
  share(cpu: MonitorCpu, page: MachinePage, pmap: Pmap, physical: number): Steps<boolean>;
  /** The machine page of a physical page that nobody else holds; null without memory. `whole`: its content does not matter. */
  ownPage(cpu: MonitorCpu, pmap: Pmap, physical: number, whole: boolean): Steps<MachinePage | null>;
  /** A page that is pinned is neither moved nor given back. */
  pin(page: MachinePage): void;
  unpin(cpu: MonitorCpu, page: MachinePage): Steps;
  /** Counts the monitor itself among those that hold a page. */
  keep(page: MachinePage): void;
  release(cpu: MonitorCpu, page: MachinePage): Steps;
  /** Waits until nobody changes a page. */
  untilFree(cpu: MonitorCpu, page: MachinePage): Steps;
}
