/** Nodes with hosts in place of processors, bridges, and whatever devices a spec brings. Small caches, so lines come and go. */
import { AddressMap } from '../../lib/messages/address-map.js';
import { protocolFor, type DirectoryFormat } from '../../lib/coherence/directory-format.js';
import { machineFrame } from '../../lib/messages/addresses.js';
import { DeviceCommand, DeviceRead, DeviceValue, DmaRequest, type ToDevice } from '../../lib/messages/io-messages.js';
import {
  CoherenceMessage,
  HOME,
  InterruptMessage,
  Lane,
  type FromDevice,
  type NodeMessage,
} from '../../lib/messages/coherence-messages.js';
import { PROTOCOLS, type ProtocolName } from '../../lib/coherence/protocols/protocols.js';
import { Component, type Scope } from '../../lib/engine/component.js';
import { SimulationError } from '../../lib/engine/errors.js';
import { connect, Port } from '../../lib/engine/port.js';
import { Simulation } from '../../lib/engine/simulation.js';
import { Timer } from '../../lib/engine/timer.js';
import { Network } from '../../lib/interconnect/network.js';
import { RouterNetwork } from '../../lib/interconnect/router-network.js';
import { NodeController } from '../../lib/memory/node-controller.js';
import { IoBridge } from '../../lib/processor/io-bridge.js';
import { PrivateCaches, type CacheOwner } from '../../lib/processor/caches/private-caches.js';
import { ring } from '../../lib/topology/shapes/ring.js';
import { matrix, TIMING } from '../system/wire.js';

export const PAGE = 4096;
export const LINE = 128;
const FLITS = { control: 1, data: 5 };
const L1 = { sizeBytes: 256, ways: 2, lineBytes: 32 };
const L2 = { sizeBytes: 1024, ways: 2, lineBytes: LINE };

/** A load or store of a word. */
interface Access {
  readonly store: boolean;
  readonly frame: number;
  readonly offset: number;
  readonly value: number;
}

/** Caches that do what a spec asks, one access after another, and remember what came from devices. */
export class Host extends Component implements CacheOwner {
  readonly node = new Port<NodeMessage, NodeMessage>(this, 'node', message => this.onMessage(message));
  readonly processor: number;
  readonly caches: PrivateCaches;
  /** Values of the loads, in order. */
  readonly loaded: number[] = [];
  readonly interrupts: { at: number; from: number; code: number; a: number; b: number }[] = [];
  readonly values: { at: number; device: number; register: number; value: number }[] = [];
  /** Called at every interrupt. */
  onInterrupt: ((message: InterruptMessage) => void) | null = null;
  private readonly timer = new Timer<() => void>(this, act => act());
  private readonly accesses: Access[] = [];
  private busy = false;

  constructor(
    parent: Scope,
    name: string,
    options: { processor: number; map: AddressMap; protocol: ReturnType<typeof protocolFor> },
  ) {
    super(parent, name);
    this.processor = options.processor;
    this.caches = new PrivateCaches(this.path, this, { ...options, l1i: L1, l1d: L1, l2: L2, flits: FLITS });
  }

  get time(): number {
    return this.now;
  }

  /** Does something `delay` ticks from now. */
  later(delay: number, act: () => void): void {
    this.timer.after(delay, act);
  }

  store(frame: number, offset: number, value: number): void {
    this.add({ store: true, frame, offset, value });
  }

  load(frame: number, offset: number): void {
    this.add({ store: false, frame, offset, value: 0 });
  }

  command(bridge: number, device: number, command: object): void {
    this.node.send(new DeviceCommand(1, this.processor, bridge, device, command as Record<string, unknown>));
  }

  read(bridge: number, device: number, register: number): void {
    this.node.send(new DeviceRead(1, this.processor, bridge, device, register));
  }

  send(message: CoherenceMessage): void {
    this.node.send(message);
  }

  completed(): void {
    this.finish();
  }

  fail(message: string): never {
    throw new SimulationError(this.path, this.now, this.simulation.seed, message);
  }

  override waitsFor(): string | undefined {
    return this.busy ? 'an access' : undefined;
  }

  private onMessage(message: NodeMessage): void {
    if (message instanceof CoherenceMessage) this.caches.receive(message);
    else if (message instanceof InterruptMessage) {
      const { from, code, a, b } = message;
      this.interrupts.push({ at: this.now, from, code, a, b });
      this.onInterrupt?.(message);
    } else if (message instanceof DeviceValue) {
      const { device, register, value } = message;
      this.values.push({ at: this.now, device, register, value });
    } else this.fail('a host has no use for this message');
  }

  private add(access: Access): void {
    this.accesses.push(access);
    if (!this.busy) this.next();
  }

