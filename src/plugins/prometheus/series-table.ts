/** Series by two labels, such as task and queue: many, but not without end. */

/** What all that come past the limit are called. */
export const OTHER = "other";

export class SeriesTable<Series> {
  readonly #limit: number;
  readonly #make: () => Series;
  readonly #rows = new Map<string, Map<string, Series>>();
  #size = 0;

  constructor(limit: number, make: () => Series) {
    this.#limit = limit;
    this.#make = make;
  }

  of(first: string, second: string): Series {
    return this.#rows.get(first)?.get(second) ?? this.#added(first, second);
  }

  *entries(): Generator<readonly [first: string, second: string, series: Series]> {
    for (const [first, row] of this.#rows)
      for (const [second, series] of row) yield [first, second, series];
  }

  #added(first: string, second: string): Series {
    const isOther = first === OTHER && second === OTHER;
    if (this.#size >= this.#limit && !isOther) return this.of(OTHER, OTHER);
    const series = this.#make();
    const row = this.#rows.get(first);
    if (row === undefined) this.#rows.set(first, new Map([[second, series]]));
    else row.set(second, series);
    this.#size++;
    return series;
  }
}
