/** The recorded systems of the repository, and what their headers count. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { SystemImage } from '../../../lib/guest/recorded/image.js';
import { readNtr } from '../../../lib/traces/ntr/ntr.js';
import { systemImage, type SystemImageOptions } from '../../../lib/workloads/images/system-image.js';
import type { RecordedTrace } from '../../../lib/traces/trace.js';

/** Traces of whole systems. */
export const SYSTEMS = ['pmake-2cpu-start', 'pmake-2cpu-compile', 'database-2cpu', 'verilog-2cpu'] as const;

/** Counts of a header that specs compare. */
export interface HeaderCounts {
  readonly instructions: number;
  readonly kernelInstructions: number;
  readonly loads: number;
  readonly stores: number;
  readonly special: Readonly<Record<string, number>>;
}

/** A trace with its header's counts. */
export function open(name: string): { readonly trace: RecordedTrace; readonly counts: HeaderCounts } {
  const bytes = new Uint8Array(gunzipSync(readFileSync(join(process.cwd(), 'traces', `${name}.ntr.gz`))));
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes))) as { counts: HeaderCounts };
  return { trace: readNtr(bytes, { name, fetchLineBytes: 128, specials: true }), counts: header.counts };
}

/** The image of a trace. */
export function imageOf(trace: RecordedTrace, options: Partial<SystemImageOptions> = {}): SystemImage {
  return systemImage(trace, { fetchLineBytes: 128, ...options });
}
