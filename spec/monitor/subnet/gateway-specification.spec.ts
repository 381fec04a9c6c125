/** The gateway as an option of the monitor: guests talk to a machine outside, and nothing is wired. */
import { describe, expect, it } from '@jest/globals';
import { FileServices } from '../../../lib/guest/commodity/calls/file-services.js';
import { NetworkServices } from '../../../lib/guest/commodity/calls/network-services.js';
import { bind, recvfrom, sendto, socket } from '../../../lib/guest/commodity/network/sockets/datagram-calls.js';
import { BROADCAST } from '../../../lib/devices/network-segment.js';
import type { DeviceSpecification } from '../../../lib/machine/specification/device-specification.js';
import { buildMachine } from '../../../lib/machine/machine.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import { machineFrame } from '../../../lib/messages/addresses.js';
import { checkDisco } from '../../../lib/monitor/check-disco.js';
import { Disco } from '../../../lib/monitor/disco.js';
import { DiscoError } from '../../../lib/monitor/errors.js';
import type { DiscoOptions } from '../../../lib/monitor/options.js';
import { resolveGateway } from '../../../lib/monitor/subnet/gateway-specification.js';
import { compute, deviceCommand, load, machineLoad, machineStore, store } from '../../../lib/processor/operations.js';
import type { Program } from '../../../lib/processor/operations.js';
import { HEAP } from '../../guest/commodity/running.js';
import { startGuest, startMain, withGuests, type GuestSetup } from '../support/virtual.js';

const AT = HEAP * 4096;
/** Of the monitor's card, and of the machine outside. */
const REAL = 11;
const OUTSIDE = 900;
const PORT = 7;
const DEVICES: readonly DeviceSpecification[] = [
  { kind: 'disk', node: 0, model: 'hp97560', scheduling: 'fcfs', immediateReport: false },
  { kind: 'network-segment', name: 'lan', medium: 'ethernet-10' },
  { kind: 'network-card', name: 'net0', node: 0, segment: 'lan', address: REAL, buffers: 8 },
  { kind: 'network-card', name: 'net1', node: 0, segment: 'lan', address: OUTSIDE, buffers: 8 },
];

/** Words of the header of a datagram: see guest/commodity/network/datagram-header. */
const Word = { From: 12, To: 16, Ports: 20 } as const;
/** Codes of the far card's interrupts: the monitor gives out those from 16 up. */
const FAR_SENT = 100;
const FAR_RECEIVED = 101;

/** What is behind the far card: it sends back every datagram, to the monitor's card, which is the only one that it knows. */
function echo(disco: Disco): number[] {
  const { bridge, index } = disco.machine.devices.get('net1')!;
  const bytes: number[] = [];
  let frame = -1;
  const command = (op: string, interruptCode: number, length: number) =>
    deviceCommand(bridge, index, {
      ...{ op, to: REAL, pieces: [{ frame, offset: 0, bytes: length }] },
      ...{ tag: 0, interruptTo: 0, interruptCode },
    });
  disco.deviceServices.set(FAR_RECEIVED, function* (_cpu, _tag, length) {
    bytes.push(length);
    const ports = yield machineLoad(machineFrame(frame), Word.Ports);
    yield machineStore(machineFrame(frame), Word.To, yield machineLoad(machineFrame(frame), Word.From));
    yield machineStore(machineFrame(frame), Word.From, OUTSIDE);
    yield machineStore(machineFrame(frame), Word.Ports, (ports << 16) | (ports >>> 16));
    yield command('send', FAR_SENT, length);
  });
  disco.deviceServices.set(FAR_SENT, function* () {
    yield command('post', FAR_RECEIVED, 1500);
  });
  disco.request(function* (cpu) {
    const page = (yield* disco.memory.take(cpu, 0, 0, true))!;
    disco.memory.pin(page, true);
    frame = page.frame;
    yield command('post', FAR_RECEIVED, 1500);
  });
  return bytes;
}

/** Sends words outside, and what comes back. */
function* asks(words: readonly number[], answers: number[]): Program {
  const number = yield socket();
  yield bind(number, 800);
  for (const [k, word] of words.entries()) yield store(AT + 4 * k, word);
  answers.push(yield sendto(number, AT, 4 * words.length, OUTSIDE, PORT));
  answers.push(yield recvfrom(number, AT + 4096, 4096, AT + 8192, 2e9));
  answers.push(yield load(AT + 8192), yield load(AT + 8196));
  for (const k of words.keys()) answers.push(yield load(AT + 4096 + 4 * k));
}

function guest(address: number, main: () => Program): GuestSetup {
  let files: FileServices;
  let network: NetworkServices;
  return {
    programs: { main },
    machine: { address },
    prepare(kernel, virtual) {
      files = new FileServices(kernel, { disks: [], descriptors: 8, readAheadPages: 0, flushTicks: 100 });
      const card = { bridge: virtual.bridge, device: 0, mtuBytes: 1500, buffers: 24, scatters: true };
      network = new NetworkServices(kernel, files, {
        ...{ stations: [{ address, card, interruptTo: 0 }], sockets: 4, biods: 2 },
      });
    },
    *first(kernel, thread) {
      yield* files.start(thread);
      yield* network.start(thread);
      yield* startMain(kernel, thread);
    },
  };
}

