/**
 * Which event a message is, given what its receiver knows: the one place that both the simulator and the explorer ask.
 * Plain numbers in and out, so that it costs a hot path nothing.
 */
import { Kind } from '../messages/coherence-messages.js';
import { CACHE_EVENT, HOME_EVENT } from './vocabulary.js';

/** Returned for a kind of message that the receiver cannot understand at all. */
export const NO_EVENT = -1;

/**
 * The event (a number of CACHE_EVENTS) that a message is at a cache. `acks` is the count that the message carries; `missing`
 * the acknowledgements that are still to come, negative while they come before the count does; `countKnown` whether
 * the count has come. Returns NO_EVENT for a kind that no cache receives.
 */
export function classifyAtCache(kind: number, acks: number, missing: number, countKnown: boolean): number {
  switch (kind) {
    case Kind.FwdGetS:
      return CACHE_EVENT['Fwd-GetS'];
    case Kind.FwdGetM:
      return CACHE_EVENT['Fwd-GetM'];
    case Kind.Inv:
      return CACHE_EVENT.Inv;
    case Kind.PutAck:
      return CACHE_EVENT['Put-Ack'];
    case Kind.DataExcl:
      return CACHE_EVENT.DataExcl;
    case Kind.DataDir:
      if (acks === 0) return CACHE_EVENT['DataDir(ack=0)'];
      return missing + acks === 0 ? CACHE_EVENT['DataDir(ack>0)[all acks were early]'] : CACHE_EVENT['DataDir(ack>0)'];
    case Kind.DataOwner:
      if (acks === 0) return CACHE_EVENT['DataOwner(ack=0)'];
      return missing + acks === 0
        ? CACHE_EVENT['DataOwner(ack>0)[all acks were early]']
        : CACHE_EVENT['DataOwner(ack>0)'];
    case Kind.AckCount:
      return missing + acks === 0 ? CACHE_EVENT['AckCount=0'] : CACHE_EVENT['AckCount>0'];
    case Kind.InvAck:
      return countKnown && missing === 1 ? CACHE_EVENT['Last-Inv-Ack'] : CACHE_EVENT['Inv-Ack'];
    case Kind.Nak:
      return CACHE_EVENT.Nak;
    default:
      return NO_EVENT;
  }
}

/**
 * The event (a number of HOME_EVENTS) that a message is at the home of its line. `owner` and `sharer` say what home
 * believes its sender to be; `sharers` is the number of sharers, looked at for a PutS of a sharer only. `missing` answers
 * are still to come to home itself; `room` says whether another sharer could be added. Returns NO_EVENT for a kind that
 * no home receives.
 */
export function classifyAtHome(
  kind: number,
  owner: boolean,
  sharer: boolean,
  sharers: number,
  missing = 0,
  room = true,
): number {
  switch (kind) {
    case Kind.GetS:
      return room ? HOME_EVENT.GetS : HOME_EVENT['GetS(no room)'];
    case Kind.GetM:
      if (owner) return HOME_EVENT['GetM(owner)'];
      return sharer ? HOME_EVENT['GetM(sharer)'] : HOME_EVENT['GetM(non-sharer)'];
    case Kind.PutS:
      if (!sharer) return HOME_EVENT['PutS(not a sharer)'];
      return sharers === 1 ? HOME_EVENT['PutS(last sharer)'] : HOME_EVENT['PutS(not last)'];
    case Kind.PutM:
      if (owner) return HOME_EVENT['PutM(owner)'];
      return sharer ? HOME_EVENT['PutM(non-owner, sharer)'] : HOME_EVENT['PutM(non-owner)'];
    case Kind.PutE:
      if (owner) return HOME_EVENT['PutE(owner)'];
      return sharer ? HOME_EVENT['PutE(non-owner, sharer)'] : HOME_EVENT['PutE(non-owner)'];
    case Kind.PutO:
      if (owner) return HOME_EVENT['PutO(owner)'];
      return sharer ? HOME_EVENT['PutO(non-owner, sharer)'] : HOME_EVENT['PutO(non-owner)'];
    case Kind.DataOwner:
      return missing === 1 ? HOME_EVENT['Last-Data'] : HOME_EVENT.Data;
    case Kind.InvAck:
      return missing === 1 ? HOME_EVENT['Last-Inv-Ack'] : HOME_EVENT['Inv-Ack'];
    case Kind.Transfer:
      return HOME_EVENT.Transfer;
    default:
      return NO_EVENT;
  }
}

/** The events that a kind of message may be at a cache, whatever the cache knows. */
export function eventsAtCache(kind: number): ReadonlySet<number> {
  const events = new Set<number>();
  for (const acks of [0, 1])
    for (const missing of [-1, 0, 1])
      for (const counted of [false, true]) events.add(classifyAtCache(kind, acks, missing, counted));
  events.delete(NO_EVENT);
  return events;
}

/** The events that a kind of message may be at the home of its line, whatever home believes. */
export function eventsAtHome(kind: number): ReadonlySet<number> {
  const events = new Set<number>();
  for (const owner of [false, true])
    for (const sharer of [false, true])
      for (const missing of [0, 1])
        for (const room of [false, true]) events.add(classifyAtHome(kind, owner, sharer, missing + 1, missing, room));
  events.delete(NO_EVENT);
  return events;
}
