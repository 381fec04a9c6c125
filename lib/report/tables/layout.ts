/** Columns of plain text. */

/** One column, its heading included. */
export interface Column {
  readonly heading: string;
  /** Numbers to the right, names to the left. */
  readonly align: 'left' | 'right';
  readonly cells: readonly string[];
  /** Spaces before it. */
  readonly gap: number;
  /** Which column gives way first if the table is too wide: the highest number; 0 never does. */
  readonly expendable: number;
}

/** A heading line and one line per cell; lines have no trailing blanks. */
export function linesOf(columns: readonly Column[]): string[] {
  const rows = columns[0]?.cells.length ?? 0;
  const widths = columns.map(widthOf);
  const line = (texts: readonly string[]) =>
    columns
      .map(({ align, gap }, i) => {
        const text = texts[i];
        const blanks = ' '.repeat(widths[i] - lengthOf(text));
        return ' '.repeat(gap) + (align === 'left' ? text + blanks : blanks + text);
      })
      .join('')
      .trimEnd();
  const body = Array.from({ length: rows }, (_, row) => line(columns.map(({ cells }) => cells[row])));
  return [line(columns.map(({ heading }) => heading)), ...body];
}

/** Narrows gaps, then leaves out expendable columns, until all is at most `width` wide or nothing more can go. */
export function fitting(columns: readonly Column[], width: number): readonly Column[] {
  const total = columns.reduce((sum, column) => sum + column.gap + widthOf(column), 0);
  const next = Math.max(0, ...columns.map(({ expendable }) => expendable));
  if (total <= width) return columns;
  if (columns.some(({ gap }) => gap > 1)) {
    const narrow = columns.map(column => ({ ...column, gap: Math.min(1, column.gap) }));
    return fitting(narrow, width);
  }
  if (next === 0) return columns;
  return fitting(
    columns.filter(({ expendable }) => expendable !== next),
    width,
  );
}

/** Breaks text at blanks. The first line begins with `mark`; the others are indented by as much and two more. */
export function wrapped(mark: string, text: string, width: number): string[] {
  const indent = ' '.repeat(lengthOf(mark) + 2);
  const [first, ...words] = text.split(' ');
  const lines = [mark + first];
  for (const word of words) {
    const longer = `${lines.at(-1)!} ${word}`;
    if (lengthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(indent + word);
  }
  return lines;
}

function widthOf({ heading, cells }: Column): number {
  return Math.max(lengthOf(heading), ...cells.map(lengthOf));
}

/** Characters, not code units. */
function lengthOf(text: string): number {
  return [...text].length;
}
