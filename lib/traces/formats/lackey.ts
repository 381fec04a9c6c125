/**
 * Reader of Valgrind Lackey text (`valgrind --tool=lackey --trace-mem=yes --log-file=...`).
 * `I  address,size` is an instruction; ` L`, ` S`, ` M` a load, a store, a load and then a store of the instruction
 * above; address hexadecimal, size decimal. What else Valgrind writes into its log is known and passed over: see
 * lackey-lines.ts. After the output of Valgrind 3.19.
 */
import { DensePages } from './dense-pages.js';
import { LackeyLine, LackeyMessages, lineKind } from './lackey-lines.js';
import { withMemory } from '../memory-limit.js';
import { TextCursor } from './text-cursor.js';
import { TraceError, type ReadOptions, type RecordedTrace } from '../trace.js';
import { WideRecording, wideRemarks } from './wide-recording.js';

const Letter = { Instruction: 73, Load: 76, Store: 83, Modify: 77 } as const;
const mostBytes = 65536;

/**
 * Reads one program run. Throws a TraceError with the line number at a line that Valgrind does not write, at lines of a
 * second process, and when there is no reference.
 */
export function readLackey(bytes: Uint8Array, settings: ReadOptions): RecordedTrace {
  const options = withMemory(settings);
  const pages = new DensePages(options.name);
  const stream = new WideRecording(pages, options);
  const text = new TextCursor(bytes, options.name);
  const messages = new LackeyMessages(text);
  while (!text.ended) readLine(text, stream, messages);
  if (stream.length === 0)
    throw new TraceError(`${options.name}: line ${text.line}: the text ends without a single reference`);
  return {
    name: options.name,
    format: 'lackey',
    system: false,
    description: 'A program under Valgrind Lackey.',
    lacks: ['thread', 'time'],
    remarks: [
      'Lackey runs threads one at a time and does not tell them apart: all are in one stream.',
      ...messages.remarks(stream.instructions),
      ...wideRemarks([stream], pages, options),
    ],
    streams: [stream.finish()],
  };
}

function readLine(text: TextCursor, stream: WideRecording, messages: LackeyMessages): void {
  const kind = lineKind(text);
  if (kind === LackeyLine.Record || messages.take(kind)) readRecord(text, stream);
}

function readRecord(text: TextCursor, stream: WideRecording): void {
  const kind = text.peek() === Letter.Instruction ? Letter.Instruction : text.peek(1);
  text.skip(3);
  text.hexadecimal('an address');
  if (text.peek() !== 44) text.fail('expected a comma after the address');
  text.skip(1);
  const size = text.decimal('a size');
  if (size === 0 || size > mostBytes) text.fail(`a size of ${size} bytes, expected 1 to ${mostBytes}`);
  if (kind === Letter.Instruction) stream.instruction(text.high, text.low, size);
  if (kind === Letter.Load || kind === Letter.Modify) stream.load(text.high, text.low, size);
  if (kind === Letter.Store || kind === Letter.Modify) stream.store(text.high, text.low, size);
  text.skipBlanks();
  text.endLine();
}
