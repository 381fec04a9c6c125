import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NetworkCard, type NetworkCardOptions } from '../../lib/devices/network-card.js';
import { BROADCAST, NetworkSegment, type NetworkSegmentOptions } from '../../lib/devices/network-segment.js';
import { ethernet10, fddi } from '../../lib/devices/presets.js';
import { DeviceStatus } from '../../lib/messages/device-status.js';
import { connect } from '../../lib/engine/port.js';
import { Simulation } from '../../lib/engine/simulation.js';
import { PAGE, rig } from './rig.js';

const SENT = 5;
const RECEIVED = 6;
/** Ticks of 2500 ps: 800 ns a byte. */
const BYTE = 320;
const CABLE = 4;

interface Changes {
  readonly nodes?: number;
  readonly card?: Partial<NetworkCardOptions>;
  readonly ticksPerByte?: number;
}

/** A card on each node, with the address 100 and up, on one segment of Ethernet. */
function setUp({ nodes = 2, card = {}, ticksPerByte = BYTE }: Changes = {}) {
  const made = rig(
    (scope, node, map, bridge) => [
      new NetworkCard(scope, 'card', {
        ...{ address: 100 + node, mtuBytes: ethernet10.mtuBytes, buffers: 3, map, bridge, flits: { control: 1 } },
        ...card,
      }),
    ],
    { nodes, frames: 16 },
  );
  const { hosts, map, simulation, devices } = made;
  const addresses = Array.from({ length: nodes }, (_, node) => 100 + node);
  const segment = new NetworkSegment(simulation, 'segment', { ...ethernet10, ticksPerByte, addresses });
  devices.forEach((device, i) => {
    connect(device.segment, segment.cards[i], { latency: CABLE });
  });
  /** The host of a node tells its card something. */
  const tell = (node: number, command: object): void => {
    hosts[node].command(map.bridgeOfNode[node], 0, { interruptTo: node, ...command });
  };
  const send = (node: number, to: number, pieces: unknown, tag: number): void => {
    tell(node, { op: 'send', to, pieces, tag, interruptCode: SENT });
  };
  const post = (node: number, pieces: unknown, tag: number): void => {
    tell(node, { op: 'post', pieces, tag, interruptCode: RECEIVED });
  };
  const heard = (node: number): number[][] => hosts[node].interrupts.map(({ code, a, b }) => [code, a, b]);
  return { ...made, segment, cards: devices, send, post, tell, heard };
}

const piece = (frame: number, offset: number, bytes: number) => ({ frame, offset, bytes });

