import { QTasksError } from "../../../core/errors.ts";
import type { Answer } from "./calls.ts";

/** What becomes of a call. */
export interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: QTasksError) => void;
  /** Sees the answer in the order of the engine, before the caller does. */
  readonly onValue: ((value: never) => void) | undefined;
}

/** Calls that the engine has not answered yet. */
export class PendingCalls {
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  get size(): number {
    return this.#pending.size;
  }

  /** The id under which it is answered. */
  add(pending: Pending): number {
    this.#lastId += 1;
    this.#pending.set(this.#lastId, pending);
    return this.#lastId;
  }

  answer(answer: Answer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (answer.failure !== undefined) {
      pending?.reject(new QTasksError(answer.failure.reason, answer.failure.message));
      return;
    }
    // The value is of the type that the call's method answers with.
    pending?.onValue?.(answer.value as never);
    pending?.resolve(answer.value as never);
  }

  /** Fails all of them. */
  fail(error: QTasksError): void {
    const failed = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of failed) reject(error);
  }
}
