/**
 * What processors, I/O bridges and devices say to each other. A bridge is a cache of its node without a processor; its
 * number is that of its cache (address-map.ts). Commands and reads of registers travel between a processor and a bridge
 * like any message between nodes; the rest stays between a bridge and its devices. Interrupts of devices are
 * `InterruptMessage`s.
 */
import type { MachineFrame } from './addresses.js';
import type { LineData } from './line-data.js';

/** What a device is told: plain data of objects, arrays, numbers, strings and booleans. Each device checks its own. */
export type CommandContent = Readonly<Record<string, unknown>>;

/** What a read of a register of a device that is not there returns. */
export const NO_DEVICE = -1;

/** A command from a processor to a device. Posted: the processor does not wait for it. */
export class DeviceCommand {
  // Numbers of messages.ts, which imports this file.
  readonly lane = 0;
  readonly flits: number;
  /** The processor that sends it. */
  readonly from: number;
  /** The bridge of the device, as a cache. */
  readonly to: number;
  /** Index of the device at its bridge. */
  readonly device: number;
  /** Must not be changed after it is sent. */
  readonly command: CommandContent;
  private readonly digest: number;

  constructor(flits: number, from: number, to: number, device: number, command: CommandContent) {
    this.flits = flits;
    this.from = from;
    this.to = to;
    this.device = device;
    // Software may send anything; devices find objects.
    this.command = typeof command === 'object' && (command as unknown) !== null ? command : {};
    this.digest = digestOf(this.command, 0x811c9dc5 | 0, 0);
  }

  /** For the fingerprint: the device, and all that the command says. */
  signature(): number {
    return this.digest ^ (this.from << 16) ^ (this.to << 20) ^ (this.device << 26);
  }
}

/** A processor asks for a register of a device. It gets a `DeviceValue`, whatever it asked for. */
export class DeviceRead {
  readonly lane = 0;
  readonly flits: number;
  /** The processor that asks. */
  readonly from: number;
  /** The bridge of the device, as a cache. */
  readonly to: number;
  /** Index of the device at its bridge. */
  readonly device: number;
  readonly register: number;

  constructor(flits: number, from: number, to: number, device: number, register: number) {
    this.flits = flits;
    this.from = from;
    this.to = to;
    this.device = device;
    this.register = register;
  }

  /** For the fingerprint. */
  signature(): number {
    return 0x50000000 ^ this.register ^ (this.device << 8) ^ (this.from << 16) ^ (this.to << 24);
  }
}

/** The answer to a `DeviceRead`. */
export class DeviceValue {
  readonly lane = 2;
  readonly flits: number;
  /** The bridge of the device, as a cache. */
  readonly from: number;
  /** The processor that asked. */
  readonly to: number;
  readonly device: number;
  readonly register: number;
  /** A signed integer of 32 bits; NO_DEVICE if there is no such device or register. */
  readonly value: number;

  constructor(flits: number, from: number, to: number, device: number, register: number, value: number) {
    this.flits = flits;
    this.from = from;
    this.to = to;
    this.device = device;
    this.register = register;
    this.value = value;
  }

  /** For the fingerprint. */
  signature(): number {
    return Math.imul(this.value, 31) ^ this.register ^ (this.device << 8) ^ (this.from << 16) ^ (this.to << 24);
  }
}

/** What travels between a processor and the bridge of a device, besides interrupts. */
export type IoMessage = DeviceCommand | DeviceRead | DeviceValue;

/** A flit between a bridge and its devices. */
const FLIT_BYTES = 8;

/** What goes from a bridge to a device. */
export type ToDevice = DeviceCommand | DeviceRead | DmaDone;

/** A device reads or writes memory. The bridge answers each with a `DmaDone`, in the order of asking. */
export class DmaRequest {
  readonly lane = 0;
  readonly flits: number;
  readonly write: boolean;
  readonly frame: MachineFrame;
  /** Within the frame, a multiple of 4. */
  readonly offset: number;
  /** A multiple of 4, within the frame. */
  readonly bytes: number;
  /** What to write, null for zeros; null in reads. */
  readonly words: LineData | null;
  /** For the device: comes back in the answer. */
  readonly tag: number;

  constructor(write: boolean, frame: MachineFrame, offset: number, bytes: number, words: LineData | null, tag: number) {
    this.flits = write ? 1 + Math.ceil(bytes / FLIT_BYTES) : 1;
    this.write = write;
    this.frame = frame;
    this.offset = offset;
    this.bytes = bytes;
    this.words = words;
    this.tag = tag;
  }

  /** For the fingerprint: place and content. */
  signature(): number {
    const place = Number(this.write) ^ (this.offset << 1) ^ (this.bytes << 14) ^ Math.imul(this.frame, 0x01000193);
    return this.words === null ? place : place ^ digestOfWords(this.words);
  }
}

/** A transfer between a device and memory is done. */
export class DmaDone {
  readonly lane = 2;
  readonly flits: number;
  /** That of the request. */
  readonly tag: number;
  /** Bytes that were read; 0 after writes. */
  readonly bytes: number;
  /** As `words`, but null also if none of it was ever written: for devices that keep zeros without room for them. */
  readonly stored: LineData | null;

  constructor(tag: number, bytes: number, stored: LineData | null) {
    this.flits = 1 + Math.ceil(bytes / FLIT_BYTES);
    this.tag = tag;
    this.bytes = bytes;
    this.stored = stored;
  }

  /** What was read, with zeros where nothing was ever written; null after writes. */
  get words(): LineData | null {
    if (this.bytes === 0) return null;
    return this.stored ?? new Int32Array(this.bytes >> 2);
  }

  /** For the fingerprint: the words; the tag alone if none of them was ever written. */
  signature(): number {
    return this.stored === null ? this.tag : this.tag ^ digestOfWords(this.stored);
  }
}

/** FNV-1a over words. */
export function digestOfWords(words: LineData): number {
  let hash = 0x811c9dc5 | 0;
  for (let word = 0; word < words.length; word++) hash = Math.imul(hash ^ words[word], 0x01000193);
  return hash;
}

/** Deeper content is not told apart. */
const DEEPEST = 8;

/** FNV-1a over plain data, with its keys in their order. What is no plain data counts by its type. */
function digestOf(value: unknown, seed: number, depth: number): number {
  if (typeof value === 'number') return mix(mix(seed, value | 0), Math.floor(value / 2 ** 32) | 0);
  if (typeof value === 'boolean') return mix(seed, Number(value) + 2);
  if (typeof value === 'string') return digestOfText(value, seed);
  if (typeof value !== 'object' || value === null || depth === DEEPEST) return mix(seed, 5);
  let hash = mix(seed, Array.isArray(value) ? 6 : 7);
  for (const [key, inner] of Object.entries(value)) hash = digestOf(inner, digestOfText(key, hash), depth + 1);
  return hash;
}

function digestOfText(text: string, seed: number): number {
  let hash = mix(seed, text.length);
  for (let i = 0; i < text.length; i++) hash = mix(hash, text.charCodeAt(i));
  return hash;
}

function mix(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x01000193);
}
