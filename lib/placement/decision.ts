/** What a policy can decide. Every decision has a reason, a short constant phrase that goes into the decision log. */

/** What is to be done with a page, and why. */
export type Decision =
  | { readonly action: 'stay' | 'collapse' | 'freeze' | 'thaw'; readonly because: string }
  | {
      readonly action: 'place' | 'migrate' | 'replicate' | 'promote' | 'demote';
      readonly to: number;
      readonly because: string;
    }
  | {
      readonly action: 'exchange';
      /** The page that it changes places with. */
      readonly with: number;
      readonly because: string;
    };

/** One element of what `plan` returns: a page and what is to be done with it. */
export interface PageDecision {
  readonly page: number;
  readonly decision: Decision;
}

/** The answer to `first-touch`: put the page on a node. */
export const place = (to: number, because: string): Decision => ({ action: 'place', to, because });
/** Leave the page as it is. */
export const stay = (because: string): Decision => ({ action: 'stay', because });
/** Move the page to another node. */
export const migrate = (to: number, because: string): Decision => ({ action: 'migrate', to, because });
/** Give a node a read-only copy. */
export const replicate = (to: number, because: string): Decision => ({ action: 'replicate', to, because });
/** Drop all replicas; one writable copy remains. */
export const collapse = (because: string): Decision => ({ action: 'collapse', because });
/** Move the page to a node of a faster tier. */
export const promote = (to: number, because: string): Decision => ({ action: 'promote', to, because });
/** Move the page to a node of a slower tier. */
export const demote = (to: number, because: string): Decision => ({ action: 'demote', to, because });
/** Let the page change places with another one, for which no free frame is needed. */
export const exchange = (page: number, because: string): Decision => ({ action: 'exchange', with: page, because });
/** Mark the page, for the policy to heed. */
export const freeze = (because: string): Decision => ({ action: 'freeze', because });
/** Take the mark away. */
export const thaw = (because: string): Decision => ({ action: 'thaw', because });
