/** The tables that the clients' tests print: a mark for each thing that was tried. */
import Table from "cli-table3";
import pc from "picocolors";

/** What was found, by row and column. */
export class Marks {
  readonly #title: string;
  readonly #columns: readonly string[];
  readonly #rows = new Map<string, Map<string, boolean>>();

  constructor(title: string, columns: readonly string[]) {
    this.#title = title;
    this.#columns = columns;
  }

  set(row: string, column: string, passed: boolean): void {
    const cells = this.#rows.get(row) ?? new Map<string, boolean>();
    this.#rows.set(row, cells.set(column, passed));
  }

  /** Cells that were not tried; a gap is a failure. */
  get gaps(): string[] {
    return [...this.#rows].flatMap(([row, cells]) =>
      this.#columns.filter((column) => !cells.has(column)).map((column) => `${row}: ${column}`),
    );
  }

  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  toString(): string {
    const table = new Table({
      head: [this.#title, ...this.#columns],
      style: { head: [], border: [] },
    });
    for (const [row, cells] of this.#rows)
      table.push([row, ...this.#columns.map((column) => markOf(cells.get(column)))]);
    return table.toString();
  }
}

function markOf(passed: boolean | undefined): string {
  if (passed === undefined) return pc.yellow("gap");
  return passed ? pc.green("ok") : pc.red("FAILED");
}
