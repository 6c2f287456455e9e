import type { DatabaseSync, StatementSync } from "node:sqlite";
import { QTasksError, type Reason } from "../../core/errors.ts";
import type { Engine, Method } from "./engine.ts";
import { breaksConnection, toQTasksError } from "./faults.ts";
import type { KeptClock } from "./kept-clock.ts";
import type { Answer, Call } from "./thread/calls.ts";

/** A call and the main side's time when it was made. */
export interface TimedCall extends Call {
  readonly now: number;
}

export interface SessionParts {
  readonly db: DatabaseSync;
  readonly engine: Engine;
  readonly clock: KeptClock;
  readonly path: string;
  /** What the disk's faults are called. */
  readonly unavailable: Reason;
}

/**
 * Runs calls over an open file. The writes of a flush are one transaction with one fsync, and are
 * answered after it; when anything in it fails, each is run again in a transaction of its own, so that
 * one that can't be made takes no other with it and nothing is half written.
 */
export class Session {
  readonly #parts: SessionParts;
  readonly #changes: StatementSync;
  #now = 0;
  #broken = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#changes = parts.db.prepare("SELECT total_changes() AS n");
  }

  /** The connection is not to be trusted any more: open the file anew. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Reads are answered first: they need not wait for the writes' fsync. */
  flush(calls: readonly TimedCall[], answer: (answers: Answer[]) => void): void {
    const { engine } = this.#parts;
    const isWrite = (call: Call): boolean => call.method in engine.writes;
    const reads = calls.filter((call) => !isWrite(call));
    const writes = calls.filter(isWrite);
    if (reads.length > 0) answer(reads.map((call) => this.#read(call)));
    if (writes.length > 0) answer(this.#write(writes));
  }

  close(now: number): void {
    const { db, engine, clock } = this.#parts;
    try {
      this.#transaction(() => {
        engine.beforeClose();
        clock.note(Math.max(now, this.#now));
      });
    } catch {
      // What was acknowledged is on the disk already; the next start does without these notes.
    }
    db.close();
  }

  #read(call: TimedCall): Answer {
    try {
      return this.#run(this.#parts.engine.reads[call.method], call);
    } catch (thrown) {
      return this.#failure(call, thrown);
    }
  }

  #write(calls: readonly TimedCall[]): Answer[] {
    const { engine } = this.#parts;
    try {
      const answers: Answer[] = [];
      this.#transaction(() => {
        for (const call of calls) answers.push(this.#run(engine.writes[call.method], call));
      });
      return answers;
    } catch (thrown) {
      const final = calls.length === 1 || this.#broken;
      if (final) return calls.map((call) => this.#failure(call, thrown));
      return calls.flatMap((call) => this.#write([call]));
    }
  }

  #transaction(body: () => void): void {
    const { db, engine, clock } = this.#parts;
    try {
      db.exec("BEGIN IMMEDIATE");
      const before = this.#totalChanges();
      body();
      engine.beforeCommit();
      if (this.#totalChanges() !== before) clock.note(this.#now);
      db.exec("COMMIT");
    } catch (thrown) {
      this.#rollBack(thrown);
      throw thrown;
    }
    engine.afterCommit();
  }

  #rollBack(thrown: unknown): void {
    const { db, engine, clock } = this.#parts;
    this.#broken ||= breaksConnection(thrown);
    try {
      // SQLite has rolled back by itself after some errors.
      if (db.isTransaction) db.exec("ROLLBACK");
      engine.afterRollback();
      clock.rolledBack();
    } catch {
      this.#broken = true;
    }
  }

  #run(method: Method | undefined, call: TimedCall): Answer {
    if (method === undefined) throw new QTasksError("INTERNAL", `no method ${call.method}`);
    this.#now = Math.max(this.#now, call.now);
    return { id: call.id, value: method(call.params as never, this.#now) };
  }

  #failure(call: TimedCall, thrown: unknown): Answer {
    this.#broken ||= breaksConnection(thrown);
    const { unavailable, path } = this.#parts;
    const { reason, message } = toQTasksError(thrown, unavailable, path);
    return { id: call.id, failure: { reason, message } };
  }

  #totalChanges(): number {
    return Number(this.#changes.get()?.["n"]);
  }
}
