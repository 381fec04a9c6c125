/** Colours of runs: blue is local and orange remote, pale in the kernel; dark is the user, purple the kernel, green the monitor. */
import { legend, type BarPart } from '../charts/bars.js';
import type { Html } from '../markup.js';
import { SAMPLED_PARTS, type SystemPart } from '../../experiments/systems/system-result.js';
import { PARTS, type PartWords } from './words.js';

const DARK = '#1c2530';
const WHITE = '#ffffff';

const FILLS: Readonly<Record<SystemPart, readonly [fill: string, ink: string]>> = {
  user: ['#46525f', WHITE],
  userCache: ['#c2ccd6', DARK],
  userLocalStall: ['#1f5fa8', WHITE],
  userRemoteStall: ['#f08c1e', DARK],
  kernel: ['#7d4f9e', WHITE],
  kernelLocalStall: ['#8fb4de', DARK],
  kernelRemoteStall: ['#f8cf9d', DARK],
  synchronisation: ['#f0d264', DARK],
  monitor: ['#0b6e57', WHITE],
  monitorLocalStall: ['#5fb59f', DARK],
  monitorRemoteStall: ['#b5ddd2', DARK],
  idle: ['#e8ecf0', DARK],
};

function paintName(mode: string, name: string): string {
  return name === '' || name === 'synchronisation' ? name || mode : `${mode} ${name}`;
}

/** The colour of a part, with its name. */
export function paintOf({ part, mode, name }: PartWords): BarPart {
  const [fill, ink] = FILLS[part];
  return { name: paintName(mode, name), fill, ink };
}

/** The part of the time whose colour each of SAMPLED_PARTS has. */
const SAMPLED = ['user', 'userLocalStall', 'kernel', 'synchronisation', 'monitor', 'idle'] as const;

/** One for each of SAMPLED_PARTS. */
export const SAMPLE_PAINTS: readonly BarPart[] = SAMPLED_PARTS.map((name, i) => {
  const [fill, ink] = FILLS[SAMPLED[i]];
  return { name, fill, ink };
});

/** The parts that took time. */
export function partsLegend(time: Readonly<Record<SystemPart, number>>): Html {
  return legend(PARTS.filter(({ part }) => time[part] > 0).map(paintOf));
}
