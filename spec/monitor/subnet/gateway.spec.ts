import { describe, expect, it } from '@jest/globals';
import { BROADCAST } from '../../../lib/devices/network-segment.js';
import type { DeviceSpecification } from '../../../lib/machine/specification/device-specification.js';
import { physicalPage } from '../../../lib/messages/addresses.js';
import { Gateway, type GatewayOptions } from '../../../lib/monitor/subnet/gateway.js';
import type { MonitorCpu } from '../../../lib/monitor/monitor-cpu.js';
import { compute, deviceCommand, machineLoad, machineStore, wait } from '../../../lib/processor/operations.js';
import { RECEIVED, SENT, SubnetBench, type TestHost } from '../support/subnet-bench.js';
import type { Code } from '../../../lib/system/code.js';

const REAL = 900;
const OUTSIDE = 901;
const CODES = { sentCode: 20, receivedCode: 21 };
const DEVICES: readonly DeviceSpecification[] = [
  { kind: 'network-segment', name: 'lan', medium: 'ethernet-10' },
  { kind: 'network-card', node: 0, segment: 'lan', address: REAL, buffers: 8 },
  { kind: 'network-card', node: 1, segment: 'lan', address: OUTSIDE, buffers: 8 },
];

function bench(options: Partial<GatewayOptions> = {}) {
  const made = new SubnetBench(2, { devices: DEVICES });
  const { memory, space, subnet, machine } = made;
  const { bridge, index, node } = machine.devices.get('card0')!;
  const gateway = new Gateway({
    ...{ subnet, memory, space, bridge, device: index, node, mtuBytes: 1500, buffers: 3, ...CODES },
    ...{ defaultReceiver: 101, receiverOffset: 0, most: 2, outside: [OUTSIDE], ...options },
  });
  subnet.gateway = gateway;
  made.handlers.set(CODES.sentCode, (cpu, a, b) => woken(made, gateway.sent(cpu, a, b)));
  made.handlers.set(CODES.receivedCode, (cpu, a, b) => woken(made, gateway.received(cpu, a, b)));
  // The other end: a frame of the machine that nobody else has.
  const frame = made.frames.takeNear(2, 0);
  const got: number[] = [];
  made.handlers.set(30, (_cpu, _tag, bytes) => woken(made, note(got, bytes)));
  const far = machine.devices.get('card1')!;
  const outside = (content: object) =>
    deviceCommand(far.bridge, far.index, { tag: 0, interruptTo: 1, interruptCode: 30, ...content });
  return { ...made, bench: made, gateway, frame, got, outside };
}

function* note(got: number[], bytes: number): Code {
  yield compute(1);
  got.push(bytes);
}

function* woken(made: SubnetBench, steps: Code): Code {
  yield* steps;
  for (const { processor } of made.cpus) processor.wake();
}

const until = (condition: () => boolean) =>
  function* (): Code {
    while (!condition()) yield wait();
  };

describe('the gateway', () => {
  it('sends to addresses that are not on the subnet, from where the frame lies, and answers when it has left', () => {
    const { bench: made, gateway, frame, got, outside } = bench();
    const [a] = made.hosts as [TestHost];
    const words: number[] = [];
    made.run([
      cpu => gateway.open(cpu),
      function* () {
        yield outside({ op: 'post', pieces: [{ frame, offset: 0, bytes: 2000 }] });
      },
      cpu => a.fill(cpu, 1, word => word + 5),
      cpu => a.send(cpu, OUTSIDE, 7, [1, 0, 8], [1, 400, 100]),
      until(() => a.interrupts.length === 1 && got.length === 1),
      function* () {
        for (let k = 0; k < 27; k++) words.push(yield machineLoad(frame, 4 * k));
      },
    ]);
    expect(a.interrupts).toEqual([[SENT, 7, 0]]);
    expect(got).toEqual([108]);
    expect(words).toEqual([5, 6, ...Array.from({ length: 25 }, (_, k) => 105 + k)]);
    expect([a.pmap.get(physicalPage(1))!.pins, gateway.underWay, gateway.stats.sent]).toEqual([0, 0, 1]);
  });

  it.each([
    ['the one that is named by its first word', 100, 0],
    ['the default receiver if that is nobody', 12345, 1],
  ])('gives what comes in to %s', (_whom, first, number) => {
    const { bench: made, gateway, frame, outside } = bench();
    const host = made.hosts[number];
    const words: number[][] = [];
    made.run([
      cpu => gateway.open(cpu),
      function* (cpu) {
        for (const each of made.hosts) yield* each.post(cpu, 3, [2, 0, 4096]);
        yield machineStore(frame, 0, first);
        yield machineStore(frame, 4, 77);
      },
      // More than there are buffers, one after the other: they are posted again.
      ...Array.from({ length: 5 }, (_, k) => [
        function* (): Code {
          yield outside({ op: 'send', to: REAL, pieces: [{ frame, offset: 0, bytes: 64 }] });
        },
        until(() => gateway.stats.received === k + 1),
      ]).flat(),
      function* (cpu: MonitorCpu) {
        words.push(yield* host.words(cpu, 2, 0, 8));
      },
    ]);
    expect(host.interrupts).toEqual([[RECEIVED, 3, 64]]);
    expect(words).toEqual([[first, 77]]);
    expect(host.card.stats.noBuffer).toBe(4);
  });

  it('drops what is too long or too much for the medium, and says or counts it', () => {
    const { bench: made, gateway } = bench();
    const [a] = made.hosts as [TestHost];
    made.run([
      cpu => gateway.open(cpu),
      cpu => a.send(cpu, OUTSIDE, 1, [1, 0, 1504]),
      ...[2, 3, 4].map(tag => (cpu: MonitorCpu) => a.send(cpu, BROADCAST, tag, [1, 0, 1500])),
      until(() => gateway.underWay === 0 && a.interrupts.length === 4),
    ]);
    expect(a.interrupts).toEqual([
      [SENT, 1, 5],
      [SENT, 4, 0],
      [SENT, 2, 0],
      [SENT, 3, 0],
    ]);
    expect(gateway.stats).toMatchObject({ sent: 2, tooLong: 1, queueFull: 1 });
    expect(a.pmap.get(physicalPage(1))!.pins).toBe(0);
  });

  it('lets frames of a machine that was stopped end by themselves', () => {
    const { bench: made, gateway } = bench();
    const [a] = made.hosts as [TestHost];
    const before: number[] = [];
    made.run([
      cpu => gateway.open(cpu),
      function* (cpu) {
        before.push(made.pages.length);
        yield* a.send(cpu, OUTSIDE, 1, [1, 0, 1500]);
        yield* a.stop(cpu);
        before.push(made.pages.length);
      },
      until(() => gateway.underWay === 0),
    ]);
    expect(a.interrupts).toEqual([]);
    expect([...before, made.pages.length]).toEqual([3, 4, 3]);
  });

  it('keeps addresses outside from being given to virtual cards', () => {
    const { bench: made } = bench();
    const options = { name: 'net1', address: OUTSIDE, buffers: 1, node: 0 };
    expect(() => made.subnet.attach(made.hosts[0], options)).toThrow('that of another machine outside');
  });

  it('needs buffers', () => {
    expect(() => bench({ buffers: 0 })).toThrow('the gateway of the subnet needs buffers from 1, not 0');
  });
});
