/** Colours of native runs: blue is local and orange remote, pale in the kernel; dark is the user, purple the kernel. */
import { legend, type BarPart } from '../charts/bars.js';
import type { Html } from '../html.js';
import { SAMPLED_PARTS, type NativePart, type NativeTime } from '../../experiments/systems/native-result.js';
import { NATIVE_PARTS } from './native-words.js';
import { VIRTUAL_SAMPLED_PARTS, type VirtualPart } from '../../experiments/systems/virtual-result.js';
import { VIRTUAL_PARTS } from './virtual-words.js';

const DARK = '#1c2530';
const WHITE = '#ffffff';

const FILLS: Readonly<Record<NativePart, readonly [fill: string, ink: string]>> = {
  user: ['#46525f', WHITE],
  userCache: ['#c2ccd6', DARK],
  userLocalStall: ['#1f5fa8', WHITE],
  userRemoteStall: ['#f08c1e', DARK],
  kernel: ['#7d4f9e', WHITE],
  kernelLocalStall: ['#8fb4de', DARK],
  kernelRemoteStall: ['#f8cf9d', DARK],
  synchronisation: ['#f0d264', DARK],
  idle: ['#e8ecf0', DARK],
};

function paintName(mode: string, name: string): string {
  return name === '' || name === 'synchronisation' ? name || mode : `${mode} ${name}`;
}

/** One for each of NATIVE_PARTS. */
export const NATIVE_PAINTS: readonly BarPart[] = NATIVE_PARTS.map(({ part, mode, name }) => ({
  name: paintName(mode, name),
  fill: FILLS[part][0],
  ink: FILLS[part][1],
}));

/** What the monitor does is green, paler where it waits for memory. */
const MONITOR_FILLS: Readonly<Record<Exclude<VirtualPart, NativePart>, readonly [fill: string, ink: string]>> = {
  monitor: ['#0b6e57', WHITE],
  monitorLocalStall: ['#5fb59f', DARK],
  monitorRemoteStall: ['#b5ddd2', DARK],
};

/** One for each of VIRTUAL_PARTS. */
export const VIRTUAL_PAINTS: readonly BarPart[] = VIRTUAL_PARTS.map(({ part, mode, name }) => {
  const [fill, ink] = { ...FILLS, ...MONITOR_FILLS }[part];
  return { name: paintName(mode, name), fill, ink };
});

const SAMPLED = ['user', 'userLocalStall', 'kernel', 'synchronisation', 'idle'] as const;

/** One for each of SAMPLED_PARTS. */
export const SAMPLE_PAINTS: readonly BarPart[] = SAMPLED_PARTS.map((name, i) => {
  const [fill, ink] = FILLS[SAMPLED[i]!];
  return { name, fill, ink };
});

/** One for each of VIRTUAL_SAMPLED_PARTS. */
export const VIRTUAL_SAMPLE_PAINTS: readonly BarPart[] = VIRTUAL_SAMPLED_PARTS.map(name => {
  const [fill, ink] = name === 'monitor' ? MONITOR_FILLS.monitor : FILLS[SAMPLED[SAMPLED_PARTS.indexOf(name)]!];
  return { name, fill, ink };
});

/** The parts that are there at all. */
export function partsLegend(time: NativeTime): Html {
  return legend(NATIVE_PAINTS.filter((_, i) => time[NATIVE_PARTS[i]!.part] > 0));
}
