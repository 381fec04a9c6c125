/**
 * Routers, links and sources, cycle by cycle: input-queued wormhole routers with virtual channels and credits, after
 * Dally and Towles, Principles and Practices of Interconnection Networks, chapters 16, 17 and 19. Timing and allocators
 * are those of BookSim2's input-queued router: separable, input first, one iteration, round robin.
 *
 * Only what can move is looked at: a router or source sleeps when it has nothing to ask for, and is woken by a flit, a
 * credit or a message. A cycle in which everything sleeps does not take place.
 *
 * A *channel* is a virtual channel of a link; number `link * width + v`. It names the buffer at the far end as well as
 * the sender's record of it. Sets of channels are masks of 32 bits: one for all channels of a link if they fit, else one
 * for each virtual network. A flit is a word: the number of its packet, whether it is the first, whether the last. It
 * is put into the buffer when it leaves, into a place that a credit stands for, and seen when it arrives.
 *
 * Long, because it is one state, typed arrays side by side, and one loop over it in which every step reads fields of every
 * other (spec/bench/router): parts would share all arrays.
 */
import { LANES } from '../engine/port.js';
import { adjacency, type Adjacency } from '../topology/adjacency.js';
import type { Topology } from '../topology/topology.js';
import { CycleCalendar } from './cycle-calendar.js';
import { Packets } from './packets.js';
import type { RouterOptions, RouterPlan } from './router-options.js';
import type { Way } from './ways.js';

/** Mistakes that can be planted, to see that checks notice them. */
export interface RouterFaults {
  /** The credit of this number, counted from 1, is lost. */
  readonly loseCredit?: number;
  /** All messages use all virtual channels, as on a network without cycles. */
  readonly noClasses?: boolean;
}

/** What a fabric counts, for its owner. */
export interface FabricCounts {
  hops: number;
  flitHops: number;
  waitedTicks: number;
  creditStalls: number;
  largestQueue: number;
}

/** Where a packet goes when its last flit has arrived, in the cycle given. */
export type Deliver = (message: unknown, to: number, cycle: number) => void;

// A name of this module: looking up a global costs more than the call where programs run in contexts of their own.
const { clz32 } = Math;

const HEAD = 1;
const TAIL = 2;
/** Entries of the calendar: the channel or node, and what happens to it. */
const ARRIVAL = 0;
const CREDIT = 1;
const WAKE = 2;
const NONE = 0x7fffffff;
/** A node takes whatever comes. */
const UNLIMITED = 0x40000000;

/** All routers of a network. */
export class RouterFabric {
  readonly calendar: CycleCalendar;
  /** Messages by link and virtual network, and flits and waited cycles by link. */
  readonly linkMessages: Float64Array;
  readonly linkFlits: Float64Array;
  readonly linkWaited: Float64Array;
  /** By link, the most flits in the buffers at its end. */
  readonly largest: Int32Array;
  private readonly topology: Topology;
  private readonly options: RouterOptions;
  private readonly plan: RouterPlan;
  private readonly ordered: readonly boolean[];
  private readonly faults: RouterFaults;
  private readonly counts: FabricCounts;
  private readonly deliver: Deliver;
  private readonly packets = new Packets();
  private readonly width: number;
  /** Masks of a link, and channels of a mask. */
  private readonly masks: number;
  private readonly maskWidth: number;
  private readonly nodes: number;
  private readonly into: Adjacency;
  private readonly outOf: Adjacency;
  /** By link: its index among those into its end, and among those out of its beginning; the vertices. */
  private readonly inPort: Int32Array;
  private readonly outPort: Int32Array;
  private readonly linkFrom: Int32Array;
  private readonly linkTo: Int32Array;
  /** By mask, a bit for each channel: free for a packet; its front is a head without a channel; its front has one; no credit seen. */
  private readonly freeChannels: Int32Array;
  private readonly wanting: Int32Array;
  private readonly ready: Int32Array;
  private readonly stalled: Int32Array;
  private readonly occupancy: Int32Array;
  /** By link, round-robin pointers of the switch: of an input over outputs and over its channels, of an output over inputs. */
  private readonly inputPointer: Int32Array;
  private readonly channelPointer: Int32Array;
  private readonly outputPointer: Int32Array;
  private readonly bidKey: Int32Array;
  private readonly bidder: Int32Array;
  /** By channel. */
  private readonly linkOf: Int32Array;
  private readonly maskOf: Int32Array;
  private readonly bitOf: Int32Array;
  private readonly credits: Int32Array;
  private readonly visible: Int32Array;
  private readonly readAt: Int32Array;
  private readonly writeAt: Int32Array;
  private readonly outLink: Int32Array;
  private readonly outChannel: Int32Array;
  private readonly allowed: Int32Array;
  /** By channel, round-robin pointers of the virtual channel allocator: of a requester over channels, of a channel over requesters. */
  private readonly wantPointer: Int32Array;
  private readonly grantPointer: Int32Array;
  private readonly wantKey: Int32Array;
  private readonly wanter: Int32Array;
  private readonly buffers: Int32Array;
  private readonly bufferShift: number;
  private readonly bufferMask: number;
  /** By node and virtual network: queues of packets, and the channel that the first one has. */
  private readonly first: Int32Array;
  private readonly last: Int32Array;
  private readonly sourceChannel: Int32Array;
  private readonly lastChannel: Int32Array;
  private readonly lastLane: Int32Array;
  /** Who is awake: nodes, then routers, by vertex. */
  private readonly awake: Uint8Array;
  private sources: Int32Array;
  private sourceCount = 0;
  private routers: Int32Array;
  private routerCount = 0;
  private readonly links1: Int32Array;
  private readonly channels1: Int32Array;
  private creditsSent = 0;

