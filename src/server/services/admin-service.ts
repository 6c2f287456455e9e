/** AdminService: for operators. */
import { AdminService } from "../../../gen/qtasksapi/v1/admin_service_pb.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import { checked } from "../checks/tasks.ts";
import type { Violations } from "../checks/violations.ts";
import { checkSessionId } from "../checks/workers.ts";
import { defineService, type ServiceDefinition } from "../service.ts";
import { pageByKey } from "./key-pages.ts";

const MAX_REASON = 1_000;

export function adminService(pipeline: Pipeline): ServiceDefinition {
  const { limits, queues, sessions } = pipeline;
  const checkQueue = (check: Violations, field: string, name: string): void =>
    check.token(field, name, limits.maxQueueLength);

  return defineService(AdminService, {
    async getQueue({ name }) {
      checked(limits, (check) => checkQueue(check, "name", name));
      return { queue: await queues.get(name) };
    },

    async listQueues({ pageSize, pageToken }) {
      checked(limits, (check) => check.pageSize("page_size", pageSize));
      const scope = { method: "ListQueues" };
      const page = pageByKey(await queues.list(), (queue) => queue.name, {
        scope,
        pageSize,
        pageToken,
      });
      return { queues: page.items, nextPageToken: page.nextPageToken };
    },

    async pauseQueue({ name }) {
      checked(limits, (check) => checkQueue(check, "name", name));
      return { queue: await queues.pause(name) };
    },

    async resumeQueue({ name }) {
      checked(limits, (check) => checkQueue(check, "name", name));
      return { queue: await queues.resume(name) };
    },

    async listWorkers({ queue, pageSize, pageToken }) {
      checked(limits, (check) => {
        check.optionalToken("queue", queue, limits.maxQueueLength);
        check.pageSize("page_size", pageSize);
      });
      const workers = (await sessions.list()).filter(
        (worker) => queue === "" || worker.queues.includes(queue),
      );
      const scope = { method: `ListWorkers ${queue}` };
      const page = pageByKey(workers, (worker) => `${worker.workerId} ${worker.sessionId}`, {
        scope,
        pageSize,
        pageToken,
      });
      return { workers: page.items, nextPageToken: page.nextPageToken };
    },

    async drainWorker({ sessionId, reason }) {
      checked(limits, (check) => {
        checkSessionId(check, sessionId);
        check.text("reason", reason, MAX_REASON);
      });
      return { worker: await sessions.drain(sessionId, reason) };
    },
  });
}
