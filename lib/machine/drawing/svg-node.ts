/** A node as a box: its processors with their caches, its controller, its memory. */
import { bytesText, countText, numberText } from './plan.js';
import type { ResolvedNode, ResolvedSpecification } from '../specification/specification.js';
import { coordinate, escapeXml, svgText } from './svg-text.js';

/** How much of a node is shown. */
export type Detail = 'full' | 'small' | 'tiny';

/** A size. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

const COLOUR = {
  box: '#f6f8fb',
  edge: '#8b99ad',
  processor: '#2f6fb7',
  first: '#e9a23b',
  second: '#f6d08b',
  controller: '#7d6bb0',
  memory: '#4d9a75',
  ink: '#1b2430',
} as const;

const CHIP = { width: 38, height: 40, gap: 6, perRow: 4, most: 16 } as const;
const PAD = 8;

/** The size of a node's box. */
export function boxOf({ processors, memoryBytes }: ResolvedNode, detail: Detail): Box {
  if (detail === 'tiny') return { width: 13, height: 13 };
  if (detail === 'small') return { width: 56, height: 40 };
  const chips = Math.min(processors, CHIP.most);
  const columns = Math.max(2, Math.min(CHIP.perRow, chips));
  const rows = Math.ceil(chips / CHIP.perRow);
  return {
    width: columns * (CHIP.width + CHIP.gap) - CHIP.gap + 2 * PAD,
    height: 24 + rows * (CHIP.height + CHIP.gap) + 13 + (memoryBytes > 0 ? 22 : 0) + (processors > CHIP.most ? 14 : 0),
  };
}

/** A node about a point. Devices are in its title only. */
export function nodeShape(
  node: ResolvedNode,
  number: number,
  [x, y]: readonly [number, number],
  box: Box,
  detail: Detail,
  devices: readonly string[],
): string {
  const left = x - box.width / 2;
  const top = y - box.height / 2;
  const contents = [countText(node.processors, 'processor'), bytesText(node.memoryBytes), ...devices];
  const title = `node ${number}: ${contents.join(', ')}`;
  const parts = SHAPES[detail](node, number, box);
  const transform = `translate(${coordinate(left)} ${coordinate(top)})`;
  return `<g data-node="${number}" transform="${transform}"><title>${escapeXml(title)}</title>${parts.join('')}</g>`;
}

const SHAPES: Readonly<Record<Detail, (node: ResolvedNode, number: number, box: Box) => string[]>> = {
  full: fullShape,
  small: smallShape,
  tiny: tinyShape,
};

function fullShape(node: ResolvedNode, number: number, { width, height }: Box): string[] {
  const { processors, memoryBytes } = node;
  const chips = Math.min(processors, CHIP.most);
  const inner = width - 2 * PAD;
  const parts = [
    rect(0, 0, width, height, COLOUR.box, `rx="6" stroke="${COLOUR.edge}"`),
    svgText(PAD, 16, `node ${number}`, `font-size="11" font-weight="600" fill="${COLOUR.ink}"`),
  ];
  let y = 24;
  for (let chip = 0; chip < chips; chip++) {
    const column = chip % CHIP.perRow;
    const row = Math.floor(chip / CHIP.perRow);
    // A row that is not full stands in the middle.
    const inRow = Math.min(CHIP.perRow, chips - row * CHIP.perRow);
    const first = PAD + (inner - (inRow * (CHIP.width + CHIP.gap) - CHIP.gap)) / 2;
    parts.push(
      ...chipShape(first + column * (CHIP.width + CHIP.gap), y + row * (CHIP.height + CHIP.gap), `cpu${chip}`),
    );
  }
  y += Math.ceil(chips / CHIP.perRow) * (CHIP.height + CHIP.gap);
  if (processors > CHIP.most) {
    parts.push(svgText(width / 2, y + 8, `and ${processors - CHIP.most} more`, small('middle', COLOUR.ink)));
    y += 14;
  }
  parts.push(rect(PAD, y, inner, 5, COLOUR.controller, 'rx="2"'));
  if (memoryBytes > 0) {
    parts.push(rect(PAD, y + 9, inner, 18, COLOUR.memory, 'rx="3"'));
    parts.push(svgText(width / 2, y + 22, bytesText(memoryBytes), small('middle', '#ffffff')));
  }
  return parts;
}