  constructor(
    topology: Topology,
    options: RouterOptions,
    plan: RouterPlan,
    ordered: readonly boolean[],
    faults: RouterFaults,
    counts: FabricCounts,
    deliver: Deliver,
  ) {
    const { links, nodes, routers } = topology;
    this.topology = topology;
    this.options = options;
    this.plan = plan;
    this.ordered = ordered;
    this.faults = faults;
    this.counts = counts;
    this.deliver = deliver;
    this.nodes = nodes;
    this.width = LANES * options.virtualChannels;
    this.masks = this.width <= 32 ? 1 : LANES;
    this.maskWidth = this.width / this.masks;
    const channels = links.length * this.width;
    const perMask = (): Int32Array => new Int32Array(links.length * this.masks);
    const perLink = (): Int32Array => new Int32Array(links.length);
    const perChannel = (): Int32Array => new Int32Array(channels);
    this.calendar = new CycleCalendar(Math.max(...plan.flight, ...plan.creditReturn) + 3);
    this.linkMessages = new Float64Array(links.length * LANES);
    this.linkFlits = new Float64Array(links.length);
    this.linkWaited = new Float64Array(links.length);
    this.largest = perLink();
    this.into = adjacency(nodes + routers, links, 'to');
    this.outOf = adjacency(nodes + routers, links, 'from');
    this.linkFrom = Int32Array.from(links, ({ from }) => from);
    this.linkTo = Int32Array.from(links, ({ to }) => to);
    this.inPort = ranks(this.into, this.linkTo);
    this.outPort = ranks(this.outOf, this.linkFrom);
    this.freeChannels = perMask().fill(2 ** this.maskWidth - 1);
    this.wanting = perMask();
    this.ready = perMask();
    this.stalled = perMask();
    this.occupancy = perLink();
    this.inputPointer = perLink();
    this.channelPointer = perLink();
    this.outputPointer = perLink();
    this.bidKey = perLink().fill(NONE);
    this.bidder = perLink();
    this.linkOf = perChannel().map((_, channel) => Math.floor(channel / this.width));
    this.maskOf = perChannel().map((_, channel) => Math.floor(channel / this.maskWidth));
    this.bitOf = perChannel().map((_, channel) => 1 << (channel % this.maskWidth));
    this.credits = perChannel().map((_, channel) =>
      this.linkTo[this.linkOf[channel]] < nodes ? UNLIMITED : options.bufferFlits,
    );
    this.visible = perChannel();
    this.readAt = perChannel();
    this.writeAt = perChannel();
    this.outLink = perChannel();
    this.outChannel = perChannel();
    this.allowed = perChannel();
    this.wantPointer = perChannel();
    this.grantPointer = perChannel();
    this.wantKey = perChannel().fill(NONE);
    this.wanter = perChannel();
    this.bufferShift = Math.ceil(Math.log2(options.bufferFlits));
    this.bufferMask = 2 ** this.bufferShift - 1;
    this.buffers = new Int32Array(channels << this.bufferShift);
    this.first = new Int32Array(nodes * LANES).fill(-1);
    this.last = new Int32Array(nodes * LANES).fill(-1);
    this.sourceChannel = new Int32Array(nodes * LANES).fill(-1);
    this.lastChannel = new Int32Array(nodes * LANES);
    this.lastLane = new Int32Array(nodes).fill(LANES - 1);
    this.awake = new Uint8Array(nodes + routers);
    this.sources = new Int32Array(nodes);
    this.routers = new Int32Array(routers);
    this.links1 = perLink();
    this.channels1 = perChannel();
  }

