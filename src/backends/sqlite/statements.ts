import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

/** A prepared statement whose rows are tuples. */
export interface Query<Row extends readonly unknown[]> {
  get(...params: readonly SQLInputValue[]): Row | undefined;
  all(...params: readonly SQLInputValue[]): Row[];
  /** Row by row. One at a time: the statement must not be used before the end. */
  iterate(...params: readonly SQLInputValue[]): Iterable<Row>;
}

/** A prepared statement without rows. */
export interface Command {
  /** How many rows it changed. */
  run(...params: readonly SQLInputValue[]): number;
  /** The rowid that an insert gave; 0 where it changed nothing. */
  insert(...params: readonly SQLInputValue[]): number;
  /** How many rows an insert added, and the rowid of the last. */
  insertMany(...params: readonly SQLInputValue[]): {
    readonly count: number;
    readonly last: number;
  };
}

/** Prepares the statements of an engine and keeps them for the connection's life. */
export class Statements {
  readonly #db: DatabaseSync;
  /** Text of every statement, for tests that ask for its plan. */
  readonly texts: string[] = [];

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  query<Row extends readonly unknown[]>(sql: string): Query<Row> {
    const statement = this.#prepare(sql);
    statement.setReturnArrays(true);
    // The row type is what the statement's text says: SQLite knows no static types.
    return {
      get: (...params) => statement.get(...params) as unknown as Row | undefined,
      all: (...params) => statement.all(...params) as unknown as Row[],
      iterate: (...params) => statement.iterate(...params) as unknown as Iterable<Row>,
    };
  }

  command(sql: string): Command {
    const statement = this.#prepare(sql);
    return {
      run: (...params) => Number(statement.run(...params).changes),
      insert: (...params) => {
        const { changes, lastInsertRowid } = statement.run(...params);
        return changes === 0 ? 0 : Number(lastInsertRowid);
      },
      insertMany: (...params) => {
        const { changes, lastInsertRowid } = statement.run(...params);
        return { count: Number(changes), last: Number(lastInsertRowid) };
      },
    };
  }

  #prepare(sql: string): StatementSync {
    this.texts.push(sql);
    return this.#db.prepare(sql);
  }
}