  private next(): void {
    const access = this.accesses[0];
    if (access === undefined) return;
    this.busy = true;
    const line = access.frame * (PAGE / LINE) + (access.offset >> 7);
    const l1Line = access.frame * (PAGE / 32) + (access.offset >> 5);
    const word = (access.offset & (LINE - 1)) >> 2;
    const { caches } = this;
    if (caches.hit(line, l1Line, access.store, false, word, access.value)) this.finish();
    else caches.miss(line, l1Line, access.store, false, word, access.value);
  }

  private finish(): void {
    if (!this.accesses.shift()!.store) this.loaded.push(this.caches.value);
    this.busy = false;
    if (this.accesses.length > 0) this.later(1, () => (this.busy ? undefined : this.next()));
  }
}

/** A device that does what a spec asks. */
export class Probe extends Component {
  readonly bridge = new Port<FromDevice, ToDevice>(this, 'bridge', message =>
    this.received.push({ at: this.now, message }),
  );
  readonly received: { at: number; message: ToDevice }[] = [];

  write(frame: number, offset: number, words: readonly number[] | null, bytes: number, tag = 0): void {
    this.bridge.send(
      new DmaRequest(true, machineFrame(frame), offset, bytes, words === null ? null : Int32Array.from(words), tag),
    );
  }

  read(frame: number, offset: number, bytes: number, tag = 0): void {
    this.bridge.send(new DmaRequest(false, machineFrame(frame), offset, bytes, null, tag));
  }

  /** The words of the last answer. */
  words(): number[] | null {
    const last = this.received.at(-1)!.message as { readonly words: Int32Array | null };
    return last.words === null ? null : [...last.words];
  }
}

/** A device as a rig wants it. */
export interface Attached extends Component {
  readonly bridge: Port<FromDevice, ToDevice>;
}

export interface RigOptions {
  readonly nodes?: number;
  readonly hosts?: number;
  readonly frames?: number;
  readonly protocol?: ProtocolName;
  readonly format?: DirectoryFormat;
  readonly routers?: boolean;
  readonly seed?: string;
}

/** Makes the devices of a node: called once for each node, in order. */
export type Devices<D extends Attached> = (scope: Scope, node: number, map: AddressMap, bridge: number) => readonly D[];

/** Wires nodes with a bridge each. Memory of node 0 comes first. Ticks are 2500 ps. */
export function rig<D extends Attached>(devices: Devices<D>, options: RigOptions = {}) {
  const {
    nodes = 2,
    hosts = 1,
    frames = 8,
    protocol: name = 'MESI',
    format = { format: 'full' },
    seed = 'rig',
  } = options;
  const simulation = new Simulation({ tickPs: 2500, seed });
  const list = Array.from({ length: nodes }, (_, node) => node);
  const map = new AddressMap({
    frames: list.map(() => frames),
    processors: list.map(() => hosts),
    bridges: list.map(() => 1),
    pageBytes: PAGE,
    lineBytes: LINE,
  });
  const protocol = protocolFor(PROTOCOLS[name], format);
  const destination = (message: NodeMessage): number =>
    message.to === HOME ? map.homeOfLine((message as CoherenceMessage).line) : map.nodeOfProcessor[message.to];
  const link = { latency: 2, ticksPerFlit: 1 };
  const topology =
    options.routers === true ? ring({ routers: nodes, nodesPerRouter: 1, attach: link, link }) : matrix(nodes, 20);
  const network =
    options.routers === true
      ? new RouterNetwork<NodeMessage>(simulation, 'network', {
          ...{ topology, destination, ordered: [Lane.Forward] },
          routers: { virtualChannels: 3, bufferFlits: 4, pipelineCycles: 2, creditCycles: 1 },
        })
      : new Network<NodeMessage>(simulation, 'network', { topology, destination });
  const all: Host[] = [];
  const controllers: NodeController[] = [];
  const bridges: IoBridge[] = [];
  const attached: D[] = [];
  for (const node of list) {
    const scope = simulation.scope(`node${node}`);
    const controller = new NodeController(scope, 'controller', {
      ...{ node, map, protocol, timing: TIMING, flits: FLITS, counters: null },
      ...{ memory: { accessTicks: 29, bankTicks: 4, banks: 2 }, directory: { format, ticksPerCell: 0 } },
    });
    connect(controller.network, network.nodes[node], { latency: 2 });
    for (const port of controller.processors) {
      const host = new Host(scope, `cpu${all.length}`, { processor: all.length, map, protocol });
      connect(host.node, port, { latency: 3 });
      all.push(host);
    }
    const number = map.bridgeOfNode[node];
    const own = devices(scope, node, map, number);
    const bridge = new IoBridge(scope, 'bridge', {
      ...{ bridge: number, map, protocol, lines: 4, lineTicks: 2, devices: own.length, flits: FLITS },
    });
    connect(bridge.node, controller.bridge!, { latency: 3 });
    own.forEach((device, i) => {
      connect(device.bridge, bridge.devices[i], { latency: 5 });
    });
    controllers.push(controller);
    bridges.push(bridge);
    attached.push(...own);
  }
  return { simulation, map, network, controllers, hosts: all, bridges, devices: attached };
}
