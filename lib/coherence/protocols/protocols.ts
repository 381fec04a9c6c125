/** The protocols that come with the library, by name. */
import { mesiRetry } from './mesi-retry.js';
import { mesi } from './mesi.js';
import { moesi } from './moesi.js';
import { mosi } from './mosi.js';
import type { CoherenceProtocol } from '../protocol.js';
import { msi } from './msi.js';

/** The shipped protocols by name: with a blocking home from the fewest states to the most, then the one that refuses. */
export const PROTOCOLS = {
  MSI: msi,
  MESI: mesi,
  MOSI: mosi,
  MOESI: moesi,
  'MESI-retry': mesiRetry,
} as const satisfies Readonly<Record<string, CoherenceProtocol>>;

/** The name of a shipped protocol. */
export type ProtocolName = keyof typeof PROTOCOLS;

/** The names of the shipped protocols. */
export const PROTOCOL_NAMES = Object.keys(PROTOCOLS) as readonly ProtocolName[];
