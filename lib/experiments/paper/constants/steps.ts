/**
 * Constants of the kernel's profiles: for each step its instructions, its lines of text, and the lines and the share of each area.
 * Long because each step of each profile is named.
 */
import { listed, type Constant, type ConstantKind } from './constant.js';

const PROFILES = 'lib/guest/commodity/profiles';
const IN_PROPORTION = 'in proportion to what Linux 6.1 on MIPS32 touches (measured)';
const OURS = 'ours: no kernel was measured or published with these';

/** The areas of kernel data that each step touches, by the name of the step. */
type StepAreas = Readonly<Record<string, string>>;

/** Where numbers of a table of steps come from, by the name of the step. */
interface StepOrigins {
  readonly instructions: (step: string) => readonly [kind: ConstantKind, source: string];
  readonly textLines: (step: string) => readonly [kind: ConstantKind, source: string];
  readonly areas: (step: string) => readonly [kind: ConstantKind, source: string];
}

/** Steps of the profile irix. */
const IRIX: StepAreas = {
  entry: 'processor',
  exit: 'processor',
  'exit path': 'processor',
  'system call': 'processor',
  'quick fault': 'processor memory',
  'demand zero': 'memory processor',
  'page alloc': 'memory',
  'page free': 'memory',
  'copy fault': 'memory',
  'file fault': 'memory files',
  switch: 'scheduler processor',
  setrun: 'scheduler',
  clock: 'scheduler processor',
  fork: 'memory scheduler files',
  'fork page': 'memory',
  sproc: 'memory scheduler',
  execve: 'memory files buffers constants',
  'attach text': 'memory',
  'exit process': 'memory scheduler files',
  'exit thread': 'scheduler memory',
  'exit pages': 'memory',
  wait: 'scheduler',
  brk: 'memory',
  semaphore: 'scheduler',
  open: 'files constants',
  namei: 'files',
  'name cache': 'files',
  'directory search': 'files',
  iget: 'files',
  falloc: 'files',
  'vn hold': 'files',
  'vn rele': 'files',
  create: 'files',
  ialloc: 'files',
  ifree: 'files',
  iupdate: 'files buffers',
  balloc: 'files',
  truncate: 'files',
  remove: 'files',
  close: 'files',
  read: 'files buffers',
  write: 'files buffers',
  lseek: 'files',
  stat: 'files',
  dup: 'files',
  fdup: 'files',
  'page hash': 'buffers',
  bread: 'buffers',
  bwrite: 'buffers',
  bdflush: 'buffers',
  strategy: 'buffers',
  'disk interrupt': 'buffers scheduler',
  pipe: 'files',
  'pipe read': 'files',
  'pipe write': 'files',
  sync: 'files',
  sginap: 'scheduler',
  getpid: '',
  console: '',
};

/** Steps of the profile linux-mips. */
const LINUX: StepAreas = {
  entry: 'processor',
  exit: 'processor',
  'exit path': 'processor',
  'system call': 'processor',
  getpid: '',
  'quick fault': 'processor',
  'demand zero': 'memory',
  'page alloc': 'memory',
  'page free': 'memory',
  'copy fault': 'memory',
  'file fault': 'memory files',
  switch: 'scheduler processor',
  setrun: 'scheduler',
  clock: 'scheduler processor',
  fork: 'memory scheduler files',
  'fork page': 'memory',
  sproc: 'memory scheduler',
  execve: 'memory files buffers constants',
  'exit process': 'memory scheduler files',
  'exit thread': 'scheduler memory',
  'exit pages': 'memory',
  'attach text': 'memory',
  wait: 'scheduler',
  brk: 'memory',
  semaphore: 'scheduler',
  sginap: 'scheduler',
  open: 'files constants',
  namei: 'files',
  'name cache': 'files',
  'directory search': 'files',
  iget: 'files',
  falloc: 'files',
  'vn hold': 'files',
  'vn rele': 'files',
  create: 'files',
  ialloc: 'files',
  ifree: 'files',
  iupdate: 'files buffers',
  balloc: 'files buffers',
  truncate: 'files',
  remove: 'files',
  close: 'files',
  read: 'files buffers',
  write: 'files buffers',
  lseek: 'files',
  stat: 'files',
  dup: 'files',
  fdup: 'files',
  'page hash': 'buffers',
  bread: 'buffers',
  bwrite: 'buffers',
  bdflush: 'buffers',
  strategy: 'buffers',
  'disk interrupt': 'buffers scheduler',
  pipe: 'files',
  'pipe read': 'files',
  'pipe write': 'files',
  sync: 'files',
  console: '',
};

