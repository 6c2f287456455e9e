/** Which calls gRPC repeats by itself when the server was not reached: those that may be repeated. */
import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import type { ServiceConfig } from "@grpc/grpc-js";

import { AdminService } from "../../gen/qtasksapi/v1/admin_service_pb.ts";
import { SystemService } from "../../gen/qtasksapi/v1/system_service_pb.ts";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { WorkerService } from "../../gen/qtasksapi/v1/worker_service_pb.ts";

const SERVICES: readonly DescService[] = [TaskService, WorkerService, AdminService, SystemService];

// Clients send a task id with each of them, which makes a repeat harmless.
const SAFE_BY_TASK_ID: readonly string[] = ["EnqueueTask", "BatchEnqueueTasks", "RunTask"];

const RETRY_POLICY = {
  maxAttempts: 4,
  initialBackoff: "0.1s",
  maxBackoff: "1s",
  backoffMultiplier: 2,
  retryableStatusCodes: ["UNAVAILABLE"],
};

/**
 * Repeats idempotent unary calls, and enqueues, on UNAVAILABLE: four attempts within about a second.
 * Streams are left out, since a call that may be repeated keeps all its messages.
 */
export function serviceConfig(): ServiceConfig {
  const name = SERVICES.flatMap((service) =>
    service.methods
      .filter(isRepeatable)
      .map((method) => ({ service: service.typeName, method: method.name })),
  );
  return { loadBalancingConfig: [], methodConfig: [{ name, retryPolicy: RETRY_POLICY }] };
}

function isRepeatable(method: DescMethod): boolean {
  if (method.methodKind !== "unary") return false;
  return (
    SAFE_BY_TASK_ID.includes(method.name) ||
    method.idempotency !== MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN
  );
}
