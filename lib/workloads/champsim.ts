/**
 * Reader of ChampSim traces: one record per instruction, without sizes. After inc/trace_instruction.h of ChampSim.
 * Standard, 64 bytes: u64 pc, u8 branch, u8 taken, u8 destination registers[2], u8 source registers[4],
 * u64 destination addresses[2], u64 source addresses[4]. CloudSuite, 96 bytes: 4 and 4 registers, 6 bytes unused,
 * 4 and 4 addresses, u8 address space[2], 6 bytes unused. An address of zero is an unused slot.
 */
import { DensePages } from './dense-pages.js';
import { TraceError, type ReadOptions, type RecordedTrace } from './trace.js';
import { WideRecording, wideRemarks } from './wide-recording.js';

/** `standard`: records of 64 bytes. `cloudsuite`: records of 96 bytes. */
export type ChampsimForm = 'standard' | 'cloudsuite';

interface Layout {
  readonly recordBytes: number;
  /** Offsets of the addresses that an instruction reads and writes. */
  readonly sources: readonly number[];
  readonly destinations: readonly number[];
}

const layouts: Readonly<Record<ChampsimForm, Layout>> = {
  standard: { recordBytes: 64, destinations: [16, 24], sources: [32, 40, 48, 56] },
  cloudsuite: { recordBytes: 96, destinations: [24, 32, 40, 48], sources: [56, 64, 72, 80] },
};

/** Reads the decompressed trace of one core. Throws a TraceError with record number and byte offset. */
export function readChampsim(bytes: Uint8Array, options: ReadOptions, form: ChampsimForm): RecordedTrace {
  const layout = layouts[form];
  const pages = new DensePages(options.name);
  const stream = new WideRecording(pages, options);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at += layout.recordBytes) readRecord(view, at, layout, stream, options);
  if (stream.length === 0) throw new TraceError(`${options.name}: record 0, byte 0: the trace is empty`);
  const remarks = [
    'Sizes are not recorded: every access is taken to stay in its page, and every instruction in its line.',
    'Loads of an instruction come before its stores.',
    ...wideRemarks([stream], pages, options),
  ];
  const description = `One core, ChampSim ${form} form.`;
  return {
    name: options.name,
    format: 'champsim',
    system: false,
    description,
    lacks: ['thread', 'time'],
    remarks,
    streams: [stream.finish()],
  };
}

function readRecord(view: DataView, at: number, layout: Layout, stream: WideRecording, options: ReadOptions): void {
  const { recordBytes, sources, destinations } = layout;
  const fail = (problem: string): never => {
    throw new TraceError(`${options.name}: record ${at / recordBytes}, byte ${at}: ${problem}`);
  };
  if (at + recordBytes > view.byteLength) fail(`the file ends inside a record of ${recordBytes} bytes`);
  if (view.getUint8(at + 8) > 1 || view.getUint8(at + 9) > 1)
    fail('branch and taken must be 0 or 1; is this the other form?');
  stream.instruction(view.getUint32(at + 4, true), view.getUint32(at, true), 1);
  for (const offset of sources) {
    const low = view.getUint32(at + offset, true);
    const high = view.getUint32(at + offset + 4, true);
    if ((low | high) !== 0) stream.load(high, low, 1);
  }
  for (const offset of destinations) {
    const low = view.getUint32(at + offset, true);
    const high = view.getUint32(at + offset + 4, true);
    if ((low | high) !== 0) stream.store(high, low, 1);
  }
}