/** Steps of the network, of both profiles. */
const NETWORK: StepAreas = {
  'mbuf get': 'network',
  'mbuf free': 'network',
  socket: 'files network',
  'socket append': 'network',
  'socket receive': 'network',
  'udp output': 'network',
  'udp input': 'network',
  'ip fragment': 'network',
  'ip reassemble': 'network',
  'ether output': 'network',
  'ether input': 'network',
  'network interrupt': 'network scheduler',
  'rpc call': 'network',
  'rpc reply': 'network',
  'rpc serve': 'network',
  xdr: 'network',
  'nfs call': 'files network',
  'nfs name': 'files',
  'nfs read': 'files buffers',
  'nfs write': 'files buffers',
  'nfs page': 'buffers',
  'nfs serve': 'files network',
  biod: 'buffers network',
};

/** Steps of the services of Table 2. */
const OF_TABLE_2 = new Set([
  ...[
    'entry',
    'exit',
    'exit path',
    'system call',
    'quick fault',
    'demand zero',
    'execve',
    'attach text',
    'open',
    'namei',
    'name cache',
  ],
  ...['directory search', 'iget', 'falloc', 'vn hold', 'vn rele', 'read', 'write', 'page hash', 'bread'],
]);
/** Steps by which the kernel's share was set; an allocation of a page is under memlock, which is contended. */
const OF_FIGURES = new Set(['fork', 'fork page', 'exit process', 'exit pages']);
const OF_MEMLOCK = new Set(['page alloc', 'page free']);
/** Steps that the measurement of Linux did not tell apart. */
const NOT_COUNTED = new Set([
  ...[
    'fork page',
    'exit pages',
    'exit thread',
    'attach text',
    'namei',
    'name cache',
    'directory search',
    'iget',
    'falloc',
    'vn hold',
    'vn rele',
  ],
  ...[
    'ialloc',
    'ifree',
    'iupdate',
    'balloc',
    'page hash',
    'bread',
    'bwrite',
    'bdflush',
    'strategy',
    'dup',
    'fdup',
    'sync',
    'console',
  ],
]);

const estimatedAreas = (): readonly [ConstantKind, string] => ['estimated', IN_PROPORTION];

const irixOrigins: StepOrigins = {
  instructions: step => {
    if (OF_TABLE_2.has(step)) return ['fitted', 'mean times of IRIX in Table 2'];
    if (OF_FIGURES.has(step))
      return ['fitted', "two thirds of Linux 6.1's, with the kernel's part of IRIX in Figures 5 and 7 in view"];
    if (OF_MEMLOCK.has(step)) return ['fitted', 'the bar of IRIX in Figure 7, pmake'];
    return ['estimated', 'about the length that was measured of Linux 6.1 on MIPS32'];
  },
  textLines: step =>
    step === 'quick fault'
      ? ['measured', 'lines of a fault on a page in memory, with entry and exit 92, counted on Linux 6.1 on MIPS32']
      : estimatedAreas(),
  areas: step => (OF_MEMLOCK.has(step) ? ['fitted', 'the bar of IRIX in Figure 7, pmake'] : estimatedAreas()),
};

const linuxOrigins: StepOrigins = {
  instructions: step =>
    NOT_COUNTED.has(step)
      ? ['estimated', 'a part of a service that was counted as a whole on Linux 6.1 on MIPS32']
      : ['measured', 'counted on Linux 6.1 on MIPS32, less what the kernel model executes itself'],
  textLines: estimatedAreas,
  areas: estimatedAreas,
};

const networkOrigins: StepOrigins = {
  instructions: () => ['estimated', OURS],
  textLines: () => ['estimated', OURS],
  areas: () => ['estimated', OURS],
};

