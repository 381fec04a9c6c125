/** The services that the kernel accounts for: what a processor's time is split into besides its activities. */
export const SERVICES = [
  'user',
  'idle',
  'boot',
  'UTLB_MISS',
  'DOUBLE_MISS',
  'QUICK_FAULT',
  'DEMAND_ZERO',
  'COPY_FAULT',
  'FILE_FAULT',
  'other fault',
  'clock',
  'device interrupt',
  'processor interrupt',
  'switch',
  'daemon',
  'open',
  'close',
  'read',
  'write',
  'lseek',
  'stat',
  'unlink',
  'mkdir',
  'pipe',
  'fork',
  'sproc',
  'execve',
  'exit',
  'wait',
  'brk',
  'semaphore',
  'sginap',
  'sync',
  'getpid',
  'socket',
  'nfs',
  'other call',
] as const;
/** See SERVICES. */
export type ServiceName = (typeof SERVICES)[number];

const NUMBERS = new Map<string, number>(SERVICES.map((name, number) => [name, number]));

/** The number of a service; that of `other call` for a name that is none. */
export function serviceNumber(name: string): number {
  return NUMBERS.get(name) ?? NUMBERS.get('other call')!;
}
