import { it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { presetNames, presets } from '../../lib/machine/presets.js';
import { draw } from '../../lib/machine/draw.js';
it('x', () => {
  for (const n of presetNames) { const d = draw(presets[n]()); writeFileSync(`/tmp/draw/${n}.svg`, d.svg); writeFileSync(`/tmp/draw/${n}.mmd`, d.mermaid); }
  for (const [n, c] of [['disco-1997', 16], ['disco-1997', 64], ['dash-1992', 64], ['origin2000-1997', 64], ['dash-1992', 1024], ['disco-1997', 1024], ['xeon-2s', 4],['xeon-2s', 128], ['origin2000-1997', 16]] as const) { const t = performance.now(); const d = draw(presets[n]({ nodes: c })); console.log(n, c, performance.now() - t, d.svg.length); writeFileSync(`/tmp/draw/${n}-${c}.svg`, d.svg); writeFileSync(`/tmp/draw/${n}-${c}.mmd`, d.mermaid);}
});
