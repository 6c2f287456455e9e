/** The methods that stream changes. */
import { create, fromBinary } from "@bufbuild/protobuf";
import { TaskEventSchema, TaskFilterSchema, TaskView } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { toDuration, toTimestamp } from "../../core/duration.ts";
import { QTasksError } from "../../core/errors.ts";
import { toTask } from "../../core/task-view.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import { checkFilter } from "../checks/filter.ts";
import { checked, checkTaskId, checkView } from "../checks/tasks.ts";
import type { CallContext } from "../service.ts";
import { liveStream, type LiveItem } from "./live-stream.ts";
import type { TaskMethods } from "./task-methods.ts";
import { viewOr } from "./views.ts";

/** How long a client should wait before it opens a stream anew that the server ended, in ms. */
const RECONNECT_MS = 100;

export function watchMethods(pipeline: Pipeline): TaskMethods<"watchTask" | "watchTasks"> {
  const { limits, observer, storage } = pipeline;
  const open = { count: 0 };

  async function* counted<T>(
    source: (signal: AbortSignal) => AsyncIterator<T>,
    context: CallContext,
  ): AsyncGenerator<LiveItem<T>> {
    if (open.count >= limits.maxStreams)
      throw new QTasksError(
        "TOO_MANY_STREAMS",
        `${limits.maxStreams} streams are open: watch many tasks by one WatchTasks`,
        { retryAfterMs: 1_000 },
      );
    open.count++;
    try {
      const { streamHeartbeatMs: heartbeatMs, maxStreamAgeMs: maxAgeMs } = limits;
      yield* liveStream(source, { heartbeatMs, maxAgeMs, context });
    } finally {
      open.count--;
    }
  }

  const heartbeat = () => ({ serverTime: toTimestamp(storage.now()) });
  const closing = (reason: string) => ({ reason, reconnectDelay: toDuration(RECONNECT_MS) });

  return {
    async *watchTask({ taskId, afterRevision, afterSequence, view }, context) {
      checked(limits, (check) => {
        checkTaskId(check, taskId);
        checkView(check, view);
      });
      const shown = viewOr(view, TaskView.BASIC);
      const params = {
        taskId,
        afterRevision: afterRevision === undefined ? undefined : Number(afterRevision),
        afterSequence: afterSequence === undefined ? undefined : Number(afterSequence),
      };
      const source = (signal: AbortSignal) => observer.watchOne(params, signal);
      for await (const live of counted(source, context)) {
        if (live.kind === "heartbeat") yield { event: { case: "heartbeat", value: heartbeat() } };
        else if (live.kind === "closing")
          yield { event: { case: "closing", value: closing(live.reason) } };
        else if (live.value.kind === "event") {
          const value = fromBinary(TaskEventSchema, live.value.event.body);
          yield { event: { case: "taskEvent", value } };
        } else {
          const value = toTask(live.value.record, shown, storage.now());
          yield { event: { case: "task", value } };
        }
      }
    },

    async *watchTasks({ filter = create(TaskFilterSchema), view }, context) {
      checked(limits, (check) => {
        checkFilter(check, filter, true);
        checkView(check, view);
      });
      const shown = viewOr(view, TaskView.BASIC);
      const source = (signal: AbortSignal) => observer.watchMany(filter, signal);
      for await (const live of counted(source, context)) {
        if (live.kind === "heartbeat") yield { event: { case: "heartbeat", value: heartbeat() } };
        else if (live.kind === "closing")
          yield { event: { case: "closing", value: closing(live.reason) } };
        else if (live.value === undefined)
          yield { event: { case: "snapshotEnd", value: heartbeat() } };
        else {
          const value = toTask(live.value, shown, storage.now());
          yield { event: { case: "task", value } };
        }
      }
    },
  };
}