  /** Packets that have not arrived. */
  get underWay(): number {
    return this.packets.count;
  }

  /** Whether anybody will be awake in the next cycle whatever happens. */
  get active(): boolean {
    return this.sourceCount + this.routerCount > 0;
  }

  /** Puts a message into the queue of its source, which may begin to send it `wait` cycles from the current one. */
  submit(message: unknown, from: number, to: number, way: Way, lane: number, flits: number, wait: number): void {
    const { packets, calendar } = this;
    const packet = packets.take();
    packets.message[packet] = message;
    packets.route[packet] = way.links;
    packets.classes[packet] = way.classes;
    packets.from[packet] = from;
    packets.to[packet] = to;
    packets.lane[packet] = lane;
    packets.left[packet] = flits;
    packets.hop[packet] = 0;
    packets.since[packet] = calendar.cycle + wait;
    packets.next[packet] = -1;
    const queue = from * LANES + lane;
    if (this.first[queue] < 0) this.first[queue] = packet;
    else packets.next[this.last[queue]] = packet;
    this.last[queue] = packet;
    calendar.add(wait, (from << 2) | WAKE);
  }

  /** Carries out the cycle that the calendar was moved to. */
  step(): void {
    const { due, dueCount } = this.calendar;
    for (let i = 0; i < dueCount; i++) {
      const at = due[i] >> 2;
      const what = due[i] & 3;
      if (what === ARRIVAL) this.arrive(at);
      else if (what === CREDIT) this.credit(at);
      else this.wakeSource(at);
    }
    const { sources, routers, awake, nodes } = this;
    const { sourceCount, routerCount } = this;
    this.sourceCount = 0;
    for (let i = 0; i < sourceCount; i++) {
      const node = sources[i];
      if (this.send(node)) sources[this.sourceCount++] = node;
      else awake[node] = 0;
    }
    this.routerCount = 0;
    for (let i = 0; i < routerCount; i++) {
      const router = routers[i];
      if (this.route(router)) routers[this.routerCount++] = router;
      else awake[nodes + router] = 0;
    }
  }

  /** Sets the traffic of links to 0. */
  resetTraffic(): void {
    this.linkMessages.fill(0);
    this.linkFlits.fill(0);
    this.linkWaited.fill(0);
    this.largest.fill(0);
  }

  /** What is not as it was in the beginning, in sentences. */
  imbalance(): string[] {
    const { options, width } = this;
    const faults: string[] = [];
    if (this.packets.count > 0) faults.push(`${this.packets.count} messages are under way`);
    if (this.calendar.pending > 0) faults.push(`${this.calendar.pending} flits and credits are on links`);
    this.topology.links.forEach(({ from, to }, link) => {
      const where = `on the link from vertex ${from} to ${to}`;
      for (let v = 0; v < width; v++) {
        const channel = link * width + v;
        const name = `virtual channel ${v % options.virtualChannels} of virtual network ${Math.floor(v / options.virtualChannels)} ${where}`;
        if ((this.freeChannels[this.maskOf[channel]] & this.bitOf[channel]) === 0) faults.push(`${name} is held`);
        if (this.visible[channel] > 0) faults.push(`${name} has ${this.visible[channel]} flits in its buffer`);
        if (to >= this.nodes && this.credits[channel] !== options.bufferFlits)
          faults.push(`${name} has ${this.credits[channel]} of ${options.bufferFlits} credits`);
      }
    });
    return faults;
  }

