/** What the report says about its terms: policies, quantities, tags of confidence. */

/** Page placement policies by name, for people who never saw one. */
export const POLICIES: Readonly<Record<string, string>> = {
  'first-touch':
    'A page goes to the node whose processor uses it first, and stays there. Usual in operating systems today; here the baseline.',
  'round-robin':
    'Pages are dealt over the nodes in turn, whoever uses them, and stay there. Spreads the load; most misses are remote.',
  'migrate-replicate':
    'Starts as first touch. Hardware counts misses by page and node; a page that one remote node misses on often moves to that node (migration), a page that several nodes only read is copied to each of them (replication), a page that several nodes write stays. A write to a copied page removes the copies (collapse).',
  'migrate-replicate-eager':
    'The same with an eighth of the misses as threshold, because recordings of some ten milliseconds are too short for most pages to reach the usual one. Shows what moving pages does and costs; not meant as a good policy.',
  migrate: 'Starts as first touch; a page that one remote node misses on often moves to that node. No copies.',
  replicate: 'Starts as first touch; a page that several nodes only read is copied to each of them. No page moves.',
};

/** Every quantity of a report with its unit. */
export const DEFINITIONS: readonly (readonly [term: string, meaning: string])[] = [
  [
    'simulated time (ms)',
    'Time that passes in the simulated machine from the start of the program’s recording to its end. Not the time that the simulation took.',
  ],
  [
    'relative time',
    'Simulated time divided by that of the baseline, times 100. The baseline is first touch on a machine of several nodes; it is named with each program. Below 100 is faster.',
  ],
  [
    'user code, kernel code (% of time)',
    'Time in which processors execute instructions of the program, or of the operating system as it was recorded.',
  ],
  ['second-level cache (% of time)', 'Time waiting for data that the first cache lacks and the second has.'],
  [
    'local memory stall, remote memory stall (% of time)',
    'Time waiting for a miss of the second-level cache whose page lives in the memory of the processor’s own node, or of another node; queueing included.',
  ],
  ['TLB refill (% of time)', 'Time in the handler that loads a translation of a page’s address into the processor.'],
  [
    'page fault (% of time)',
    'Time in the handler that places a page when it is used for the first time on a processor.',
  ],
  [
    'page moving and interrupts (% of time)',
    'Time that the placement policy costs: reading counters, copying pages, changing translations on other processors and answering their interrupts.',
  ],
  ['synchronisation (% of time)', 'Time waiting for locks, barriers and semaphores of the program.'],
  [
    'idle (% of time)',
    'Time of a processor that has nothing to run, such as after the end of its part of the recording.',
  ],
  [
    'miss',
    'An access that the second-level cache cannot satisfy, or that needs the right to write: it goes to the memory of the page’s home node.',
  ],
  [
    'local share (% of misses)',
    'Misses to the processor’s own node divided by all misses. Does not exist if there were none.',
  ],
  [
    'migration, replication, collapse (number)',
    'A page moved to another node; a read-only copy made at another node; all copies of a page removed because it was written.',
  ],
  [
    'cost of a migration or replication (µs)',
    'Mean time of the processor that carried it out, interrupts and waiting included.',
  ],
  [
    'hot page (number)',
    'A page whose counted misses from one node reached the policy’s threshold, each time that it happened.',
  ],
  ['decision', 'What the policy answered when it was asked about a page, with its reason.'],
  [
    'utilisation (% of elapsed time)',
    'Time for which a controller, memory bank or link was busy, divided by the simulated time of the run.',
  ],
  ['mean wait (ns)', 'Time from the arrival of a request to the beginning of its service, averaged over all requests.'],
  ['largest queue (requests)', 'Most requests that waited at one place at one time.'],
  [
    'events, references (number)',
    'Steps of the simulation; instruction-cache lines fetched, loads and stores executed.',
  ],
  [
    'fingerprint',
    'A digest of the ordered events of a run. The same machine, recording, policy and seed give the same fingerprint.',
  ],
];

/** The tags with which a machine says where its numbers come from. */
export const CONFIDENCE_TAGS =
  'T: stated in the source named above. F: measured from one of its figures. D: derived from it. S: from a secondary source. M: recollected, source not at hand. “Ours”: chosen by this project.';
