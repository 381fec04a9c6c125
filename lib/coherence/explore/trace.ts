/**
 * The way to a state, told again from the start. States are stored without names, so each step of the way is found by
 * making all successors of where we are and taking one that belongs to the next class.
 */
import { CARRIES_DATA, KIND_NAMES } from '../../messages/coherence-messages.js';
import { CARRIES_COUNT } from '../sends.js';
import type { Model, Successors } from './model.js';
import {
  cacheState,
  homeState,
  messageAcks,
  messageKind,
  messageLine,
  messageRequester,
  messageTo,
  messageValue,
} from './packing.js';
import { meaningOf, type AccessMeaning } from './steps.js';
import type { StateSet } from './state-set.js';
import type { Symmetry } from './symmetry.js';

/** One step of a way. */
export interface TracedStep {
  /** `cache 1: store 1`, or `cache 0 takes Fwd-GetM(acks 1, for cache 1)`. */
  readonly text: string;
  /** Who acts: a cache, or -1 for home. */
  readonly at: number;
  readonly line: number;
  /** The access, such as `store 1`, or null for a delivery. */
  readonly access: string | null;
  /** The message that is delivered, or null for an access. */
  readonly message: string | null;
  /** Who sent the message: a cache, -1 for home, null for an access. */
  readonly from: number | null;
  /** State of whoever acts before and after; the same for a step that cannot be taken. */
  readonly before: string;
  readonly after: string;
}

/** Tells the steps through states of a set, and one more that is not possible. `end` is the state in which it ends. */
export function retrace(
  model: Model,
  symmetry: Symmetry,
  set: StateSet,
  way: readonly number[],
  last: number | null,
): { readonly steps: readonly TracedStep[]; readonly end: Uint16Array } {
  const wanted = new Uint32Array(model.layout.words >> 1);
  const there = new Uint32Array(wanted.length);
  const canonical = new Uint16Array(there.buffer);
  const identity = symmetry.withoutRenaming();
  let state: Uint16Array = new Uint16Array(model.layout.words);
  const senders: Senders = new Map();
  const steps: TracedStep[] = [];
  for (const index of way) {
    set.read(index, wanted);
    const from = state;
    let taken = -1;
    model.expand(from, {
      step(step) {
        if (taken >= 0) return;
        symmetry.canonical(model.next, canonical);
        if (!there.every((word, i) => word === wanted[i])) return;
        taken = step;
        state = new Uint16Array(model.layout.words);
        identity.canonical(model.next, state);
      },
      unexpected() {},
      impossible() {},
    });
    steps.push(told(model, taken, from, state, senders));
  }
  if (last !== null) {
    // The impossible step was noted of a representative; here it may have other names.
    const impossible = firstImpossible(model, state) ?? last;
    steps.push(told(model, impossible, state, state, senders));
  }
  return { steps, end: state };
}

/** Who sent the messages in flight, by message: states do not know. */
type Senders = Map<number, number[]>;

function firstImpossible(model: Model, state: Uint16Array): number | null {
  let found: number | null = null;
  const note: Successors = {
    step() {},
    unexpected(step) {
      found ??= step;
    },
    impossible(step) {
      found ??= step;
    },
  };
  model.expand(state, note);
  return found;
}

function told(model: Model, step: number, before: Uint16Array, after: Uint16Array, senders: Senders): TracedStep {
  const meaning = meaningOf(step);
  const isAccess = 'access' in meaning;
  const at = isAccess ? meaning.cache : messageTo(meaning.message) - 1;
  const line = isAccess ? meaning.line : messageLine(meaning.message);
  const from = isAccess ? null : (senders.get(meaning.message)?.shift() ?? null);
  if (before !== after) noteSent(model, step, at, before, after, senders);
  const who = nameOf(at, line, model.layout.lines);
  const access = isAccess ? accessName(model, before, meaning) : null;
  const message = isAccess ? null : messageName(meaning.message);
  return {
    text: access === null ? `${who} takes ${message}` : `${who}: ${access}`,
    at,
    line,
    access,
    message,
    from,
    before: stateAt(model, before, at, line),
    after: stateAt(model, after, at, line),
  };
}

/** A store that misses has no value yet: it asks for the line. */
function accessName(model: Model, state: Uint16Array, { access, cache, line, value }: AccessMeaning): string {
  const hits = model.caches.writable[cacheState(state[line * model.layout.block + cache])] === 1;
  return access === 'store' && hits ? `store ${value}` : access;
}

/** Messages that a step has added are from whoever acted. */
function noteSent(
  model: Model,
  step: number,
  at: number,
  before: Uint16Array,
  after: Uint16Array,
  senders: Senders,
): void {
  const count = (state: Uint16Array): Map<number, number> => {
    const counts = new Map<number, number>();
    for (const message of state.slice(model.layout.messages)) counts.set(message, (counts.get(message) ?? 0) + 1);
    return counts;
  };
  const earlier = count(before);
  if (earlier.has(step)) earlier.set(step, earlier.get(step)! - 1);
  for (const [message, times] of count(after))
    for (let more = times - (earlier.get(message) ?? 0); message !== 0 && more > 0; more--)
      senders.set(message, [...(senders.get(message) ?? []), at]);
}

/** `cache 1`, `home`, with the line if there are several. */
export function nameOf(at: number, line: number, lines: number): string {
  const who = at < 0 ? 'home' : `cache ${at}`;
  if (lines === 1) return who;
  return at < 0 ? `home of line ${line}` : `${who}, line ${line}`;
}

function messageName(message: number): string {
  const number = messageKind(message);
  const kind = KIND_NAMES[number];
  const parts: string[] = [];
  const requester = messageRequester(message);
  if (requester !== 0)
    parts.push(messageTo(message) === 0 ? `from cache ${requester - 1}` : `for cache ${requester - 1}`);
  if (CARRIES_COUNT[number]) parts.push(`acks ${messageAcks(message)}`);
  if (CARRIES_DATA[number]) parts.push(`value ${messageValue(message)}`);
  return parts.length === 0 ? kind : `${kind}(${parts.join(', ')})`;
}

function stateAt(model: Model, state: Uint16Array, at: number, line: number): string {
  const { block, caches } = model.layout;
  const table = at < 0 ? model.protocol.home : model.protocol.cache;
  const word = state[line * block + (at < 0 ? caches : at)];
  return table.states[at < 0 ? homeState(word) : cacheState(word)];
}
