/** What a node controller is made with: times of the controller and of its memory, lengths of messages, the directory. */
import { plainObject, wholeNumber, wholeNumbers } from '../engine/checks.js';
import type { Ticks } from '../engine/time.js';
import type { DirectoryFormat } from '../coherence/directory-format.js';
import type { CoherenceProtocol } from '../coherence/protocol.js';
import type { AddressMap } from '../messages/address-map.js';
import type { PageCounterOptions } from './page-counters.js';

/** Latencies and occupancies of a controller, in ticks. Latencies add up; occupancies only make others wait. */
export interface ControllerTiming {
  /** A processor's request leaving for another node. */
  readonly requestOut: Ticks;
  /** Directory look-up for a request of this node's processors. */
  readonly lookupLocal: Ticks;
  /** Directory look-up for a request from another node. */
  readonly lookupRemote: Ticks;
  /** On top of the look-up, when home forwards, invalidates or acknowledges instead of reading memory. */
  readonly forwardOut: Ticks;
  /** A forward from the network to its processor. */
  readonly forwardIn: Ticks;
  /** A processor's response leaving for another node. */
  readonly responseOut: Ticks;
  /** A response from the network to its processor. */
  readonly responseIn: Ticks;
  /** Time for which a request occupies the controller of its home. */
  readonly homeOccupancy: Ticks;
  /** Time for which a message that only passes through occupies the controller. */
  readonly passOccupancy: Ticks;
}

/** Memory of a node. */
export interface MemoryTiming {
  /** From the look-up to the first word of the line. */
  readonly accessTicks: Ticks;
  /** Time for which a line occupies its bank: the bandwidth. */
  readonly bankTicks: Ticks;
  /** Banks, interleaved by line. */
  readonly banks: number;
}

/** Lengths of messages in flits. */
export interface MessageLengths {
  readonly control: number;
  readonly data: number;
}

/** What a node controller is made with. */
export interface NodeControllerOptions {
  /** Its number. */
  readonly node: number;
  readonly map: AddressMap;
  readonly protocol: CoherenceProtocol;
  readonly timing: ControllerTiming;
  readonly memory: MemoryTiming;
  readonly flits: MessageLengths;
  /** Page miss counters, or null for none. */
  readonly counters: PageCounterOptions | null;
  /** A full bit vector unless given. Others need a protocol of `protocolFor`, the same in all caches. */
  readonly directory?: DirectorySettings;
}

/** The directory of a controller. */
export interface DirectorySettings {
  readonly format: DirectoryFormat;
  /** For dynamic pointers: the time for which a list cell that is gone through occupies the controller. */
  readonly ticksPerCell: Ticks;
}

/** A full bit vector: what a controller has unless told otherwise. */
export const FULL_DIRECTORY: DirectorySettings = { format: { format: 'full' }, ticksPerCell: 0 };

/** Throws a RangeError, naming the option, unless a controller can be made so. Counters and directory check their own. */
export function checkController(path: string, options: NodeControllerOptions): void {
  plainObject(options, path);
  for (const part of ['timing', 'memory', 'flits', 'map', 'protocol'] as const)
    plainObject(options[part], `${path}: ${part}`);
  const { map, timing, memory, flits, counters, directory } = options;
  wholeNumber(options.node, `${path}: node`, 0, map.nodes - 1);
  wholeNumbers(timing, TIMES, `${path}: timing`);
  wholeNumbers(memory, ['accessTicks', 'bankTicks'], `${path}: memory`);
  wholeNumbers(memory, ['banks'], `${path}: memory`, 1, 65536);
  wholeNumbers(flits, ['control', 'data'], `${path}: flits`, 1, 2 ** 20);
  plainObject(options.protocol.home, `${path}: protocol.home`);
  if (counters !== null) plainObject(counters, `${path}: counters`);
  if (directory === undefined) return;
  plainObject(directory, `${path}: directory`);
  plainObject(directory.format, `${path}: directory.format`);
  wholeNumbers(directory, ['ticksPerCell'], `${path}: directory`);
}

const TIMES: readonly (keyof ControllerTiming)[] = [
  ...(['requestOut', 'lookupLocal', 'lookupRemote', 'forwardOut', 'forwardIn', 'responseOut', 'responseIn'] as const),
  ...(['homeOccupancy', 'passOccupancy'] as const),
];
