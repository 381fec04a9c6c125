/** What messages add to the fingerprint of a run, and how they are told to people. */
import { describe, expect, it } from '@jest/globals';
import { machineFrame, type Line } from '../../lib/messages/addresses.js';
import { CoherenceMessage, HOME, InterruptMessage, Kind } from '../../lib/messages/coherence-messages.js';
import { DeviceCommand, DeviceRead, DeviceValue, DmaDone, DmaRequest } from '../../lib/messages/io-messages.js';
import { DeviceStatus } from '../../lib/messages/device-status.js';
import { ErrorNumber } from '../../lib/system/code.js';

const content = {
  kind: Kind.DataDir,
  flits: 17,
  line: 12 as Line,
  from: HOME,
  to: 3,
  requester: 3,
  acks: 2,
  data: null,
};

describe('the signature of a message', () => {
  it.each([
    [new DeviceRead(1, 3, 5, 7, 9), 0x50000000 ^ 9 ^ (7 << 8) ^ (3 << 16) ^ (5 << 24)],
    [new InterruptMessage(1, 9, 3, 5, 7, 11), 0x40000000 ^ 9 ^ (31 * 7) ^ (11 << 8) ^ (3 << 16) ^ (5 << 24)],
    [new DmaRequest(true, machineFrame(0), 64, 128, null, 1), 1 ^ (64 << 1) ^ (128 << 14)],
    [new DmaDone(77, 128, null), 77],
  ])('is made of all that it says', (message, expected) => expect(message.signature()).toBe(expected));

  it.each<[string, readonly { signature(): number }[]]>([
    [
      'commands',
      [
        new DeviceCommand(1, 3, 5, 7, { op: 'read', sector: 9 }),
        new DeviceCommand(1, 4, 5, 7, { op: 'read', sector: 9 }),
        new DeviceCommand(1, 3, 6, 7, { op: 'read', sector: 9 }),
        new DeviceCommand(1, 3, 5, 8, { op: 'read', sector: 9 }),
        new DeviceCommand(1, 3, 5, 7, { op: 'write', sector: 9 }),
        new DeviceCommand(1, 3, 5, 7, { op: 'read', sector: 2 ** 33 + 9 }),
        new DeviceCommand(1, 3, 5, 7, { op: 'read', sector: '9' }),
        new DeviceCommand(1, 3, 5, 7, { op: 'read', sector: [9] }),
        new DeviceCommand(1, 3, 5, 7, { op: 'read', sector: true }),
      ],
    ],
    [
      'values',
      [
        [1, 3, 5, 7, 9, 11],
        [1, 4, 5, 7, 9, 11],
        [1, 3, 6, 7, 9, 11],
        [1, 3, 5, 8, 9, 11],
        [1, 3, 5, 7, 10, 11],
        [1, 3, 5, 7, 9, 12],
      ].map(([flits, from, to, device, register, value]) => new DeviceValue(flits, from, to, device, register, value)),
    ],
    [
      'coherence messages',
      [
        {},
        { kind: Kind.DataExcl },
        { line: 13 as Line },
        { to: 4 },
        { requester: 4 },
        { acks: 3 },
        { data: Int32Array.of(1, 2) },
        { data: Int32Array.of(2, 1) },
      ].map(changes => new CoherenceMessage({ ...content, ...changes })),
    ],
  ])('tells %s apart that differ in one field', (_, messages) => {
    const signatures = messages.map(message => message.signature());
    expect(new Set(signatures).size).toBe(messages.length);
  });

  it('of a command depends on where its words are', () => {
    // 3 at bit 16, 5 at bit 20: a sender is not taken for a receiver.
    const [one, other] = [new DeviceCommand(1, 3, 5, 7, {}), new DeviceCommand(1, 5, 3, 7, {})];
    expect(one.signature() ^ other.signature()).toBe((3 << 16) ^ (5 << 20) ^ (5 << 16) ^ (3 << 20));
  });
});

describe('the length of a transfer', () => {
  it('is one flit for the request, and one for each eight bytes that go along', () => {
    expect(new DmaRequest(false, machineFrame(1), 0, 128, null, 1).flits).toBe(1);
    expect(new DmaRequest(true, machineFrame(1), 0, 128, null, 1).flits).toBe(17);
    expect(new DmaDone(1, 128, null).flits).toBe(17);
    expect(new DmaDone(1, 0, null).flits).toBe(1);
  });
});

describe('a coherence message as text', () => {
  it.each([
    [{}, 'DataDir of line 12 from home to cache 3, 2 acknowledgements'],
    [{ from: 5, to: HOME, requester: 5, acks: 0 }, 'DataDir of line 12 from cache 5 to home'],
    [{ from: 5, to: 3, requester: 4, acks: 0 }, 'DataDir of line 12 from cache 5 to cache 3 for cache 4'],
    [{ from: 5, to: 3, requester: 3, acks: 0 }, 'DataDir of line 12 from cache 5 to cache 3'],
    [{ acks: 0, data: Int32Array.of(7, 8) }, 'DataDir of line 12 from home to cache 3, words 7 8'],
  ])('says who, what and for whom', (changes, text) => {
    expect(String(new CoherenceMessage({ ...content, ...changes }))).toBe(text);
  });
});

describe('numbers that software sees', () => {
  it('of devices are those of the documentation', () => {
    expect(DeviceStatus).toEqual({
      ...{ Ok: 0, OutOfRange: 1, BadPieces: 2, MediumError: 3, BadCommand: 4, TooLong: 5, BadAddress: 6, NoRoom: 7 },
      NoMemory: 8,
    });
  });

  it('of failed system calls are those of SVR4', () => {
    expect(ErrorNumber).toEqual({
      ...{ ENOENT: -2, EIO: -5, E2BIG: -7, EBADF: -9, ECHILD: -10, EAGAIN: -11, ENOMEM: -12, EACCES: -13, EFAULT: -14 },
      ...{ EEXIST: -17, ENOTDIR: -20, EISDIR: -21, EINVAL: -22, EMFILE: -24, EFBIG: -27, ENOSPC: -28, ESPIPE: -29 },
      ...{ EROFS: -30, EPIPE: -32 },
      ...{
        ENAMETOOLONG: -78,
        ENOTEMPTY: -93,
        EMSGSIZE: -97,
        EADDRINUSE: -125,
        ENOBUFS: -132,
        ETIMEDOUT: -145,
        ESTALE: -151,
      },
    });
  });
});
