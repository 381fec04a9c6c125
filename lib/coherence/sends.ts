/**
 * What the send actions of protocol tables put on the network: which kind of message, to whom, with which count. All
 * interpreters read it from here: the private caches, the home, the explorer and its traces. Whether a message has
 * data, and its virtual network, its kind says. When it leaves, and what is counted, is up to the interpreter.
 */
import { Kind, type KindName } from '../messages/coherence-messages.js';
import { CACHE_ACTIONS, HOME_ACTIONS, type CacheAction, type HomeAction } from './vocabulary.js';

/** Whom an action sends to. The requester is that of the message that the action answers. */
export const Receiver = { Home: 0, Requester: 1, Owner: 2, Others: 3, OldestSharer: 4 } as const;

/**
 * The acknowledgements that a message tells its receiver to expect: none; as many as the answered message said; as many as
 * there are sharers other than the requester and the owner, always or only if the requester wants to write.
 */
export const Count = { None: 0, Repeated: 1, Others: 2, OthersOfWriter: 3 } as const;

/** What an action sends. */
export interface Send {
  readonly kind: KindName;
  readonly to: keyof typeof Receiver;
  /** None unless given. */
  readonly count?: keyof typeof Count;
  /** On behalf of home itself, which gets the answers; not unless given. */
  readonly forHome?: true;
  /** Not sent if home itself is the requester. */
  readonly unlessForHome?: true;
}

/** What caches send, by action. */
export const CACHE_SENDS: Readonly<Partial<Record<CacheAction, Send>>> = {
  sendGetS: { kind: 'GetS', to: 'Home' },
  sendGetM: { kind: 'GetM', to: 'Home' },
  sendPutS: { kind: 'PutS', to: 'Home' },
  sendPutE: { kind: 'PutE', to: 'Home' },
  sendPutM: { kind: 'PutM', to: 'Home' },
  sendPutO: { kind: 'PutO', to: 'Home' },
  sendInvAckToRequester: { kind: 'InvAck', to: 'Requester' },
  sendDataToRequester: { kind: 'DataOwner', to: 'Requester', count: 'Repeated' },
  sendDataToHome: { kind: 'DataOwner', to: 'Home' },
  sendTransfer: { kind: 'Transfer', to: 'Home', unlessForHome: true },
};

/** What homes send, by action. */
export const HOME_SENDS: Readonly<Partial<Record<HomeAction, Send>>> = {
  sendData: { kind: 'DataDir', to: 'Requester', count: 'OthersOfWriter' },
  sendExclusive: { kind: 'DataExcl', to: 'Requester' },
  sendInvToOthers: { kind: 'Inv', to: 'Others' },
  forwardGetS: { kind: 'FwdGetS', to: 'Owner' },
  forwardGetM: { kind: 'FwdGetM', to: 'Owner', count: 'Others' },
  sendAckCount: { kind: 'AckCount', to: 'Requester', count: 'Others' },
  sendPutAck: { kind: 'PutAck', to: 'Requester' },
  sendNak: { kind: 'Nak', to: 'Requester' },
  evictSharer: { kind: 'Inv', to: 'OldestSharer', forHome: true },
};

/** Sends as flat arrays by number of an action, for interpreters. */
export interface CompiledSends {
  /** The kind of message, -1 for an action that sends nothing. */
  readonly kind: Int8Array;
  /** A number of Receiver. */
  readonly to: Uint8Array;
  /** A number of Count. */
  readonly count: Uint8Array;
  /** 1 for what is not sent if home itself is the requester. */
  readonly unlessForHome: Uint8Array;
}

/** CACHE_SENDS by number of the action. */
export const CACHE_SENT = compiled(CACHE_ACTIONS, CACHE_SENDS);
/** HOME_SENDS by number of the action. */
export const HOME_SENT = compiled(HOME_ACTIONS, HOME_SENDS);

/** Whether a kind of message says how many acknowledgements to expect, by kind. */
export const CARRIES_COUNT: readonly boolean[] = Object.keys(Kind).map(name =>
  [...Object.values(CACHE_SENDS), ...Object.values(HOME_SENDS)].some(
    ({ kind, count }) => kind === name && count !== undefined,
  ),
);

function compiled<Action extends string>(
  actions: readonly Action[],
  sends: Readonly<Partial<Record<Action, Send>>>,
): CompiledSends {
  return {
    kind: Int8Array.from(actions, action => (sends[action] === undefined ? -1 : Kind[sends[action].kind])),
    to: Uint8Array.from(actions, action => Receiver[sends[action]?.to ?? 'Home']),
    count: Uint8Array.from(actions, action => Count[sends[action]?.count ?? 'None']),
    unlessForHome: Uint8Array.from(actions, action => Number(sends[action]?.unlessForHome === true)),
  };
}
