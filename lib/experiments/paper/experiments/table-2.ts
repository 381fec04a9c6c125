/** Table 2: what services of pmake cost under Disco, in parts of their time under IRIX. */
import type { PaperExperiment, Reading } from '../experiment.js';
import type { Measured } from '../measures.js';
import { TABLE_2, type Parts } from '../published.js';

const SERVICES = Object.keys(TABLE_2.services) as (keyof typeof TABLE_2.services)[];
type Service = (typeof SERVICES)[number];

/**
 * Two columns of QUICK_FAULT were fitted, and the hit of the second-level TLB, which is most of UTLB_MISS, cannot be told from one that
 * was: nothing of their rows is a prediction.
 */
const FITTED: ReadonlySet<Service> = new Set<Service>(['QUICK_FAULT', 'UTLB_MISS']);
/** A slowdown may be off by this part of the paper's, a mean by this one. */
const SLOWDOWN = 0.15;
const MEAN = 0.1;
/** Parts that differ by less are of the same rank. */
const SAME = 0.03;

/** See above. */
export const table2: PaperExperiment<'pmake-1 IRIX' | 'pmake-1 Disco'> = {
  name: 'table-2',
  title: 'Table 2: services of pmake',
  about: 'Mean time of kernel services under IRIX, and their time under Disco in parts, as fractions of it.',
  runs: ['pmake-1 IRIX', 'pmake-1 Disco'],
  readings: ({ 'pmake-1 IRIX': bare, 'pmake-1 Disco': guest }) =>
    SERVICES.flatMap(service => readingsOf(service, bare, guest)),
  orders: ({ 'pmake-1 IRIX': bare, 'pmake-1 Disco': guest }) => {
    const slowdown = (service: Service): number => total(table2Parts(service, bare, guest));
    const slowest = SERVICES.reduce((most, one) => (slowdown(one) > slowdown(most) ? one : most));
    return [
      { statement: 'QUICK_FAULT slows down most', holds: slowest === 'QUICK_FAULT' },
      {
        statement: 'DEMAND_ZERO spends less time in the kernel than under IRIX',
        holds: table2Parts('DEMAND_ZERO', bare, guest).kernel < 1,
      },
    ];
  },
};

/**
 * The columns of a service. UTLB_MISS is the fast refill: the same number of misses of user programs, which the second-level TLB of the
 * monitor answers mostly; all of its time under Disco is compared with all of it under IRIX. Others are compared call by call.
 */
export function table2Parts(service: string, bare: Measured, guest: Measured): Parts {
  const fast = service === 'UTLB_MISS';
  const calls = fast ? 1 : guest.at(`service.${service}.count`);
  const whole = fast ? bare.serviceNs(service) : bare.at(`service.${service}.meanNs`);
  const part = (ns: number): number => (calls === 0 || whole === 0 ? 0 : ns / calls / whole);
  const hits = fast ? guest.workNs('user', 'TLB faults') : 0;
  return {
    kernel: part(guest.serviceNs(service)),
    'TLB writes': part(guest.workNs(service, 'TLB writes') + hits),
    'other privileged': part(guest.workNs(service, 'privileged instructions', 'exceptions', 'interrupts')),
    'monitor calls, page faults': part(guest.workNs(service, 'monitor calls', 'TLB faults')),
    'kernel TLB faults': part(guest.workNs(service, 'kernel TLB faults')),
  };
}

function readingsOf(service: Service, bare: Measured, guest: Measured): Reading[] {
  const { meanUs, slowdown, parts } = TABLE_2.services[service];
  const { source } = TABLE_2;
  const ours = table2Parts(service, bare, guest);
  const predicted = FITTED.has(service) ? 'fitted' : 'predicted';
  const mean = bare.at(`service.${service}.meanNs`) / 1000;
  const common = { configuration: service, source } as const;
  return [
    {
      ...common,
      quantity: 'mean, IRIX',
      unit: 'us',
      paper: meanUs,
      ours: mean,
      tolerance: MEAN * meanUs,
      kind: 'calibrated',
    },
    {
      ...common,
      quantity: 'slowdown',
      unit: 'x',
      paper: slowdown,
      ours: total(ours),
      tolerance: SLOWDOWN * slowdown,
      kind: predicted,
    },
    {
      ...common,
      quantity: 'parts out of rank',
      unit: 'pairs',
      paper: 0,
      ours: outOfRank(parts, ours),
      tolerance: 0,
      kind: predicted,
    },
    ...Object.entries(parts).map(([quantity, paper]): Reading => {
      return {
        ...common,
        quantity,
        unit: 'x',
        paper,
        ours: ours[quantity],
        tolerance: SLOWDOWN * slowdown,
        kind: predicted,
      };
    }),
  ];
}

/** Pairs of columns whose order is the other way round. */
function outOfRank(paper: Parts, ours: Parts): number {
  const names = Object.keys(paper);
  const pairs = names.flatMap((a, i) => names.slice(i + 1).map(b => [a, b] as const));
  return pairs.filter(([a, b]) => {
    const [theirs, own] = [paper[a] - paper[b], ours[a] - ours[b]];
    return Math.abs(theirs) > SAME && Math.abs(own) > SAME && theirs * own < 0;
  }).length;
}

function total(parts: Parts): number {
  return Object.values(parts).reduce((sum, part) => sum + part, 0);
}
