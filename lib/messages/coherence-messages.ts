/**
 * What caches and homes say to each other.
 * Vocabulary and virtual networks after Sorin, Hill and Wood, A Primer on Memory Consistency and Cache Coherence.
 */
import { digestOfWords, type DeviceValue, type DmaRequest, type IoMessage } from './io-messages.js';
import type { Line } from './addresses.js';
import type { LineData } from './line-data.js';

/** Kinds of coherence messages. */
export const Kind = {
  GetS: 0,
  GetM: 1,
  PutS: 2,
  PutE: 3,
  PutM: 4,
  FwdGetS: 5,
  FwdGetM: 6,
  Inv: 7,
  PutAck: 8,
  /** Data from home, with the number of acknowledgements to expect. */
  DataDir: 9,
  /** Data from home to the only holder, clean. */
  DataExcl: 10,
  /** Data from the owner, to the requester or to home. */
  DataOwner: 11,
  InvAck: 12,
  /** A dirty line that others may share goes back to home. */
  PutO: 13,
  /** To the owner that wants to write: how many acknowledgements to expect. */
  AckCount: 14,
  /** Home refuses a request: its line is busy, and the requester has to ask again. */
  Nak: 15,
  /** From the old owner to home: ownership has moved. A revision message without data. */
  Transfer: 16,
} as const;
/** Name of a kind. */
export type KindName = keyof typeof Kind;

/** Names of the kinds, by number. */
export const KIND_NAMES = Object.keys(Kind) as readonly KindName[];

/** The virtual networks: requests, forwards (in order per source and destination), responses. */
export const Lane = { Request: 0, Forward: 1, Response: 2 } as const;

/** Names of the virtual networks, by number. */
export const LANE_NAMES = ['request', 'forward', 'response'] as const;
/** See LANE_NAMES. */
export type LaneName = (typeof LANE_NAMES)[number];

/** The virtual network of each kind, and whether it carries a line of data. */
const NATURE: Readonly<Record<KindName, { readonly lane: LaneName; readonly data?: true }>> = {
  GetS: { lane: 'request' },
  GetM: { lane: 'request' },
  PutS: { lane: 'request' },
  PutE: { lane: 'request' },
  PutM: { lane: 'request', data: true },
  PutO: { lane: 'request', data: true },
  FwdGetS: { lane: 'forward' },
  FwdGetM: { lane: 'forward' },
  Inv: { lane: 'forward' },
  // In order with the forwards: a cache that it lets forget a line must not meet an earlier forward afterwards.
  PutAck: { lane: 'forward' },
  // In order with the forwards: an owner that it makes the only holder must have answered earlier readers.
  AckCount: { lane: 'forward' },
  DataDir: { lane: 'response', data: true },
  DataExcl: { lane: 'response', data: true },
  DataOwner: { lane: 'response', data: true },
  InvAck: { lane: 'response' },
  Nak: { lane: 'response' },
  Transfer: { lane: 'response' },
};

/** Virtual network by kind of message. */
export const LANE_OF: readonly number[] = KIND_NAMES.map(name => LANE_NAMES.indexOf(NATURE[name].lane));

/** Whether a kind of message carries a line of data, by kind. */
export const CARRIES_DATA: readonly boolean[] = KIND_NAMES.map(name => NATURE[name].data === true);

/** Whether a kind says that a cache gives a line up, by kind. */
export const IS_PUT: readonly boolean[] = KIND_NAMES.map(
  name => name.startsWith('Put') && NATURE[name].lane === 'request',
);

/** The `from` or `to` of a message that comes from, or goes to, the home of its line. */
export const HOME = -1;

/** What its sender says in a coherence message. The lane follows from the kind. */
export type CoherenceContent = Omit<CoherenceMessage, 'lane' | 'signature' | 'toString'>;

/** A coherence message. Caches are numbered densely over the machine. */
export class CoherenceMessage {
  readonly kind: number;
  readonly lane: number;
  /** Length in flits, set by the sender from the machine's message lengths. */
  readonly flits: number;
  /** Dense number of the line over the machine. */
  readonly line: Line;
  /** The cache that sends it, or HOME. */
  readonly from: number;
  /** The cache it goes to, or HOME. */
  readonly to: number;
  /** The cache on whose behalf it travels. */
  readonly requester: number;
  /** Acknowledgements to expect: in DataDir, AckCount, Fwd-GetM, and DataOwner, which repeats what the forward said. */
  readonly acks: number;
  /** The words of the line, null for a line that no program wrote a value to. */
  readonly data: LineData | null;

  constructor(content: CoherenceContent) {
    this.kind = content.kind;
    this.lane = LANE_OF[content.kind];
    this.flits = content.flits;
    this.line = content.line;
    this.from = content.from;
    this.to = content.to;
    this.requester = content.requester;
    this.acks = content.acks;
    this.data = content.data;
  }

  /** For the fingerprint: kind, line, requester, acknowledgements, destination, and the words if it has any. */
  signature(): number {
    const said =
      this.kind ^ (this.line << 4) ^ Math.imul(this.requester + 1, 0x01000193) ^ (this.acks << 20) ^ (this.to << 25);
    return this.data === null ? said : said ^ digestOfWords(this.data);
  }

  /** For people: `DataDir of line 12 from home to cache 3, 2 acknowledgements`. */
  toString(): string {
    const name = (cache: number): string => (cache === HOME ? 'home' : `cache ${cache}`);
    const way = `${KIND_NAMES[this.kind]} of line ${this.line} from ${name(this.from)} to ${name(this.to)}`;
    const behalf = this.requester === this.from || this.requester === this.to ? '' : ` for ${name(this.requester)}`;
    const acks = this.acks === 0 ? '' : `, ${this.acks} acknowledgements`;
    return `${way}${behalf}${acks}${this.data === null ? '' : `, words ${[...this.data].join(' ')}`}`;
  }
}

/** An interrupt from one processor, from a home's page counters, or from a device, to a processor. */
export class InterruptMessage {
  readonly lane = Lane.Request;
  readonly flits: number;
  /** What it is about: a number that the system software chose, or `HOT_PAGE`. */
  readonly code: number;
  /** The processor that sent it, HOME, or the bridge of a device as a cache. */
  readonly from: number;
  readonly to: number;
  /** Two integers for the receiver. */
  readonly a: number;
  readonly b: number;
  /** What the page counters said: misses by node, ownership requests, dirty write-backs, number of the interval; null in other interrupts. */
  readonly counts: Readonly<Int32Array> | null;

  constructor(
    flits: number,
    code: number,
    from: number,
    to: number,
    a: number,
    b: number,
    counts: Readonly<Int32Array> | null = null,
  ) {
    this.flits = flits;
    this.code = code;
    this.from = from;
    this.to = to;
    this.a = a;
    this.b = b;
    this.counts = counts;
  }

  /** For the fingerprint: everything it says. */
  signature(): number {
    return 0x40000000 ^ this.code ^ Math.imul(this.a, 31) ^ (this.b << 8) ^ (this.from << 16) ^ (this.to << 24);
  }
}

/** The interrupt code of a page counter that reached its threshold: `a` is the frame, `b` the node that missed. */
export const HOT_PAGE = 0;

/** Everything that travels between processors, bridges and nodes. */
export type NodeMessage = CoherenceMessage | InterruptMessage | IoMessage;

/** What goes from a device to its bridge. */
export type FromDevice = DmaRequest | DeviceValue | InterruptMessage;
