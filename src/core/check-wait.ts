/** Options that say how long to wait. */
import { fieldError } from "./errors.ts";

/** FIELD_VIOLATION for a wait that is no number of ms: nobody could tell what is to be waited for. */
export function checkWait(field: string, ms: number | undefined): void {
  if (ms === undefined || (typeof ms === "number" && !Number.isNaN(ms))) return;
  throw fieldError(field, `expected a number of ms, not ${String(ms)}`);
}
