/** What a worker tells of itself. */
import type { MessageInitShape } from "@bufbuild/protobuf";
import { hostname } from "node:os";
import type { RegisterWorkerRequestSchema } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { CallOptions } from "../core/calls.ts";
import { DEFAULT_QUEUE } from "../core/spec.ts";
import type { ResolvedWorkerOptions } from "./options.ts";
import type { Registration, Registry } from "./registration.ts";

type Definition = Registration["definition"];

/** Where tasks wait that name no queue when they are enqueued. */
export function queueOf({ options }: Definition): string {
  return options?.queue || DEFAULT_QUEUE;
}

/** What the server takes for the worker's queues: those of its options, else those of its definitions. */
export function queuesOf(
  given: readonly string[],
  definitions: readonly Definition[],
): readonly string[] {
  return Object.freeze([...new Set(given.length > 0 ? given : definitions.map(queueOf))]);
}

export function registerRequest(
  sessionId: string,
  options: ResolvedWorkerOptions,
  registry: Registry,
): MessageInitShape<typeof RegisterWorkerRequestSchema> & { definitions: Definition[] } {
  return {
    sessionId,
    workerId: options.workerId,
    definitions: registry.definitions,
    queues: [...options.queues],
    slots: options.slots,
    labels: { ...options.labels },
    runtime: {
      language: "typescript",
      languageVersion: `node ${process.versions.node}`,
      sdkName: "qtasks",
      sdkVersion: options.sdkVersion,
      host: hostname(),
      pid: process.pid,
    },
    buildId: options.buildId,
    schemaDigest: registry.schema?.digest ?? new Uint8Array(),
  };
}

/** Hands the descriptors of typed tasks to the server that asked for them. */
export async function sendSchema(
  options: ResolvedWorkerOptions,
  registry: Registry,
  call: CallOptions,
): Promise<void> {
  const { system } = options;
  const { schema } = registry;
  if (schema === undefined || system === undefined) return;
  const { fileDescriptorSet } = schema;
  await system.applyTaskDefinitions({ definitions: registry.definitions, fileDescriptorSet }, call);
}
