/** Where events begin and end. */
import { HOT_PAGE } from '../../messages/coherence-messages.js';
import { USER_PROGRAM, type Context } from '../../processor/context.js';
import { annotate, Op, type Operation } from '../../processor/operations.js';
import type { EventWindow, Moment } from './recorder.js';

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

/** From the first interrupt of the page counters after a mark until the program that it interrupted goes on. */
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
