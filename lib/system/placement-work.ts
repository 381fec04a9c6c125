/** What was done to pages, and how long it took. */

/** An action on pages: how often, and how long in all, from what led to it to its end, on the processor that did it. */
export interface ActionWork {
  count: number;
  ns: number;
}

/** What was done to pages: Table 3 of Disco is `count` over the time measured and `ns / count`. */
export interface PlacementWork {
  hotPages: number;
  /** Moves that took a page back to the node that it had left last. */
  pingPongs: number;
  readonly migrations: ActionWork;
  readonly replications: ActionWork;
  readonly collapses: ActionWork;
  readonly promotions: ActionWork;
  readonly demotions: ActionWork;
  readonly exchanges: ActionWork;
  /** Accesses to pages whose mappings had been taken away. */
  readonly hintFaults: ActionWork;
  /** Pages whose mappings were taken away. */
  readonly unmappings: ActionWork;
  /** Samples that the policy was told about. */
  readonly samples: ActionWork;
  /** Calls of `plan`. */
  readonly plans: ActionWork;
}

/** Nothing done so far. */
export function noWork(): PlacementWork {
  const none = (): ActionWork => ({ count: 0, ns: 0 });
  return {
    hotPages: 0,
    pingPongs: 0,
    migrations: none(),
    replications: none(),
    collapses: none(),
    promotions: none(),
    demotions: none(),
    exchanges: none(),
    hintFaults: none(),
    unmappings: none(),
    samples: none(),
    plans: none(),
  };
}

/** Sets everything to 0. */
export function clearWork(work: PlacementWork): void {
  work.hotPages = work.pingPongs = 0;
  for (const part of Object.values(work) as (number | ActionWork)[])
    if (typeof part !== 'number') Object.assign(part, { count: 0, ns: 0 });
}
