/** The tables of the report of a run. */
import { smallBar } from '../charts/bars.js';
import { html } from '../markup.js';
import type { Content, Html } from '../markup.js';
import { paintOf } from './paints.js';
import type { GuestResult, SystemResult } from '../../experiments/systems/system-result.js';
import { locksOfGuests, partsOf, processorCount, servicesByShare, systemShare } from './words.js';
import { localShare } from '../replay/figures.js';
import { count, decimal, duration, milliseconds, percent, ratio } from '../format.js';

const BUSY = 'var(--muted)';
/** Locks that are shown. */
const LOCKS = 20;

/** Time by mode and activity. */
export function timeTable(result: SystemResult): Html {
  const { time, elapsedNs } = result;
  const ms = (share: number): string => milliseconds((share / 100) * elapsedNs * processorCount(result));
  const parts = partsOf(result);
  const total = parts.reduce((sum, { part }) => sum + time[part], 0);
  return table(
    'Time of all processors together',
    ['mode and activity', '%', 'ms of all processors'],
    [
      ...parts.map((words): Content[] => {
        const { name, fill } = paintOf(words);
        const share = time[words.part];
        return [name, smallBar(share / 100, fill, decimal(share, 2)), ms(share)];
      }),
      ['all', decimal(total, 2), ms(total)],
    ],
  );
}

/** Every service, most time first. */
export function servicesTable(result: SystemResult): Html {
  const system = systemShare(result);
  return table(
    'Services by time',
    ['service', 'count', 'mean', '% of time', '% of system time'],
    servicesByShare(result).map(({ name, count: instances, meanNs, share }) => [
      name,
      count(instances),
      duration(meanNs),
      decimal(share, 2),
      smallBar(ratio(share, system), BUSY, percent(ratio(share, system))),
    ]),
  );
}

/** The locks that were contended most. */
export function locksTable(result: SystemResult): Html {
  const locks = locksOfGuests(result);
  const order = [...locks].sort((a, b) => b.contended - a.contended || b.acquisitions - a.acquisitions);
  const shown = order.slice(0, LOCKS);
  return table(
    `${count(shown.length)} of ${count(locks.length)} locks that were acquired`,
    ['lock', 'acquisitions', 'contended', 'contended %', 'time spun'],
    shown.map(({ name, acquisitions, contended, waitedNs }) => {
      const share = ratio(contended, acquisitions);
      const bar = smallBar(share, BUSY, percent(share, 2));
      return [name, count(acquisitions), count(contended), bar, duration(waitedNs)];
    }),
  );
}

/** Misses, by cause if that is known. */
export function missesTable({ misses, tlbMisses }: Pick<SystemResult, 'misses' | 'tlbMisses'>): Html {
  const { causes } = misses;
  const all = misses.local + misses.remote;
  return html`<p>
      ${count(all)} second-level misses and upgrades, ${percent(localShare(misses))} % of them served by the processor’s
      own node; ${count(tlbMisses)} references that the TLB could not translate.
    </p>
    ${causes !== null && causesTable(causes)}`;
}

/** The disks; what was mapped and copied only with a monitor, which does it. */
export function disksTable({ disks, monitor }: SystemResult): Html {
  const shared = monitor !== null;
  return table(
    'Disks',
    [
      ...(shared ? ['disk', 'of', 'mounted at'] : ['disk', 'mounted at']),
      ...['reads', 'writes', 'busy %', 'idle %', 'mean wait'],
      ...(shared ? ['pages mapped', 'sectors copied'] : []),
    ],
    disks.map(disk => [
      disk.name,
      ...(shared ? [disk.guest < 0 ? 'all' : `guest ${disk.guest}`] : []),
      disk.mount,
      count(disk.reads),
      count(disk.writes),
      smallBar(disk.busy / 100, BUSY, decimal(disk.busy, 1)),
      decimal(100 - disk.busy, 1),
      duration(disk.meanWaitNs),
      ...(shared ? [count(disk.pagesMapped), count(disk.sectorsCopied)] : []),
    ]),
  );
}

/** What the memory of a guest was used for. */
export function memoryTable({ memory }: GuestResult): Html {
  return table(
    'Memory',
    ['use', 'MB'],
    Object.entries(memory).map(([use, bytes]) => [use, decimal(bytes / 2 ** 20, 2)]),
  );
}

function causesTable({ user, kernel }: NonNullable<SystemResult['misses']['causes']>): Html {
  return table(
    'Second-level misses by cause: never had the line (cold), lost it to another line of its own (capacity), to another processor (communication)',
    ['cause', 'user', 'kernel'],
    (['cold', 'capacity', 'communication'] as const).map(cause => [cause, count(user[cause]), count(kernel[cause])]),
  );
}

/** A table. The first column names its row; `mounted at` is text, the others are numbers. */
export function table(caption: string, headings: readonly string[], rows: readonly (readonly Content[])[]): Html {
  return html`<div class="wide">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${headings.map(heading => html`<th scope="col">${heading}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first, ...others]) =>
            html`<tr>
              <th scope="row">${first ?? null}</th>
              ${others.map(cell => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
