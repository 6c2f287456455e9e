/** Which calls gRPC repeats by itself when the server was not reached: those that may be repeated. */
import type { DescService } from "@bufbuild/protobuf";
import type { ServiceConfig } from "@grpc/grpc-js";

import { AdminService } from "../../gen/qtasksapi/v1/admin_service_pb.ts";
import { SystemService } from "../../gen/qtasksapi/v1/system_service_pb.ts";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { WorkerService } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { isRepeatable } from "./repeatable.ts";

const SERVICES: readonly DescService[] = [TaskService, WorkerService, AdminService, SystemService];

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
