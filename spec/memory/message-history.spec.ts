/** The last messages of a home: how many are kept, and in which order they are told. */
import { describe, expect, it } from '@jest/globals';
import { MessageHistory } from '../../lib/memory/message-history.js';
import type { Line } from '../../lib/messages/addresses.js';
import { CoherenceMessage, HOME, Kind } from '../../lib/messages/coherence-messages.js';

const message = (line: number, from: number): CoherenceMessage =>
  new CoherenceMessage({
    kind: Kind.GetS,
    flits: 1,
    line: line as Line,
    from,
    to: HOME,
    requester: from,
    acks: 0,
    data: null,
  });

describe('the history of a home', () => {
  it('keeps the last 64 messages, and tells those of a line, oldest first', () => {
    const history = new MessageHistory();
    for (let i = 0; i < 100; i++) history.note(message(i % 2, i), 10 * i);
    const told = history.of(0 as Line);
    expect(told).toHaveLength(32);
    expect(history.of(1 as Line)).toHaveLength(32);
    expect(told[0]).toBe('tick 360: GetS from processor 36');
    expect(told.at(-1)).toBe('tick 980: GetS from processor 98');
  });

  it('has all of fewer', () => {
    const history = new MessageHistory();
    history.note(message(3, 1), 7);
    expect(history.of(3 as Line)).toEqual(['tick 7: GetS from processor 1']);
    expect(history.of(4 as Line)).toEqual([]);
  });
});
