/** What frames hold, for checks: read past the machine, without time passing. */
import { lineNumber, type Line, type MachineFrame } from '../../messages/addresses.js';
import { wordOf, type LineData } from '../../messages/line-data.js';
import type { Machine } from '../../machine/machine.js';

/** The words of a frame by its number. */
export type FrameContents = (frame: MachineFrame) => Int32Array;

/** Contents of the frames of a machine at rest: no access is under way, so all copies of a line are equal. Of this moment. */
export function frameContents({ map, processors, bridges, controllers }: Machine): FrameContents {
  const cached = new Map<Line, LineData | null>();
  for (const owner of [...processors, ...bridges])
    for (const { line, state, data } of owner?.caches.lines() ?? []) if (state !== 'I') cached.set(line, data);
  const words = map.lineBytes / 4;
  return frame => {
    const first = frame * (map.pageBytes / map.lineBytes);
    return Int32Array.from({ length: map.pageBytes / 4 }, (_, i) => {
      const line = lineNumber(first + Math.floor(i / words));
      const data = cached.has(line) ? cached.get(line)! : controllers[map.homeOfLine(line)].lineInMemory(line);
      return wordOf(data, i % words);
    });
  };
}