  /** Where the first packet that has not arrived is stuck, in words. */
  stuck(): string {
    const { packets, topology } = this;
    const packet = packets.message.findIndex(message => message !== null);
    const link = topology.links[packets.route[packet][packets.hop[packet]]];
    const where = link === undefined ? '' : `, in front of the link from vertex ${link.from} to ${link.to}`;
    return `${packets.count} messages to move on, one of them from node ${packets.from[packet]} to node ${packets.to[packet]}${where}`;
  }

  private wakeSource(node: number): void {
    if (this.awake[node] !== 0) return;
    this.awake[node] = 1;
    this.sources[this.sourceCount++] = node;
  }

  private wakeRouter(vertex: number): void {
    if (this.awake[vertex] !== 0) return;
    this.awake[vertex] = 1;
    this.routers[this.routerCount++] = vertex - this.nodes;
  }

  private credit(channel: number): void {
    this.credits[channel]++;
    const from = this.linkFrom[this.linkOf[channel]];
    if (from < this.nodes) this.wakeSource(from);
    else this.wakeRouter(from);
  }

  private arrive(channel: number): void {
    const link = this.linkOf[channel];
    const behind = this.visible[channel]++;
    const word = this.buffers[(channel << this.bufferShift) + ((this.readAt[channel] + behind) & this.bufferMask)];
    if ((word & HEAD) !== 0) this.packets.since[word >> 2] = this.calendar.cycle;
    const held = ++this.occupancy[link];
    if (held > this.largest[link]) {
      this.largest[link] = held;
      if (held > this.counts.largestQueue) this.counts.largestQueue = held;
    }
    if (behind === 0) this.front(channel, word);
    this.wakeRouter(this.linkTo[link]);
  }

  /** A flit has come to the front of its buffer. */
  private front(channel: number, word: number): void {
    if ((word & HEAD) === 0) {
      this.ready[this.maskOf[channel]] |= this.bitOf[channel];
      return;
    }
    const packet = word >> 2;
    const out = this.packets.route[packet][this.packets.hop[packet]];
    this.outLink[channel] = out;
    this.allowed[channel] = this.allowedOn(packet, out);
    this.wanting[this.maskOf[channel]] |= this.bitOf[channel];
  }

  /** The channels that a packet may take on its next link, in the mask of its virtual network: by its virtual network and class; one, if order is kept. */
  private allowedOn(packet: number, out: number): number {
    const { packets, plan } = this;
    const { virtualChannels } = this.options;
    const classes = this.faults.noClasses === true ? 1 : plan.classes[out];
    const which = classes === 1 ? 0 : packets.classes[packet][packets.hop[packet]];
    const low = ((which * virtualChannels) / classes) | 0;
    const count = ((((which + 1) * virtualChannels) / classes) | 0) - low;
    const lane = packets.lane[packet];
    const shift = (this.masks === 1 ? lane * virtualChannels : 0) + low;
    // The same channel for the same pair of nodes on each link: what cannot overtake in a queue cannot overtake at all.
    if (this.ordered[lane]) return 1 << (shift + ((31 * packets.from[packet] + packets.to[packet]) % count));
    return ((1 << count) - 1) << shift;
  }

  /** Sends a flit of a node if it can, virtual networks in turn. False if there is nothing that it could send. */
  private send(node: number): boolean {
    const { packets, calendar } = this;
    const link = this.outOf.link[this.outOf.first[node]];
    for (let turn = 1; turn <= LANES; turn++) {
      const lane = (this.lastLane[node] + turn) % LANES;
      const queue = node * LANES + lane;
      const packet = this.first[queue];
      if (packet < 0) continue;
      let channel = this.sourceChannel[queue];
      let word = packet << 2;
      if (channel < 0) {
        if (packets.since[packet] > calendar.cycle) continue;
        channel = this.chooseChannel(queue, packet, link);
        if (channel < 0) continue;
        word |= HEAD;
        this.headLeaves(packet, link, calendar.cycle - packets.since[packet]);
      } else if (this.credits[channel] === 0) continue;
      if (--packets.left[packet] === 0) {
        word |= TAIL;
        this.freeChannels[this.maskOf[channel]] |= this.bitOf[channel];
        this.sourceChannel[queue] = -1;
        this.first[queue] = packets.next[packet];
      }
      this.put(channel, link, word);
      this.lastLane[node] = lane;
      return true;
    }
    return false;
  }