function chipShape(x: number, y: number, name: string): string[] {
  const { width } = CHIP;
  return [
    rect(x, y, width, 20, COLOUR.processor, 'rx="3"'),
    svgText(x + width / 2, y + 14, name, small('middle', '#ffffff')),
    rect(x, y + 22, width / 2 - 1, 6, COLOUR.first, 'rx="1"'),
    rect(x + width / 2 + 1, y + 22, width / 2 - 1, 6, COLOUR.first, 'rx="1"'),
    rect(x, y + 30, width, 10, COLOUR.second, 'rx="1"'),
  ];
}

function smallShape({ processors, memoryBytes }: ResolvedNode, number: number, { width, height }: Box): string[] {
  const parts = [
    rect(0, 0, width, height, COLOUR.box, `rx="4" stroke="${COLOUR.edge}"`),
    svgText(6, 13, String(number), `font-size="10" font-weight="600" fill="${COLOUR.ink}"`),
  ];
  if (processors > 4) {
    parts.push(rect(6, 18, 10, 10, COLOUR.processor, 'rx="2"'));
    parts.push(svgText(20, 27, `× ${processors}`, small('start', COLOUR.ink)));
  } else for (let i = 0; i < processors; i++) parts.push(rect(6 + 12 * i, 18, 10, 10, COLOUR.processor, 'rx="2"'));
  if (memoryBytes > 0) parts.push(rect(6, 31, width - 12, 5, COLOUR.memory, 'rx="1"'));
  return parts;
}

function tinyShape({ processors, memoryBytes }: ResolvedNode, _number: number, { width, height }: Box): string[] {
  const parts = [rect(0, 0, width, height, COLOUR.box, `rx="2" stroke="${COLOUR.edge}" stroke-width="0.7"`)];
  if (processors > 0) parts.push(rect(2.5, 2.5, width - 5, 4, COLOUR.processor, ''));
  if (memoryBytes > 0) parts.push(rect(2.5, 8, width - 5, 2.5, COLOUR.memory, ''));
  return parts;
}

/** What the colours mean, with the sizes that all nodes share. */
export function legend({ processor }: ResolvedSpecification, x: number, y: number, detail: Detail): string {
  const { l1i, l1d, l2 } = processor;
  const first =
    l1i.sizeBytes === l1d.sizeBytes
      ? `2 × ${bytesText(l1i.sizeBytes)}`
      : `${bytesText(l1i.sizeBytes)} + ${bytesText(l1d.sizeBytes)}`;
  const items: [colour: string, text: string][] = [
    [COLOUR.processor, `processor, ${numberText(processor.clockMHz)} MHz`],
  ];
  if (detail === 'full')
    items.push(
      [COLOUR.first, `first level, ${first}`],
      [COLOUR.second, `second level, ${bytesText(l2.sizeBytes)}`],
      [COLOUR.controller, 'controller'],
    );
  items.push([COLOUR.memory, 'memory']);
  const parts: string[] = [];
  let at = x;
  for (const [colour, text] of items) {
    parts.push(
      rect(at, y - 8, 10, 10, colour, 'rx="2"'),
      svgText(at + 15, y + 1, text, 'font-size="11" fill="#5b6675"'),
    );
    at += 15 + 5.8 * text.length + 16;
  }
  return parts.join('');
}

function rect(x: number, y: number, width: number, height: number, fill: string, rest: string): string {
  const [a, b, c, d] = [x, y, width, height].map(coordinate);
  return `<rect x="${a}" y="${b}" width="${c}" height="${d}" fill="${fill}"${rest && ` ${rest}`}/>`;
}

function small(anchor: string, fill: string): string {
  return `font-size="10" text-anchor="${anchor}" fill="${fill}"`;
}