describe('a network card', () => {
  it('sends a frame gathered from pieces into the pieces of a buffer, and tells both sides', () => {
    const { hosts, simulation, send, post, heard, cards } = setUp();
    [1, 2, 3, 4].forEach((value, i) => {
      hosts[0].store(i & 1 ? 3 : 20, 128 * i + 60, value);
    });
    post(1, [piece(17, 4, 8), piece(2, 4092, 4), piece(17, 512, 100)], 70);
    simulation.run();
    const pieces = [piece(20, 60, 4), piece(3, 188, 8), piece(20, 316, 4), piece(3, 444, 4)];
    send(0, 101, pieces, 30);
    simulation.run();
    expect(heard(0)).toEqual([[SENT, 30, DeviceStatus.Ok]]);
    expect(heard(1)).toEqual([[RECEIVED, 70, 20]]);
    for (const [frame, offset] of [
      [17, 4],
      [17, 8],
      [2, 4092],
      [17, 512],
      [17, 516],
      [17, 520],
    ])
      hosts[0].load(frame, offset);
    simulation.run();
    expect(hosts[0].loaded).toEqual([1, 2, 0, 3, 4, 0]);
    expect(cards[0].stats).toMatchObject({ framesSent: 1, bytesSent: 20 });
    expect(cards[1].stats).toMatchObject({ framesReceived: 1, bytesReceived: 20 });
  });

  it('takes the time of its medium: 1538 byte times for the largest frame of Ethernet, 84 for the least', () => {
    const { simulation, send, hosts, segment } = setUp();
    send(0, 101, [piece(0, 0, 1500)], 1);
    simulation.run();
    send(0, 101, [piece(0, 0, 4)], 2);
    simulation.run();
    expect(segment.stats.busyTicks).toBe((1538 + 84) * BYTE);
    // 1500 bytes are 12 lines: 5 + 12 * 42 + 5 to gather them, behind 14 to the card.
    const gathered = 14 + 5 + 12 * (3 + 5 + 29 + 3 + 2) + 5;
    expect(hosts[0].interrupts[0].at).toBe(gathered + CABLE + 1538 * BYTE + CABLE + 14);
  });

  it('waits for the medium, which carries one frame at a time', () => {
    const { simulation, send, post, segment, heard, cards } = setUp({ nodes: 3 });
    for (const tag of [1, 2, 3]) post(2, [piece(0, 1024 * tag, 1024)], tag);
    simulation.run();
    for (const tag of [1, 2]) send(0, 102, [piece(1, 0, 1000)], tag);
    send(1, 102, [piece(2, 0, 500)], 3);
    simulation.run();
    expect(heard(2)).toEqual([
      [RECEIVED, 1, 1000],
      [RECEIVED, 2, 500],
      [RECEIVED, 3, 1000],
    ]);
    expect(segment.stats).toMatchObject({ frames: 3, bytes: 2500, unclaimed: 0, busyTicks: (3 * 38 + 2500) * BYTE });
    expect(segment.stats.waitedTicks).toBeGreaterThan(1000 * BYTE);
    expect(cards[0].stats.largestQueue).toBe(1);
  });

  it('hears what is for it and what is for all, and nothing else', () => {
    const { simulation, send, post, heard, segment } = setUp({ nodes: 3 });
    for (const node of [0, 1, 2]) for (const tag of [1, 2]) post(node, [piece(node, 0, 64)], tag);
    simulation.run();
    send(0, 102, [piece(5, 0, 8)], 9);
    send(0, BROADCAST, [piece(5, 0, 12)], 9);
    send(0, 100, [piece(5, 0, 16)], 9);
    send(0, 7, [piece(5, 0, 20)], 9);
    simulation.run();
    expect(heard(1)).toEqual([[RECEIVED, 1, 12]]);
    expect(heard(2)).toEqual([
      [RECEIVED, 1, 8],
      [RECEIVED, 2, 12],
    ]);
    expect(heard(0)).toEqual(Array.from({ length: 4 }, () => [SENT, 9, DeviceStatus.Ok]));
    expect(segment.stats.unclaimed).toBe(2);
  });

  it('takes in a frame while memory takes the one before it', () => {
    const { simulation, send, post, heard } = setUp({ nodes: 3, ticksPerByte: 1 });
    for (const tag of [1, 2, 3]) post(2, [piece(40, 1024 * tag, 1024), piece(41, 1024 * tag, 8)], tag);
    simulation.run();
    send(0, 102, [piece(1, 0, 1028)], 8);
    send(1, 102, [piece(2, 0, 512)], 9);
    send(1, 102, [piece(2, 0, 4)], 9);
    simulation.run();
    const lengths = heard(2).map(([, , bytes]) => bytes);
    expect(heard(2).map(([, tag]) => tag)).toEqual([1, 2, 3]);
    expect(lengths.sort((a, b) => a - b)).toEqual([4, 512, 1028]);
  });

  it('drops and counts what it has no buffer for, or too short a one', () => {
    const { simulation, send, post, heard, cards } = setUp();
    send(0, 101, [piece(0, 0, 64)], 1);
    simulation.run();
    post(1, [piece(1, 0, 32)], 2);
    simulation.run();
    send(0, 101, [piece(0, 0, 64)], 3);
    send(0, 101, [piece(0, 0, 32)], 4);
    simulation.run();
    expect(heard(1)).toEqual([[RECEIVED, 2, 32]]);
    expect(cards[1].stats).toMatchObject({ noBuffer: 1, tooLong: 1, framesReceived: 1 });
  });

  it('holds so many buffers and no more', () => {
    const { simulation, post, heard } = setUp();
    for (const tag of [1, 2, 3, 4]) post(0, [piece(0, 0, 64)], tag);
    simulation.run();
    expect(heard(0)).toEqual([[RECEIVED, 4, -DeviceStatus.NoRoom]]);
  });

  it.each<[string, object, number]>([
    ['more than the MTU', { pieces: [piece(0, 0, 1504)] }, DeviceStatus.TooLong],
    ['nothing', { pieces: [] }, DeviceStatus.BadPieces],
    ['parts of words', { pieces: [piece(0, 0, 6)] }, DeviceStatus.BadPieces],
    ['what is not in memory', { pieces: [piece(32, 0, 64)] }, DeviceStatus.BadPieces],
    ['what goes over the end of a frame', { pieces: [piece(0, PAGE - 4, 8)] }, DeviceStatus.BadPieces],
    ['no list', { pieces: 5 }, DeviceStatus.BadPieces],
    ['to no address', { to: -1 }, DeviceStatus.BadAddress],
    ['to a name', { to: 'all' }, DeviceStatus.BadAddress],
    ['beyond all addresses', { to: 2 ** 48 }, DeviceStatus.BadAddress],
  ])('does not send %s', (_, more, status) => {
    const { simulation, tell, heard, segment, cards } = setUp();
    tell(0, { op: 'send', to: 101, pieces: [piece(0, 0, 64)], tag: 8, interruptCode: SENT, ...more });
    simulation.run();
    expect(heard(0)).toEqual([[SENT, 8, status]]);
    expect([segment.stats.frames, cards[0].stats.refused]).toEqual([0, 1]);
  });

  it('answers bad buffers and commands with a negative status, and drops those that name nobody', () => {
    const { simulation, tell, post, heard, cards } = setUp();
    post(0, [piece(-1, 0, 4)], 1);
    tell(0, { op: 'listen', tag: 2, interruptCode: SENT });
    tell(0, { op: 'post', tag: 3, interruptCode: 0 });
    simulation.run();
    expect(heard(0)).toEqual([
      [RECEIVED, 1, -DeviceStatus.BadPieces],
      [SENT, 2, -DeviceStatus.BadCommand],
    ]);
    expect(cards[0].stats).toMatchObject({ refused: 2, dropped: 1 });
  });

  it('loses and mixes up nothing, whatever is sent', () => {
    const frame = fc.record({
      from: fc.nat(2),
      to: fc.nat(2),
      words: fc.integer({ min: 1, max: 300 }),
      at: fc.nat(400_000),
    });
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 10 }), frames => {
        const { simulation, hosts, send, post, heard, segment } = setUp({ nodes: 3, card: { buffers: 10 } });
        // Frame of memory 5 * node + tag >> 1, a half for each tag; sources are in the memory of node 0.
        frames.forEach((_, tag) => {
          for (const node of [0, 1, 2]) post(node, [piece(16 + 5 * node + (tag >> 1), (tag & 1) * 2048, 1200)], tag);
        });
        frames.forEach(({ from, words }, tag) => {
          hosts[from].store(tag, 0, tag + 1);
          hosts[from].store(tag, 4 * (words - 1), 1000 + tag);
        });
        simulation.run();
        frames.forEach(({ from, to, words, at }, tag) => {
          hosts[from].later(at + 1, () => send(from, 100 + to, [piece(tag, 0, 4 * words)], 10 * tag + to));
        });
        simulation.run();
        const received = [0, 1, 2].flatMap(node =>
          heard(node)
            .filter(([code]) => code === RECEIVED)
            .map(([, tag, bytes]) => [node, tag, bytes]),
        );
        const claimed = frames.filter(({ from, to }) => from !== to);
        expect(received).toHaveLength(claimed.length);
        expect(segment.stats.unclaimed).toBe(frames.length - claimed.length);
        // Frames that a card received in its order of buffers: their first and last words tell which they were.
        for (const [node, tag, bytes] of received) {
          const place = [16 + 5 * node + (tag >> 1), (tag & 1) * 2048] as const;
          hosts[0].load(place[0], place[1]);
          hosts[0].load(place[0], place[1] + bytes - 4);
        }
        simulation.run();
        const found = received.map(([node, , bytes], i) => {
          const index = hosts[0].loaded[2 * i + 1] - 1000;
          return [node, bytes, index, bytes === 4 ? index + 1 : hosts[0].loaded[2 * i]];
        });
        for (const [node, bytes, index, first] of found) {
          expect(frames[index]).toMatchObject({ to: node, words: bytes / 4 });
          expect(first).toBe(index + 1);
        }
        expect(new Set(found.map(([, , index]) => index)).size).toBe(claimed.length);
      }),
      { numRuns: 40 },
    );
  });

  it('is refused without buffers or data', () => {
    expect(() => setUp({ card: { buffers: 0 } })).toThrow('buffers is 0; give a whole number from 1');
    expect(() => setUp({ card: { mtuBytes: 0 } })).toThrow('mtuBytes is 0; give a whole number from 1');
  });
});

