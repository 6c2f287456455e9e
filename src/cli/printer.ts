/** Prints messages: as protobuf JSON for programs, one object per line, or as tables for people. */
import { toJsonString, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import Table from "cli-table3";

import type { Colors, Terminal } from "./terminal.ts";

/** A column: its heading and what a row has there. */
export interface Column<T> {
  readonly name: string;
  readonly value: (row: T, colors: Colors) => string;
}

export class Printer {
  readonly #terminal: Terminal;
  readonly #format: "table" | "json";

  constructor(terminal: Terminal, format: "table" | "json") {
    this.#terminal = terminal;
    this.#format = format;
  }

  get isJson(): boolean {
    return this.#format === "json";
  }

  get colors(): Colors {
    return this.#terminal.colors;
  }

  /** One line of protobuf JSON; fields with their zero value are there too. */
  json<S extends DescMessage>(schema: S, message: MessageShape<S>): Promise<void> {
    return this.#terminal.print(toJsonString(schema, message, { alwaysEmitImplicit: true }));
  }

  /** A line for people. */
  text(line: string): Promise<void> {
    return this.#terminal.print(line);
  }

  /** One message: as JSON, or by the text that it has for people. */
  async one<S extends DescMessage>(
    schema: S,
    message: MessageShape<S>,
    text: (message: MessageShape<S>) => string,
  ): Promise<void> {
    if (this.isJson) await this.json(schema, message);
    else await this.text(text(message));
  }

  /** Rows as they come: JSON line by line, a table once all are there. */
  async rows<S extends DescMessage>(
    schema: S,
    rows: AsyncIterable<MessageShape<S>> | Iterable<MessageShape<S>>,
    columns: readonly Column<MessageShape<S>>[],
  ): Promise<number> {
    const table: MessageShape<S>[] = [];
    let count = 0;
    for await (const row of rows) {
      count++;
      if (this.isJson) await this.json(schema, row);
      else table.push(row);
    }
    if (!this.isJson && count > 0) await this.table(table, columns);
    return count;
  }

  async table<T>(rows: readonly T[], columns: readonly Column<T>[]): Promise<void> {
    const { colors } = this;
    const table = newTable();
    table.push(columns.map(({ name }) => colors.bold(name)));
    for (const row of rows) table.push(columns.map(({ value }) => value(row, colors)));
    await this.text(trimmed(table.toString()));
  }

  /** Names and values, one a line; what has no value is left out. */
  async details(pairs: readonly (readonly [name: string, value: string])[]): Promise<void> {
    const table = newTable();
    for (const [name, value] of pairs) {
      if (value !== "") table.push([this.colors.dim(name), value]);
    }
    await this.text(trimmed(table.toString()));
  }
}

function newTable(): InstanceType<typeof Table> {
  const none = ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left"];
  const rest = ["bottom-right", "left", "left-mid", "mid", "mid-mid", "right", "right-mid"];
  const chars = Object.fromEntries([...none, ...rest].map((name) => [name, ""]));
  return new Table({
    chars: { ...chars, middle: "  " },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
}

function trimmed(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
