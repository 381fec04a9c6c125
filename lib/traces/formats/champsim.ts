/**
 * Reader of ChampSim traces: one record per instruction, without sizes. After inc/trace_instruction.h of ChampSim.
 * Standard, 64 bytes: u64 pc, u8 branch, u8 taken, u8 destination registers[2], u8 source registers[4],
 * u64 destination addresses[2], u64 source addresses[4]. CloudSuite, 96 bytes: 4 and 4 registers, 6 bytes unused,
 * 4 and 4 addresses, u8 address space[2], 6 bytes unused. An address of zero is an unused slot.
 */
import { champsimContent, champsimLayouts, isZero, type ChampsimForm, type ChampsimLayout } from './champsim-form.js';
import { DensePages, PairNumbers } from './dense-pages.js';
import { withMemory } from '../memory-limit.js';
import { TraceError, type ReadOptions, type RecordedTrace } from '../trace.js';
import { WideRecording, wideRemarks } from './wide-recording.js';

export type { ChampsimForm } from './champsim-form.js';

/**
 * Reads the decompressed trace of one core. Throws a TraceError with record number and byte offset, and when the records are
 * those of the other form.
 */
export function readChampsim(bytes: Uint8Array, settings: ReadOptions, form: ChampsimForm): RecordedTrace {
  const options = withMemory(settings);
  if (bytes.length === 0) throw new TraceError(`${options.name}: record 0, byte 0: the trace is empty`);
  const content = champsimContent(bytes).form;
  if (content !== form && content !== 'either' && content !== 'neither')
    throw new TraceError(
      `${options.name}: the records are those of the ${content} form (${champsimLayouts[content].recordBytes} bytes), ` +
        `not of the ${form} form (${champsimLayouts[form].recordBytes} bytes)`,
    );
  return new ChampsimReader(bytes, options, form).read();
}

/** The form in which the records of a trace are read, whose name or caller says `named`. Content goes first. */
export function champsimForm(bytes: Uint8Array, named: ChampsimForm): ChampsimForm {
  const { form } = champsimContent(bytes);
  return form === 'standard' || form === 'cloudsuite' ? form : named;
}

class ChampsimReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly options: ReadOptions;
  private readonly form: ChampsimForm;
  private readonly layout: ChampsimLayout;
  private readonly numbers: PairNumbers;
  /** The pages of each address space. */
  private readonly spaces = new Map<number, DensePages>();
  private readonly stream: WideRecording;
  private space = 0;
  private padding = 0;

  constructor(bytes: Uint8Array, options: ReadOptions, form: ChampsimForm) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.options = options;
    this.form = form;
    this.layout = champsimLayouts[form];
    this.numbers = new PairNumbers(options.name);
    this.stream = new WideRecording(new DensePages(options.name, this.numbers), options);
  }

  read(): RecordedTrace {
    const { options, stream, form, bytes } = this;
    const { recordBytes } = this.layout;
    for (let at = 0; at < bytes.length; at += recordBytes) this.record(at, Math.min(at + recordBytes, bytes.length));
    if (stream.length === 0) throw new TraceError(`${options.name}: record 0, byte 0: all bytes are zero`);
    const remarks = [
      'Sizes are not recorded: every access is taken to stay in its page, and every instruction in its line.',
      'Loads of an instruction come before its stores.',
      ...wideRemarks([stream], this.numbers, options),
    ];
    if (this.padding > 0) remarks.push(`${this.padding} records of zeros are passed over.`);
    if (this.spaces.size > 1)
      remarks.push(
        `${this.spaces.size} address spaces are recorded, and each has pages of its own; they take turns on one core, and a turn takes no time.`,
      );
    return {
      name: options.name,
      format: 'champsim',
      system: false,
      description: `One core, ChampSim ${form} form.`,
      lacks: ['thread', 'time'],
      remarks,
      streams: [stream.finish()],
    };
  }

  private record(at: number, end: number): void {
    const { view, bytes, stream } = this;
    const { recordBytes, sources, destinations, addressSpace } = this.layout;
    if (isZero(bytes, at, end)) {
      this.padding++;
      return;
    }
    if (end - at < recordBytes) this.fail(at, `the file ends inside a record of ${recordBytes} bytes`);
    if (bytes[at + 8] > 1 || bytes[at + 9] > 1)
      this.fail(at, 'branch and taken must be 0 or 1; is this the other form, or no ChampSim trace?');
    if (addressSpace >= 0) this.enter(view.getUint16(at + addressSpace, true));
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

  private enter(space: number): void {
    if (space === this.space && this.spaces.size > 0) return;
    let pages = this.spaces.get(space);
    if (pages === undefined) this.spaces.set(space, (pages = new DensePages(this.options.name, this.numbers)));
    this.space = space;
    this.stream.pages = pages;
  }

  private fail(at: number, problem: string): never {
    throw new TraceError(`${this.options.name}: record ${at / this.layout.recordBytes}, byte ${at}: ${problem}`);
  }
}
