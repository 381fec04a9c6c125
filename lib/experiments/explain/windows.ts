/** Where events begin and end. */
import { HOT_PAGE } from '../../messages/coherence-messages.js';
import { USER_PROGRAM, type Context } from '../../processor/context.js';
import { annotate, Op, type Operation } from '../../processor/operations.js';
import type { Exception } from '../../processor/software.js';

/** A moment in the execution of a processor. */
export type Moment =
  | { readonly kind: 'fetched'; readonly context: Context; readonly operation: Operation }
  | { readonly kind: 'entered'; readonly context: Context; readonly exception: Exception }
  | { readonly kind: 'continued'; readonly context: Context | null };

/**
 * Where an event begins and ends. `begins` is asked about each moment of each processor until it says true; from then on `ends` is
 * asked about each later moment of that processor.
 */
export interface EventWindow {
  begins(moment: Moment): boolean;
  ends(moment: Moment): boolean;
}

/** Marks the beginning, or the end, of what is watched: an operation that does nothing, in no time. */
export const mark = (): Operation => annotate(-1);

/** From one mark of a program to its next. The program has to yield something after the second. */
export function betweenMarks(): EventWindow {
  let marked: Context | null = null;
  const passes = (moment: Moment): boolean => {
    if (moment.kind !== 'fetched') return false;
    if (isMark(moment.operation)) {
      marked = moment.context;
      return false;
    }
    const passed = marked === moment.context;
    if (passed) marked = null;
    return passed;
  };
  return { begins: passes, ends: passes };
}

/** From the first interrupt of the page counters after a mark until the program that it interrupted continues. */
export function hotPageInterrupt(): EventWindow {
  let marked = false;
  return {
    begins(moment) {
      if (moment.kind === 'fetched' && isMark(moment.operation)) marked = true;
      const { message = null } = moment.kind === 'entered' ? moment.exception : {};
      return marked && message !== null && message.code === HOT_PAGE && message.from < 0;
    },
    ends: moment => moment.kind === 'continued' && moment.context?.activity === USER_PROGRAM,
  };
}

function isMark({ kind, a, b, c, d }: Operation): boolean {
  return kind === Op.Annotate && a === -1 && b === -1 && c === 0 && d === 0;
}
