/** SQLite's engines without their thread, over a database in memory: a call takes microseconds, a restart too. */
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { type EngineKind, loadEngine } from "../../src/backends/sqlite/engine-kinds.ts";
import { sessionOver } from "../../src/backends/sqlite/open-session.ts";
import type { Session } from "../../src/backends/sqlite/session.ts";
import type { Answer, CallMap, ThreadData } from "../../src/backends/sqlite/thread/calls.ts";
import type { Clock } from "../../src/core/clock.ts";
import { QTasksError } from "../../src/core/errors.ts";

export interface DirectEngineOptions {
  readonly engine: ThreadData["engine"];
  readonly clock: Clock;
  readonly maxLogs: number;
}

interface Pending extends PromiseWithResolvers<unknown> {
  readonly method: string;
  readonly params: unknown;
  readonly onValue: ((value: never) => void) | undefined;
}

export class DirectEngine<Calls extends CallMap, Facts> {
  readonly #db = new DatabaseSync(":memory:");
  readonly #kind: EngineKind;
  readonly #data: ThreadData;
  readonly #clock: Clock;
  #session: Session;
  #outbox: Pending[] = [];
  facts: Facts;

  static async open<Calls extends CallMap, Facts>(
    options: DirectEngineOptions,
  ): Promise<DirectEngine<Calls, Facts>> {
    return new DirectEngine(await loadEngine(options), options);
  }

  private constructor(kind: EngineKind, { engine, clock, maxLogs }: DirectEngineOptions) {
    this.#kind = kind;
    this.#clock = clock;
    this.#data = { engine, path: ":memory:", create: true, now: clock.now(), maxLogs };
    this.#db.exec(readFileSync(kind.file.schema, "utf8"));
    ({ session: this.#session, facts: this.facts } = this.#open());
  }

  /** As after a kill: what was committed is there, what the engine knew besides is gone. */
  restart(): void {
    ({ session: this.#session, facts: this.facts } = this.#open());
  }

  /** As the thread's main side does it, calls that are made in one turn are one flush. */
  call<Name extends keyof Calls & string>(
    method: Name,
    params: Calls[Name]["params"],
    onValue?: (value: Calls[Name]["answer"]) => void,
  ): Promise<Calls[Name]["answer"]> {
    return this.#add(method, params, onValue);
  }

  /** A call that can't be run: with it the whole flush fails, and each of its calls is run again alone. */
  poison(): void {
    this.#add("write", undefined).catch(() => undefined);
  }

  close(): void {
    this.#db.close();
  }

  #add(method: string, params: unknown, onValue?: (value: never) => void): Promise<unknown> {
    const pending = { method, params, onValue, ...Promise.withResolvers<unknown>() };
    this.#outbox.push(pending);
    if (this.#outbox.length === 1) queueMicrotask(() => process.nextTick(() => this.#flush()));
    return pending.promise;
  }

  #flush(): void {
    const calls = this.#outbox;
    this.#outbox = [];
    const now = this.#clock.now();
    this.#session.flush(
      calls.map(({ method, params }, id) => ({ id, method, params, now })),
      (answers) => {
        for (const answer of answers) settle(calls[answer.id]!, answer);
      },
    );
  }

  #open(): { session: Session; facts: Facts } {
    const data = { ...this.#data, now: this.#clock.now() };
    const { session, facts } = sessionOver(this.#db, data, this.#kind);
    return { session, facts: facts as Facts };
  }
}

function settle({ resolve, reject, onValue }: Pending, answer: Answer): void {
  const { failure } = answer;
  if (failure !== undefined) return reject(new QTasksError(failure.reason, failure.message));
  onValue?.(answer.value as never);
  resolve(answer.value);
}
