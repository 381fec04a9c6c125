/**
 * Devices of the 1990s by name, with where each number comes from. No primary source was open for any of them: they are
 * what is recalled of the papers, or what other simulators that name those papers use. Unverified, all of it.
 */
import type { DiskModel } from './disk-mechanism.js';

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
