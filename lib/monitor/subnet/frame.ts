/** A frame on the virtual subnet. */
import type { MachinePage } from '../memory/machine-page.js';
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
