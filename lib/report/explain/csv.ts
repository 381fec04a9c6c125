/** The steps of an event as values separated by commas. */
import type { Explanation } from '../../experiments/explain/explain.js';

const HEADING = 'system,processor,actor,what,touches,address,instructions,again,at ns,ns,misses,remote misses';

/** A line for each step of each system (RFC 4180, lines end with a line feed). */
export function explanationCsv({ sides }: Explanation): string {
  const lines = sides.flatMap(({ name, steps, tickNs }) =>
    steps.map(({ processor, actor, what, touches, address, instructions, again, at, ticks, misses }) => {
      const remote = misses.filter(miss => miss.remote).length;
      const where = [touches, address === null ? null : `0x${address.toString(16)}`];
      const times = [at * tickNs, ticks * tickNs];
      return [name, processor, actor, what, ...where, instructions, again, ...times, misses.length, remote]
        .map(cell)
        .join(',');
    }),
  );
  return [HEADING, ...lines].map(line => `${line}\n`).join('');
}

function cell(value: string | number | boolean | null): string {
  const text = value === null ? '' : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