describe('guests behind a gateway', () => {
  it('send datagrams to a machine outside, and each gets its own answer', () => {
    const running = withGuests({ guests: [], devices: DEVICES, disco: { gateway: { card: 'net0' } } });
    const { disco, machine } = running;
    const lengths = echo(disco);
    const answers: number[][] = [[], []];
    // The first has the address of the card. The second is known outside by what the datagram says, and nothing else.
    const guests = [REAL, 12].map((address, k) =>
      startGuest(
        disco,
        guest(address, () => asks([1000 + k, 2000 + k], answers[k])),
        k,
      ),
    );
    machine.run({ until: 60_000_000_000 });
    expect(answers).toEqual([0, 1].map(k => [8, 8, OUTSIDE, PORT, 1000 + k, 2000 + k]));
    expect(lengths).toEqual([36, 36]); // the header is 28 bytes
    expect(disco.devices.subnet.gateway!.stats).toEqual({
      ...{ sent: 2, received: 2, queueFull: 0, tooLong: 0, unclaimed: 0, errors: 0 },
    });
    for (const { virtual } of guests) disco.destroy(virtual);
    machine.run();
    expect(checkDisco(disco)).toEqual([]);
  });

  it('do not change what the monitor does for guests without one, but for its buffers', () => {
    const found = [null, { card: 'net0' }].map(gateway => {
      const { disco, machine } = withGuests({
        ...{ devices: DEVICES, disco: { gateway } },
        guests: [{ programs: { main: (): Program => [compute(1000)].values() } }],
      });
      machine.run();
      const { traps, pageFaults, injected } = disco.statistics;
      return { pageFaults, injected, traps: traps - Number(gateway !== null), pages: disco.frames.allFree };
    });
    // Eight buffers of a page, and the request that posts them.
    expect({ ...found[1], pages: found[1].pages + 8 }).toEqual(found[0]);
  });
});

const PRESET = presets['disco-1997']({ nodes: 1 });

function disco(options: DiscoOptions, frames = 512): Disco {
  const nodes = { count: 1, processors: 1, memoryBytes: frames * 4096 };
  return new Disco(buildMachine({ ...PRESET, nodes, devices: DEVICES }, { seed: 1 }), options);
}

describe('a gateway as an option', () => {
  it('is complete with what is left out: all buffers of the card, and what is outside', () => {
    const { machine, devices } = disco({ gateway: { card: 'net0' } });
    expect(resolveGateway({ card: 'net0' }, machine)).toEqual({
      ...{ card: 'net0', defaultReceiver: REAL, receiverOffset: 16, buffers: 8, most: 64, outside: [OUTSIDE] },
      mtuBytes: 1500,
    });
    const subnet = devices.subnet.gateway!;
    expect([subnet.allows(REAL), subnet.allows(OUTSIDE)]).toEqual([true, false]);
  });

  it.each<[object, string]>([
    [{ card: 'net2' }, 'gateway.card: the machine has no network card net2; did you mean net0?'],
    [{ card: 'disk0' }, 'gateway.card: disk0 is a disk, not a network-card'],
    [{ card: 'lan' }, 'gateway.card: the machine has no network card lan'],
    [{}, 'gateway.card: the machine has no network card undefined'],
    [{ card: 'net0', defaultReceiver: BROADCAST }, `gateway.defaultReceiver: ${BROADCAST} is no address of a card`],
    [
      { card: 'net0', defaultReceiver: OUTSIDE },
      'gateway.defaultReceiver: 900 is outside, where no virtual machine is',
    ],
    [{ card: 'net0', receiverOffset: 18 }, 'gateway.receiverOffset: 18 is neither null nor a multiple of 4 from 0'],
    [{ card: 'net0', receiverOffset: -4 }, 'gateway.receiverOffset: -4 is neither null nor a multiple of 4 from 0'],
    [{ card: 'net0', buffers: 0 }, 'gateway.buffers: 0 is no integer from 1'],
    [{ card: 'net0', buffers: 9 }, 'gateway.buffers: net0 holds 8 buffers, not 9'],
    [{ card: 'net0', most: 1.5 }, 'gateway.most: 1.5 is no integer from 1'],
    [{ card: 'net0', outside: [-1] }, 'gateway.outside: [-1] is no list of addresses of cards'],
    [{ card: 'net0', outside: 900 }, 'gateway.outside: 900 is no list of addresses of cards'],
    [{ card: 'net0', default: 5 }, 'gateway.default: there is no such field'],
    [{ card: 'net0', reciverOffset: 5 }, 'gateway.reciverOffset: there is no such field; did you mean receiverOffset?'],
  ])('cannot be %j', (gateway, message) => {
    expect(() => disco({ gateway } as DiscoOptions)).toThrow(message);
    expect(() => disco({ gateway } as DiscoOptions)).toThrow(DiscoError);
  });

  it('is told all of its faults at once, with those of other options', () => {
    const gateway = { card: 'net2', receiverOffset: 1, most: 0 };
    expect(() => disco({ quantumNs: 0, gateway })).toThrow(/quantumNs: .*\ngateway.card: .*\ngateway.receiverOffset/s);
    expect(() => disco({ gateway: 'net0' } as never)).toThrow('gateway: net0 is no object that names a card');
  });

  it('needs memory for its buffers', () => {
    const frames = 64 - disco({}, 64).frames.allFree + 5;
    expect(() => disco({ gateway: { card: 'net0' } }, frames)).toThrow(
      'the receive buffers of the gateway need 8 frames, and 5 are free; give it fewer',
    );
  });

  it('keeps its card: no virtual machine gets it for a disk, nor an address that is outside', () => {
    const monitor = disco({ gateway: { card: 'net0' } });
    const good = { name: 'good', processors: 1, memoryBytes: 2 ** 20 };
    expect(() => monitor.create({ ...good, disks: [{ disk: 'net0', mode: 'private' }] })).toThrow(
      'disks[0].disk: net0 is a network-card, not a disk; give the virtual machine an address on the subnet instead',
    );
    expect(() => monitor.create({ ...good, address: OUTSIDE })).toThrow('is that of another machine outside');
  });
});