describe('a segment', () => {
  const make = (changes: Partial<NetworkSegmentOptions>) => () =>
    new NetworkSegment(new Simulation({ tickPs: 2500, seed: 1 }), 'segment', {
      ...{ ticksPerByte: 1, overheadBytes: 38, leastBytes: 46, addresses: [1, 2] },
      ...changes,
    });

  it.each<[Partial<NetworkSegmentOptions>, string]>([
    [{ addresses: [1, 1] }, 'two cards have the address 1'],
    [{ addresses: [-1] }, 'addresses has -1, which is not the address of a card'],
    [{ addresses: [BROADCAST] }, 'which is not the address of a card'],
    [{ ticksPerByte: 0 }, 'ticksPerByte, the ticks of a byte, is 0'],
    [{ overheadBytes: 0, leastBytes: 0 }, 'the least frame has no length'],
    [{ overheadBytes: 2 ** 24 + 1 }, 'overheadBytes is 16777217; give a whole number from 0 to 16777216'],
    [{ leastBytes: 2 ** 24 + 1 }, 'leastBytes is 16777217; give a whole number from 0 to 16777216'],
  ])('with %j is refused', (changes, message) => {
    expect(make(changes)).toThrow(message);
  });

  it('keeps a frame for at least a wire and the least frame: what run-ahead counts on', () => {
    expect(setUp().segment.leastTransit()).toBe(CABLE + 84 * BYTE);
  });

  it('of FDDI carries its largest frame in 351 microseconds', () => {
    const segment = make({ ...fddi, ticksPerByte: 32 })();
    expect(segment.ticksOf(4352) * 2.5e-3).toBe((4352 + 36) * 0.08);
  });
});
