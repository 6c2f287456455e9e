/** The methods that change tasks that exist. */
import { TaskView } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { durationMs, timestampMs } from "../../core/duration.ts";
import type { TaskRecord } from "../../core/record.ts";
import { toTask } from "../../core/task-view.ts";
import { countCanceled, type BulkPosition } from "../../pipeline/bulk.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import { checkFilter } from "../checks/filter.ts";
import { checkPriority } from "../checks/options.ts";
import { decodePageToken, encodePageToken, type TokenScope } from "../checks/page-token.ts";
import { checked, checkStart, checkTaskId } from "../checks/tasks.ts";
import type { TaskMethods } from "./task-methods.ts";

const MAX_REASON = 1_000;

export function changeMethods(
  pipeline: Pipeline,
): TaskMethods<
  | "cancelTask"
  | "batchCancelTasks"
  | "retryTask"
  | "batchRetryTasks"
  | "rescheduleTask"
  | "deleteTask"
> {
  const { limits, control, bulk, storage } = pipeline;
  const shown = (record: TaskRecord) => ({ task: toTask(record, TaskView.BASIC, storage.now()) });

  return {
    async cancelTask({ taskId, reason, forceAfter }) {
      checked(limits, (check) => {
        checkTaskId(check, taskId);
        check.text("reason", reason, MAX_REASON);
        check.duration("force_after", forceAfter);
      });
      const forceAfterMs = forceAfter === undefined ? undefined : durationMs(forceAfter);
      return shown(await control.cancel({ taskId, reason, forceAfterMs }));
    },

    async batchCancelTasks({ filter, reason, forceAfter, pageToken }) {
      checked(limits, (check) => {
        checkFilter(check, filter, true);
        check.text("reason", reason, MAX_REASON);
        check.duration("force_after", forceAfter);
      });
      const scope = { method: "BatchCancelTasks", filter: filter! };
      const forceAfterMs = forceAfter === undefined ? undefined : durationMs(forceAfter);
      const position = decodePageToken(scope, pageToken, isBulkPosition);
      const page = await bulk.cancel(filter!, { reason, forceAfterMs }, position);
      const { canceled, canceling } = countCanceled(page.results);
      return {
        canceledCount: canceled,
        cancelingCount: canceling,
        nextPageToken: nextToken(scope, page.next),
      };
    },

    async retryTask({ taskId, expectedRevision }) {
      checked(limits, (check) => checkTaskId(check, taskId));
      return shown(
        await control.retry({ taskId, expectedRevision: optionalNumber(expectedRevision) }),
      );
    },

    async batchRetryTasks({ filter, pageToken }) {
      checked(limits, (check) => checkFilter(check, filter, true));
      const scope = { method: "BatchRetryTasks", filter: filter! };
      const position = decodePageToken(scope, pageToken, isBulkPosition);
      const page = await bulk.retry(filter!, position);
      return { retriedCount: page.results.length, nextPageToken: nextToken(scope, page.next) };
    },

    async rescheduleTask({ taskId, start, priority, expectedRevision }) {
      checked(limits, (check) => {
        checkTaskId(check, taskId);
        checkStart(check, start);
        if (priority !== undefined) checkPriority(check, "priority", priority);
        if (start.case === undefined && priority === undefined)
          check.add("start", "schedule_time, delay or priority: at least one is required");
      });
      const record = await control.reschedule({
        taskId,
        dueAt: dueAt(start, storage.now()),
        priority,
        expectedRevision: optionalNumber(expectedRevision),
      });
      return shown(record);
    },

    async deleteTask({ taskId }) {
      checked(limits, (check) => checkTaskId(check, taskId));
      await control.remove(taskId);
      return {};
    },
  };
}

/** A time that is past means now. */
function dueAt(start: Parameters<typeof checkStart>[1], now: number): number | undefined {
  if (start.case === "scheduleTime") return Math.max(now, timestampMs(start.value));
  return start.case === "delay" ? now + durationMs(start.value) : undefined;
}

function optionalNumber(value: bigint | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function nextToken(scope: TokenScope, next: BulkPosition | undefined): string {
  return next === undefined ? "" : encodePageToken(scope, next);
}

function isBulkPosition(position: unknown): position is BulkPosition {
  if (typeof position !== "object" || position === null) return false;
  const { cutoffAt, after } = position as Partial<BulkPosition>;
  return (
    typeof cutoffAt === "number" &&
    typeof after === "object" &&
    after !== null &&
    typeof after.createdAt === "number" &&
    typeof after.id === "string"
  );
}
