/** What every policy has to hold, and how a run ends that finds it does not. */

/**
 * The properties, in the order in which a run is looked at:
 * - `valid decisions`: every answer is a decision; a first touch is answered with `place` as long as a node has room
 * - `plan limit`: a plan has at most `plans.most` decisions
 * - `possible decisions`: never to a full or missing node, nor what the host cannot do with the page as it is
 * - `replicas are collapsed`: a store finds no replicas
 * - `no errors`: the policy does not throw
 * - `only reads`: it does not change the evidence and the views that it is shown
 * - `ends`: a call does not ask without end
 * - `few reasons`: reasons are constant phrases
 * - `deterministic`: two policies made alike decide alike
 * - `symmetric`: with the nodes renumbered, the decisions are the same but for the numbers; only if asked for
 * - `rule`: the user's own; only if given
 * - `bounded state`: what it keeps does not grow with the misses; only if the heap can be measured
 */
export type PolicyProperty =
  | 'valid decisions'
  | 'plan limit'
  | 'possible decisions'
  | 'replicas are collapsed'
  | 'no errors'
  | 'only reads'
  | 'ends'
  | 'few reasons'
  | 'deterministic'
  | 'symmetric'
  | 'rule'
  | 'bounded state';

/** Ends a run: the policy does not hold a property. */
export class Violation extends Error {
  readonly property: PolicyProperty;

  constructor(property: PolicyProperty, message: string) {
    super(message);
    this.property = property;
  }
}

/** Ends a run that no policy could continue: a page is touched and no node has a free frame. */
export class OutOfMemory extends Error {}
