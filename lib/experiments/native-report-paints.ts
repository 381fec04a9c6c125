/** Colours of native runs: blue is local and orange remote, pale in the kernel; dark is the user, purple the kernel. */
import { legend, type BarPart } from './chart-bars.js';
import type { Html } from './html.js';
import { SAMPLED_PARTS, type NativePart, type NativeTime } from './native-result.js';
import { NATIVE_PARTS } from './native-words.js';

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

/** One for each of NATIVE_PARTS. */
export const NATIVE_PAINTS: readonly BarPart[] = NATIVE_PARTS.map(({ part, mode, name }) => ({
  name: name === '' || name === 'synchronisation' ? name || mode : `${mode} ${name}`,
  fill: FILLS[part][0],
  ink: FILLS[part][1],
}));

const SAMPLED = ['user', 'userLocalStall', 'kernel', 'synchronisation', 'idle'] as const;

/** One for each of SAMPLED_PARTS. */
export const SAMPLE_PAINTS: readonly BarPart[] = SAMPLED_PARTS.map((name, i) => {
  const [fill, ink] = FILLS[SAMPLED[i]!];
  return { name, fill, ink };
});

/** The parts that are there at all. */
export function partsLegend(time: NativeTime): Html {
  return legend(NATIVE_PAINTS.filter((_, i) => time[NATIVE_PARTS[i]!.part] > 0));
}
