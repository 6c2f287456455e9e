/** SystemService: what this server is, allows, and can run. */
import { create, createFileRegistry } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { WorkerState, type WorkerInfo } from "../../../gen/qtasksapi/v1/admin_service_pb.ts";
import {
  ServerCapability,
  SystemService,
  TaskDefinitionInfoSchema,
  type TaskDefinitionInfo,
} from "../../../gen/qtasksapi/v1/system_service_pb.ts";
import { timestampMs, toDuration, toTimestamp } from "../../core/duration.ts";
import { fieldError } from "../../core/errors.ts";
import { MAX_ATTEMPT_HISTORY } from "../../core/transitions.ts";
import type { KnownDefinition } from "../../pipeline/definitions.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import { checked } from "../checks/tasks.ts";
import type { DurableCalls } from "../durable/durable-calls.ts";
import { linkedFiles } from "../durable/linked-files.ts";
import { checkDefinitions } from "../checks/workers.ts";
import { defineService, type ServiceDefinition } from "../service.ts";
import { pageByKey } from "./key-pages.ts";

export interface SystemServiceOptions {
  readonly version: string;
  /** Knows what workers disagree on in their descriptors. */
  readonly durable?: DurableCalls | undefined;
}

export function systemService(
  pipeline: Pipeline,
  { version, durable }: SystemServiceOptions,
): ServiceDefinition {
  const { limits, definitions, sessions, schemas, storage } = pipeline;

  async function describe(known: readonly KnownDefinition[]): Promise<TaskDefinitionInfo[]> {
    const workers = await sessions.list();
    return known.map((item) =>
      infoOf(item, workers, durable?.conflicts(item.definition.name) ?? []),
    );
  }

  return defineService(SystemService, {
    async getSystemInfo() {
      const { durable, distributed } = storage.capabilities;
      return {
        serverVersion: version,
        capabilities: [
          ...(durable ? [ServerCapability.DURABLE] : []),
          ...(distributed ? [ServerCapability.DISTRIBUTED] : []),
        ],
        limits: {
          maxPayloadBytes: limits.maxPayloadBytes,
          maxMessageBytes: limits.maxMessageBytes,
          maxBatch: limits.maxBatch,
          maxAttemptHistory: MAX_ATTEMPT_HISTORY,
          maxLogsPerTask: limits.maxLogsPerTask,
          maxOutputsPerTask: limits.maxOutputsPerTask,
          maxOutputBytesPerTask: limits.maxOutputBytesPerTask,
          maxWait: toDuration(limits.maxWaitMs),
          streamHeartbeat: toDuration(limits.streamHeartbeatMs),
          maxStreamAge: toDuration(limits.maxStreamAgeMs),
        },
      };
    },

    async listTaskDefinitions({ pageSize, pageToken }) {
      checked(limits, (check) => check.pageSize("page_size", pageSize));
      const scope = { method: "ListTaskDefinitions" };
      const page = pageByKey(definitions.list(), (item) => item.definition.name, {
        scope,
        pageSize,
        pageToken,
      });
      return { definitions: await describe(page.items), nextPageToken: page.nextPageToken };
    },

    async applyTaskDefinitions({ definitions: applied, fileDescriptorSet }) {
      checked(limits, (check) => {
        // A worker whose definitions are known sends what they lack: their descriptors.
        if (applied.length > 0 || fileDescriptorSet.length === 0) checkDefinitions(check, applied);
      });
      if (fileDescriptorSet.length > 0) {
        checkDescriptors(fileDescriptorSet);
        await schemas.add(fileDescriptorSet);
      }
      await definitions.apply(applied);
      await durable?.forgetOld();
      const names = applied.map((definition) => definition.name);
      return {
        definitions: await describe(await Promise.all(names.map((name) => definitions.get(name)))),
      };
    },

    async deleteTaskDefinition({ name }) {
      checked(limits, (check) => check.token("name", name, limits.maxNameLength));
      await definitions.remove(name);
      return {};
    },
  });
}

function infoOf(
  known: KnownDefinition,
  workers: readonly WorkerInfo[],
  schemaConflicts: readonly string[],
): TaskDefinitionInfo {
  const { definition, updatedAt } = known;
  const own = workers.filter((worker) => worker.names.includes(definition.name));
  const live = own.filter((worker) => worker.state !== WorkerState.LOST);
  const buildIds = [...new Set(live.map((worker) => worker.buildId))].filter((id) => id !== "");
  const seen = own.map((worker) => worker.lastSeenTime).filter((time) => time !== undefined);
  const lastSeenAt = Math.max(updatedAt, ...seen.map(timestampMs));
  return create(TaskDefinitionInfoSchema, {
    definition,
    workerCount: live.length,
    lastSeenTime: toTimestamp(lastSeenAt),
    buildIds,
    conflicts: [...buildConflicts(buildIds), ...schemaConflicts],
  });
}

function buildConflicts(buildIds: readonly string[]): string[] {
  if (buildIds.length < 2) return [];
  return [`builds ${buildIds.join(", ")} work at once; the options of the latest to register hold`];
}

function checkDescriptors(bytes: Uint8Array): void {
  try {
    createFileRegistry(create(FileDescriptorSetSchema, { file: linkedFiles(bytes) }));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw fieldError(
      "file_descriptor_set",
      `not a google.protobuf.FileDescriptorSet with all its imports: ${detail}`,
    );
  }
}