  /** A free channel with a credit for the next packet of a queue, in turn; -1 if there is none. */
  private chooseChannel(queue: number, packet: number, link: number): number {
    const { width, maskOf, bitOf } = this;
    const mask = link * this.masks + (this.masks === 1 ? 0 : this.packets.lane[packet]);
    const allowed = this.allowedOn(packet, link) & this.freeChannels[mask];
    for (let turn = 1; turn <= width; turn++) {
      const v = (this.lastChannel[queue] + turn) % width;
      const channel = link * width + v;
      if (maskOf[channel] !== mask || (allowed & bitOf[channel]) === 0 || this.credits[channel] === 0) continue;
      this.freeChannels[mask] &= ~bitOf[channel];
      this.lastChannel[queue] = v;
      this.sourceChannel[queue] = channel;
      return channel;
    }
    return -1;
  }

  /** Puts a flit on a link, into the place that it will have at the other end. */
  private put(channel: number, link: number, word: number): void {
    const at = this.writeAt[channel];
    this.buffers[(channel << this.bufferShift) + at] = word;
    this.writeAt[channel] = (at + 1) & this.bufferMask;
    this.credits[channel]--;
    this.linkFlits[link]++;
    this.calendar.add(this.plan.flight[link], (channel << 2) | ARRIVAL);
  }

  private headLeaves(packet: number, link: number, waited: number): void {
    this.packets.hop[packet]++;
    this.linkMessages[link * LANES + this.packets.lane[packet]]++;
    this.linkWaited[link] += waited;
    this.counts.hops++;
    this.counts.waitedTicks += waited * this.plan.cycleTicks;
  }

  /** A cycle of a router. False if it asked for nothing: then only a flit or a credit can change that. */
  private route(router: number): boolean {
    const vertex = this.nodes + router;
    // What gets a virtual channel in this cycle gets the switch in the next one, unless the pipeline is short.
    let asked = false;
    if (this.options.pipelineCycles < 3) asked = this.allocateChannels(vertex);
    const bids = this.bid(vertex);
    if (this.options.pipelineCycles >= 3) asked = this.allocateChannels(vertex);
    for (let i = 0; i < bids; i++) {
      const out = this.links1[i];
      this.bidKey[out] = NONE;
      this.move(this.bidder[out], out);
    }
    return asked || bids > 0;
  }

  /** Every input bids for one output, every output takes one bid. Returns the number of outputs taken, in `links1`. */
  private bid(vertex: number): number {
    const { into, outOf, ready, credits, outChannel, outLink, outPort, bidKey, width, stalled, masks, maskWidth } =
      this;
    const begin = into.first[vertex];
    const inputs = into.first[vertex + 1] - begin;
    const outputs = outOf.first[vertex + 1] - outOf.first[vertex];
    let taken = 0;
    for (let input = 0; input < inputs; input++) {
      const link = into.link[begin + input];
      // Most inputs have nothing: look before loading their pointers (spec/bench/router).
      if (masks === 1 && ready[link] === 0) continue;
      const pointer = this.inputPointer[link];
      const turn = this.channelPointer[link] + link * width;
      let best = NONE;
      let bidder = -1;
      for (let at = link * masks; at < (link + 1) * masks; at++) {
        let mask = ready[at];
        while (mask !== 0) {
          const bit = mask & -mask;
          mask ^= bit;
          const channel = at * maskWidth + 31 - clz32(bit);
          if (credits[outChannel[channel]] === 0) {
            if ((stalled[at] & bit) === 0) this.counts.creditStalls++;
            stalled[at] |= bit;
            continue;
          }
          let key = outPort[outLink[channel]] - pointer;
          if (key < 0) key += outputs;
          let order = channel - turn;
          if (order < 0) order += width;
          key = (key << 6) | order;
          if (key < best) {
            best = key;
            bidder = channel;
          }
        }
      }
      if (bidder < 0) continue;
      const out = outLink[bidder];
      let key = input - this.outputPointer[out];
      if (key < 0) key += inputs;
      if (key >= bidKey[out]) continue;
      if (bidKey[out] === NONE) this.links1[taken++] = out;
      bidKey[out] = key;
      this.bidder[out] = bidder;
    }
    return taken;
  }

