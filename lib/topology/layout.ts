/**
 * Positions in the unit square, for drawings only; `y` grows downwards, as in SVG.
 */

/** A point, in the unit square unless it says otherwise. */
export type Position = readonly [x: number, y: number];

/** `count` points clockwise around a circle about the centre of the square, from the top. */
export function onCircle(count: number, radius: number): Position[] {
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count;
    return [0.5 + radius * Math.sin(angle), 0.5 - radius * Math.cos(angle)];
  });
}

/** The centres of the cells of a grid, row by row. */
export function onGrid(columns: number, rows: number): Position[] {
  return Array.from({ length: columns * rows }, (_, i) => [
    ((i % columns) + 0.5) / columns,
    (Math.floor(i / columns) + 0.5) / rows,
  ]);
}

/** Points of any range, moved to the centre and, where needed, shrunk alike in both directions to leave a margin. */
export function fitted(points: readonly Position[], margin: number): Position[] {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [left, right] = extent(xs);
  const [top, bottom] = extent(ys);
  const scale = (1 - 2 * margin) / Math.max(right - left, bottom - top, 1 - 2 * margin);
  return points.map(([x, y]) => [0.5 + (x - (left + right) / 2) * scale, 0.5 + (y - (top + bottom) / 2) * scale]);
}

/** `perCentre` points on a small circle about each centre in turn, from the upper right: nodes about their router. */
export function around(centres: readonly Position[], perCentre: number, radius: number): Position[] {
  return centres.flatMap(([x, y]) =>
    Array.from({ length: perCentre }, (_, i): Position => {
      const angle = Math.PI / 4 + (2 * Math.PI * i) / perCentre;
      return [x + radius * Math.sin(angle), y - radius * Math.cos(angle)];
    }),
  );
}

function extent(values: readonly number[]): [least: number, most: number] {
  return values.reduce<[number, number]>(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
}