function stepsOf(file: string, table: string, steps: StepAreas, origins: StepOrigins): Constant[] {
  return Object.entries(steps).flatMap(([step, areas]) => {
    const at = `${table}.${step}.step`;
    const of = (part: keyof StepOrigins, names: Readonly<Record<string, string>>): Constant[] => {
      const [kind, source] = origins[part](step);
      return listed({ file: `${PROFILES}/${file}`, kind, source }, names);
    };
    return [
      ...of('instructions', { [`${at}[0]`]: `step '${step}', instructions` }),
      ...of('textLines', { [`${at}[1]`]: `step '${step}', lines of text` }),
      ...areas.split(' ').flatMap(area =>
        area === ''
          ? []
          : of('areas', {
              [`${at}[2].${area}[0]`]: `step '${step}', lines of the area ${area}`,
              [`${at}[2].${area}[1]`]: `step '${step}', share of loads in the area ${area}`,
            }),
      ),
    ];
  });
}

/** Constants of steps that the paper's experiments rest on. */
export const STEP_CONSTANTS: readonly Constant[] = [
  ...stepsOf('irix.ts', 'STEPS', IRIX, irixOrigins),
  ...stepsOf('network-steps.ts', 'NETWORK_STEPS', NETWORK, networkOrigins),
  ...listed(
    {
      file: `${PROFILES}/irix.ts`,
      kind: 'published',
      source: 'Disco, SOSP 1997, Figure 6: the text of IRIX, measured on the figure',
    },
    { 'irix.textBytes': "bytes of the kernel's text" },
  ),
  ...listed(
    { file: `${PROFILES}/irix.ts`, kind: 'fitted', source: 'UTLB_MISS of IRIX in Table 2, 0.035 us' },
    { 'irix.refillCycles': 'instructions of the refill besides its operations' },
  ),
  ...listed(
    { file: `${PROFILES}/irix.ts`, kind: 'published', source: 'IRIX for the R4000, recalled' },
    { 'irix.wiredTables': 'wired entries for page tables' },
  ),
  ...listed(
    { file: `${PROFILES}/irix.ts`, kind: 'estimated', source: 'a listing of the loop' },
    {
      'irix.copyLineCycles': 'instructions of a line copied',
      'irix.zeroLineCycles': 'instructions of a line cleared',
      'irix.doubleMissCycles': 'instructions of a refill whose page table is not in the TLB',
      'irix.spinCycles': 'instructions of a turn of spinning',
    },
  ),
  ...listed(
    { file: `${PROFILES}/step.ts`, kind: 'measured', source: 'Linux 6.1 on MIPS32, over all services' },
    { LOADS: 'loads of an instruction of kernel code', STORES: 'stores of an instruction of kernel code' },
  ),
  ...listed(
    {
      file: `${PROFILES}/step.ts`,
      kind: 'measured',
      source: 'Linux 6.1 on MIPS32: 60 % of loads and 78 % of stores go to the stack',
    },
    {
      'step.add[2]': 'share of loads that go to the stack',
      'step.add[3]': 'share of stores beside that of loads, stack',
    },
  ),
  ...listed(
    { file: `${PROFILES}/step.ts`, kind: 'estimated', source: 'no source' },
    {
      'step.add[1].min[0]': 'lines of the stack that a step touches at most',
      'step.add[1].min[1].ceil[0]': 'instructions for each of them',
      'step.add[3]#2': 'share of stores beside that of loads, other areas',
    },
  ),
];

/** Constants of the profile linux-mips, which no experiment of the paper uses. */
export const LINUX_CONSTANTS: readonly Constant[] = [
  ...stepsOf('linux-mips.ts', 'STEPS', LINUX, linuxOrigins),
  ...listed(
    { file: `${PROFILES}/linux-mips.ts`, kind: 'measured', source: 'Linux 6.1 on MIPS32' },
    {
      'linuxMips.copyLineCycles': 'instructions of a line copied',
      'linuxMips.zeroLineCycles': 'instructions of a line cleared',
      'linuxMips.refillCycles': 'instructions of the refill besides its operations',
      'linuxMips.doubleMissCycles': 'instructions of the handler of an entry that is not valid',
    },
  ),
  ...listed(
    {
      file: `${PROFILES}/linux-mips.ts`,
      kind: 'estimated',
      source: 'ours: steps fill as much of it as of that of IRIX; a listing of the loop',
    },
    {
      'linuxMips.textBytes': "bytes of the kernel's text",
      'linuxMips.spinCycles': 'instructions of a turn of spinning',
    },
  ),
];
