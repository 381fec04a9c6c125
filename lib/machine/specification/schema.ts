/** What each field of a specification may be by itself. Whether the fields fit each other is for checks.ts. */
import { z } from 'zod';
import { PROTOCOL_NAMES } from '../../coherence/protocols/protocols.js';
import { devices } from './device-schema.js';
import { count, duration, name, object, positive, text } from './schema-parts.js';
import type { MachineSpecification } from './specification.js';

/** The most nodes, and the most processors of one. */
const MOST_NODES = 4096;
const MOST_PROCESSORS = 1024;

const cache = object({ sizeBytes: count(4, 2 ** 28), ways: count(1, 255), lineBytes: count(4, 4096) });
const memory = object({ accessNs: duration, banks: count(1, 65536), bankNs: positive });
const memoryBytes = count(0, 2 ** 50);
const link = object({ latencyNs: positive, flitNs: duration });
const routers = { nodesPerRouter: count(1, MOST_NODES), attach: link, link };
const grid = { columns: count(1, 1024), rows: count(1, 1024), ...routers };
const vertex = count(0, 2 ** 20);

const edge = z.union([
  object({ a: vertex, b: vertex, latencyNs: positive, flitNs: duration }),
  object({ from: vertex, to: vertex, latencyNs: positive, flitNs: duration }),
]);

const TOPOLOGIES = [
  object({ kind: z.literal('mesh'), ...grid }),
  object({ kind: z.literal('torus'), ...grid }),
  object({ kind: z.literal('ring'), routers: count(1, MOST_NODES), ...routers }),
  object({ kind: z.literal('hypercube'), dimension: count(0, 12), ...routers }),
  object({ kind: z.literal('fat-tree'), arity: count(2, 1024), levels: count(1, 16), ...routers }),
  object({ kind: z.literal('crossbar'), attach: link }),
  object({ kind: z.literal('graph'), routers: count(0, 65536), edges: z.array(edge).max(2 ** 20) }),
  object({
    kind: z.literal('matrix'),
    latencyNs: z.array(z.array(duration)).min(1).max(MOST_NODES),
    flitNs: z.union([duration, z.array(z.array(duration)).max(MOST_NODES)]),
  }),
] as const;

const DIRECTORIES = [
  object({ format: z.literal('full') }),
  object({ format: z.literal('coarse'), bits: count(1, 8192) }),
  object({ format: z.literal('limited-broadcast'), pointers: count(1, 8192) }),
  object({ format: z.literal('limited-evict'), pointers: count(2, 8192) }),
  object({ format: z.literal('sparse'), sets: count(1, 2 ** 24), ways: count(1, 1024) }),
  object({ format: z.literal('dynamic-pointers'), cells: count(1, 2 ** 24), cellNs: duration }),
] as const;

/** Names of the topologies. */
export const TOPOLOGY_KINDS: readonly string[] = TOPOLOGIES.map(({ shape }) => shape.kind.value);

/** A specification, field by field. */
export const schema = object({
  name: text.min(1),
  source: text,
  confidence: object({ nodes: text, processor: text, memory: text, controller: text, network: text }),
  tickPs: count(1, 1e9),
  nodes: z.union([
    object({ count: count(1, MOST_NODES), processors: count(0, MOST_PROCESSORS), memoryBytes }),
    z
      .array(
        object({
          processors: count(0, MOST_PROCESSORS),
          memoryBytes,
          memory: memory.optional(),
          busNs: positive.optional(),
        }),
      )
      .min(1)
      .max(MOST_NODES),
  ]),
  pageBytes: z.literal(4096),
  processor: object({
    clockMHz: z.number().positive().max(1e6),
    tlbEntries: count(1, 1024),
    l1i: cache,
    l1d: cache,
    l2: cache,
    l2HitNs: duration,
    storeBuffer: count(0, 64).optional(),
    storeDelayCycles: count(0, 2 ** 20).optional(),
  }),
  memory,
  controller: object({
    requestOutNs: duration,
    lookupLocalNs: duration,
    lookupRemoteNs: duration,
    forwardOutNs: duration,
    forwardInNs: duration,
    responseOutNs: duration,
    responseInNs: duration,
    homeOccupancyNs: duration,
    passOccupancyNs: duration,
  }),
  busNs: positive,
  network: object({
    topology: z.discriminatedUnion('kind', TOPOLOGIES),
    niNs: positive,
    flitBytes: count(1, 4096),
    headerBytes: count(1, 4096),
    routers: object({
      virtualChannels: count(1, 16),
      bufferFlits: count(1, 1024),
      pipelineCycles: count(1, 64),
      creditCycles: count(0, 64),
    }).optional(),
  }),
  protocol: name(PROTOCOL_NAMES),
  directory: z.discriminatedUnion('format', DIRECTORIES).optional(),
  counters: object({
    threshold: count(1, 2 ** 31 - 1),
    sampling: count(1, 2 ** 31 - 1),
    bits: count(1, 31),
    delayNs: duration,
    /** At most 1000 seconds. */
    resetNs: z.number().min(0.001).max(1e12),
  }).nullable(),
  devices: devices.optional(),
  wheelSlots: count(1024, 2 ** 20),
}) satisfies z.ZodType<MachineSpecification>;
