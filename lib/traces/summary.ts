/**
 * What a trace contains, counted from its references: for reports, and to check a reader against its source.
 */
import { ReferenceKind } from '../processor/references.js';
import type { RecordedStream, RecordedTrace, StreamCounts } from './trace.js';
import { StreamTranslation } from './translation.js';

/** Totals over one stream. */
export interface StreamSummary extends StreamCounts {
  /** Fetches: lines entered. */
  readonly fetches: number;
  /** Distinct 4 KB pages that the stream loads from or stores to. */
  readonly dataPages: number;
}

/** 4 KB pages by use; references are loads and stores. Physical pages in whole-system traces, else virtual ones. */
export interface PageSummary {
  /** Pages fetched from, but neither loaded from nor stored to. */
  readonly codeOnly: number;
  /** Pages with loads or stores; the three classes below add up to it. */
  readonly data: number;
  /** Pages of `data` that are also fetched from. */
  readonly dataAlsoCode: number;
  readonly dataOneStream: number;
  /** Used by several streams and never written. */
  readonly dataSharedReadOnly: number;
  /** Used by several streams and written by at least one. */
  readonly dataSharedWritten: number;
  readonly refsOneStream: number;
  readonly refsSharedReadOnly: number;
  readonly refsSharedWritten: number;
  /** Stores to the pages of `dataSharedWritten`. */
  readonly writesToSharedWritten: number;
}

/** A whole trace in numbers. */
export interface TraceSummary {
  readonly streams: readonly StreamSummary[];
  readonly pages: PageSummary;
}

const pageCount = 2 ** 20;

/** Counts the references of a trace. Throws a TraceError when a whole-system trace uses a page that it never maps. */
export function summarise(trace: RecordedTrace): TraceSummary {
  const usage = new PageUsage();
  const streams = trace.streams.map((stream, s) => {
    const translation = trace.system ? new StreamTranslation(`${trace.name}: stream ${s}`) : undefined;
    return countStream(stream, s, usage, translation);
  });
  return { streams, pages: usage.summary() };
}

function countStream(
  stream: RecordedStream,
  s: number,
  usage: PageUsage,
  translation: StreamTranslation | undefined,
): StreamSummary {
  const { words, marks, counts } = stream;
  const before = usage.dataPages;
  const recent = [-1, -1, -1]; // virtual and physical page of the last load, store and fetch
  const recentPhysical = [0, 0, 0];
  let fetches = 0;
  let mark = 0;
  for (let i = 0; i < words.length; i++) {
    for (; mark < marks.length && marks[mark].at <= i; mark++) {
      translation?.apply(marks[mark]);
      recent.fill(-1);
    }
    const kind = words[i] & 3;
    const page = words[i] >>> 12;
    if (page !== recent[kind]) {
      recent[kind] = page;
      recentPhysical[kind] = translation === undefined ? page : translation.physicalPage(page);
    }
    if (kind === ReferenceKind.Fetch) fetches++;
    usage.count(recentPhysical[kind], kind, s);
  }
  return { ...counts, fetches, dataPages: usage.dataPages - before };
}

/** References by page. Streams are counted one after the other. */
class PageUsage {
  /** Data pages touched up to now; a page counts once for each stream. */
  dataPages = 0;
  private readonly code = new Uint8Array(pageCount);
  private readonly references = new Uint32Array(pageCount);
  private readonly writes = new Uint32Array(pageCount);
  /** Last stream that used the page, or -1; and whether there was another before. */
  private readonly user = new Int32Array(pageCount).fill(-1);
  private readonly shared = new Uint8Array(pageCount);

  count(page: number, kind: number, stream: number): void {
    if (kind === ReferenceKind.Fetch) {
      this.code[page] = 1;
      return;
    }
    this.references[page]++;
    this.writes[page] += kind;
    if (this.user[page] === stream) return;
    if (this.user[page] >= 0) this.shared[page] = 1;
    this.user[page] = stream;
    this.dataPages++;
  }

  summary(): PageSummary {
    const { code, references, writes, shared } = this;
    const sum = {
      codeOnly: 0,
      data: 0,
      dataAlsoCode: 0,
      dataOneStream: 0,
      dataSharedReadOnly: 0,
      dataSharedWritten: 0,
    };
    const refs = { refsOneStream: 0, refsSharedReadOnly: 0, refsSharedWritten: 0, writesToSharedWritten: 0 };
    for (let page = 0; page < pageCount; page++) {
      if (references[page] === 0) {
        sum.codeOnly += code[page];
        continue;
      }
      sum.data++;
      sum.dataAlsoCode += code[page];
      if (shared[page] === 0) {
        sum.dataOneStream++;
        refs.refsOneStream += references[page];
      } else if (writes[page] === 0) {
        sum.dataSharedReadOnly++;
        refs.refsSharedReadOnly += references[page];
      } else {
        sum.dataSharedWritten++;
        refs.refsSharedWritten += references[page];
        refs.writesToSharedWritten += writes[page];
      }
    }
    return { ...sum, ...refs };
  }
}