  /** Every head without a channel asks for one that is free, every channel takes one of them. False if none is asked for. */
  private allocateChannels(vertex: number): boolean {
    const { into, wanting, outLink, allowed, freeChannels, wantKey, channels1, width, masks, maskWidth } = this;
    const begin = into.first[vertex];
    const inputs = into.first[vertex + 1] - begin;
    let wanted = 0;
    for (let input = 0; input < inputs; input++) {
      const link = into.link[begin + input];
      for (let lane = 0; lane < masks; lane++) {
        const at = link * masks + lane;
        let mask = wanting[at];
        while (mask !== 0) {
          const bit = mask & -mask;
          mask ^= bit;
          const channel = at * maskWidth + 31 - clz32(bit);
          const there = outLink[channel] * masks + lane;
          const free = freeChannels[there] & allowed[channel];
          if (free === 0) continue;
          const start = this.wantPointer[channel] - there * maskWidth;
          const behind = start > 0 && start < maskWidth ? free & (-1 << start) : 0;
          const choice = behind !== 0 ? behind : free;
          const target = there * maskWidth + 31 - clz32(choice & -choice);
          let key = (input - link) * width + channel - this.grantPointer[target];
          if (key < 0) key += inputs * width;
          if (key >= wantKey[target]) continue;
          if (wantKey[target] === NONE) channels1[wanted++] = target;
          wantKey[target] = key;
          this.wanter[target] = channel;
        }
      }
    }
    for (let i = 0; i < wanted; i++) this.grant(channels1[i]);
    return wanted > 0;
  }

  private grant(target: number): void {
    const { width } = this;
    const channel = this.wanter[target];
    const link = this.linkOf[channel];
    const v = channel - link * width;
    this.wantKey[target] = NONE;
    this.outChannel[channel] = target;
    this.freeChannels[this.maskOf[target]] &= ~this.bitOf[target];
    this.wanting[this.maskOf[channel]] &= ~this.bitOf[channel];
    this.ready[this.maskOf[channel]] |= this.bitOf[channel];
    this.wantPointer[channel] = target + 1;
    this.grantPointer[target] = this.inPort[link] * width + v + 1;
  }

  /** Moves the front flit of a channel over its output. */
  private move(channel: number, out: number): void {
    const { packets, calendar, plan, width } = this;
    const link = this.linkOf[channel];
    const v = channel - link * width;
    const target = this.outChannel[channel];
    const at = this.readAt[channel];
    const base = channel << this.bufferShift;
    const word = this.buffers[base + at];
    this.readAt[channel] = (at + 1) & this.bufferMask;
    this.inputPointer[link] = this.outPort[out] + 1;
    this.channelPointer[link] = v + 1;
    this.outputPointer[out] = this.inPort[link] + 1;
    this.ready[this.maskOf[channel]] &= ~this.bitOf[channel];
    this.stalled[this.maskOf[channel]] &= ~this.bitOf[channel];
    this.occupancy[link]--;
    this.counts.flitHops++;
    if (++this.creditsSent !== this.faults.loseCredit) calendar.add(plan.creditReturn[link], (channel << 2) | CREDIT);
    if ((word & HEAD) !== 0) {
      const packet = word >> 2;
      const shortest = this.options.pipelineCycles < 3 ? 0 : 1;
      this.headLeaves(packet, out, calendar.cycle - packets.since[packet] - shortest);
    }
    if ((word & TAIL) !== 0) this.freeChannels[this.maskOf[target]] |= this.bitOf[target];
    if (this.linkTo[out] >= this.nodes) this.put(target, out, word);
    else this.arriveAtNode(out, word);
    if (--this.visible[channel] > 0) this.front(channel, this.buffers[base + this.readAt[channel]]);
  }

  private arriveAtNode(out: number, word: number): void {
    this.linkFlits[out]++;
    if ((word & TAIL) === 0) return;
    const { packets } = this;
    const packet = word >> 2;
    const message = packets.message[packet];
    packets.release(packet);
    this.deliver(message, this.linkTo[out], this.calendar.cycle + this.plan.flight[out]);
  }
}

/** By link, its index among those that are grouped with it. */
function ranks({ first, link }: Adjacency, vertexOf: Int32Array): Int32Array {
  const rank = new Int32Array(link.length);
  link.forEach((each, i) => (rank[each] = i - first[vertexOf[each]]));
  return rank;
}
