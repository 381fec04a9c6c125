/**
 * Readers of Dinero traces: din text (Dinero III, Dinero IV -informat d), extended text (-informat D) and binary
 * records (-informat b). After the tracein sources of Dinero IV.
 */
import { DensePages } from './dense-pages.js';
import { withMemory } from '../memory-limit.js';
import { TextCursor } from './text-cursor.js';
import { TraceError, type ReadOptions, type RecordedTrace } from '../trace.js';
import { WideRecording, wideRemarks } from './wide-recording.js';

/** `din`: label and address. `extended`: letter, address, hexadecimal size. `binary`: u32 address, u16 size, u8 type, u8 unused. */
export type DineroForm = 'din' | 'extended' | 'binary';

/** Access types in all forms; the letters are those of the extended form. */
const Type = { Read: 0, Write: 1, Instruction: 2, Misc: 3, CopyBack: 4, Invalidate: 5 } as const;
const letters = 'rwimcv';
const recordBytes = 8;

/**
 * Reads a trace of one stream. Miscellaneous accesses count as loads, as in Dinero; copy-backs and invalidations are
 * dropped. Throws a TraceError with line or record number, also for a blank line and when there is no reference.
 */
export function readDinero(bytes: Uint8Array, settings: ReadOptions, form: DineroForm): RecordedTrace {
  const options = withMemory(settings);
  const sink = new DineroSink(options);
  if (form === 'binary') readRecords(bytes, options, sink);
  else readLines(new TextCursor(bytes, options.name), form, sink);
  return sink.finish(form);
}

class DineroSink {
  private misc = 0;
  private dropped = 0;
  private readonly options: ReadOptions;
  private readonly pages: DensePages;
  private readonly stream: WideRecording;

  constructor(options: ReadOptions) {
    this.options = options;
    this.pages = new DensePages(options.name);
    this.stream = new WideRecording(this.pages, options);
  }

  /** One record; false for an unknown type. */
  take(type: number, high: number, low: number, sizeBytes: number): boolean {
    if (type === Type.Read || type === Type.Misc) this.stream.load(high, low, sizeBytes);
    else if (type === Type.Write) this.stream.store(high, low, sizeBytes);
    else if (type === Type.Instruction) this.stream.instruction(high, low, sizeBytes);
    else if (type === Type.CopyBack || type === Type.Invalidate) this.dropped++;
    else return false;
    if (type === Type.Misc) this.misc++;
    return true;
  }

  finish(form: DineroForm): RecordedTrace {
    const { options, stream, pages } = this;
    if (stream.length === 0) throw new TraceError(`${options.name}: the trace ends without a single reference`);
    const remarks = wideRemarks([stream], pages, options);
    if (form === 'din') remarks.push('Sizes are not recorded: every access is taken to stay in its page.');
    if (this.misc > 0) remarks.push(`${this.misc} miscellaneous accesses count as loads.`);
    if (this.dropped > 0) remarks.push(`${this.dropped} copy-back and invalidation records are dropped.`);
    const streams = [stream.finish()];
    const description = `A Dinero trace, ${form} form.`;
    return {
      name: options.name,
      format: 'dinero',
      system: false,
      description,
      lacks: ['thread', 'time'],
      remarks,
      streams,
    };
  }
}

function readLines(text: TextCursor, form: 'din' | 'extended', sink: DineroSink): void {
  while (!text.ended) {
    text.skipBlanks();
    if (text.ended) return;
    const type = form === 'din' ? label(text) : letter(text);
    if (!text.skipBlanks()) text.fail('expected a blank before the address');
    text.skipPrefix();
    text.hexadecimal('an address');
    const { high, low } = text;
    text.endField('the address');
    const size = form === 'din' ? 1 : sizeField(text, type);
    if (!sink.take(type, high, low, size)) text.fail(`label ${type.toString(16)}, expected 0 to 5`);
    text.nextLine();
  }
}

function label(text: TextCursor): number {
  text.skipPrefix();
  text.hexadecimal('a label');
  return text.high > 0 ? -1 : text.low;
}

function letter(text: TextCursor): number {
  const found = String.fromCharCode(text.peek() | 32);
  const type = letters.indexOf(found);
  if (type < 0) text.fail('expected one of the letters r, w, i, m, c, v');
  text.skip(1);
  return type;
}

/** Of a copy-back or an invalidation 0 bytes mean the whole cache. */
function sizeField(text: TextCursor, type: number): number {
  if (!text.skipBlanks()) text.fail('expected a blank and a size');
  text.skipPrefix();
  text.hexadecimal('a size');
  text.endField('the size');
  const least = isCommand(type) ? 0 : 1;
  if (text.high > 0 || text.low < least || text.low > 0xffff) text.fail(`a size outside ${least} to ffff bytes`);
  return text.low;
}

function isCommand(type: number): boolean {
  return type === Type.CopyBack || type === Type.Invalidate;
}

function readRecords(bytes: Uint8Array, options: ReadOptions, sink: DineroSink): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at += recordBytes) {
    if (at + recordBytes > bytes.length) failRecord(options, at, 'the file ends inside the record');
    const size = view.getUint16(at + 4, true);
    const type = bytes[at + 6];
    if (size === 0 && !isCommand(type)) failRecord(options, at, 'an access of no bytes');
    if (!sink.take(type, 0, view.getUint32(at, true), size)) failRecord(options, at, `type ${type}, expected 0 to 5`);
  }
}

function failRecord(options: ReadOptions, at: number, problem: string): never {
  throw new TraceError(`${options.name}: record ${at / recordBytes}, byte ${at}: ${problem}`);
}
