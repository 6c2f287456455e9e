/** Where a server dies, or loses an answer: at the n-th of the writes that its protocol makes from now on. */
import type { Change } from "../../../src/storage/storage.ts";

export interface PlannedFault {
  /** From 1. */
  readonly at: number;
  /** Before the call is made, or after it, when its answer is lost. */
  readonly when: "before" | "after";
  /** `die`: the server is killed. `lose`: its datastore is out of reach for this one call. */
  readonly kind: "die" | "lose";
}

const COUNTED: ReadonlySet<string> = new Set([
  "create",
  "write",
  "handOut",
  "renew",
  "remove",
  "publish",
  "take",
  "settle",
  "defer",
  "dropIntents",
  "documents.put",
]);

export class FaultPlan {
  #planned: PlannedFault | undefined;
  #left = 0;
  /** Faults that came about. */
  fired = 0;

  arm(fault: PlannedFault): void {
    this.#planned = fault;
    this.#left = fault.at;
  }

  disarm(): void {
    this.#planned = undefined;
  }

  /** The fault of this call, if it is the one. */
  next(method: string, params: unknown): PlannedFault | undefined {
    if (this.#planned === undefined || !COUNTED.has(method) || isIdle(method, params)) return;
    if (--this.#left > 0) return undefined;
    const fault = this.#planned;
    this.#planned = undefined;
    this.fired += 1;
    return fault;
  }
}

/** Sweeps make such calls all the time; nothing hangs on them. */
function isIdle(method: string, params: unknown): boolean {
  if (method === "write") return (params as { changes: readonly Change[] }).changes.length === 0;
  if (method === "publish")
    return (params as { messages: readonly unknown[] }).messages.length === 0;
  return false;
}
