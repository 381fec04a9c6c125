/** What the states and events of protocol tables mean, for the tables that are printed. */
import type { CacheEvent, HomeEvent } from './vocabulary.js';

/** States of a line in a cache, in all protocols and variants that come with the library. */
export const CACHE_STATE_MEANINGS: Readonly<Record<string, string>> = {
  I: 'no copy',
  S: 'a copy that may be read; others may have one',
  E: 'the only copy, clean; may be read, and written after becoming M',
  M: 'the only copy; may be read and written',
  O: 'the copy that answers for the line, which others may read',
  IS_D: 'a load has asked; waits for data',
  IS_D_I: 'a load has asked and the copy to come is invalid already; the data serve that load only',
  IM_AD: 'a store has asked; waits for data and acknowledgements',
  IM_A: 'a store has its data; waits for acknowledgements',
  SM_AD: 'a store has asked for a line that may be read meanwhile; waits for data and acknowledgements',
  SM_A: 'a store to a line that may be read meanwhile has its data; waits for acknowledgements',
  OM_AC: 'the owner wants to write; waits for the number of acknowledgements and for them',
  OM_A: 'the owner wants to write and knows the number; waits for acknowledgements',
  MI_A: 'written back from M; waits for the Put-Ack and answers forwards until then',
  EI_A: 'given back from E; waits for the Put-Ack and answers forwards until then',
  OI_A: 'written back from O; waits for the Put-Ack and answers forwards until then',
  SI_A: 'given back from S, or answered a read on the way out; waits for the Put-Ack',
  II_A: 'on the way out and without a copy already; waits for the Put-Ack',
};

/** States of a line at its home. */
export const HOME_STATE_MEANINGS: Readonly<Record<string, string>> = {
  I: 'no cache has a copy; memory is right',
  S: 'the sharers have copies; memory is right',
  E: 'one cache owns the line and may have written it',
  M: 'one cache owns the line and has asked to write it',
  O: 'one cache owns the line, the sharers have copies',
  S_D: 'a read was forwarded; waits for the data of the former owner',
  BusyS: 'a read was forwarded; waits for the data of the former owner, and refuses requests',
  BusyE: 'ownership moves; waits for the Transfer of the former owner, and refuses requests',
  BusyI: 'the new owner has written the line back; waits for the Transfer of the former one, and refuses requests',
  R: 'all copies were called in; waits for acknowledgements and data',
  S_A: 'a sharer was invalidated to make room; waits for its acknowledgement',
  O_A: 'a sharer beside the owner was invalidated to make room; waits for its acknowledgement',
};

/** Events at caches. */
export const CACHE_EVENT_MEANINGS: Readonly<Record<CacheEvent, string>> = {
  load: 'the processor reads',
  store: 'the processor writes',
  evict: 'the cache wants the place for another line',
  'Fwd-GetS': 'another cache wants to read what this one owns',
  'Fwd-GetM': 'another cache, or home, wants to own what this one owns',
  Inv: 'another cache wants to write, or home wants the entry: the copy becomes invalid',
  'Put-Ack': 'home has taken the line back',
  DataExcl: 'data from home for the only holder',
  'DataDir(ack=0)': 'data from home; no acknowledgements to wait for',
  'DataDir(ack>0)': 'data from home; some acknowledgements are missing',
  'DataDir(ack>0)[all acks were early]': 'data from home; all acknowledgements have come before',
  'DataOwner(ack=0)': 'data from the owner; no acknowledgements to wait for',
  'DataOwner(ack>0)': 'data from the owner; some acknowledgements are missing',
  'DataOwner(ack>0)[all acks were early]': 'data from the owner; all acknowledgements have come before',
  'AckCount=0': 'home says how many acknowledgements to expect, and all have come',
  'AckCount>0': 'home says how many acknowledgements to expect, and some are missing',
  'Inv-Ack': 'an acknowledgement, not the last one or not known to be',
  'Last-Inv-Ack': 'the last acknowledgement',
  Nak: 'home was busy and has refused the request',
};

/** Events at homes. */
export const HOME_EVENT_MEANINGS: Readonly<Record<HomeEvent, string>> = {
  GetS: 'a cache wants to read',
  'GetM(owner)': 'the owner wants to write',
  'GetM(sharer)': 'a sharer wants to write',
  'GetM(non-sharer)': 'a cache that neither owns nor shares the line wants to write',
  'PutS(not last)': 'a sharer gives its copy back; others share',
  'PutS(last sharer)': 'the last sharer gives its copy back',
  'PutS(not a sharer)': 'a cache gives a copy back that it has lost meanwhile',
  'PutM(owner)': 'the owner writes the line back',
  'PutM(non-owner)': 'a write-back of a cache that has lost the line meanwhile',
  'PutM(non-owner, sharer)': 'a write-back of a cache that has answered a read meanwhile and is a sharer now',
  'PutE(owner)': 'the owner gives a clean line back',
  'PutE(non-owner)': 'a clean line of a cache that has lost it meanwhile',
  'PutE(non-owner, sharer)': 'a clean line of a cache that has answered a read meanwhile and is a sharer now',
  'PutO(owner)': 'the owner writes a shared line back',
  'PutO(non-owner)': 'a write-back of a shared line by a cache that has lost it meanwhile',
  'PutO(non-owner, sharer)': 'a write-back of a shared line by a cache that is a sharer now',
  Data: 'data from the former owner; after a recall, with acknowledgements still to come',
  recall: 'home wants the directory entry back, and some cache has a copy',
  'recall(no copies)': 'home wants the directory entry back, and no cache has a copy',
  'GetS(no room)': 'a cache wants to read, and the entry can name no further sharer',
  'Inv-Ack': 'an acknowledgement for home itself; more answers are to come',
  'Last-Inv-Ack': 'an acknowledgement for home itself, the last answer',
  'Last-Data': "the owner's data for home itself, the last answer",
  Transfer: 'the old owner says that ownership has moved',
};
