/** What each field of a device may be by itself. Whether devices fit the machine is for device-checks.ts. */
import { z } from 'zod';
import { DISK_SCHEDULINGS } from '../../devices/disk-queue.js';
import { DISK_MODELS, NETWORK_MEDIA } from '../../devices/presets.js';
import type { DeviceSpecification } from './device-specification.js';
import { count, name, object, positive, presetName } from './schema-parts.js';

/** In milliseconds; at most a minute. */
const milliseconds = z.number().min(0).max(60_000);
const least32 = count(1, 2 ** 31 - 1);
const index = count(0, 2 ** 24);
const deviceName = z.string().regex(/^[a-zA-Z][a-zA-Z0-9_-]*$/, {
  error: 'is not a name: a letter, then letters, digits, - or _',
});

const diskModel = object({
  cylinders: count(1, 65536),
  tracksPerCylinder: count(1, 256),
  sectorsPerTrack: count(1, 4096),
  rotationsPerMinute: z.number().min(1).max(100_000),
  seek: object({
    shortBaseMs: milliseconds,
    shortRootMs: milliseconds,
    longFrom: count(0, 65536),
    longBaseMs: milliseconds,
    longSlopeMs: milliseconds,
  }),
  headSwitchMs: milliseconds,
  trackSkew: count(0, 4095),
  cylinderSkew: count(0, 4095),
  overheadMs: milliseconds,
  busMBytesPerSecond: z.number().min(0.001).max(1e6),
  cacheBytes: z
    .int()
    .min(512)
    .max(2 ** 30)
    .multipleOf(512),
});

const medium = object({
  byteNs: positive,
  overheadBytes: count(1, 65536),
  leastBytes: count(0, 65536),
  mtuBytes: count(4, 2 ** 24),
});

const KINDS = [
  object({
    kind: z.literal('disk'),
    name: deviceName.optional(),
    node: index,
    model: z.union([diskModel, presetName(Object.keys(DISK_MODELS) as (keyof typeof DISK_MODELS)[])]),
    scheduling: name(DISK_SCHEDULINGS),
    immediateReport: z.boolean(),
  }),
  object({
    kind: z.literal('network-segment'),
    name: deviceName,
    medium: z.union([medium, presetName(Object.keys(NETWORK_MEDIA) as (keyof typeof NETWORK_MEDIA)[])]),
  }),
  object({
    kind: z.literal('network-card'),
    name: deviceName.optional(),
    node: index,
    segment: z.string(),
    address: count(0, 2 ** 48 - 2),
    buffers: count(1, 65536),
  }),
  object({
    kind: z.literal('console'),
    name: deviceName.optional(),
    node: index,
    outputCharacters: count(1, 2 ** 24),
    interruptTo: index,
    interruptCode: least32,
  }),
  object({
    kind: z.literal('timer'),
    name: deviceName.optional(),
    processor: index,
    // At most 1000 seconds.
    periodNs: z.number().min(0.001).max(1e12),
    phaseNs: z.number().min(0).max(1e12),
    on: z.boolean(),
    interruptCode: least32,
  }),
  object({
    kind: z.literal('clock'),
    name: deviceName.optional(),
    node: index,
    unit: name(['ns', 'us'] as const),
    epoch: count(0, Number.MAX_SAFE_INTEGER),
  }),
] as const;

/** Names of the kinds of devices. */
export const DEVICE_KINDS: readonly string[] = KINDS.map(({ shape }) => shape.kind.value);

/** Devices, field by field. */
export const devices = z.array(z.discriminatedUnion('kind', KINDS)).max(4096) satisfies z.ZodType<
  readonly DeviceSpecification[]
>;
