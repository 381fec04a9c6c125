/**
 * How a state of the explored model is packed: 16-bit words, for each line one word per cache and two of its home, then
 * the messages in flight, one word each, padded with zeros. A message is never zero.
 * New fields go into the bits that are free; nothing outside this file knows where a field is.
 */

import { shown } from '../../engine/checks.js';

/** Caches that a state can hold: their numbers have three bits, and 0 is home or nobody. */
export const MOST_CACHES = 6;
/** Lines that a state can hold. */
export const MOST_LINES = 2;
/** Words of a home. */
export const HOME_WORDS = 2;

/**
 * A line in a cache: state, value (0 or 1), whether the count of acknowledgements has come, acknowledgements missing (-8 to 7),
 * and values that were the last stored since the line was asked for (a bit each).
 */
export function cacheWord(state: number, value: number, counted: number, missing: number, seen = 0): number {
  return state | (value << 5) | (counted << 6) | ((missing & 15) << 7) | (seen << 11);
}
export const cacheState = (word: number): number => word & 31;
export const cacheValue = (word: number): number => (word >> 5) & 1;
export const cacheCounted = (word: number): number => (word >> 6) & 1;
export const cacheMissing = (word: number): number => (word << 21) >> 28;
export const cacheSeen = (word: number): number => (word >> 11) & 3;

/**
 * A home: state, value in memory, the last value stored by anybody (what every reader must see), owner + 1 or 0, and the
 * answers to home itself that are missing.
 */
export function homeWord(state: number, memory: number, latest: number, owner: number, missing: number): number {
  return state | (memory << 5) | (latest << 6) | (owner << 7) | (missing << 10);
}
export const homeState = (word: number): number => word & 31;
export const homeMemory = (word: number): number => (word >> 5) & 1;
export const homeLatest = (word: number): number => (word >> 6) & 1;
export const homeOwner = (word: number): number => (word >> 7) & 7;
export const homeMissing = (word: number): number => (word >> 10) & 7;

/** A message: line, receiver (cache + 1, or 0 for home), kind, requester (cache + 1, or 0), count, value. */
export function messageWord(
  line: number,
  to: number,
  kind: number,
  requester: number,
  acks: number,
  value: number,
): number {
  return (line << 15) | (to << 12) | ((kind + 1) << 7) | (requester << 4) | (acks << 1) | value;
}
export const messageLine = (word: number): number => word >> 15;
export const messageTo = (word: number): number => (word >> 12) & 7;
export const messageKind = (word: number): number => ((word >> 7) & 31) - 1;
export const messageRequester = (word: number): number => (word >> 4) & 7;
export const messageAcks = (word: number): number => (word >> 1) & 7;
export const messageValue = (word: number): number => word & 1;
/** Line and receiver of a message: messages of one queue have the same. */
export const messageQueue = (word: number): number => word >> 12;
/** What is left of a message without the names of its line, receiver and requester. */
export const messageAnonymous = (word: number): number => word & 0x0f8f;
/** A message to another receiver, for another requester, about another line. */
export function messageRenamed(word: number, line: number, to: number, requester: number): number {
  return (word & 0x0f8f) | (line << 15) | (to << 12) | (requester << 4);
}

/** Where things are in a state of a model of so many caches and lines. */
export interface Layout {
  readonly caches: number;
  readonly lines: number;
  /** Words of a line: its caches, then its home. */
  readonly block: number;
  /** Index of the first message. */
  readonly messages: number;
  /** Messages that fit. */
  readonly capacity: number;
  /** Words of a state; even, so that it can be read as 32-bit words. */
  readonly words: number;
}

/** The layout for so many caches and lines. Throws a RangeError for more than fit. */
export function layoutOf(caches: number, lines: number): Layout {
  if (!Number.isInteger(caches) || caches < 1 || caches > MOST_CACHES)
    throw new RangeError(`1 to ${MOST_CACHES} caches can be explored, not ${shown(caches)}`);
  if (!Number.isInteger(lines) || lines < 1 || lines > MOST_LINES)
    throw new RangeError(`1 or ${MOST_LINES} lines can be explored, not ${shown(lines)}`);
  const block = caches + HOME_WORDS;
  const messages = block * lines;
  // Sound protocols have fewer than three messages in flight for each cache and line; a wild one is stopped.
  const capacity = 4 * caches * lines + 4;
  return { caches, lines, block, messages, capacity, words: (messages + capacity + 1) & ~1 };
}
