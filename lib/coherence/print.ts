/** Protocol tables for people: Markdown rows and Mermaid state diagrams, printed from what runs. */
import type { Table } from './table.js';

/** A table of either side of a protocol. */
export type AnyTable = Pick<Table, 'states' | 'stable' | 'next' | 'nextWithoutSharers' | 'cells'> & {
  readonly events: readonly string[];
  readonly actions: readonly string[];
};

const COLUMNS = ['state', 'event', 'actions', 'next'] as const;

/** A Markdown table of states, events, actions and next states. Events of a state with the same consequences share a row. */
export function tableMarkdown(table: AnyTable): string {
  const rows = table.states.flatMap((state, number) => rowsOfState(table, state, number));
  return markdown(COLUMNS, rows);
}

/** A Markdown table of names and what they mean: of states or of events. */
export function meaningsMarkdown(what: string, meanings: Readonly<Record<string, string>>): string {
  return markdown([what, 'meaning'], Object.entries(meanings));
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) => Math.max(name.length, 3, ...rows.map(row => row[column].length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(head), `| ${widths.map(width => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

function rowsOfState(table: AnyTable, state: string, number: number): string[][] {
  const { events, actions, cells } = table;
  const groups = new Map<string, { readonly events: string[]; readonly consequences: readonly [string, string] }>();
  events.forEach((event, e) => {
    const cell = number * events.length + e;
    const done = cells[cell];
    if (done === null || done === undefined) return;
    const consequences = [Array.from(done, action => actions[action]).join(', '), after(table, cell, state)] as const;
    const key = consequences.join('|');
    const group = groups.get(key) ?? { events: [], consequences };
    group.events.push(event);
    groups.set(key, group);
  });
  return [...groups.values()].map(group => [state, group.events.join(', '), ...group.consequences]);
}

function after(table: AnyTable, cell: number, state: string): string {
  const some = table.states[table.next[cell]];
  const none = table.states[table.nextWithoutSharers[cell]];
  if (some !== none) return `${some}, ${none} if no sharer is left`;
  return some === state ? '' : some;
}

/** A Mermaid state diagram: an arrow for each pair of states, with the events that lead over it. What stays is left out. */
export function stateDiagram(table: AnyTable): string {
  const { states, events, cells, next, nextWithoutSharers } = table;
  const arrows = new Map<string, string[]>();
  const note = (from: string, to: string, event: string): void => {
    if (from === to) return;
    const arrow = `  ${from} --> ${to}`;
    arrows.set(arrow, [...(arrows.get(arrow) ?? []), event]);
  };
  states.forEach((state, s) => {
    events.forEach((event, e) => {
      const cell = s * events.length + e;
      if (cells[cell] === null) return;
      const [some, none] = [states[next[cell]], states[nextWithoutSharers[cell]]];
      note(state, some, event);
      if (none !== some) note(state, none, `${event}, last sharer`);
    });
  });
  const lines = [...arrows].map(([arrow, causes]) => `${arrow}: ${causes.join(', ')}`);
  return ['stateDiagram-v2', `  [*] --> ${states[0]}`, ...lines].join('\n');
}
