/**
 * Colours that people with any colour vision tell apart, and that differ in lightness for print. Throughout a report
 * blue is local and orange remote; what a program would do on any machine is grey.
 */

/** A fill and the colour of text on it. */
export interface Paint {
  readonly fill: string;
  readonly ink: string;
}

const DARK = '#1c2530';
const WHITE = '#ffffff';

/** One for each of TIME_GROUPS. */
export const TIME_PAINTS: readonly Paint[] = [
  { fill: '#46525f', ink: WHITE },
  { fill: '#8391a0', ink: DARK },
  { fill: '#c2ccd6', ink: DARK },
  { fill: '#1f5fa8', ink: WHITE },
  { fill: '#f08c1e', ink: DARK },
  { fill: '#7d4f9e', ink: WHITE },
  { fill: '#cfaee0', ink: DARK },
  { fill: '#0b8f6f', ink: WHITE },
  { fill: '#f0d264', ink: DARK },
  { fill: '#dde3e8', ink: DARK },
  { fill: '#000000', ink: WHITE },
];

/** From all misses remote to all local, in even steps of lightness. */
export const SHARE_STEPS: readonly string[] = [
  '#ffab3d',
  '#e79058',
  '#c97a74',
  '#a0688c',
  '#6f5a94',
  '#3f4789',
  '#0b2f78',
];

/** From little to much, in even steps of lightness. */
export const AMOUNT_STEPS: readonly Paint[] = [
  { fill: '#eaf1fa', ink: DARK },
  { fill: '#c6dbf1', ink: DARK },
  { fill: '#9cc1e6', ink: DARK },
  { fill: '#6ba2d6', ink: DARK },
  { fill: '#3f7fbf', ink: WHITE },
  { fill: '#1f5fa8', ink: WHITE },
  { fill: '#0b3f7d', ink: WHITE },
];

/** Where there is no miss. */
export const NO_MISS = '#eef1f4';

/** Colour and dashes of the lines of a chart, used in turn. */
export const LINES: readonly { readonly stroke: string; readonly dashes: string }[] = [
  { stroke: 'var(--line-1)', dashes: '' },
  { stroke: 'var(--line-2)', dashes: '7 4' },
  { stroke: 'var(--line-3)', dashes: '' },
  { stroke: 'var(--line-4)', dashes: '2 3' },
  { stroke: 'var(--line-5)', dashes: '9 3 2 3' },
];
