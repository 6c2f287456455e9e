/** The options of enqueues and runs by name; the compiler sees to it that none is missing. */
import { ENQUEUE_OPTIONS } from "../core/enqueue-request.ts";
import { fieldError } from "../core/errors.ts";
import type { RunOptions, SendOptions } from "./requests.ts";

export const SEND_OPTIONS: Readonly<Record<keyof SendOptions, true>> = {
  ...ENQUEUE_OPTIONS,
  patienceMs: true,
  signal: true,
};

/** FIELD_VIOLATION for a wait that is no number of ms: nobody could tell what is to be waited for. */
export function checkWait(field: string, ms: number | undefined): void {
  if (ms === undefined || (typeof ms === "number" && !Number.isNaN(ms))) return;
  throw fieldError(field, `expected a number of ms, not ${String(ms)}`);
}

export const RUN_OPTIONS: Readonly<Record<keyof RunOptions, true>> = {
  ...SEND_OPTIONS,
  timeoutMs: true,
};
