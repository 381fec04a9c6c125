/** The successor of a state while a step makes it: its words, and the messages that the step adds. */
import { messageWord, type Layout } from './packing.js';

/** One state, written again for each step. */
export class Successor {
  readonly layout: Layout;
  readonly words: Uint16Array;
  /** What is wrong with the load that was just served, or null. */
  wrongLoad: string | null = null;
  /** Whether the step had more messages to send than there is room for. */
  overflow = false;
  private inFlight = 0;

  constructor(layout: Layout) {
    this.layout = layout;
    this.words = new Uint16Array(layout.words);
  }

  /** Copies a state, without the message at a place (-1 for all messages). */
  begin(state: Uint16Array, without: number): void {
    const next = this.words;
    const { words, messages } = this.layout;
    let end = 0;
    for (; end < messages; end++) next[end] = state[end]!;
    for (let at = messages; at < words && state[at] !== 0; at++) if (at !== without) next[end++] = state[at]!;
    this.inFlight = end - messages;
    this.overflow = false;
    for (; end < words; end++) next[end] = 0;
  }

  /** Adds a message. */
  send(line: number, to: number, kind: number, requester: number, acks: number, value: number): void {
    this.put(messageWord(line, to, kind, requester, acks, value));
  }

  /** Adds a message that there was before. */
  put(message: number): void {
    if (this.inFlight === this.layout.capacity) this.overflow = true;
    else this.words[this.layout.messages + this.inFlight++] = message;
  }
}
