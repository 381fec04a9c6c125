/** A native run as text. */
import { localShare } from '../replay/figures.js';
import { count, decimal, duration, milliseconds, percent, printable, ratio } from '../format.js';
import type { MissCauses, NativeResult } from '../../experiments/systems/native-result.js';
import { NATIVE_PARTS, nativeTitle, servicesByShare, systemShare } from '../systems/native-words.js';
import { linesOf, wrapped, type Column } from './layout.js';

/** Locks and queues that are shown. */
const SHOWN = 8;
const WIDTH = 100;

/** Tables of a run: time, services, locks, misses, disks, queues. Lines end with no blanks; equal results give equal text. */
export function nativeText(result: NativeResult): string {
  const blocks = [
    head(result),
    ['where the time went', ...linesOf(timeColumns(result))],
    ['services', ...linesOf(serviceColumns(result))],
    lockLines(result),
    missLines(result),
    ['disks', ...linesOf(diskColumns(result))],
    ['largest queues', ...linesOf(queueColumns(result))],
  ];
  return blocks.map(lines => lines.map(printable).join('\n')).join('\n\n');
}

function head(result: NativeResult): string[] {
  const { partial, elapsedNs, description, processes, scheduler, seed, fingerprint, layout } = result;
  const facts =
    `${milliseconds(elapsedNs)} ms simulated; ${count(processes)} ${processes === 1 ? 'process' : 'processes'}; ` +
    `${count(scheduler.switches)} switches, ${count(scheduler.migrations)} of them to another processor; ` +
    `pages ${layout}; seed ${seed}, fingerprint ${fingerprint}`;
  return [
    nativeTitle(result),
    ...(partial === null ? [] : [`! PARTIAL: ${partial}`]),
    ...wrapped('  ', description, WIDTH),
    ...wrapped('  ', facts, WIDTH),
  ];
}

const right = { align: 'right', gap: 2, expendable: 0 } as const;
const left = { ...right, align: 'left' } as const;

function timeColumns({ time, elapsedNs, processors }: NativeResult): Column[] {
  const total = NATIVE_PARTS.reduce((sum, { part }) => sum + time[part], 0);
  const shares = [...NATIVE_PARTS.map(({ part }) => time[part]), total];
  return [
    { ...left, gap: 1, heading: 'mode', cells: [...NATIVE_PARTS.map(({ mode }) => mode), 'all'] },
    { ...left, heading: 'activity', cells: [...NATIVE_PARTS.map(({ name }) => name), ''] },
    { ...right, heading: '%', cells: shares.map(share => decimal(share, 2)) },
    {
      ...right,
      heading: 'ms of all processors',
      cells: shares.map(share => milliseconds((share / 100) * elapsedNs * processors.length)),
    },
  ];
}

function serviceColumns(result: NativeResult): Column[] {
  const services = servicesByShare(result);
  const system = systemShare(result);
  return [
    { ...left, gap: 1, heading: 'service', cells: services.map(({ name }) => name) },
    { ...right, heading: 'count', cells: services.map(row => count(row.count)) },
    { ...right, heading: 'mean', cells: services.map(({ meanNs }) => duration(meanNs)) },
    { ...right, heading: '% of time', cells: services.map(({ share }) => decimal(share, 2)) },
    { ...right, heading: '% of system time', cells: services.map(({ share }) => percent(ratio(share, system))) },
  ];
}

function lockLines({ locks }: NativeResult): string[] {
  const contended = locks.filter(lock => lock.contended > 0).sort((a, b) => b.contended - a.contended);
  const shown = (contended.length > 0 ? contended : [...locks].sort((a, b) => b.acquisitions - a.acquisitions)).slice(
    0,
    SHOWN,
  );
  const others = locks.length - shown.length;
  const columns: Column[] = [
    { ...left, gap: 1, heading: 'lock', cells: shown.map(({ name }) => name) },
    { ...right, heading: 'acquisitions', cells: shown.map(({ acquisitions }) => count(acquisitions)) },
    { ...right, heading: 'contended', cells: shown.map(lock => count(lock.contended)) },
    { ...right, heading: '%', cells: shown.map(lock => percent(ratio(lock.contended, lock.acquisitions), 2)) },
    { ...right, heading: 'waited', cells: shown.map(({ waitedNs }) => duration(waitedNs)) },
  ];
  return [
    `locks${contended.length === 0 ? ', none of them contended' : ''}`,
    ...linesOf(columns),
    ...(others > 0 ? [` and ${count(others)} more`] : []),
  ];
}

function missLines({ misses, tlbMisses }: NativeResult): string[] {
  const all = misses.local + misses.remote;
  const lines = [
    'misses',
    ` second-level cache ${count(all)}, ${percent(localShare(misses))} % local; TLB ${count(tlbMisses)}`,
  ];
  const { causes } = misses;
  if (causes === null) return lines;
  const row = (of: MissCauses): string[] => [of.cold, of.capacity, of.communication].map(count);
  const [user, kernel] = [row(causes.user), row(causes.kernel)];
  const table = linesOf([
    { ...left, gap: 1, heading: 'cause', cells: ['cold', 'capacity', 'communication'] },
    { ...right, heading: 'user', cells: user },
    { ...right, heading: 'kernel', cells: kernel },
  ]);
  return [...lines, ...table];
}

function diskColumns({ disks }: NativeResult): Column[] {
  return [
    { ...left, gap: 1, heading: 'disk', cells: disks.map(({ name }) => name) },
    { ...left, heading: 'at', cells: disks.map(({ mount }) => mount) },
    { ...right, heading: 'reads', cells: disks.map(({ reads }) => count(reads)) },
    { ...right, heading: 'writes', cells: disks.map(({ writes }) => count(writes)) },
    { ...right, heading: 'busy %', cells: disks.map(({ busy }) => decimal(busy, 1)) },
    { ...right, heading: 'idle %', cells: disks.map(({ busy }) => decimal(100 - busy, 1)) },
    { ...right, heading: 'mean wait', cells: disks.map(({ meanWaitNs }) => duration(meanWaitNs)) },
  ];
}

function queueColumns({ queues }: NativeResult): Column[] {
  const rows = queues
    .filter(({ served }) => served > 0)
    .sort((a, b) => b.largestQueue - a.largestQueue || b.utilisation - a.utilisation)
    .slice(0, SHOWN);
  return [
    { ...left, gap: 1, heading: 'place', cells: rows.map(({ name }) => name) },
    { ...right, heading: 'largest', cells: rows.map(({ largestQueue }) => count(largestQueue)) },
    { ...right, heading: 'mean wait', cells: rows.map(({ meanWaitNs }) => duration(meanWaitNs)) },
    { ...right, heading: 'busy %', cells: rows.map(({ utilisation }) => percent(utilisation)) },
  ];
}
