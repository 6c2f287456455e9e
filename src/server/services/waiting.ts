/** How long a call may wait: no longer than asked, allowed, or than its deadline leaves. */
import type { Duration } from "@bufbuild/protobuf/wkt";
import { durationMs } from "../../core/duration.ts";
import type { Limits } from "../../core/limits.ts";
import type { CallContext } from "../service.ts";

/** Answers go out this long before the caller's deadline, or a tenth of what is left, in ms. */
const EARLY_MS = 500;

/** Ms to wait; 0 where none was asked for. */
export function waitMs(wait: Duration | undefined, limits: Limits, context: CallContext): number {
  return untilDeadline(
    wait === undefined ? 0 : Math.min(durationMs(wait), limits.maxWaitMs),
    context,
  );
}

/** So many ms, or less where the caller's deadline comes before. */
export function untilDeadline(ms: number, { deadlineAt }: CallContext): number {
  if (deadlineAt === undefined) return ms;
  const leftMs = deadlineAt - Date.now();
  return Math.max(0, Math.min(ms, leftMs - Math.min(EARLY_MS, leftMs / 10)));
}
