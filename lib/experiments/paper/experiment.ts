/** What an experiment of the paper is: runs, and the paper's numbers beside what is read off them. Plain data but for the reading. */
import type { Known, Source } from './published.js';
import type { Measured } from './measures.js';
import type { PaperLength, PaperRunName } from './runs.js';

/**
 * Calibrated numbers were looked at when the model was made; of `fitted` ones a size was solved from them. Only predicted ones
 * say something about the model.
 */
export type RowKind = 'calibrated' | 'fitted' | 'predicted';

/** A number of the paper and how ours is read off. */
export interface Reading {
  /** The bar or row of the paper. */
  readonly configuration: string;
  readonly quantity: string;
  readonly unit: '%' | 'us' | 'MB' | 'x' | 'per s' | 'pairs';
  readonly paper: number;
  /** How far ours may be off, in the unit. */
  readonly tolerance: number;
  readonly kind: RowKind;
  readonly source: Source;
  readonly ours: number;
}

/** An order of the paper, such as that one guest is slower than the bare machine. */
export interface Order {
  readonly statement: string;
  readonly holds: boolean;
}

/** The runs of an experiment, made with one seed. */
export type RunsOf<Name extends PaperRunName> = Readonly<Record<Name, Measured>>;

/** An experiment. */
export interface PaperExperiment<Name extends PaperRunName = PaperRunName> {
  /** `figure-5`. */
  readonly name: string;
  readonly title: string;
  /** What it shows, in a sentence. */
  readonly about: string;
  readonly runs: readonly Name[];
  /** What is read from the runs, beside the paper's numbers. */
  readings(runs: RunsOf<Name>): Reading[];
  /** What the paper says about orders, and whether it holds of the runs. */
  orders(runs: RunsOf<Name>): Order[];
}

/** A row of the result: the paper's number beside ours over the seeds. Plain data. */
export interface PaperRow {
  readonly experiment: string;
  readonly configuration: string;
  readonly quantity: string;
  readonly unit: Reading['unit'];
  readonly paper: number;
  /** Median over the seeds, and their range. */
  readonly ours: number;
  readonly least: number;
  readonly most: number;
  readonly tolerance: number;
  readonly kind: RowKind;
  /** Null if the runs were too short to stand beside the paper. */
  readonly within: boolean | null;
  /** Where the paper says it, and how the number is known. */
  readonly where: string;
  readonly known: Known;
  /** Why it is off, if that is known; null if it is within, or not judged, or not explained. */
  readonly why: string | null;
}

/** A statement about orders, over the seeds. */
export interface PaperOrder {
  readonly experiment: string;
  readonly statement: string;
  /** With how many of the seeds it holds. */
  readonly holds: number;
  readonly seeds: number;
}

/** What a run came to. */
export interface PaperRunResult {
  readonly run: PaperRunName;
  readonly seed: string;
  readonly fingerprint: string | null;
  /** Simulated. */
  readonly elapsedNs: number;
  /** Percent of the processors' time. */
  readonly idle: number;
}

/** The paper, rerun. Plain data: equal options give equal results, whatever the number of threads. */
export interface PaperResult {
  readonly version: string;
  readonly length: PaperLength;
  readonly seeds: readonly string[];
  readonly experiments: readonly { readonly name: string; readonly title: string; readonly about: string }[];
  readonly rows: readonly PaperRow[];
  readonly orders: readonly PaperOrder[];
  readonly runs: readonly PaperRunResult[];
}

/** How far inputs of predictions may be off: a tenth, or half a unit where there is next to nothing. */
export function tenth(paper: number): number {
  return Math.max(Math.abs(paper) / 10, 0.5);
}
