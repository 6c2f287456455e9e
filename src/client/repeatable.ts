/** Which calls may be repeated when nobody knows whether they came through. */
import type { DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";

// Clients send a task id with each of them, which makes a repeat harmless.
const SAFE_BY_TASK_ID: readonly string[] = ["EnqueueTask", "BatchEnqueueTasks", "RunTask"];

/** A unary method of QTasks' services whose repeat is harmless. */
export function isRepeatable(method: DescMethod): boolean {
  if (method.methodKind !== "unary") return false;
  return (
    SAFE_BY_TASK_ID.includes(method.name) ||
    method.idempotency !== MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN
  );
}
