/** Pictures: whole, well-formed, and safe against names. */
import { describe, expect, it } from '@jest/globals';
import { draw } from '../../../lib/machine/drawing/draw.js';
import { presetNames, presets } from '../../../lib/machine/presets/presets.js';
import { SpecificationError } from '../../../lib/machine/specification/specification-error.js';

const isControl = (code: number): boolean => (code < 0x20 && code !== 0xa) || (code >= 0xd800 && code < 0xe000);

/** Names of the elements in order of their beginning. Throws unless the text is well-formed XML of the kind we write. */
function elementsOf(xml: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  const markup = /<(\/?)([a-z]+)((?: [\w:-]+="[^"<&]*(?:&#\d+;[^"<&]*)*")*)(\/?)>|([^<]+)/gy;
  while (markup.lastIndex < xml.length) {
    const at = markup.lastIndex;
    const match = markup.exec(xml);
    if (match === null) throw new Error(`no XML: ${xml.slice(at, at + 80)}`);
    const [, closes, name, , empty, text] = match;
    if (text !== undefined) {
      if (/&(?!#\d+;)/.test(text) || Array.from(text, c => c.codePointAt(0)!).some(isControl))
        throw new Error(`no XML text: ${text}`);
    } else if (closes !== '') {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
    } else {
      names.push(name);
      if (empty === '') open.push(name);
    }
  }
  if (open.length > 0) throw new Error(`<${open.join('><')}> is not closed`);
  return names;
}

const nodesIn = (svg: string): number[] => Array.from(svg.matchAll(/data-node="(\d+)"/g), ([, node]) => Number(node));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const MACHINES = [
  ...presetNames.map(name => [name, presets[name]()] as const),
  ...[1, 2, 16, 20, 21, 64, 128, 129, 1024].map(
    nodes => [`disco-1997 ${nodes}`, presets['disco-1997']({ nodes })] as const,
  ),
  ['dash-1992 64', presets['dash-1992']({ nodes: 64 })] as const,
  ['origin2000-1997 1024', presets['origin2000-1997']({ nodes: 1024 })] as const,
  ['xeon-2s 120', presets['xeon-2s']({ nodes: 120 })] as const,
];

describe('a drawing', () => {
  it.each(MACHINES)('of %s is one well-formed document that shows every node once', (_, specification) => {
    const { svg } = draw(specification);
    expect(elementsOf(svg).filter(name => name === 'svg')).toHaveLength(1);
    const count = 'count' in specification.nodes ? specification.nodes.count : specification.nodes.length;
    expect(nodesIn(svg)).toEqual(upTo(count));
    expect(svg).not.toMatch(/NaN|Infinity|undefined|<script|href|url\(/);
  });

  it.each(MACHINES)('of %s as a flowchart stays below what Mermaid draws', (_, specification) => {
    const { mermaid } = draw(specification);
    expect(mermaid).toMatch(/^---\ntitle: ".*"\n---\nflowchart TB\n/);
    expect(mermaid.split('\n').filter(line => / --[->]/.test(line)).length).toBeLessThanOrEqual(500);
    expect(mermaid.length).toBeLessThan(50_000);
  });

  it('keeps boxes apart', () => {
    for (const [, specification] of MACHINES.slice(0, 12)) {
      const boxes = Array.from(
        draw(specification).svg.matchAll(
          /translate\(([\d.-]+) ([\d.-]+)\)"><title>.*?<rect x="0" y="0" width="([\d.]+)" height="([\d.]+)"/g,
        ),
        match => match.slice(1).map(Number),
      );
      expect(boxes.length).toBeGreaterThan(0);
      for (const [i, [x, y, w, h]] of boxes.entries())
        for (const [x2, y2, w2, h2] of boxes.slice(0, i))
          expect(x >= x2 + w2 || x2 >= x + w || y >= y2 + h2 || y2 >= y + h).toBe(true);
    }
  });

  it('shows what is in a node', () => {
    const { svg, mermaid } = draw(presets['xeon-2s-cxl']());
    for (const text of [
      'xeon-2s-cxl',
      'node 2: 0 processors, 2 GB',
      'cpu7',
      '119.5 ns',
      '2500 MHz',
      'remote 169 to 394 ns',
    ])
      expect(svg).toContain(text);
    expect(mermaid).toContain('n2["node 2<br/>2 GB"]');
    expect(mermaid).toContain('n1 ---|"119.5 ns"| n2');
  });

  it('takes any name for what it is', () => {
    const { svg, mermaid } = draw({ ...presets.uma(), name: `</title><script>"&'\u0007\n--- \ud800` });
    elementsOf(svg);
    expect(svg).not.toContain('<script');
    expect(mermaid.split('\n')[1]).toMatch(/^title: ".*"$/);
    expect(mermaid.split('\n')[1]).not.toMatch(/[<>]/);
  });

  it('is the same each time', () => {
    expect(draw(presets['dash-1992']())).toEqual(draw(presets['dash-1992']()));
  });

  it('is refused to what is no machine', () => {
    expect(() => draw({ ...presets.uma(), tickPs: 7 })).toThrow(SpecificationError);
  });
});
