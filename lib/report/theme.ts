/** Colours that depend on whether a page is light or dark. Everything else of a report keeps its colour on both. */

/** By name, on a light and on a dark page. */
const COLOURS: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  ink: ['#1c2530', '#e4e9ee'],
  paper: ['#ffffff', '#14191f'],
  muted: ['#55616d', '#a3afbb'],
  rule: ['#d5dbe1', '#38424d'],
  strong: ['#8391a0', '#8391a0'],
  shade: ['#f3f6f9', '#1d242c'],
  track: ['#e3e8ed', '#38424d'],
  edge: ['#ffffff', '#74808c'],
  link: ['#1f5fa8', '#7db7f5'],
  warn: ['#b3261e', '#ff8f85'],
  alarm: ['#fdecea', '#3d1917'],
  'line-1': ['#1c2530', '#e4e9ee'],
  'line-2': ['#c2570c', '#f59a4a'],
  'line-3': ['#1f5fa8', '#7db7f5'],
  'line-4': ['#7d4f9e', '#c79be6'],
  'line-5': ['#0b8f6f', '#4ccfae'],
};

/** The colours as properties of a style sheet: `var(--ink)` is one of them. A page that is printed is light. */
export const THEME = `
:root { color-scheme: light dark; ${properties(0)} }
@media screen and (prefers-color-scheme: dark) { :root { ${properties(1)} } }`;

/** Puts the colours of a light page in place of the properties: for pictures that stand alone, which not every program could draw otherwise. */
export function inLight(text: string): string {
  return text.replace(/var\(--([a-z0-9-]+)\)/g, (_, name: string) => COLOURS[name][0]);
}

function properties(page: 0 | 1): string {
  return Object.entries(COLOURS)
    .map(([name, colours]) => `--${name}: ${colours[page]};`)
    .join(' ');
}
