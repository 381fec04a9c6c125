/**
 * What can happen to a line, and what can be done about it: the events and actions that protocol tables are made of.
 * A table need not tell apart what its protocol need not: it lists such events in one row.
 */

/** What can happen to a line in a cache. `ack` is the count in the message; `AckCount` what is missing after the early ones. */
export const CACHE_EVENTS = [
  'load',
  'store',
  'evict',
  'Fwd-GetS',
  'Fwd-GetM',
  'Inv',
  'Put-Ack',
  'DataExcl',
  'DataDir(ack=0)',
  'DataDir(ack>0)',
  'DataDir(ack>0)[all acks were early]',
  'DataOwner(ack=0)',
  'DataOwner(ack>0)',
  'DataOwner(ack>0)[all acks were early]',
  'AckCount=0',
  'AckCount>0',
  'Inv-Ack',
  'Last-Inv-Ack',
  /** Home was busy and has refused the request. */
  'Nak',
] as const;
/** See CACHE_EVENTS. */
export type CacheEvent = (typeof CACHE_EVENTS)[number];

/** What a cache can do about it: one small effect each. */
export const CACHE_ACTIONS = [
  'hit',
  'stall',
  'sendGetS',
  'sendGetM',
  'sendPutS',
  'sendPutE',
  'sendPutM',
  'sendPutO',
  'sendInvAckToRequester',
  /** Also repeats the count of acknowledgements that the forward brought. */
  'sendDataToRequester',
  'sendDataToHome',
  /** Tells home that ownership has moved; not if it is home that has asked for the line, and gets the data. */
  'sendTransfer',
  'keepData',
  'addCount',
  'countOne',
  /** Gives the load that waits its value from the message; the line is not kept. */
  'loadOnce',
] as const;
/** See CACHE_ACTIONS. */
export type CacheAction = (typeof CACHE_ACTIONS)[number];

/** What can happen to a line at its home. */
export const HOME_EVENTS = [
  'GetS',
  'GetM(owner)',
  'GetM(sharer)',
  'GetM(non-sharer)',
  'PutS(not last)',
  'PutS(last sharer)',
  'PutS(not a sharer)',
  'PutM(owner)',
  'PutM(non-owner)',
  'PutM(non-owner, sharer)',
  'PutE(owner)',
  'PutE(non-owner)',
  'PutE(non-owner, sharer)',
  'PutO(owner)',
  'PutO(non-owner)',
  'PutO(non-owner, sharer)',
  'Data',
  /** Home wants the directory entry back, and asks all copies in. */
  'recall',
  'recall(no copies)',
  /** Another sharer than the entry can name. */
  'GetS(no room)',
  /** What comes in for home itself, by whether more is to come. */
  'Inv-Ack',
  'Last-Inv-Ack',
  'Last-Data',
  'Transfer',
] as const;
/** See HOME_EVENTS. */
export type HomeEvent = (typeof HOME_EVENTS)[number];

/** What a home can do about it: one small effect each. */
export const HOME_ACTIONS = [
  'stall',
  /** In answer to a GetM with the number of sharers other than the requester. */
  'sendData',
  'sendExclusive',
  'sendInvToOthers',
  'forwardGetS',
  /** With the number of sharers other than the requester. */
  'forwardGetM',
  /** With the number of sharers other than the requester. */
  'sendAckCount',
  'sendPutAck',
  /** Refuses the request. */
  'sendNak',
  'addRequester',
  'addOwner',
  'removeRequester',
  'clearSharers',
  'setOwner',
  'clearOwner',
  'writeMemory',
  /** Remembers how many answers to a recall are to come: one of each sharer and of the owner. */
  'countCopies',
  'countOne',
  /** Invalidates the oldest sharer on behalf of home, and forgets it. */
  'evictSharer',
  /** Keeps the request until the line is stable again. */
  'defer',
] as const;
/** See HOME_ACTIONS. */
export type HomeAction = (typeof HOME_ACTIONS)[number];

function numbers<Name extends string>(names: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, index) => [name, index])) as Record<Name, number>;
}

/** Numbers of CACHE_EVENTS, by name. */
export const CACHE_EVENT = numbers(CACHE_EVENTS);
/** Numbers of CACHE_ACTIONS, by name. */
export const CACHE_ACTION = numbers(CACHE_ACTIONS);
/** Numbers of HOME_EVENTS, by name. */
export const HOME_EVENT = numbers(HOME_EVENTS);
/** Numbers of HOME_ACTIONS, by name. */
export const HOME_ACTION = numbers(HOME_ACTIONS);
