/** Headers and logs for specs. */
import * as fc from 'fast-check';
import { REFERENCE_FACTS, type MissLogHeader } from '../../../lib/placement/log/header.js';
import { MissLog, type LoggedMiss } from '../../../lib/placement/log/miss-log.js';

/** Nodes with processors, room and two latencies (Disco, section 5.1), but for `changes`. */
export function header(nodes: number, changes: Partial<MissLogHeader> = {}): MissLogHeader {
  const each = Array.from({ length: nodes }, (_, node) => node);
  return {
    madeBy: 'a spec',
    source: 'by hand',
    pageBytes: 4096,
    frames: each.map(() => 1000),
    processors: each.map(() => true),
    tiers: each.map(() => 0),
    latencyNs: each.map(from => each.map(to => (from === to ? 300 : 900))),
    records: ['thread', 'write', 'time', 'data'],
    ...changes,
  };
}

/** A log of misses; what is not given is 0, a load, and a thread of the number of its node. */
export function logOf(head: MissLogHeader, misses: readonly Partial<LoggedMiss>[]): MissLog {
  const log = new MissLog(head);
  for (const { timeNs = 0, node = 0, thread = node, page = 0, store = false } of misses)
    log.add(timeNs, node, thread, page, store);
  return log;
}

/** The misses of a log as objects. */
export function missesOf(log: MissLog): LoggedMiss[] {
  return Array.from({ length: log.length }, (_, number) => log.at(number));
}

/** Random logs: sparse pages and threads, times far apart, nodes without processors. */
export const anyLog: fc.Arbitrary<MissLog> = fc
  .tuple(
    fc.array(fc.record({ frames: fc.nat(2 ** 31), processors: fc.boolean(), tier: fc.nat(3) }), {
      minLength: 1,
      maxLength: 5,
    }),
    fc.string({ unit: 'grapheme' }),
    fc.subarray([...REFERENCE_FACTS]),
    fc.array(
      fc.record({
        sincePreviousNs: fc.oneof(fc.nat(300), fc.nat(2 ** 31 - 1), fc.constantFrom(0, 127, 128, 2 ** 40)),
        node: fc.nat(4),
        thread: fc.oneof(fc.nat(20), fc.constantFrom(2 ** 31 - 1)),
        page: fc.oneof(fc.nat(200), fc.constantFrom(2 ** 24 - 1)),
        store: fc.boolean(),
      }),
      { maxLength: 40 },
    ),
  )
  .map(([nodes, source, records, misses]) => {
    const log = new MissLog(
      header(nodes.length, {
        source,
        records,
        frames: nodes.map(({ frames }) => frames),
        processors: nodes.map(({ processors }, node) => processors || node === 0),
        tiers: nodes.map(({ tier }) => tier),
        latencyNs: nodes.map((_, from) => nodes.map((_, to) => 100.5 * (1 + Math.abs(from - to)))),
      }),
    );
    let timeNs = 0;
    for (const { sincePreviousNs, node, thread, page, store } of misses) {
      timeNs += sincePreviousNs;
      log.add(timeNs, log.header.processors[node] ? node : 0, thread, page, store);
    }
    return log;
  });
