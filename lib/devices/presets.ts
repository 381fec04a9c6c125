/**
 * Devices of the 1990s by name, with where each number comes from. No primary source was open for any of them: they are
 * what is recalled of the papers, or what other simulators that name those papers use. Unverified, all of it.
 */
import type { DiskModel } from './disk-mechanism.js';
import type { NetworkMedium } from './network-segment.js';

/**
 * The HP 97560, a SCSI disk of 1.3 GB that SimOS and many others modelled. After Ruemmler and Wilkes, An Introduction to
 * Disk Drive Modeling (1994), and Kotz, Toh and Radhakrishnan, A Detailed Simulation Model of the HP 97560 Disk Drive (1994).
 */
export const hp97560: DiskModel = {
  // Recalled, and the same in two other simulators' models of this disk.
  cylinders: 1962,
  tracksPerCylinder: 19,
  sectorsPerTrack: 72,
  rotationsPerMinute: 4002,
  // Recalled, and the same in two other simulators' models of this disk.
  seek: { shortBaseMs: 3.24, shortRootMs: 0.4, longFrom: 383, longBaseMs: 8, longSlopeMs: 0.008 },
  // Two other simulators' models say 1.6. Recalled as "about 2.5", which would be longer than the skew gives time for.
  headSwitchMs: 1.6,
  // Recalled, and named in two other simulators' models. 8 sectors pass in 1.67 ms, 18 in 3.75: a head switch takes 1.6,
  // a seek to the next cylinder 3.64.
  trackSkew: 8,
  cylinderSkew: 18,
  // Recalled as "about 2.2", and the same in another simulator's model, for reads and writes.
  overheadMs: 2.2,
  // SCSI-2, fast: recalled.
  busMBytesPerSecond: 10,
  // Recalled, and named in another simulator's model.
  cacheBytes: 128 * 1024,
};

/** Disk models by name. */
export const DISK_MODELS = { hp97560 } as const satisfies Record<string, DiskModel>;

/** Ethernet at 10 Mbit/s (IEEE 802.3). Recalled, but the standard's own figures. */
export const ethernet10: NetworkMedium = {
  byteNs: 800,
  // Preamble 8, addresses 12, type 2, check 4, gap between frames 12.
  overheadBytes: 38,
  leastBytes: 46,
  mtuBytes: 1500,
};

/** FDDI at 100 Mbit/s, without its token: a segment has no such thing. Recalled. */
export const fddi: NetworkMedium = {
  byteNs: 80,
  // Preamble 8, delimiters 3, frame control 1, addresses 12, check 4, LLC and SNAP headers 8.
  overheadBytes: 36,
  leastBytes: 0,
  // What is left of 4500 bytes for IP by RFC 1390.
  mtuBytes: 4352,
};

/** Network media by name. */
export const NETWORK_MEDIA = { 'ethernet-10': ethernet10, fddi } as const satisfies Record<string, NetworkMedium>;

/** The clock tick of IRIX, 100 times a second. Recalled. */
export const IRIX_TICK_NS = 10_000_000;
