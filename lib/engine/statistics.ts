/**
 * Statistics: plain numbers, incremented in place, each with a unit and a definition.
 * They are registered where they are made, so that one reset covers all of them.
 */

/** Unit and definition of a statistic. */
export type Definition = readonly [unit: string, definition: string];

/** One line of a report. */
export interface Statistic {
  readonly path: string;
  readonly name: string;
  readonly unit: string;
  readonly definition: string;
  readonly value: number;
}

interface Group {
  readonly path: string;
  readonly values: Record<string, number>;
  readonly definitions: Readonly<Record<string, Definition>>;
}

/** All statistics of a simulation. */
export class StatisticsRegistry {
  private readonly groups: Group[] = [];

  /** Makes a group of counters that start at 0. The caller increments the fields of the returned object. */
  define<Name extends string>(path: string, definitions: Readonly<Record<Name, Definition>>): Record<Name, number> {
    const values = Object.fromEntries(Object.keys(definitions).map(name => [name, 0])) as Record<Name, number>;
    this.groups.push({ path, values, definitions });
    return values;
  }

  /** Sets every registered statistic to 0. `Simulation.resetStatistics` covers all that is counted. */
  reset(): void {
    for (const { values } of this.groups) for (const name of Object.keys(values)) values[name] = 0;
  }

  /** A copy, in order of construction. */
  report(): Statistic[] {
    return this.groups.flatMap(({ path, values, definitions }) =>
      Object.entries(definitions).map(([name, [unit, definition]]) => ({
        path,
        name,
        unit,
        definition,
        value: values[name],
      })),
    );
  }
}
