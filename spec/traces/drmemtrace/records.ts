/** Drmemtrace files made record by record. */

/** A record: type, size (of a marker: its kind), address (of a thread, a process or a marker: its value). */
export type Entry = readonly [type: number, size: number, value: bigint];

export const header: Entry = [25, 0, 7n];
export const footer: Entry = [26, 0, 0n];
export const thread = (id: bigint): Entry => [22, 4, id];
export const process = (id: bigint): Entry => [24, 4, id];
export const exit = (id: bigint): Entry => [23, 4, id];
export const marker = (kind: number, value: bigint): Entry => [28, kind, value];
export const at = (microseconds: bigint): Entry => marker(2, microseconds);
export const fileType = (bits: bigint): Entry => marker(9, bits);
export const instruction = (pc: bigint, size = 4, type = 10): Entry => [type, size, pc];
export const load = (address: bigint, size = 8): Entry => [0, size, address];
export const store = (address: bigint, size = 8): Entry => [1, size, address];

/** The bytes of records; `narrow` for those of a 32-bit recorder. */
export function bytesOf(entries: readonly Entry[], narrow = false): Uint8Array {
  const size = narrow ? 8 : 12;
  const bytes = new Uint8Array(size * entries.length);
  const view = new DataView(bytes.buffer);
  entries.forEach(([type, second, value], i) => {
    view.setUint16(size * i, type, true);
    view.setUint16(size * i + 2, second, true);
    if (narrow) view.setUint32(size * i + 4, Number(BigInt.asUintN(32, value)), true);
    else view.setBigUint64(size * i + 4, BigInt.asUintN(64, value), true);
  });
  return bytes;
}

/** A part of a trace. */
export function part(name: string, ...entries: readonly Entry[]): { name: string; bytes: Uint8Array } {
  return { name, bytes: bytesOf(entries) };
}

/** A whole file of one thread of process 10. */
export function file(name: string, id: bigint, type: bigint, ...entries: readonly Entry[]): ReturnType<typeof part> {
  return part(name, header, marker(12, 7n), fileType(type), thread(id), process(10n), ...entries, exit(id), footer);
}
